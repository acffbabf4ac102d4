//! An unlocked vault: keys, objects, values, backup.

use core::{cell::RefCell, ops::Deref};
use std::rc::Rc;

use zeroize::Zeroizing;

use crate::{
    body::Buffers,
    custody::{Alias, Change, Holdings, KeyRecord, Seen, Step, Store},
    vocabulary::{Context, Error, Result},
};

use super::{DecryptOptions, Decryption, Encryption, FileMetadata, Outside, Snapshot, Vault};

/// How often a change is prepared because another tab was faster. A tab that lost has to read before
/// it tries again, so it goes on losing for as long as another writes one thing after the other: 5
/// were seen to be too few for a tab that makes five keys.
const ATTEMPTS: u32 = 32;

/// The state of a vault whose vault key is in memory.
///
/// The cell is never borrowed across an await: operations take a snapshot.
pub struct Unlocked(RefCell<Rc<Holdings>>);

impl Unlocked {
    pub(super) fn new(holdings: Holdings) -> Self {
        Self(RefCell::new(Rc::new(holdings)))
    }
}

/// The operations, for whoever waits.
impl<S: Store, E: Buffers> Vault<Unlocked, Outside<S>, E> {
    /// A new key with one active version.
    ///
    /// # Errors
    /// [`Error::KeyExists`], and as for [`run`](Self::run).
    pub async fn create_key(&self, alias: &Alias) -> Result<KeyRecord> {
        self.run(|now| now.create_key(alias).map(changed)).await
    }

    /// All keys, by alias.
    ///
    /// # Errors
    /// As for reading the store anew.
    pub async fn keys(&self) -> Result<Vec<KeyRecord>> {
        self.run_on_latest(|now| Ok(read(now.keys().into_iter().cloned().collect())))
            .await
    }

    /// A key by its alias or id.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub async fn key(&self, alias_or_id: &str) -> Result<KeyRecord> {
        self.run(|now| now.key(alias_or_id).cloned().map(read))
            .await
    }

    /// As [`Snapshot::encrypt`].
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub async fn encrypt(
        &self,
        key: &str,
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<Encryption<E>> {
        self.run(|now| now.encrypt(key, context, file).map(read))
            .await
    }

    /// As [`Snapshot::decrypt`].
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::Context`], [`Error::Unsigned`], [`Error::Decrypt`],
    /// [`Error::Malformed`].
    pub async fn decrypt(
        &self,
        header: &[u8],
        context: &Context,
        options: &DecryptOptions,
    ) -> Result<Decryption<E>> {
        self.run(|now| now.decrypt(header, context, options).map(read))
            .await
    }

    /// As [`Snapshot::encrypt_value`].
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::TooLarge`].
    pub async fn encrypt_value(&self, key: &str, json: &[u8], context: &Context) -> Result<String> {
        self.run(|now| now.encrypt_value(key, json, context).map(read))
            .await
    }

    /// As [`Snapshot::decrypt_value`].
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::Context`], [`Error::Decrypt`], [`Error::Malformed`].
    pub async fn decrypt_value(
        &self,
        token: &str,
        context: &Context,
    ) -> Result<Zeroizing<Vec<u8>>> {
        self.run(|now| now.decrypt_value(token, context).map(read))
            .await
    }

    /// Everything the vault holds, for [`Vault::restore`](Vault::restore).
    ///
    /// # Errors
    /// What the store reports.
    pub async fn backup(&self) -> Result<Vec<u8>> {
        self.run_on_latest(|now| now.backup().map(read)).await
    }

    /// Runs an operation, as [`operate`](Self::operate) does.
    ///
    /// # Errors
    /// The operation's; [`Error::Conflict`] when other tabs were faster many times in a row; what the
    /// store reports. Nothing was changed then.
    pub async fn run<'a, T: 'a>(
        &'a self,
        operation: impl FnMut(&Snapshot<'_, Outside<S>, E>) -> Result<(T, Option<Change>)> + 'a,
    ) -> Result<T> {
        let step = Self::operate(self, Box::new(operation))?;
        self.host.take(&[], step).await
    }

    /// As [`run`](Self::run), with what other tabs have written taken in first.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_on_latest<'a, T: 'a>(
        &'a self,
        operation: impl FnMut(&Snapshot<'_, Outside<S>, E>) -> Result<(T, Option<Change>)> + 'a,
    ) -> Result<T> {
        let step = Self::operate_on_latest(self, Box::new(operation));
        self.host.take(&[], step).await
    }
}

impl<O, E> Vault<Unlocked, O, E> {
    /// The head as of now: keep it outside the browser, and a replay of the whole database is told.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.holdings().seen()
    }

    /// The one gate that every operation on keys passes: it works on a snapshot, without waiting, and
    /// what it asks to change is committed. It is tried again when another tab was faster, or may have
    /// made the key that is missing. `vault` is a reference of any kind, kept until the end.
    ///
    /// # Errors
    /// The operation's; at the end [`Error::Conflict`] when other tabs were faster many times in a row.
    /// Nothing was changed then.
    pub fn operate<'a, T: 'a>(
        vault: impl Deref<Target = Self> + 'a,
        operation: Box<Operation<'a, O, E, T>>,
    ) -> Result<Step<'a, T>>
    where
        Self: 'a,
    {
        Self::attempt(vault, operation, ATTEMPTS)
    }

    /// As [`operate`](Self::operate), with what other tabs have written taken in first.
    pub fn operate_on_latest<'a, T: 'a>(
        vault: impl Deref<Target = Self> + 'a,
        operation: Box<Operation<'a, O, E, T>>,
    ) -> Step<'a, T>
    where
        Self: 'a,
    {
        Self::again(vault, operation, ATTEMPTS)
    }

    fn attempt<'a, T: 'a>(
        vault: impl Deref<Target = Self> + 'a,
        mut operation: Box<Operation<'a, O, E, T>>,
        attempts: u32,
    ) -> Result<Step<'a, T>>
    where
        Self: 'a,
    {
        let holdings = vault.holdings();
        let outcome = operation(&Snapshot {
            host: &vault.host,
            name: &vault.name,
            holdings: &holdings,
        });
        let (done, change) = match outcome {
            Ok((done, Some(change))) => (done, change),
            Ok((done, None)) => return Ok(Step::Done(done)),
            // Only what was not read yet can hold it.
            Err(Error::NoKey) if attempts == ATTEMPTS => {
                return Ok(Self::again(vault, operation, attempts));
            }
            Err(error) => return Err(error),
        };
        let (name, Change { batch, next }) = (vault.name.clone(), change);
        let committed = move |committed| {
            if committed {
                vault.replace(next);
                Ok(Step::Done(done))
            } else {
                Ok(Self::again(vault, operation, attempts))
            }
        };
        Ok(Step::Commit(
            name,
            holdings.sequence(),
            batch,
            Box::new(committed),
        ))
    }

    /// Takes in what other tabs have written since, and tries.
    fn again<'a, T: 'a>(
        vault: impl Deref<Target = Self> + 'a,
        operation: Box<Operation<'a, O, E, T>>,
        attempts: u32,
    ) -> Step<'a, T>
    where
        Self: 'a,
    {
        let name = vault.name.clone();
        let read = move |(sequence, rows)| {
            let left = attempts.checked_sub(1).ok_or(&Error::Conflict)?;
            let holdings = vault.holdings();
            if sequence != holdings.sequence() {
                vault.replace(holdings.refreshed(sequence, rows)?);
            }
            Self::attempt(vault, operation, left)
        };
        Step::Read(name, Box::new(read))
    }

    fn holdings(&self) -> Rc<Holdings> {
        self.state.0.borrow().clone()
    }

    /// Two calls may have waited for the store side by side: the later state stays.
    fn replace(&self, holdings: Holdings) {
        let mut current = self.state.0.borrow_mut();
        if holdings.sequence() > current.sequence() {
            *current = Rc::new(holdings);
        }
    }
}

/// What is done with a snapshot: its result, and what to commit, if anything.
pub type Operation<'a, O, E, T> =
    dyn FnMut(&Snapshot<'_, O, E>) -> Result<(T, Option<Change>)> + 'a;

/// The outcome of an operation that changes nothing.
pub fn read<T>(done: T) -> (T, Option<Change>) {
    (done, None)
}

/// The outcome of one that does.
pub fn changed<T>((done, change): (T, Change)) -> (T, Option<Change>) {
    (done, Some(change))
}
