//! What the first release wrote, brought to what this one reads.
//!
//! Its vaults had no catalog, and their heads did not say how many records there are. Keys and versions
//! are read as they are: a record without a history has none.

use crate::vocabulary::{Entropy, Result, Secret};

use super::{Change, Holdings, KeyRecord, Kind, Range, catalog::IndexKey, edit::Edit};

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
        let jwk = IndexKey::jwk(Secret::generate(entropy)?);
        let mut edit = Edit::with(self, IndexKey::from_jwk(&jwk)?, Some(records), entropy);
        edit.put_key(self.singleton(Kind::Index), &jwk)?;
        for row in self.range(Range::of(Kind::Key))? {
            let key = KeyRecord::parse(self.scribe().open_json(row)?)?;
            edit.list(&key)?;
        }
        edit.finish()
    }
}
