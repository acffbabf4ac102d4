//! The rows of a vault that are in memory, as they stood at one sequence.
//!
//! Nothing here reads a store. An operation asks the cache; what was not read yet is noted, and whoever
//! runs the operation reads it and runs the operation again.

use core::cell::RefCell;

use crate::{
    base::{Error, Result},
    store::{Batch, Range, RecordId, Row},
};

/// What an operation gets for rows that were not read yet. Never seen outside: it is run again.
const UNREAD: Error = Error::Storage("rows that were not read");

/// More rows than this are dropped before the next operation, and read again if they are needed.
const ROOM: usize = 4096;

#[derive(Default)]
pub(crate) struct RowCache {
    /// Single record_ids: the rows in them, sorted; [`none`](Row::none) where there is none.
    record_ids: Vec<Row>,
    ranges: Vec<(Range, Vec<Row>)>,
    wanted: RefCell<Vec<Range>>,
}

impl RowCache {
    /// The row in a record_id, if there is one.
    pub(crate) fn record_id(&self, record_id: &RecordId) -> Result<Option<&Row>> {
        if let Ok(at) = find(&self.record_ids, record_id) {
            let known = &self.record_ids[at];
            return Ok((known.revision > 0).then_some(known));
        }
        let whole = |(range, _): &&(Range, Vec<Row>)| range.is_whole() && range.has(record_id);
        if let Some((_, rows)) = self.ranges.iter().find(whole) {
            return Ok(find(rows, record_id).ok().map(|at| &rows[at]));
        }
        self.want(Range::record_id(record_id))
    }

    /// The rows of a range, out of a larger one where that is here. What is asked for bare may come with
    /// bytes.
    pub(crate) fn range(&self, range: Range) -> Result<&[Row]> {
        if let Some((_, rows)) = self.ranges.iter().find(|(known, _)| *known == range) {
            return Ok(rows);
        }
        let larger = |(known, _): &&(Range, Vec<Row>)| known.is_whole() && known.covers(&range);
        let Some((_, rows)) = self.ranges.iter().find(larger) else {
            return self.want(range);
        };
        let (mut from, mut many) = (0, 0);
        let limit = range.limit.map_or(usize::MAX, |limit| limit as usize);
        for (at, row) in rows.iter().enumerate() {
            if many < limit && range.has(&row.record_id) {
                (from, many) = (at - many, many + 1);
            }
        }
        Ok(&rows[from..from + many])
    }

    fn want<T>(&self, range: Range) -> Result<T> {
        let mut wanted = self.wanted.borrow_mut();
        if !wanted.contains(&range) {
            wanted.push(range);
        }
        Err(UNREAD)
    }

    /// What is to be read before an operation's outcome counts. What gives places or pages is read alone,
    /// so that it is told from whole rows.
    pub(crate) fn wanted(&self) -> Vec<Range> {
        let mut wanted = self.wanted.take();
        if let Some(at) = wanted.iter().position(|range| !range.is_whole()) {
            return vec![wanted.swap_remove(at)];
        }
        wanted
    }

    /// Puts down what was read.
    pub(crate) fn add(&mut self, ranges: Vec<Range>, rows: Vec<Row>) {
        for range in ranges {
            if let Some(record_id) = range.only_record_id() {
                let row = rows.iter().find(|row| row.record_id == record_id);
                place(&mut self.record_ids, &record_id, row);
                continue;
            }
            let mut list = Vec::new();
            for row in &rows {
                if range.has(&row.record_id) {
                    patch(&mut list, &row.record_id, Some(row));
                }
            }
            self.ranges.push((range, list));
        }
    }

    /// Takes in what was committed.
    pub(crate) fn apply(&mut self, batch: &Batch) {
        for record_id in &batch.deletes {
            self.change(record_id, None);
        }
        for row in &batch.puts {
            self.change(&row.record_id, Some(row));
        }
    }

    fn change(&mut self, record_id: &RecordId, row: Option<&Row>) {
        if find(&self.record_ids, record_id).is_ok() {
            place(&mut self.record_ids, record_id, row);
        }
        self.ranges.retain_mut(|(range, rows)| {
            if !range.has(record_id) {
                return true;
            }
            patch(rows, record_id, row);
            range.is_whole()
        });
    }

    /// Makes room before an operation begins.
    pub(crate) fn tidy(&mut self) {
        let rows: usize = self.ranges.iter().map(|(_, rows)| rows.len()).sum();
        if rows + self.record_ids.len() > ROOM {
            *self = Self::default();
        }
    }
}

/// Puts a row into its place in a sorted list, or takes it out.
fn patch(rows: &mut Vec<Row>, record_id: &RecordId, row: Option<&Row>) {
    match (find(rows, record_id), row) {
        (Ok(at), Some(row)) => rows[at] = row.clone(),
        (Ok(at), None) => drop(rows.remove(at)),
        (Err(at), Some(row)) => rows.insert(at, row.clone()),
        (Err(_), None) => {}
    }
}

/// Puts down what is known of a single record_id.
fn place(record_ids: &mut Vec<Row>, record_id: &RecordId, row: Option<&Row>) {
    let nothing = Row::none(record_id);
    patch(record_ids, record_id, Some(row.unwrap_or(&nothing)));
}

/// Where a row stands in a sorted list, or would.
fn find(rows: &[Row], record_id: &RecordId) -> core::result::Result<usize, usize> {
    rows.binary_search_by(|known| known.record_id.parts().cmp(&record_id.parts()))
}
