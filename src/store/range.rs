//! Ranges of rows that are read together, and what a store may answer.

use super::{Error, RecordId, RecordType, Result, Row};

/// What sorts behind every id, which are of ASCII characters.
const BEHIND_ALL_IDS: &str = "~";

/// Rows that are read together: those whose type, id and version begin with a prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    /// Up to three parts; none stands for all rows.
    pub prefix: Vec<String>,
    /// Only rows that a store has behind this record_id.
    pub after: Option<RecordId>,
    /// At most so many.
    pub limit: Option<u32>,
    /// Only where the rows stand: they come with revision 0 and without bytes.
    pub bare: bool,
}

impl Range {
    /// All records: every row but the entries of audit logs and their index, which the set digest leaves out. Their types are the
    /// first in a store's order.
    #[must_use]
    pub fn all() -> Self {
        Self {
            after: Some(RecordId::new(RecordType::AuditIndex, BEHIND_ALL_IDS)),
            ..Self::default()
        }
    }

    /// Every row, whatever it is.
    #[must_use]
    pub fn everything() -> Self {
        Self::default()
    }

    /// All rows of a kind.
    #[must_use]
    pub fn of(kind: RecordType) -> Self {
        Self::under(&[kind.as_str()])
    }

    /// All rows of a kind and an id.
    #[must_use]
    pub fn of_id(kind: RecordType, id: &str) -> Self {
        Self::under(&[kind.as_str(), id])
    }

    /// One row, or none.
    #[must_use]
    pub fn record_id(record_id: &RecordId) -> Self {
        Self::under(&record_id.parts())
    }

    fn under(prefix: &[&str]) -> Self {
        let mut parts = Vec::new();
        for part in prefix {
            parts.push((*part).to_owned());
        }
        Self {
            prefix: parts,
            ..Self::default()
        }
    }

    /// Only where the rows stand.
    #[must_use]
    pub fn bare(self) -> Self {
        Self { bare: true, ..self }
    }

    /// At most so many, behind a record_id.
    #[must_use]
    pub fn page(self, after: Option<RecordId>, limit: u32) -> Self {
        Self {
            after: after.or(self.after),
            limit: Some(limit),
            ..self
        }
    }

    /// Whether all rows of another range are among these, this one being whole.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let kind = other.prefix.first().map(String::as_str);
        let audit = [RecordType::Audit, RecordType::AuditIndex];
        let audit = audit.iter().any(|audit| kind == Some(audit.as_str()));
        other.prefix.starts_with(&self.prefix) && (self.after.is_none() || !audit)
    }

    /// Whether it begins where the records do.
    pub(crate) fn begins(&self) -> bool {
        let first =
            |after: &RecordId| after.kind == RecordType::AuditIndex && after.id == BEHIND_ALL_IDS;
        self.after.as_ref().is_none_or(first)
    }

    /// The record_id that it is all of, if it is one row.
    pub(crate) fn only_record_id(&self) -> Option<RecordId> {
        let [kind, id, version] = self.prefix.as_slice() else {
            return None;
        };
        let record_id = RecordId {
            kind: RecordType::parse(kind).ok()?,
            id: id.clone(),
            version: version.clone(),
        };
        self.is_whole().then_some(record_id)
    }

    /// Whether it is all of what begins with the prefix, as it is stored.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.begins() && self.limit.is_none() && !self.bare
    }

    /// Whether a row that stands there is one of these, the limit aside.
    #[must_use]
    pub fn has(&self, record_id: &RecordId) -> bool {
        let parts = record_id.parts();
        let begins = self.prefix.iter().zip(parts).all(|(a, b)| a == b);
        let after = self.after.as_ref();
        begins && after.is_none_or(|after| record_id.order(&after.parts()).is_gt())
    }
}

/// Refuses an answer of a store that is not one: rows that were not asked for, too many of them, out of their order.
///
/// # Errors
/// [`Error::Integrity`].
pub(crate) fn check_answer(ranges: &[Range], rows: &[Row]) -> Result<()> {
    let mut rest = rows.iter().peekable();
    for range in ranges {
        let (mut last, mut left) = (None::<&RecordId>, range.limit.unwrap_or(u32::MAX));
        // A range's rows end where the next one's begin: a row that could belong to both is the former's.
        while let Some(row) = rest.next_if(|row| {
            left > 0
                && range.has(&row.record_id)
                && last.is_none_or(|last| last.order(&row.record_id.parts()).is_lt())
        }) {
            last = Some(&row.record_id);
            left -= 1;
        }
    }
    match rest.next() {
        None => Ok(()),
        Some(_) => Err(Error::Integrity("rows that were not asked for")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str) -> Row {
        Row {
            record_id: RecordId::new(RecordType::Key, id),
            revision: 1,
            bytes: Vec::new(),
        }
    }

    fn is_answer(ranges: &[Range], ids: &[&str]) -> bool {
        let rows: Vec<_> = ids.iter().map(|id| key(id)).collect();
        check_answer(ranges, &rows).is_ok()
    }

    #[test]
    fn rows_that_were_not_asked_for_are_no_answer() {
        let (all, one) = (
            Range::of(RecordType::Key),
            Range::record_id(&key("b").record_id),
        );
        assert!(is_answer(core::slice::from_ref(&all), &["a", "b", "c"]));
        assert!(is_answer(&[one.clone(), all.clone()], &["b", "a", "b"]));
        assert!(is_answer(
            &[all.clone(), one.clone(), one.clone()],
            &["a", "b", "b", "b"]
        ));
        assert!(is_answer(&[one.clone(), Range::of(RecordType::Head)], &[]));
        assert!(!is_answer(&[], &["a"]));
        assert!(!is_answer(&[Range::of(RecordType::Head)], &["a"]));
        assert!(!is_answer(core::slice::from_ref(&one), &["a"]));
        assert!(!is_answer(core::slice::from_ref(&one), &["b", "b"]));
        for disordered in [["b", "a", "c"], ["a", "a", "b"], ["a", "c", "b"]] {
            assert!(!is_answer(core::slice::from_ref(&all), &disordered));
        }
        let page = all.page(Some(key("a").record_id), 2);
        assert!(is_answer(core::slice::from_ref(&page), &["b", "c"]));
        assert!(!is_answer(core::slice::from_ref(&page), &["a", "b"]));
        assert!(!is_answer(&[page], &["b", "c", "d"]));
    }
}
