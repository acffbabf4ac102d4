//! One vault: unlocking and locking, backup, and what the others of its files call through.

use core::cell::RefCell;
use std::rc::Rc;

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    custody::{Change, Seen},
    jose::Envelope,
    vault::{Locked, Snapshot, Unlocked, Vault},
    vocabulary::{Error, Object, Result},
};

use super::{
    PageBuffers, WasmFlow,
    convert::{js, text},
    host::WebVault,
    told,
};

pub(super) type Now<'a> = Snapshot<'a, (), PageBuffers>;

/// What an operation gives, and what it changes.
pub(super) type Outcome = Result<(JsValue, Option<Change>)>;

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

    /// Opens the vault with the caller's one passphrase; refuses one that is older than what was seen.
    pub fn unlock(&self, seen: Option<JsString>) -> WasmFlow {
        let unlocked = self.unlocked.clone();
        let done = move |vault| {
            unlocked.replace(Some(Rc::new(vault)));
            JsValue::UNDEFINED
        };
        let seen = seen.map(|seen| Seen(text(&seen)));
        WasmFlow::new(Ok(self.locked.unlocking(seen, done)))
    }

    /// Forgets the vault key. What is running keeps its own keys until it ends.
    pub fn lock(&self) {
        self.unlocked.take();
    }

    /// Surveys a large vault after it was unlocked.
    pub fn survey(&self) -> WasmFlow {
        let vault = self.opened();
        WasmFlow::new(vault.map(|vault| Vault::survey(vault, JsValue::UNDEFINED)))
    }

    /// Does what is due, writes use counts; as JSON.
    pub fn tick(&self) -> WasmFlow {
        let (ended, next) = match self.opened() {
            Ok(vault) => vault.end_sessions(),
            Err(error) => return WasmFlow::new(Err(error)),
        };
        self.latest("tick", move |now| {
            let (done, change) = now.tick()?;
            Ok((json(&told::done(&done, &ended, next)), change))
        })
    }

    /// A new vault key; as JSON.
    #[wasm_bindgen(js_name = rotateVaultKey)]
    pub fn rotate_vault_key(&self) -> WasmFlow {
        self.latest("rotateVaultKey", |now| {
            let change = now.holdings().rotate_vault_key(now.entropy())?;
            let told = Object::new()
                .with("generation", now.holdings().generation() + 1)
                .with("records", change.records());
            Ok((json(&told), Some(change)))
        })
    }

    /// The head, for an unlock to hold the vault against.
    pub fn head(&self) -> WasmFlow {
        self.latest("head", |now| {
            Ok((js(&now.holdings().seen().0).into(), None))
        })
    }

    /// Everything the vault holds, encrypted.
    pub fn backup(&self) -> WasmFlow {
        self.latest("backup", |now| {
            let (backup, change) = now.backup()?;
            Ok((Uint8Array::from(&backup[..]).into(), Some(change)))
        })
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

    /// Runs an operation through the vault's gate.
    pub(super) fn run(
        &self,
        name: &'static str,
        operation: impl FnMut(&Now) -> Outcome + 'static,
    ) -> WasmFlow {
        let operation = Box::new(operation);
        WasmFlow::new(
            self.opened()
                .and_then(|vault| Vault::operate(vault, name, operation)),
        )
    }

    /// As [`run`](Self::run), with what other tabs have written taken in first.
    pub(super) fn latest(
        &self,
        name: &'static str,
        operation: impl FnMut(&Now) -> Outcome + 'static,
    ) -> WasmFlow {
        let operation = Box::new(operation);
        WasmFlow::new(
            self.opened()
                .map(|vault| Vault::operate_on_latest(vault, name, operation)),
        )
    }

    /// The page's side has checked that it is unlocked.
    pub(super) fn opened(&self) -> Result<Rc<WebVault<Unlocked>>> {
        let unlocked = self.unlocked.borrow().clone();
        unlocked.ok_or(Error::Argument("the vault is locked"))
    }
}

/// For the page's side.
pub(super) fn json(object: &Object) -> JsValue {
    js(&object.text()).into()
}

/// A header that the page has, or the id of an object whose header the vault keeps.
pub(super) enum Header {
    Here(Envelope),
    Kept(String),
}

impl Header {
    pub(super) fn of(header: &JsValue) -> Result<Self> {
        match header.as_string() {
            Some(id) => Ok(Self::Kept(id)),
            None => Envelope::parse(&Uint8Array::new(header).to_vec()).map(Self::Here),
        }
    }

    pub(super) fn envelope(&self, now: &Now) -> Result<Envelope> {
        match self {
            Self::Here(envelope) => Ok(envelope.clone()),
            Self::Kept(id) => now.holdings().object(id)?.kept_header(),
        }
    }
}
