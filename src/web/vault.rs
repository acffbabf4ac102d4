//! One vault.

use core::cell::RefCell;
use std::rc::Rc;

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use zeroize::Zeroizing;

use crate::{
    custody::{Change, KeyRecord},
    vault::{self, DecryptOptions, Locked, Snapshot, Unlocked, Vault},
    vocabulary::{Error, Object, Result},
};

use super::{
    PageBuffers, WasmBody, WasmFlow,
    convert::{context, expected, file, js, text},
    host::WebVault,
};

type Now<'a> = Snapshot<'a, (), PageBuffers>;

/// A vault, with its vault key in memory while it is unlocked.
#[wasm_bindgen]
pub struct WasmVault {
    locked: WebVault<Locked>,
    unlocked: Rc<RefCell<Option<Rc<WebVault<Unlocked>>>>>,
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

    /// Opens the vault with the caller's one passphrase.
    pub fn unlock(&self) -> WasmFlow {
        let unlocked = self.unlocked.clone();
        let done = move |vault| {
            unlocked.replace(Some(Rc::new(vault)));
            JsValue::UNDEFINED
        };
        WasmFlow::new(Ok(self.locked.unlocking(None, done)))
    }

    /// Forgets the vault key. What is running keeps its own keys until it ends.
    pub fn lock(&self) {
        self.unlocked.take();
    }

    /// A new key, as JSON.
    #[wasm_bindgen(js_name = createKey)]
    pub fn create_key(&self, alias: JsString) -> WasmFlow {
        self.run(move |now| {
            let (key, change) = now.create_key(&text(&alias).parse()?)?;
            Ok((js(&key.to_json().text()).into(), Some(change)))
        })
    }

    /// All keys by alias, as JSON.
    #[wasm_bindgen(js_name = listKeys)]
    pub fn list_keys(&self) -> WasmFlow {
        self.read_latest(|now| Ok(js(&list(&now.keys())).into()))
    }

    /// A key by alias or id, as JSON.
    #[wasm_bindgen(js_name = findKey)]
    pub fn find_key(&self, alias_or_id: JsString) -> WasmFlow {
        self.read(move |now| {
            let key = now.key(&text(&alias_or_id))?;
            Ok(js(&key.to_json().text()).into())
        })
    }

    /// Starts an object under a key's primary version.
    pub fn encrypt(
        &self,
        key: JsString,
        bound: Option<JsString>,
        about: Option<JsString>,
    ) -> WasmFlow {
        self.read(move |now| {
            let (context, file) = (context(bound.as_ref())?, file(about.as_ref())?);
            let encryption = now.encrypt(&text(&key), &context, file.as_ref())?;
            Ok(WasmBody::sealing(encryption))
        })
    }

    /// Opens an object's header.
    pub fn decrypt(
        &self,
        header: Uint8Array,
        bound: Option<JsString>,
        expect: Option<JsString>,
        allow_unsigned: bool,
    ) -> WasmFlow {
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
    #[wasm_bindgen(js_name = encryptValue)]
    pub fn encrypt_value(
        &self,
        key: JsString,
        value: JsString,
        bound: Option<JsString>,
    ) -> WasmFlow {
        self.read(move |now| {
            let (value, context) = (Zeroizing::new(text(&value)), context(bound.as_ref())?);
            let token = now.encrypt_value(&text(&key), value.as_bytes(), &context)?;
            Ok(js(&token).into())
        })
    }

    /// The JSON text in a compact JWE.
    #[wasm_bindgen(js_name = decryptValue)]
    pub fn decrypt_value(&self, token: JsString, bound: Option<JsString>) -> WasmFlow {
        const NO_TEXT: &Error = &Error::Malformed("a value's text");
        self.read(move |now| {
            let value = now.decrypt_value(&text(&token), &context(bound.as_ref())?)?;
            let json = core::str::from_utf8(&value).map_err(|_| NO_TEXT)?;
            Ok(js(json).into())
        })
    }

    /// Everything the vault holds, encrypted.
    pub fn backup(&self) -> WasmFlow {
        self.read_latest(|now| Ok(Uint8Array::from(&now.backup()?[..]).into()))
    }
}

impl WasmVault {
    pub(super) fn found(vault: WebVault<Locked>) -> JsValue {
        Self::of(vault, None)
    }

    pub(super) fn made(vault: WebVault<Unlocked>) -> JsValue {
        Self::of(vault.locked(), Some(Rc::new(vault)))
    }

    fn of(locked: WebVault<Locked>, unlocked: Option<Rc<WebVault<Unlocked>>>) -> JsValue {
        let unlocked = Rc::new(RefCell::new(unlocked));
        Self { locked, unlocked }.into()
    }

    fn run(
        &self,
        operation: impl FnMut(&Now) -> Result<(JsValue, Option<Change>)> + 'static,
    ) -> WasmFlow {
        let operation = Box::new(operation);
        WasmFlow::new(
            self.opened()
                .and_then(|vault| Vault::operate(vault, operation)),
        )
    }

    fn read(&self, mut operation: impl FnMut(&Now) -> Result<JsValue> + 'static) -> WasmFlow {
        self.run(move |now| operation(now).map(vault::read))
    }

    /// As [`read`](Self::read), with what other tabs have written taken in first.
    fn read_latest(
        &self,
        mut operation: impl FnMut(&Now) -> Result<JsValue> + 'static,
    ) -> WasmFlow {
        let operation = Box::new(move |now: &Now| operation(now).map(vault::read));
        WasmFlow::new(
            self.opened()
                .map(|vault| Vault::operate_on_latest(vault, operation)),
        )
    }

    /// The page's side has checked that it is unlocked.
    fn opened(&self) -> Result<Rc<WebVault<Unlocked>>> {
        let unlocked = self.unlocked.borrow().clone();
        unlocked.ok_or(&Error::Argument("the vault is locked"))
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
