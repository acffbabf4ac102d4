//! What time brings: rotations that are due, destructions whose time has come, use counts to write.

use crate::{
    base::{Entropy, Map, Result, Timestamp, VersionState},
    store::{RecordId, RecordType},
    vault::{
        edit::Edit,
        holdings::{Change, Holdings},
    },
};

use super::{KeyRecord, Provenance, Usage, erase, rotate};

/// So many keys are done at once; the others follow at once. As many are read together.
const AT_ONCE: usize = 64;

/// What was done because it was due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaintenanceReport {
    /// The keys that were rotated, by their ids.
    pub rotated: Vec<String>,
    /// The keys of which a version was destroyed, by their ids.
    pub destroyed: Vec<String>,
    /// When something is due next, in milliseconds since 1970.
    pub next: Option<Timestamp>,
}

impl MaintenanceReport {
    /// Something is due then.
    fn expect(&mut self, at: Timestamp) {
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

impl Holdings {
    /// Does what is due, and writes the use counts. A clock that was set back makes nothing due.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity).
    pub fn tick(
        &self,
        uses: Map<Usage>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<(MaintenanceReport, Option<Change>)> {
        let mut done = MaintenanceReport::default();
        let keys = self.due(now, &mut done)?;
        let mut record_ids = Vec::new();
        for id in uses.names() {
            record_ids.push(Self::usage_record_id(id));
        }
        self.read_ahead(&record_ids)?;

        let mut edit = Edit::new(self, entropy)?;
        for some in keys.chunks(AT_ONCE) {
            // Those whose destruction objects hold back stay due, and must not keep others waiting.
            if done.rotated.len() + done.destroyed.len() >= AT_ONCE {
                done.expect(now);
                break;
            }
            let mut record_ids = Vec::new();
            for id in some {
                record_ids.push(RecordId::new(RecordType::Key, id.as_str()));
            }
            self.read_ahead(&record_ids)?;
            for id in some {
                self.renew(id, &mut edit, now, &mut done)?;
            }
        }
        for (id, since) in uses.iter() {
            edit.put_usage(id, since)?;
        }
        let idle = done.rotated.is_empty() && done.destroyed.is_empty() && uses.is_empty();
        if idle {
            return Ok((done, None));
        }
        let mut change = edit.finish()?;
        change.then.uses = uses;
        Ok((done, Some(change)))
    }

    /// The keys for which something is due, by their ids, and when the next is.
    fn due(&self, now: Timestamp, done: &mut MaintenanceReport) -> Result<Vec<String>> {
        let mut due = Vec::new();
        for entry in self.listed()?.iter() {
            let Some(first) = sooner(entry.due, entry.destroy_at) else {
                continue;
            };
            if first <= now {
                due.push(entry.id.clone());
            } else {
                done.expect(first);
            }
        }
        Ok(due)
    }

    fn renew(
        &self,
        id: &str,
        edit: &mut Edit,
        now: Timestamp,
        done: &mut MaintenanceReport,
    ) -> Result<()> {
        let mut key = self.key_of(id)?;
        let cause = |by| Provenance {
            at: now,
            head: self.next_head(),
            by,
            reason: None,
        };
        let rotates = key.due().is_some_and(|due| due <= now);
        if rotates {
            rotate(&mut key, edit, false, cause("rotateEvery"))?;
            done.rotated.push(id.to_owned());
        }
        let destroyed = self.destroy_due(&mut key, edit, cause("scheduledDestroy"))?;
        if destroyed {
            done.destroyed.push(id.to_owned());
        }
        if rotates || destroyed {
            edit.put_record(&key, None)?;
        }
        for next in [key.due(), key.destroy_at()].into_iter().flatten() {
            if next > now {
                done.expect(next);
            }
        }
        Ok(())
    }

    /// Destroys the versions whose time has come. What objects still need waits, unless it was forced.
    fn destroy_due(&self, key: &mut KeyRecord, edit: &mut Edit, cause: Provenance) -> Result<bool> {
        let mut destroyed = Vec::new();
        for version in &mut key.versions {
            let is_due = version.state == VersionState::DestroyScheduled
                && version.destroy_at.is_some_and(|at| at <= cause.at);
            if is_due && (version.forced || self.dependents(&[&version.id])?.is_empty()) {
                version.destroy(cause)?;
                destroyed.push(version.id.clone());
            }
        }
        erase(key, &destroyed, true, edit)?;
        Ok(!destroyed.is_empty())
    }
}
