//! A page of the log: the latest entries of those that are asked for.

use crate::audit::{Entry, Sought};
use crate::base::Result;

use super::{
    index::{LogIndex, Spot},
    reader::LogReader,
    reading::{EntryPage, EntryQuery, LogTree, LoggedEntry, Wanted},
    scattered::ScatteredRows,
    walk::{LogWalk, Walked},
};
use core::ops::Range as Numbers;

/// Entries that are looked at first where some of them are sought, and how many are read together at the most.
const FEW: u64 = 64;
const MANY: u64 = 1024;
/// By how much more are looked at where there was none.
const MORE: u64 = 4;

/// A page that is being read.
struct Paging<'a> {
    reader: &'a LogReader<'a>,
    wanted: Wanted<'a>,
    limit: usize,
    /// The number of the log's first entry.
    start: u64,
    /// Those before this one are still to be looked at.
    until: u64,
    entries: Vec<LoggedEntry>,
}

impl LogReader<'_> {
    pub(super) async fn page(
        &self,
        head: &LogTree,
        query: &EntryQuery,
        limit: u32,
    ) -> Result<EntryPage> {
        let wanted = Wanted::of(query, &self.rows)?;
        let sought = wanted.sought();
        let mut paging = Paging {
            reader: self,
            wanted,
            limit: limit as usize,
            start: head.first(),
            until: query.before.unwrap_or(u64::MAX).min(head.size),
            entries: Vec::new(),
        };
        match sought {
            None => paging.read_latest().await?,
            Some(sought) => {
                paging
                    .read_sought(&mut LogIndex::new(self, head), &sought)
                    .await?
            }
        }
        Ok(paging.page())
    }
}

impl Paging<'_> {
    fn is_full(&self) -> bool {
        self.entries.len() == self.limit
    }

    /// All that there is, from the last one on.
    async fn read_latest(&mut self) -> Result<()> {
        let together = FEW.max(self.limit as u64);
        while self.until > self.start && !self.is_full() {
            let first = self.until.saturating_sub(together).max(self.start);
            let walked = LogWalk::new(self.reader, first..self.until).rest().await?;
            self.until = first;
            self.take(walked)?;
        }
        Ok(())
    }

    /// What is sought, where the index says that it may be: of many places together, no more than the page needs as far as is known.
    async fn read_sought(&mut self, index: &mut LogIndex<'_>, sought: &Sought) -> Result<()> {
        let mut rows = ScatteredRows::new(self.reader);
        let (mut together, mut looked) = (FEW, 0);
        while self.until > self.start && !self.is_full() {
            let runs = self.next_runs(index, sought, together).await?;
            rows.read(&runs).await?;
            for run in &runs {
                self.take(rows.leaves(run)?)?;
                looked += run.end - run.start;
                if self.is_full() {
                    return Ok(());
                }
            }
            let (found, left) = (self.entries.len() as u64, self.limit - self.entries.len());
            let expected = (looked * left as u64).checked_div(found);
            together = expected.unwrap_or(together * MORE).clamp(FEW, MANY);
        }
        Ok(())
    }

    /// Where it may be next, the latest first: about so many entries, and in no more parts of which the index tells than the page has room for.
    async fn next_runs(
        &mut self,
        index: &mut LogIndex<'_>,
        sought: &Sought,
        together: u64,
    ) -> Result<Vec<Numbers<u64>>> {
        let (mut runs, mut room) = (Vec::new(), together);
        let mut parts = (self.limit - self.entries.len()) as u64;
        while room > 0 && parts > 0 && self.until > self.start {
            let most = parts.min(room.div_ceil(Spot::PART));
            let Some(spot) = index.last_with(sought, self.until, most).await? else {
                self.until = self.start;
                break;
            };
            let entries = spot.entries();
            let first = entries.end.saturating_sub(room).max(entries.start);
            let run = match spot {
                Spot::Told(ref told) => told.clone(),
                Spot::Untold(ref untold) => first..untold.end,
            };
            if let Spot::Told(told) = &spot {
                parts = parts.saturating_sub((told.end - told.start).div_ceil(Spot::PART));
            }
            room = room.saturating_sub(run.end - run.start);
            self.until = run.start;
            runs.push(run);
        }
        Ok(runs)
    }

    /// Takes what is asked for, the latest first, as long as there is room.
    fn take(&mut self, walked: Vec<Walked>) -> Result<()> {
        for (first, leaves) in walked.iter().rev() {
            for (at, leaf) in leaves.iter().enumerate().rev() {
                let (sequence, entry) = (*first + at as u64, Entry::parse(leaf)?);
                if self.wanted.admits(&entry) {
                    self.entries.push(LoggedEntry { sequence, entry });
                }
                if self.is_full() {
                    self.until = sequence;
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn page(self) -> EntryPage {
        let more = self.entries.len() == self.limit && self.until > self.start;
        EntryPage {
            next: more.then_some(self.until),
            entries: self.entries,
            first: self.start,
        }
    }
}
