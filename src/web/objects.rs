//! Objects under a vault's keys.

use js_sys::{Array, JsString, Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    api,
    base::{Error, Kid},
    jose::PublicRecipient,
    vault::DecryptOptions,
};

use super::{
    WasmBody, WasmVault,
    bodies::body_hashes,
    convert::{count, expected_id, file, js, object_context, text},
    crossing::options,
    vault::header,
};

#[wasm_bindgen]
impl WasmVault {
    /// Starts an object under a key's primary version; its header may stay in the vault.
    #[wasm_bindgen(unchecked_return_type = "Promise<WasmBody>")]
    pub fn encrypt(
        &self,
        key: JsString,
        bound: Option<JsString>,
        sidecar: JsValue,
        about: JsValue,
        keep_header: bool,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let context = object_context(bound.as_ref(), sidecar)?;
            let (key, file) = (text(&key), file(about)?);
            let encryption = if keep_header {
                vault.encrypt_kept(&key, &context, file.as_ref()).await?
            } else {
                vault.encrypt(&key, &context, file.as_ref()).await?
            };
            WasmBody::sealing(encryption)
        })
    }

    /// As `encrypt`, for others too, whose public JWKs these are: the texts of a JSON array's items.
    #[wasm_bindgen(js_name = encryptFor, unchecked_return_type = "Promise<WasmBody>")]
    pub fn encrypt_for(
        &self,
        key: JsString,
        others: Array,
        bound: Option<JsString>,
        sidecar: JsValue,
        about: JsValue,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let context = object_context(bound.as_ref(), sidecar)?;
            let (key, file) = (text(&key), file(about)?);
            let mut recipients = Vec::new();
            for other in others.iter() {
                let other = other.as_string().unwrap_or_default();
                recipients.push(PublicRecipient::parse(other.as_bytes())?);
            }
            let encryption = vault.encrypt_for(&key, &recipients, &context, file.as_ref());
            WasmBody::sealing_shared(encryption.await?)
        })
    }

    /// Signs an object that is for others too: its header; and its body of so many bytes, whose blocks have these hashes.
    #[wasm_bindgen(js_name = signObject, unchecked_return_type = "Promise<string>")]
    pub fn sign_object(&self, body: &WasmBody, size: f64, hashes: Option<Uint8Array>) -> Promise {
        let to_sign = body.to_sign();
        self.run(async move |vault| {
            let content = hashes
                .map(|hashes| body_hashes(size, &hashes))
                .transpose()?;
            let signature = vault.sign_object(&to_sign?, content.as_ref()).await?;
            Ok(js(&signature).into())
        })
    }

    /// How many bytes a signature will have that covers a body of so many.
    #[wasm_bindgen(js_name = signatureLength, unchecked_return_type = "Promise<number>")]
    pub fn signature_length(&self, body: &WasmBody, size: f64) -> Promise {
        let to_sign = body.to_sign();
        self.run(async move |vault| {
            let size = count(size).ok_or(Error::Argument("a size"))?;
            let length = vault.signature_len(&to_sign?, size)?;
            Ok(JsValue::from_f64(length as f64))
        })
    }

    /// Whether a body under that version may still be read, or written. To be asked when the `epoch` is another one.
    #[wasm_bindgen(js_name = checkUnderWay, unchecked_return_type = "Promise<void>")]
    pub fn check_under_way(&self, kid: JsString, writes: bool) -> Promise {
        self.run(async move |vault| {
            vault
                .check_under_way(&Kid::new(text(&kid))?, writes)
                .await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Opens an object by its header, or by its id where the vault keeps that.
    #[wasm_bindgen(unchecked_return_type = "Promise<WasmBody>")]
    pub fn decrypt(
        &self,
        given: JsValue,
        signature: Option<Uint8Array>,
        bound: Option<JsString>,
        sidecar: JsValue,
        how: JsValue,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let how: api::DecryptOptions = options(how)?;
            let options = DecryptOptions {
                expect: expected_id(how.expect.as_deref())?,
                tracked: how.tracked,
                allow_unsigned: how.allow_unsigned,
            };
            let context = object_context(bound.as_ref(), sidecar)?;
            let header = header(&given, signature.as_ref())?;
            let decryption = vault.decrypt_object(&header, &context, &options).await?;
            Ok(WasmBody::opening(decryption))
        })
    }
}
