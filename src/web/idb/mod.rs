//! The store in IndexedDB: one database for all vaults of the origin.
//!
//! Two object stores: `vaults` (name → sequence) and `rows` (`[name, type, id, version]` → row). A
//! commit is one transaction over both, and every write asks for strict durability: Chrome's default
//! may lose what was acknowledged when the machine stops. All cryptography is done before a
//! transaction opens, because one that waits for anything else commits by itself.

mod connection;
mod failure;
mod schema;
mod v1;

use indexed_db_futures::database::Database;
use indexed_db_futures::{
    Build, BuildPrimitive, KeyRange,
    object_store::ObjectStore,
    prelude::QuerySource,
    transaction::{Transaction, TransactionDurability, TransactionMode, TransactionOptions},
};
use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::{
    custody::{Batch, Row, Sequence, Slot, Store, VaultName},
    vocabulary::{Error, Result},
};

use self::{connection::Connection, failure::storage};
use super::rows::{row_from_js, row_to_js, whole};

const VAULTS: &str = "vaults";
const ROWS: &str = "rows";

/// Vaults in IndexedDB.
pub struct IdbStore(Connection);

impl IdbStore {
    /// The name of the origin's database.
    pub const DATABASE: &str = "strongroom";

    /// Opens the origin's database, or makes it.
    ///
    /// # Errors
    /// [`Error::Blocked`] while another tab holds an older version open, [`Error::Unsupported`] when
    /// a newer version of this package wrote it, [`Error::Storage`].
    pub async fn open() -> Result<Self> {
        Self::open_named(Self::DATABASE).await
    }

    /// Opens a database of another name.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_named(name: &str) -> Result<Self> {
        let connection = Connection::new(name);
        connection.database().await?;
        Ok(Self(connection))
    }
}

impl Store for IdbStore {
    async fn vaults(&self) -> Result<Vec<VaultName>> {
        let database = self.0.database().await?;
        let transaction = begin(&database, TransactionMode::Readonly)?;
        let store = transaction.object_store(VAULTS).map_err(storage)?;
        let names = store
            .get_all_keys::<String>()
            .primitive()
            .map_err(storage)?
            .await
            .map_err(storage)?;
        names.map(|name| name.map_err(storage)?.parse()).collect()
    }

    async fn read(&self, vault: &VaultName) -> Result<(Sequence, Vec<Row>)> {
        let database = self.0.database().await?;
        let transaction = begin(&database, TransactionMode::Readonly)?;
        let vaults = transaction.object_store(VAULTS).map_err(storage)?;
        let store = transaction.object_store(ROWS).map_err(storage)?;
        let sequence = sequence(&vaults, vault).await?;
        let rows = store
            .get_all::<JsValue>()
            .with_query::<JsValue, _>(rows_of(vault))
            .primitive()
            .map_err(storage)?;
        let rows = rows.await.map_err(storage)?;
        let rows = rows
            .map(|row| row_from_js(&row.map_err(storage)?))
            .collect::<Result<_>>()?;
        Ok((sequence, rows))
    }

    async fn commit(&self, vault: &VaultName, expect: Sequence, batch: Batch) -> Result<Sequence> {
        let database = self.0.database().await?;
        let transaction = begin(&database, TransactionMode::Readwrite)?;
        let vaults = transaction.object_store(VAULTS).map_err(storage)?;
        let store = transaction.object_store(ROWS).map_err(storage)?;
        // A transaction that is dropped is rolled back.
        if sequence(&vaults, vault).await? != expect {
            return Err(Error::Conflict);
        }
        for slot in &batch.deletes {
            store
                .delete(address(vault, slot))
                .primitive()
                .map_err(storage)?
                .await
                .map_err(storage)?;
        }
        for row in &batch.puts {
            let (key, value) = (address(vault, &row.slot), JsValue::from(row_to_js(row)));
            store
                .put(value)
                .with_key(key)
                .primitive()
                .map_err(storage)?
                .await
                .map_err(storage)?;
        }
        let next = expect.next();
        let put = vaults
            .put(JsValue::from(next.0 as f64))
            .with_key(JsValue::from(vault.as_str()));
        put.primitive().map_err(storage)?.await.map_err(storage)?;
        transaction.commit().await.map_err(storage)?;
        Ok(next)
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        let database = self.0.database().await?;
        let transaction = begin(&database, TransactionMode::Readwrite)?;
        let vaults = transaction.object_store(VAULTS).map_err(storage)?;
        let store = transaction.object_store(ROWS).map_err(storage)?;
        store
            .delete::<JsValue, _>(rows_of(vault))
            .primitive()
            .map_err(storage)?
            .await
            .map_err(storage)?;
        let gone = vaults
            .delete(JsValue::from(vault.as_str()))
            .primitive()
            .map_err(storage)?;
        gone.await.map_err(storage)?;
        transaction.commit().await.map_err(storage)
    }
}

/// A transaction over both object stores.
fn begin(database: &Database, mode: TransactionMode) -> Result<Transaction<'_>> {
    let mut options = TransactionOptions::new();
    options.set_durability(TransactionDurability::Strict);
    let stores = database.transaction([VAULTS, ROWS]);
    stores
        .with_mode(mode)
        .with_options(options)
        .build()
        .map_err(storage)
}

async fn sequence(vaults: &ObjectStore<'_>, vault: &VaultName) -> Result<Sequence> {
    let stored = vaults.get::<JsValue, _, _>(JsValue::from(vault.as_str()));
    let stored: Option<JsValue> = stored
        .primitive()
        .map_err(storage)?
        .await
        .map_err(storage)?;
    stored.map_or(Ok(Sequence::default()), |sequence| {
        whole(&sequence).map(Sequence)
    })
}

fn address(vault: &VaultName, slot: &Slot) -> JsValue {
    [vault.as_str(), slot.kind.as_str(), &slot.id, &slot.version]
        .map(JsValue::from)
        .iter()
        .collect::<Array>()
        .into()
}

/// All keys `[vault, …]`: an array sorts after every string (IndexedDB §2.4), so that the upper bound
/// stands behind all of them.
fn rows_of(vault: &VaultName) -> KeyRange<JsValue> {
    let name = JsValue::from(vault.as_str());
    let lower = Array::of1(&name);
    let upper = Array::of2(&name, &Array::new());
    KeyRange::Bound(lower.into(), false, upper.into(), true)
}
