//! What a merge did.

use crate::{
    base::{KeyId, VersionId, VersionState},
    keys::Alias,
};

/// What a merge did, and what it left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeReport {
    /// Whether the backup is under the vault's own vault key. Of another one, only what is missing was taken, and proves
    /// nothing.
    pub proven: bool,
    /// Which vault key the backup is under, counted from 1.
    pub generation: u64,
    /// The keys that were not here, by their ids.
    pub keys: Vec<KeyId>,
    /// The versions that were not here, of these and of other keys.
    pub versions: Vec<MergedVersion>,
    /// The versions that were here, and are in another state now.
    pub changed: Vec<ChangedVersion>,
    /// The keys that got another alias because another key has theirs, or because the backup's was newer.
    pub renamed: Vec<RenamedKey>,
    /// How many versions and objects the backup still has that were destroyed, forgotten or shredded, and stay so.
    pub tombstones: u64,
    /// How many objects were entered into the inventory, or changed there.
    pub objects: u64,
    /// How many objects were taken out of the inventory, as they were forgotten or shredded in the other copy.
    pub removed: u64,
    /// Whether the vault's own policies are other ones now.
    pub policy: bool,
    /// Whether another policy of the vault's organisation is in force now.
    pub organisation: bool,
    /// What was left, and why.
    pub skipped: Vec<Skipped>,
}

/// A version that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedVersion {
    /// The key.
    pub key: KeyId,
    /// The version.
    pub version: VersionId,
    /// The state that it came into.
    pub state: VersionState,
}

/// A version that was here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedVersion {
    /// The key.
    pub key: KeyId,
    /// The version.
    pub version: VersionId,
    /// What it was.
    pub from: VersionState,
    /// What it is.
    pub to: VersionState,
}

/// A key of another alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenamedKey {
    /// The key.
    pub key: KeyId,
    /// What it was called, here or in the backup.
    pub from: Alias,
    /// What it is called.
    pub to: Alias,
}

/// Something of the backup that was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// What kind of record.
    pub record: SkippedRecord,
    /// Its id.
    pub id: String,
    /// Why, in one word that stays.
    pub reason: &'static str,
}

/// What was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkippedRecord {
    /// A named key, with its versions.
    Key,
    /// One version.
    Version,
    /// An object of the inventory.
    Object,
    /// A factor.
    Factor,
    /// A pending upload.
    Upload,
    /// The vault's own policies.
    Policy,
    /// The policy of the vault's organisation.
    Organisation,
}

impl SkippedRecord {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Version => "version",
            Self::Object => "object",
            Self::Factor => "factor",
            Self::Upload => "upload",
            Self::Policy => "policy",
            Self::Organisation => "organisation",
        }
    }
}

impl Skipped {
    /// Another record of that id is here, or its material is another.
    pub(super) const CONFLICT: &'static str = "conflict";
    /// The backup has no material of it.
    pub(super) const NO_MATERIAL: &'static str = "no-material";
    /// It would prove something that the backup does not.
    pub(super) const UNPROVEN: &'static str = "unproven";
    /// It belongs to the device that it was made on.
    pub(super) const OF_DEVICE: &'static str = "of-device";
    /// There are as many versions, or policies, as there can be.
    pub(super) const TOO_MANY: &'static str = "too-many";
    /// It is added by `addFactor` alone.
    pub(super) const NOT_ASKED: &'static str = "factor";
}

impl MergeReport {
    pub(super) fn skip(&mut self, record: SkippedRecord, id: &str, reason: &'static str) {
        self.skipped.push(Skipped {
            record,
            id: id.to_owned(),
            reason,
        });
    }
}
