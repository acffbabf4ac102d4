//! The policies of one key, or of the vault, as its record has them. There is one, unless two copies of the vault changed it apart:
//! then each of them applies until somebody sets another.
//!
//! Two copies are united without a clock and without an order: a policy applies that either copy has, unless the other
//! one has superseded it. So an older copy never loosens what applies here.

use serde::{Deserialize, Serialize};

use crate::base::{
    Entropy, Error, InputError, Object, PolicyId, PolicyRule, Result, Timestamp, VersionState,
    sort_by,
};

use super::{
    KeyRecord, Provenance,
    policy::{Policy, PolicyPart, PolicyRequest},
};

/// The policies that apply, and those that they superseded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policies {
    /// How often the policy was set.
    pub version: u64,
    /// When it was set last, in milliseconds since 1970.
    pub changed: Timestamp,
    /// Those that apply, all of them, by their times and ids.
    pub applied: Vec<AppliedPolicy>,
    /// Those that apply no more, by their ids.
    pub superseded: Vec<PolicyId>,
}

/// A policy that applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedPolicy {
    /// What tells it from others.
    id: PolicyId,
    /// When it was set, in milliseconds since 1970.
    set: Timestamp,
    /// What it says.
    rules: Rules,
}

/// What a policy says: kept as it is where this release does not know all of it, which then refuses everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Object", into = "Object")]
enum Rules {
    Known(Box<Policy>),
    Newer(Object),
}

impl From<Object> for Rules {
    fn from(members: Object) -> Self {
        match Policy::parse(members.clone()) {
            Ok(policy) => Self::Known(Box::new(policy)),
            Err(_) => Self::Newer(members),
        }
    }
}

impl From<Rules> for Object {
    fn from(rules: Rules) -> Self {
        rules.to_json()
    }
}

impl Rules {
    fn to_json(&self) -> Object {
        match self {
            Self::Known(policy) => Object::encode(policy.as_ref()),
            Self::Newer(members) => members.clone(),
        }
    }
}

impl AppliedPolicy {
    /// What it says, as a page is told.
    pub(crate) fn to_json(&self) -> Object {
        self.rules.to_json()
    }

    fn allow(
        &self,
        part: PolicyPart,
        request: &PolicyRequest<'_>,
        now: Timestamp,
        refuse: fn(PolicyRule) -> Error,
    ) -> Result<()> {
        match &self.rules {
            Rules::Known(policy) => part.decide(policy, request, now).map_err(refuse),
            Rules::Newer(_) => Err(Error::Unsupported(
                "a policy of a later version; update strongroom",
            )),
        }
    }

    fn maximum_uses(&self) -> Option<u64> {
        match &self.rules {
            Rules::Known(policy) => policy.maximum_uses(),
            Rules::Newer(_) => None,
        }
    }

    fn review_due(&self) -> Option<Timestamp> {
        let Rules::Known(policy) = &self.rules else {
            return None;
        };
        let every = policy.review_every()?;
        Some(self.set + every.millis())
    }
}

impl Policies {
    /// The most policies that a key, or a vault, can have had.
    const MAX: usize = 1000;

    /// What a record says of policies.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub(crate) fn read(record: Object) -> Result<Self> {
        const NOT_ONE: InputError = InputError::Malformed("the vault's policy");
        let policies: Self = record.decode(NOT_ONE)?;
        if policies.fit() {
            Ok(policies)
        } else {
            Err(NOT_ONE.into())
        }
    }

    /// Whether a part of all that apply allows something; `refuse` says whose they are.
    ///
    /// # Errors
    /// What `refuse` makes of the rule that refuses it; [`Error::Unsupported`] where a policy is of a later version.
    pub(crate) fn allow(
        &self,
        part: PolicyPart,
        request: &PolicyRequest<'_>,
        now: Timestamp,
        refuse: fn(PolicyRule) -> Error,
    ) -> Result<()> {
        let mut applied = self.applied.iter();
        applied.try_for_each(|policy| policy.allow(part, request, now, refuse))
    }

    /// When the first of them is to be reviewed.
    pub(crate) fn review_due(&self) -> Option<Timestamp> {
        let applied = self.applied.iter();
        applied.filter_map(AppliedPolicy::review_due).min()
    }

    /// A policy in the place of all that applied, or none.
    ///
    /// # Errors
    /// [`Error::TooLarge`] where as many were set as there can be.
    pub(crate) fn succeeding(
        before: Option<Self>,
        policy: Option<&Policy>,
        at: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Self> {
        let version = before.as_ref().map_or(0, |before| before.version);
        let mut superseded = Vec::new();
        if let Some(before) = before {
            superseded = before.superseded;
            superseded.extend(before.applied.into_iter().map(|policy| policy.id));
            sort_by(&mut superseded, PolicyId::cmp);
        }
        let mut applied = Vec::new();
        if let Some(policy) = policy {
            applied.push(AppliedPolicy {
                id: PolicyId::generate(entropy)?,
                set: at,
                rules: Rules::Known(Box::new(policy.clone())),
            });
        }
        let policies = Self {
            version: version + 1,
            changed: at,
            applied,
            superseded,
        };
        policies.check_number()?;
        Ok(policies)
    }

    /// Whether there can have been so many.
    pub(crate) fn fit(&self) -> bool {
        self.applied.len() + self.superseded.len() <= Self::MAX
    }

    fn check_number(&self) -> Result<()> {
        if self.fit() {
            Ok(())
        } else {
            Err(Error::TooLarge("policies (1,000 one after the other)"))
        }
    }

    /// Both copies of them: what neither has superseded.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub(crate) fn merged(ours: Option<&Self>, theirs: Option<&Self>) -> Result<Option<Self>> {
        let (ours, theirs) = match (ours, theirs) {
            (Some(ours), Some(theirs)) => (ours, theirs),
            (ours, theirs) => return Ok(ours.or(theirs).cloned()),
        };
        let mut superseded = [&*ours.superseded, &*theirs.superseded].concat();
        sort_by(&mut superseded, PolicyId::cmp);
        superseded.dedup();
        let mut applied = [&*ours.applied, &*theirs.applied].concat();
        applied.retain(|policy| superseded.binary_search(&policy.id).is_err());
        sort_by(&mut applied, |a, b| a.place().cmp(&b.place()));
        applied.dedup();
        let merged = Self {
            version: ours.version.max(theirs.version),
            changed: ours.changed.max(theirs.changed),
            applied,
            superseded,
        };
        merged.check_number()?;
        Ok(Some(merged))
    }
}

impl AppliedPolicy {
    /// As every copy tells the order.
    fn place(&self) -> (Timestamp, &PolicyId, String) {
        (self.set, &self.id, self.to_json().text())
    }
}

impl KeyRecord {
    /// Whether all policies that apply to the key allow something.
    ///
    /// # Errors
    /// [`Error::Policy`] with the rule that refuses it; [`Error::Unsupported`] where a policy is of a later version.
    pub fn allow(&self, request: &PolicyRequest<'_>, now: Timestamp) -> Result<()> {
        let mut parts = PolicyPart::ALL.into_iter();
        parts.try_for_each(|part| self.allow_part(part, request, now))
    }

    /// As [`allow`](Self::allow), of a part of the rules.
    pub(crate) fn allow_part(
        &self,
        part: PolicyPart,
        request: &PolicyRequest<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let mut policies = self.policy.iter();
        policies.try_for_each(|all| all.allow(part, request, now, Error::Policy))
    }

    /// Refuses so many uses if that is more than the policies admit.
    ///
    /// # Errors
    /// [`Error::Policy`].
    pub(crate) fn check_uses(&self, uses: u64) -> Result<()> {
        if self.maximum_uses().is_some_and(|most| uses > most) {
            return Err(Error::Policy(PolicyRule::MaximumUses));
        }
        Ok(())
    }

    /// How often the key may be used, by the strictest of its policies.
    pub(crate) fn maximum_uses(&self) -> Option<u64> {
        let applied = self.policy.iter().flat_map(|all| &all.applied);
        applied.filter_map(AppliedPolicy::maximum_uses).min()
    }

    /// When the first of the policies is to be reviewed; never, once the key is destroyed.
    #[must_use]
    pub fn review_due(&self) -> Option<Timestamp> {
        if self.is_destroyed() {
            return None;
        }
        self.policy.as_ref().and_then(Policies::review_due)
    }

    /// Sets the policy in the place of all that apply, or takes these away.
    ///
    /// # Errors
    /// [`Error::Argument`] for a rule that no operation of the key can meet; [`Error::State`] for a key that is
    /// destroyed; [`Error::TooLarge`] for one that has had as many policies as a key can have.
    pub(crate) fn set_policy(
        &mut self,
        policy: Option<&Policy>,
        cause: Provenance<'_>,
        entropy: &dyn Entropy,
    ) -> Result<()> {
        if self.is_destroyed() {
            return Err(VersionState::Destroyed.forbids());
        }
        if let Some(policy) = policy {
            policy.check_purpose(self.purpose)?;
        }
        let policies = Policies::succeeding(self.policy.take(), policy, cause.at, entropy)?;
        self.policy = Some(policies);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{InputError, SystemEntropy},
        keys::{KeyCopy, KeyOptions, Operation},
    };

    const CAUSE: Provenance<'_> = Provenance {
        at: Timestamp::from_millis(1_790_000_000_000),
        head: 9,
        by: "setPolicy",
        reason: None,
    };

    fn made() -> Box<KeyRecord> {
        let options = KeyOptions::named("photos".parse().expect("an alias"));
        let made = KeyRecord::generate(&options, None, CAUSE, &SystemEntropy);
        made.expect("entropy").0
    }

    fn rules(text: &str) -> Object {
        Object::parse(text.as_bytes(), InputError::Malformed("a test")).expect("an object")
    }

    /// A key that a later release gave a policy to.
    fn newer() -> Box<KeyRecord> {
        let mut key = made();
        key.set_policy(Some(&Policy::default()), CAUSE, &SystemEntropy)
            .expect("a policy");
        let policies = key.policy.as_mut().expect("it was set");
        let members = rules(r#"{"operations":["encrypt"],"sundial":"noon"}"#);
        policies.applied[0].rules = Rules::from(members);
        key
    }

    #[test]
    fn rules_of_a_later_version_refuse_everything_and_are_kept() {
        let key = newer();
        let read = KeyRecord::read(key.to_json()).expect("it is listed");
        assert_eq!(read, key);
        assert_eq!(read.to_json().text(), key.to_json().text());
        for operation in Operation::OF_KEYS {
            let request = PolicyRequest {
                operation,
                purpose: None,
                context: None,
                reason: Some("any"),
                version: Some(1),
                uses: None,
                proven: &[],
                approved: &[],
            };
            let refused = key.allow(&request, CAUSE.at);
            assert!(matches!(refused, Err(Error::Unsupported(_))), "{refused:?}");
        }
    }

    #[test]
    fn rules_of_a_later_version_stay_in_a_merge() {
        let newer = newer();
        let mut older = newer.clone();
        older.policy = None;
        older
            .set_policy(Some(&Policy::default()), CAUSE, &SystemEntropy)
            .expect("a policy");
        let copy = |key| KeyCopy { key, revision: 1 };
        let merged = |ours, theirs| KeyRecord::merged(&copy(ours), &copy(theirs)).expect("room");
        let both = merged(&newer, &older);
        assert_eq!(both.policy, merged(&older, &newer).policy);
        let policies = both.policy.expect("both have one");
        assert_eq!(policies.applied.len(), 2);
    }

    #[test]
    fn a_key_has_a_thousand_policies_one_after_the_other_and_no_more() {
        let mut key = made();
        for _ in 0..Policies::MAX {
            key.set_policy(Some(&Policy::default()), CAUSE, &SystemEntropy)
                .expect("room for another");
        }
        assert!(key.to_json().text().len() < 100_000);
        let more = key.set_policy(Some(&Policy::default()), CAUSE, &SystemEntropy);
        assert!(matches!(more, Err(Error::TooLarge(_))), "{more:?}");
    }
}
