//! The rows of a vault that are in memory, as they stood at one sequence.
//!
//! Nothing here reads a store: a transaction asks the cache, and the store for what is not here.

use core::ops::Deref;
use std::rc::Rc;

use crate::{
    base::sort_by,
    store::{Range, RecordId, Row},
};

/// More rows and ranges than this are dropped before the next operation, and read again if they are needed.
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
        let mut sorted: Vec<&Row> = rows.iter().collect();
        sort_by(&mut sorted, |a, b| {
            a.record_id.parts().cmp(&b.record_id.parts())
        });
        for range in ranges {
            if let Some(record_id) = range.only_record_id() {
                let parts = record_id.parts();
                let at = sorted.binary_search_by(|row| row.record_id.parts().cmp(&parts));
                place(&mut self.single, &record_id, at.ok().map(|at| sorted[at]));
                continue;
            }
            // Two operations may have read it side by side.
            self.ranges.retain(|(known, _)| known != range);
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

    /// Makes room before an operation begins. Places alone stay, which a list of many objects asks for with each of its
    /// pages.
    pub(crate) fn tidy(&mut self) {
        let whole = self.ranges.iter().filter(|(range, _)| !range.bare);
        // A range of no rows takes room too.
        let rows: usize = whole.map(|(_, rows)| rows.len() + 1).sum();
        if rows + self.single.len() > ROOM {
            self.single = Vec::new();
            self.ranges.retain(|(range, _)| range.bare);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::RecordType;

    #[test]
    fn ranges_without_rows_take_room_and_places_alone_stay() {
        let mut cache = RowCache::default();
        let places = Range::of(RecordType::Object).bare();
        let object = Row::none(&RecordId::new(RecordType::Object, "1"));
        cache.add(core::slice::from_ref(&places), vec![object]);
        let empty = |at: usize| Range::of_id(RecordType::Sidecar, &at.to_string());
        for at in 0..ROOM {
            cache.add(&[empty(at)], Vec::new());
        }
        cache.tidy();
        assert!(cache.range(&empty(0)).is_some());
        cache.add(&[empty(ROOM)], Vec::new());
        cache.tidy();
        assert!(cache.range(&empty(0)).is_none());
        assert_eq!(cache.range(&places).map(|rows| rows.len()), Some(1));
    }
}
