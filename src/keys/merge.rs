//! Two copies of a key, put together.
//!
//! Whoever merges first, and however often, the outcome is the same: of two versions the one whose state was changed more
//! often counts, at equal counters the one that is further in its life; what was destroyed or compromised anywhere stays
//! so. Nothing is told by a clock, and nothing is taken away because a copy does not have it.

use core::cmp::Reverse;

use serde::Serialize;

use crate::base::{Error, Object, Result, VersionId, VersionState, sort_by};

use super::{Alias, KeyRecord, Labels, Period, Policies, Provenance, Transition, VersionRecord};

/// The operation's name, as the versions' histories keep it.
pub(crate) const NAME: &str = "merge";

/// A key's record, and how often it was written.
pub(crate) struct KeyCopy<'a> {
    pub(crate) key: &'a KeyRecord,
    pub(crate) revision: u64,
}

impl KeyCopy<'_> {
    /// What decides which copy's alias, labels and period count. Earlier releases did not count their changes.
    fn description(&self) -> (u64, u64, String) {
        let key = self.key;
        let revision = if key.described == 0 { self.revision } else { 0 };
        let said = Description {
            alias: &key.alias,
            labels: &key.labels,
            rotate_every: &key.rotate_every,
        };
        (key.described, revision, Object::encode(&said).text())
    }
}

/// What people say of a key.
#[derive(Serialize)]
struct Description<'a> {
    alias: &'a Alias,
    labels: &'a Labels,
    rotate_every: &'a Option<Period>,
}

impl VersionRecord {
    /// What decides between two copies: more changes, or else further in its life, or else the earlier end.
    fn standing(&self) -> impl Ord {
        (
            self.state == VersionState::Destroyed,
            self.counter(),
            self.state as usize,
            Reverse(self.destroy_at),
            self.forced,
        )
    }

    /// Both copies of one version.
    pub(crate) fn merged(&self, other: &Self) -> Self {
        use VersionState::{Compromised, DestroyScheduled, Destroyed};
        let later = if self.standing() >= other.standing() {
            self
        } else {
            other
        };
        let mut merged = later.clone();
        merged.history = united(&self.history, &other.history);
        // Each copy is proven itself: one of them knows who wrote it.
        merged.unproven = self.unproven && other.unproven;
        merged.since = self.since.min(other.since);
        if merged.compromised_at().is_some() && !matches!(later.state, DestroyScheduled | Destroyed)
        {
            merged.state = Compromised;
        }
        merged.set_counter(self.counter().max(other.counter()));
        merged
    }

    /// Says how often its state was changed, where the history does not.
    fn set_counter(&mut self, counter: u64) {
        let told = self.history.len() as u64;
        self.counter = (counter != told).then_some(counter);
    }

    /// Gives way to a later primary, which its own copy did not know of.
    fn give_way(&mut self) {
        let (counter, last) = (self.counter(), self.history.last());
        self.history.push(Transition {
            state: VersionState::Deactivated,
            at: last.map_or(self.created, |step| step.at),
            by: NAME.to_owned(),
            reason: None,
        });
        self.state = VersionState::Deactivated;
        self.set_counter(counter);
    }

    /// A version out of a backup that proves nothing of who wrote it: it opens, and no more. What its record says of its
    /// life is not believed, but that it is destroyed or compromised.
    fn adopted(&self, cause: Provenance) -> Self {
        use VersionState::{Compromised, Deactivated, Destroyed};
        let compromised = self.compromised_at().is_some();
        let mut adopted = Self {
            number: self.number.min(KeyRecord::MAX_VERSIONS as u64),
            since: cause.head,
            history: Vec::new(),
            counter: None,
            unproven: true,
            destroy_at: None,
            forced: false,
            ..self.clone()
        };
        if compromised {
            adopted.enter(Compromised, cause);
        }
        match self.state {
            Destroyed => adopted.enter(Destroyed, cause),
            _ if compromised => {}
            _ => adopted.enter(Deactivated, cause),
        }
        adopted
    }
}

impl KeyRecord {
    /// The most versions of a key that has some which prove nothing: they must not keep it from being rotated.
    const MAX_UNPROVEN: usize = Self::MAX_VERSIONS / 2;

    /// Whether two records can be of one key.
    pub(crate) fn is_of(&self, other: &Self) -> bool {
        self.id == other.id && self.purpose == other.purpose && self.created == other.created
    }

    /// Both copies of one key, each proven.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for more versions, or policies, than a key can have.
    pub(crate) fn merged(ours: &KeyCopy<'_>, theirs: &KeyCopy<'_>) -> Result<Self> {
        let (said, other) = if ours.description() >= theirs.description() {
            (ours.key, theirs.key)
        } else {
            (theirs.key, ours.key)
        };
        let mut versions: Vec<VersionRecord> = Vec::new();
        for version in &said.versions {
            versions.push(match other.version(&version.id) {
                Ok(copy) => version.merged(copy),
                Err(_) => version.clone(),
            });
        }
        for version in &other.versions {
            if said.version(&version.id).is_err() {
                versions.push(version.clone());
            }
        }
        let policies = Policies::merged(ours.key.policy.as_ref(), theirs.key.policy.as_ref());
        let mut merged = Self {
            policy: policies?,
            primary: later_primary(said, other),
            versions,
            promoted: None,
            ..said.clone()
        };
        merged.order()?;
        for version in &mut merged.versions {
            if version.state == VersionState::Active && version.id != merged.primary {
                version.give_way();
            }
        }
        let promoted = said.promotions().max(other.promotions());
        merged.promoted = (promoted != merged.promotions()).then_some(promoted);
        Ok(merged)
    }

    /// With the versions of a copy that proves nothing, which are missing here; nothing if there are none. A primary
    /// version, alias and period stay as they are.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for more versions than a key can have.
    pub(crate) fn with_missing(&self, copy: &Self, cause: Provenance) -> Result<Option<Self>> {
        let mut with = self.clone();
        for version in &copy.versions {
            if self.version(&version.id).is_err() {
                with.versions.push(version.adopted(cause));
            }
        }
        if with.versions.len() == self.versions.len() {
            return Ok(None);
        }
        with.order()?;
        if with.versions.len() > Self::MAX_UNPROVEN {
            return Err(Error::TooLarge("key (500 versions with unproven ones)"));
        }
        Ok(Some(with))
    }

    /// A key out of a backup that proves nothing: all its versions open, at most, and it is rotated on request alone. An alias
    /// that no key gets any more is not taken over.
    pub(crate) fn adopted(&self, cause: Provenance) -> Self {
        let versions = self.versions.iter();
        let alias = match self.alias.check_new() {
            Ok(()) => self.alias.clone(),
            Err(_) => Alias::of_id(&self.id),
        };
        let mut adopted = Self {
            alias,
            versions: versions.map(|version| version.adopted(cause)).collect(),
            rotate_every: None,
            promoted: None,
            described: 0,
            policy: None,
            ..self.clone()
        };
        sort(&mut adopted.versions);
        adopted
    }

    fn order(&mut self) -> Result<()> {
        sort(&mut self.versions);
        if self.versions.len() <= Self::MAX_VERSIONS {
            Ok(())
        } else {
            Err(Error::TooLarge("key (1,000 versions)"))
        }
    }
}

/// The primary version of the copy in which one was promoted more often, or else the newer one.
fn later_primary(a: &KeyRecord, b: &KeyRecord) -> VersionId {
    let place = |key: &KeyRecord| {
        let primary = key.primary_version();
        let (number, created) = (primary.number, primary.created);
        (key.promotions(), number, created, primary.id.clone())
    };
    let (a, b) = (place(a), place(b));
    a.max(b).3
}

/// Oldest first, as every copy tells it.
fn sort(versions: &mut [VersionRecord]) {
    let place = |version: &VersionRecord| (version.number, version.created, version.id.clone());
    sort_by(versions, |a, b| place(a).cmp(&place(b)));
}

/// The steps of both histories, each once, by their times.
fn united(a: &[Transition], b: &[Transition]) -> Vec<Transition> {
    if b.starts_with(a) {
        return b.to_vec();
    }
    if a.starts_with(b) {
        return a.to_vec();
    }
    let mut steps = [a, b].concat();
    let place = |step: &Transition| {
        (
            step.at,
            step.state as usize,
            step.by.clone(),
            step.reason.clone(),
        )
    };
    sort_by(&mut steps, |a, b| place(a).cmp(&place(b)));
    steps.dedup();
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{SystemEntropy, Timestamp},
        keys::KeyOptions,
    };

    const CAUSE: Provenance<'_> = Provenance {
        at: Timestamp::from_millis(1_790_000_000_000),
        head: 9,
        by: NAME,
        reason: None,
    };

    fn made() -> Box<KeyRecord> {
        let options = KeyOptions::named("photos".parse().expect("an alias"));
        let made = KeyRecord::generate(&options, None, CAUSE, &SystemEntropy);
        made.expect("entropy").0
    }

    fn rotate(key: &mut KeyRecord) {
        key.rotate(false, CAUSE, &SystemEntropy).expect("a version");
    }

    #[test]
    fn counters_and_numbers_of_an_unproven_copy_are_not_believed() {
        let (ours, mut theirs) = (made(), made());
        (theirs.id, theirs.created) = (ours.id.clone(), ours.created);
        let hostile = &mut theirs.versions[0];
        hostile.counter = Some(u64::MAX);
        (hostile.number, hostile.since) = (u64::MAX, 0);
        theirs.described = u64::MAX;
        theirs.promoted = Some(u64::MAX);
        let with = ours
            .with_missing(&theirs, CAUSE)
            .expect("room")
            .expect("one more");
        let added = with.version(&theirs.primary).expect("it was added");
        assert_eq!((added.counter(), added.since), (1, 9));
        assert!(added.number <= KeyRecord::MAX_VERSIONS as u64);
        assert_eq!(
            (with.primary.clone(), with.promotions()),
            (ours.primary.clone(), 1)
        );
        let mut with = with;
        rotate(&mut with);
        assert_eq!(with.promotions(), 2);
        assert_eq!(theirs.adopted(CAUSE).promotions(), 0);
    }

    #[test]
    fn a_copy_that_proves_nothing_cannot_fill_a_key_up() {
        let (ours, mut theirs) = (made(), made());
        (theirs.id, theirs.created) = (ours.id.clone(), ours.created);
        while theirs.versions.len() < 600 {
            rotate(&mut theirs);
        }
        let refused = ours.with_missing(&theirs, CAUSE).err();
        assert!(matches!(refused, Some(Error::TooLarge(_))), "{refused:?}");
    }

    #[test]
    fn an_unproven_version_that_was_compromised_or_destroyed_stays_so() {
        let mut theirs = made();
        rotate(&mut theirs);
        let first = theirs.versions[0].id.clone();
        let compromised = theirs.version_mut(&first).expect("it is there");
        compromised.compromise(CAUSE).expect("it can be");
        let adopted = theirs.adopted(CAUSE);
        assert!(adopted.versions.iter().all(|version| version.unproven));
        assert_eq!(adopted.versions[0].state, VersionState::Compromised);
        assert_eq!(adopted.versions[1].state, VersionState::Deactivated);
        assert!(adopted.versions[0].compromised_at().is_some());
        assert!(adopted.versions[1].compromised_at().is_none());
        let version = theirs.version_mut(&first).expect("it is there");
        version.destroy(CAUSE).expect("it can be");
        assert_eq!(
            theirs.adopted(CAUSE).versions[0].state,
            VersionState::Destroyed
        );
    }

    #[test]
    fn a_version_that_one_copy_knows_the_writer_of_is_proven() {
        let mut ours = made();
        let mut theirs = ours.clone();
        ours.versions[0].unproven = true;
        let merged = |ours: &KeyRecord, theirs: &KeyRecord| {
            let ours = KeyCopy {
                key: ours,
                revision: 1,
            };
            let theirs = KeyCopy {
                key: theirs,
                revision: 1,
            };
            KeyRecord::merged(&ours, &theirs).expect("room")
        };
        assert!(!merged(&ours, &theirs).versions[0].unproven);
        theirs.versions[0].unproven = true;
        assert!(merged(&theirs, &ours).versions[0].unproven);
    }

    #[test]
    fn at_equal_counters_the_state_further_in_a_life_counts_and_otherwise_the_later_one() {
        use VersionState::{
            Active, Compromised, Deactivated, DestroyScheduled, Destroyed, Suspended,
        };
        let version = made().versions[0].clone();
        let lived = |steps: &[VersionState]| {
            let mut version = version.clone();
            for step in steps {
                match step {
                    DestroyScheduled => version.schedule(CAUSE.at, false, CAUSE),
                    Destroyed => version.destroy(CAUSE),
                    Compromised => version.compromise(CAUSE),
                    step => version.go(*step, CAUSE),
                }
                .expect("a step of a life");
            }
            version
        };
        for (a, b, expected) in [
            (&[Suspended][..], &[Deactivated][..], Deactivated),
            (&[Suspended, Active], &[Suspended], Active),
            (
                &[Suspended, Active, Suspended, Active],
                &[Compromised],
                Compromised,
            ),
            (&[Suspended, Active, Suspended], &[Deactivated], Suspended),
            (&[Suspended, Active, Suspended], &[Destroyed], Destroyed),
            (
                &[Deactivated, DestroyScheduled],
                &[Compromised],
                DestroyScheduled,
            ),
        ] {
            let (a, b) = (lived(a), lived(b));
            assert_eq!(
                (a.merged(&b).state, b.merged(&a).state),
                (expected, expected)
            );
            assert_eq!(a.merged(&b).compromised_at(), b.merged(&a).compromised_at());
            assert_eq!(a.merged(&b).counter(), a.counter().max(b.counter()));
        }
    }
}
