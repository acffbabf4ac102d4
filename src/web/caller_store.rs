//! A store that the caller brings, as `CallerStore` in `js/bindings.ts` declares it.

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use crate::{
    custody::{Batch, Row, Sequence, Store, VaultName},
    vocabulary::{Error, Result},
};

use super::{
    error::words,
    rows::{broken, property, row_from_js, row_to_js, slot_to_js, whole},
};

#[wasm_bindgen]
extern "C" {
    /// The caller's object.
    #[wasm_bindgen(typescript_type = "object")]
    pub type CallerStore;

    #[wasm_bindgen(method, catch)]
    fn vaults(this: &CallerStore) -> core::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn read(this: &CallerStore, vault: &str) -> core::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn commit(
        this: &CallerStore,
        vault: &str,
        expect: f64,
        puts: Array,
        deletes: Array,
    ) -> core::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn remove(this: &CallerStore, vault: &str) -> core::result::Result<JsValue, JsValue>;
}

impl Store for CallerStore {
    async fn vaults(&self) -> Result<Vec<VaultName>> {
        let names = list(settle(self.vaults()).await?)?;
        names
            .iter()
            .map(|name| name.as_string().ok_or_else(broken)?.parse())
            .collect()
    }

    async fn read(&self, vault: &VaultName) -> Result<(Sequence, Vec<Row>)> {
        let found = settle(self.read(vault.as_str())).await?;
        let sequence = whole(&property(&found, "sequence")?)?;
        let rows = list(property(&found, "rows")?)?;
        let rows = rows
            .iter()
            .map(|row| row_from_js(&row))
            .collect::<Result<_>>()?;
        Ok((Sequence(sequence), rows))
    }

    async fn commit(&self, vault: &VaultName, expect: Sequence, batch: Batch) -> Result<Sequence> {
        let puts = batch.puts.iter().map(row_to_js).collect();
        let deletes = batch.deletes.iter().map(slot_to_js).collect();
        // Sequences count commits: they never come near 2^53.
        let applied = settle(self.commit(vault.as_str(), expect.0 as f64, puts, deletes)).await?;
        match applied.as_bool() {
            Some(true) => Ok(expect.next()),
            Some(false) => Err(Error::Conflict),
            None => Err(Error::Storage(
                "commit must resolve to true or false".into(),
            )),
        }
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        settle(self.remove(vault.as_str())).await.map(drop)
    }
}

/// What the store answered, at once or later.
async fn settle(answer: core::result::Result<JsValue, JsValue>) -> Result<JsValue> {
    let failed = |thrown| Error::Storage(words(&thrown));
    JsFuture::from(Promise::resolve(&answer.map_err(failed)?))
        .await
        .map_err(failed)
}

fn list(value: JsValue) -> Result<Array> {
    value.dyn_into().map_err(|_| broken())
}
