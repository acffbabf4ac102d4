//! Keys outside any vault, and what is wrapped and encrypted with them.

use core::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    jose::{self, AgreementKey, Envelope, Identity, Jwk, Recipient},
    vault::{open_object, seal_object},
    vocabulary::{Error, Result, Secret, SystemEntropy},
};

use super::{
    WasmOpener, WasmSealer, WebEngine,
    convert::{context, expected, file},
};

type JsResult<T> = core::result::Result<T, JsValue>;

/// A key.
#[wasm_bindgen]
pub struct WasmKey(Jwk);

#[wasm_bindgen]
impl WasmKey {
    /// The JWK's own `kid`, otherwise its thumbprint.
    #[wasm_bindgen(getter)]
    pub fn kid(&self) -> String {
        self.0.kid().as_str().to_owned()
    }

    /// `oct` or `EC`.
    #[wasm_bindgen(getter)]
    pub fn kty(&self) -> String {
        if self.0.secret().is_some() {
            "oct"
        } else {
            "EC"
        }
        .into()
    }

    /// Whether it holds anything that must not be seen.
    #[wasm_bindgen(getter)]
    pub fn secret(&self) -> bool {
        self.0.is_secret()
    }

    /// The public half, as JSON.
    #[wasm_bindgen(js_name = publicJwk)]
    pub fn public_jwk(&self) -> Option<String> {
        self.0
            .public()
            .map(|public| public.to_json().as_str().to_owned())
    }

    /// The whole key, as JSON.
    #[wasm_bindgen(js_name = secretJwk)]
    pub fn secret_jwk(&self) -> String {
        // EXPOSE: only `dangerouslyExportKey` asks for it.
        self.0.to_json().as_str().to_owned()
    }
}

/// A list of keys.
#[wasm_bindgen(js_name = Keys)]
#[derive(Default)]
pub struct WasmKeys(RefCell<Vec<Jwk>>);

#[wasm_bindgen(js_class = Keys)]
impl WasmKeys {
    /// An empty list.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Copies a key into the list.
    pub fn add(&self, key: &WasmKey) {
        self.0.borrow_mut().push(key.0.clone());
    }
}

impl WasmKeys {
    fn recipients(&self) -> Result<Vec<Recipient>> {
        self.each(Recipient::from_jwk)
    }

    fn identities(&self) -> Result<Vec<Identity>> {
        self.each(Identity::from_jwk)
    }

    fn each<T>(&self, of: fn(&Jwk) -> Result<T>) -> Result<Vec<T>> {
        let mut list = Vec::new();
        for jwk in self.0.borrow().iter() {
            list.push(of(jwk)?);
        }
        Ok(list)
    }
}

/// A fresh key: `A256KW` or `P-256`.
///
/// # Errors
/// `ERR_ARGUMENT` for another algorithm; `ERR_UNSUPPORTED` without a source of randomness.
#[wasm_bindgen(js_name = generateKey)]
pub fn generate_key(algorithm: &str) -> JsResult<WasmKey> {
    let jwk = match algorithm {
        "A256KW" => Jwk::oct(Secret::generate(&SystemEntropy)?),
        "P-256" => AgreementKey::generate(&SystemEntropy)?.to_jwk(),
        _ => return Err((&Error::Argument("the algorithm must be A256KW or P-256")).into()),
    };
    Ok(WasmKey(jwk))
}

/// A key from JSON text.
///
/// # Errors
/// `ERR_MALFORMED`, `ERR_UNSUPPORTED`.
#[wasm_bindgen(js_name = importKey)]
pub fn import_key(jwk: &str) -> JsResult<WasmKey> {
    Ok(WasmKey(Jwk::parse(jwk.as_bytes())?))
}

/// Wraps a key to recipients.
///
/// # Errors
/// `ERR_ARGUMENT` without recipients.
#[wasm_bindgen(js_name = wrapKey)]
pub fn wrap_key(
    key: &WasmKey,
    recipients: &WasmKeys,
    context_text: Option<String>,
) -> JsResult<String> {
    let context = context(context_text.as_deref())?;
    let envelope = jose::wrap(
        &key.0,
        &recipients.recipients()?,
        &context,
        None,
        &SystemEntropy,
    )?;
    Ok(String::from_utf8(envelope.bytes().to_vec()).expect("what we write is JSON text"))
}

/// Opens an envelope by one of the identities.
///
/// # Errors
/// `ERR_DECRYPT`, `ERR_CONTEXT`, `ERR_MALFORMED`.
#[wasm_bindgen(js_name = unwrapKey)]
pub fn unwrap_key(
    envelope: &str,
    identities: &WasmKeys,
    context_text: Option<String>,
) -> JsResult<WasmKey> {
    let envelope = Envelope::parse(envelope.as_bytes())?;
    // A vault's own records have an address and must never be taken for somebody's key.
    if envelope.aad().is_some() {
        return Err((&Error::Malformed("a wrapped key has no aad")).into());
    }
    let identities = identities.identities()?;
    let unwrapped = jose::unwrap(&envelope, &identities, &context(context_text.as_deref())?)?;
    Ok(WasmKey(unwrapped.jwk))
}

/// Starts an object for recipients.
///
/// # Errors
/// `ERR_ARGUMENT` without recipients, or for a key that cannot be one.
#[wasm_bindgen(unchecked_return_type = "Promise<WasmSealer>")]
pub fn encrypt(
    recipients: &WasmKeys,
    context_text: Option<String>,
    file_text: Option<String>,
) -> JsResult<WasmSealer> {
    let recipients = recipients.recipients()?;
    let (context, file) = (
        context(context_text.as_deref())?,
        file(file_text.as_deref())?,
    );
    let engine = Rc::new(WebEngine::detect());
    let encryption = seal_object(engine, &SystemEntropy, &recipients, &context, file.as_ref())?;
    Ok(WasmSealer::new(encryption))
}

/// Opens an object's header by one of the identities.
///
/// # Errors
/// `ERR_ARGUMENT` for a key that cannot be an identity.
#[wasm_bindgen(unchecked_return_type = "Promise<WasmOpener>")]
pub fn decrypt(
    header: Vec<u8>,
    identities: &WasmKeys,
    context_text: Option<String>,
    expect: Option<String>,
) -> JsResult<WasmOpener> {
    let identities = identities.identities()?;
    let (context, expect) = (
        context(context_text.as_deref())?,
        expected(expect.as_deref())?,
    );
    let engine = Rc::new(WebEngine::detect());
    let envelope = Envelope::parse(&header)?;
    let decryption = open_object(engine, &envelope, &identities, &context, expect.as_ref())?;
    Ok(WasmOpener::new(header, decryption))
}
