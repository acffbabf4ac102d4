//! One vault.

use core::cell::RefCell;
use std::rc::Rc;

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use zeroize::Zeroizing;

use crate::{
    custody::{Change, KeyRecord, Passphrase},
    vault::{self, DecryptOptions, Locked, Operation, Snapshot, Unlocked, Vault},
    vocabulary::{Error, Result},
};

use super::{
    JsStore, WasmOpener, WasmSealer, WebEngine,
    convert::{context, expected, file},
    promise::promise,
};

type Opened = Vault<Unlocked, JsStore, WebEngine>;
type Now<'a> = Snapshot<'a, JsStore, WebEngine>;

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
        self.run(move |now| {
            let (key, change) = now.create_key(&alias.parse()?)?;
            Ok((key.to_json().text().into(), Some(change)))
        })
    }

    /// All keys by alias, as JSON.
    #[wasm_bindgen(js_name = listKeys, unchecked_return_type = "Promise<string>")]
    pub fn list_keys(&self) -> Promise {
        self.read_latest(|now| Ok(list(&now.keys()).into()))
    }

    /// A key by alias or id, as JSON.
    #[wasm_bindgen(js_name = findKey, unchecked_return_type = "Promise<string>")]
    pub fn find_key(&self, alias_or_id: String) -> Promise {
        self.read(move |now| Ok(now.key(&alias_or_id)?.to_json().text().into()))
    }

    /// Starts an object under a key's primary version.
    #[wasm_bindgen(unchecked_return_type = "Promise<WasmSealer>")]
    pub fn encrypt(
        &self,
        key: String,
        context_text: Option<String>,
        file_text: Option<String>,
    ) -> Promise {
        self.read(move |now| {
            let (context, file) = (
                context(context_text.as_deref())?,
                file(file_text.as_deref())?,
            );
            Ok(WasmSealer::new(now.encrypt(&key, &context, file.as_ref())?).into())
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
        self.read(move |now| {
            let options = DecryptOptions {
                expect: expected(expect.as_deref())?,
                allow_unsigned,
            };
            let decryption = now.decrypt(&header, &context(context_text.as_deref())?, &options)?;
            Ok(WasmOpener::new(header.clone(), decryption).into())
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
        let value = Zeroizing::new(value);
        self.read(move |now| {
            let context = context(context_text.as_deref())?;
            Ok(now.encrypt_value(&key, value.as_bytes(), &context)?.into())
        })
    }

    /// The JSON text in a compact JWE.
    #[wasm_bindgen(js_name = decryptValue, unchecked_return_type = "Promise<string>")]
    pub fn decrypt_value(&self, token: String, context_text: Option<String>) -> Promise {
        const NO_TEXT: &Error = &Error::Malformed("a value's text");
        self.read(move |now| {
            let value = now.decrypt_value(&token, &context(context_text.as_deref())?)?;
            let text = core::str::from_utf8(&value).map_err(|_| NO_TEXT)?;
            Ok(text.into())
        })
    }

    /// Everything the vault holds, encrypted.
    #[wasm_bindgen(unchecked_return_type = "Promise<Uint8Array>")]
    pub fn backup(&self) -> Promise {
        self.read_latest(|now| Ok(Uint8Array::from(&now.backup()?[..]).into()))
    }
}

impl WasmVault {
    pub(super) fn new(locked: Vault<Locked, JsStore, WebEngine>, unlocked: Option<Opened>) -> Self {
        Self {
            locked: Rc::new(locked),
            unlocked: Rc::new(RefCell::new(unlocked.map(Rc::new))),
        }
    }

    fn run(
        &self,
        operation: impl FnMut(&Now) -> Result<(JsValue, Option<Change>)> + 'static,
    ) -> Promise {
        self.start(false, Box::new(operation))
    }

    fn read(&self, mut operation: impl FnMut(&Now) -> Result<JsValue> + 'static) -> Promise {
        self.start(false, Box::new(move |now| operation(now).map(vault::read)))
    }

    /// As [`read`](Self::read), with what other tabs have written taken in first.
    fn read_latest(&self, mut operation: impl FnMut(&Now) -> Result<JsValue> + 'static) -> Promise {
        self.start(true, Box::new(move |now| operation(now).map(vault::read)))
    }

    /// Runs an operation on the unlocked vault. The page's side has checked that it is. Boxed, so that
    /// what waits for the store is compiled once.
    fn start(
        &self,
        latest: bool,
        mut operation: Box<Operation<'static, JsStore, WebEngine, JsValue>>,
    ) -> Promise {
        let vault = self.unlocked.borrow().clone();
        promise(async move {
            let vault = vault.ok_or(&Error::Argument("the vault is locked"))?;
            if latest {
                vault.refresh().await?;
            }
            vault.run(&mut *operation).await
        })
    }
}

/// Keys as a JSON array.
fn list(keys: &[&KeyRecord]) -> String {
    let mut text = String::from("[");
    for key in keys {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&key.to_json().text());
    }
    text.push(']');
    text
}
