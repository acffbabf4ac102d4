//! Parts of bodies: any segments in, their plaintext out, all of them in the page's own buffers.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::object::{Error, Result, body::RangeDecryptor};

use super::{PageBuffers, convert::count, engine::Way};

type JsResult<T> = core::result::Result<T, JsValue>;

/// Decrypts parts of one body.
#[wasm_bindgen]
pub struct WasmRanges(RangeDecryptor<PageBuffers>);

#[wasm_bindgen]
impl WasmRanges {
    /// Bytes of plaintext.
    #[wasm_bindgen(getter)]
    pub fn size(&self) -> f64 {
        // A page counts bytes below 2^53.
        self.0.plain_size() as f64
    }

    /// How many segments there are.
    #[wasm_bindgen(getter)]
    pub fn segments(&self) -> u32 {
        self.0.segments()
    }

    /// Which segments hold a range of the plaintext, and how many bytes of the first come before it.
    ///
    /// # Errors
    /// `ERR_ARGUMENT` when it is not within the plaintext.
    #[wasm_bindgen(unchecked_return_type = "[number, number, number]")]
    pub fn span(&self, from: f64, to: f64) -> JsResult<Array> {
        const OUTSIDE: Error = Error::Argument("a range outside the object");
        let [from, to] = [from, to].map(|at| count(at).ok_or(OUTSIDE));
        let span = self.0.span(from?..to?)?;
        let skip = u32::try_from(span.skip).expect("less than a segment");
        let parts = [span.segments.start, span.segments.end, skip];
        Ok(parts.into_iter().map(JsValue::from).collect())
    }

    /// Where segments begin and end in the body.
    ///
    /// # Errors
    /// `ERR_ARGUMENT` when there are no such segments.
    #[wasm_bindgen(unchecked_return_type = "[number, number]")]
    pub fn place(&self, first: u32, end: u32) -> JsResult<Array> {
        let place = self.0.place(first..end)?;
        let [start, end] = [place.start, place.end].map(|at| JsValue::from(at as f64));
        Ok(Array::of2(&start, &end))
    }

    /// Cuts the bytes of segments that follow one another: their nonces, then their bytes.
    ///
    /// # Errors
    /// `ERR_DECRYPT`, also before `whole` for another than the last; `ERR_ARGUMENT`.
    #[wasm_bindgen(unchecked_return_type = "[Uint8Array[], Uint8Array[]]")]
    pub fn cut(&self, first: u32, cipher: &Uint8Array) -> JsResult<Array> {
        let (nonces, inputs) = (Array::new(), Array::new());
        for (segment, input) in self.0.cut(first, cipher)? {
            nonces.push(&Uint8Array::from(&segment.nonce()[..]));
            inputs.push(&input);
        }
        Ok(Array::of2(&nonces, &inputs))
    }

    /// The key, for `crypto.subtle` to import. The bytes are to be wiped.
    pub fn key(&self) -> Uint8Array {
        self.0.key().raw()
    }

    /// Runs one segment in the crates.
    ///
    /// # Errors
    /// `ERR_DECRYPT`, `ERR_ARGUMENT`.
    pub fn run(&self, index: u32, cipher: &Uint8Array) -> JsResult<Uint8Array> {
        Ok(self
            .0
            .key()
            .run(Way::Open, self.0.segment(index)?, cipher)?)
    }

    /// What stands before a segment in its block; nothing where the body is held to no hashes.
    pub fn front(&self, segment: u32) -> Option<Uint8Array> {
        let front = self.0.front(segment)?;
        Some(Uint8Array::from(&front[..]))
    }

    /// Holds the hashes of blocks, from that of segment `first` on, against the signed ones: before their plaintext goes out.
    ///
    /// # Errors
    /// `ERR_DECRYPT`.
    pub fn check(&self, first: u32, hashes: &Uint8Array) -> JsResult<()> {
        Ok(self.0.check(first, &hashes.to_vec())?)
    }

    /// The last segment was opened: all others may follow.
    pub fn whole(&self) {
        self.0.whole();
    }
}

impl WasmRanges {
    pub(super) fn new(opened: Result<RangeDecryptor<PageBuffers>>) -> JsResult<Self> {
        Ok(Self(opened?))
    }
}
