//! What an operation works on: an unlocked vault as it is at one instant. Nothing here waits.

use zeroize::Zeroizing;

use crate::{
    body::Buffers,
    custody::{Alias, Backup, Change, Holdings, KeyRecord, VaultName},
    jose::{self, Envelope, Value},
    vocabulary::{Context, Error, ObjectId, Result},
};

use super::{Decryption, Encryption, FileMetadata, Host, Origin, open_object, seal_object};

/// The operations of an unlocked vault, each over what the vault held when it began.
///
/// One that changes something gives a [`Change`], which takes effect when
/// [`Vault::run`](super::Vault::run) has committed it.
pub struct Snapshot<'a, O, E> {
    pub(super) host: &'a Host<O, E>,
    pub(super) name: &'a VaultName,
    pub(super) holdings: &'a Holdings,
}

/// What the caller of [`Snapshot::decrypt`] asks of an object.
#[derive(Debug, Clone, Default)]
pub struct DecryptOptions {
    /// Only this object.
    pub expect: Option<ObjectId>,
    /// Also an object that does not prove who wrote it.
    pub allow_unsigned: bool,
}

impl<O, E: Buffers> Snapshot<'_, O, E> {
    /// A new key with one active version.
    ///
    /// # Errors
    /// [`Error::KeyExists`].
    pub fn create_key(&self, alias: &Alias) -> Result<(KeyRecord, Change)> {
        let (now, entropy) = (self.host.clock.now(), self.host.entropy.as_ref());
        self.holdings.create_key(alias, now, entropy)
    }

    /// All keys, by alias.
    #[must_use]
    pub fn keys(&self) -> Vec<&KeyRecord> {
        let mut keys: Vec<_> = self.holdings.keys().collect();
        keys.sort_unstable_by(|a, b| a.alias.cmp(&b.alias));
        keys
    }

    /// A key by its alias or id.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub fn key(&self, alias_or_id: &str) -> Result<&KeyRecord> {
        self.holdings.key(alias_or_id)
    }

    /// Starts an object under a key's primary version. The body is encrypted as it is pushed.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub fn encrypt(
        &self,
        key: &str,
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<Encryption<E>> {
        let to = [self.holdings.primary_kek(key)?.into()];
        let (engine, entropy) = (self.host.engine.clone(), self.host.entropy.as_ref());
        seal_object(engine, entropy, &to, context, file)
    }

    /// Opens an object's header. The body is decrypted as it is pushed.
    ///
    /// # Errors
    /// [`Error::NoKey`] when no recipient is a key of this vault, [`Error::Context`],
    /// [`Error::Unsigned`], [`Error::Decrypt`], [`Error::Malformed`].
    pub fn decrypt(
        &self,
        header: &[u8],
        context: &Context,
        options: &DecryptOptions,
    ) -> Result<Decryption<E>> {
        let envelope = Envelope::parse(header)?;
        let keks = self.holdings.identities_of(&envelope)?;
        let (engine, expect) = (self.host.engine.clone(), options.expect.as_ref());
        let opened = open_object(engine, &envelope, &keks, context, expect)?;
        if opened.origin == Origin::Unsigned && !options.allow_unsigned {
            return Err(&Error::Unsigned);
        }
        Ok(opened)
    }

    /// Encrypts a JSON text as a value: one compact JWE.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::TooLarge`].
    pub fn encrypt_value(&self, key: &str, json: &[u8], context: &Context) -> Result<String> {
        let kek = self.holdings.primary_kek(key)?;
        jose::seal_value(&kek, json, context, self.host.entropy.as_ref())
    }

    /// The JSON text in a value.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::Context`], [`Error::Decrypt`], [`Error::Malformed`].
    pub fn decrypt_value(&self, token: &str, context: &Context) -> Result<Zeroizing<Vec<u8>>> {
        let value = Value::parse(token)?;
        value.open(&self.holdings.kek(value.kid())?, context)
    }

    /// Everything the vault holds, for [`Vault::restore`](super::Vault::restore).
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn backup(&self) -> Result<Vec<u8>> {
        Backup::write(self.holdings, self.name, self.host.clock.now())
    }
}
