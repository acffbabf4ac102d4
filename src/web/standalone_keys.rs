//! Keys outside any vault, and what is wrapped and encrypted with them.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, JsString, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use crate::{
    base::{Error, Result, Secret, SystemEntropy},
    jose::{self, AgreementKey, Envelope, Identity, Jwk, Recipient},
    object::{
        Decryption, ObjectSignature, Origin, decrypt_object, decrypt_signed_object, encrypt_object,
    },
};

use super::{
    PageBuffers, WasmBody,
    convert::{context, count, expected, file, js, object_context, text},
    crossing::plain,
};

type JsResult<T> = core::result::Result<T, JsValue>;

/// The keys whose handles the page holds. A handle is a number, and never given twice; a recipient is a
/// handle or a public JWK's text.
#[wasm_bindgen]
#[derive(Default)]
pub struct StandaloneKeys {
    keys: RefCell<Vec<(u32, Jwk)>>,
    given: Cell<u32>,
}

/// A key, by its handle.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Described<'a> {
    handle: u32,
    kid: &'a str,
    kty: &'static str,
    secret: bool,
    public_jwk: Option<String>,
}

#[wasm_bindgen]
impl StandaloneKeys {
    /// Without keys.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// A fresh key, `A256KW` or `P-256`; described as [`import`](Self::import) does.
    ///
    /// # Errors
    /// `ERR_ARGUMENT` for another algorithm; `ERR_UNSUPPORTED` without a source of randomness.
    #[wasm_bindgen(unchecked_return_type = "object")]
    pub fn generate(&self, algorithm: JsString) -> JsResult<JsValue> {
        const OTHER: Error = Error::Argument("the algorithm must be A256KW or P-256");
        let jwk = match text(&algorithm).as_str() {
            "A256KW" => Jwk::oct(Secret::generate(&SystemEntropy)?),
            "P-256" => AgreementKey::generate(&SystemEntropy)?.to_jwk(),
            _ => return Err(OTHER.into()),
        };
        Ok(self.add(jwk))
    }

    /// A key from JSON text. Its description: `handle`, `kid`, `kty`, `secret`, and of a pair
    /// `publicJwk`.
    ///
    /// # Errors
    /// `ERR_MALFORMED`, `ERR_UNSUPPORTED`.
    #[wasm_bindgen(unchecked_return_type = "object")]
    pub fn import(&self, jwk: JsString) -> JsResult<JsValue> {
        Ok(self.add(Jwk::parse(text(&jwk).as_bytes())?))
    }

    /// The whole key, as JSON.
    ///
    /// # Errors
    /// `ERR_CLOSED` for a key that was removed, as for the others below.
    #[wasm_bindgen(js_name = secretJwk)]
    pub fn secret_jwk(&self, key: u32) -> JsResult<JsString> {
        // EXPOSE: only `dangerouslyExportKey` asks for it.
        Ok(js(&self.find(key)?.to_json()))
    }

    /// Erases a key.
    pub fn remove(&self, key: u32) {
        self.keys.borrow_mut().retain(|(handle, _)| *handle != key);
    }

    /// Wraps a key to recipients: an envelope's text.
    ///
    /// # Errors
    /// `ERR_ARGUMENT` without recipients.
    pub fn wrap(&self, key: u32, recipients: Array, bound: Option<JsString>) -> JsResult<JsString> {
        let (to, context) = (self.recipients(&recipients)?, context(bound.as_ref())?);
        let envelope = jose::wrap(&self.find(key)?, &to, &context, None, &SystemEntropy)?;
        let text = core::str::from_utf8(envelope.bytes()).expect("what we write is JSON text");
        Ok(js(text))
    }

    /// Opens an envelope by one of the identities: its key's description.
    ///
    /// # Errors
    /// `ERR_DECRYPT`, `ERR_CONTEXT`, `ERR_MALFORMED`.
    #[wasm_bindgen(unchecked_return_type = "object")]
    pub fn unwrap(
        &self,
        envelope: JsString,
        identities: Array,
        bound: Option<JsString>,
    ) -> JsResult<JsValue> {
        const ADDRESSED: Error = Error::Malformed("a wrapped key has no aad");
        let envelope = Envelope::parse(text(&envelope).as_bytes())?;
        // A vault's own records have an address and must never be taken for somebody's key.
        if envelope.aad().is_some() {
            return Err(ADDRESSED.into());
        }
        let by = self.identities(&identities)?;
        let unwrapped = jose::unwrap(&envelope, &by, &context(bound.as_ref())?)?;
        Ok(self.add(unwrapped.jwk))
    }

    /// Starts an object for recipients.
    ///
    /// # Errors
    /// `ERR_ARGUMENT` without recipients, or for a key that cannot be one.
    #[wasm_bindgen(unchecked_return_type = "WasmBody")]
    pub fn encrypt(
        &self,
        recipients: Array,
        bound: Option<JsString>,
        sidecar: JsValue,
        about: JsValue,
    ) -> JsResult<JsValue> {
        let to = self.recipients_of_object(&recipients)?;
        let context = object_context(bound.as_ref(), sidecar)?;
        let (engine, file) = (Rc::new(PageBuffers), file(about)?);
        let encryption = encrypt_object(engine, &SystemEntropy, &to, &context, file.as_ref())?;
        Ok(WasmBody::sealing(encryption)?)
    }

    /// Opens an object's header by one of the identities.
    ///
    /// # Errors
    /// `ERR_ARGUMENT` for a key that cannot be an identity.
    #[wasm_bindgen(unchecked_return_type = "WasmBody")]
    pub fn decrypt(
        &self,
        header: Uint8Array,
        signature: Option<Uint8Array>,
        identities: Array,
        bound: Option<JsString>,
        sidecar: JsValue,
        expect: Option<JsString>,
    ) -> JsResult<JsValue> {
        let by = self.identities(&identities)?;
        let context = object_context(bound.as_ref(), sidecar)?;
        let (engine, expect) = (Rc::new(PageBuffers), expected(expect.as_ref())?);
        let envelope = Envelope::parse(&header.to_vec())?;
        let expect = expect.as_ref();
        let Some(signature) = signature else {
            let decryption = decrypt_object(engine, &envelope, &by, &context, expect)?;
            return Ok(WasmBody::opening(decryption));
        };
        // Whoever signed it: nobody is known here. Header and body are held to what they have signed.
        let signature = ObjectSignature::parse(&signature.to_vec())?;
        let signed = signature.verify(&signature.signer(), &envelope)?;
        let opened = decrypt_signed_object(engine, &envelope, signed, &by, &context, expect);
        Ok(WasmBody::opening(Decryption {
            origin: Origin::Unsigned,
            ..opened?
        }))
    }
}

impl StandaloneKeys {
    fn add(&self, jwk: Jwk) -> JsValue {
        let handle = self.given.get() + 1;
        self.given.set(handle);
        let about = plain(&Described {
            handle,
            kid: jwk.kid().as_str(),
            kty: if jwk.secret().is_some() { "oct" } else { "EC" },
            secret: jwk.is_secret(),
            public_jwk: jwk
                .public()
                .map(|public| public.to_json().as_str().to_owned()),
        });
        self.keys.borrow_mut().push((handle, jwk));
        about
    }

    fn find(&self, key: u32) -> Result<Jwk> {
        let keys = self.keys.borrow();
        let found = keys.iter().find(|(handle, _)| *handle == key);
        found.map(|(_, jwk)| jwk.clone()).ok_or(Error::Closed)
    }

    fn recipients(&self, list: &Array) -> Result<Vec<Recipient>> {
        self.each(list, Recipient::from_jwk)
    }

    /// Of an object, whose own origin is told by a sole symmetric key: one of several has another entry than it would have alone.
    fn recipients_of_object(&self, list: &Array) -> Result<Vec<Recipient>> {
        if list.length() < 2 {
            self.recipients(list)
        } else {
            self.each(list, Recipient::beside_others)
        }
    }

    fn identities(&self, list: &Array) -> Result<Vec<Identity>> {
        Ok(self.each(list, Identity::all_from_jwk)?.concat())
    }

    fn each<T>(&self, list: &Array, of: fn(&Jwk) -> jose::Result<T>) -> Result<Vec<T>> {
        let mut keys = Vec::new();
        for key in list.iter() {
            let jwk = match key.as_f64() {
                // Of any other number there is no key.
                Some(handle) => {
                    let handle = count(handle).and_then(|handle| handle.try_into().ok());
                    self.find(handle.ok_or(Error::Closed)?)?
                }
                None => Jwk::parse(text(key.unchecked_ref()).as_bytes())?,
            };
            keys.push(of(&jwk)?);
        }
        Ok(keys)
    }
}
