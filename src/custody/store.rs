//! The store port: named vaults, each a set of rows under one compare-and-swap.

use crate::vocabulary::{Error, Result};

use super::VaultName;

/// What a row holds. The text of each kind is part of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
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
}

impl Kind {
    const NAMES: [(Self, &'static str); 9] = [
        (Self::VaultKey, "vault-key"),
        (Self::Statement, "statement"),
        (Self::Factor, "factor"),
        (Self::Recipient, "recipient"),
        (Self::Identity, "identity"),
        (Self::Mac, "mac"),
        (Self::Head, "head"),
        (Self::Key, "key"),
        (Self::Version, "version"),
    ];

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
            .ok_or(&Error::Unsupported("a record of an unknown type"))
    }
}

/// Where a row stands in its vault. `version` is empty where the kind has no versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// What the row holds.
    pub kind: Kind,
    /// Which one.
    pub id: String,
    /// Which version of it.
    pub version: String,
}

impl Slot {
    /// A slot of a kind that has no versions.
    #[must_use]
    pub fn new(kind: Kind, id: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into(),
            version: String::new(),
        }
    }
}

/// One record as a store sees it: where it stands, how often it was written, opaque bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub slot: Slot,
    /// 1 when first written, one more each time it is written again.
    pub revision: u64,
    /// The envelope (or JWS) as it was written, never serialised again.
    pub bytes: Vec<u8>,
}

/// How many commits a vault has seen in this store; 0 where there is no vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Sequence(pub u64);

impl Sequence {
    /// The one after the next commit.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// What one commit does: all of it, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Rows to write, replacing what stands in their slots.
    pub puts: Vec<Row>,
    /// Slots to empty.
    pub deletes: Vec<Slot>,
}

/// Where vaults are kept. All cryptography is done before a store is asked.
///
/// Every store passes one conformance suite (`tests/conformance/`).
#[expect(
    async_fn_in_trait,
    reason = "a page is one thread: these futures are never Send"
)]
pub trait Store {
    /// The vaults there are, by name.
    ///
    /// # Errors
    /// [`Error::Storage`].
    async fn vaults(&self) -> Result<Vec<VaultName>>;

    /// A vault's rows and sequence, read in one transaction; no rows and 0 where there is none.
    ///
    /// # Errors
    /// [`Error::Storage`].
    async fn read(&self, vault: &VaultName) -> Result<(Sequence, Vec<Row>)>;

    /// Applies the batch in one durable transaction if the vault's sequence still is `expect`.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is not, [`Error::Storage`]; nothing was changed then.
    async fn commit(&self, vault: &VaultName, expect: Sequence, batch: Batch) -> Result<Sequence>;

    /// Removes a vault and all its rows. Removing what is not there is fine.
    ///
    /// # Errors
    /// [`Error::Storage`].
    async fn remove(&self, vault: &VaultName) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for (kind, name) in Kind::NAMES {
            assert_eq!((kind.as_str(), Kind::parse(name)), (name, Ok(kind)));
        }
        assert!(Kind::parse("Factor").is_err());
    }
}
