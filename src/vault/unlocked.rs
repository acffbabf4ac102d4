//! An unlocked vault: keys, objects, values, backup.

use core::cell::RefCell;
use std::rc::Rc;

use zeroize::Zeroizing;

use crate::{
    body::Engine,
    custody::{Alias, Change, Holdings, KeyRecord, Seen, Sequence, Store},
    vocabulary::{Context, Error, Local, Result},
};

use super::{DecryptOptions, Decryption, Encryption, FileMetadata, Snapshot, Vault};

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

impl<S: Store, E: Engine> Vault<Unlocked, S, E> {
    /// A new key with one active version.
    ///
    /// # Errors
    /// [`Error::KeyExists`], and as for [`run`](Self::run).
    pub async fn create_key(&self, alias: &Alias) -> Result<KeyRecord> {
        self.run(&mut |now| now.create_key(alias).map(changed))
            .await
    }

    /// All keys, by alias.
    ///
    /// # Errors
    /// As for reading the store anew.
    pub async fn keys(&self) -> Result<Vec<KeyRecord>> {
        self.refresh().await?;
        let owned = |keys: Vec<&KeyRecord>| keys.into_iter().cloned().collect();
        self.run(&mut |now| Ok((owned(now.keys()), None))).await
    }

    /// A key by its alias or id.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub async fn key(&self, alias_or_id: &str) -> Result<KeyRecord> {
        self.run(&mut |now| now.key(alias_or_id).cloned().map(read))
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
        self.run(&mut |now| now.encrypt(key, context, file).map(read))
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
        self.run(&mut |now| now.decrypt(header, context, options).map(read))
            .await
    }

    /// As [`Snapshot::encrypt_value`].
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::TooLarge`].
    pub async fn encrypt_value(&self, key: &str, json: &[u8], context: &Context) -> Result<String> {
        self.run(&mut |now| now.encrypt_value(key, json, context).map(read))
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
        self.run(&mut |now| now.decrypt_value(token, context).map(read))
            .await
    }

    /// Everything the vault holds, for [`Vault::restore`](Vault::restore).
    ///
    /// # Errors
    /// What the store reports.
    pub async fn backup(&self) -> Result<Vec<u8>> {
        self.refresh().await?;
        self.run(&mut |now| now.backup().map(read)).await
    }

    /// The head as of now: keep it outside the browser, and a replay of the whole database is told.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.holdings().seen()
    }

    /// The one gate that every operation on keys passes: it works on a snapshot, without waiting, and
    /// what it asks to change is committed. It is tried again when another tab was faster, or may have
    /// made the key that is missing.
    ///
    /// # Errors
    /// The operation's; [`Error::Conflict`] when other tabs were faster many times in a row; what the
    /// store reports. Nothing was changed then.
    pub async fn run<T>(&self, operation: &mut Operation<'_, S, E, T>) -> Result<T> {
        let mut fresh = false;
        for _ in 0..ATTEMPTS {
            let holdings = self.holdings();
            let outcome = operation(&Snapshot {
                host: &self.host,
                name: &self.name,
                holdings: &holdings,
            });
            let outcome = match outcome {
                Ok((done, None)) => return Ok(done),
                Ok((done, Some(change))) => {
                    let committed = self.commit(holdings.sequence(), change).await;
                    committed.map(|()| done)
                }
                Err(error) => Err(error),
            };
            match outcome {
                Err(Error::Conflict) => {}
                Err(Error::NoKey) if !fresh => {}
                done => return done,
            }
            self.refresh().await?;
            fresh = true;
        }
        Err(&Error::Conflict)
    }

    /// Takes in what other tabs have written since.
    ///
    /// # Errors
    /// What the store reports; as for an unlock, when the records were changed from outside.
    pub fn refresh(&self) -> Local<'_, Result<()>> {
        Box::pin(async move {
            let (sequence, rows) = self.host.store.read(&self.name).await?;
            let holdings = self.holdings();
            if sequence != holdings.sequence() {
                self.replace(holdings.refreshed(sequence, rows)?);
            }
            Ok(())
        })
    }

    fn holdings(&self) -> Rc<Holdings> {
        self.state.0.borrow().clone()
    }

    async fn commit(&self, expect: Sequence, change: Change) -> Result<()> {
        let (store, name) = (&self.host.store, &self.name);
        store.commit(name, expect, change.batch).await?;
        self.replace(change.next);
        Ok(())
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
pub type Operation<'a, S, E, T> =
    dyn FnMut(&Snapshot<'_, S, E>) -> Result<(T, Option<Change>)> + 'a;

/// The outcome of an operation that changes nothing.
pub fn read<T>(done: T) -> (T, Option<Change>) {
    (done, None)
}

/// The outcome of one that does.
pub fn changed<T>((done, change): (T, Change)) -> (T, Option<Change>) {
    (done, Some(change))
}
