//! What the first release wrote, brought to what this one reads.
//!
//! Its vaults had no catalog, and their heads did not say how many records there are. Keys and versions
//! are read as they are: a record without a history has none.

use crate::{
    base::{Entropy, Result, Secret},
    keys::{AliasHashKey, KeyRecord},
    store::{Range, RecordType},
};

use super::{
    edit::Edit,
    holdings::{Change, Holdings},
};

impl Holdings {
    /// Whether the vault is one of the first release.
    pub(crate) fn is_old(&self) -> bool {
        self.head.1.records.is_none()
    }

    /// Everything that it lacks, in one batch.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity).
    pub(crate) fn upgrade(&self, entropy: &dyn Entropy) -> Result<Change> {
        let records = self.range(Range::all())?.len() as u64 - 1;
        let jwk = AliasHashKey::jwk(Secret::generate(entropy)?);
        let mut edit = Edit::with(self, AliasHashKey::from_jwk(&jwk)?, Some(records), entropy);
        edit.put_key(self.singleton(RecordType::Index), &jwk)?;
        for row in self.range(Range::of(RecordType::Key))? {
            let key = KeyRecord::read(self.cipher().decrypt_json(row)?)?;
            edit.list(&key)?;
        }
        edit.finish()
    }
}
