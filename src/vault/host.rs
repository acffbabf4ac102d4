//! What a vault stands on.

use std::rc::Rc;

use crate::{
    custody::{Passphrase, Step, Store, Stretch, VaultName, take},
    vocabulary::{Clock, Entropy, Error, Result, Timestamp},
};

/// Everything about a vault that a test may want to choose.
pub struct Host<O, E> {
    /// What has to be waited for: an [`Outside`], or nothing where somebody else takes the steps.
    pub outside: O,
    /// What encrypts bodies.
    pub engine: Rc<E>,
    /// What tells the time.
    pub clock: Box<dyn Clock>,
    /// Where random bytes come from.
    pub entropy: Box<dyn Entropy>,
    /// Told of each operation, once, at its end.
    pub listener: Box<dyn Fn(&Event)>,
}

/// That an operation on an unlocked vault has ended.
pub struct Event<'a> {
    /// The operation's name.
    pub operation: &'static str,
    /// The versions that it used: key and version by their ids.
    pub used: &'a [(String, String)],
    /// When it ended, in milliseconds since 1970.
    pub at: Timestamp,
    /// Why it failed, if it did.
    pub error: Option<Error>,
}

/// What has to be waited for.
pub struct Outside<S> {
    /// Where the rows are kept.
    pub store: S,
    /// Where Argon2id runs.
    pub stretch: Box<dyn Stretch>,
}

impl<S: Store, E> Host<Outside<S>, E> {
    /// The names of the vaults there are.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn vaults(&self) -> Result<Vec<VaultName>> {
        self.outside.store.vaults().await
    }

    /// Removes a vault with everything in it. Removing what is not there is fine.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn remove(&self, name: &VaultName) -> Result<()> {
        self.outside.store.remove(name).await
    }

    pub(super) async fn take<T>(&self, passphrases: &[Passphrase], step: Step<'_, T>) -> Result<T> {
        let Outside { store, stretch } = &self.outside;
        take(store, stretch.as_ref(), passphrases, step).await
    }
}
