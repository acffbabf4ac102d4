//! A vault's keys, and their use.

use js_sys::{JsString, Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use zeroize::Zeroizing;

use crate::{
    api::{self, KeyListing, ManagedKey, PolicyDecision, PolicyTrial, Signer},
    base::{Error, Timestamp},
    jose::{self, Jwk},
    keys::Operation,
    vault::KeyInfo,
};

use super::{
    WasmVault,
    convert::{context, count, js, text, texts},
    crossing::{members, plain},
    factor::WireFactor,
};

#[wasm_bindgen]
impl WasmVault {
    /// A new key.
    #[wasm_bindgen(js_name = createKey, unchecked_return_type = "Promise<object>")]
    pub fn create_key(&self, options: JsValue, reason: Option<JsString>) -> Promise {
        self.add_key(options, None, reason)
    }

    /// A key of the caller's own.
    #[wasm_bindgen(js_name = importKey, unchecked_return_type = "Promise<object>")]
    pub fn import_key(&self, options: JsValue, jwk: JsString, reason: Option<JsString>) -> Promise {
        self.add_key(options, Some(jwk), reason)
    }

    /// A key that lives in memory alone.
    #[wasm_bindgen(js_name = createSession, unchecked_return_type = "Promise<object>")]
    pub fn create_session(&self, options: JsValue, reason: Option<JsString>) -> Promise {
        self.run_because(reason, async move |vault| {
            let (key, ttl) = api::new_session(members(options)?)?;
            Ok(told(&vault.create_session(&key, ttl).await?))
        })
    }

    /// Ends a session's key.
    #[wasm_bindgen(js_name = endSession, unchecked_return_type = "Promise<void>")]
    pub fn end_session(&self, key: JsString) -> Promise {
        self.run(async move |vault| {
            vault.end_session(&text(&key))?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// A page of keys.
    #[wasm_bindgen(js_name = listKeys, unchecked_return_type = "Promise<object>")]
    pub fn list_keys(&self, query: JsValue) -> Promise {
        self.run(async move |vault| {
            let page = vault.list_keys(&api::key_query(members(query)?)?).await?;
            Ok(plain(&KeyListing::from(page)))
        })
    }

    /// A key by alias or id.
    #[wasm_bindgen(js_name = findKey, unchecked_return_type = "Promise<object>")]
    pub fn find_key(&self, key: JsString) -> Promise {
        self.run(async move |vault| Ok(told(&vault.find_key(&text(&key)).await?)))
    }

    /// Does something with a key: the key, and a report of it.
    #[wasm_bindgen(unchecked_return_type = "Promise<object>")]
    pub fn manage(&self, key: JsString, action: JsValue) -> Promise {
        self.run(async move |vault| {
            let asked = api::key_action(members(action)?)?;
            let vault = vault.because(asked.reason.as_deref());
            let vault = vault.approved_by(&asked.approvals);
            let managed = vault.manage(&text(&key), &asked.action).await?;
            Ok(plain(&ManagedKey::from(managed)))
        })
    }

    /// Whether policies allow an operation: on the vault itself, of which no key is named, or on a key.
    #[wasm_bindgen(unchecked_return_type = "Promise<object>")]
    pub fn can(
        &self,
        operation: JsString,
        key: Option<JsString>,
        bound: Option<JsString>,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let operation = Operation::parse(&text(&operation))?;
            let context = context(bound.as_ref())?;
            let refused = match key {
                Some(key) => vault.can(operation, &text(&key), &context).await?,
                None => vault.can_do(operation).await?,
            };
            Ok(plain(&PolicyDecision::from(refused)))
        })
    }

    /// What a draft of a policy would have refused of what was done with a key since a time, in milliseconds since 1970.
    #[wasm_bindgen(js_name = tryPolicy, unchecked_return_type = "Promise<object>")]
    pub fn try_policy(&self, key: JsString, policy: JsValue, from: f64) -> Promise {
        self.run(async move |vault| {
            let policy = api::policy(members(policy)?)?;
            let from = count(from).map(Timestamp::from_millis);
            let from = from.ok_or(Error::Argument("from (milliseconds since 1970)"))?;
            let trial = vault.try_policy(&text(&key), &policy, from).await?;
            Ok(plain(&PolicyTrial::from(trial)))
        })
    }

    /// A version's secret JWK, for whoever shows a factor again. It is wiped.
    #[wasm_bindgen(js_name = exportKey, unchecked_return_type = "Promise<string>")]
    pub fn export_key(
        &self,
        present: WireFactor,
        key: JsString,
        version: Option<JsString>,
        reason: Option<JsString>,
        approvals: Vec<JsString>,
    ) -> Promise {
        let present = self.factor().hold(&[present]);
        self.run_because(reason, async move |vault| {
            let version = version.as_ref().map(text);
            let jwk = vault
                .approved_by(&texts(&approvals))
                .dangerously_export(&text(&key), version.as_deref(), present.one()?)
                .await?;
            // EXPOSE: asked for by name, with a factor.
            Ok(js(&jwk.to_json()).into())
        })
    }

    /// A compact JWS.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn sign(
        &self,
        key: JsString,
        payload: Uint8Array,
        typ: Option<JsString>,
        reason: Option<JsString>,
    ) -> Promise {
        let payload = payload.to_vec();
        self.run_because(reason, async move |vault| {
            let typ = typ.as_ref().map(text);
            let token = vault.sign(&text(&key), typ.as_deref(), &payload).await?;
            Ok(js(&token).into())
        })
    }

    /// Who signed a compact JWS.
    #[wasm_bindgen(unchecked_return_type = "Promise<object>")]
    pub fn verify(
        &self,
        token: JsString,
        key: Option<JsString>,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let key = key.as_ref().map(text);
            let verified = vault.verify(&text(&token), key.as_deref()).await?;
            Ok(plain(&Signer::from(verified)))
        })
    }
}

impl WasmVault {
    fn add_key(
        &self,
        options: JsValue,
        jwk: Option<JsString>,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let key = api::new_key(members(options)?)?;
            let material = jwk.as_ref().map(parsed).transpose()?;
            let made = vault.add_key(&key, material.as_ref()).await?;
            Ok(told(&made))
        })
    }
}

fn parsed(jwk: &JsString) -> jose::Result<Jwk> {
    Jwk::parse(Zeroizing::new(text(jwk)).as_bytes())
}

fn told(key: &KeyInfo) -> JsValue {
    plain(&key.to_json())
}
