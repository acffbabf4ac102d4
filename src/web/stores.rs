//! Where a page's vaults are kept: in IndexedDB, in memory, or in a store that the caller brings.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    base::Local,
    store::{Error, MemoryStore, Range, RecordId, Result, Row, Rows, Sequence, Store, VaultName},
};

use super::{CallerStore, IndexedDbStore, waiting::settle};

thread_local! {
    /// One connection for all vaults of the realm.
    static DATABASE: Rc<IndexedDbStore> = Rc::default();

    /// In Node all vaults share one memory.
    static MEMORY: Rc<MemoryStore> = Rc::default();

    static ENDING: Ending = Ending::default();
}

/// Set once the realm's Worker is about to end.
#[derive(Default)]
struct Ending {
    begun: Cell<bool>,
    running: Cell<usize>,
    /// Resolves what waits for the last call.
    waits: RefCell<Option<Function>>,
}

/// A call that runs.
struct Running;

impl Running {
    fn begin() -> Result<Self> {
        ENDING.with(|ending| {
            if ending.begun.get() {
                return Err(Error::Ended);
            }
            ending.running.update(|running| running + 1);
            Ok(Self)
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        ENDING.with(|ending| {
            ending.running.update(|running| running - 1);
            ending.tell();
        });
    }
}

impl Ending {
    fn tell(&self) {
        if self.running.get() == 0
            && let Some(resolve) = self.waits.take()
        {
            settle(&resolve, &JsValue::UNDEFINED);
        }
    }
}

/// Begins no other call to a store, and waits for those that run.
///
/// WebKit keeps a transaction that waits for its turn, and one that commits, when their Worker is terminated: in every
/// tab all later writes would wait behind it until the browser is closed.
#[wasm_bindgen(js_name = endStores, unchecked_return_type = "Promise<void>")]
pub fn end_stores() -> Promise {
    Promise::new(&mut |resolve, _| {
        ENDING.with(|ending| {
            ending.begun.set(true);
            ending.waits.replace(Some(resolve));
            ending.tell();
        });
    })
}

async fn run<T>(answer: Local<'_, Result<T>>) -> Result<T> {
    let running = Running::begin()?;
    let answered = answer.await;
    drop(running);
    answered
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
        run(answer).await
    }

    async fn read(&self, vault: &VaultName, ranges: &[Range]) -> Result<(Sequence, Vec<Row>)> {
        let answer: Local<'_, _> = match self {
            Self::IndexedDb(store) => Box::pin(store.read(vault, ranges)),
            Self::Memory(store) => Box::pin(store.read(vault, ranges)),
            Self::Caller(store) => Box::pin(store.read(vault, ranges)),
        };
        run(answer).await
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
        run(answer).await
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        let answer: Local<'_, _> = match self {
            Self::IndexedDb(store) => Box::pin(store.remove(vault)),
            Self::Memory(store) => Box::pin(store.remove(vault)),
            Self::Caller(store) => Box::pin(store.remove(vault)),
        };
        run(answer).await
    }
}
