//! An unlock that survives a reload of the page, for minutes.

use super::{
    ExpectedVault, Locked, Unlocked, Vault, keyring::Keyring, locked_records::LockedRecords,
};
use crate::{
    base::{Error, Result},
    factors::{FactorPort, Reload, ReloadPeriod},
    records::{LastSeenHead, Statement},
    store::Store,
};

/// A vault that takes more than one factor asks for them after each reload.
fn check_reload_allowed(statement: &Statement) -> Result<()> {
    if statement.survives_reload() {
        Ok(())
    } else {
        Err(Error::Unsupported(
            "a reload of a vault that takes more than one factor",
        ))
    }
}

impl<S, E> Vault<Unlocked, S, E> {
    /// Wraps the vault key for a reload: the text that the tab keeps. `port` has the device's keys.
    ///
    /// # Errors
    /// [`Error::Locked`]; [`Error::OutsideView`] of a view; [`Error::ThisDevice`] for a period that is over or longer than 15 minutes, and
    /// where the device keeps no key.
    pub async fn prepare_reload(
        &self,
        port: &dyn FactorPort,
        period: ReloadPeriod,
    ) -> Result<String> {
        self.check_whole()?;
        let (vault_key, pin, seen) = {
            let keyring = &self.state.open()?.keyring;
            check_reload_allowed(&keyring.statement)?;
            (keyring.vault_key.clone(), keyring.pin(), keyring.seen().0)
        };
        let (now, rng) = (self.platform.clock.now(), self.platform.rng.as_ref());
        Reload::seal(port, (&vault_key, pin, seen), period, now, rng)
            .await?
            .text()
    }
}

impl<S: Store, E> Vault<Locked, S, E> {
    /// Opens the vault by what [`prepare_reload`](Vault::prepare_reload) gave, for so many milliseconds after a factor did at most: the same vault key, generation and identity, and no older
    /// copy of the vault. Nothing is written, and no factor has opened it.
    ///
    /// # Errors
    /// [`Error::ThisDevice`] once its time is over, by a clock that stands before the time of writing, and without the device's key;
    /// [`Error::Rotated`] when the vault key has changed since; [`Error::Malformed`], [`Error::Decrypt`], [`Error::Integrity`].
    pub async fn reopen(
        &self,
        port: &dyn FactorPort,
        kept: &str,
        expected: &ExpectedVault,
        lasts: u64,
    ) -> Result<(Vault<Unlocked, S, E>, ReloadPeriod)> {
        let reload = Reload::parse(kept)?;
        let (key, pin, seen, period) = reload.open(port, self.platform.clock.now(), lasts).await?;
        if pin.vault != self.id
            || expected
                .identity
                .as_ref()
                .is_some_and(|known| *known != pin.identity)
        {
            return Err(Error::Integrity("another vault than expected"));
        }
        let (sequence, rows) = self.platform.read(&self.name, &Keyring::core()).await?;
        let keyring = LockedRecords::new(sequence, rows)?.open_by_key(key, &pin)?;
        check_reload_allowed(&keyring.statement)?;
        for seen in expected.seen.iter().chain([&LastSeenHead(seen)]) {
            keyring.check_seen(seen)?;
        }
        let vault = self.opened(keyring).await?;
        vault.log_unlock("reload", None);
        Ok((vault, period))
    }
}
