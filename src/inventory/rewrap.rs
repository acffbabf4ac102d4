//! Headers under other versions, and objects that end with their headers.

use crate::{
    base::{BackupId, KeyId, ObjectId, Timestamp, VersionId},
    jose::Envelope,
};

/// What became of a header.
pub struct Rewrapped {
    /// The object's id.
    pub id: ObjectId,
    /// The key that it is under now, by its id.
    pub key: KeyId,
    /// The version that it was under, by its id.
    pub from: VersionId,
    /// The version that it is under now.
    pub to: VersionId,
    /// The new header; none where the old one was under the primary version already.
    pub header: Option<Envelope>,
    /// Its signature, of one for more recipients.
    pub signature: Option<String>,
}

/// Which copies of an object's header, or of a sidecar's, there are beside the one that was to be the last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copies {
    /// Whether somebody else keeps the header: the inventory has none of it.
    pub elsewhere: bool,
    /// The backups that hold it: when each was made, and its id.
    pub backups: Vec<(Timestamp, BackupId)>,
}

impl Copies {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.elsewhere && self.backups.is_empty()
    }
}
