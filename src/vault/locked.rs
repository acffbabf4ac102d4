//! A locked vault: create, open, restore, unlock.

use std::rc::Rc;

use crate::{
    custody::{
        self, Backup, Batch, Genesis, Holdings, Kdf, Kind, Passphrase, Range, Row, Sealed, Seen,
        Sequence, Step, Store, VaultName,
    },
    vocabulary::{Error, Result, VaultId},
};

use super::{Host, Outside, Unlocked, Vault, unlocking::Unlocking};

/// The state of a vault whose vault key is not in memory.
pub struct Locked(());

/// The flows of a locked vault, for whoever takes the steps. `done` is what becomes of the vault at the
/// end.
impl<O: 'static, E: 'static> Vault<Locked, O, E> {
    /// Makes a vault that any one of so many passphrases opens, and leaves it unlocked.
    pub fn creation<T: 'static>(
        host: Rc<Host<O, E>>,
        name: VaultName,
        passphrases: usize,
        done: fn(Vault<Unlocked, O, E>) -> T,
    ) -> Step<'static, T> {
        // Asked first because deriving takes a second; the commit at the end is what decides.
        let first = name.clone();
        let asked = move |(sequence, _)| {
            if sequence != Sequence::default() {
                return Err(Error::VaultExists);
            }
            let genesis = Genesis::begin(host.entropy.as_ref())?;
            Self::add_factors(host, name, genesis, 0..passphrases, done)
        };
        Step::Read(first, Holdings::core(), Box::new(asked))
    }

    fn add_factors<T: 'static>(
        host: Rc<Host<O, E>>,
        name: VaultName,
        mut genesis: Genesis,
        mut passphrases: core::ops::Range<usize>,
        done: fn(Vault<Unlocked, O, E>) -> T,
    ) -> Result<Step<'static, T>> {
        if let Some(at) = passphrases.next() {
            let kdf = Kdf::generate(host.entropy.as_ref())?;
            let derive = kdf.clone();
            let add = move |stretched| {
                genesis.add_passphrase(kdf, stretched, host.entropy.as_ref())?;
                Self::add_factors(host, name, genesis, passphrases, done)
            };
            return Ok(Step::Stretch(at, derive, Box::new(add)));
        }
        let (rows, holdings) = genesis.finish(host.entropy.as_ref())?;
        let (id, first) = (holdings.vault().clone(), holdings.sequence());
        let vault = Self::locked(host, name, id);
        Ok(write_new(vault.name.clone(), first, rows, move || {
            done(vault.with(holdings))
        }))
    }

    /// Finds a vault.
    pub fn opening<T: 'static>(
        host: Rc<Host<O, E>>,
        name: VaultName,
        done: fn(Self) -> T,
    ) -> Step<'static, T> {
        let found = move |(sequence, rows), name| {
            let sealed = Sealed::new(sequence, rows)?;
            let id = sealed.vault().clone();
            Ok(Step::Done(done(Self::locked(host, name, id))))
        };
        let ranges = vec![Range::of(Kind::Statement)];
        Step::Read(
            name.clone(),
            ranges,
            Box::new(move |read| found(read, name)),
        )
    }

    /// Writes a backup into a free name, by default the name the vault had.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Integrity`] and others when the backup is damaged.
    pub fn restoration<T: 'static>(
        host: Rc<Host<O, E>>,
        backup: &[u8],
        name: Option<VaultName>,
        done: fn(Self) -> T,
    ) -> Result<Step<'static, T>> {
        let backup = Backup::read(backup)?;
        let name = name.unwrap_or_else(|| backup.name().clone());
        let first = Sequence::first(host.entropy.as_ref())?;
        let vault = Self::locked(host, name.clone(), backup.vault().clone());
        let rows = backup.into_rows();
        Ok(write_new(name, first, rows, move || done(vault)))
    }

    /// Opens the vault with the caller's one passphrase. `seen` is a head that the caller kept elsewhere.
    pub fn unlocking<T: 'static>(
        &self,
        seen: Option<Seen>,
        done: impl FnOnce(Vault<Unlocked, O, E>) -> T + 'static,
    ) -> Step<'static, T> {
        let vault = Self::locked(self.host.clone(), self.name.clone(), self.id.clone());
        let found = move |(sequence, rows)| {
            let sealed = Sealed::new(sequence, rows)?;
            if *sealed.vault() != vault.id {
                return Err(Error::NoVault);
            }
            custody::unlock(sealed, move |holdings, factor| {
                if let Some(seen) = seen {
                    seen.check(&holdings.seen())?;
                }
                Unlocking::new(vault, holdings, factor).settle(done)
            })
        };
        Step::Read(self.name.clone(), Holdings::core(), Box::new(found))
    }

    pub(super) fn locked(host: Rc<Host<O, E>>, name: VaultName, id: VaultId) -> Self {
        let state = Locked(());
        Self {
            host,
            name,
            id,
            state,
        }
    }
}

/// The same, for whoever waits.
impl<S: Store + 'static, E: 'static> Vault<Locked, Outside<S>, E> {
    /// Makes a vault that any one of the passphrases opens, and leaves it unlocked.
    ///
    /// # Errors
    /// [`Error::VaultExists`] when the name is taken, [`Error::Argument`] without a passphrase, what
    /// the store reports.
    pub async fn create(
        host: Rc<Host<Outside<S>, E>>,
        name: VaultName,
        passphrases: &[Passphrase],
    ) -> Result<Vault<Unlocked, Outside<S>, E>> {
        let creation = Self::creation(host.clone(), name, passphrases.len(), |vault| vault);
        host.take(passphrases, creation).await
    }

    /// Finds a vault.
    ///
    /// # Errors
    /// [`Error::NoVault`], what the store reports.
    pub async fn open(host: Rc<Host<Outside<S>, E>>, name: VaultName) -> Result<Self> {
        let opening = Self::opening(host.clone(), name, |vault| vault);
        host.take(&[], opening).await
    }

    /// Writes a backup into a free name, by default the name the vault had.
    ///
    /// # Errors
    /// [`Error::VaultExists`] when the name is taken; [`Error::Malformed`], [`Error::Integrity`] and
    /// others when the backup is damaged. Nothing was written then.
    pub async fn restore(
        host: Rc<Host<Outside<S>, E>>,
        backup: &[u8],
        name: Option<VaultName>,
    ) -> Result<Self> {
        let restoration = Self::restoration(host.clone(), backup, name, |vault| vault)?;
        host.take(&[], restoration).await
    }

    /// Opens the vault with one of its passphrases. `seen` is a head that the caller kept elsewhere.
    ///
    /// # Errors
    /// [`Error::WrongFactor`]; [`Error::NoVault`] when it was deleted meanwhile;
    /// [`Error::Integrity`] when its records were changed from outside, or are older than `seen`.
    pub async fn unlock(
        &self,
        passphrase: &Passphrase,
        seen: Option<&Seen>,
    ) -> Result<Vault<Unlocked, Outside<S>, E>> {
        let unlocking = self.unlocking(seen.cloned(), |vault| vault);
        let passphrases = core::slice::from_ref(passphrase);
        self.host.take(passphrases, unlocking).await
    }
}

impl<O, E> Vault<Locked, O, E> {
    pub(super) fn with(self, holdings: Box<Holdings>) -> Vault<Unlocked, O, E> {
        Vault {
            host: self.host,
            name: self.name,
            id: self.id,
            state: Unlocked::new(holdings),
        }
    }
}

impl<O, E> Vault<Unlocked, O, E> {
    /// Forgets the vault key.
    #[must_use]
    pub fn lock(self) -> Vault<Locked, O, E> {
        self.locked()
    }

    /// The same vault, as whoever has no factor sees it.
    #[must_use]
    pub fn locked(&self) -> Vault<Locked, O, E> {
        Vault {
            host: self.host.clone(),
            name: self.name.clone(),
            id: self.id.clone(),
            state: Locked(()),
        }
    }
}

/// All rows of a vault that does not exist yet, in one commit.
fn write_new<T>(
    name: VaultName,
    first: Sequence,
    puts: Vec<Row>,
    done: impl FnOnce() -> T + 'static,
) -> Step<'static, T> {
    let batch = Batch {
        puts,
        deletes: Vec::new(),
    };
    let batch = Rc::new(batch);
    let written = move |written: Result<bool>| {
        if written? {
            Ok(Step::Done(done()))
        } else {
            Err(Error::VaultExists)
        }
    };
    let sequences = [Sequence::default(), first];
    Step::Commit(name, sequences, batch, None, Box::new(written))
}
