//! The ports that a vault stands on.

use std::rc::Rc;

use crate::{
    base::{Clock, Entropy, Error, KeyId, Result, Timestamp, VersionId},
    factors::FactorPort,
    store::{self, Range, RecordId, Row, Rows, Sequence, Store, VaultName, check_answer},
};

/// Everything outside of the core that a vault uses.
pub struct Platform<S, E> {
    /// Where the rows are kept.
    pub store: S,
    /// Answers the factors' challenges.
    pub factor: Box<dyn FactorPort>,
    /// Encrypts bodies.
    pub engine: Rc<E>,
    /// Tells the time, and wakes the vault when a key is to be wiped.
    pub clock: Rc<dyn Clock>,
    /// The source of random bytes.
    pub rng: Box<dyn Entropy>,
    /// Called once at the end of each operation.
    pub listener: Box<dyn Fn(&Event)>,
}

/// The end of an operation on an unlocked vault.
pub struct Event<'a> {
    /// The operation's name.
    pub operation: &'static str,
    /// The versions that it used: key and version by their ids.
    pub used: &'a [(KeyId, VersionId)],
    /// When it ended, in milliseconds since 1970.
    pub at: Timestamp,
    /// Why it failed, if it did.
    pub error: Option<Error>,
}

impl<S: Store, E> Platform<S, E> {
    /// The names of all vaults in the store.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn vaults(&self) -> Result<Vec<VaultName>> {
        Ok(self.store.vaults().await?)
    }

    /// A vault's sequence and some of its rows, all of which were asked for.
    ///
    /// # Errors
    /// [`Error::Integrity`] for rows that were not; what the store reports.
    pub(crate) async fn read(
        &self,
        name: &VaultName,
        ranges: &[Range],
    ) -> Result<(Sequence, Vec<Row>)> {
        let (sequence, rows) = self.store.read(name, ranges).await?;
        check_answer(ranges, &rows)?;
        Ok((sequence, rows))
    }

    /// Commits a change: see [`Store::commit_rows`].
    ///
    /// # Errors
    /// What the store reports; an error as well where it reports none and has not taken all rows.
    pub(crate) async fn commit(
        &self,
        name: &VaultName,
        [expect, next]: [Sequence; 2],
        deletes: &[RecordId],
        rows: &mut Rows<'_>,
    ) -> store::Result<()> {
        let store = &self.store;
        store.commit_rows(name, expect, next, deletes, rows).await?;
        match rows.next() {
            None => Ok(()),
            Some(_) => Err(store::Error::Storage(
                "it did not take all rows of a commit",
            )),
        }
    }

    /// Removes a vault with everything in it. Removing what is not there is fine.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn remove(&self, name: &VaultName) -> Result<()> {
        Ok(self.store.remove(name).await?)
    }
}
