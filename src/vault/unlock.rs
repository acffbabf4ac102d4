//! A locked vault: open and unlock.

use std::rc::Rc;

use super::{holdings::Holdings, locked_records::LockedRecords};
use crate::{
    base::{Error, Result, Secret, VaultId},
    factors::{Answer, Challenge, Factor, Passphrase},
    records::{Kdf, LastSeenHead},
    store::{Range, RecordType, Store, VaultName},
};

use super::{Platform, Unlocked, Vault};

/// How often a change is prepared again because another tab was faster.
const ATTEMPTS: u32 = 32;

/// The state of a vault whose vault key is not in memory.
pub struct Locked(());

impl<S: Store, E> Vault<Locked, S, E> {
    /// Finds a vault.
    ///
    /// # Errors
    /// [`Error::NoVault`], what the store reports.
    pub async fn open(platform: Rc<Platform<S, E>>, name: VaultName) -> Result<Self> {
        let statement = [Range::of(RecordType::Statement)];
        let (sequence, rows) = platform.read(&name, &statement).await?;
        let id = LockedRecords::new(sequence, rows)?.vault().clone();
        Ok(Self::new(platform, name, id))
    }

    /// Opens the vault with one of its passphrases. `seen` is a head that the caller kept elsewhere.
    ///
    /// # Errors
    /// [`Error::WrongFactor`]; [`Error::NoVault`] when it was deleted meanwhile;
    /// [`Error::Integrity`] when its records were changed from outside, or are older than `seen`.
    pub async fn unlock(
        &self,
        passphrase: &Passphrase,
        seen: Option<&LastSeenHead>,
    ) -> Result<Vault<Unlocked, S, E>> {
        let (mut holdings, factor) = self.open_with(passphrase).await?;
        if let Some(seen) = seen {
            seen.check(&holdings.seen())?;
        }
        if holdings.is_small() {
            self.read_whole(&mut holdings).await?;
        }
        self.upgrade(&mut holdings).await?;
        self.repin(&mut holdings, factor).await?;
        let vault = Self::new(self.platform.clone(), self.name.clone(), self.id.clone());
        Ok(vault.with(holdings))
    }
}

impl<State, S: Store, E> Vault<State, S, E> {
    /// Opens what is stored now by whichever of its factors the passphrase is for.
    pub(crate) async fn open_with(
        &self,
        passphrase: &Passphrase,
    ) -> Result<(Box<Holdings>, Box<Factor>)> {
        let core = Holdings::core();
        let (sequence, rows) = self.platform.read(&self.name, &core).await?;
        let sealed = LockedRecords::new(sequence, rows)?;
        if *sealed.vault() != self.id {
            return Err(Error::NoVault);
        }
        let mut at = 0;
        while let Some(factor) = sealed.factor(at)? {
            let derived = derive(&self.platform, passphrase, factor.kdf()).await?;
            match factor.open(derived) {
                Err(Error::WrongFactor) => at += 1,
                opened => {
                    let factor = opened?;
                    return Ok((sealed.open(&factor)?, factor));
                }
            }
        }
        Err(Error::WrongFactor)
    }
}

impl<S: Store, E> Vault<Locked, S, E> {
    /// Reads all rows and holds them against the head.
    async fn read_whole(&self, holdings: &mut Holdings) -> Result<()> {
        let all = vec![Range::all()];
        let (sequence, rows) = self.platform.read(&self.name, &all).await?;
        if sequence != holdings.sequence() {
            holdings.refresh(sequence, rows.clone())?;
        }
        holdings.check(&rows)?;
        holdings.add(all, rows);
        Ok(())
    }

    /// Brings a vault of the first release up to date.
    async fn upgrade(&self, holdings: &mut Holdings) -> Result<()> {
        for _ in 0..ATTEMPTS {
            if !holdings.is_old() {
                return Ok(());
            }
            let change = holdings.upgrade(self.platform.rng.as_ref())?;
            if !self.commit_unlocking(holdings, &change).await? {
                self.read_whole(holdings).await?;
            }
        }
        if holdings.is_old() {
            return Err(Error::Conflict);
        }
        Ok(())
    }

    /// Lets the factor remember the current generation, if it can be written: a vault on a full disk
    /// opens all the same.
    async fn repin(&self, holdings: &mut Holdings, factor: Box<Factor>) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let Some(change) = holdings.repin(&factor, self.platform.rng.as_ref())? else {
                return Ok(());
            };
            match self.commit_unlocking(holdings, &change).await {
                Ok(false) => self.read_whole(holdings).await?,
                Ok(true) | Err(_) => return Ok(()),
            }
        }
        Ok(())
    }

    async fn commit_unlocking(
        &self,
        holdings: &mut Holdings,
        change: &crate::vault::holdings::Change,
    ) -> Result<bool> {
        let committed = self.commit(holdings.sequence(), change, &|| Ok(())).await?;
        if committed {
            holdings.apply(change);
        }
        Ok(committed)
    }
}

impl<State, S, E> Vault<State, S, E> {
    pub(crate) fn new(
        platform: Rc<Platform<S, E>>,
        name: VaultName,
        id: VaultId,
    ) -> Vault<Locked, S, E> {
        Vault {
            platform,
            name,
            id,
            state: Locked(()),
        }
    }
}

impl<S, E> Vault<Locked, S, E> {
    pub(crate) fn with(self, holdings: Box<Holdings>) -> Vault<Unlocked, S, E> {
        Vault {
            platform: self.platform,
            name: self.name,
            id: self.id,
            state: Unlocked::new(holdings),
        }
    }
}

/// Asks the caller's factor for what Argon2id derives from a passphrase.
pub(crate) async fn derive<S, E>(
    platform: &Platform<S, E>,
    passphrase: &Passphrase,
    kdf: &Kdf,
) -> Result<Secret<32>> {
    let challenge = Challenge::Argon2id { passphrase, kdf };
    let Answer::Derived(derived) = platform.factor.answer(challenge).await?;
    Ok(derived)
}
