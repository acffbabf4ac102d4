//! Scattered entries of a log: their rows are looked for together, and read together.

use core::ops::Range as Numbers;

use crate::{
    base::{Map, Result},
    store::{Range, RecordType, Row},
};

use super::{ENTRIES, LogRows, reader::LogReader, reading::MISSING, walk::Walked};

/// Rows whose places are asked for at once behind those before some entries: so many rows of 64 entries there are.
const FEW: u64 = 4;
/// By how much more are asked for where that was not enough, and the most.
const MORE: u64 = 4;
const MOST: u64 = 64;

/// Rows of scattered entries, as far as they were read.
pub(super) struct ScatteredRows<'a> {
    reader: &'a LogReader<'a>,
    /// By the number of the first entry of each, those of the last runs alone; none is opened before it is asked for.
    rows: Map<Option<Row>, u64>,
    /// The leaves of the first row of the run that was asked for last, and the number of the first of them: the run before that may end in it.
    opened: (u64, Vec<String>),
    /// How many places were asked for last.
    places: u64,
}

impl<'a> ScatteredRows<'a> {
    pub(super) fn new(reader: &'a LogReader<'a>) -> Self {
        Self {
            reader,
            rows: Map::default(),
            opened: (0, Vec::new()),
            places: FEW,
        }
    }

    /// Reads the rows that have some of those entries, unless they were read before. What is missing is told once it is asked for.
    pub(super) async fn read(&mut self, runs: &[Numbers<u64>]) -> Result<()> {
        let starts = self.starts(runs).await?;
        let mut wanted = Vec::new();
        for run in runs {
            let first = starts.partition_point(|start| *start <= run.start);
            let end = starts.partition_point(|start| *start < run.end);
            wanted.extend(first.saturating_sub(1)..end);
        }
        wanted.sort_unstable();
        wanted.dedup();
        let is_wanted = |first| wanted.iter().any(|at| starts[*at] == first);
        self.rows.retain(|first, _| is_wanted(*first));
        wanted.retain(|at| self.rows.get(&starts[*at]).is_none());
        // Rows that stand one after the other are one range.
        let ranges: Vec<_> = wanted
            .chunk_by(|one, next| one + 1 == *next)
            .map(|beside| match *beside {
                [at] => Range::record_id(&LogRows::record_id(self.reader.rows.log, starts[at])),
                _ => self.rows_from(starts[beside[0]], beside.len() as u64),
            })
            .collect();
        if ranges.is_empty() {
            return Ok(());
        }
        for row in self.reader.read(&ranges).await? {
            let first = self.reader.rows.first_of(&row)?;
            *self.rows.of(&first) = Some(row);
        }
        Ok(())
    }

    /// The leaves of a run whose rows were read, row by row.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity) where one is missing or was changed.
    pub(super) fn leaves(&mut self, run: &Numbers<u64>) -> Result<Vec<Walked>> {
        let (mut walked, mut next) = (Vec::new(), run.start);
        let behind = self.rows.names().partition_point(|first| *first <= next);
        let mut firsts = self.rows.names()[behind.saturating_sub(1)..].to_vec();
        firsts.retain(|first| *first < run.end);
        let mut before = core::mem::take(&mut self.opened);
        for first in firsts {
            let (row, own) = (self.rows.get(&first), &self.reader.rows);
            let leaves = match core::mem::take(&mut before) {
                (opened, leaves) if opened == first && !leaves.is_empty() => leaves,
                kept => {
                    before = kept;
                    own.open(row.and_then(Option::as_ref).ok_or(MISSING)?)?
                }
            };
            let end = first + leaves.len() as u64;
            // The first one may begin before the run, and each of the others where the one before it ends.
            let continues = first == next || walked.is_empty() && (first..end).contains(&next);
            if !continues {
                return Err(MISSING);
            }
            let taken = next - first..end.min(run.end) - first;
            let taken = leaves[taken.start as usize..taken.end as usize].to_vec();
            next += taken.len() as u64;
            walked.push((next - taken.len() as u64, taken));
            if walked.len() == 1 {
                self.opened = (first, leaves);
            }
        }
        (next == run.end).then_some(walked).ok_or(MISSING)
    }

    /// The first entries of all rows that have some of those entries, and of some others beside them, in their order.
    async fn starts(&mut self, runs: &[Numbers<u64>]) -> Result<Vec<u64>> {
        let from = |run: &Numbers<u64>| run.start.saturating_sub(ENTRIES as u64 - 1);
        let mut asked: Vec<_> = runs.iter().map(|run| from(run)..run.end).collect();
        asked.sort_unstable_by_key(|run| run.start);
        let mut starts = Vec::new();
        while !asked.is_empty() {
            let least = self.places;
            // As few as there can be, if not more were needed before.
            let many = |asked: &Numbers<u64>| {
                let fewest = (asked.end - asked.start) / ENTRIES as u64 + 2;
                least.max(fewest)
            };
            let places = asked
                .iter()
                .map(|some| self.rows_from(some.start, many(some)));
            let places: Vec<_> = places.map(Range::bare).collect();
            for row in self.reader.read(&places).await? {
                starts.push(self.reader.rows.first_of(&row)?);
            }
            starts.sort_unstable();
            starts.dedup();
            // Of a run that had more of them the others are asked for.
            let rest = |asked: &Numbers<u64>| {
                let at = starts.partition_point(|start| *start < asked.start);
                let last = starts.get(at + many(asked) as usize - 1)?;
                (last + 1 < asked.end).then_some(last + 1..asked.end)
            };
            asked = asked.iter().filter_map(rest).collect();
            if !asked.is_empty() {
                self.places = MOST.min(self.places * MORE);
            }
        }
        Ok(starts)
    }

    /// So many rows from the one on whose first entry has that number, or the next one.
    fn rows_from(&self, first: u64, limit: u64) -> Range {
        let log = self.reader.rows.log;
        let after = first.checked_sub(1);
        let after = after.map(|before| LogRows::record_id(log, before));
        Range::of_id(RecordType::Audit, log.as_str()).page(after, limit as u32)
    }
}
