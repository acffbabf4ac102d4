//! Uploads that may go on: on another day, after a reload, from some place.

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    custody::Upload,
    hazmat::hash,
    vocabulary::{Object, Result},
};

use super::{
    WasmBody, WasmFlow, WasmVault,
    convert::{object_context, text},
    options::Options,
    vault::json,
};

#[wasm_bindgen]
impl WasmVault {
    /// Takes an object into the uploads that may go on, by the digests (SHA-256) of all pieces of its plaintext.
    /// Its body was not begun, and ends by that.
    pub fn pin(&self, body: &WasmBody, digests: Uint8Array, about: JsString) -> WasmFlow {
        let upload = pinned(body, &digests, &about);
        self.run("pin", move |now| {
            let change = now.pin(upload.as_ref().map_err(Clone::clone)?)?;
            Ok((JsValue::UNDEFINED, Some(change)))
        })
    }

    /// Begins another pass over an object's plaintext, from a byte of what is stored.
    pub fn resume(
        &self,
        id: JsString,
        bound: Option<JsString>,
        sidecar: Option<JsString>,
        from: f64,
    ) -> WasmFlow {
        self.run("resume", move |now| {
            let context = object_context(bound.as_ref(), sidecar.as_ref())?;
            let resumption = now.resume(&text(&id), &context, from as u64)?;
            Ok((WasmBody::sealing_again(resumption)?, None))
        })
    }

    /// Remembers something of an upload for whoever goes on with it.
    #[wasm_bindgen(js_name = noteUpload)]
    pub fn note_upload(&self, id: JsString, note: JsString) -> WasmFlow {
        self.run("noteUpload", move |now| {
            let change = now
                .holdings()
                .note_upload(&text(&id), &text(&note), now.entropy())?;
            Ok((JsValue::UNDEFINED, Some(change)))
        })
    }

    /// Forgets an upload.
    #[wasm_bindgen(js_name = endUpload)]
    pub fn end_upload(&self, id: JsString) -> WasmFlow {
        self.latest("endUpload", move |now| {
            let change = now.holdings().end_upload(&text(&id), now.entropy())?;
            Ok((JsValue::UNDEFINED, change))
        })
    }

    /// The uploads under way; as JSON.
    #[wasm_bindgen(js_name = listUploads)]
    pub fn list_uploads(&self) -> WasmFlow {
        self.latest("listUploads", move |now| {
            let uploads = now.holdings().uploads()?;
            let told = Object::new().with_list("uploads", &uploads, Upload::told);
            Ok((json(&told), None))
        })
    }
}

/// SHA-256, where there is no `crypto.subtle`.
#[wasm_bindgen]
pub fn sha256(bytes: &Uint8Array) -> Uint8Array {
    Uint8Array::from(&hash::sha256(&[&bytes.to_vec()])[..])
}

fn pinned(body: &WasmBody, digests: &Uint8Array, about: &JsString) -> Result<Upload> {
    let mut about = Options::parse(&text(about));
    let (id, name, location) = (about.text("id"), about.text("name"), about.text("location"));
    let (attached, kept) = (about.flag("attached"), about.flag("kept"));
    about.end()?;
    let (header, pins) = body.pin(&digests.to_vec())?;
    Ok(Upload {
        id: id.unwrap_or_default(),
        name,
        location,
        started: 0,
        header: if kept { None } else { Some(header.text()?) },
        attached,
        pins,
        note: None,
    })
}
