//! The engine of bodies on the web: `crypto.subtle` where it is there and worth it, otherwise the
//! crates. Both give the same bytes.

use core::{cell::OnceCell, ops::Range};

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AesGcmParams, CryptoKey, SubtleCrypto};

use crate::{
    body::{Bytes, Engine, RustEngine, Segment, SegmentKey},
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

    /// `crypto.subtle` and its key, if `length` bytes are worth the call.
    async fn subtle_for<'a>(
        &'a self,
        key: &WebKey,
        length: usize,
    ) -> Result<Option<(&'a SubtleCrypto, CryptoKey)>> {
        match &self.subtle {
            Some(subtle) if length >= self.worth_it => {
                Ok(Some((subtle, key.imported(subtle).await?)))
            }
            _ => Ok(None),
        }
    }
}

/// One body's key, for both engines.
pub struct WebKey {
    secret: Secret<32>,
    crates: <RustEngine as Engine>::Key,
    /// The import, once the first segment that is worth it asks for it.
    import: OnceCell<Promise>,
}

impl WebKey {
    /// Segments side by side share one import.
    async fn imported(&self, subtle: &SubtleCrypto) -> Result<CryptoKey> {
        let import = match self.import.get() {
            Some(import) => import,
            None => {
                let import = import(subtle, &self.secret)?;
                self.import.get_or_init(|| import)
            }
        };
        let key = JsFuture::from(import.clone()).await.map_err(unavailable)?;
        Ok(key.unchecked_into())
    }
}

impl Engine for WebEngine {
    type Key = WebKey;
    type Bytes = Uint8Array;

    async fn import(&self, key: SegmentKey) -> Result<WebKey> {
        // EXPOSE: kept until the first segment shows which engine is worth it; wiped with the body.
        let secret = key.expose().clone();
        Ok(WebKey {
            secret,
            crates: RustEngine.import(key).await?,
            import: OnceCell::new(),
        })
    }

    async fn seal(&self, key: &WebKey, segment: Segment, plain: Uint8Array) -> Result<Uint8Array> {
        let Some((subtle, imported)) = self.subtle_for(key, plain.len()).await? else {
            let sealed = RustEngine
                .seal(&key.crates, segment, plain.to_vec())
                .await?;
            return Ok(Uint8Array::from(&sealed[..]));
        };
        let call =
            subtle.encrypt_with_object_and_buffer_source(&params(&segment), &imported, &plain);
        finish(call).await.map_err(unavailable)
    }

    async fn open(&self, key: &WebKey, segment: Segment, cipher: Uint8Array) -> Result<Uint8Array> {
        let Some((subtle, imported)) = self.subtle_for(key, cipher.len()).await? else {
            let opened = RustEngine
                .open(&key.crates, segment, cipher.to_vec())
                .await?;
            return Ok(Uint8Array::from(&opened[..]));
        };
        let call =
            subtle.decrypt_with_object_and_buffer_source(&params(&segment), &imported, &cipher);
        finish(call).await.map_err(|_| Error::Decrypt)
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
    let usages: Array = ["encrypt", "decrypt"]
        .iter()
        .map(|usage| JsValue::from(*usage))
        .collect();
    let imported = subtle.import_key_with_str("raw", &raw, "AES-GCM", false, &usages);
    raw.fill(0, 0, raw.length());
    imported.map_err(unavailable)
}

fn params(segment: &Segment) -> Object {
    let nonce = Uint8Array::from(segment.nonce().as_slice());
    AesGcmParams::new("AES-GCM", &nonce).unchecked_into()
}

async fn finish(
    call: core::result::Result<Promise, JsValue>,
) -> core::result::Result<Uint8Array, JsValue> {
    Ok(Uint8Array::new(&JsFuture::from(call?).await?))
}

fn unavailable(_: JsValue) -> Error {
    Error::Unsupported("AES-GCM by crypto.subtle")
}
