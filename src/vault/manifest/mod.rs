//! How an unlocked vault proves what it reads, and keeps the proof true with each change.
//!
//! A vault of up to [`SMALL`] records is read whole, held against the head, and kept in memory. A larger one has a
//! [manifest](crate::records::Manifest), whose pages and directories are records like any other: each read asks the store
//! for the page and the directory that prove it in the same transaction, and each change writes those of the rows
//! it writes.

mod cache;
mod draft;
mod reading;
mod rows;
mod sealing;

use crate::{
    base::{Error, json},
    store::{RecordId, RecordType},
};

pub(crate) use cache::{Held, ManifestCache};
pub(crate) use draft::ManifestDraft;
pub(crate) use reading::Reading;
pub(crate) use sealing::{Sealed, Sealer};

use super::keyring::Keyring;

/// Vaults of at most so many records have no manifest. Such a vault is read in less time than anybody notices.
pub(crate) const SMALL: u64 = 1000;

pub(crate) const UNACCOUNTED: Error =
    Error::Integrity("records that the head does not account for");

/// A page is not in memory any more: another operation has made room meanwhile, and this one is attempted again.
const MISSING: Error = Error::Conflict;

pub(crate) const OCCUPIED: Error = Error::Integrity("a record in the place of a new one");

/// Whether pages prove rows of a type. The others are read at every unlock, or are the proof themselves.
pub(crate) fn has_place(kind: RecordType) -> bool {
    !Keyring::CORE.contains(&kind) && !is_proof(kind)
}

/// Whether rows of a type are part of the manifest.
pub(crate) fn is_proof(kind: RecordType) -> bool {
    matches!(kind, RecordType::Page | RecordType::Directory)
}

pub(crate) fn page_id(number: u64) -> RecordId {
    RecordId::new(RecordType::Page, json::decimal(number))
}

pub(crate) fn directory_id(number: u64) -> RecordId {
    RecordId::new(RecordType::Directory, json::decimal(number))
}
