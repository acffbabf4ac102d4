//! Asks for a factor once more, before something dangerous is done with an unlocked vault.

use crate::{
    base::{Error, Result},
    factors::{Opened, Present},
    records::FactorKind,
    store::Store,
};

use super::{
    ExpectedVault, FactorInfo, UnlockReport, Unlocked, Vault,
    gate::Request,
    keyring::{Keyring, Known},
    offline_grace::Asking,
    watch::Watch,
};

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
        let factor = confirmed
            .as_ref()
            .ok()
            .map(|report| report.factor.id.as_str());
        self.end("unlock", factor, confirmed.clone().err());
        confirmed
    }

    async fn confirm_unnoted(
        &self,
        present: &dyn Present,
        expected: &ExpectedVault,
    ) -> Result<UnlockReport> {
        let opened = self.open_again_unnoted(present).await?;
        let (identity, known) = (self.identity()?, &expected.identity);
        if known.as_ref().is_some_and(|known| *known != identity) {
            return Err(Error::Integrity("another vault than expected"));
        }
        if let Some(seen) = &expected.seen {
            self.state.open()?.keyring.check_seen(seen)?;
        }
        for factor in opened.all() {
            if factor.pin().identity != identity {
                self.repin(factor).await?;
            }
        }
        self.state.proved(&opened, self.platform.clock.moment());
        self.unlock_report(&opened, false)
    }

    /// Has a person prove themselves once more, by a factor of this vault: for as long as the vault stays unlocked here, a key's
    /// policy may ask how long ago. Where there is an audit log, it counts once its entry is written. Nothing else changes.
    ///
    /// # Errors
    /// [`Error::PersonNeeded`], before anything is asked; [`Error::WrongFactor`]; [`Error::NoFactor`];
    /// [`Error::SecondFactor`] of a vault that takes two; [`Error::Rotated`] when another tab has changed the vault key;
    /// [`Error::Integrity`] when another vault, or an older copy of this one, took its place in the store; what `watch` stops it with.
    pub async fn authenticate(
        &self,
        present: &dyn Present,
        watch: Watch<'_>,
    ) -> Result<FactorInfo> {
        const NAME: &str = "authenticate";
        let opened = self.person(NAME, present).await?;
        let at = self.platform.clock.moment();
        let request = Request::of(NAME).of_factor(opened.first.kid().as_str());
        let request = request.recorded_first().watched(watch);
        let proved = self.read(request, async |tx| {
            let keyring = tx.keyring()?;
            // Of every attempt: one may have been revoked since it was asked.
            keyring.check_named(&opened)?;
            keyring.factor(opened.first.kid().as_str())
        });
        let info = proved.await?;
        self.state.proved(&opened, at);
        Ok(info)
    }

    /// As [`open_again`](Self::open_again), with a factor that proves a person, which is remembered.
    ///
    /// # Errors
    /// Those; [`Error::PersonNeeded`], before anything is asked.
    pub(crate) async fn reauthenticate(
        &self,
        operation: &'static str,
        present: &dyn Present,
    ) -> Result<Opened> {
        let opened = self.person(operation, present).await?;
        self.state.proved(&opened, self.platform.clock.moment());
        Ok(opened)
    }

    async fn person(&self, operation: &'static str, present: &dyn Present) -> Result<Opened> {
        if let Err(needed) = self.check_person(present) {
            self.end(operation, None, Some(needed.clone()));
            return Err(needed);
        }
        self.open_again(operation, present).await
    }

    /// As [`reauthenticate`](Self::reauthenticate); of two factors each may be one that opens the vault alone.
    ///
    /// # Errors
    /// Those.
    pub(super) async fn reauthenticate_each(
        &self,
        operation: &'static str,
        present: &dyn Present,
    ) -> Result<Opened> {
        let opened: Result<Opened> = async {
            self.check_person(present)?;
            let known = self.state.open()?.keyring.known();
            let opened = self
                .open_with_each(present, Some(known.identity()), Asking::Anew)
                .await;
            let opened = held_against(&known, opened);
            self.log_kms_calls(present, opened.as_ref().map_err(Clone::clone));
            let opened = opened?;
            self.state.proved(&opened, self.platform.clock.moment());
            Ok(opened)
        }
        .await;
        opened.inspect_err(|error| self.end(operation, None, Some(error.clone())))
    }

    /// Refuses a factor that proves no person, and one alone where the vault takes two.
    ///
    /// # Errors
    /// [`Error::PersonNeeded`]; those of [`FactorPair::check_presented`](crate::records::FactorPair).
    pub(super) fn check_person(&self, present: &dyn Present) -> Result<()> {
        if let Some(pair) = self.state.open()?.keyring.statement.pair() {
            let second = present.second().map(|second| second.kind());
            return pair.check_presented(present.kind(), second);
        }
        self.check_persons(present)
    }

    /// Refuses factors of which one proves no person.
    ///
    /// # Errors
    /// [`Error::PersonNeeded`].
    pub(super) fn check_persons(&self, present: &dyn Present) -> Result<()> {
        let second = present.second().map(|second| second.kind());
        // What is there beside a person is none of them.
        let mut ways = core::iter::once(present.kind())
            .chain(second)
            .filter(|kind| kind.opens_by_itself())
            .peekable();
        if ways.peek().is_some() && ways.all(FactorKind::proves_person) {
            return Ok(());
        }
        let kinds = self.state.open()?.keyring.person_kinds();
        Err(Error::PersonNeeded(kinds))
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
    ) -> Result<Opened> {
        let opened = self.open_again_unnoted(present).await;
        if let Err(error) = &opened {
            self.end(operation, None, Some(error.clone()));
        }
        opened
    }

    async fn open_again_unnoted(&self, present: &dyn Present) -> Result<Opened> {
        // As of before the store is read: this vault may change while the factor is asked.
        let known = self.state.open()?.keyring.known();
        let opened = self
            .open_with(present, Some(known.identity()), Asking::Anew)
            .await;
        let opened = held_against(&known, opened);
        self.log_kms_calls(present, opened.as_ref().map_err(Clone::clone));
        opened
    }
}

/// The factors that opened what is stored, if that is what is in memory, or follows it.
fn held_against(known: &Known, opened: Result<(Keyring, Opened)>) -> Result<Opened> {
    let (stored, opened) = opened.map_err(|error| match error {
        // What is in memory is of the identity that signed before.
        Error::IdentityChanged { .. } => Error::Rotated,
        error => error,
    })?;
    known.check(&stored)?;
    Ok(opened)
}
