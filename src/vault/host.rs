//! What a vault stands on.

use std::rc::Rc;

use crate::{
    custody::{Store, Stretch, VaultName},
    vocabulary::{Clock, Entropy, Result},
};

/// The outside of a vault: everything that waits, and everything that a test may want to choose.
pub struct Host<S, E> {
    /// Where the rows are kept.
    pub store: S,
    /// What encrypts bodies.
    pub engine: Rc<E>,
    /// What tells the time.
    pub clock: Box<dyn Clock>,
    /// Where random bytes come from.
    pub entropy: Box<dyn Entropy>,
    /// Where Argon2id runs.
    pub stretch: Box<dyn Stretch>,
}

impl<S: Store, E> Host<S, E> {
    /// The names of the vaults there are.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn vaults(&self) -> Result<Vec<VaultName>> {
        self.store.vaults().await
    }

    /// Removes a vault with everything in it. Removing what is not there is fine.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn remove(&self, name: &VaultName) -> Result<()> {
        self.store.remove(name).await
    }
}
