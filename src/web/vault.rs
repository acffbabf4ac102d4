//! One vault.

use core::cell::RefCell;
use std::rc::Rc;

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    custody::{KeyRecord, Passphrase},
    vault::{DecryptOptions, Locked, Unlocked, Vault},
    vocabulary::{Error, Result},
};

use super::{
    JsStore, WasmOpener, WasmSealer, WebEngine,
    convert::{context, expected, file},
    promise::promise,
};

type Opened = Vault<Unlocked, JsStore, WebEngine>;

/// A vault, with its vault key in memory while it is unlocked.
#[wasm_bindgen]
pub struct WasmVault {
    locked: Rc<Vault<Locked, JsStore, WebEngine>>,
    unlocked: Rc<RefCell<Option<Rc<Opened>>>>,
}

#[wasm_bindgen]
impl WasmVault {
    /// The name it has in its store.
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> String {
        self.locked.name().as_str().to_owned()
    }

    /// Its id, which a backup keeps.
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> String {
        self.locked.id().as_str().to_owned()
    }

    /// Whether its keys can be used now.
    #[wasm_bindgen(getter)]
    pub fn unlocked(&self) -> bool {
        self.unlocked.borrow().is_some()
    }

    /// Opens the vault with one of its passphrases.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn unlock(&self, passphrase: Vec<u8>) -> Promise {
        let (locked, unlocked) = (self.locked.clone(), self.unlocked.clone());
        promise(async move {
            let opened = locked.unlock(&Passphrase::new(passphrase)?, None).await?;
            unlocked.replace(Some(Rc::new(opened)));
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Forgets the vault key. What is running keeps its own keys until it ends.
    pub fn lock(&self) {
        self.unlocked.take();
    }

    /// A new key, as JSON.
    #[wasm_bindgen(js_name = createKey, unchecked_return_type = "Promise<string>")]
    pub fn create_key(&self, alias: String) -> Promise {
        self.with(async move |vault| Ok(vault.create_key(&alias.parse()?).await?.to_json().text()))
    }

    /// All keys by alias, as JSON.
    #[wasm_bindgen(js_name = listKeys, unchecked_return_type = "Promise<string>")]
    pub fn list_keys(&self) -> Promise {
        self.with(async move |vault| Ok(list(&vault.keys().await?)))
    }

    /// A key by alias or id, as JSON.
    #[wasm_bindgen(js_name = findKey, unchecked_return_type = "Promise<string>")]
    pub fn find_key(&self, alias_or_id: String) -> Promise {
        self.with(async move |vault| Ok(vault.key(&alias_or_id).await?.to_json().text()))
    }

    /// Starts an object under a key's primary version.
    #[wasm_bindgen(unchecked_return_type = "Promise<WasmSealer>")]
    pub fn encrypt(
        &self,
        key: String,
        context_text: Option<String>,
        file_text: Option<String>,
    ) -> Promise {
        self.with(async move |vault| {
            let file = file(file_text)?;
            let encryption = vault
                .encrypt(&key, &context(context_text)?, file.as_ref())
                .await?;
            Ok(WasmSealer::new(encryption))
        })
    }

    /// Opens an object's header.
    #[wasm_bindgen(unchecked_return_type = "Promise<WasmOpener>")]
    pub fn decrypt(
        &self,
        header: Vec<u8>,
        context_text: Option<String>,
        expect: Option<String>,
        allow_unsigned: bool,
    ) -> Promise {
        self.with(async move |vault| {
            let options = DecryptOptions {
                expect: expected(expect)?,
                allow_unsigned,
            };
            let decryption = vault
                .decrypt(&header, &context(context_text)?, &options)
                .await?;
            Ok(WasmOpener::new(header, decryption))
        })
    }

    /// Encrypts a JSON text into a compact JWE.
    #[wasm_bindgen(js_name = encryptValue, unchecked_return_type = "Promise<string>")]
    pub fn encrypt_value(
        &self,
        key: String,
        value: String,
        context_text: Option<String>,
    ) -> Promise {
        self.with(async move |vault| {
            vault
                .encrypt_value(&key, value.as_bytes(), &context(context_text)?)
                .await
        })
    }

    /// The JSON text in a compact JWE.
    #[wasm_bindgen(js_name = decryptValue, unchecked_return_type = "Promise<string>")]
    pub fn decrypt_value(&self, token: String, context_text: Option<String>) -> Promise {
        self.with(async move |vault| {
            let value = vault.decrypt_value(&token, &context(context_text)?).await?;
            let text =
                core::str::from_utf8(&value).map_err(|_| Error::Malformed("a value's text"))?;
            Ok(JsValue::from(text))
        })
    }

    /// Everything the vault holds, encrypted.
    #[wasm_bindgen(unchecked_return_type = "Promise<Uint8Array>")]
    pub fn backup(&self) -> Promise {
        self.with(async move |vault| Ok(Uint8Array::from(&vault.backup().await?[..])))
    }
}

impl WasmVault {
    pub(super) fn new(locked: Vault<Locked, JsStore, WebEngine>, unlocked: Option<Opened>) -> Self {
        Self {
            locked: Rc::new(locked),
            unlocked: Rc::new(RefCell::new(unlocked.map(Rc::new))),
        }
    }

    /// Runs `work` on the unlocked vault. The page's side has checked that it is.
    fn with<T: Into<JsValue> + 'static>(
        &self,
        work: impl AsyncFnOnce(Rc<Opened>) -> Result<T> + 'static,
    ) -> Promise {
        let vault = self.unlocked.borrow().clone();
        promise(async move { work(vault.ok_or(Error::Argument("the vault is locked"))?).await })
    }
}

/// Keys as a JSON array.
fn list(keys: &[KeyRecord]) -> String {
    let texts: Vec<String> = keys.iter().map(|key| key.to_json().text()).collect();
    ["[", &texts.join(","), "]"].concat()
}
