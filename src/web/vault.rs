//! One vault.

use core::cell::RefCell;
use std::rc::Rc;

use js_sys::{JsString, Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use zeroize::Zeroizing;

use crate::{
    custody::{Change, KeyRecord, Passphrase},
    vault::{self, DecryptOptions, Locked, Operation, Snapshot, Unlocked, Vault},
    vocabulary::{Error, Object, Result},
};

use super::{
    JsStore, WasmBody, WebEngine,
    convert::{context, expected, file, js, text},
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
    /// Its `name` and `id`, as JSON.
    pub fn about(&self) -> JsString {
        let (name, id) = (self.locked.name().as_str(), self.locked.id().as_str());
        js(&Object::new().with("name", name).with("id", id).text())
    }

    /// Whether its keys can be used now.
    #[wasm_bindgen(getter)]
    pub fn unlocked(&self) -> bool {
        self.unlocked.borrow().is_some()
    }

    /// Opens the vault with one of its passphrases.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn unlock(&self, passphrase: Uint8Array) -> Promise {
        let (locked, unlocked) = (self.locked.clone(), self.unlocked.clone());
        let passphrase = Passphrase::new(passphrase.to_vec());
        promise(async move {
            let opened = locked.unlock(&passphrase?, None).await?;
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
    pub fn create_key(&self, alias: JsString) -> Promise {
        self.run(move |now| {
            let (key, change) = now.create_key(&text(&alias).parse()?)?;
            Ok((js(&key.to_json().text()).into(), Some(change)))
        })
    }

    /// All keys by alias, as JSON.
    #[wasm_bindgen(js_name = listKeys, unchecked_return_type = "Promise<string>")]
    pub fn list_keys(&self) -> Promise {
        self.read_latest(|now| Ok(js(&list(&now.keys())).into()))
    }

    /// A key by alias or id, as JSON.
    #[wasm_bindgen(js_name = findKey, unchecked_return_type = "Promise<string>")]
    pub fn find_key(&self, alias_or_id: JsString) -> Promise {
        self.read(move |now| {
            let key = now.key(&text(&alias_or_id))?;
            Ok(js(&key.to_json().text()).into())
        })
    }

    /// Starts an object under a key's primary version.
    #[wasm_bindgen(unchecked_return_type = "Promise<WasmBody>")]
    pub fn encrypt(
        &self,
        key: JsString,
        bound: Option<JsString>,
        about: Option<JsString>,
    ) -> Promise {
        self.read(move |now| {
            let (context, file) = (context(bound.as_ref())?, file(about.as_ref())?);
            let encryption = now.encrypt(&text(&key), &context, file.as_ref())?;
            Ok(WasmBody::sealing(encryption))
        })
    }

    /// Opens an object's header.
    #[wasm_bindgen(unchecked_return_type = "Promise<WasmBody>")]
    pub fn decrypt(
        &self,
        header: Uint8Array,
        bound: Option<JsString>,
        expect: Option<JsString>,
        allow_unsigned: bool,
    ) -> Promise {
        let header = header.to_vec();
        self.read(move |now| {
            let options = DecryptOptions {
                expect: expected(expect.as_ref())?,
                allow_unsigned,
            };
            let decryption = now.decrypt(&header, &context(bound.as_ref())?, &options)?;
            Ok(WasmBody::opening(decryption))
        })
    }

    /// Encrypts a JSON text into a compact JWE.
    #[wasm_bindgen(js_name = encryptValue, unchecked_return_type = "Promise<string>")]
    pub fn encrypt_value(
        &self,
        key: JsString,
        value: JsString,
        bound: Option<JsString>,
    ) -> Promise {
        self.read(move |now| {
            let (value, context) = (Zeroizing::new(text(&value)), context(bound.as_ref())?);
            let token = now.encrypt_value(&text(&key), value.as_bytes(), &context)?;
            Ok(js(&token).into())
        })
    }

    /// The JSON text in a compact JWE.
    #[wasm_bindgen(js_name = decryptValue, unchecked_return_type = "Promise<string>")]
    pub fn decrypt_value(&self, token: JsString, bound: Option<JsString>) -> Promise {
        const NO_TEXT: &Error = &Error::Malformed("a value's text");
        self.read(move |now| {
            let value = now.decrypt_value(&text(&token), &context(bound.as_ref())?)?;
            let json = core::str::from_utf8(&value).map_err(|_| NO_TEXT)?;
            Ok(js(json).into())
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
