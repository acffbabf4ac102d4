//! The stores there are on the web, as one type, so that the vault is compiled once.

use crate::{
    custody::{Batch, MemoryStore, Row, Sequence, Store, VaultName},
    vocabulary::Result,
};

use super::{CallerStore, IdbStore};

/// Where a page or Node keeps vaults.
pub enum AnyStore {
    /// The browser's database.
    IndexedDb(IdbStore),
    /// Until the process ends.
    Memory(MemoryStore),
    /// The caller's own.
    Caller(CallerStore),
}

impl Store for AnyStore {
    async fn vaults(&self) -> Result<Vec<VaultName>> {
        match self {
            Self::IndexedDb(store) => store.vaults().await,
            Self::Memory(store) => store.vaults().await,
            Self::Caller(store) => Store::vaults(store).await,
        }
    }

    async fn read(&self, vault: &VaultName) -> Result<(Sequence, Vec<Row>)> {
        match self {
            Self::IndexedDb(store) => store.read(vault).await,
            Self::Memory(store) => store.read(vault).await,
            Self::Caller(store) => Store::read(store, vault).await,
        }
    }

    async fn commit(&self, vault: &VaultName, expect: Sequence, batch: Batch) -> Result<Sequence> {
        match self {
            Self::IndexedDb(store) => store.commit(vault, expect, batch).await,
            Self::Memory(store) => store.commit(vault, expect, batch).await,
            Self::Caller(store) => Store::commit(store, vault, expect, batch).await,
        }
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        match self {
            Self::IndexedDb(store) => store.remove(vault).await,
            Self::Memory(store) => store.remove(vault).await,
            Self::Caller(store) => Store::remove(store, vault).await,
        }
    }
}
