//! Where vaults live: create, open, restore. What is only the store's business, the page asks of the
//! store itself.

use std::rc::Rc;

use js_sys::{Array, Function, JsString, Promise, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    custody::{Passphrase, VaultName},
    vault::{Host, Vault},
    vocabulary::SystemEntropy,
};

use super::{
    JsStore, JsStretch, WasmVault, WebEngine,
    clock::DateClock,
    convert::{js, text},
    promise::promise,
};

/// What a vault on the web stands on.
pub(super) type WebHost = Host<JsStore, WebEngine>;

/// A store with its vaults.
#[wasm_bindgen(js_name = Host)]
pub struct WasmHost(Rc<WebHost>);

#[wasm_bindgen(js_class = Host)]
impl WasmHost {
    /// Over a store, and the function that runs Argon2id.
    #[wasm_bindgen(constructor)]
    pub fn new(store: JsStore, stretch: Function) -> Self {
        Self(Rc::new(Host {
            store,
            engine: Rc::new(WebEngine::detect()),
            clock: Box::new(DateClock),
            entropy: Box::new(SystemEntropy),
            stretch: Box::new(JsStretch::new(stretch)),
        }))
    }

    /// A new vault, unlocked.
    #[wasm_bindgen(unchecked_return_type = "Promise<WasmVault>")]
    pub fn create(&self, name: JsString, passphrases: Array) -> Promise {
        let host = self.0.clone();
        promise(async move {
            let name: VaultName = text(&name).parse()?;
            let mut given = Vec::new();
            for passphrase in passphrases.iter() {
                given.push(Passphrase::new(Uint8Array::new(&passphrase).to_vec())?);
            }
            let unlocked = Vault::create(host, name, &given).await?;
            Ok(WasmVault::new(unlocked.locked(), Some(unlocked)))
        })
    }

    /// An existing vault, locked.
    #[wasm_bindgen(unchecked_return_type = "Promise<WasmVault>")]
    pub fn open(&self, name: JsString) -> Promise {
        let host = self.0.clone();
        promise(async move {
            Ok(WasmVault::new(
                Vault::open(host, text(&name).parse()?).await?,
                None,
            ))
        })
    }

    /// Writes a backup into a free name, and gives the name it took.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn restore(&self, backup: Uint8Array, name: Option<JsString>) -> Promise {
        let host = self.0.clone();
        promise(async move {
            let name = name.map(|name| text(&name).parse()).transpose()?;
            let vault = Vault::restore(host, &backup.to_vec(), name).await?;
            Ok(js(vault.name().as_str()))
        })
    }
}
