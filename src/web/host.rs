//! Where vaults live: create, open, list, remove, restore.

use std::rc::Rc;

use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    custody::{MemoryStore, Passphrase, VaultName},
    vault::{Host, Vault},
    vocabulary::{Result, SystemEntropy},
};

use super::{
    AnyStore, CallerStore, IdbStore, JsStretch, WasmVault, WebEngine, clock::DateClock,
    promise::promise,
};

/// What a vault on the web stands on.
pub(super) type WebHost = Host<AnyStore, WebEngine>;

/// A store with its vaults.
#[wasm_bindgen]
pub struct WasmHost(Rc<WebHost>);

/// Vaults in IndexedDB.
#[wasm_bindgen(js_name = indexedDbHost)]
pub fn indexed_db_host(stretch: Function) -> Promise {
    promise(async move {
        let store = IdbStore::open().await?;
        Ok(WasmHost::new(AnyStore::IndexedDb(store), stretch))
    })
}

/// Vaults in memory.
#[wasm_bindgen(js_name = memoryHost)]
pub fn memory_host(stretch: Function) -> WasmHost {
    WasmHost::new(AnyStore::Memory(MemoryStore::default()), stretch)
}

/// Vaults in a store of the caller's.
#[wasm_bindgen(js_name = callerHost)]
pub fn caller_host(store: CallerStore, stretch: Function) -> WasmHost {
    WasmHost::new(AnyStore::Caller(store), stretch)
}

#[wasm_bindgen]
impl WasmHost {
    /// A new vault, unlocked.
    pub fn create(&self, name: String, passphrases: Vec<Uint8Array>) -> Promise {
        let host = self.0.clone();
        promise(async move {
            let passphrases: Result<Vec<_>> = passphrases
                .iter()
                .map(|passphrase| Passphrase::new(passphrase.to_vec()))
                .collect();
            let name: VaultName = name.parse()?;
            let unlocked = Vault::create(host.clone(), name.clone(), &passphrases?).await?;
            Ok(WasmVault::new(
                Vault::open(host, name).await?,
                Some(unlocked),
            ))
        })
    }

    /// An existing vault, locked.
    pub fn open(&self, name: String) -> Promise {
        let host = self.0.clone();
        promise(async move {
            Ok(WasmVault::new(
                Vault::open(host, name.parse()?).await?,
                None,
            ))
        })
    }

    /// The names of all vaults.
    pub fn list(&self) -> Promise {
        let host = self.0.clone();
        promise(async move {
            let names = host.vaults().await?;
            Ok(names
                .iter()
                .map(|name| JsValue::from(name.as_str()))
                .collect::<Array>())
        })
    }

    /// Removes a vault and its keys.
    pub fn remove(&self, name: String) -> Promise {
        let host = self.0.clone();
        promise(async move {
            host.remove(&name.parse()?).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Writes a backup into a free name, and gives the name it took.
    pub fn restore(&self, backup: Vec<u8>, name: Option<String>) -> Promise {
        let host = self.0.clone();
        promise(async move {
            let name = name.map(|name| name.parse()).transpose()?;
            let vault = Vault::restore(host, &backup, name).await?;
            Ok(JsValue::from(vault.name().as_str()))
        })
    }
}

impl WasmHost {
    fn new(store: AnyStore, stretch: Function) -> Self {
        Self(Rc::new(Host {
            store,
            engine: Rc::new(WebEngine::detect()),
            clock: Box::new(DateClock),
            entropy: Box::new(SystemEntropy),
            stretch: Box::new(JsStretch::new(stretch)),
        }))
    }
}
