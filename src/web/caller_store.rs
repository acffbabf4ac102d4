//! A store that the caller brings: an object of JavaScript's, as `CallerStore` in `js/bindings.ts` declares it.
//!
//! It is not trusted. What it throws is kept as a cause; what it gives is held to what was asked.

use core::iter::Peekable;

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use crate::{
    custody::{Range, Row, Rows, Sequence, Slot, Store, VaultName},
    vocabulary::{Error, Result},
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
    /// Of an object that has the methods of a `CallerStore`.
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
        let mut rows = list(property(&found, "rows")?)?.peekable();
        let mut checked = Vec::new();
        for range in ranges {
            take(range, &mut rows, &mut checked)?;
        }
        match rows.next() {
            // Of no range, out of order, or one too many.
            Some(_) => Err(broken()),
            None => Ok((sequence, checked)),
        }
    }

    async fn commit_rows(
        &self,
        vault: &VaultName,
        expect: Sequence,
        next: Sequence,
        deletes: &[Slot],
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

/// Takes the rows of one range, each behind the one before it. Of a store that leaves nothing out, the first row that
/// is not one of these belongs to the next range.
fn take(
    range: &Range,
    rows: &mut Peekable<impl Iterator<Item = JsValue>>,
    to: &mut Vec<Row>,
) -> Result<()> {
    let limit = range.limit.map_or(usize::MAX, |limit| limit as usize);
    let start = to.len();
    while to.len() - start < limit
        && let Some(row) = rows.peek()
    {
        let row = row_from_js(row)?;
        let follows = to[start..]
            .last()
            .is_none_or(|last| order(&last.slot) < order(&row.slot));
        if !follows || !within(range, &row.slot) {
            break;
        }
        rows.next();
        to.push(if range.bare { row.bare() } else { row });
    }
    Ok(())
}

/// Whether a row belongs to a range, in the order of JavaScript's.
fn within(range: &Range, slot: &Slot) -> bool {
    let parts = slot.parts();
    let begins = range.prefix.iter().zip(parts).all(|(a, b)| a == b);
    let behind = |after: &Slot| order(after) < order(slot);
    begins && range.after.as_ref().is_none_or(behind)
}

/// By UTF-16 code units, as JavaScript's `<` and IndexedDB's keys do.
fn order(slot: &Slot) -> [Vec<u16>; 3] {
    slot.parts().map(|part| part.encode_utf16().collect())
}
