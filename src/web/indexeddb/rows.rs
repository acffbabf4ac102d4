//! Keys and values: `[vault, type, id, version]` → `{ type, id, version, revision, bytes }`.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbKeyRange, IdbObjectStore, IdbRequest};

use crate::{
    store::{Error, Range, RecordId, RecordType, Row, VaultName},
    web::rows::{broken, row_from_js},
};

use super::request::result;

/// The key of a row.
pub(super) fn key(vault: &VaultName, record_id: &RecordId) -> Array {
    key_of(vault, record_id.parts())
}

fn key_of<'a>(vault: &'a VaultName, parts: impl IntoIterator<Item = &'a str>) -> Array {
    let key = Array::of1(&vault.as_str().into());
    for part in parts {
        key.push(&part.into());
    }
    key
}

/// All keys that begin with a range's prefix, or those of them behind `after`. An array sorts after every string
/// (IndexedDB §2.4), so that the upper bound stands behind all of them.
pub(super) fn keys_in(vault: &VaultName, range: &Range) -> Result<IdbKeyRange, JsValue> {
    let prefix = key_of(vault, range.prefix.iter().map(String::as_str));
    let lower = match &range.after {
        Some(after) => key(vault, after),
        None => prefix.slice(0, prefix.length()),
    };
    prefix.push(&Array::new());
    IdbKeyRange::bound_with_lower_open_and_upper_open(&lower, &prefix, range.after.is_some(), true)
}

/// A range that is being read.
pub(super) struct Reading {
    /// Where the row stands, if it is one: its key is not asked for then.
    only: Option<RecordId>,
    keys: Option<IdbRequest>,
    /// Not of a bare range.
    values: Option<IdbRequest>,
}

impl Reading {
    pub(super) fn new(
        rows: &IdbObjectStore,
        vault: &VaultName,
        range: &Range,
    ) -> Result<Self, JsValue> {
        if let Some(only) = range.only_record_id() {
            return Ok(Self {
                keys: None,
                values: Some(rows.get(&key(vault, &only))?),
                only: Some(only),
            });
        }
        let within = keys_in(vault, range)?;
        let values = |limit| match limit {
            Some(limit) => rows.get_all_with_key_and_limit(&within, limit),
            None => rows.get_all_with_key(&within),
        };
        let keys = match range.limit {
            Some(limit) => rows.get_all_keys_with_key_and_limit(&within, limit),
            None => rows.get_all_keys_with_key(&within),
        };
        Ok(Self {
            only: None,
            keys: Some(keys?),
            values: if range.bare {
                None
            } else {
                Some(values(range.limit)?)
            },
        })
    }

    /// Adds the rows, in their order, once the transaction has ended.
    pub(super) fn finish(self, to: &mut Vec<Row>) -> Result<(), Error> {
        if let Some(only) = self.only {
            // Who can put `undefined` there can take the row away as well.
            let value = result(&self.values)?;
            if !value.is_undefined() {
                to.push(row_of(only, &value)?);
            }
            return Ok(());
        }
        let keys: Array = result(&self.keys)?.unchecked_into();
        if self.values.is_none() {
            for key in keys.iter() {
                to.push(Row::none(&slot_of(&key)?));
            }
            return Ok(());
        }
        let values: Array = result(&self.values)?.unchecked_into();
        for (key, value) in keys.iter().zip(values.iter()) {
            to.push(row_at(&key, &value)?);
        }
        Ok(())
    }
}

/// The row stands where its key says.
fn row_at(key: &JsValue, value: &JsValue) -> Result<Row, Error> {
    row_of(slot_of(key)?, value)
}

/// The row that stands there. A value that says something else was put there by others.
fn row_of(record_id: RecordId, value: &JsValue) -> Result<Row, Error> {
    let row = row_from_js(value)?;
    if row.record_id == record_id {
        Ok(row)
    } else {
        Err(Error::Integrity("a row under another one's key"))
    }
}

/// The address that a key is. It is in a range of one vault's: the first part is its name.
fn slot_of(key: &JsValue) -> Result<RecordId, Error> {
    let key: &Array = key.dyn_ref().ok_or_else(broken)?;
    let [kind, id, version] = [1, 2, 3].map(|at| key.get(at).as_string());
    match (key.length(), kind, id, version) {
        (4, Some(kind), Some(id), Some(version)) => Ok(RecordId {
            kind: RecordType::parse(&kind)?,
            id,
            version,
        }),
        _ => Err(Error::Integrity("a row's key is not an address")),
    }
}
