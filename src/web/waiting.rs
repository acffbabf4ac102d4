//! How long a store may take, and promises that wait for it.

use js_sys::Function;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// Milliseconds. No database was seen to take two seconds to open.
pub(super) const PATIENCE: i32 = 10_000;

#[wasm_bindgen]
extern "C" {
    // Of a page and of a Worker alike: web-sys has one for each. Timers are numbers in one, and objects elsewhere.
    #[wasm_bindgen(js_name = setTimeout)]
    pub(super) fn set_timeout(handler: &Function, milliseconds: i32, given: &JsValue) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    pub(super) fn clear_timeout(timer: &JsValue);
}

/// Calls a promise's `resolve` or `reject`, which do not throw.
pub(super) fn settle(settle: &Function, value: &JsValue) {
    drop(settle.call1(&JsValue::UNDEFINED, value));
}
