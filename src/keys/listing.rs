//! Lists of keys: filtered, and a page at a time.

use std::rc::Rc;

use crate::base::{KeyId, Timestamp, VersionState};

use super::{Alias, KeyListing, Purpose};

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

/// The ids of some keys.
pub(crate) struct KeyIds {
    /// By alias.
    pub(crate) ids: Vec<KeyId>,
    /// The last one's alias, if more follow.
    pub(crate) next: Option<Alias>,
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

    /// A page of the keys that it is for, out of all by alias.
    pub(crate) fn select(&self, listed: &[Rc<KeyListing>]) -> KeyIds {
        let prefix = self.prefix.as_deref().unwrap_or_default();
        let behind = |listing: &KeyListing| match &self.after {
            Some(after) if after.as_str() >= prefix => listing.alias.as_str() > after.as_str(),
            _ => listing.alias.as_str() >= prefix,
        };
        let from = listed.partition_point(|listing| !behind(listing));
        let (mut ids, mut last) = (Vec::new(), None);
        for listing in &listed[from..] {
            if !listing.alias.as_str().starts_with(prefix) {
                break;
            }
            if !self.meets(listing) {
                continue;
            }
            if ids.len() == self.limit {
                return KeyIds { ids, next: last };
            }
            ids.push(listing.id.clone());
            last = Some(listing.alias.clone());
        }
        KeyIds { ids, next: None }
    }
}
