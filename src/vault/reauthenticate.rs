//! Asks for a factor once more, before something dangerous is done with an unlocked vault.

use crate::{
    base::{Error, Result},
    factors::{Factor, Present},
    store::Store,
};

use super::{ExpectedVault, UnlockReport, Unlocked, Vault};

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Confirms a factor of a vault that is open already, and that the vault is the one expected and no older than what
    /// was seen. One that pins an identity that was superseded remembers the one in memory from then on.
    ///
    /// # Errors
    /// [`Error::WrongFactor`]; [`Error::NoVault`] when it
    /// was deleted meanwhile; [`Error::Integrity`] when another vault, or an older copy of
    /// this one, took its place in the store.
    pub async fn confirm(
        &self,
        present: &dyn Present,
        expected: &ExpectedVault,
    ) -> Result<UnlockReport> {
        let confirmed = self.confirm_unnoted(present, expected).await;
        self.note("unlock", &[], confirmed.clone().err());
        confirmed
    }

    async fn confirm_unnoted(
        &self,
        present: &dyn Present,
        expected: &ExpectedVault,
    ) -> Result<UnlockReport> {
        let factor = self.open_again_unnoted(present).await?;
        let (identity, known) = (self.identity()?, &expected.identity);
        if known.as_ref().is_some_and(|known| *known != identity) {
            return Err(Error::Integrity("another vault than expected"));
        }
        if let Some(seen) = &expected.seen {
            self.state.open()?.keyring.check_seen(seen)?;
        }
        if factor.pin().identity != identity {
            self.repin(&factor).await?;
        }
        self.unlock_report(&factor, false)
    }

    /// As [`open_again`](Self::open_again), with a factor that proves a person.
    ///
    /// # Errors
    /// Those; [`Error::PersonNeeded`], before anything is asked.
    pub(crate) async fn reauthenticate(
        &self,
        operation: &'static str,
        present: &dyn Present,
    ) -> Result<Box<Factor>> {
        if !present.kind().proves_person() {
            let kinds = self.state.open()?.keyring.person_kinds();
            let needed = Error::PersonNeeded(kinds);
            self.note(operation, &[], Some(needed.clone()));
            return Err(needed);
        }
        self.open_again(operation, present).await
    }

    /// Opens the vault, as it is stored now, with a factor, and gives it; a failure is the end of the operation of
    /// that name. No turn of the queue is held meanwhile. The store may have another vault by now, which somebody
    /// else's factor opens: what it opens is held against what is in memory.
    ///
    /// # Errors
    /// [`Error::WrongFactor`]; [`Error::NoVault`] when it
    /// was deleted meanwhile; [`Error::Integrity`].
    pub(crate) async fn open_again(
        &self,
        operation: &'static str,
        present: &dyn Present,
    ) -> Result<Box<Factor>> {
        let opened = self.open_again_unnoted(present).await;
        if let Err(error) = &opened {
            self.note(operation, &[], Some(error.clone()));
        }
        opened
    }

    async fn open_again_unnoted(&self, present: &dyn Present) -> Result<Box<Factor>> {
        // As of before the store is read: this vault may change while the factor is asked.
        let known = self.state.open()?.keyring.known();
        let opened = self.open_with(present, Some(known.identity())).await;
        let (opened, factor) = opened.map_err(|error| match error {
            // What is in memory is of the identity that signed before.
            Error::IdentityChanged { .. } => Error::Rotated,
            error => error,
        })?;
        known.check(&opened)?;
        Ok(factor)
    }
}
