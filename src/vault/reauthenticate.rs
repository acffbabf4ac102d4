//! Asks for a factor once more, before something dangerous is done with an unlocked vault.

use crate::{
    base::Result,
    factors::{Factor, Present},
    records::LastSeenHead,
    store::Store,
};

use super::{Unlocked, Vault};

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Confirms a factor of a vault that is open already, and that the vault is no older than what was seen.
    ///
    /// # Errors
    /// [`Error::WrongFactor`](crate::Error::WrongFactor); [`Error::NoVault`](crate::Error::NoVault) when it
    /// was deleted meanwhile; [`Error::Integrity`](crate::Error::Integrity) when another vault, or an older copy of
    /// this one, took its place in the store.
    pub async fn confirm(&self, present: &dyn Present, seen: Option<&LastSeenHead>) -> Result<()> {
        let confirmed = self.open_again(present).await.and_then(|_| match seen {
            Some(seen) => self.state.open()?.keyring.check_seen(seen),
            None => Ok(()),
        });
        self.note("unlock", &[], confirmed.clone().err());
        confirmed
    }

    /// Opens the vault, as it is stored now, with a factor, and gives it; a failure is the end of the operation of
    /// that name. No turn of the queue is held meanwhile. The store may have another vault by now, which somebody
    /// else's factor opens: what it opens is held against what is in memory.
    ///
    /// # Errors
    /// [`Error::WrongFactor`](crate::Error::WrongFactor); [`Error::NoVault`](crate::Error::NoVault) when it
    /// was deleted meanwhile; [`Error::Integrity`](crate::Error::Integrity).
    pub(crate) async fn reauthenticate(
        &self,
        operation: &'static str,
        present: &dyn Present,
    ) -> Result<Box<Factor>> {
        let opened = self.open_again(present).await;
        if let Err(error) = &opened {
            self.note(operation, &[], Some(error.clone()));
        }
        opened
    }

    async fn open_again(&self, present: &dyn Present) -> Result<Box<Factor>> {
        // As of before the store is read: this vault may change while the factor is asked.
        let known = self.state.open()?.keyring.known();
        let (opened, factor) = self.open_with(present).await?;
        known.check(&opened)?;
        Ok(factor)
    }
}
