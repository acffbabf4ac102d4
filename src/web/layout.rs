//! Where things stand in objects and bodies, for the page's side: it computes none of it by itself.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::object::{
    attached,
    body::{HEADER, Layout},
};

use super::convert::count;

const LAYOUT: Layout = Layout::STANDARD;

/// In bytes: what stands before an attached object's header, what stands before a body's first segment, a
/// whole segment, and what stands before a signature.
#[wasm_bindgen(
    unchecked_return_type = "[prefix: number, header: number, segment: number, signaturePrefix: number]"
)]
pub fn layout() -> Array {
    numbers([
        attached::PREFIX,
        HEADER,
        LAYOUT.cipher_segment(),
        attached::SIGNATURE_PREFIX,
    ])
}

/// Bytes of plaintext in the first so many segments of a body, and in as many others.
#[wasm_bindgen(
    js_name = plainPieces,
    unchecked_return_type = "[first: number, other: number]"
)]
pub fn plain_pieces(segments: u32) -> Array {
    let other = segments as usize * LAYOUT.plain_segment();
    numbers([other - HEADER, other])
}

/// Bytes of plaintext in a body of so many bytes; nothing when no body has that size.
#[wasm_bindgen(js_name = plaintextSize)]
pub fn plaintext_size(body: f64) -> Option<f64> {
    let size = LAYOUT.plaintext_len(count(body)?).ok()?;
    Some(size as f64)
}

/// Whether an object that begins so is attached. A detached body begins with its header's length, 40.
#[wasm_bindgen(js_name = isAttached)]
pub fn is_attached(front: &Uint8Array) -> bool {
    attached::begins(&front.to_vec())
}

fn numbers<const N: usize>(sizes: [usize; N]) -> Array {
    // Each is far below 2^53.
    sizes
        .into_iter()
        .map(|size| JsValue::from_f64(size as f64))
        .collect()
}
