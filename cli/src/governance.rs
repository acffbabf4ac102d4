//! Policies. The crate refuses here what it refuses in a page; some rules need the vault itself, of which this is a copy
//! that is forgotten at the end.

use strongroom::{
    Error, Result,
    base::{Json, KeyId, Object},
    keys::KeyRecord,
    vault::{OrganisationDescription, PolicyDescription},
};

use crate::{
    failure::{Exit, Failure, Outcome},
    text::{note, quoted, shown_json},
    vault::OpenVault,
};

/// The policies that hold for what is done.
#[derive(Default)]
pub struct Governance {
    /// What they say, a line for each policy.
    pub policies: Vec<String>,
    /// What of them cannot be kept here.
    unkept: Vec<String>,
}

impl Governance {
    /// Of the vault, its organisation, and some keys; one that the vault does not have has none.
    pub async fn of(vault: &OpenVault, keys: impl Iterator<Item = KeyId>) -> Result<Self> {
        let mut all = Self::default();
        for id in keys {
            match vault.key(id.as_str()).await {
                Ok(key) => all.add_key(&key),
                Err(Error::NoKey) => {}
                Err(error) => return Err(error),
            }
        }
        if let Some(policies) = vault.policies().await? {
            all.add_policies("the vault", &PolicyDescription::from(policies.as_ref()));
        }
        if let Some(status) = vault.organisation().await? {
            let told = Object::encode(&OrganisationDescription::from(&status)).text();
            let told = shown_json(&told);
            all.policies
                .push(format!("policy of the vault's organisation: {told}"));
            all.unkept.push(
                "the organisation's policy: a newer one is not fetched, and its collector is told of nothing".into(),
            );
        }
        let log = vault.audit_state().await?;
        if log.is_some_and(|log| log.fail_closed && !log.stopped) {
            all.unkept
                .push("failClosed of the vault's audit log: what is done here is not in it".into());
        }
        Ok(all)
    }

    /// A key's policies.
    pub fn add_key(&mut self, key: &KeyRecord) {
        if let Some(policies) = &key.policy {
            let whose = format!("key {}", quoted(key.alias.as_str()));
            self.add_policies(&whose, &PolicyDescription::from(policies));
        }
    }

    fn add_policies(&mut self, whose: &str, described: &PolicyDescription) {
        let described = Object::encode(described);
        let mut applied = Vec::new();
        if let Some(policy) = described.get("policy") {
            applied.push(policy.clone());
        }
        if let Some(Json::Array(others)) = described.get("conflictingPolicies") {
            applied.extend(others.iter().cloned());
        }
        for policy in applied.into_iter().filter_map(Json::into_object) {
            let told = shown_json(&policy.text());
            self.policies.push(format!("policy of {whose}: {told}"));
            if policy.get("maximumUses").is_some() {
                self.unkept.push(format!(
                    "maximumUses in the policy of {whose}: the vault does not count what is done here"
                ));
            }
        }
    }

    /// Shows the policies, and refuses to go on where some cannot be kept, unless the caller wants that.
    pub fn check(&self, ungoverned: bool) -> Outcome<()> {
        for line in self.policies.iter().chain(&self.unkept) {
            note(&format!("strongroom: {line}"));
        }
        if self.unkept.is_empty() || ungoverned {
            return Ok(());
        }
        Err(Failure::new(
            Exit::Refused,
            &format!("this cannot be kept here: {}", self.unkept.join("; ")),
            "pass --ungoverned to go on without it, or use the vault in a page",
        ))
    }
}
