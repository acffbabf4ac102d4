//! An unlocked vault: keys, objects, values, backup.

use core::cell::RefCell;
use std::rc::Rc;

use zeroize::Zeroizing;

use crate::{
    body::Engine,
    custody::{Alias, Backup, Change, Holdings, KeyRecord, Seen, Sequence, Store},
    jose::{self, Envelope, Value},
    vocabulary::{Context, Error, Local, ObjectId, Result},
};

use super::{Decryption, Encryption, FileMetadata, Origin, Vault, open_object, seal_object};

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

/// What the caller of [`Vault::decrypt`] asks of an object.
#[derive(Debug, Clone, Default)]
pub struct DecryptOptions {
    /// Only this object.
    pub expect: Option<ObjectId>,
    /// Also an object that does not prove who wrote it.
    pub allow_unsigned: bool,
}

impl<S: Store, E: Engine> Vault<Unlocked, S, E> {
    /// A new key with one active version.
    ///
    /// # Errors
    /// [`Error::KeyExists`]; [`Error::Conflict`] when other tabs were faster several times in a row;
    /// what the store reports. Nothing was changed then.
    pub async fn create_key(&self, alias: &Alias) -> Result<KeyRecord> {
        let host = &self.host;
        self.change(|holdings| {
            holdings.create_key(alias, host.clock.now(), host.entropy.as_ref())
        })
        .await
    }

    /// All keys, by alias.
    ///
    /// # Errors
    /// As for reading the store anew.
    pub async fn keys(&self) -> Result<Vec<KeyRecord>> {
        self.refresh().await?;
        let mut keys: Vec<_> = self.holdings().keys().cloned().collect();
        keys.sort_unstable_by(|a, b| a.alias.cmp(&b.alias));
        Ok(keys)
    }

    /// A key by its alias or id.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub async fn key(&self, alias_or_id: &str) -> Result<KeyRecord> {
        self.read(|holdings| holdings.key(alias_or_id).cloned())
            .await
    }

    /// Starts an object under a key's primary version. The body is encrypted as it is pushed.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub async fn encrypt(
        &self,
        key: &str,
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<Encryption<E>> {
        let host = &self.host;
        self.read(|holdings| {
            let to = [holdings.primary_kek(key)?.into()];
            seal_object(
                host.engine.clone(),
                host.entropy.as_ref(),
                &to,
                context,
                file,
            )
        })
        .await
    }

    /// Opens an object's header. The body is decrypted as it is pushed.
    ///
    /// # Errors
    /// [`Error::NoKey`] when no recipient is a key of this vault, [`Error::Context`],
    /// [`Error::Unsigned`], [`Error::Decrypt`], [`Error::Malformed`].
    pub async fn decrypt(
        &self,
        header: &[u8],
        context: &Context,
        options: &DecryptOptions,
    ) -> Result<Decryption<E>> {
        let envelope = Envelope::parse(header)?;
        let opened = self
            .read(|holdings| {
                open_object(
                    self.host.engine.clone(),
                    &envelope,
                    &holdings.identities_of(&envelope)?,
                    context,
                    options.expect.as_ref(),
                )
            })
            .await?;
        if opened.origin == Origin::Unsigned && !options.allow_unsigned {
            return Err(&Error::Unsigned);
        }
        Ok(opened)
    }

    /// Encrypts a JSON text as a value: one compact JWE.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::TooLarge`].
    pub async fn encrypt_value(&self, key: &str, json: &[u8], context: &Context) -> Result<String> {
        self.read(|holdings| {
            let kek = holdings.primary_kek(key)?;
            jose::seal_value(&kek, json, context, self.host.entropy.as_ref())
        })
        .await
    }

    /// The JSON text in a value.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::Context`], [`Error::Decrypt`], [`Error::Malformed`].
    pub async fn decrypt_value(
        &self,
        token: &str,
        context: &Context,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let value = Value::parse(token)?;
        self.read(|holdings| value.open(&holdings.kek(value.kid())?, context))
            .await
    }

    /// Everything the vault holds, for [`Vault::restore`](Vault::restore).
    ///
    /// # Errors
    /// What the store reports.
    pub async fn backup(&self) -> Result<Vec<u8>> {
        self.refresh().await?;
        Backup::write(&self.holdings(), self.name(), self.host.clock.now())
    }

    /// The head as of now: keep it outside the browser, and a replay of the whole database is told.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.holdings().seen()
    }

    fn holdings(&self) -> Rc<Holdings> {
        self.state.0.borrow().clone()
    }

    /// An operation that changes nothing.
    async fn read<T>(&self, mut operation: impl FnMut(&Holdings) -> Result<T>) -> Result<T> {
        let mut done = None;
        self.operate(&mut |holdings| {
            done = Some(operation(holdings)?);
            Ok(None)
        })
        .await?;
        Ok(done.expect(OPERATED))
    }

    /// An operation that changes the vault, and what it made.
    async fn change<T>(
        &self,
        mut operation: impl FnMut(&Holdings) -> Result<(T, Change)>,
    ) -> Result<T> {
        let mut done = None;
        self.operate(&mut |holdings| {
            let (made, change) = operation(holdings)?;
            done = Some(made);
            Ok(Some(change))
        })
        .await?;
        Ok(done.expect(OPERATED))
    }

    /// The one gate that every operation on keys passes: it works on a snapshot, without waiting, and
    /// what it asks to change is committed. It is tried again when another tab was faster, or may have
    /// made the key that is missing.
    fn operate<'a>(&'a self, operation: &'a mut Operation<'a>) -> Local<'a, Result<()>> {
        Box::pin(async move {
            let mut fresh = false;
            for _ in 0..ATTEMPTS {
                let holdings = self.holdings();
                let outcome = match operation(&holdings) {
                    Ok(None) => return Ok(()),
                    Ok(Some(change)) => self.commit(holdings.sequence(), change).await,
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
        })
    }

    async fn commit(&self, expect: Sequence, change: Change) -> Result<()> {
        let (store, name) = (&self.host.store, &self.name);
        store.commit(name, expect, change.batch).await?;
        self.replace(change.next);
        Ok(())
    }

    /// Takes in what other tabs have written since.
    fn refresh(&self) -> Local<'_, Result<()>> {
        Box::pin(async move {
            let (sequence, rows) = self.host.store.read(&self.name).await?;
            let holdings = self.holdings();
            if sequence != holdings.sequence() {
                self.replace(holdings.refreshed(sequence, rows)?);
            }
            Ok(())
        })
    }

    /// Two calls may have waited for the store side by side: the later state stays.
    fn replace(&self, holdings: Holdings) {
        let mut current = self.state.0.borrow_mut();
        if holdings.sequence() > current.sequence() {
            *current = Rc::new(holdings);
        }
    }
}

/// What an operation does with a snapshot: reads it, and says what to commit, if anything.
type Operation<'a> = dyn FnMut(&Holdings) -> Result<Option<Change>> + 'a;

const OPERATED: &str = "an operation that went well has been run";
