//! The rows of a vault that are in memory, as they stood at one sequence.
//!
//! Nothing here reads a store. An operation asks the shelf; what was not read yet is noted, and whoever
//! runs the operation reads it and runs the operation again.

use core::cell::RefCell;

use crate::vocabulary::{Error, Result};

use super::{Batch, Range, Row, Slot};

/// What an operation gets for rows that were not read yet. Never seen outside: it is run again.
const UNREAD: Error = Error::Storage("rows that were not read");

/// More rows than this are dropped before the next operation, and read again if they are needed.
const ROOM: usize = 4096;

#[derive(Default)]
pub(crate) struct Shelf {
    /// Single slots: the rows in them, sorted; [`none`](Row::none) where there is none.
    slots: Vec<Row>,
    ranges: Vec<(Range, Vec<Row>)>,
    wanted: RefCell<Vec<Range>>,
}

impl Shelf {
    /// The row in a slot, if there is one.
    pub(crate) fn slot(&self, slot: &Slot) -> Result<Option<&Row>> {
        if let Ok(at) = find(&self.slots, slot) {
            let known = &self.slots[at];
            return Ok((known.revision > 0).then_some(known));
        }
        let whole = |(range, _): &&(Range, Vec<Row>)| range.is_whole() && range.has(slot);
        if let Some((_, rows)) = self.ranges.iter().find(whole) {
            return Ok(find(rows, slot).ok().map(|at| &rows[at]));
        }
        self.want(Range::slot(slot))
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
            if many < limit && range.has(&row.slot) {
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
            if let Some(slot) = range.only_slot() {
                let row = rows.iter().find(|row| row.slot == slot);
                place(&mut self.slots, &slot, row);
                continue;
            }
            let mut list = Vec::new();
            for row in &rows {
                if range.has(&row.slot) {
                    patch(&mut list, &row.slot, Some(row));
                }
            }
            self.ranges.push((range, list));
        }
    }

    /// Takes in what was committed.
    pub(crate) fn apply(&mut self, batch: &Batch) {
        for slot in &batch.deletes {
            self.change(slot, None);
        }
        for row in &batch.puts {
            self.change(&row.slot, Some(row));
        }
    }

    fn change(&mut self, slot: &Slot, row: Option<&Row>) {
        if find(&self.slots, slot).is_ok() {
            place(&mut self.slots, slot, row);
        }
        self.ranges.retain_mut(|(range, rows)| {
            if !range.has(slot) {
                return true;
            }
            patch(rows, slot, row);
            range.is_whole()
        });
    }

    /// Makes room before an operation begins.
    pub(crate) fn tidy(&mut self) {
        let rows: usize = self.ranges.iter().map(|(_, rows)| rows.len()).sum();
        if rows + self.slots.len() > ROOM {
            *self = Self::default();
        }
    }
}

/// Puts a row into its place in a sorted list, or takes it out.
fn patch(rows: &mut Vec<Row>, slot: &Slot, row: Option<&Row>) {
    match (find(rows, slot), row) {
        (Ok(at), Some(row)) => rows[at] = row.clone(),
        (Ok(at), None) => drop(rows.remove(at)),
        (Err(at), Some(row)) => rows.insert(at, row.clone()),
        (Err(_), None) => {}
    }
}

/// Puts down what is known of a single slot.
fn place(slots: &mut Vec<Row>, slot: &Slot, row: Option<&Row>) {
    let nothing = Row::none(slot);
    patch(slots, slot, Some(row.unwrap_or(&nothing)));
}

/// Where a row stands in a sorted list, or would.
fn find(rows: &[Row], slot: &Slot) -> core::result::Result<usize, usize> {
    rows.binary_search_by(|known| known.slot.parts().cmp(&slot.parts()))
}
