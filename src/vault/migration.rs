//! What earlier releases wrote, brought to what this one writes.
//!
//! The heads of release 0.1 and of the first releases of 0.2 did not say what proves single rows. Vaults of release 0.1 had
//! no catalog either, and their heads did not say how many records there are. Keys and versions are read as they are: a
//! record without a history has none.

use crate::{
    base::{Result, Secret},
    keys::{AliasHashKey, KeyRecord},
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
    /// [`Error::Integrity`](crate::Error::Integrity).
    pub(super) async fn upgrade(&mut self) -> Result<()> {
        if !self.keyring()?.is_old() {
            return Ok(());
        }
        let rows = self.range(Range::all()).await?;
        self.restate_head();
        if !self.keyring()?.lacks_catalog() {
            return Ok(());
        }
        let records = rows.len() as u64 - 1;
        let jwk = AliasHashKey::jwk(Secret::generate(self.rng())?);
        self.lacks(AliasHashKey::from_jwk(&jwk)?, records);
        let record_id = self.keyring()?.singleton(RecordType::Index);
        self.put(record_id, jwk);
        for row in self.range(Range::of(RecordType::Key)).await?.iter() {
            let key = KeyRecord::read(self.open_json(row)?)?;
            self.list(&key, &key.alias);
        }
        Ok(())
    }
}
