//! A policy of a key, or of the vault: which operations its owner allows, and when.
//!
//! A policy binds this code. Whoever has the key's material, or the vault key and a copy of the vault, is bound by none.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Context, Error, InputError, Object, PolicyRule, Result, Thumbprint, Timestamp},
    factors::Proven,
};

use super::{KeyRecord, Operation, Period, Purpose};

/// The rules of one policy. Where a member is absent, there is no such rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// The operations that are allowed, and no others.
    operations: Option<Vec<Operation>>,
    /// The encryption contexts that are admitted.
    context: Option<ContextRule>,
    /// No use before that, in milliseconds since 1970.
    not_before: Option<Timestamp>,
    /// No use after that.
    not_after: Option<Timestamp>,
    /// The operations that need a reason.
    require_reason: Option<Vec<Operation>>,
    /// The number of the earliest version that is used.
    minimum_version: Option<u64>,
    /// How often the key is used, all its versions together.
    maximum_uses: Option<u64>,
    /// How long after it was set the policy is to be reviewed.
    review_every: Option<Period>,
    /// The operations that need a person who presented a factor lately.
    fresh_factor: Option<FactorRule>,
    /// The operations that need factors of two kinds, both presented lately.
    second_factor: Option<FactorRule>,
    /// The operations that somebody else has to approve, and who that is.
    approval: Option<ApprovalRule>,
    /// Who may be given the key, by the thumbprints of their keys.
    receivers: Option<Vec<Thumbprint>>,
}

/// Which operations others have to approve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ApprovalRule {
    operations: Vec<Operation>,
    /// The thumbprints of those who may.
    approvers: Vec<Thumbprint>,
    /// How many of them have to; one, unless it says otherwise.
    at_least: Option<u64>,
}

/// Which operations need factors that were presented lately, and how lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FactorRule {
    /// How long ago at most.
    within: Period,
    operations: Vec<Operation>,
}

/// Which encryption contexts are admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ContextRule {
    /// Values by name that the context must have; `*` is any value.
    required: Option<Object>,
    /// The names that it may have besides.
    only: Option<Vec<String>>,
}

/// What a policy is asked.
#[derive(Debug, Clone, Copy)]
pub struct PolicyRequest<'a> {
    /// The operation.
    pub operation: Operation,
    /// What the key is for; nothing of an operation on the vault itself.
    pub purpose: Option<Purpose>,
    /// The encryption context, of an operation that has one.
    pub context: Option<&'a Context>,
    /// Why, where somebody said so.
    pub reason: Option<&'a str>,
    /// The number of the version that is used.
    pub version: Option<u64>,
    /// How often the key has been used with this time, where it is counted.
    pub uses: Option<u64>,
    /// The factors that a person proved since the vault was unlocked.
    pub proven: &'a [Proven],
    /// Who approved exactly this, by the thumbprints of their keys.
    pub approved: &'a [Thumbprint],
}

/// Which rules of policies are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyPart {
    /// Those that no factor can meet.
    Rules,
    /// Those that ask for factors.
    Factors,
}

impl PolicyPart {
    /// Both, in their order: nobody presents a factor for what is refused all the same.
    pub const ALL: [Self; 2] = [Self::Rules, Self::Factors];

    pub(crate) fn decide(
        self,
        policy: &Policy,
        request: &PolicyRequest<'_>,
        now: Timestamp,
    ) -> core::result::Result<(), PolicyRule> {
        match self {
            Self::Rules => decide_rules(policy, request, now),
            Self::Factors => decide_factors(policy, request),
        }
    }
}

/// Whether a policy allows a request. Everything that asks a policy asks here, or for its parts.
///
/// # Errors
/// The rule that refuses it.
pub fn decide(
    policy: &Policy,
    request: &PolicyRequest<'_>,
    now: Timestamp,
) -> core::result::Result<(), PolicyRule> {
    let mut parts = PolicyPart::ALL.into_iter();
    parts.try_for_each(|part| part.decide(policy, request, now))
}

fn decide_rules(
    policy: &Policy,
    request: &PolicyRequest<'_>,
    now: Timestamp,
) -> core::result::Result<(), PolicyRule> {
    let operation = request.operation;
    let lists = |list: &Option<Vec<Operation>>| {
        let list = list.as_ref();
        list.map(|list| list.contains(&operation))
    };
    let has_reason = || request.reason.is_some_and(|text| !text.trim().is_empty());
    if lists(&policy.operations) == Some(false) {
        return Err(PolicyRule::Operations);
    }
    // Who has an exported key can give it to anybody.
    if operation == Operation::Export && policy.receivers.is_some() {
        return Err(PolicyRule::Receivers);
    }
    if lists(&policy.require_reason) == Some(true) && !has_reason() {
        return Err(PolicyRule::RequireReason);
    }
    // A key whose time is over can still be destroyed.
    if operation.is_use() {
        decide_use(policy, request, now)?;
    }
    let rule = policy.approval.as_ref();
    if rule.is_some_and(|rule| !rule.is_met(request)) {
        return Err(PolicyRule::Approval);
    }
    Ok(())
}

fn decide_factors(
    policy: &Policy,
    request: &PolicyRequest<'_>,
) -> core::result::Result<(), PolicyRule> {
    let operation = request.operation;
    let lacks = |rule: &Option<FactorRule>, kinds| {
        let rule = rule
            .as_ref()
            .filter(|rule| rule.operations.contains(&operation));
        rule.is_some_and(|rule| rule.kinds(request.proven) < kinds)
    };
    if lacks(&policy.fresh_factor, 1) {
        return Err(PolicyRule::FreshFactor);
    }
    if lacks(&policy.second_factor, 2) {
        return Err(PolicyRule::SecondFactor);
    }
    Ok(())
}

/// What binds uses alone.
fn decide_use(
    policy: &Policy,
    request: &PolicyRequest<'_>,
    now: Timestamp,
) -> core::result::Result<(), PolicyRule> {
    let operation = request.operation;
    if policy.not_before.is_some_and(|first| now < first) {
        return Err(PolicyRule::NotBefore);
    }
    if policy.not_after.is_some_and(|last| now > last) {
        return Err(PolicyRule::NotAfter);
    }
    let is_earlier = |least| request.version.is_some_and(|version| version < least);
    if policy.minimum_version.is_some_and(is_earlier) {
        return Err(PolicyRule::MinimumVersion);
    }
    // A header that stays under the key is no use that is counted.
    let uses = request.uses.filter(|_| operation != Operation::Rewrap);
    let most = policy.maximum_uses;
    if most.zip(uses).is_some_and(|(most, uses)| uses > most) {
        return Err(PolicyRule::MaximumUses);
    }
    let context = request.context.filter(|_| operation.has_context());
    let has_contexts = request.purpose.is_none_or(Purpose::has_contexts);
    match &policy.context {
        // A header that stays under the key keeps its context, which is asked for when it is opened.
        Some(rule) if has_contexts && operation != Operation::Rewrap && !rule.admits(context) => {
            Err(PolicyRule::Context)
        }
        _ => Ok(()),
    }
}

impl Policy {
    /// The most bytes of a policy's JSON.
    pub const MAX_BYTES: usize = 4096;
    /// The most uses that a policy can admit.
    const MAX_USES: u64 = 1 << 52;

    /// From the members that a caller gives.
    ///
    /// # Errors
    /// [`Error::Argument`] for a member that is none of a policy's, and for one that is out of its bounds.
    pub fn parse(members: Object) -> Result<Self> {
        const NOT_ONE: InputError = InputError::Argument(
            "policy (a member or an operation that this release does not know, or a value that is not as it must be)",
        );
        let policy: Self = members.decode(NOT_ONE).map_err(|_| NOT_ONE)?;
        policy.check()?;
        Ok(policy)
    }

    fn check(&self) -> Result<()> {
        let repeats = |list: &Vec<Operation>| {
            let mut places = list.iter().enumerate();
            list.is_empty() || places.any(|(at, operation)| list[..at].contains(operation))
        };
        let lists = [&self.operations, &self.require_reason];
        let factors = [&self.fresh_factor, &self.second_factor];
        let factors = factors.into_iter().flatten().map(|rule| &rule.operations);
        let approved = self.approval.iter().map(|rule| &rule.operations);
        let mut lists = lists.into_iter().flatten().chain(factors).chain(approved);
        if lists.any(repeats) {
            return Err(Error::Argument(
                "policy: a list of operations names at least one, and each once",
            ));
        }
        if self.approval.as_ref().is_some_and(|rule| !rule.is_sound()) {
            return Err(Error::Argument(
                "policy.approval: operations among export, destroy, scheduleDestroy, setPolicy and setVaultPolicy; from 1 to 16 approvers, each once; atLeast no more than there are",
            ));
        }
        if !self.receivers.as_deref().is_none_or(are_people) {
            return Err(Error::Argument(
                "policy.receivers: from 1 to 16 thumbprints, each once",
            ));
        }
        let times = self.not_before.zip(self.not_after);
        if times.is_some_and(|(first, last)| first > last) {
            return Err(Error::Argument("policy: notAfter is before notBefore"));
        }
        let versions = 1..=KeyRecord::MAX_VERSIONS as u64;
        let least = self.minimum_version;
        if least.is_some_and(|least| !versions.contains(&least)) {
            return Err(Error::Argument("policy.minimumVersion: from 1 to 1,000"));
        }
        let uses = self.maximum_uses;
        if uses.is_some_and(|uses| !(1..=Self::MAX_USES).contains(&uses)) {
            return Err(Error::Argument("policy.maximumUses: from 1 to 2^52"));
        }
        if !self.context.as_ref().is_none_or(ContextRule::is_sound) {
            return Err(Error::Argument(
                "policy.context: required has strings by name, only has names; at most 64, none of which begins with strongroom:",
            ));
        }
        if Object::encode(self).text().len() > Self::MAX_BYTES {
            return Err(Error::Argument("policy (4,096 bytes of JSON)"));
        }
        Ok(())
    }

    /// The operations that its rules name.
    fn named(&self) -> impl Iterator<Item = &Operation> {
        let lists = [&self.operations, &self.require_reason];
        let rules = [&self.fresh_factor, &self.second_factor]
            .into_iter()
            .flatten();
        let lists = lists.into_iter().flatten();
        let rules = rules.map(|rule| &rule.operations);
        let approved = self.approval.iter().map(|rule| &rule.operations);
        lists.chain(rules).chain(approved).flatten()
    }

    /// Refuses what is no rule for all keys and the vault.
    ///
    /// # Errors
    /// [`Error::Argument`].
    pub fn check_vault(&self) -> Result<()> {
        let of_key = self.minimum_version.is_some()
            || self.maximum_uses.is_some()
            || self.receivers.is_some();
        if of_key {
            return Err(Error::Argument(
                "policy: minimumVersion, maximumUses and receivers are of one key",
            ));
        }
        Ok(())
    }

    /// As [`check_vault`](Self::check_vault), of an organisation's rules. None can be for a backup, which no organisation refuses.
    ///
    /// # Errors
    /// [`Error::Argument`].
    pub(crate) fn check_organisation(&self) -> Result<()> {
        let lists = [&self.require_reason].into_iter().flatten();
        let rules = [&self.fresh_factor, &self.second_factor]
            .into_iter()
            .flatten();
        let mut named = lists.chain(rules.map(|rule| &rule.operations)).flatten();
        if named.any(|operation| operation.is_beyond_organisations()) {
            return Err(Error::Argument(
                "policy: an operation that no organisation refuses",
            ));
        }
        if self.approval.is_some() {
            return Err(Error::Argument(
                "policy: an organisation has nobody approve anything",
            ));
        }
        self.check_vault()
    }

    /// The same without its context rule, where it has one.
    pub(crate) fn without_context(&self) -> Option<Self> {
        self.context.as_ref()?;
        Some(Self {
            context: None,
            ..self.clone()
        })
    }

    /// Who may approve something, by the thumbprints of their keys.
    pub fn approvers(&self) -> &[Thumbprint] {
        let rule = self.approval.as_ref();
        rule.map_or(&[], |rule| &rule.approvers)
    }

    /// Whether it says which versions are used.
    pub(crate) fn has_minimum_version(&self) -> bool {
        self.minimum_version.is_some()
    }

    /// How long ago a factor may have been presented that counts, in milliseconds, at the most.
    pub(crate) fn longest_within(&self) -> u64 {
        let rules = [&self.fresh_factor, &self.second_factor];
        let times = rules.into_iter().flatten().map(|rule| rule.within.millis());
        times.max().unwrap_or_default()
    }

    /// Refuses a rule that no operation of such a key could ever meet.
    pub(crate) fn check_purpose(&self, purpose: Purpose) -> Result<()> {
        if self.named().any(|operation| operation.is_of_vault()) {
            return Err(Error::Argument(
                "policy: an operation on the vault, in the policy of a key",
            ));
        }
        if self.context.is_some() && !purpose.has_contexts() {
            return Err(Error::Argument(
                "policy.context: only a key that encrypts has contexts",
            ));
        }
        Ok(())
    }

    /// How often the key may be used.
    pub(crate) fn maximum_uses(&self) -> Option<u64> {
        self.maximum_uses
    }

    /// How long after it was set it is to be reviewed.
    pub(crate) fn review_every(&self) -> Option<&Period> {
        self.review_every.as_ref()
    }
}

impl FactorRule {
    /// How many kinds were presented lately enough.
    fn kinds(&self, proven: &[Proven]) -> usize {
        let mut kinds = Vec::new();
        for proof in proven {
            if proof.ago <= self.within.millis() && !kinds.contains(&proof.kind) {
                kinds.push(proof.kind);
            }
        }
        kinds.len()
    }
}

/// Whether a list names people, by the thumbprints of their keys: one at least, no more than a rule can have, and each once.
fn are_people(list: &[Thumbprint]) -> bool {
    const MOST: usize = 16;
    let mut places = list.iter().enumerate();
    let repeats = places.any(|(at, person)| list[..at].contains(person));
    (1..=MOST).contains(&list.len()) && !repeats
}

impl ApprovalRule {
    fn is_sound(&self) -> bool {
        let can = |operation: &Operation| operation.can_need_approval();
        let most = self.approvers.len();
        let least = self.at_least.unwrap_or(1);
        self.operations.iter().all(can)
            && are_people(&self.approvers)
            && (1..=most as u64).contains(&least)
    }

    /// Whether an operation needs one. A destruction that is scheduled is one that comes a second later, where it is forced.
    fn names(&self, operation: Operation) -> bool {
        let named = |operation| self.operations.contains(&operation);
        named(operation) || operation == Operation::ScheduleDestroy && named(Operation::Destroy)
    }

    /// Whether an operation needs none, or enough of them have approved it.
    fn is_met(&self, request: &PolicyRequest<'_>) -> bool {
        let may = |approver: &&Thumbprint| request.approved.contains(approver);
        !self.names(request.operation)
            || self.approvers.iter().filter(may).count() as u64 >= self.at_least.unwrap_or(1)
    }
}

impl ContextRule {
    /// The value that stands for any.
    const ANY: &str = "*";

    fn is_sound(&self) -> bool {
        let own = |name: &str| !name.starts_with("strongroom:");
        let required = self.required.as_ref();
        let mut members = required.into_iter().flat_map(Object::members);
        let mut only = self.only.iter().flatten();
        let count = required.map_or(0, Object::len) + self.only.as_ref().map_or(0, Vec::len);
        count <= Context::MAX_MEMBERS
            && members.all(|(name, value)| own(name) && value.as_str().is_some())
            && only.all(|name| own(name))
    }

    /// Whether a context has what is required, and nothing else where only some names may be there. What makes it a
    /// sidecar's is no name of the caller's. Without one that is known, nothing is admitted.
    fn admits(&self, context: Option<&Context>) -> bool {
        let Some(Ok(members)) = context.map(Context::members) else {
            return false;
        };
        let required = self.required.as_ref();
        let mut all = required.into_iter().flat_map(Object::members);
        let has = all.all(|(name, wanted)| {
            let value = members.get(name);
            value.is_some() && (wanted.as_str() == Some(Self::ANY) || value == Some(wanted))
        });
        has && self.only.as_ref().is_none_or(|only| {
            let named = |name: &str| required.is_some_and(|required| required.get(name).is_some());
            let mut names = members.members().map(|(name, _)| name);
            names.all(|name| {
                let listed = only.iter().any(|listed| listed == name);
                listed || named(name) || name.starts_with("strongroom:")
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::json::strict::is_strict, records::FactorKind};

    const FULL: &str = r#"{"operations":["encrypt","decrypt","setPolicy"],"context":{"required":{"tenant":"42","path":"*"},"only":["author"]},"notBefore":1000,"notAfter":2000,"requireReason":["destroy"],"minimumVersion":2,"maximumUses":9,"reviewEvery":"P1Y","freshFactor":{"within":"PT5M","operations":["export"]},"secondFactor":{"within":"PT1M","operations":["destroy"]},"receivers":["ccccccccccccccccccccccccccccccccccccccccccA"]}"#;

    fn policy(text: &str) -> Policy {
        parsed(text).unwrap_or_else(|error| unreachable!("{error}: {text}"))
    }

    fn parsed(text: &str) -> Result<Policy> {
        Policy::parse(Object::parse(
            text.as_bytes(),
            InputError::Malformed("a test"),
        )?)
    }

    fn asked(operation: Operation) -> PolicyRequest<'static> {
        PolicyRequest {
            operation,
            purpose: None,
            context: None,
            reason: None,
            version: None,
            uses: None,
            proven: &[],
            approved: &[],
        }
    }

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<Policy>(FULL, &["required"]);
    }

    #[test]
    fn names_of_operations_are_those_that_are_stored() {
        for operation in Operation::OF_KEYS {
            let text = format!(r#"{{"operations":["{}"]}}"#, operation.as_str());
            assert_eq!(policy(&text).operations, Some(vec![operation]));
            assert_eq!(Operation::parse(operation.as_str()), Ok(operation));
        }
        assert!(Operation::parse("teleport").is_err());
    }

    #[test]
    fn what_is_unknown_or_out_of_bounds_is_refused() {
        let long = format!(r#"{{"context":{{"only":["{}"]}}}}"#, "x".repeat(5000));
        let many: Vec<_> = (0..65).map(|at| format!(r#""{at}""#)).collect();
        let many = format!(r#"{{"context":{{"only":[{}]}}}}"#, many.join(","));
        for text in [
            r#"{"maximumUses":0}"#,
            r#"{"maximumUses":4503599627370497}"#,
            r#"{"freshFactor":"PT5M"}"#,
            r#"{"secondFactor":["export"]}"#,
            r#"{"freshFactor":{"within":"PT5M"}}"#,
            r#"{"freshFactor":{"operations":["export"]}}"#,
            r#"{"freshFactor":{"within":"PT5M","operations":[]}}"#,
            r#"{"freshFactor":{"within":"PT5M","operations":["export","export"]}}"#,
            r#"{"freshFactor":{"within":"PT0S","operations":["export"]}}"#,
            r#"{"freshFactor":{"within":"P101Y","operations":["export"]}}"#,
            r#"{"freshFactor":{"within":300,"operations":["export"]}}"#,
            r#"{"secondFactor":{"within":"PT5M","operations":["teleport"]}}"#,
            r#"{"secondFactor":{"within":"PT5M","operations":["export"],"kinds":["passkey"]}}"#,
            r#"{"operations":["teleport"]}"#,
            r#"{"operations":[]}"#,
            r#"{"operations":["sign","sign"]}"#,
            r#"{"requireReason":[]}"#,
            r#"{"notBefore":2,"notAfter":1}"#,
            r#"{"receivers":[]}"#,
            r#"{"receivers":["a"]}"#,
            r#"{"receivers":["ccccccccccccccccccccccccccccccccccccccccccA","ccccccccccccccccccccccccccccccccccccccccccA"]}"#,
            r#"{"minimumVersion":0}"#,
            r#"{"minimumVersion":1001}"#,
            r#"{"reviewEvery":"PT0S"}"#,
            r#"{"context":{"required":{"a":1}}}"#,
            r#"{"context":{"required":{"strongroom:parent":"x"}}}"#,
            r#"{"context":{"tenant":"42"}}"#,
            &long,
            &many,
        ] {
            let refused = parsed(text);
            assert!(matches!(refused, Err(Error::Argument(_))), "{text}");
        }
    }

    #[test]
    fn a_policy_without_rules_allows_everything() {
        for operation in Operation::OF_KEYS {
            let decided = decide(&Policy::default(), &asked(operation), at(0));
            assert_eq!(decided, Ok(()));
        }
    }

    #[test]
    fn a_key_that_some_may_receive_is_not_exported_to_whoever_asks() {
        let policy = policy(r#"{"receivers":["ccccccccccccccccccccccccccccccccccccccccccA"]}"#);
        for operation in Operation::OF_KEYS {
            let decided = decide(&policy, &asked(operation), at(0));
            let refused = (operation == Operation::Export).then_some(PolicyRule::Receivers);
            assert_eq!(decided.err(), refused, "{operation:?}");
        }
        assert!(matches!(policy.check_vault(), Err(Error::Argument(_))));
    }

    #[test]
    fn the_bounds_of_time_belong_to_it_and_bind_uses_alone() {
        let policy = policy(r#"{"notBefore":1000,"notAfter":2000}"#);
        for operation in Operation::OF_KEYS {
            let decided = |millis| decide(&policy, &asked(operation), at(millis));
            let refused = |rule| {
                if operation.is_use() {
                    Err(rule)
                } else {
                    Ok(())
                }
            };
            assert_eq!(decided(999), refused(PolicyRule::NotBefore));
            assert_eq!(decided(1000), Ok(()));
            assert_eq!(decided(2000), Ok(()));
            assert_eq!(decided(2001), refused(PolicyRule::NotAfter));
        }
    }

    #[test]
    fn a_context_has_what_is_required_and_no_other_names() {
        let policy =
            policy(r#"{"context":{"required":{"tenant":"42","path":"*"},"only":["author"]}}"#);
        let decided = |members: &[(&str, &str)]| {
            let members = members
                .iter()
                .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
            let context = Context::new(members).expect("a small context");
            let request = PolicyRequest {
                context: Some(&context),
                ..asked(Operation::Encrypt)
            };
            decide(&policy, &request, at(0))
        };
        let refused = Err(PolicyRule::Context);
        assert_eq!(decided(&[("tenant", "42"), ("path", "a")]), Ok(()));
        assert_eq!(decided(&[("tenant", "42"), ("path", "")]), Ok(()));
        let author = ("author", "x");
        assert_eq!(decided(&[("tenant", "42"), ("path", "a"), author]), Ok(()));
        assert_eq!(decided(&[("tenant", "43"), ("path", "a")]), refused);
        assert_eq!(decided(&[("tenant", "*"), ("path", "a")]), refused);
        assert_eq!(decided(&[("tenant", "42")]), refused);
        let other = ("other", "x");
        assert_eq!(decided(&[("tenant", "42"), ("path", "a"), other]), refused);
        assert_eq!(decided(&[]), refused);
        // An export has no context, whatever is given.
        assert_eq!(decide(&policy, &asked(Operation::Export), at(0)), refused);
        assert_eq!(decide(&policy, &asked(Operation::Rewrap), at(0)), Ok(()));
    }

    #[test]
    fn factors_count_while_they_are_fresh_and_each_kind_once() {
        use FactorKind::{Passkey, Passphrase};
        let policy = policy(
            r#"{"freshFactor":{"within":"PT5M","operations":["export"]},"secondFactor":{"within":"PT1M","operations":["export"]}}"#,
        );
        let decided = |proven: &[(FactorKind, u64)]| {
            let proven = proven.iter().map(|&(kind, ago)| Proven { kind, ago });
            let request = PolicyRequest {
                proven: &proven.collect::<Vec<_>>(),
                ..asked(Operation::Export)
            };
            decide(&policy, &request, at(0))
        };
        let (fresh, second) = (PolicyRule::FreshFactor, PolicyRule::SecondFactor);
        assert_eq!(decided(&[]), Err(fresh));
        assert_eq!(
            decided(&[(Passphrase, 300_001), (Passkey, 400_000)]),
            Err(fresh)
        );
        assert_eq!(decided(&[(Passphrase, 300_000)]), Err(second));
        assert_eq!(decided(&[(Passphrase, 0), (Passphrase, 1)]), Err(second));
        assert_eq!(decided(&[(Passphrase, 0), (Passkey, 60_001)]), Err(second));
        assert_eq!(decided(&[(Passphrase, 0), (Passkey, 60_000)]), Ok(()));
        assert_eq!(decide(&policy, &asked(Operation::Destroy), at(0)), Ok(()));
    }

    #[test]
    fn a_reason_of_blanks_is_none() {
        let policy = policy(r#"{"requireReason":["destroy"]}"#);
        let decided = |operation, reason| {
            let request = PolicyRequest {
                reason,
                ..asked(operation)
            };
            decide(&policy, &request, at(0))
        };
        let refused = Err(PolicyRule::RequireReason);
        assert_eq!(decided(Operation::Destroy, None), refused);
        assert_eq!(decided(Operation::Destroy, Some(" \n")), refused);
        assert_eq!(decided(Operation::Destroy, Some("sold")), Ok(()));
        assert_eq!(decided(Operation::Encrypt, None), Ok(()));
    }

    #[test]
    fn a_key_is_used_as_often_as_it_says_and_changed_as_often_as_one_likes() {
        let policy = policy(r#"{"maximumUses":2}"#);
        for operation in Operation::OF_KEYS {
            let decided = |uses| {
                let request = PolicyRequest {
                    uses,
                    ..asked(operation)
                };
                decide(&policy, &request, at(0))
            };
            let third = if operation.is_use() && operation != Operation::Rewrap {
                Err(PolicyRule::MaximumUses)
            } else {
                Ok(())
            };
            assert_eq!((decided(Some(2)), decided(Some(3))), (Ok(()), third));
            assert_eq!(decided(None), Ok(()));
        }
    }

    #[test]
    fn what_an_earlier_version_protects_stays_closed() {
        let policy = policy(r#"{"minimumVersion":2}"#);
        let decided = |version| {
            let request = PolicyRequest {
                version: Some(version),
                ..asked(Operation::Decrypt)
            };
            decide(&policy, &request, at(0))
        };
        assert_eq!(decided(1), Err(PolicyRule::MinimumVersion));
        assert_eq!(decided(2), Ok(()));
    }
}
