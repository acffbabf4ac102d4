//! Asks for a factor once more, before something dangerous is done with an unlocked vault.

use crate::{
    custody::{Passphrase, Store},
    vocabulary::Result,
};

use super::{Unlocked, Vault};

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Opens the vault, as it is stored now, with a passphrase; a failure is the end of the operation of
    /// that name. No turn of the queue is held meanwhile.
    ///
    /// # Errors
    /// [`Error::WrongFactor`](crate::Error::WrongFactor); [`Error::NoVault`](crate::Error::NoVault) when it
    /// was deleted meanwhile; [`Error::Integrity`](crate::Error::Integrity).
    pub(super) async fn reauthenticate(
        &self,
        operation: &'static str,
        passphrase: &Passphrase,
    ) -> Result<()> {
        let opened = self.open_with(passphrase).await;
        if let Err(error) = &opened {
            self.note(operation, &[], Some(error.clone()));
        }
        opened.map(drop)
    }
}
