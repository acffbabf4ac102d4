//! Versions whose material stays in memory for a moment after its last use: opening a version's record costs more
//! than encrypting a value under it.

use core::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use crate::{
    base::{Clock, Result, Timestamp},
    jose::{Jwk, Kek},
    store::RecordId,
};

/// Milliseconds that a version stays in memory after its last use.
const KEPT: u64 = 1000;
/// So many versions stay in memory at once. Each takes about a kilobyte.
const ROOM: usize = 32;

/// A version's material, which is wiped with the last of its users.
pub(crate) struct OpenVersion {
    jwk: Jwk,
    /// Its key schedule, once something was wrapped or unwrapped, and CEKs for what is encrypted next.
    kek: OnceCell<Kek>,
}

impl OpenVersion {
    pub(crate) fn new(jwk: Jwk) -> Self {
        let kek = OnceCell::new();
        Self { jwk, kek }
    }

    pub(crate) fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// As what wraps and unwraps.
    pub(crate) fn kek(&self) -> Result<&Kek> {
        if let Some(kek) = self.kek.get() {
            return Ok(kek);
        }
        let kek = Kek::from_jwk(&self.jwk)?.ahead();
        Ok(self.kek.get_or_init(|| kek))
    }
}

/// The versions that are in memory. It says nothing of what may be done with them: their states stand in the keys'
/// records, and an operation finds a version here only after it has found its row.
pub(crate) struct OpenVersions {
    clock: Rc<dyn Clock>,
    /// Those that were opened first come first.
    kept: RefCell<Vec<Kept>>,
    /// Whether the clock was asked to wake it.
    waking: Cell<bool>,
}

struct Kept {
    record_id: RecordId,
    version: Rc<OpenVersion>,
    used: Timestamp,
}

impl Kept {
    /// A clock that was set back to before the last use ends it too.
    fn stays(&self, now: Timestamp) -> bool {
        (self.used..self.used + KEPT).contains(&now)
    }
}

impl OpenVersions {
    pub(crate) fn new(clock: Rc<dyn Clock>) -> Self {
        Self {
            clock,
            kept: RefCell::default(),
            waking: Cell::default(),
        }
    }

    /// A version that was used less than a second ago. This is another use.
    pub(crate) fn find(&self, record_id: &RecordId) -> Option<Rc<OpenVersion>> {
        let now = self.clock.now();
        let mut kept = self.kept.borrow_mut();
        kept.retain(|kept| kept.stays(now));
        let found = kept.iter_mut().find(|kept| kept.record_id == *record_id)?;
        found.used = now;
        Some(found.version.clone())
    }

    /// Keeps a version that was opened; not where the clock has no timers.
    pub(crate) fn keep(self: &Rc<Self>, record_id: RecordId, version: &Rc<OpenVersion>) {
        let opened = Kept {
            record_id,
            version: version.clone(),
            used: self.clock.now(),
        };
        let mut kept = self.kept.borrow_mut();
        if kept.len() >= ROOM {
            kept.remove(0);
        }
        kept.push(opened);
        drop(kept);
        self.wake_after(KEPT);
    }

    /// Wipes all of them at once, except what an operation still uses.
    pub(crate) fn wipe(&self) {
        self.kept.take();
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.kept.borrow().len()
    }

    fn wake_after(self: &Rc<Self>, millis: u64) {
        if self.waking.replace(true) {
            return;
        }
        // A vault that was locked is gone by then.
        let versions = Rc::downgrade(self);
        let due = self.clock.now() + millis;
        let wake = move || {
            if let Some(versions) = versions.upgrade() {
                versions.wake(due);
            }
        };
        if !self.clock.call_after(millis, Box::new(wake)) {
            self.waking.set(false);
            self.wipe();
        }
    }

    /// Wipes those that were not used for a second, and comes again for the others. A clock that has not counted until
    /// then stands still or is slow, and cannot tell when they were used: all are wiped.
    fn wake(self: &Rc<Self>, due: Timestamp) {
        self.waking.set(false);
        let now = self.clock.now();
        if now < due {
            return self.wipe();
        }
        let mut kept = self.kept.borrow_mut();
        kept.retain(|kept| kept.stays(now));
        let next = kept.iter().map(|kept| kept.used + KEPT).min();
        drop(kept);
        if let Some(next) = next {
            self.wake_after(next.millis() - now.millis());
        }
    }
}
