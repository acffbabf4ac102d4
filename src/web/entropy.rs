//! Random bytes from the browser.

use js_sys::Uint8Array;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::vocabulary::{Entropy, Error, Result};

/// `crypto.getRandomValues`, through one buffer that is wiped each time. Engines keep small arrays in
/// their heap, where a secret would stay until somebody needs its place.
#[derive(Debug, Clone, Copy, Default)]
pub struct PageEntropy;

/// Bytes that are drawn at a time: less than what the browser gives at once, and more than an engine
/// would keep in its heap.
const AT_ONCE: u32 = 4096;

thread_local! {
    static DRAWN: Uint8Array = Uint8Array::new_with_length(AT_ONCE);
}

impl Entropy for PageEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        DRAWN.with(|drawn| {
            for chunk in bytes.chunks_mut(AT_ONCE as usize) {
                // A view: it has no bytes of its own.
                let part = drawn.subarray(0, chunk.len() as u32);
                get_random_values(&part)
                    .map_err(|_| Error::Unsupported("no secure random source"))?;
                part.copy_to(chunk);
                part.fill(0, 0, part.length());
            }
            Ok(())
        })
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["globalThis", "crypto"], js_name = getRandomValues, catch)]
    fn get_random_values(bytes: &Uint8Array) -> core::result::Result<(), JsValue>;
}
