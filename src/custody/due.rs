//! What time brings: rotations that are due, destructions whose time has come, use counts to write.

use std::collections::BTreeMap;

use crate::vocabulary::{Entropy, Result, Timestamp, VersionState};

use super::{
    Cause, Change, Holdings, KeyRecord, Kind, Slot, Usage, VersionRecord,
    edit::Edit,
    manage::{erase, rotate},
};

/// So many keys are done at once; the others follow at once.
const AT_ONCE: usize = 64;

/// What was done because it was due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// The keys that were rotated, by their ids.
    pub rotated: Vec<String>,
    /// The keys of which a version was destroyed, by their ids.
    pub destroyed: Vec<String>,
    /// When something is due next, in milliseconds since 1970.
    pub next: Option<Timestamp>,
}

impl Done {
    /// Something is due then.
    fn expect(&mut self, at: Timestamp) {
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }
}

impl Holdings {
    /// Does what is due, and writes the use counts. A clock that was set back makes nothing due.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity).
    pub fn tick(
        &self,
        uses: &BTreeMap<String, Usage>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<(Done, Option<Change>)> {
        let mut done = Done::default();
        let (keys, more) = self.due(now, &mut done)?;
        let mut slots = Vec::new();
        for id in &keys {
            slots.push(Slot::new(Kind::Key, id.as_str()));
        }
        for id in uses.keys() {
            slots.push(Self::usage_slot(id));
        }
        self.read_ahead(&slots)?;

        let mut edit = Edit::new(self, entropy)?;
        for id in &keys {
            self.renew(id, &mut edit, now, &mut done)?;
        }
        for (id, since) in uses {
            edit.put_usage(id, since)?;
        }
        let idle = done.rotated.is_empty() && done.destroyed.is_empty();
        if more && !idle {
            done.expect(now);
        }
        if idle && uses.is_empty() {
            return Ok((done, None));
        }
        let change = Change {
            uses: uses.clone(),
            ..edit.finish()?
        };
        Ok((done, Some(change)))
    }

    /// The keys for which something is due, by their ids, and whether there are more than are done at once.
    ///
    /// What became due last comes first: a destruction that waits for objects to be moved stays due, and
    /// many of those must not stand in the way of all others.
    fn due(&self, now: Timestamp, done: &mut Done) -> Result<(Vec<String>, bool)> {
        let mut due = Vec::new();
        for entry in self.listed()?.iter() {
            let Some(first) = [entry.due, entry.destroy_at].into_iter().flatten().min() else {
                continue;
            };
            if first <= now {
                due.push((first, entry.id.clone()));
            } else {
                done.expect(first);
            }
        }
        due.sort_unstable_by(|one, other| other.cmp(one));
        let more = due.len() > AT_ONCE;
        due.truncate(AT_ONCE);
        Ok((due.into_iter().map(|(_, id)| id).collect(), more))
    }

    fn renew(&self, id: &str, edit: &mut Edit, now: Timestamp, done: &mut Done) -> Result<()> {
        let mut key = self.key_of(id)?;
        let cause = |by| Cause {
            at: now,
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
    fn destroy_due(&self, key: &mut KeyRecord, edit: &mut Edit, cause: Cause) -> Result<bool> {
        let is_due = |version: &&VersionRecord| {
            version.state == VersionState::DestroyScheduled
                && version.destroy_at.is_some_and(|at| at <= cause.at)
        };
        let due: Vec<_> = key.versions.iter().filter(is_due).cloned().collect();
        let mut destroyed = false;
        for version in due {
            let needed = !self.dependents(Some(&[&version.id]))?.is_empty();
            if needed && !version.forced {
                continue;
            }
            key.version_mut(&version.id)?.destroy(cause)?;
            erase(key, &[version.id], true, edit)?;
            destroyed = true;
        }
        Ok(destroyed)
    }
}
