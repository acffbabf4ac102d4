//! A store that the caller brings: an object of JavaScript's, as `Store` in `js/src/shared/model/vault-store.ts` declares it.
//!
//! It is not trusted. What it throws is kept as a cause; what it gives is held to what was asked.

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use crate::{
    base::{Error, Result},
    store::{Range, RecordId, Row, Rows, Sequence, Store, VaultName, check_answer},
};

use super::{
    rows::{broken, property, range_to_js, row_from_js, row_to_js, slot_to_js, whole},
    thrown::Thrown,
};

#[wasm_bindgen]
extern "C" {
    /// The methods give promises, or what they would be fulfilled with.
    type Methods;

    #[wasm_bindgen(method, catch)]
    fn vaults(this: &Methods) -> core::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn read(this: &Methods, vault: &str, ranges: Array) -> core::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn commit(
        this: &Methods,
        vault: &str,
        expect: f64,
        next: f64,
        puts: Array,
        deletes: Array,
    ) -> core::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn remove(this: &Methods, vault: &str) -> core::result::Result<JsValue, JsValue>;
}

/// A caller's store as one of the crate's.
pub struct CallerStore(Methods);

impl CallerStore {
    /// Of an object that has the methods of a `Store`.
    #[must_use]
    pub fn new(store: JsValue) -> Self {
        Self(store.unchecked_into())
    }
}

impl Store for CallerStore {
    async fn vaults(&self) -> Result<Vec<VaultName>> {
        let names = settled(self.0.vaults()).await?;
        let mut vaults = Vec::new();
        for name in list(names)? {
            let name = name.as_string().ok_or_else(broken)?;
            vaults.push(name.parse().map_err(|_| broken())?);
        }
        Ok(vaults)
    }

    async fn read(&self, vault: &VaultName, ranges: &[Range]) -> Result<(Sequence, Vec<Row>)> {
        let wanted = ranges.iter().map(range_to_js).collect();
        let found = settled(self.0.read(vault.as_str(), wanted)).await?;
        let sequence = Sequence(whole(&property(&found, "sequence")?)?);
        let mut rows = Vec::new();
        for row in list(property(&found, "rows")?)? {
            rows.push(row_from_js(&row)?);
        }
        check_answer(ranges, &rows)?;
        Ok((sequence, rows))
    }

    async fn commit_rows(
        &self,
        vault: &VaultName,
        expect: Sequence,
        next: Sequence,
        deletes: &[RecordId],
        rows: &mut Rows<'_>,
    ) -> Result<()> {
        // It has no transaction that would stay open: all rows are computed first.
        let puts = Array::new();
        for part in rows {
            for row in part? {
                puts.push(&row_to_js(&row));
            }
        }
        let deletes = deletes.iter().map(slot_to_js).collect();
        let (expect, next) = (expect.0 as f64, next.0 as f64);
        let name = vault.as_str();
        match settled(self.0.commit(name, expect, next, puts, deletes))
            .await?
            .as_bool()
        {
            Some(true) => Ok(()),
            Some(false) => Err(Error::Conflict),
            None => Err(broken()),
        }
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        settled(self.0.remove(vault.as_str())).await?;
        Ok(())
    }
}

/// What a call came to in the end.
async fn settled(called: core::result::Result<JsValue, JsValue>) -> Result<JsValue> {
    let settled = match called {
        Ok(answer) => JsFuture::from(Promise::resolve(&answer)).await,
        thrown => thrown,
    };
    settled.map_err(|thrown| Thrown(thrown).into())
}

fn list(value: JsValue) -> Result<impl Iterator<Item = JsValue>> {
    let list: Array = value.dyn_into().map_err(|_| broken())?;
    Ok((0..list.length()).map(move |at| list.get(at)))
}
