//! Bodies: pieces of any size in, whole segments out, all of them in the page's own buffers.

use core::future::Future;
use std::rc::Rc;

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    body::{Opener, Sealer, attached},
    jose::Envelope,
    vault::{Decryption, Encryption, Origin},
    vocabulary::{ObjectId, Result},
};

use super::{WebEngine, promise::promise};

/// Encrypts one body.
#[wasm_bindgen]
pub struct WasmSealer {
    id: ObjectId,
    header: Envelope,
    sealer: Rc<Sealer<WebEngine>>,
}

#[wasm_bindgen]
impl WasmSealer {
    /// The object's id.
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> String {
        self.id.as_str().to_owned()
    }

    /// The header's bytes.
    pub fn header(&self) -> Uint8Array {
        Uint8Array::from(self.header.bytes())
    }

    /// What an attached object begins with.
    #[wasm_bindgen(js_name = attachedPrefix)]
    pub fn attached_prefix(&self) -> Uint8Array {
        Uint8Array::from(&attached::prefix(&self.header)[..])
    }

    /// Ciphertext bytes of the body, where the plaintext's are known.
    #[wasm_bindgen(getter, js_name = bodySize)]
    pub fn body_size(&self) -> Option<f64> {
        // At most 2^32 segments of 2^18 bytes: exact in a JavaScript number.
        self.sealer.body_size().map(|size| size as f64)
    }

    /// Takes plaintext; gives the segments that became whole.
    #[wasm_bindgen(unchecked_return_type = "Promise<Uint8Array[]>")]
    pub fn push(&self, plain: Uint8Array) -> Promise {
        let sealer = self.sealer.clone();
        pieces(async move { sealer.push(plain).await })
    }

    /// Seals what is left.
    #[wasm_bindgen(unchecked_return_type = "Promise<Uint8Array[]>")]
    pub fn finish(&self) -> Promise {
        let sealer = self.sealer.clone();
        pieces(async move { sealer.finish().await })
    }
}

impl WasmSealer {
    pub(super) fn new(encryption: Encryption<WebEngine>) -> Self {
        let Encryption { id, header, sealer } = encryption;
        Self {
            id,
            header,
            sealer: Rc::new(sealer),
        }
    }
}

/// Decrypts one body.
#[wasm_bindgen]
pub struct WasmOpener {
    header: Vec<u8>,
    id: ObjectId,
    metadata: Option<String>,
    origin: Origin,
    opener: Rc<Opener<WebEngine>>,
}

#[wasm_bindgen]
impl WasmOpener {
    /// The object's id.
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> String {
        self.id.as_str().to_owned()
    }

    /// The header's bytes.
    pub fn header(&self) -> Uint8Array {
        Uint8Array::from(&self.header[..])
    }

    /// What is known of the file, as JSON.
    pub fn metadata(&self) -> Option<String> {
        self.metadata.clone()
    }

    /// Who wrote it, as JSON.
    pub fn origin(&self) -> String {
        match self.origin {
            Origin::Own => r#""own""#,
            Origin::Unsigned => r#""unsigned""#,
        }
        .into()
    }

    /// Takes ciphertext; gives the plaintext of the segments that became whole.
    #[wasm_bindgen(unchecked_return_type = "Promise<Uint8Array[]>")]
    pub fn push(&self, cipher: Uint8Array) -> Promise {
        let opener = self.opener.clone();
        pieces(async move { opener.push(cipher).await })
    }

    /// Opens what is left.
    #[wasm_bindgen(unchecked_return_type = "Promise<Uint8Array[]>")]
    pub fn finish(&self) -> Promise {
        let opener = self.opener.clone();
        pieces(async move { opener.finish().await })
    }
}

impl WasmOpener {
    pub(super) fn new(header: Vec<u8>, decryption: Decryption<WebEngine>) -> Self {
        let Decryption {
            id,
            metadata,
            origin,
            opener,
        } = decryption;
        let metadata = metadata.map(|file| file.to_json().text());
        Self {
            header,
            id,
            metadata,
            origin,
            opener: Rc::new(opener),
        }
    }
}

/// The header's length, from an attached object's first 8 bytes.
///
/// # Errors
/// `ERR_MALFORMED`, `ERR_UNSUPPORTED`, `ERR_TOO_LARGE`.
#[wasm_bindgen(js_name = attachedHeaderLength)]
pub fn attached_header_length(prefix: &[u8]) -> core::result::Result<u32, JsValue> {
    let length = attached::header_len(prefix)?;
    Ok(u32::try_from(length).expect("at most 1 MiB was let through"))
}

fn pieces(work: impl Future<Output = Result<Vec<Uint8Array>>> + 'static) -> Promise {
    promise(async move { Ok(work.await?.into_iter().collect::<Array>()) })
}
