//! The vault's policy.

use js_sys::{JsString, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{keys::Policy, vault::PolicyDescription};

use super::{
    WasmVault,
    convert::texts,
    crossing::{members, plain},
};

#[wasm_bindgen]
impl WasmVault {
    /// The policies of the vault itself.
    #[wasm_bindgen(js_name = vaultPolicy, unchecked_return_type = "Promise<object>")]
    pub fn vault_policy(&self) -> Promise {
        self.run(async |vault| {
            let policies = vault.policies().await?;
            let told = policies.as_deref().map(PolicyDescription::from);
            Ok(plain(&told.unwrap_or_default()))
        })
    }

    /// Sets the vault's policy, or takes it away.
    #[wasm_bindgen(js_name = setVaultPolicy, unchecked_return_type = "Promise<object>")]
    pub fn set_vault_policy(
        &self,
        policy: Option<JsValue>,
        reason: Option<JsString>,
        approvals: Vec<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let policy = policy.map(|policy| Policy::parse(members(policy)?));
            let vault = vault.approved_by(&texts(&approvals));
            let set = vault.set_policy(policy.transpose()?.as_ref()).await?;
            Ok(plain(&PolicyDescription::from(&*set)))
        })
    }
}
