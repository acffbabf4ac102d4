//! Where vaults begin: create, open, restore.

use std::rc::Rc;

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::vault::{Host, Locked, Vault};

use super::{
    PageBuffers, WasmFlow, WasmVault,
    clock::DateClock,
    convert::{js, text},
    entropy::PageEntropy,
};

/// A vault on the web: the page's side takes its steps.
pub(super) type WebVault<State> = Vault<State, (), PageBuffers>;

fn host() -> Rc<Host<(), PageBuffers>> {
    Rc::new(Host {
        outside: (),
        engine: Rc::new(PageBuffers),
        clock: Box::new(DateClock),
        entropy: Box::new(PageEntropy),
        listener: Box::new(|_| {}),
    })
}

/// A new vault, unlocked, which any one of so many passphrases opens: a flow that ends with a `WasmVault`.
#[wasm_bindgen(js_name = createVault)]
pub fn create_vault(name: JsString, passphrases: usize) -> WasmFlow {
    let created = |name| WebVault::creation(host(), name, passphrases, WasmVault::made);
    WasmFlow::new(text(&name).parse().map(created))
}

/// An existing vault, locked: a flow that ends with a `WasmVault`.
#[wasm_bindgen(js_name = openVault)]
pub fn open_vault(name: JsString) -> WasmFlow {
    let opened = |name| WebVault::opening(host(), name, WasmVault::found);
    WasmFlow::new(text(&name).parse().map(opened))
}

/// Writes a backup into a free name, by default the name the vault had: a flow that ends with the name.
#[wasm_bindgen(js_name = restoreVault)]
pub fn restore_vault(backup: Uint8Array, name: Option<JsString>) -> WasmFlow {
    let named = |vault: WebVault<Locked>| JsValue::from(js(vault.name().as_str()));
    let name = name.map(|name| text(&name).parse()).transpose();
    let restored = |name| WebVault::restoration(host(), &backup.to_vec(), name, named);
    WasmFlow::new(name.and_then(restored))
}
