//! Known answers, before a module's first use.

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::jose;

/// Asks each primitive for its known answer.
///
/// # Errors
/// `ERR_INTERNAL`.
#[wasm_bindgen(js_name = selfTest)]
pub fn self_test() -> core::result::Result<(), JsValue> {
    Ok(jose::self_test()?)
}
