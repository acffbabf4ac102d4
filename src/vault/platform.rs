//! The ports that a vault stands on.

use std::rc::Rc;

use crate::{
    base::{Clock, Entropy, Error, KeyId, Result, Timestamp, VersionId},
    factors::FactorPort,
    store::{Range, Row, Sequence, Store, VaultName, check_answer},
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
        self.store.vaults().await
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

    /// Removes a vault with everything in it. Removing what is not there is fine.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn remove(&self, name: &VaultName) -> Result<()> {
        self.store.remove(name).await
    }
}
