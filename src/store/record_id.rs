//! What a row is found by.

use core::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::base::{KeyId, VersionId};

use super::{Error, Result};

/// What a row holds. The text of each kind is part of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename = "a record of an unknown type", rename_all = "kebab-case")]
pub enum RecordType {
    /// The vault key, wrapped to every factor. One row, its id the vault's.
    VaultKey,
    /// The signed vault statement. One row, its id the vault's.
    Statement,
    /// A factor's private key; its id is the factor's thumbprint.
    Factor,
    /// A factor's public key, under the vault key: what the next vault key will be wrapped to.
    Recipient,
    /// The vault's signing identity, under the vault key. One row.
    Identity,
    /// The key of the set digest, under the vault key. One row.
    Mac,
    /// The head, under the vault key. One row.
    Head,
    /// A named key's description, under the vault key; its id is the key's.
    Key,
    /// One version of a named key, under the vault key; id and version as in its `kid`.
    Version,
    /// The key of the keyed hash that aliases are found by, under the vault key. One row.
    Index,
    /// One shard of the catalog: what is listed of the keys whose aliases hash to it.
    Catalog,
    /// How often a key was used; its id is the key's.
    Usage,
    /// One object of the inventory; its id is the object's, its version the one it depends on.
    Object,
    /// That an object of the inventory is a sidecar; its id is the parent's, its version the sidecar's.
    Sidecar,
    /// That a backup was made; its id is random.
    Backup,
    /// An upload that may go on; its id is the object's.
    Upload,
    /// A page of the manifest; its id is its number.
    Page,
    /// A directory of the manifest; its id is its number.
    Directory,
    /// That a signing identity took the place of another, signed by that; its id is the old one's thumbprint.
    Succession,
    /// One shard of the tombstones: which objects were taken out of the inventory.
    Tombstone,
    /// The keys of an audit log, under the vault key; its id is the log's.
    AuditKey,
    /// Entries of an audit log, under the log's key; its id is the log's, its version the first entry's number. No record:
    /// the head accounts for it by the log's tree.
    Audit,
    /// The vault's policy, under the vault key. One row, its id the vault's.
    Policy,
    /// A node of an audit log's index, under the log's key; its id is the log's. No record: it is held against the log's tree, and is
    /// made again where it is missing.
    AuditIndex,
    /// The requests for approvals that are open, under the vault key. One row, its id the vault's.
    Requests,
    /// The policy of the vault's organisation, under the vault key. One row, its id the vault's.
    Organisation,
    /// What the vault has seen of logs that it is a witness of, and what witnesses have seen of its own, under the vault key. One row,
    /// its id the vault's.
    Witness,
}

impl RecordType {
    const NAMES: [(Self, &'static str); 27] = [
        (Self::VaultKey, "vault-key"),
        (Self::Statement, "statement"),
        (Self::Factor, "factor"),
        (Self::Recipient, "recipient"),
        (Self::Identity, "identity"),
        (Self::Mac, "mac"),
        (Self::Head, "head"),
        (Self::Key, "key"),
        (Self::Version, "version"),
        (Self::Index, "index"),
        (Self::Catalog, "catalog"),
        (Self::Usage, "usage"),
        (Self::Object, "object"),
        (Self::Sidecar, "sidecar"),
        (Self::Backup, "backup"),
        (Self::Upload, "upload"),
        (Self::Page, "page"),
        (Self::Directory, "directory"),
        (Self::Succession, "succession"),
        (Self::Tombstone, "tombstone"),
        (Self::AuditKey, "audit-key"),
        (Self::Audit, "audit"),
        (Self::Policy, "policy"),
        (Self::AuditIndex, "audit-index"),
        (Self::Requests, "requests"),
        (Self::Organisation, "organisation"),
        (Self::Witness, "witness"),
    ];

    /// The kind's number, counted as they are declared, which is part of the format.
    pub(crate) fn number(self) -> u8 {
        self as u8
    }

    /// The kind's text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES[self as usize].1
    }

    /// The kind of that text.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a kind of a later version.
    pub fn parse(text: &str) -> Result<Self> {
        let named = Self::NAMES.iter().find(|(_, name)| *name == text);
        named
            .map(|(kind, _)| *kind)
            .ok_or(Error::Unsupported("a record of an unknown type"))
    }
}

/// Where a row stands in its vault. `version` is empty where the kind has no versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordId {
    /// What the row holds.
    pub kind: RecordType,
    /// Which one.
    pub id: String,
    /// Which version of it.
    pub version: String,
}

impl RecordId {
    /// A record_id of a kind that has no versions.
    #[must_use]
    pub fn new(kind: RecordType, id: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into(),
            version: String::new(),
        }
    }

    /// The place of a key's version.
    pub(crate) fn of_version(key: &KeyId, version: &VersionId) -> Self {
        Self {
            kind: RecordType::Version,
            id: key.as_str().to_owned(),
            version: version.as_str().to_owned(),
        }
    }

    /// Its parts as texts, by which a store sorts.
    #[must_use]
    pub fn parts(&self) -> [&str; 3] {
        [self.kind.as_str(), &self.id, &self.version]
    }

    /// Whether it stands before or behind what begins with those parts in a store: part by part, by UTF-16 code units, as
    /// JavaScript's `<` and IndexedDB's keys do.
    #[must_use]
    pub fn order(&self, parts: &[&str]) -> Ordering {
        for (own, other) in self.parts().iter().zip(parts) {
            let order = own.encode_utf16().cmp(other.encode_utf16());
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Object;

    #[derive(Serialize)]
    struct Record {
        kind: RecordType,
    }

    #[test]
    fn every_kind_is_found_by_its_name() {
        for (kind, name) in RecordType::NAMES {
            assert_eq!((kind.as_str(), RecordType::parse(name)), (name, Ok(kind)));
            let stored = Object::encode(&Record { kind });
            assert_eq!(stored.get("kind"), Some(&name.into()));
        }
        assert!(RecordType::parse("Factor").is_err());
    }
}
