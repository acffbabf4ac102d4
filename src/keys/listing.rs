//! Lists of keys: filtered, and a page at a time.

use std::rc::Rc;

use crate::base::{KeyId, Timestamp, VersionState};

use super::{KeyListing, Purpose};

/// Stands between an alias and an id, and in neither.
const BETWEEN: char = '\n';

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
    /// Also those that are destroyed: all versions of them.
    pub destroyed: bool,
    /// What the page before says comes next.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

impl Default for KeyQuery {
    /// The first thousand of all keys that are not destroyed.
    fn default() -> Self {
        Self {
            prefix: None,
            state: None,
            purpose: None,
            label: None,
            due_before: None,
            destroyed: false,
            after: None,
            limit: Self::MAX,
        }
    }
}

/// The ids of some keys.
pub(crate) struct KeyIds {
    /// By alias.
    pub(crate) ids: Vec<KeyId>,
    /// Where the next page begins, if more follow.
    pub(crate) next: Option<String>,
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
            && (self.destroyed || !entry.destroyed)
            && self.purpose.is_none_or(|purpose| purpose == entry.purpose)
            && self.label.as_ref().is_none_or(labelled)
            && self.due_before.is_none_or(due)
    }

    /// A page of the keys that it is for, out of all by alias.
    pub(crate) fn select(&self, listed: &[Rc<KeyListing>]) -> KeyIds {
        let prefix = self.prefix.as_deref().unwrap_or_default();
        // Where no id is said, all of that alias come before.
        let after = self.after.as_deref();
        let after = after.map(|after| after.split_once(BETWEEN).unwrap_or((after, "~")));
        let behind = |listing: &KeyListing| match after {
            Some(after) if after.0 >= prefix => {
                (listing.alias.as_str(), listing.id.as_str()) > after
            }
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
                let next = last.map(|last| self.next(last));
                return KeyIds { ids, next };
            }
            ids.push(listing.id.clone());
            last = Some(listing);
        }
        KeyIds { ids, next: None }
    }

    /// Where the page after that key begins.
    fn next(&self, last: &KeyListing) -> String {
        let mut next = last.alias.as_str().to_owned();
        // Only of those that are destroyed, several can have had one alias.
        if self.destroyed {
            next.push(BETWEEN);
            next.push_str(last.id.as_str());
        }
        next
    }
}
