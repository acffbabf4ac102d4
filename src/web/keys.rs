//! A vault's keys, and their use.

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use zeroize::Zeroizing;

use crate::{
    custody::Step,
    jose::Jwk,
    vault::{self, DecryptOptions, Vault},
    vocabulary::{Json, Object},
};

use super::{
    WasmBody, WasmFlow, WasmVault,
    convert::{expected, file, js, object_context, text},
    options::{Options, key_options, key_query, request, ttl},
    told,
    vault::{Header, json},
};

#[wasm_bindgen]
impl WasmVault {
    /// A new key, as JSON.
    #[wasm_bindgen(js_name = createKey)]
    pub fn create_key(&self, options: JsString) -> WasmFlow {
        self.add_key("createKey", options, None)
    }

    /// A key of the caller's own, as JSON.
    #[wasm_bindgen(js_name = importKey)]
    pub fn import_key(&self, options: JsString, jwk: JsString) -> WasmFlow {
        self.add_key("importKey", options, Some(jwk))
    }

    /// A key that lives in memory alone, as JSON.
    #[wasm_bindgen(js_name = createSession)]
    pub fn create_session(&self, options: JsString) -> WasmFlow {
        self.run("createSession", move |now| {
            let mut options = Options::parse(&text(&options));
            let key = key_options(&mut options)?;
            let told = now.create_session(&key, ttl(options)?)?;
            Ok((json(&told), None))
        })
    }

    /// Ends a session's key.
    #[wasm_bindgen(js_name = endSession)]
    pub fn end_session(&self, key: JsString) -> WasmFlow {
        let ended = self.opened().map(|vault| vault.end_session(&text(&key)));
        WasmFlow::new(ended.map(|()| Step::Done(JsValue::UNDEFINED)))
    }

    /// A page of keys, as JSON.
    #[wasm_bindgen(js_name = listKeys)]
    pub fn list_keys(&self, query: JsString) -> WasmFlow {
        self.latest("listKeys", move |now| {
            let page = now.list(&key_query(&text(&query))?)?;
            let mut keys = Vec::new();
            for key in &page.keys {
                keys.push(Json::Object(now.describe(key)?));
            }
            let told = Object::new()
                .with("keys", keys)
                .with_some("next", page.next.as_deref());
            Ok((json(&told), None))
        })
    }

    /// A key by alias or id, as JSON.
    #[wasm_bindgen(js_name = findKey)]
    pub fn find_key(&self, key: JsString) -> WasmFlow {
        self.latest("findKey", move |now| {
            let key = now.key(&text(&key))?;
            Ok((json(&now.describe(&key)?), None))
        })
    }

    /// Does something with a key; the key and a report, as JSON.
    pub fn manage(&self, key: JsString, asked: JsString) -> WasmFlow {
        let asked = match request(&text(&asked)) {
            Ok(asked) => asked,
            Err(error) => return WasmFlow::new(Err(error)),
        };
        let revoked = asked.name() == "revoke";
        self.latest(asked.name(), move |now| {
            let (managed, change) = now.manage(&text(&key), &asked)?;
            let told = told::managed(now, &managed, revoked)?;
            Ok((json(&told), Some(change)))
        })
    }

    /// A version's secret JWK, for whoever shows a factor again.
    #[wasm_bindgen(js_name = exportKey)]
    pub fn export_key(&self, key: JsString, version: Option<JsString>) -> WasmFlow {
        let export = move |now: &super::vault::Now| {
            let version = version.as_ref().map(text);
            let jwk = now.export(&text(&key), version.as_deref())?;
            // EXPOSE: asked for by name, with a factor.
            Ok((JsValue::from(js(&jwk.to_json())), None))
        };
        WasmFlow::new(self.opened().map(|vault| {
            Vault::ask(vault, |vault| {
                Vault::operate(vault, "exportKey", Box::new(export))
            })
        }))
    }

    /// A compact JWS.
    pub fn sign(&self, key: JsString, payload: Uint8Array, typ: Option<JsString>) -> WasmFlow {
        let payload = payload.to_vec();
        self.run("sign", move |now| {
            let typ = typ.as_ref().map(text);
            let token = now.sign(&text(&key), typ.as_deref(), &payload)?;
            Ok((js(&token).into(), None))
        })
    }

    /// Who signed a compact JWS, as JSON.
    pub fn verify(&self, token: JsString, key: Option<JsString>) -> WasmFlow {
        self.run("verify", move |now| {
            let key = key.as_ref().map(text);
            let verified = now.verify(&text(&token), key.as_deref())?;
            Ok((json(&told::verified(&verified)), None))
        })
    }

    /// Starts an object under a key's primary version; its header may stay in the vault.
    pub fn encrypt(
        &self,
        key: JsString,
        bound: Option<JsString>,
        sidecar: Option<JsString>,
        about: Option<JsString>,
        keep_header: bool,
    ) -> WasmFlow {
        self.run("encrypt", move |now| {
            let context = object_context(bound.as_ref(), sidecar.as_ref())?;
            let file = file(about.as_ref())?;
            let key = text(&key);
            let (encryption, change) = if keep_header {
                vault::changed(now.encrypt_kept(&key, &context, file.as_ref())?)
            } else {
                vault::read(now.encrypt(&key, &context, file.as_ref())?)
            };
            Ok((WasmBody::sealing(encryption)?, change))
        })
    }

    /// Opens an object by its header, or by its id where the vault keeps that.
    pub fn decrypt(
        &self,
        header: JsValue,
        bound: Option<JsString>,
        sidecar: Option<JsString>,
        expect: Option<JsString>,
        allow_unsigned: bool,
    ) -> WasmFlow {
        self.run("decrypt", move |now| {
            let options = DecryptOptions {
                expect: expected(expect.as_ref())?,
                allow_unsigned,
            };
            let header = Header::of(&header)?.envelope(now)?;
            let context = object_context(bound.as_ref(), sidecar.as_ref())?;
            let decryption = now.decrypt(&header, &context, &options)?;
            Ok((WasmBody::opening(decryption), None))
        })
    }
}

impl WasmVault {
    fn add_key(&self, name: &'static str, options: JsString, jwk: Option<JsString>) -> WasmFlow {
        self.run(name, move |now| {
            let mut asked = Options::parse(&text(&options));
            let key = key_options(&mut asked)?;
            asked.end()?;
            let material = jwk.as_ref().map(|jwk| {
                let json = Zeroizing::new(text(jwk));
                Jwk::parse(json.as_bytes())
            });
            let (key, change) = now.create_key(&key, material.transpose()?.as_ref())?;
            Ok((json(&now.describe_new(&key)), Some(change)))
        })
    }
}
