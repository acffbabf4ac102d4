//! Bodies: pieces of any size in, whole segments out, all of them in the page's own buffers.

use std::rc::Rc;

use js_sys::{Array, JsString, Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    body::{Opener, Sealer, attached},
    jose::Envelope,
    vault::{Decryption, Encryption, Origin},
    vocabulary::{Local, Object, Result},
};

use super::{WebEngine, convert::js, promise::promise};

/// Encrypts or decrypts one body.
#[wasm_bindgen]
pub struct WasmBody {
    about: Object,
    /// Of a body that is encrypted.
    header: Option<Envelope>,
    cipher: Cipher,
}

#[derive(Clone)]
enum Cipher {
    Seal(Rc<Sealer<WebEngine>>),
    Open(Rc<Opener<WebEngine>>),
}

#[wasm_bindgen]
impl WasmBody {
    /// As JSON: the object's `id`; of one that is encrypted the `size` of its body, where the
    /// plaintext's is known; of one that is decrypted `metadata`, where there is some, and `origin`.
    pub fn about(&self) -> JsString {
        js(&self.about.text())
    }

    /// What an attached object begins with: 8 bytes and the header. Nothing for one that is decrypted.
    #[wasm_bindgen(js_name = attachedPrefix)]
    pub fn attached_prefix(&self) -> Uint8Array {
        let prefix = self.header.as_ref().map(attached::prefix);
        Uint8Array::from(&prefix.unwrap_or_default()[..])
    }

    /// Takes a piece and gives the segments that became whole; at the end, `undefined`, and gives the
    /// last.
    #[wasm_bindgen(unchecked_return_type = "Promise<Uint8Array[]>")]
    pub fn step(&self, piece: Option<Uint8Array>) -> Promise {
        let cipher = self.cipher.clone();
        promise(async move {
            let list = Array::new();
            for piece in cipher.step(piece).await? {
                list.push(&piece);
            }
            Ok(list)
        })
    }
}

impl WasmBody {
    pub(super) fn sealing(encryption: Encryption<WebEngine>) -> JsValue {
        let Encryption { id, header, sealer } = encryption;
        let mut about = Object::new().with("id", id.as_str());
        if let Some(size) = sealer.body_size() {
            about = about.with("size", size);
        }
        let (header, cipher) = (Some(header), Cipher::Seal(Rc::new(sealer)));
        Self {
            about,
            header,
            cipher,
        }
        .into()
    }

    pub(super) fn opening(decryption: Decryption<WebEngine>) -> JsValue {
        let origin = match decryption.origin {
            Origin::Own => "own",
            Origin::Unsigned => "unsigned",
        };
        let id = decryption.id.as_str();
        let mut about = Object::new().with("id", id).with("origin", origin);
        if let Some(file) = decryption.metadata {
            about = about.with("metadata", file.to_json());
        }
        let (header, cipher) = (None, Cipher::Open(Rc::new(decryption.opener)));
        Self {
            about,
            header,
            cipher,
        }
        .into()
    }
}

impl Cipher {
    fn step(&self, piece: Option<Uint8Array>) -> Local<'_, Result<Vec<Uint8Array>>> {
        match self {
            Self::Seal(sealer) => sealer.step(piece),
            Self::Open(opener) => opener.step(piece),
        }
    }
}

/// The header's length, from an attached object's first 8 bytes.
///
/// # Errors
/// `ERR_MALFORMED`, `ERR_UNSUPPORTED`, `ERR_TOO_LARGE`.
#[wasm_bindgen(js_name = attachedHeaderLength)]
pub fn attached_header_length(prefix: Uint8Array) -> core::result::Result<u32, JsValue> {
    let length = attached::header_len(&prefix.to_vec())?;
    Ok(u32::try_from(length).expect("at most 1 MiB was let through"))
}
