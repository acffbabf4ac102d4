//! Commits that failed although the store may have done them: what is in memory may be older than what is stored.

use core::cell::Cell;

/// Counts such commits, and up to which of them the store was read since.
#[derive(Default)]
pub(crate) struct Doubt {
    failed: Cell<u64>,
    settled: Cell<u64>,
}

impl Doubt {
    /// A commit has failed.
    pub(crate) fn raise(&self) {
        self.failed.update(|failed| failed + 1);
    }

    /// Whether the store must be read before what is in memory is believed.
    pub(crate) fn is_open(&self) -> bool {
        self.failed.get() > self.settled.get()
    }

    /// How many have failed so far: what is read from now on settles them.
    pub(crate) fn failed(&self) -> u64 {
        self.failed.get()
    }

    /// The store was read after so many had failed. Others may have failed while it was.
    pub(crate) fn settle(&self, failed: u64) {
        self.settled.update(|settled| settled.max(failed));
    }
}
