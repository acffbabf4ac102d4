//! Policies as callers are told of them, of a key as of the vault: a type of the API, which may change where a record may not.

use serde::Serialize;

use crate::{
    base::{Object, Timestamp},
    keys::{AppliedPolicy, Policies},
};

/// Policies as a page is told of them.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyDescription {
    /// The policy that was set last.
    pub(super) policy: Option<Object>,
    /// Others that apply too, because copies of the vault set them apart.
    pub(super) conflicting_policies: Option<Vec<Object>>,
    /// How often it was set, and when the last time.
    pub(super) policy_version: Option<u64>,
    pub(super) policy_changed: Option<Timestamp>,
    pub(super) review_due: Option<Timestamp>,
}

impl From<&Policies> for PolicyDescription {
    fn from(policies: &Policies) -> Self {
        let applied = policies.applied.split_last();
        let others = applied.map(|(_, others)| others).unwrap_or_default();
        let others = (!others.is_empty()).then(|| others.iter().map(AppliedPolicy::to_json));
        Self {
            policy: applied.map(|(policy, _)| policy.to_json()),
            conflicting_policies: others.map(Iterator::collect),
            policy_version: Some(policies.version),
            policy_changed: Some(policies.changed),
            review_due: policies.review_due(),
        }
    }
}
