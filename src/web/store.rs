//! The store on the other side of the fence: IndexedDB, memory or the caller's own, all of them objects
//! of JavaScript as `CallerStore` in `js/bindings.ts` declares them.

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use crate::{
    custody::{Batch, Row, Sequence, Store, VaultName},
    vocabulary::{Error, Result},
};

use super::{
    error::keep,
    rows::{broken, property, row_from_js, row_to_js, slot_to_js, whole},
};

#[wasm_bindgen]
extern "C" {
    /// The store's object.
    #[wasm_bindgen(typescript_type = "object")]
    pub type JsStore;

    #[wasm_bindgen(method, catch)]
    fn vaults(this: &JsStore) -> core::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn read(this: &JsStore, vault: &str) -> core::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn commit(
        this: &JsStore,
        vault: &str,
        expect: f64,
        puts: Array,
        deletes: Array,
    ) -> core::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn remove(this: &JsStore, vault: &str) -> core::result::Result<JsValue, JsValue>;
}

impl Store for JsStore {
    async fn vaults(&self) -> Result<Vec<VaultName>> {
        let names = list(settle(self.vaults()).await?)?;
        let mut vaults = Vec::new();
        for name in names.iter() {
            vaults.push(name.as_string().ok_or_else(broken)?.parse()?);
        }
        Ok(vaults)
    }

    async fn read(&self, vault: &VaultName) -> Result<(Sequence, Vec<Row>)> {
        let found = settle(self.read(vault.as_str())).await?;
        let sequence = whole(&property(&found, "sequence")?)?;
        let mut rows = Vec::new();
        for row in list(property(&found, "rows")?)?.iter() {
            rows.push(row_from_js(&row)?);
        }
        Ok((Sequence(sequence), rows))
    }

    async fn commit(&self, vault: &VaultName, expect: Sequence, batch: Batch) -> Result<Sequence> {
        let (puts, deletes) = (Array::new(), Array::new());
        for row in &batch.puts {
            puts.push(&row_to_js(row));
        }
        for slot in &batch.deletes {
            deletes.push(&slot_to_js(slot));
        }
        // Sequences count commits: they never come near 2^53.
        let applied = settle(self.commit(vault.as_str(), expect.0 as f64, puts, deletes)).await?;
        match applied.as_bool() {
            Some(true) => Ok(expect.next()),
            Some(false) => Err(&Error::Conflict),
            None => Err(&Error::Storage("commit must resolve to true or false")),
        }
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        settle(self.remove(vault.as_str())).await.map(drop)
    }
}

/// What the store answered, at once or later.
async fn settle(answer: core::result::Result<JsValue, JsValue>) -> Result<JsValue> {
    JsFuture::from(Promise::resolve(&answer.map_err(keep)?))
        .await
        .map_err(keep)
}

fn list(value: JsValue) -> Result<Array> {
    value.dyn_into().map_err(|_| broken())
}
