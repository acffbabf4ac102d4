//! How the page's side has a body begun, and what it is told then.

use serde::{Deserialize, Serialize};

use crate::{
    base::{KeyId, Kid, ObjectId, VersionId, VersionState},
    object::FileMetadata,
};

/// A body that is encrypted.
#[derive(Serialize)]
pub struct EncryptedBody<'a> {
    /// Its object's id.
    pub id: &'a ObjectId,
    /// The version that it is under, of a vault's key.
    pub kid: Option<&'a Kid>,
    /// Segments of a piece.
    pub piece: u32,
    /// Bytes of the body, where the plaintext's are known.
    pub size: Option<u64>,
}

/// A body that is encrypted again.
#[derive(Serialize)]
pub struct ResumedBody<'a> {
    /// Its object's id.
    pub id: &'a ObjectId,
    /// The version that it is under.
    pub kid: Option<&'a Kid>,
    /// Segments of a piece.
    pub piece: u32,
    /// Bytes of the body.
    pub size: Option<u64>,
    /// Bytes of the plaintext.
    pub input: u64,
    /// The byte of the plaintext at which the pass begins.
    pub plain: u64,
    /// Bytes that it leaves out of what comes first.
    pub skip: u64,
    /// Whether header and body are one blob.
    pub attached: bool,
    /// Whether the vault keeps the header.
    pub kept: bool,
    /// What its uploader has noted.
    pub note: Option<&'a str>,
}

/// Which object is opened.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DecryptOptions {
    /// The id that it must have.
    pub expect: Option<String>,
    /// What the inventory must have it by.
    pub tracked: Option<String>,
    /// Whether nothing needs to prove who wrote it.
    pub allow_unsigned: bool,
}

/// A body that is decrypted.
#[derive(Serialize)]
pub struct DecryptedBody<'a> {
    /// Its object's id.
    pub id: &'a ObjectId,
    /// `own` or `unsigned`.
    pub origin: &'static str,
    /// What its signature covers, `header` or `content`, where it has one that was verified.
    pub covers: Option<&'static str>,
    /// The version that opened it, of a vault's key.
    pub version: Option<OpenedBy>,
    /// By its name.
    pub kid: Option<&'a Kid>,
    /// What the object says of itself.
    pub metadata: Option<&'a FileMetadata>,
}

/// The version that opened something.
#[derive(Serialize)]
pub struct OpenedBy {
    /// The key, by its id.
    pub key: KeyId,
    /// The version, by its id.
    pub version: VersionId,
    /// Where it is in its life: of one that is compromised, others may have written what it opened.
    pub state: VersionState,
}

impl OpenedBy {
    /// Nothing for a name that is no version's.
    #[must_use]
    pub fn of(kid: &Kid, state: VersionState) -> Option<Self> {
        let (key, version) = kid.version()?;
        Some(Self {
            key,
            version,
            state,
        })
    }
}
