//! What a page is told of keys and of who signed.

use serde::Serialize;

use crate::{
    base::{KeyId, LogId, Object, Result, Timestamp, VersionId, VersionState},
    jose::ContentDigest,
    keys::{Operation, Policy},
    vault::{self, KeyInfo, KeyInfoPage, PolicyRefusal, Verified},
};

use super::Report;

/// Some keys, and where the next page begins if more follow.
#[derive(Serialize)]
pub struct KeyListing {
    keys: Vec<Object>,
    next: Option<String>,
}

impl From<KeyInfoPage> for KeyListing {
    fn from(page: KeyInfoPage) -> Self {
        Self {
            keys: page.keys.iter().map(KeyInfo::to_json).collect(),
            next: page.next,
        }
    }
}

/// A key that something was done with, and what that means.
#[derive(Serialize)]
pub struct ManagedKey {
    key: Object,
    report: Option<Report>,
}

impl From<vault::ManagedKey> for ManagedKey {
    fn from(managed: vault::ManagedKey) -> Self {
        Self {
            key: managed.info.to_json(),
            report: Report::of(&managed),
        }
    }
}

/// Whether policies allow an operation; otherwise the rule that refuses it, and whose that is.
#[derive(Serialize)]
pub struct PolicyDecision {
    allowed: bool,
    rule: Option<&'static str>,
    policy: Option<&'static str>,
}

impl From<Option<PolicyRefusal>> for PolicyDecision {
    fn from(refused: Option<PolicyRefusal>) -> Self {
        Self {
            allowed: refused.is_none(),
            rule: refused.map(|refused| refused.rule().as_str()),
            policy: refused.map(PolicyRefusal::whose),
        }
    }
}

/// What a draft of a policy would have refused.
#[derive(Serialize)]
pub struct PolicyTrial {
    log: LogId,
    from: Timestamp,
    entries: u64,
    refused: Vec<TrialRefusal>,
    undecided: u64,
}

/// What one rule would have refused.
#[derive(Serialize)]
struct TrialRefusal {
    rule: &'static str,
    count: u64,
    entries: Vec<TriedEntry>,
}

/// An operation that was done.
#[derive(Serialize)]
struct TriedEntry {
    sequence: u64,
    at: Timestamp,
    operation: Operation,
}

impl From<vault::PolicyTrial> for PolicyTrial {
    fn from(trial: vault::PolicyTrial) -> Self {
        Self {
            log: trial.log,
            from: trial.from,
            entries: trial.entries,
            refused: trial.refused.into_iter().map(TrialRefusal::from).collect(),
            undecided: trial.undecided,
        }
    }
}

impl From<vault::TrialRefusal> for TrialRefusal {
    fn from(refusal: vault::TrialRefusal) -> Self {
        let entries = refusal.entries.into_iter().map(|entry| TriedEntry {
            sequence: entry.sequence,
            at: entry.at,
            operation: entry.operation,
        });
        Self {
            rule: refusal.rule.as_str(),
            count: refusal.count,
            entries: entries.collect(),
        }
    }
}

/// A draft of a policy.
///
/// # Errors
/// [`Error::Argument`](crate::Error::Argument) for members that are none of a policy's.
pub fn policy(given: Object) -> Result<Policy> {
    Policy::parse(given)
}

/// Who signed a token.
#[derive(Serialize)]
pub struct Signer {
    key: KeyId,
    version: VersionId,
    state: VersionState,
    typ: Option<String>,
}

/// Who signed a content, and what was signed of it.
#[derive(Serialize)]
pub struct ContentSigner {
    key: KeyId,
    version: VersionId,
    state: VersionState,
    digest: String,
    size: u64,
}

impl ContentSigner {
    /// What is told of a signature that was verified.
    #[must_use]
    pub fn of(verified: Verified, content: &ContentDigest) -> Self {
        Self {
            key: verified.key,
            version: verified.version,
            state: verified.state,
            digest: content.digest().to_owned(),
            size: content.size(),
        }
    }
}

impl From<Verified> for Signer {
    fn from(verified: Verified) -> Self {
        Self {
            key: verified.key,
            version: verified.version,
            state: verified.state,
            typ: verified.typ,
        }
    }
}
