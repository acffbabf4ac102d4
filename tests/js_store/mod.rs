//! A store of JavaScript's as one of the crate's, for the conformance suite and for vaults that wait.

use js_sys::{Array, Function, Promise, Reflect};
use strongroom::{
    Error,
    base::Result,
    store::{Range, RecordId, Row, Rows, Sequence, Store, VaultName},
    web::rows::{property, range_to_js, row_from_js, row_to_js, slot_to_js, whole},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// An object as `CallerStore` in `js/src/shared/model/vault-store.ts` declares it.
pub struct JsStore(pub JsValue);

const THREW: Error = Error::Storage("it threw");
const BROKEN: Error = Error::Storage("it gave something else");

impl JsStore {
    /// What a `read` that fails throws.
    pub async fn thrown_by_read(&self, vault: &VaultName) -> JsValue {
        self.thrown_by_reading(vault, &Array::new()).await
    }

    /// As [`thrown_by_read`](Self::thrown_by_read), of these ranges.
    pub async fn thrown_by_reading(&self, vault: &VaultName, ranges: &Array) -> JsValue {
        let thrown = self
            .call("read", &[vault.as_str().into(), ranges.into()])
            .await;
        thrown.expect_err("a failure")
    }

    async fn call(
        &self,
        method: &str,
        arguments: &[JsValue],
    ) -> core::result::Result<JsValue, JsValue> {
        let method: Function = Reflect::get(&self.0, &method.into())?.unchecked_into();
        let answer = method.apply(&self.0, &arguments.iter().collect())?;
        JsFuture::from(Promise::resolve(&answer)).await
    }
}

impl Store for JsStore {
    async fn vaults(&self) -> Result<Vec<VaultName>> {
        let names = self.call("vaults", &[]).await.map_err(|_| THREW)?;
        let parse = |name: JsValue| name.as_string().ok_or(BROKEN)?.parse();
        Array::from(&names).iter().map(parse).collect()
    }

    async fn read(&self, vault: &VaultName, ranges: &[Range]) -> Result<(Sequence, Vec<Row>)> {
        let ranges: Array = ranges.iter().map(range_to_js).collect();
        let found = self
            .call("read", &[vault.as_str().into(), ranges.into()])
            .await;
        let found = found.map_err(|_| THREW)?;
        let sequence = whole(&property(&found, "sequence")?)?;
        let rows = Array::from(&property(&found, "rows")?);
        let rows: Result<_> = rows.iter().map(|row| row_from_js(&row)).collect();
        Ok((Sequence(sequence), rows?))
    }

    async fn commit_rows(
        &self,
        vault: &VaultName,
        expect: Sequence,
        next: Sequence,
        deletes: &[RecordId],
        rows: &mut Rows<'_>,
    ) -> Result<()> {
        let puts = Array::new();
        for part in rows {
            for row in part? {
                puts.push(&row_to_js(&row));
            }
        }
        let deletes: Array = deletes.iter().map(slot_to_js).collect();
        let [expect, next] = [expect, next].map(|sequence| (sequence.0 as f64).into());
        let arguments = [
            vault.as_str().into(),
            expect,
            next,
            puts.into(),
            deletes.into(),
        ];
        let applied = self.call("commit", &arguments).await.map_err(|_| THREW)?;
        match applied.as_bool() {
            Some(true) => Ok(()),
            Some(false) => Err(Error::Conflict),
            None => Err(BROKEN),
        }
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        let removed = self.call("remove", &[vault.as_str().into()]).await;
        removed.map(drop).map_err(|_| THREW)
    }
}
