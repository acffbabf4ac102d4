//! An unlocked vault: keys, objects, values, backup.

use core::cell::RefCell;
use std::rc::Rc;

use zeroize::Zeroizing;

use crate::{
    body::Engine,
    custody::{Alias, Backup, Change, Holdings, KeyRecord, Seen, Store},
    jose::{self, Envelope, Identity, Kek, Value},
    vocabulary::{Context, Error, Kid, ObjectId, Result},
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
        for _ in 0..ATTEMPTS {
            let host = &self.host;
            let (key, change) =
                self.holdings()
                    .create_key(alias, host.clock.now(), host.entropy.as_ref())?;
            match self.commit(change).await {
                Ok(()) => return Ok(key),
                Err(&Error::Conflict) => self.refresh().await?,
                Err(error) => return Err(error),
            }
        }
        Err(&Error::Conflict)
    }

    /// All keys, by alias.
    ///
    /// # Errors
    /// As for reading the store anew.
    pub async fn keys(&self) -> Result<Vec<KeyRecord>> {
        self.refresh().await?;
        let mut keys: Vec<_> = self.holdings().keys().cloned().collect();
        keys.sort_by(|a, b| a.alias.cmp(&b.alias));
        Ok(keys)
    }

    /// A key by its alias or id.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub async fn key(&self, alias_or_id: &str) -> Result<KeyRecord> {
        match self.holdings().key(alias_or_id) {
            // Another tab may have made it.
            Err(&Error::NoKey) => self.refresh().await?,
            found => return found.cloned(),
        }
        self.holdings().key(alias_or_id).cloned()
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
        let kek = self.primary_kek(key).await?;
        let host = &self.host;
        seal_object(
            host.engine.clone(),
            host.entropy.as_ref(),
            &[kek.into()],
            context,
            file,
        )
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
        let keks: Vec<Identity> = self
            .keks_of(&envelope)
            .await?
            .into_iter()
            .map(Identity::Kek)
            .collect();
        let keks: Vec<&Identity> = keks.iter().collect();
        let opened = open_object(
            self.host.engine.clone(),
            &envelope,
            &keks,
            context,
            options.expect.as_ref(),
        )?;
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
        let kek = self.primary_kek(key).await?;
        jose::seal_value(&kek, json, context, self.host.entropy.as_ref())
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
        let kek = self.kek(value.kid()).await?;
        value.open(&kek, context)
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

    async fn primary_kek(&self, key: &str) -> Result<Kek> {
        let key = self.key(key).await?;
        self.holdings().primary_kek(&key)
    }

    async fn kek(&self, kid: &Kid) -> Result<Kek> {
        match self.holdings().kek(kid) {
            Err(&Error::NoKey) => self.refresh().await?,
            found => return found,
        }
        self.holdings().kek(kid)
    }

    /// The keys of this vault among an envelope's recipients.
    async fn keks_of(&self, envelope: &Envelope) -> Result<Vec<Kek>> {
        let ours = |holdings: &Holdings| -> Vec<Kek> {
            envelope
                .entries()
                .filter_map(|entry| holdings.kek(entry.kid()).ok())
                .collect()
        };
        let keks = ours(&self.holdings());
        if !keks.is_empty() {
            return Ok(keks);
        }
        self.refresh().await?;
        let keks = ours(&self.holdings());
        if keks.is_empty() {
            Err(&Error::NoKey)
        } else {
            Ok(keks)
        }
    }

    async fn commit(&self, change: Change) -> Result<()> {
        let expect = self.holdings().sequence();
        self.host
            .store
            .commit(&self.name, expect, change.batch)
            .await?;
        self.replace(change.next);
        Ok(())
    }

    /// Takes in what other tabs have written since.
    async fn refresh(&self) -> Result<()> {
        let (sequence, rows) = self.host.store.read(&self.name).await?;
        let holdings = self.holdings();
        if sequence != holdings.sequence() {
            self.replace(holdings.refreshed(sequence, rows)?);
        }
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
