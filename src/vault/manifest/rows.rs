//! Rows that were read together, to be found among many.

use crate::{
    base::{Error, Result},
    store::{RecordId, RecordType, Row},
};

/// Sorted, each once.
pub(crate) struct Rows<'a>(Vec<&'a Row>);

impl<'a> Rows<'a> {
    /// # Errors
    /// [`Error::Integrity`] where one that was asked for twice came as two.
    pub(crate) fn new(rows: &'a [Row]) -> Result<Self> {
        let mut sorted: Vec<&Row> = Vec::new();
        for row in rows {
            // Stores give each range in this order, so that most rows come last.
            if sorted.last().is_none_or(|last| order(last, row).is_lt()) {
                sorted.push(row);
                continue;
            }
            match sorted.binary_search_by(|known| order(known, row)) {
                Err(at) => sorted.insert(at, row),
                Ok(at) if sorted[at] == row => {}
                Ok(_) => return Err(Error::Integrity("a record stands twice")),
            }
        }
        Ok(Self(sorted))
    }

    pub(crate) fn find(&self, record_id: &RecordId) -> Option<&'a Row> {
        let parts = record_id.parts();
        let at = self
            .0
            .binary_search_by(|row| row.record_id.parts().cmp(&parts));
        at.ok().map(|at| self.0[at])
    }

    /// Those of a type and an id.
    pub(crate) fn of_id(&self, kind: RecordType, id: &str) -> &[&'a Row] {
        self.under(&[kind.as_str(), id])
    }

    /// Those of a type.
    pub(crate) fn of_kind(&self, kind: RecordType) -> &[&'a Row] {
        self.under(&[kind.as_str()])
    }

    fn under(&self, prefix: &[&str]) -> &[&'a Row] {
        let of = |row: &Row| row.record_id.parts()[..prefix.len()].cmp(prefix);
        let from = self.0.partition_point(|row| of(row).is_lt());
        let until = self.0.partition_point(|row| of(row).is_le());
        &self.0[from..until]
    }
}

fn order(a: &Row, b: &Row) -> core::cmp::Ordering {
    a.record_id.parts().cmp(&b.record_id.parts())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: RecordType, id: &str, version: &str, revision: u64) -> Row {
        Row {
            record_id: RecordId {
                kind,
                id: id.to_owned(),
                version: version.to_owned(),
            },
            revision,
            bytes: Vec::new(),
        }
    }

    #[test]
    fn rows_are_found_whatever_their_order_and_one_that_came_as_two_is_refused() {
        use RecordType::{Object, Sidecar, Version};
        let mut rows = vec![
            row(Object, "b", "1", 1),
            row(Version, "a", "2", 1),
            row(Object, "a", "2", 1),
            row(Object, "a", "1", 1),
            row(Object, "a", "1", 1),
        ];
        let found = Rows::new(&rows).expect("each once");
        assert_eq!(found.find(&rows[2].record_id), Some(&rows[2]));
        assert_eq!(found.find(&row(Sidecar, "a", "2", 1).record_id), None);
        assert_eq!(found.of_id(Object, "a"), [&rows[3], &rows[2]]);
        assert_eq!(found.of_kind(Object).len(), 3);
        assert_eq!(found.of_kind(Sidecar).len(), 0);
        rows.push(row(Object, "a", "1", 2));
        let refused = Rows::new(&rows).err();
        assert_eq!(refused, Some(Error::Integrity("a record stands twice")));
    }
}
