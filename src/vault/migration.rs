//! What earlier releases wrote, brought to what this one writes.
//!
//! The heads of release 0.1 and of the first releases of 0.2 did not say what proves single rows. Vaults of release 0.1 had
//! no catalog either, and their heads did not say how many records there are. Keys and versions are read as they are: a
//! record without a history has none.

use crate::{
    base::{Error, Result, Secret, VersionState},
    keys::{AliasHashKey, KeyListing, KeyRecord, catalog},
    store::{Range, RecordType},
};

use super::{keyring::Keyring, transaction::Transaction};

impl Keyring {
    /// Whether an earlier release wrote the vault last.
    pub(crate) fn is_old(&self) -> bool {
        self.head.1.is_old()
    }

    /// Whether the vault has no catalog, so that no key of it is found by its alias.
    pub(crate) fn lacks_catalog(&self) -> bool {
        self.head.1.records.is_none()
    }
}

impl Transaction<'_> {
    /// Everything that a vault of an earlier release lacks, in one commit.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(super) async fn upgrade(&mut self) -> Result<()> {
        if !self.keyring()?.is_old() {
            return Ok(());
        }
        let rows = self.range(Range::all()).await?;
        self.restate_head();
        if !self.keyring()?.lacks_catalog() {
            return self.relist_destroyed().await;
        }
        let records = rows.len() as u64 - 1;
        let jwk = AliasHashKey::jwk(Secret::generate(self.rng())?);
        self.lacks(AliasHashKey::from_jwk(&jwk)?, records);
        let record_id = self.keyring()?.singleton(RecordType::Index);
        self.put(record_id, jwk);
        for row in self.range(Range::of(RecordType::Key)).await?.iter() {
            let key = KeyRecord::read(self.open_json(row)?)?;
            self.list(&key, &KeyListing::of(&key));
        }
        Ok(())
    }

    /// Earlier releases list a key that is destroyed by its alias, as any other.
    async fn relist_destroyed(&mut self) -> Result<()> {
        let mut listed = Vec::new();
        for shard in self.range(Range::of(RecordType::Catalog)).await?.iter() {
            listed.extend(catalog::read(Some(shard), &self.keyring()?.cipher())?);
        }
        for before in listed {
            if before.state != VersionState::Destroyed {
                continue;
            }
            match self.key_record(&before.id) {
                Ok(key) if key.is_destroyed() => self.list(&key, &before),
                // What is listed without a record counts for nothing.
                Ok(_) | Err(Error::NoKey) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
