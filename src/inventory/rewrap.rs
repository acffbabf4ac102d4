//! Headers under other versions, and objects that end with their headers.

use crate::{base::Timestamp, jose::Envelope};

/// What became of a header.
pub struct Rewrapped {
    /// The object's id.
    pub id: String,
    /// The key that it is under now, by its id.
    pub key: String,
    /// The version that it was under, by its id.
    pub from: String,
    /// The version that it is under now.
    pub to: String,
    /// The new header; none where the old one was under the primary version already.
    pub header: Option<Envelope>,
}

/// Which copies of an object's header, or of a sidecar's, there are beside the one that was to be the last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copies {
    /// Whether somebody else keeps the header: the inventory has none of it.
    pub elsewhere: bool,
    /// The backups that hold it: when each was made, and its id.
    pub backups: Vec<(Timestamp, String)>,
}

impl Copies {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.elsewhere && self.backups.is_empty()
    }
}
