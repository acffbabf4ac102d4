//! The vault's policy, and that of its organisation.

use js_sys::{JsString, Promise};
use serde::Serialize;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    base::{Error, Result, Thumbprint},
    jose::Jwk,
    keys::{OrganisationPolicy, Policy},
    vault::{OrganisationChangeDescription, OrganisationDescription, PolicyDescription},
};

use super::{
    WasmVault,
    convert::{text, texts},
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

    /// The policy of the vault's organisation, as `organisation`, where one binds it.
    #[wasm_bindgen(unchecked_return_type = "Promise<object>")]
    pub fn organisation(&self) -> Promise {
        self.run(async |vault| {
            let status = vault.organisation().await?;
            Ok(plain(&BoundBy {
                organisation: status.as_ref().map(OrganisationDescription::from),
            }))
        })
    }

    /// Has an organisation's policy bind the vault. `pin` is the thumbprint of a key of the organisation; without one it is a later policy
    /// of the organisation that the vault has.
    #[wasm_bindgen(js_name = setOrganisation, unchecked_return_type = "Promise<object>")]
    pub fn set_organisation(
        &self,
        policy: JsString,
        pin: Option<JsString>,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let policy = OrganisationPolicy::parse(&text(&policy))?;
            let change = match pin {
                Some(pin) => vault.set_organisation(&policy, &thumbprint(&pin)?).await?,
                None => vault.refresh_organisation(&policy).await?,
            };
            Ok(plain(&OrganisationChangeDescription::from(&change)))
        })
    }

    /// Has an organisation's policy bind the vault where none does, and takes a later one where one does; `enters` where the vault is
    /// opened so, which a full disk does not keep from it once the organisation binds it.
    #[wasm_bindgen(js_name = joinOrganisation, unchecked_return_type = "Promise<object>")]
    pub fn join_organisation(&self, policy: JsString, pin: JsString, enters: bool) -> Promise {
        self.run(async move |vault| {
            let policy = OrganisationPolicy::parse(&text(&policy))?;
            let pin = thumbprint(&pin)?;
            let change = if enters {
                vault.enter_organisation(&policy, &pin).await?
            } else {
                vault.join_organisation(&policy, &pin).await?
            };
            Ok(plain(&OrganisationChangeDescription::from(&change)))
        })
    }
}

/// Which organisation's policy binds the vault.
#[derive(Serialize)]
struct BoundBy {
    organisation: Option<OrganisationDescription>,
}

/// A policy of the organisation whose key is pinned.
///
/// # Errors
/// Those of [`OrganisationPolicy::parse`]; [`Error::Decrypt`] for another organisation's; [`Error::Argument`] without a pin.
pub(super) fn pinned(policy: &JsString, pin: Option<&JsString>) -> Result<OrganisationPolicy> {
    let policy = OrganisationPolicy::parse(&text(policy))?;
    policy.check_pin(&thumbprint(pin.ok_or(NO_KEY)?)?)?;
    Ok(policy)
}

/// A thumbprint, or that of a public JWK.
fn thumbprint(pin: &JsString) -> Result<Thumbprint> {
    let pin = text(pin);
    if let Ok(thumbprint) = pin.parse() {
        return Ok(thumbprint);
    }
    let jwk = Jwk::parse(pin.as_bytes()).map_err(|_| NO_KEY)?;
    if jwk.point().is_none() || jwk.is_private() {
        return Err(NO_KEY);
    }
    Ok(jwk.thumbprint())
}

const NO_KEY: Error =
    Error::Argument("organisation.key (a public key on P-256, as a JWK, or its thumbprint)");
