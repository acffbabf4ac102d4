//! Objects under a vault's keys.

use js_sys::{JsString, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{api, base::Kid, vault::DecryptOptions};

use super::{
    WasmBody, WasmVault,
    convert::{expected_id, file, object_context, text},
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
            let header = header(&given)?;
            let decryption = vault.decrypt_object(&header, &context, &options).await?;
            Ok(WasmBody::opening(decryption))
        })
    }
}
