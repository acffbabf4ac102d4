//! A vault's keys, and their use.

use js_sys::{Array, JsString, Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use zeroize::Zeroizing;

use crate::{
    base::{Object, Result},
    jose::Jwk,
};

use super::{
    WasmVault,
    convert::{js, text},
    options::{Options, key_options, key_query, request, ttl},
    told,
    vault::json,
};

#[wasm_bindgen]
impl WasmVault {
    /// A new key, as JSON.
    #[wasm_bindgen(js_name = createKey, unchecked_return_type = "Promise<string>")]
    pub fn create_key(&self, options: JsString) -> Promise {
        self.add_key(options, None)
    }

    /// A key of the caller's own, as JSON.
    #[wasm_bindgen(js_name = importKey, unchecked_return_type = "Promise<string>")]
    pub fn import_key(&self, options: JsString, jwk: JsString) -> Promise {
        self.add_key(options, Some(jwk))
    }

    /// A key that lives in memory alone, as JSON.
    #[wasm_bindgen(js_name = createSession, unchecked_return_type = "Promise<string>")]
    pub fn create_session(&self, options: JsString) -> Promise {
        self.run(async move |vault| {
            let mut options = Options::parse(&text(&options));
            let key = key_options(&mut options)?;
            let made = vault.create_session(&key, ttl(options)?).await?;
            Ok(json(&made.to_json()))
        })
    }

    /// Ends a session's key.
    #[wasm_bindgen(js_name = endSession, unchecked_return_type = "Promise<void>")]
    pub fn end_session(&self, key: JsString) -> Promise {
        self.run(async move |vault| {
            vault.end_session(&text(&key));
            Ok(JsValue::UNDEFINED)
        })
    }

    /// A page of keys, as JSON.
    #[wasm_bindgen(js_name = listKeys, unchecked_return_type = "Promise<string>")]
    pub fn list_keys(&self, query: JsString) -> Promise {
        self.run(async move |vault| {
            let page = vault.list_keys(&key_query(&text(&query))?).await?;
            let told = Object::new()
                .with_list("keys", &page.keys, |key| key.to_json())
                .with_some("next", page.next.as_deref());
            Ok(json(&told))
        })
    }

    /// A key by alias or id, as JSON.
    #[wasm_bindgen(js_name = findKey, unchecked_return_type = "Promise<string>")]
    pub fn find_key(&self, key: JsString) -> Promise {
        self.run(async move |vault| Ok(json(&vault.find_key(&text(&key)).await?.to_json())))
    }

    /// Does something with a key; the key and a report, as JSON.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn manage(&self, key: JsString, asked: JsString) -> Promise {
        self.run(async move |vault| {
            let asked = request(&text(&asked))?;
            let managed = vault.manage(&text(&key), &asked).await?;
            Ok(json(&told::managed(&managed)))
        })
    }

    /// A version's secret JWK, for whoever shows a factor again. The passphrase is wiped.
    #[wasm_bindgen(js_name = exportKey, unchecked_return_type = "Promise<string>")]
    pub fn export_key(
        &self,
        passphrase: Uint8Array,
        key: JsString,
        version: Option<JsString>,
    ) -> Promise {
        let passphrase = self.factor().hold(&Array::of1(&passphrase));
        self.run(async move |vault| {
            let version = version.as_ref().map(text);
            let jwk = vault
                .dangerously_export(&text(&key), version.as_deref(), passphrase.one()?)
                .await?;
            // EXPOSE: asked for by name, with a factor.
            Ok(js(&jwk.to_json()).into())
        })
    }

    /// A compact JWS.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn sign(&self, key: JsString, payload: Uint8Array, typ: Option<JsString>) -> Promise {
        let payload = payload.to_vec();
        self.run(async move |vault| {
            let typ = typ.as_ref().map(text);
            let token = vault.sign(&text(&key), typ.as_deref(), &payload).await?;
            Ok(js(&token).into())
        })
    }

    /// Who signed a compact JWS, as JSON.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn verify(&self, token: JsString, key: Option<JsString>) -> Promise {
        self.run(async move |vault| {
            let key = key.as_ref().map(text);
            let verified = vault.verify(&text(&token), key.as_deref()).await?;
            Ok(json(&told::verified(&verified)))
        })
    }
}

impl WasmVault {
    fn add_key(&self, options: JsString, jwk: Option<JsString>) -> Promise {
        self.run(async move |vault| {
            let mut options = Options::parse(&text(&options));
            let key = key_options(&mut options)?;
            options.end()?;
            let material = jwk.as_ref().map(parsed).transpose()?;
            let made = vault.add_key(&key, material.as_ref()).await?;
            Ok(json(&made.to_json()))
        })
    }
}

fn parsed(jwk: &JsString) -> Result<Jwk> {
    Jwk::parse(Zeroizing::new(text(jwk)).as_bytes())
}
