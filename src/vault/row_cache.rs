//! The rows of a vault that are in memory, as they stood at one sequence.
//!
//! Nothing here reads a store: a transaction asks the cache, and the store for what is not here.

use core::ops::Deref;
use std::rc::Rc;

use crate::store::{Range, RecordId, Row};

/// More rows than this are dropped before the next operation, and read again if they are needed.
const ROOM: usize = 4096;

#[derive(Default)]
pub(crate) struct RowCache {
    /// Single rows, sorted by their places; [`none`](Row::none) where there is none.
    single: Vec<Row>,
    ranges: Vec<(Range, Rc<Vec<Row>>)>,
}

/// Some neighbours among rows that were read together.
pub(crate) struct RowSlice {
    rows: Rc<Vec<Row>>,
    from: usize,
    until: usize,
}

impl Deref for RowSlice {
    type Target = [Row];

    fn deref(&self) -> &[Row] {
        &self.rows[self.from..self.until]
    }
}

impl RowCache {
    /// What is known of a row: nothing, or that there is none, or the row.
    pub(crate) fn row(&self, record_id: &RecordId) -> Option<Option<&Row>> {
        if let Ok(at) = find(&self.single, record_id) {
            let known = &self.single[at];
            return Some((known.revision > 0).then_some(known));
        }
        let whole = |(range, _): &&(Range, Rc<Vec<Row>>)| range.is_whole() && range.has(record_id);
        let (_, rows) = self.ranges.iter().find(whole)?;
        Some(find(rows, record_id).ok().map(|at| &rows[at]))
    }

    /// The rows of a range, out of a larger one where that is here. What is asked for bare may come with
    /// bytes.
    pub(crate) fn range(&self, range: &Range) -> Option<RowSlice> {
        if let Some((_, rows)) = self.ranges.iter().find(|(known, _)| known == range) {
            return Some(RowSlice {
                rows: rows.clone(),
                from: 0,
                until: rows.len(),
            });
        }
        let larger = |(known, _): &&(Range, Rc<Vec<Row>>)| known.is_whole() && known.covers(range);
        let (_, rows) = self.ranges.iter().find(larger)?;
        let (mut from, mut many) = (0, 0);
        let limit = range.limit.map_or(usize::MAX, |limit| limit as usize);
        for (at, row) in rows.iter().enumerate() {
            if many < limit && range.has(&row.record_id) {
                (from, many) = (at - many, many + 1);
            }
        }
        Some(RowSlice {
            rows: rows.clone(),
            from,
            until: from + many,
        })
    }

    /// Puts down what was read.
    pub(crate) fn add(&mut self, ranges: &[Range], rows: Vec<Row>) {
        for range in ranges {
            if let Some(record_id) = range.only_record_id() {
                let row = rows.iter().find(|row| row.record_id == record_id);
                place(&mut self.single, &record_id, row);
                continue;
            }
            let mut list = Vec::new();
            for row in &rows {
                if range.has(&row.record_id) {
                    patch(&mut list, &row.record_id, Some(row));
                }
            }
            self.ranges.push((range.clone(), Rc::new(list)));
        }
    }

    /// Takes in what was committed.
    pub(crate) fn apply(&mut self, puts: &[Row], deletes: &[RecordId]) {
        for record_id in deletes {
            self.change(record_id, None);
        }
        for row in puts {
            self.change(&row.record_id, Some(row));
        }
    }

    fn change(&mut self, record_id: &RecordId, row: Option<&Row>) {
        if find(&self.single, record_id).is_ok() {
            place(&mut self.single, record_id, row);
        }
        self.ranges.retain_mut(|(range, rows)| {
            if !range.has(record_id) {
                return true;
            }
            patch(Rc::make_mut(rows), record_id, row);
            range.is_whole()
        });
    }

    /// Makes room before an operation begins.
    pub(crate) fn tidy(&mut self) {
        let rows: usize = self.ranges.iter().map(|(_, rows)| rows.len()).sum();
        if rows + self.single.len() > ROOM {
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

/// Puts down what is known of a single row.
fn place(single: &mut Vec<Row>, record_id: &RecordId, row: Option<&Row>) {
    let nothing = Row::none(record_id);
    patch(single, record_id, Some(row.unwrap_or(&nothing)));
}

/// Where a row stands in a sorted list, or would.
fn find(rows: &[Row], record_id: &RecordId) -> core::result::Result<usize, usize> {
    rows.binary_search_by(|known| known.record_id.parts().cmp(&record_id.parts()))
}
