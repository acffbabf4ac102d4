//! Uploads that can be resumed: on another day, after a reload, from any byte.

use js_sys::{JsString, Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    api::{PinnedUpload, UploadListing},
    base::{Error, Result, Timestamp},
    inventory::Upload,
    object::body::PlaintextDigests,
};

use super::{
    WasmBody, WasmVault,
    convert::{object_context, text},
    crossing::{options, plain},
    rows::whole,
};

#[wasm_bindgen]
impl WasmVault {
    /// Takes an object into the pending uploads, by the digests (SHA-256) of all pieces of its plaintext. Its
    /// body was not begun, and ends by that.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn pin(&self, body: &WasmBody, digests: Uint8Array, about: JsValue) -> Promise {
        let upload = pinned(body, &digests, about);
        self.run(async move |vault| {
            vault.pin(&upload?).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Begins another pass over an object's plaintext, from a byte of what is stored.
    #[wasm_bindgen(unchecked_return_type = "Promise<WasmBody>")]
    pub fn resume(
        &self,
        id: JsString,
        bound: Option<JsString>,
        sidecar: JsValue,
        from: f64,
        reason: Option<JsString>,
    ) -> Promise {
        const OUTSIDE: Error = Error::Argument("a byte outside the object");
        self.run_because(reason, async move |vault| {
            let context = object_context(bound.as_ref(), sidecar)?;
            let from = whole(&from.into()).map_err(|_| OUTSIDE)?;
            let resumption = vault.resume(&text(&id), &context, from).await?;
            WasmBody::sealing_again(resumption)
        })
    }

    /// Remembers something of an upload for whoever resumes it.
    #[wasm_bindgen(js_name = noteUpload, unchecked_return_type = "Promise<void>")]
    pub fn note_upload(&self, id: JsString, note: JsString) -> Promise {
        self.run(async move |vault| {
            vault.note_upload(&text(&id), &text(&note)).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Forgets an upload.
    #[wasm_bindgen(js_name = endUpload, unchecked_return_type = "Promise<void>")]
    pub fn end_upload(&self, id: JsString) -> Promise {
        self.run(async move |vault| {
            vault.end_upload(&text(&id)).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// The pending uploads.
    #[wasm_bindgen(js_name = listUploads, unchecked_return_type = "Promise<object>")]
    pub fn list_uploads(&self) -> Promise {
        self.run(async |vault| {
            let uploads = vault.list_uploads().await?;
            Ok(plain(&UploadListing::of(&uploads)))
        })
    }
}

/// The digest of one piece, where there is no `crypto.subtle`.
#[wasm_bindgen]
pub fn sha256(bytes: &Uint8Array) -> Uint8Array {
    Uint8Array::from(&PlaintextDigests::digest(&bytes.to_vec())[..])
}

fn pinned(body: &WasmBody, digests: &Uint8Array, about: JsValue) -> Result<Upload> {
    let about: PinnedUpload = options(about)?;
    let (header, pins) = body.pin(&digests.to_vec())?;
    Ok(Upload {
        id: about.id,
        name: about.name,
        location: about.location,
        started: Timestamp::EPOCH,
        header: if about.kept {
            None
        } else {
            Some(header.as_str()?.to_owned())
        },
        attached: about.attached,
        pins,
        note: None,
    })
}
