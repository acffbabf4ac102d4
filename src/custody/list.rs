//! Lists of keys: filtered, and a page at a time.

use crate::vocabulary::{Result, Timestamp, VersionState};

use super::{Holdings, KeyRecord, Kind, Purpose, Slot, catalog::Entry};

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

    fn meets(&self, entry: &Entry) -> bool {
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
        let behind = |entry: &Entry| match &query.after {
            Some(after) if after.as_str() >= prefix => entry.alias > *after,
            _ => *entry.alias >= *prefix,
        };
        let from = listed.partition_point(|entry| !behind(entry));
        let (mut slots, mut next, mut last) = (Vec::new(), None, None);
        for entry in &listed[from..] {
            if !entry.alias.starts_with(prefix) {
                break;
            }
            if !query.meets(entry) {
                continue;
            }
            if slots.len() == query.limit {
                next = last;
                break;
            }
            slots.push(Slot::new(Kind::Key, entry.id.as_str()));
            last = Some(entry.alias.clone());
        }
        let mut wanted = slots.clone();
        for slot in &slots {
            wanted.push(Self::usage_slot(&slot.id));
        }
        self.read_ahead(&wanted)?;
        let mut keys = Vec::new();
        for slot in &slots {
            keys.push(self.key_of(&slot.id)?);
        }
        Ok(KeyPage { keys, next })
    }
}
