//! Values: small JSON texts as compact JWEs, many at once.

use js_sys::{Array, JsString, Promise};
use wasm_bindgen::{JsCast, prelude::wasm_bindgen};
use zeroize::Zeroizing;

use crate::base::{Context, Error, Result};

use super::{
    WasmVault,
    convert::{context, js, text},
};

#[wasm_bindgen]
impl WasmVault {
    /// Encrypts JSON texts into compact JWEs. There is one context for all, or one for each.
    #[wasm_bindgen(js_name = encryptValues, unchecked_return_type = "Promise<string[]>")]
    pub fn encrypt_values(&self, key: JsString, values: Array, contexts: Array) -> Promise {
        self.run(async move |vault| {
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
    pub fn decrypt_values(&self, tokens: Array, contexts: Array) -> Promise {
        const NO_TEXT: Error = Error::Malformed("a value's text");
        self.run(async move |vault| {
            let (tokens, contexts) = (texts(&tokens), Contexts::of(&contexts)?);
            let mut pairs = Vec::new();
            for (at, token) in tokens.iter().enumerate() {
                pairs.push((token.as_str(), contexts.at(at)?));
            }
            let values = Array::new();
            for value in vault.decrypt_values(&pairs).await? {
                values.push(&js(core::str::from_utf8(&value).map_err(|_| NO_TEXT)?));
            }
            Ok(values.into())
        })
    }
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
