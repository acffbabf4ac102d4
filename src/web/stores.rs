//! Where a page's vaults are kept: in IndexedDB, in memory, or in a store that the caller brings.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use crate::{
    base::{Local, Result},
    store::{MemoryStore, Range, RecordId, Row, Rows, Sequence, Store, VaultName},
};

use super::{CallerStore, IndexedDbStore};

thread_local! {
    /// One connection for all vaults of the realm.
    static DATABASE: Rc<IndexedDbStore> = Rc::default();

    /// In Node all vaults share one memory.
    static MEMORY: Rc<MemoryStore> = Rc::default();
}

/// One of the stores that there are.
pub enum WebStore {
    /// The origin's database.
    IndexedDb(Rc<IndexedDbStore>),
    /// What ends with the process.
    Memory(Rc<MemoryStore>),
    /// An object of JavaScript's.
    Caller(CallerStore),
}

impl WebStore {
    /// By its name, `indexeddb` or `memory`; anything else is a caller's store.
    #[must_use]
    pub fn new(storage: JsValue) -> Self {
        match storage.as_string().as_deref() {
            Some("indexeddb") => Self::IndexedDb(DATABASE.with(Rc::clone)),
            Some("memory") => Self::Memory(MEMORY.with(Rc::clone)),
            _ => Self::Caller(CallerStore::new(storage)),
        }
    }
}

/// Futures of one type each: every place that awaits a store would have the code of all three.
impl Store for WebStore {
    async fn vaults(&self) -> Result<Vec<VaultName>> {
        let answer: Local<'_, _> = match self {
            Self::IndexedDb(store) => Box::pin(store.vaults()),
            Self::Memory(store) => Box::pin(store.vaults()),
            Self::Caller(store) => Box::pin(store.vaults()),
        };
        answer.await
    }

    async fn read(&self, vault: &VaultName, ranges: &[Range]) -> Result<(Sequence, Vec<Row>)> {
        let answer: Local<'_, _> = match self {
            Self::IndexedDb(store) => Box::pin(store.read(vault, ranges)),
            Self::Memory(store) => Box::pin(store.read(vault, ranges)),
            Self::Caller(store) => Box::pin(store.read(vault, ranges)),
        };
        answer.await
    }

    async fn commit_rows(
        &self,
        vault: &VaultName,
        expect: Sequence,
        next: Sequence,
        deletes: &[RecordId],
        rows: &mut Rows<'_>,
    ) -> Result<()> {
        let answer: Local<'_, _> = match self {
            Self::IndexedDb(store) => {
                Box::pin(store.commit_rows(vault, expect, next, deletes, rows))
            }
            Self::Memory(store) => Box::pin(store.commit_rows(vault, expect, next, deletes, rows)),
            Self::Caller(store) => Box::pin(store.commit_rows(vault, expect, next, deletes, rows)),
        };
        answer.await
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        let answer: Local<'_, _> = match self {
            Self::IndexedDb(store) => Box::pin(store.remove(vault)),
            Self::Memory(store) => Box::pin(store.remove(vault)),
            Self::Caller(store) => Box::pin(store.remove(vault)),
        };
        answer.await
    }
}
