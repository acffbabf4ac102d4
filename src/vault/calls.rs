//! The operations of an unlocked vault, for whoever waits.

use std::rc::Rc;

use zeroize::Zeroizing;

use crate::{
    body::Buffers,
    custody::{Alias, Change, Done, KeyOptions, KeyRecord, Managed, Passphrase, Request, Store},
    jose::{Envelope, Jwk},
    vocabulary::{Context, Result},
};

use super::{
    DecryptOptions, Decryption, Encryption, FileMetadata, Outside, Snapshot, Unlocked, Vault,
    Verified, changed, read,
};

impl<S: Store, E: Buffers> Vault<Unlocked, Outside<S>, E> {
    /// A new key that encrypts, with one active version.
    ///
    /// # Errors
    /// [`Error::KeyExists`](crate::Error::KeyExists), and as for [`run`](Self::run).
    pub async fn create_key(&self, alias: &Alias) -> Result<Box<KeyRecord>> {
        self.add_key(&KeyOptions::named(alias.clone()), None).await
    }

    /// As [`Snapshot::create_key`].
    ///
    /// # Errors
    /// As [`Snapshot::create_key`].
    pub async fn add_key(
        &self,
        options: &KeyOptions,
        material: Option<&Jwk>,
    ) -> Result<Box<KeyRecord>> {
        self.run("createKey", |now| {
            now.create_key(options, material).map(changed)
        })
        .await
    }

    /// As [`Snapshot::manage`].
    ///
    /// # Errors
    /// As [`Snapshot::manage`].
    pub async fn manage(&self, key: &str, request: &Request) -> Result<Managed> {
        self.run(request.name(), |now| now.manage(key, request).map(changed))
            .await
    }

    /// All keys, by alias.
    ///
    /// # Errors
    /// As for reading the store anew.
    pub async fn keys(&self) -> Result<Vec<Box<KeyRecord>>> {
        self.run_on_latest("listKeys", |now| Ok(read(now.list(&<_>::default())?.keys)))
            .await
    }

    /// A key by its alias or id.
    ///
    /// # Errors
    /// [`Error::NoKey`](crate::Error::NoKey).
    pub async fn key(&self, alias_or_id: &str) -> Result<Rc<KeyRecord>> {
        self.run("findKey", |now| now.key(alias_or_id).map(read))
            .await
    }

    /// As [`Snapshot::encrypt`].
    ///
    /// # Errors
    /// As [`Snapshot::encrypt`].
    pub async fn encrypt(
        &self,
        key: &str,
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<Encryption<E>> {
        self.run("encrypt", |now| now.encrypt(key, context, file).map(read))
            .await
    }

    /// As [`Snapshot::decrypt`].
    ///
    /// # Errors
    /// As [`Snapshot::decrypt`].
    pub async fn decrypt(
        &self,
        header: &[u8],
        context: &Context,
        options: &DecryptOptions,
    ) -> Result<Decryption<E>> {
        let header = Envelope::parse(header)?;
        self.run("decrypt", |now| {
            now.decrypt(&header, context, options).map(read)
        })
        .await
    }

    /// One JSON text, as [`Snapshot::encrypt_values`].
    ///
    /// # Errors
    /// As [`Snapshot::encrypt_values`].
    pub async fn encrypt_value(&self, key: &str, json: &[u8], context: &Context) -> Result<String> {
        self.run("encryptValue", |now| {
            let tokens = now.encrypt_values(key, &[(json, context)])?;
            Ok(read(tokens.concat()))
        })
        .await
    }

    /// The JSON text in one value, as [`Snapshot::decrypt_values`].
    ///
    /// # Errors
    /// As [`Snapshot::decrypt_values`].
    pub async fn decrypt_value(
        &self,
        token: &str,
        context: &Context,
    ) -> Result<Zeroizing<Vec<u8>>> {
        self.run("decryptValue", |now| {
            let mut texts = now.decrypt_values(&[(token, context)])?;
            Ok(read(texts.swap_remove(0)))
        })
        .await
    }

    /// As [`Snapshot::sign`].
    ///
    /// # Errors
    /// As [`Snapshot::sign`].
    pub async fn sign(&self, key: &str, typ: Option<&str>, payload: &[u8]) -> Result<String> {
        self.run("sign", |now| now.sign(key, typ, payload).map(read))
            .await
    }

    /// As [`Snapshot::verify`].
    ///
    /// # Errors
    /// As [`Snapshot::verify`].
    pub async fn verify(&self, token: &str, key: Option<&str>) -> Result<Verified> {
        self.run("verify", |now| now.verify(token, key).map(read))
            .await
    }

    /// A version's JWK, secret included, for whoever knows a passphrase of the vault: the primary's unless
    /// another is named.
    ///
    /// # Errors
    /// [`Error::WrongFactor`](crate::Error::WrongFactor), and as [`Snapshot::export`].
    pub async fn dangerously_export(
        &self,
        key: &str,
        version: Option<&str>,
        passphrase: &Passphrase,
    ) -> Result<Jwk> {
        let step = Self::ask(self, |vault| {
            let export = |now: &Snapshot<'_, _, _>| now.export(key, version).map(read);
            Self::operate(vault, "exportKey", Box::new(export))
        });
        let passphrases = core::slice::from_ref(passphrase);
        self.host.take(passphrases, step).await
    }

    /// As [`Holdings::rotate_vault_key`](crate::custody::Holdings::rotate_vault_key).
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity), and as for [`run`](Self::run).
    pub async fn rotate_vault_key(&self) -> Result<()> {
        self.run_on_latest("rotateVaultKey", |now| {
            let change = now.holdings().rotate_vault_key(now.entropy())?;
            Ok(((), Some(change)))
        })
        .await
    }

    /// As [`Snapshot::tick`].
    ///
    /// # Errors
    /// As [`Snapshot::tick`].
    pub async fn tick(&self) -> Result<Done> {
        self.run_on_latest("tick", |now| now.tick()).await
    }

    /// Everything the vault holds, for [`Vault::restore`](Vault::restore).
    ///
    /// # Errors
    /// What the store reports.
    pub async fn backup(&self) -> Result<Vec<u8>> {
        self.run_on_latest("backup", |now| now.backup().map(changed))
            .await
    }

    /// Runs an operation, as [`operate`](Self::operate) does.
    ///
    /// # Errors
    /// The operation's; [`Error::Conflict`](crate::Error::Conflict) when other tabs were faster many times
    /// in a row; what the store reports. Nothing was changed then.
    pub async fn run<'a, T: 'a>(
        &'a self,
        name: &'static str,
        operation: impl FnMut(&Snapshot<'_, Outside<S>, E>) -> Result<(T, Option<Change>)> + 'a,
    ) -> Result<T> {
        let step = Self::operate(self, name, Box::new(operation))?;
        self.host.take(&[], step).await
    }

    /// As [`run`](Self::run), with what other tabs have written taken in first.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_on_latest<'a, T: 'a>(
        &'a self,
        name: &'static str,
        operation: impl FnMut(&Snapshot<'_, Outside<S>, E>) -> Result<(T, Option<Change>)> + 'a,
    ) -> Result<T> {
        let step = Self::operate_on_latest(self, name, Box::new(operation));
        self.host.take(&[], step).await
    }

    /// As [`Vault::survey`], to its end.
    ///
    /// # Errors
    /// As [`Vault::survey`].
    pub async fn surveyed_whole(&self) -> Result<()> {
        self.host.take(&[], Self::survey(self, ())).await
    }
}
