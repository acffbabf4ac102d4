//! What time brings: rotations that are due, destructions whose time has come.

use std::rc::Rc;

use crate::base::{KeyId, Timestamp, VersionId, VersionState};

use super::{KeyListing, KeyRecord};

/// What was done because it was due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaintenanceReport {
    /// The keys that were rotated, by their ids.
    pub rotated: Vec<KeyId>,
    /// The keys of which a version was destroyed, by their ids.
    pub destroyed: Vec<KeyId>,
    /// When something is due next, in milliseconds since 1970.
    pub next: Option<Timestamp>,
}

impl MaintenanceReport {
    /// Something is due then.
    pub(crate) fn expect(&mut self, at: Timestamp) {
        self.next = sooner(self.next, Some(at));
    }
}

/// The sooner of two times that may come.
pub(crate) fn sooner(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The keys for which something is due, by their ids, and when the next is. A clock that was set back makes nothing
/// due.
pub(crate) fn due(listed: &[Rc<KeyListing>], now: Timestamp) -> (Vec<KeyId>, Option<Timestamp>) {
    let (mut due, mut next) = (Vec::new(), None);
    for listing in listed {
        match sooner(listing.due, listing.destroy_at) {
            Some(first) if first <= now => due.push(listing.id.clone()),
            first => next = sooner(next, first),
        }
    }
    (due, next)
}

impl KeyRecord {
    /// Whether it is to be rotated.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.due().is_some_and(|due| due <= now)
    }

    /// The versions whose destruction is due, by their ids, and whether objects cannot hold it back.
    pub(crate) fn doomed(&self, now: Timestamp) -> Vec<(VersionId, bool)> {
        let mut doomed = Vec::new();
        for version in &self.versions {
            let scheduled = version.state == VersionState::DestroyScheduled;
            if scheduled && version.destroy_at.is_some_and(|at| at <= now) {
                doomed.push((version.id.clone(), version.forced));
            }
        }
        doomed
    }
}
