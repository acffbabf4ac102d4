//! Contents that are signed and verified: they come piece by piece, and are never held.

use core::cell::RefCell;

use js_sys::{JsString, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    api::ContentSigner,
    base::{Error, Result},
    jose::{ContentCheck, ContentDigest, ContentHasher},
    vault::Verified,
};

use super::{
    WasmVault,
    convert::{count, js, text},
    crossing::plain,
};

type JsResult<T> = core::result::Result<T, JsValue>;

/// A content that is to be signed.
#[wasm_bindgen]
#[derive(Default)]
pub struct WasmContent(RefCell<Option<ContentHasher>>);

#[wasm_bindgen]
impl WasmContent {
    /// One of which nothing was read.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self(RefCell::new(Some(ContentHasher::default())))
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// `ERR_CONSUMED` once it was signed.
    pub fn update(&self, piece: &[u8]) -> JsResult<()> {
        let mut hasher = self.0.borrow_mut();
        hasher.as_mut().ok_or(Error::Consumed)?.update(piece);
        Ok(())
    }
}

impl WasmContent {
    fn finish(&self) -> Result<ContentDigest> {
        Ok(self.0.take().ok_or(Error::Consumed)?.finish())
    }
}

/// A content that is held to what was signed.
#[wasm_bindgen]
pub struct WasmContentCheck {
    check: RefCell<Option<ContentCheck>>,
    signer: RefCell<Option<Verified>>,
}

#[wasm_bindgen]
impl WasmContentCheck {
    /// Refuses a content of another size, where that is known before it is read.
    ///
    /// # Errors
    /// `ERR_DECRYPT`.
    #[wasm_bindgen(js_name = expectSize)]
    pub fn expect_size(&self, size: f64) -> JsResult<()> {
        let check = self.check.borrow();
        let signed = check.as_ref().ok_or(Error::Consumed)?.signed();
        if count(size) == Some(signed.size()) {
            Ok(())
        } else {
            Err(Error::Decrypt.into())
        }
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// `ERR_DECRYPT` once there is more than was signed.
    pub fn update(&self, piece: &[u8]) -> JsResult<()> {
        let mut check = self.check.borrow_mut();
        Ok(check
            .as_mut()
            .ok_or(Error::Consumed)?
            .update(piece)
            .map_err(Error::from)?)
    }

    /// Who signed the content, and what was signed of it: once all of it was read.
    ///
    /// # Errors
    /// `ERR_DECRYPT` where it is another one.
    #[wasm_bindgen(unchecked_return_type = "object")]
    pub fn finish(&self) -> JsResult<JsValue> {
        let check = self.check.take().ok_or(Error::Consumed)?;
        let content = check.finish().map_err(Error::from)?;
        let signer = self.signer.take().ok_or(Error::Consumed)?;
        Ok(plain(&ContentSigner::of(signer, &content)))
    }
}

#[wasm_bindgen]
impl WasmVault {
    /// Rejects where a key does not sign.
    #[wasm_bindgen(js_name = checkSigns, unchecked_return_type = "Promise<void>")]
    pub fn check_signs(&self, key: JsString, reason: Option<JsString>) -> Promise {
        self.run_because(reason, async move |vault| {
            vault.check_signs(&text(&key)).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// A compact JWS over the digest of a content, which was read to its end.
    #[wasm_bindgen(js_name = signContent, unchecked_return_type = "Promise<string>")]
    pub fn sign_content(
        &self,
        key: JsString,
        content: &WasmContent,
        reason: Option<JsString>,
    ) -> Promise {
        let content = content.finish();
        self.run_because(reason, async move |vault| {
            let token = vault.sign_content(&text(&key), &content?).await?;
            Ok(js(&token).into())
        })
    }

    /// Verifies such a JWS, and gives what the content is to be held to.
    #[wasm_bindgen(js_name = verifyContent, unchecked_return_type = "Promise<WasmContentCheck>")]
    pub fn verify_content(
        &self,
        token: JsString,
        key: Option<JsString>,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let key = key.as_ref().map(text);
            let (signer, check) = vault.verify_content(&text(&token), key.as_deref()).await?;
            let check = WasmContentCheck {
                check: RefCell::new(Some(check)),
                signer: RefCell::new(Some(signer)),
            };
            Ok(check.into())
        })
    }
}
