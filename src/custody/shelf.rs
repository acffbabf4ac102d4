//! The rows of a vault that are in memory, as they stood at one sequence.
//!
//! Nothing here reads a store. An operation asks the shelf; what was not read yet is noted, and whoever
//! runs the operation reads it and runs the operation again.

use core::cell::RefCell;
use std::collections::BTreeMap;

use crate::vocabulary::{Error, Result};

use super::{Batch, Range, Row, Slot};

/// What an operation gets for rows that were not read yet. Never seen outside: it is run again.
const UNREAD: &Error = &Error::Storage("rows that were not read");

/// More rows than this are dropped before the next operation, and read again if they are needed.
const ROOM: usize = 4096;

#[derive(Default)]
pub(crate) struct Shelf {
    /// Single slots, and whether there is a row in them.
    slots: BTreeMap<Slot, Option<Row>>,
    ranges: Vec<(Range, Vec<Row>)>,
    wanted: RefCell<Vec<Range>>,
}

impl Shelf {
    /// The row in a slot, if there is one.
    pub(crate) fn slot(&self, slot: &Slot) -> Result<Option<&Row>> {
        if let Some(known) = self.slots.get(slot) {
            return Ok(known.as_ref());
        }
        let whole = |(range, _): &&(Range, Vec<Row>)| range.is_whole() && range.has(slot);
        if let Some((_, rows)) = self.ranges.iter().find(whole) {
            return Ok(rows.iter().find(|row| row.slot == *slot));
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
        let from = rows.partition_point(|row| range.begins_after(&row.slot));
        let behind = rows[from..].iter().take_while(|row| range.has(&row.slot));
        let limit = range.limit.map_or(usize::MAX, |limit| limit as usize);
        Ok(&rows[from..from + behind.count().min(limit)])
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
        let mut lists: Vec<_> = ranges
            .into_iter()
            .map(|range| (range, Vec::new()))
            .collect();
        for row in rows {
            for (range, list) in &mut lists {
                if range.has(&row.slot) {
                    list.push(row.clone());
                }
            }
        }
        for (range, mut list) in lists {
            list.sort_unstable_by(|a, b| a.slot.parts().cmp(&b.slot.parts()));
            list.dedup_by(|a, b| a.slot == b.slot);
            match range.only_slot() {
                Some(slot) => drop(self.slots.insert(slot, list.pop())),
                None => self.ranges.push((range, list)),
            }
        }
    }

    /// Takes in what was committed.
    pub(crate) fn apply(&mut self, batch: &Batch) {
        let puts = batch.puts.iter().map(|row| (&row.slot, Some(row)));
        let deletes = batch.deletes.iter().map(|slot| (slot, None));
        for (slot, row) in deletes.chain(puts) {
            if self.slots.contains_key(slot) {
                self.slots.insert(slot.clone(), row.cloned());
            }
            self.ranges.retain_mut(|(range, rows)| {
                if !range.has(slot) {
                    return true;
                }
                patch(rows, slot, row);
                range.is_whole()
            });
        }
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
    let at = rows.binary_search_by(|known| known.slot.parts().cmp(&slot.parts()));
    match (at, row) {
        (Ok(at), Some(row)) => rows[at] = row.clone(),
        (Ok(at), None) => drop(rows.remove(at)),
        (Err(at), Some(row)) => rows.insert(at, row.clone()),
        (Err(_), None) => {}
    }
}
