//! The schema's version, and the way there from every older one.

use wasm_bindgen::JsValue;
use web_sys::IdbDatabase;

/// Name → sequence, for every vault.
pub(super) const VAULTS: &str = "vaults";

/// `[name, type, id, version]` → row, for every row of every vault.
pub(super) const ROWS: &str = "rows";

/// A version of the database, and how it comes about.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// What the database's own version is set to.
    pub version: u32,
    /// Brings a database of an older version (0: an empty one) to this one, inside the upgrade's transaction.
    pub migrate: fn(&IdbDatabase, from: u32) -> Result<(), JsValue>,
}

impl Schema {
    /// What this release reads and writes.
    pub const CURRENT: Self = Self {
        version: 1,
        migrate: |database, from| {
            if from < 1 {
                first(database)?;
            }
            Ok(())
        },
    };
}

/// Version 1. Both object stores have keys of their own making, not taken from the value, so that a row's bytes are
/// stored as they were written.
fn first(database: &IdbDatabase) -> Result<(), JsValue> {
    database.create_object_store(VAULTS)?;
    database.create_object_store(ROWS)?;
    Ok(())
}
