//! A store that the caller brings: an object of JavaScript's, as `Store` in `js/src/shared/model/vault-store.ts` declares it.
//!
//! It is not trusted. What it throws is kept as a cause; what it gives is held to what was asked, and read only in ways
//! that can fail: an exception that passes through wasm would end all vaults of the realm.

use js_sys::{Array, Object, Promise};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use crate::store::{
    Error, Range, RecordId, Result, Row, Rows, Sequence, Store, VaultName, check_answer,
};

use super::{
    rows::{
        broken, list, property, range_to_js, row_from_js, row_to_js, slot_to_js, vault_names, whole,
    },
    thrown::Thrown,
    waiting::{PATIENCE, clear_timeout, set_timeout, settle},
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
        vault_names(&settled(self.0.vaults()).await?)
    }

    async fn read(&self, vault: &VaultName, ranges: &[Range]) -> Result<(Sequence, Vec<Row>)> {
        let wanted = ranges.iter().map(range_to_js).collect();
        let found = settled(self.0.read(vault.as_str(), wanted)).await?;
        let sequence = Sequence(whole(&property(&found, "sequence")?)?);
        let mut rows = Vec::new();
        for row in list(&property(&found, "rows")?)? {
            rows.push(row_from_js(&row?)?);
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
            for row in part.map_err(Error::rows)? {
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

/// What a call came to in the end. It may take only so long: the calls behind it would wait for ever.
///
/// What it gave is resolved by a promise of our own: one of the store's may have a `then` that throws.
async fn settled(called: core::result::Result<JsValue, JsValue>) -> Result<JsValue> {
    let failed = |thrown| Thrown(thrown).of_a_store();
    let given = called.map_err(failed)?;
    let answer = Promise::new(&mut |resolve, _| settle(&resolve, &given));
    let (mut timer, none) = (JsValue::UNDEFINED, JsValue::from(Object::new()));
    let late = Promise::new(&mut |_, reject| timer = set_timeout(&reject, PATIENCE, &none));
    let settled = JsFuture::from(Promise::race(&Array::of2(&answer, &late))).await;
    clear_timeout(&timer);
    settled.map_err(|thrown| {
        if thrown == none {
            Error::NoAnswer
        } else {
            failed(thrown)
        }
    })
}
