//! What the first release wrote, brought to what this one reads.
//!
//! Its vaults had no catalog, and their heads did not say how many records there are. Keys and versions
//! are read as they are: a record without a history has none.

use crate::{
    base::{Result, Secret},
    keys::{AliasHashKey, KeyRecord},
    store::{Range, RecordType},
};

use super::{keyring::Keyring, transaction::Transaction};

impl Keyring {
    /// Whether the vault is one of the first release.
    pub(crate) fn is_old(&self) -> bool {
        self.head.1.records.is_none()
    }
}

impl Transaction<'_> {
    /// Everything that a vault of the first release lacks, in one commit.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity).
    pub(super) async fn upgrade(&mut self) -> Result<()> {
        if !self.keyring()?.is_old() {
            return Ok(());
        }
        let records = self.range(Range::all()).await?.len() as u64 - 1;
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
