//! Argon2id, for the short-lived Worker that `js/src/engine/wasm/argon2-worker.ts` starts.

use js_sys::Uint8Array;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::factors;

/// 32 bytes. `memory` in KiB.
///
/// # Errors
/// `ERR_UNSUPPORTED` for parameters that the algorithm does not have.
#[wasm_bindgen]
pub fn argon2id(
    passphrase: Uint8Array,
    salt: Uint8Array,
    memory: u32,
    passes: u32,
    lanes: u32,
) -> core::result::Result<Uint8Array, JsValue> {
    let derived = factors::argon2id(&passphrase.to_vec(), &salt.to_vec(), memory, passes, lanes)?;
    // EXPOSE: the derived bytes go back to the vault's Worker.
    Ok(Uint8Array::from(derived.expose().as_slice()))
}
