//! A locked vault: create, open, restore, unlock.

use std::rc::Rc;

use crate::{
    custody::{
        self, Backup, Batch, Genesis, Kdf, Passphrase, Row, Sealed, Seen, Sequence, Store,
        VaultName,
    },
    vocabulary::{Error, Result},
};

use super::{Host, Unlocked, Vault};

/// The state of a vault whose vault key is not in memory.
pub struct Locked(());

impl<S: Store, E> Vault<Locked, S, E> {
    /// Makes a vault that any one of the passphrases opens, and leaves it unlocked.
    ///
    /// # Errors
    /// [`Error::VaultExists`] when the name is taken, [`Error::Argument`] without a passphrase, what
    /// the store reports.
    pub async fn create(
        host: Rc<Host<S, E>>,
        name: VaultName,
        passphrases: &[Passphrase],
    ) -> Result<Vault<Unlocked, S, E>> {
        // Asked first because deriving takes a second; the commit below is what decides.
        if host.store.read(&name).await?.0 != Sequence::default() {
            return Err(&Error::VaultExists);
        }
        let entropy = host.entropy.as_ref();
        let mut genesis = Genesis::begin(entropy)?;
        for passphrase in passphrases {
            let kdf = Kdf::generate(entropy)?;
            let stretched = host.stretch.stretch(passphrase, &kdf).await?;
            genesis.add_passphrase(kdf, stretched, entropy)?;
        }
        let (rows, holdings) = genesis.finish(entropy)?;
        write_new(&host.store, &name, rows).await?;
        Ok(Vault {
            host,
            name,
            id: holdings.vault().clone(),
            state: Unlocked::new(holdings),
        })
    }

    /// Finds a vault.
    ///
    /// # Errors
    /// [`Error::NoVault`], what the store reports.
    pub async fn open(host: Rc<Host<S, E>>, name: VaultName) -> Result<Self> {
        let sealed = read(&host.store, &name).await?;
        let id = sealed.vault().clone();
        Ok(Self {
            host,
            name,
            id,
            state: Locked(()),
        })
    }

    /// Writes a backup into a free name, by default the name the vault had.
    ///
    /// # Errors
    /// [`Error::VaultExists`] when the name is taken; [`Error::Malformed`], [`Error::Integrity`] and
    /// others when the backup is damaged. Nothing was written then.
    pub async fn restore(
        host: Rc<Host<S, E>>,
        backup: &[u8],
        name: Option<VaultName>,
    ) -> Result<Self> {
        let backup = Backup::read(backup)?;
        let name = name.unwrap_or_else(|| backup.name().clone());
        let id = backup.vault().clone();
        write_new(&host.store, &name, backup.into_rows()).await?;
        Ok(Self {
            host,
            name,
            id,
            state: Locked(()),
        })
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
    ) -> Result<Vault<Unlocked, S, E>> {
        let sealed = read(&self.host.store, &self.name).await?;
        if *sealed.vault() != self.id {
            return Err(&Error::NoVault);
        }
        let holdings = custody::unlock(sealed, passphrase, self.host.stretch.as_ref()).await?;
        if let Some(seen) = seen {
            seen.check(&holdings.seen())?;
        }
        let (host, name, id) = (self.host.clone(), self.name.clone(), self.id.clone());
        Ok(Vault {
            host,
            name,
            id,
            state: Unlocked::new(holdings),
        })
    }
}

impl<S, E> Vault<Unlocked, S, E> {
    /// Forgets the vault key.
    #[must_use]
    pub fn lock(self) -> Vault<Locked, S, E> {
        self.locked()
    }

    /// The same vault, as whoever has no factor sees it.
    #[must_use]
    pub fn locked(&self) -> Vault<Locked, S, E> {
        Vault {
            host: self.host.clone(),
            name: self.name.clone(),
            id: self.id.clone(),
            state: Locked(()),
        }
    }
}

async fn read(store: &impl Store, name: &VaultName) -> Result<Sealed> {
    let (sequence, rows) = store.read(name).await?;
    Sealed::new(sequence, rows)
}

/// All rows of a vault that does not exist yet, in one commit.
async fn write_new(store: &impl Store, name: &VaultName, puts: Vec<Row>) -> Result<()> {
    let batch = Batch {
        puts,
        deletes: Vec::new(),
    };
    match store.commit(name, Sequence::default(), batch).await {
        Ok(_) => Ok(()),
        Err(&Error::Conflict) => Err(&Error::VaultExists),
        Err(error) => Err(error),
    }
}
