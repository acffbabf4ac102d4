//! The engine of bodies on the web: `crypto.subtle` where it is there and worth it, otherwise the
//! crates. Both give the same bytes.

use core::{cell::OnceCell, ops::Range};

use js_sys::{Array, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AesGcmParams, CryptoKey, SubtleCrypto};

use crate::{
    body::{Bytes, Engine, RustKey, Segment, SegmentKey, Work},
    vocabulary::{Error, Result, Secret},
};

/// Below this many bytes a call of `crypto.subtle` costs more than it saves: the two were measured
/// to meet between 0.5 and 2 KiB.
const WORTH_IT: usize = 1024;

/// Encrypts and decrypts segments in the page's own buffers.
#[derive(Debug, Clone)]
pub struct WebEngine {
    subtle: Option<SubtleCrypto>,
    worth_it: usize,
}

impl WebEngine {
    /// What this realm has. A page without TLS has no `crypto.subtle`.
    #[must_use]
    pub fn detect() -> Self {
        let member = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
        let subtle = member(&js_sys::global(), "crypto")
            .and_then(|crypto| member(&crypto, "subtle"))
            .filter(|subtle| !subtle.is_undefined())
            .map(JsCast::unchecked_into);
        Self {
            subtle,
            worth_it: WORTH_IT,
        }
    }

    /// The crates only.
    #[must_use]
    pub fn wasm() -> Self {
        Self {
            subtle: None,
            worth_it: 0,
        }
    }

    /// `crypto.subtle` for everything, if it is there.
    #[must_use]
    pub fn subtle() -> Option<Self> {
        let detected = Self::detect();
        detected.subtle.is_some().then_some(Self {
            worth_it: 0,
            ..detected
        })
    }

    /// Small segments at once, by the crates; the others side by side, by `crypto.subtle`.
    async fn run(&self, way: Way, key: &WebKey, work: Work<Uint8Array>) -> Result<Vec<Uint8Array>> {
        let worth_it = |segment: &Uint8Array| segment.len() >= self.worth_it;
        let subtle = match &self.subtle {
            Some(subtle) if work.iter().any(|(_, input)| worth_it(input)) => {
                Some((subtle, key.imported(subtle).await?))
            }
            _ => None,
        };
        let outputs = Array::new();
        for (segment, input) in work {
            outputs.push(&match &subtle {
                Some((subtle, key)) if worth_it(&input) => {
                    way.subtle(subtle, key, segment, &input).into()
                }
                _ => way.crates(&key.crates, segment, &input),
            });
        }
        let outputs = JsFuture::from(Promise::all(&outputs)).await;
        let outputs = Array::from(&outputs.map_err(|_| way.failure())?);
        let mut pieces = Vec::new();
        for output in outputs.iter() {
            pieces.push(Uint8Array::new(&output));
        }
        Ok(pieces)
    }
}

#[derive(Clone, Copy)]
enum Way {
    Seal,
    Open,
}

impl Way {
    fn subtle(
        self,
        subtle: &SubtleCrypto,
        key: &CryptoKey,
        segment: Segment,
        input: &Uint8Array,
    ) -> Promise {
        let nonce = Uint8Array::from(segment.nonce().as_slice());
        let params = AesGcmParams::new("AES-GCM", &nonce);
        let call = match self {
            Self::Seal => subtle.encrypt_with_object_and_buffer_source(&params, key, input),
            Self::Open => subtle.decrypt_with_object_and_buffer_source(&params, key, input),
        };
        call.unwrap_or_else(|thrown| Promise::reject(&thrown))
    }

    /// The output's buffer; a failure as a promise, so that it waits for the segments beside it.
    fn crates(self, key: &RustKey, segment: Segment, input: &Uint8Array) -> JsValue {
        let output = match self {
            Self::Seal => key.seal(segment, input.to_vec()),
            Self::Open => key.open(segment, input.to_vec()),
        };
        match output {
            Ok(output) => Uint8Array::from(&output[..]).buffer().into(),
            Err(error) => Promise::reject(&error.into()).into(),
        }
    }

    fn failure(self) -> &'static Error {
        match self {
            Self::Seal => UNAVAILABLE,
            Self::Open => &Error::Decrypt,
        }
    }
}

/// One body's key, for both engines.
pub struct WebKey {
    secret: Secret<32>,
    crates: RustKey,
    /// The import, once the first segment that is worth it asks for it.
    import: OnceCell<CryptoKey>,
}

impl WebKey {
    async fn imported(&self, subtle: &SubtleCrypto) -> Result<CryptoKey> {
        if let Some(key) = self.import.get() {
            return Ok(key.clone());
        }
        let key = JsFuture::from(import(subtle, &self.secret)?).await;
        let key: CryptoKey = key.map_err(|_| UNAVAILABLE)?.unchecked_into();
        Ok(self.import.get_or_init(|| key).clone())
    }
}

impl Engine for WebEngine {
    type Key = WebKey;
    type Bytes = Uint8Array;

    fn import(&self, key: SegmentKey) -> Result<WebKey> {
        // EXPOSE: kept until the first segment shows which engine is worth it; wiped with the body.
        let secret = key.expose().clone();
        Ok(WebKey {
            secret,
            crates: RustKey::new(&key),
            import: OnceCell::new(),
        })
    }

    async fn seal(&self, key: &WebKey, work: Work<Uint8Array>) -> Result<Vec<Uint8Array>> {
        self.run(Way::Seal, key, work).await
    }

    async fn open(&self, key: &WebKey, work: Work<Uint8Array>) -> Result<Vec<Uint8Array>> {
        self.run(Way::Open, key, work).await
    }
}

impl Bytes for Uint8Array {
    fn from_slice(bytes: &[u8]) -> Self {
        Self::from(bytes)
    }

    fn len(&self) -> usize {
        self.length() as usize
    }

    fn slice(&self, range: Range<usize>) -> Self {
        // Places in this very buffer, whose length is a `u32`.
        self.subarray(range.start as u32, range.end as u32)
    }

    fn concat(pieces: Vec<Self>) -> Self {
        let joined = Self::new_with_length(pieces.iter().map(Self::length).sum());
        let mut at = 0;
        for piece in pieces {
            joined.set(&piece, at);
            at += piece.length();
        }
        joined
    }

    fn copy_prefix(&self, to: &mut [u8]) {
        self.subarray(0, to.len() as u32).copy_to(to);
    }
}

/// Not extractable: from here on the raw key is only in wasm's own memory.
fn import(subtle: &SubtleCrypto, secret: &Secret<32>) -> Result<Promise> {
    // EXPOSE: `importKey` copies the bytes before it returns (Web Crypto §14.3.9), then they go.
    let raw = Uint8Array::from(secret.expose().as_slice());
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    let imported = subtle.import_key_with_str("raw", &raw, "AES-GCM", false, &usages);
    raw.fill(0, 0, raw.length());
    imported.map_err(|_| UNAVAILABLE)
}

const UNAVAILABLE: &Error = &Error::Unsupported("AES-GCM by crypto.subtle");
