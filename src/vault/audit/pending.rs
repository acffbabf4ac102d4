//! Entries that wait to be written: those of operations that write nothing themselves.

use crate::{
    audit::{Entry, EntryDraft},
    base::{Entropy, Result, Timestamp},
};

use super::ENTRIES;

/// Where so many wait, whoever adds one waits until they are written.
const MANY: usize = 16 * ENTRIES;
/// So many may wait while the store takes nothing. Those that are older are lost then, and their number is told.
const ROOM: usize = 64 * ENTRIES;

/// The entries that wait, in the order of what they tell of. They are counted from the unlock on.
#[derive(Default)]
pub(crate) struct PendingEntries {
    entries: Vec<EntryDraft>,
    /// The number of the first of them.
    first: u64,
    /// The number of the first one that is neither written nor told to be lost.
    written: u64,
    /// How many came since it was last tried to write them.
    since: usize,
}

impl PendingEntries {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether so many came, since this was last asked and so, that nothing is done before they are written.
    pub(crate) fn are_due(&mut self) -> bool {
        let due = self.since >= MANY;
        if due {
            self.since = 0;
        }
        due
    }

    pub(crate) fn push(&mut self, entry: EntryDraft) {
        if self.entries.len() >= ROOM {
            self.entries.remove(0);
            self.first += 1;
        }
        self.since += 1;
        self.entries.push(entry);
    }

    /// What is to be written, in front of it how many are lost; and the number of the next one.
    pub(crate) fn to_write(
        &self,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<(Vec<EntryDraft>, u64)> {
        let mut entries = Vec::new();
        if self.first > self.written {
            let lost = Entry::new("loseEntries", now, entropy)?;
            let lost = Entry {
                lost: Some(self.first - self.written),
                ..lost
            };
            entries.push(lost.into());
        }
        entries.extend(self.entries.iter().cloned());
        Ok((entries, self.first + self.entries.len() as u64))
    }

    /// Nothing is to be written any more.
    pub(crate) fn forget(&mut self) {
        let until = self.first + self.entries.len() as u64;
        self.wrote(until);
    }

    /// Those before that number are written, or told to be lost. Others may have come meanwhile, and taken the room of some.
    pub(crate) fn wrote(&mut self, until: u64) {
        let many = until.saturating_sub(self.first) as usize;
        self.entries.drain(..many.min(self.entries.len()));
        self.first = self.first.max(until);
        if until > self.written {
            (self.written, self.since) = (until, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SystemEntropy;

    fn entry(at: usize) -> EntryDraft {
        let entry = Entry::new(&at.to_string(), Timestamp::EPOCH, &SystemEntropy);
        entry.expect("entropy").into()
    }

    #[test]
    fn a_row_full_of_them_is_due_once_and_those_that_are_lost_are_told() {
        let mut pending = PendingEntries::default();
        let mut due = Vec::new();
        for at in 0..ROOM + 3 {
            pending.push(entry(at));
            if pending.are_due() {
                due.push(at);
            }
        }
        assert_eq!(due.len(), ROOM / MANY);
        assert_eq!((due[0], pending.len()), (MANY - 1, ROOM));
        let (entries, until) = pending
            .to_write(Timestamp::EPOCH, &SystemEntropy)
            .expect("entropy");
        assert_eq!((entries.len(), entries[0].entry.lost), (ROOM + 1, Some(3)));
        assert_eq!(&*entries[1].entry.operation, "3");

        // Two take the room of some that are written meanwhile: those are not lost.
        pending.push(entry(1));
        pending.push(entry(2));
        pending.wrote(until);
        let (entries, until) = pending
            .to_write(Timestamp::EPOCH, &SystemEntropy)
            .expect("entropy");
        let told: Vec<_> = entries
            .iter()
            .map(|draft| (&*draft.entry.operation, draft.entry.lost))
            .collect();
        assert_eq!(told, [("1", None), ("2", None)]);
        pending.wrote(until);
        assert_eq!(pending.len(), 0);

        // What was forgotten may be told to be written afterwards.
        pending.push(entry(3));
        let (_, until) = pending
            .to_write(Timestamp::EPOCH, &SystemEntropy)
            .expect("entropy");
        pending.forget();
        pending.wrote(until);
        pending.push(entry(4));
        pending.wrote(until);
        assert_eq!(pending.len(), 1);
    }
}
