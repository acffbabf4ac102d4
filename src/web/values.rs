//! Values: small JSON texts as compact JWEs, many at once.

use js_sys::{Array, JsString, Promise};
use wasm_bindgen::{JsCast, prelude::wasm_bindgen};
use zeroize::Zeroizing;

use crate::{
    api::{DecryptedValue, OpenedBy},
    base::{Context, Error, Result},
    vault::OpenedValue,
};

use super::{
    WasmVault,
    convert::{context, js, text},
    crossing::plain,
};

#[wasm_bindgen]
impl WasmVault {
    /// Encrypts JSON texts into compact JWEs. There is one context for all, or one for each.
    #[wasm_bindgen(js_name = encryptValues, unchecked_return_type = "Promise<string[]>")]
    pub fn encrypt_values(
        &self,
        key: JsString,
        values: Array,
        contexts: Array,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let (values, contexts) = (Zeroizing::new(texts(&values)), Contexts::of(&contexts)?);
            let mut pairs = Vec::new();
            for (at, value) in values.iter().enumerate() {
                pairs.push((value.as_bytes(), contexts.at(at)?));
            }
            let tokens = Array::new();
            for token in vault.encrypt_values(&text(&key), &pairs).await? {
                tokens.push(&js(&token));
            }
            Ok(tokens.into())
        })
    }

    /// The JSON texts in compact JWEs.
    #[wasm_bindgen(js_name = decryptValues, unchecked_return_type = "Promise<string[]>")]
    pub fn decrypt_values(
        &self,
        tokens: Array,
        contexts: Array,
        allow_unsigned: bool,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let (tokens, contexts) = (texts(&tokens), Contexts::of(&contexts)?);
            let mut pairs = Vec::new();
            for (at, token) in tokens.iter().enumerate() {
                pairs.push((token.as_str(), contexts.at(at)?));
            }
            let values = Array::new();
            for value in vault.decrypt_values(&pairs, allow_unsigned).await? {
                values.push(&js(json_text(&value)?));
            }
            Ok(values.into())
        })
    }

    /// The JSON text in one compact JWE, with the version that opened it and what that proves.
    #[wasm_bindgen(js_name = decryptValueDetails, unchecked_return_type = "Promise<object>")]
    pub fn decrypt_value_details(
        &self,
        token: JsString,
        bound: Option<JsString>,
        allow_unsigned: bool,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let (token, context) = (text(&token), context(bound.as_ref())?);
            let pairs = [(token.as_str(), &context)];
            let values = vault.decrypt_values(&pairs, allow_unsigned).await?;
            let [value] = &values[..] else {
                unreachable!("one value for one token");
            };
            let version = OpenedBy::of(&value.by, value.state);
            Ok(plain(&DecryptedValue::of(json_text(value)?, version)))
        })
    }
}

fn json_text(value: &OpenedValue) -> Result<&str> {
    core::str::from_utf8(&value.json).map_err(|_| Error::Malformed("a value's text"))
}

/// One context for all, or one for each.
struct Contexts(Vec<Context>);

impl Contexts {
    fn of(list: &Array) -> Result<Self> {
        let mut contexts = Vec::new();
        for bound in list.iter() {
            let bound: Option<JsString> = bound.dyn_into().ok();
            contexts.push(context(bound.as_ref())?);
        }
        Ok(Self(contexts))
    }

    fn at(&self, at: usize) -> Result<&Context> {
        let at = if self.0.len() == 1 { 0 } else { at };
        self.0
            .get(at)
            .ok_or(Error::Argument("one context for all, or one for each"))
    }
}

fn texts(list: &Array) -> Vec<String> {
    let mut texts = Vec::new();
    for item in list.iter() {
        texts.push(text(item.unchecked_ref()));
    }
    texts
}
