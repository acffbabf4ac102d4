//! A key as callers are told of it: a type of the API, which may change where a record may not.

use serde::Serialize;

use crate::{
    base::{KeyId, Object, Timestamp, VersionId, VersionState},
    keys::{Alias, KeyRecord, Labels, Purpose, Transition, Usage, VersionAction, VersionRecord},
};

use super::PolicyDescription;

/// A key, where it stands and how often it was used.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyDescription<'a> {
    id: &'a KeyId,
    alias: &'a Alias,
    purpose: Purpose,
    primary: &'a VersionId,
    created: Timestamp,
    rotate_every: Option<&'a str>,
    labels: &'a Labels,
    versions: Vec<VersionInfo<'a>>,
    /// Of the primary version.
    state: VersionState,
    /// Whether all versions are.
    destroyed: Option<bool>,
    /// When the primary version is to be rotated.
    due: Option<Timestamp>,
    uses: u64,
    last_used: Option<Timestamp>,
    /// Whether it lives in memory alone, and until when.
    session: Option<bool>,
    /// The policy that was set last.
    policy: Option<Object>,
    /// Others that apply too, because copies of the vault set them apart.
    conflicting_policies: Option<Vec<Object>>,
    /// How often it was set, and when the last time.
    policy_version: Option<u64>,
    policy_changed: Option<Timestamp>,
    review_due: Option<Timestamp>,
    expires: Option<Timestamp>,
}

/// One version.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VersionInfo<'a> {
    id: &'a VersionId,
    number: u64,
    state: VersionState,
    created: Timestamp,
    history: Vec<TransitionInfo<'a>>,
    destroy_at: Option<Timestamp>,
    forced: Option<bool>,
    public_jwk: Option<&'a Object>,
    uses: u64,
    compromised: Option<bool>,
    compromised_at: Option<Timestamp>,
    unproven: Option<bool>,
    /// What can be done with it now: of a session's key, only its uses.
    actions: Vec<VersionAction>,
}

/// One step in a version's life.
#[derive(Serialize)]
struct TransitionInfo<'a> {
    state: VersionState,
    at: Timestamp,
    by: &'a str,
    reason: Option<&'a str>,
}

impl<'a> KeyDescription<'a> {
    /// `expires` is of a session's key.
    pub(crate) fn of(key: &'a KeyRecord, expires: Option<Timestamp>, usage: &Usage) -> Self {
        let policies = key.policy.as_ref().map(PolicyDescription::from);
        let policies = policies.unwrap_or_default();
        let version = |version| VersionInfo::of(version, expires.is_none(), usage);
        Self {
            id: &key.id,
            alias: &key.alias,
            purpose: key.purpose,
            primary: &key.primary,
            created: key.created,
            rotate_every: key.rotate_every.as_ref().map(|every| every.as_str()),
            labels: &key.labels,
            versions: key.versions.iter().map(version).collect(),
            state: key.primary_version().state,
            destroyed: key.is_destroyed().then_some(true),
            due: key.due(),
            uses: usage.total(),
            last_used: (usage.last > Timestamp::EPOCH).then_some(usage.last),
            session: expires.map(|_| true),
            policy: policies.policy,
            conflicting_policies: policies.conflicting_policies,
            policy_version: policies.policy_version,
            policy_changed: policies.policy_changed,
            review_due: key.review_due(),
            expires,
        }
    }
}

impl<'a> VersionInfo<'a> {
    fn of(version: &'a VersionRecord, stored: bool, usage: &Usage) -> Self {
        let allowed =
            |action: &VersionAction| (stored || action.is_use()) && version.allows(*action);
        let transition = |step: &'a Transition| TransitionInfo {
            state: step.state,
            at: step.at,
            by: &step.by,
            reason: step.reason.as_deref(),
        };
        Self {
            id: &version.id,
            number: version.number,
            state: version.state,
            created: version.created,
            history: version.history.iter().map(transition).collect(),
            destroy_at: version.destroy_at,
            forced: version.forced.then_some(true),
            public_jwk: version.public.as_ref(),
            uses: usage.uses(&version.id),
            compromised: version.compromised_at().map(|_| true),
            compromised_at: version.compromised_at(),
            unproven: version.unproven.then_some(true),
            actions: VersionAction::ALL.into_iter().filter(allowed).collect(),
        }
    }
}
