//! Versions of named keys: what is recorded of their lives.

use serde::{Deserialize, Serialize};

use crate::base::{Error, Object, Result, Timestamp, VersionId, VersionState};

use super::{VersionAction, version_action::is_in_use};

/// One step in a version's life, kept for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// The state it came into.
    pub state: VersionState,
    /// When, in milliseconds since 1970.
    pub at: Timestamp,
    /// The operation that caused it.
    pub by: String,
    /// Why, where somebody said so.
    pub reason: Option<String>,
}

/// When and by which operation something is changed, and why.
#[derive(Debug, Clone, Copy)]
pub struct Provenance<'a> {
    /// In milliseconds since 1970.
    pub at: Timestamp,
    /// The head's revision that accounts for it; 0 outside a vault.
    pub head: u64,
    /// The operation.
    pub by: &'static str,
    /// Chosen by whoever asked for it.
    pub reason: Option<&'a str>,
}

/// The largest number that JSON keeps.
pub(super) const MAX_COUNTER: u64 = (1 << 53) - 1;

/// One version of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionRecord {
    /// The version's id, random.
    pub id: VersionId,
    /// 1 for the first; only for people, since two devices may give the same one.
    pub number: u64,
    /// Where it is in its life.
    pub state: VersionState,
    /// When it was generated, in milliseconds since 1970.
    pub created: Timestamp,
    /// The head's revision that it came with: a backup of an earlier one does not hold it. 0 where nobody
    /// wrote it down.
    #[serde(default, skip_serializing_if = "unknown")]
    pub since: u64,
    /// How it came into its state, oldest first. The first release knew one state and kept no history.
    #[serde(default)]
    pub history: Vec<Transition>,
    /// How often its state was changed, where the history does not tell: it was put together from two copies' then.
    pub(crate) counter: Option<u64>,
    /// Whether it comes from a backup that proves nothing of who wrote it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub unproven: bool,
    /// When it will be destroyed, in milliseconds since 1970: of one that is scheduled.
    pub destroy_at: Option<Timestamp>,
    /// Whether it will be destroyed even if objects still need it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub forced: bool,
    /// The public half, of a pair.
    #[serde(rename = "publicJwk")]
    pub public: Option<Object>,
}

/// Whether a head's revision was not written down.
fn unknown(since: &u64) -> bool {
    *since == 0
}

impl VersionRecord {
    pub(crate) fn new(id: VersionId, number: u64, state: VersionState, cause: Provenance) -> Self {
        let mut version = Self {
            id,
            number,
            state,
            created: cause.at,
            since: cause.head,
            history: Vec::new(),
            counter: None,
            unproven: false,
            destroy_at: None,
            forced: false,
            public: None,
        };
        version.note(state, cause);
        version
    }

    /// Whether it has a date of destruction if it is to be destroyed, and only then.
    pub(crate) fn is_dated(&self) -> bool {
        let scheduled = self.state == VersionState::DestroyScheduled;
        self.destroy_at.is_some() == scheduled && (scheduled || !self.forced)
    }

    /// Since when somebody else may have it, in milliseconds since 1970. No later state takes it away.
    #[must_use]
    pub fn compromised_at(&self) -> Option<Timestamp> {
        let mut steps = self.history.iter();
        let step = steps.find(|step| step.state == VersionState::Compromised)?;
        Some(step.at)
    }

    /// What can be done with it now.
    #[must_use]
    pub fn allows(&self, action: VersionAction) -> bool {
        let again = action == VersionAction::Compromise && self.compromised_at().is_some();
        action.is_allowed(self.state) && !again
    }

    /// Goes into a state.
    ///
    /// # Errors
    /// [`Error::Transition`].
    pub(crate) fn go(&mut self, next: VersionState, cause: Provenance) -> Result<()> {
        self.state = self.state.to(next)?;
        self.destroy_at = None;
        self.forced = false;
        self.note(next, cause);
        Ok(())
    }

    /// How often its state was changed: of two copies, the one of more changes is the later one.
    #[must_use]
    pub fn counter(&self) -> u64 {
        self.counter.unwrap_or(self.history.len() as u64)
    }

    /// Whether what it opens proves nothing of who wrote that.
    pub(crate) fn proves_nothing(&self) -> bool {
        self.unproven || self.compromised_at().is_some()
    }

    /// Is in a state, wherever it came from.
    pub(super) fn enter(&mut self, state: VersionState, cause: Provenance) {
        self.state = state;
        self.note(state, cause);
    }

    fn note(&mut self, state: VersionState, cause: Provenance) {
        if let Some(counter) = &mut self.counter {
            *counter = counter.saturating_add(1).min(MAX_COUNTER);
        }
        self.history.push(Transition {
            state,
            at: cause.at,
            by: cause.by.to_owned(),
            reason: cause.reason.map(str::to_owned),
        });
    }

    /// Stops protecting, for good.
    ///
    /// # Errors
    /// [`Error::Transition`]; [`Error::State`] of one that is to be
    /// destroyed: a revocation must not let it open again.
    pub(crate) fn deactivate(&mut self, cause: Provenance) -> Result<()> {
        if !self.allows(VersionAction::Revoke) {
            return Err(self.state.refuses(VersionState::Deactivated));
        }
        self.go(VersionState::Deactivated, cause)
    }

    /// Is known to others from now on. One that is to be destroyed stays so: it neither opens again, nor is it spared.
    ///
    /// # Errors
    /// [`Error::Transition`].
    pub(crate) fn compromise(&mut self, cause: Provenance) -> Result<()> {
        use VersionState::{Compromised, DestroyScheduled};
        if !self.allows(VersionAction::Compromise) {
            return Err(Error::Transition(self.state, Compromised));
        }
        if self.state != DestroyScheduled {
            return self.go(Compromised, cause);
        }
        // Where it comes back to when the destruction is cancelled.
        self.note(Compromised, cause);
        self.note(DestroyScheduled, cause);
        Ok(())
    }

    /// On the way to destruction, what protects or is suspended is deactivated first.
    fn retire(&mut self, cause: Provenance) -> Result<()> {
        if is_in_use(self.state) {
            self.go(VersionState::Deactivated, cause)?;
        }
        Ok(())
    }

    /// Schedules its destruction.
    ///
    /// # Errors
    /// [`Error::Transition`].
    pub(crate) fn schedule(
        &mut self,
        at: Timestamp,
        forced: bool,
        cause: Provenance,
    ) -> Result<()> {
        self.retire(cause)?;
        self.go(VersionState::DestroyScheduled, cause)?;
        (self.destroy_at, self.forced) = (Some(at), forced);
        Ok(())
    }

    /// Goes back to the state that it was scheduled in.
    ///
    /// # Errors
    /// [`Error::Transition`].
    pub(crate) fn unschedule(&mut self, cause: Provenance) -> Result<()> {
        if self.state != VersionState::DestroyScheduled {
            return Err(self.state.refuses(self.state));
        }
        self.go(self.unscheduled(), cause)
    }

    /// Its state, or where it goes back to if it is not destroyed after all.
    fn unscheduled(&self) -> VersionState {
        if self.state != VersionState::DestroyScheduled {
            return self.state;
        }
        // Two copies of one version may have known of one of them each.
        if self.compromised_at().is_some() {
            return VersionState::Compromised;
        }
        let before = |step: &&Transition| step.state != VersionState::DestroyScheduled;
        let before = self.history.iter().rev().find(before);
        before.map_or(VersionState::Deactivated, |step| step.state)
    }

    /// Whether it may come into use for the first time.
    pub(super) fn waits(&self) -> bool {
        self.unscheduled() == VersionState::PreActive
    }

    /// Is destroyed. The material is the caller's to erase.
    ///
    /// # Errors
    /// [`Error::Transition`].
    pub(crate) fn destroy(&mut self, cause: Provenance) -> Result<()> {
        self.retire(cause)?;
        self.go(VersionState::Destroyed, cause)
    }
}
