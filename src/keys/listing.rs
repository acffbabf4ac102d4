//! Lists of keys: filtered, and a page at a time.

use crate::{
    base::{Result, Timestamp, VersionState},
    store::{RecordId, RecordType},
    vault::holdings::Holdings,
};

use super::{KeyListing, KeyRecord, Purpose};

/// Which keys are listed: those that meet all of what is asked.
#[derive(Debug, Clone)]
pub struct KeyQuery {
    /// Whose alias begins with this.
    pub prefix: Option<String>,
    /// Whose primary version is in this state.
    pub state: Option<VersionState>,
    /// Which serve this purpose.
    pub purpose: Option<Purpose>,
    /// Which have a label of this name; and this value, if one is given.
    pub label: Option<(String, Option<String>)>,
    /// Which are to be rotated before this time, in milliseconds since 1970.
    pub due_before: Option<Timestamp>,
    /// Whose alias comes after this one.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

impl Default for KeyQuery {
    /// The first thousand of all keys.
    fn default() -> Self {
        Self {
            prefix: None,
            state: None,
            purpose: None,
            label: None,
            due_before: None,
            after: None,
            limit: Self::MAX,
        }
    }
}

/// Some keys.
#[derive(Debug)]
pub struct KeyPage {
    /// By alias.
    pub keys: Vec<Box<KeyRecord>>,
    /// The last one's alias, if more follow.
    pub next: Option<String>,
}

impl KeyQuery {
    /// The most keys of one page.
    pub const MAX: usize = 1000;

    fn meets(&self, entry: &KeyListing) -> bool {
        let labelled = |(name, value): &(String, Option<String>)| {
            let found = entry.labels.get(name);
            found.is_some_and(|found| value.as_ref().is_none_or(|value| value == found))
        };
        let due = |before| entry.due.is_some_and(|due| due < before);
        self.state.is_none_or(|state| state == entry.state)
            && self.purpose.is_none_or(|purpose| purpose == entry.purpose)
            && self.label.as_ref().is_none_or(labelled)
            && self.due_before.is_none_or(due)
    }
}

impl Holdings {
    /// A page of the keys that a query is for, by alias.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity).
    pub fn list(&self, query: &KeyQuery) -> Result<KeyPage> {
        let listed = self.listed()?;
        let prefix = query.prefix.as_deref().unwrap_or_default();
        let behind = |entry: &KeyListing| match &query.after {
            Some(after) if after.as_str() >= prefix => entry.alias > *after,
            _ => *entry.alias >= *prefix,
        };
        let from = listed.partition_point(|entry| !behind(entry));
        let (mut record_ids, mut next, mut last) = (Vec::new(), None, None);
        for entry in &listed[from..] {
            if !entry.alias.starts_with(prefix) {
                break;
            }
            if !query.meets(entry) {
                continue;
            }
            if record_ids.len() == query.limit {
                next = last;
                break;
            }
            record_ids.push(RecordId::new(RecordType::Key, entry.id.as_str()));
            last = Some(entry.alias.clone());
        }
        let mut wanted = record_ids.clone();
        for record_id in &record_ids {
            wanted.push(Self::usage_record_id(&record_id.id));
        }
        self.read_ahead(&wanted)?;
        let mut keys = Vec::new();
        for record_id in &record_ids {
            keys.push(self.key_of(&record_id.id)?);
        }
        Ok(KeyPage { keys, next })
    }
}
