//! The one way along the rows of a log.

use core::ops::Range as Numbers;

use crate::{
    base::Result,
    store::{Range, RecordType, Row},
};

use super::{ENTRIES, LogRows, reader::LogReader, reading::MISSING};

/// Rows that are read together: about 10 ms of work.
const ROWS: u64 = 64;

/// Goes through some entries of a log, row by row, and refuses gaps.
pub(super) struct LogWalk<'a> {
    reader: &'a LogReader<'a>,
    /// The entries that are still to come.
    left: Numbers<u64>,
    begun: bool,
    /// How many rows the next step reads at least.
    rows: u64,
}

/// The leaves of a row that are asked for, and the number of the first of them.
pub(super) type Walked = (u64, Vec<String>);

impl<'a> LogWalk<'a> {
    pub(super) const fn new(reader: &'a LogReader<'a>, entries: Numbers<u64>) -> Self {
        Self {
            reader,
            left: entries,
            begun: false,
            rows: 0,
        }
    }

    /// The entries of the next rows; none at the end. Those before a fault are given before it is told.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity) where one is missing or was changed.
    pub(super) async fn step(&mut self) -> Result<Vec<Walked>> {
        let mut walked = Vec::new();
        if self.left.is_empty() {
            return Ok(walked);
        }
        let (first, limit) = if self.begun || self.left.start == self.reader.cut.size() {
            (self.left.start, self.next_rows())
        } else {
            self.beginning().await?
        };
        let mut fault = MISSING;
        for row in &self.rows_from(first, limit, false).await? {
            if self.left.is_empty() {
                break;
            }
            match self.taken_from(row) {
                Ok(taken) => walked.push(taken),
                Err(error) => {
                    fault = error;
                    break;
                }
            }
        }
        if walked.is_empty() {
            return Err(fault);
        }
        Ok(walked)
    }

    /// What is asked for of the next row.
    fn taken_from(&mut self, row: &Row) -> Result<Walked> {
        let next = self.left.start;
        let (first, leaves) = (self.reader.rows.first_of(row)?, self.reader.rows.open(row)?);
        // What is asked for may begin within a row.
        let end = first + leaves.len() as u64;
        let continues = first == next || !self.begun && (first..end).contains(&next);
        if !continues {
            return Err(MISSING);
        }
        self.begun = true;
        let taken = leaves.into_iter().skip((next - first) as usize);
        let taken: Vec<_> = taken.take((self.left.end - next) as usize).collect();
        self.left.start += taken.len() as u64;
        Ok((next, taken))
    }

    /// The entries that are left, all at once.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub(super) async fn rest(mut self) -> Result<Vec<Walked>> {
        let mut walked = Vec::new();
        while !self.left.is_empty() {
            walked.extend(self.step().await?);
        }
        Ok(walked)
    }

    /// How many rows are read next: as few as there can be, and more where they have few entries.
    fn next_rows(&mut self) -> u64 {
        let fewest = (self.left.end - self.left.start).div_ceil(ENTRIES as u64);
        let next = fewest.max(self.rows).min(self.most());
        self.rows = next * 2;
        next
    }

    /// So many rows are read at once at the most: each has an entry at least.
    fn most(&self) -> u64 {
        ROWS.min(self.left.end - self.left.start)
    }

    /// Where the row stands that has the first entry, and how many rows there are from there on. A row has 64 entries at the most, so
    /// that where rows stand is told first, not to read them in vain.
    async fn beginning(&self) -> Result<(u64, u64)> {
        let (before, asked) = (ENTRIES as u64 - 1, &self.left);
        let (mut first, mut count) = (None, 0);
        let from = asked.start.saturating_sub(before);
        for row in self.rows_from(from, before + self.most(), true).await? {
            let at = self.reader.rows.first_of(&row)?;
            if at <= asked.start {
                (first, count) = (Some(at), 0);
            }
            count += u64::from(at < asked.end);
        }
        Ok((first.ok_or(MISSING)?, count.min(ROWS)))
    }

    /// Some rows from the one on whose first entry has that number; where they stand alone, if they are to be bare.
    async fn rows_from(&self, first: u64, limit: u64, bare: bool) -> Result<Vec<Row>> {
        let log = self.reader.rows.log;
        let after = first.checked_sub(1);
        let after = after.map(|before| LogRows::record_id(log, before));
        let range = Range::of_id(RecordType::Audit, log.as_str()).page(after, limit as u32);
        self.reader.read(&[Range { bare, ..range }]).await
    }
}
