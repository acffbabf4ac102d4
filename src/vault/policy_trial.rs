//! What a policy would have refused: a dry run of a draft over the audit log. Each operation that was done is put to the
//! function that each use is put to, as it was then.

use crate::{
    audit::Entry,
    base::{Error, LogId, PolicyRule, Result, Thumbprint, Timestamp},
    factors::Proven,
    keys::{KeyRecord, Operation, Policy, PolicyRequest, Purpose, decide},
    object::body::Buffers,
    records::FactorKind,
    store::Store,
};

use super::{
    Unlocked, Vault,
    audit::{EntryQuery, LoggedEntry},
    gate::Request,
};

/// What a draft of a policy would have refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyTrial {
    /// The log that was read.
    pub log: LogId,
    /// What was done before that was not looked at.
    pub from: Timestamp,
    /// How many entries tell of something that was done with the key since.
    pub entries: u64,
    /// What would have been refused, by the rule that refuses it.
    pub refused: Vec<TrialRefusal>,
    /// How many of the entries depend on what the log does not have: an encryption context, or the version that a header that
    /// stays under the key was under.
    pub undecided: u64,
}

/// What one rule would have refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialRefusal {
    /// The rule.
    pub rule: PolicyRule,
    /// How many entries.
    pub count: u64,
    /// The latest of them, a hundred at the most, the latest first.
    pub entries: Vec<TriedEntry>,
}

/// An operation that was done, and would have been refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedEntry {
    /// The entry's number in the log.
    pub sequence: u64,
    /// When it began.
    pub at: Timestamp,
    /// What it was.
    pub operation: Operation,
}

/// Entries of each rule that are named.
const NAMED: usize = 100;
/// Entries that are read at once.
const PAGE: u32 = 1000;

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// What a policy would have refused of what was done with a key since a time, by the log that is written. Nothing is
    /// changed. What was refused then, or failed, is not looked at. Where the policy has a context rule, the uses that it is
    /// about and that no other rule refuses are undecided, and where it has one on versions, so are rewraps within the key.
    ///
    /// # Errors
    /// [`Error::NoKey`]; [`Error::Argument`] for a rule that no operation of such a key can meet, and for a vault without a
    /// log; [`Error::Integrity`] where entries are missing among those that are looked at.
    pub async fn try_policy(
        &self,
        key: &str,
        policy: &Policy,
        from: Timestamp,
    ) -> Result<PolicyTrial> {
        let request = Request::of("can").on_latest();
        let (key, total) = self
            .read(request, async |tx| {
                let key = tx.key(key).await?;
                let info = tx.describe(key.clone()).await?;
                Ok((key, info.usage.total()))
            })
            .await?;
        policy.check_purpose(key.purpose)?;
        let factors = self.factors().await?.into_iter();
        let kinds = factors.filter_map(|factor| {
            let kind = FactorKind::parse(&factor.kind).filter(|kind| kind.proves_person())?;
            Some((factor.id.as_str().to_owned(), kind))
        });
        let kinds: Vec<_> = kinds.collect();
        let state = self.audit_state().await?;
        let log = state.ok_or(Error::Argument(
            "tryPolicy (the vault has no audit log yet)",
        ))?;
        // What was presented shortly before counts for what was done then.
        let earliest = from.millis().saturating_sub(policy.longest_within());
        let mut query = EntryQuery {
            from: Some(Timestamp::from_millis(earliest)),
            error: Some(String::new()),
            limit: Some(PAGE),
            log: Some(log.log.clone()),
            ..EntryQuery::default()
        };
        let mut events = Vec::new();
        loop {
            let page = self.query_audit(&query).await?;
            events.extend(
                page.entries
                    .iter()
                    .filter_map(|one| event(one, &key, &kinds)),
            );
            query.before = page.next;
            if query.before.is_none() {
                break;
            }
        }
        events.reverse();
        let trial = Trial {
            policy,
            purpose: key.purpose,
            closed: policy.without_context(),
            presented: Vec::new(),
            uses: total,
        };
        Ok(trial.of(&events, log.log, from))
    }
}

/// What an entry tells that a policy depends on.
#[derive(Debug, Clone)]
struct TrialEvent {
    sequence: u64,
    at: Timestamp,
    what: Happened,
}

#[derive(Debug, Clone)]
enum Happened {
    /// Something was done with the key.
    Done {
        operation: Operation,
        /// What a rewrap to another key is to this one besides.
        beside: Option<Operation>,
        version: Option<u64>,
        uses: u64,
        reason: Option<String>,
        approvers: Vec<Thumbprint>,
    },
    /// A person presented a factor.
    Presented(FactorKind),
    /// The keys left the memory of a tab, and with them what was presented there.
    Forgotten,
}

/// Nothing for an entry that the decision does not depend on.
fn event(
    LoggedEntry { sequence, entry }: &LoggedEntry,
    key: &KeyRecord,
    kinds: &[(String, FactorKind)],
) -> Option<TrialEvent> {
    let what = match entry.operation.as_str() {
        "unlock" | "authenticate" => {
            let factor = entry.factor.as_deref()?;
            Happened::Presented(kinds.iter().find(|(id, _)| id == factor)?.1)
        }
        // An unlock by a gate's kept answer proves nobody.
        "lock" | "reload" | "useGrace" => Happened::Forgotten,
        _ => done(entry, key)?,
    };
    Some(TrialEvent {
        sequence: *sequence,
        at: entry.at,
        what,
    })
}

/// What was done with the key, if anything. Of several versions the earliest counts, which a policy refuses first.
fn done(entry: &Entry, key: &KeyRecord) -> Option<Happened> {
    let operation = match entry.operation.as_str() {
        "exportKey" => Operation::Export,
        "resumeUpload" => Operation::Encrypt,
        name => Operation::parse(name)
            .ok()
            .filter(|operation| !operation.is_of_vault())?,
    };
    let named = || entry.keys.iter().filter(|named| named.key == key.id);
    named().next()?;
    let versions = named().filter_map(|named| {
        let version = key.version(named.version.as_ref()?).ok()?;
        Some(version.number)
    });
    let uses = named().filter_map(|named| named.uses).sum();
    // The key that the header was under is named first.
    let leaves = entry.keys.first().is_some_and(|first| first.key == key.id);
    let is_other = operation == Operation::Rewrap && uses > 0;
    let beside = if leaves {
        Operation::Decrypt
    } else {
        Operation::Encrypt
    };
    Some(Happened::Done {
        operation,
        beside: is_other.then_some(beside),
        version: versions.min(),
        uses,
        reason: entry.reason.clone(),
        approvers: entry.approvers.clone(),
    })
}

/// A draft, and what it depends on as the log goes on.
struct Trial<'a> {
    policy: &'a Policy,
    purpose: Purpose,
    /// The draft without its context rule, if it has one.
    closed: Option<Policy>,
    /// When a factor of each kind was presented last.
    presented: Vec<(FactorKind, Timestamp)>,
    /// How often the key was used, with all that is told.
    uses: u64,
}

impl Trial<'_> {
    /// The events, the earliest first.
    fn of(mut self, events: &[TrialEvent], log: LogId, from: Timestamp) -> PolicyTrial {
        let later = events.iter().filter_map(counted).sum();
        self.uses = self.uses.saturating_sub(later);
        let mut trial = PolicyTrial {
            log,
            from,
            entries: 0,
            refused: Vec::new(),
            undecided: 0,
        };
        for event in events {
            self.uses = self.uses.saturating_add(counted(event).unwrap_or_default());
            match &event.what {
                Happened::Presented(kind) => {
                    self.presented.retain(|(of, _)| of != kind);
                    self.presented.push((*kind, event.at));
                }
                Happened::Forgotten => self.presented.clear(),
                Happened::Done { .. } if event.at < from => {}
                Happened::Done { operation, .. } => {
                    trial.entries += 1;
                    match self.decide(event) {
                        Err(rule) => trial.refuse(rule, event, *operation),
                        Ok(()) => trial.undecided += u64::from(self.is_open(event)),
                    }
                }
            }
        }
        for refusal in &mut trial.refused {
            refusal.entries.reverse();
            refusal.entries.truncate(NAMED);
        }
        trial
    }

    /// Whether a rule depends on what the log does not tell of it.
    fn is_open(&self, event: &TrialEvent) -> bool {
        let Happened::Done {
            operation, version, ..
        } = &event.what
        else {
            return false;
        };
        let moves = *operation == Operation::Rewrap && version.is_none();
        (operation.has_context() && self.closed.is_some())
            || (moves && self.policy.has_minimum_version())
    }

    /// By the function that decides of each use; without the context, where the log does not have it.
    fn decide(&self, event: &TrialEvent) -> core::result::Result<(), PolicyRule> {
        let Happened::Done {
            operation,
            beside,
            version,
            reason,
            approvers,
            ..
        } = &event.what
        else {
            return Ok(());
        };
        let presented = self.presented.iter();
        let proven: Vec<_> = presented
            .map(|(kind, at)| Proven {
                kind: *kind,
                ago: event.at.millis().saturating_sub(at.millis()),
            })
            .collect();
        let request = PolicyRequest {
            operation: *operation,
            purpose: Some(self.purpose),
            context: None,
            reason: reason.as_deref(),
            version: *version,
            uses: Some(self.uses),
            proven: &proven,
            approved: approvers,
        };
        let closed = self.closed.as_ref().filter(|_| operation.has_context());
        decide(closed.unwrap_or(self.policy), &request, event.at)?;
        // It is opened and protected in a context that is not known when it is done either.
        beside.map_or(Ok(()), |operation| {
            let request = PolicyRequest {
                operation,
                ..request
            };
            decide(self.policy, &request, event.at)
        })
    }
}

impl PolicyTrial {
    fn refuse(&mut self, rule: PolicyRule, event: &TrialEvent, operation: Operation) {
        let entry = TriedEntry {
            sequence: event.sequence,
            at: event.at,
            operation,
        };
        match self.refused.iter_mut().find(|refusal| refusal.rule == rule) {
            Some(refusal) => {
                refusal.count += 1;
                refusal.entries.push(entry);
            }
            None => self.refused.push(TrialRefusal {
                rule,
                count: 1,
                entries: vec![entry],
            }),
        }
    }
}

/// How many uses an entry counts for.
fn counted(event: &TrialEvent) -> Option<u64> {
    match &event.what {
        Happened::Done { uses, .. } => Some(*uses),
        _ => None,
    }
}
