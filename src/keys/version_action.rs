//! What can be done with one version of a key, in each state.

use serde::Serialize;

use crate::base::VersionState::{
    self, Active, Compromised, Deactivated, DestroyScheduled, Destroyed, PreActive, Suspended,
};

/// An operation on one version, or a use of it, by the name that callers have for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum VersionAction {
    /// Makes it the primary version.
    Activate,
    /// Stops all use for now.
    Suspend,
    /// Ends the suspension.
    Resume,
    /// Stops it from protecting.
    Revoke,
    /// Revokes it as known to others.
    Compromise,
    /// Destroys it after a time.
    ScheduleDestroy,
    /// Cancels that.
    CancelDestroy,
    /// Destroys it now.
    Destroy,
    /// Encrypts, wraps and signs what is new.
    Protect,
    /// Decrypts, unwraps and verifies what it protected.
    Open,
    /// Gives its secret out.
    Export,
}

impl VersionAction {
    /// Every action: what changes the state, in the order of a life, and the uses.
    pub const ALL: [Self; 11] = [
        Self::Activate,
        Self::Suspend,
        Self::Resume,
        Self::Revoke,
        Self::Compromise,
        Self::ScheduleDestroy,
        Self::CancelDestroy,
        Self::Destroy,
        Self::Protect,
        Self::Open,
        Self::Export,
    ];

    /// Whether it is a use of the version, and leaves its state as it is.
    #[must_use]
    pub fn is_use(self) -> bool {
        matches!(self, Self::Protect | Self::Open | Self::Export)
    }

    /// Whether a version in that state permits it.
    #[must_use]
    pub fn is_allowed(self, state: VersionState) -> bool {
        let leads_to = |next| state.next().contains(&next);
        match self {
            Self::Activate => state == PreActive,
            Self::Suspend => leads_to(Suspended),
            Self::Resume => state == Suspended,
            // A destruction that is scheduled is cancelled by its name alone.
            Self::Revoke => leads_to(Deactivated) && state != DestroyScheduled,
            Self::Compromise => leads_to(Compromised),
            // On the way to destruction, what is in use is deactivated first.
            Self::ScheduleDestroy => leads_to(DestroyScheduled) || is_in_use(state),
            Self::CancelDestroy => state == DestroyScheduled,
            Self::Destroy => leads_to(Destroyed) || is_in_use(state),
            Self::Protect => state.protects(),
            Self::Open => state.opens(),
            Self::Export => state.opens() || state == PreActive,
        }
    }
}

/// Whether a version protects, or does so again once it is resumed.
pub(super) fn is_in_use(state: VersionState) -> bool {
    matches!(state, Active | Suspended)
}
