//! Objects under an unlocked vault's keys.

use crate::{
    base::{Context, Error, ObjectId, Result, VersionState},
    inventory::{Rewrapped, TrackedObject, object_id},
    jose::{self, Envelope},
    keys::Purpose,
    object::{
        Decryption, Encryption, FileMetadata, Opened, Origin, body::Buffers, encrypt_object,
        open_header,
    },
    store::Store,
};

use super::{
    Unlocked, Vault, gate::Request, transaction::Transaction, usable_version::UsableVersion,
};

/// What the caller of [`Vault::decrypt_object`] asks of an object.
#[derive(Debug, Clone, Default)]
pub struct DecryptOptions {
    /// Only this object.
    pub expect: Option<ObjectId>,
    /// Also an object that does not prove who wrote it.
    pub allow_unsigned: bool,
}

/// An object's header.
#[derive(Debug, Clone)]
pub enum Header {
    /// The caller has it.
    Given(Envelope),
    /// The vault keeps it for the object of this id.
    Kept(String),
}

impl Header {
    pub(crate) async fn envelope(&self, tx: &Transaction<'_>) -> Result<Envelope> {
        match self {
            Self::Given(envelope) => Ok(envelope.clone()),
            Self::Kept(id) => tx.object(id).await?.kept_header(),
        }
    }

    /// The object's id, where it is known before the header is read.
    pub(crate) fn id(&self) -> Option<&str> {
        match self {
            Self::Given(envelope) => envelope.jkt().map(ObjectId::as_str),
            Self::Kept(id) => Some(id),
        }
    }
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Starts an object under a key's primary version. The body is encrypted as it is pushed.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`],
    /// [`Error::Purpose`].
    pub async fn encrypt(
        &self,
        key: &str,
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<Encryption<E>> {
        let engine = &self.platform.engine;
        let request = Request::of("encrypt").about(key);
        self.read(request, async |tx| {
            let under = tx.protecting(key, Purpose::Encrypt).await?;
            let to = [under.kek()?.into()];
            Ok(encrypt_object(
                engine.clone(),
                tx.rng(),
                &to,
                context,
                file,
            )?)
        })
        .await
    }

    /// As [`encrypt`](Self::encrypt); the vault keeps the only copy of the header.
    ///
    /// # Errors
    /// As [`encrypt`](Self::encrypt); [`Error::NoKey`] for a session's key, which is
    /// not kept; [`Error::Argument`] for a sidecar of a sidecar.
    pub async fn encrypt_kept(
        &self,
        key: &str,
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<Encryption<E>> {
        let engine = &self.platform.engine;
        let request = Request::of("encrypt").about(key);
        self.change(request, async |tx| {
            let under = tx.protecting(key, Purpose::Encrypt).await?;
            let to = [under.kek()?.into()];
            let encryption = encrypt_object(engine.clone(), tx.rng(), &to, context, file)?;
            let size = encryption.encryptor.body_size();
            tx.keep_header(&encryption.header, &under, context, size)
                .await?;
            Ok(encryption)
        })
        .await
    }

    /// As [`decrypt_object`](Self::decrypt_object), of a header's bytes.
    ///
    /// # Errors
    /// As [`decrypt_object`](Self::decrypt_object).
    pub async fn decrypt(
        &self,
        header: &[u8],
        context: &Context,
        options: &DecryptOptions,
    ) -> Result<Decryption<E>> {
        let request = Request::of("decrypt");
        let decrypt = self.read(request, async |tx| {
            tx.decrypt(&Envelope::parse(header)?, context, options)
                .await
        });
        let (opened, state) = decrypt.await?;
        Ok(self.decryption(opened, state, context))
    }

    /// Opens an object's header. The body is decrypted as it is pushed.
    ///
    /// # Errors
    /// [`Error::NoKey`] when no recipient is a key of this vault,
    /// [`Error::State`], [`Error::Context`],
    /// [`Error::Unsigned`], [`Error::Decrypt`],
    /// [`Error::Malformed`].
    pub async fn decrypt_object(
        &self,
        header: &Header,
        context: &Context,
        options: &DecryptOptions,
    ) -> Result<Decryption<E>> {
        let request = Request::of("decrypt").about(header.id());
        let decrypt = self.read(request, async |tx| {
            let header = header.envelope(tx).await?;
            tx.decrypt(&header, context, options).await
        });
        let (opened, state) = decrypt.await?;
        Ok(self.decryption(opened, state, context))
    }

    fn decryption(
        &self,
        opened: Opened,
        state: Option<VersionState>,
        context: &Context,
    ) -> Decryption<E> {
        let decryption = opened.decryption(self.platform.engine.clone(), context);
        Decryption {
            state,
            ..decryption
        }
    }

    /// The header that the vault keeps of an object.
    ///
    /// # Errors
    /// [`Error::NoObject`].
    pub async fn kept_header(&self, id: &str) -> Result<Envelope> {
        let request = Request::of("decrypt").about(id);
        self.read(request, async |tx| tx.object(id).await?.kept_header())
            .await
    }

    /// A header under the primary version of its own key, or of another: same DEK, same body. The new one
    /// was opened and compared. One that the vault keeps is written, unless this is a `dry` run.
    ///
    /// # Errors
    /// [`Error::Unsigned`] for one that others can have written: under a key of
    /// ours it would pass for ours. [`Error::NoKey`],
    /// [`Error::State`], [`Error::Purpose`],
    /// [`Error::Decrypt`], [`Error::NoObject`];
    /// [`Error::Unsupported`] for a header with other recipients.
    pub async fn rewrap(&self, header: &Header, to: Option<&str>, dry: bool) -> Result<Rewrapped> {
        let request = Request::of("rewrap").about(header.id());
        match header {
            Header::Given(header) => {
                self.read(request, async |tx| tx.rewrap(header, to).await)
                    .await
            }
            Header::Kept(id) => {
                self.change(request, async |tx| tx.rewrap_kept(id, to, dry).await)
                    .await
            }
        }
    }

    /// Tells the inventory that a header under another version was stored where the old one was; whether
    /// that changes something. An object that is not in the inventory is fine, and so is one whose header
    /// the vault keeps itself.
    ///
    /// # Errors
    /// As [`track`](Self::track).
    pub async fn rewrapped(&self, header: &Header) -> Result<bool> {
        let request = Request::of("rewrap").about(header.id());
        self.change(request, async |tx| {
            let header = header.envelope(tx).await?;
            tx.rewrapped(&header).await
        })
        .await
    }
}

impl Transaction<'_> {
    /// Opens a header of which it is proven who wrote it, unless that is allowed not to be.
    async fn decrypt(
        &self,
        header: &Envelope,
        context: &Context,
        options: &DecryptOptions,
    ) -> Result<(Opened, Option<VersionState>)> {
        let (opened, state) = self
            .open_object(header, context, options.expect.as_ref())
            .await?;
        if opened.origin == Origin::Unsigned && !options.allow_unsigned {
            return Err(Error::Unsigned);
        }
        Ok((opened, state))
    }

    /// Opens a header; with the state of the version that did.
    pub(super) async fn open_object(
        &self,
        header: &Envelope,
        context: &Context,
        expect: Option<&ObjectId>,
    ) -> Result<(Opened, Option<VersionState>)> {
        let found = self.identities_of(header).await?;
        let (found, identities): (Vec<UsableVersion>, Vec<_>) = found.into_iter().unzip();
        let opened = open_header(header, &identities, context, expect)?;
        let by = found.iter().find(|found| found.version_is(&opened.by));
        if let Some(by) = by {
            self.note_use(&by.key.id, &by.version);
        }
        Ok((opened, by.map(|by| by.state)))
    }

    async fn rewrap(&self, header: &Envelope, to: Option<&str>) -> Result<Rewrapped> {
        let id = object_id(header)?;
        let (found, identity) = self.identities_of(header).await?.swap_remove(0);
        found.kek().map_err(|_| Error::Unsigned)?;
        let target = self.primary(to.unwrap_or(found.key.id.as_str())).await?;
        let kek = target.kek()?;
        let same = target.key.id == found.key.id && target.version == found.version;
        let header = if same {
            None
        } else {
            Some(jose::rewrap(
                header,
                &[identity],
                &[kek.into()],
                self.rng(),
            )?)
        };
        Ok(Rewrapped {
            id: id.clone(),
            key: target.key.id.clone(),
            from: found.version,
            to: target.version,
            header,
        })
    }

    /// The header that the vault keeps of an object, under the primary version: written in one step with
    /// what the inventory says of it.
    async fn rewrap_kept(&mut self, id: &str, to: Option<&str>, dry: bool) -> Result<Rewrapped> {
        let mut object = self.object(id).await?;
        let rewrapped = self.rewrap(&object.kept_header()?, to).await?;
        if let Some(header) = rewrapped.header.as_ref().filter(|_| !dry) {
            object.key.clone_from(&rewrapped.key);
            object.version.clone_from(&rewrapped.to);
            object.header = Some(header.as_str()?.to_owned());
            self.put_object(&object).await?;
        }
        Ok(rewrapped)
    }

    async fn rewrapped(&mut self, header: &Envelope) -> Result<bool> {
        let found = self.find_object(object_id(header)?.as_str()).await?;
        let Some(mut object) = found.filter(|object| object.header.is_none()) else {
            return Ok(false);
        };
        let found = self.dependency(header).await?;
        if object.version == found.version {
            return Ok(false);
        }
        (object.key, object.version) = (found.key, found.version);
        self.put_object(&object).await?;
        Ok(true)
    }

    /// Takes an object in that was made just now under a version of ours, with the only copy of its header.
    async fn keep_header(
        &mut self,
        header: &Envelope,
        under: &UsableVersion,
        context: &Context,
        size: Option<u64>,
    ) -> Result<()> {
        // A session's key is not kept.
        self.own_key(under.key.id.as_str()).await?;
        let object = TrackedObject {
            id: object_id(header)?.clone(),
            key: under.key.id.clone(),
            version: under.version.clone(),
            tracked: self.now(),
            since: self.keyring()?.next_head(),
            size,
            location: None,
            header: Some(header.as_str()?.to_owned()),
            sidecar: context.sidecar().cloned(),
        };
        self.insert_object(&object).await
    }
}
