//! Objects under an unlocked vault's keys.

use std::rc::Rc;

use crate::{
    base::{Context, Error, Kid, ObjectId, Pool, Result, Thumbprint, VersionState},
    inventory::Rewrapped,
    jose::{Envelope, PublicRecipient},
    keys::{Operation, Purpose},
    object::{
        DRAWN, Decryption, Encryption, FileMetadata, HeaderToSign, ObjectSignature, Opened,
        SharedDraft, SharedEncryption,
        body::{BodyHashes, Buffers},
        encrypt_object,
    },
    store::Store,
};

use super::{Unlocked, Vault, gate::Request, transaction::Transaction, usable_version::Asked};

/// What the caller of [`Vault::decrypt_object`] asks of an object.
#[derive(Debug, Clone, Default)]
pub struct DecryptOptions {
    /// Only this object.
    pub expect: Option<ObjectId>,
    /// Only the object that the inventory has by this id, or at this location.
    pub tracked: Option<String>,
    /// Also an object that does not prove who wrote it.
    pub allow_unsigned: bool,
}

/// How [`Vault::rewrap`] moves a header.
#[derive(Debug, Clone, Default)]
pub struct RewrapOptions<'a> {
    /// To another key, by its alias or id; otherwise to its own.
    pub to: Option<&'a str>,
    /// Another key in the place of a recipient's.
    pub replace: Option<ReplaceRecipient>,
    /// Only the header of this object.
    pub expect: Option<ObjectId>,
    /// Nothing is written, but uses of a key whose policy bounds them.
    pub dry: bool,
}

/// Which recipient of objects, besides the vault, another one takes the place of. Who had the old key keeps what it opened, and any
/// copy of an old header.
#[derive(Debug, Clone)]
pub struct ReplaceRecipient {
    /// The thumbprint of the key that goes.
    pub from: Thumbprint,
    /// The public key that comes.
    pub to: PublicRecipient,
}

/// An object's header.
#[derive(Debug, Clone)]
pub enum Header {
    /// The caller has it.
    Given(Envelope),
    /// The caller has it, and its signature: of an object for more recipients.
    Signed(Envelope, Rc<ObjectSignature>),
    /// The vault keeps it for the object of this id.
    Kept(String),
}

impl Header {
    pub(crate) async fn envelope(&self, tx: &Transaction<'_>) -> Result<Envelope> {
        match self {
            Self::Given(envelope) | Self::Signed(envelope, _) => Ok(envelope.clone()),
            Self::Kept(id) => tx.object(id).await?.kept_header(),
        }
    }

    /// Its signature, where it has one.
    pub(crate) fn signature(&self) -> Option<&ObjectSignature> {
        match self {
            Self::Signed(_, signature) => Some(signature),
            Self::Given(_) | Self::Kept(_) => None,
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
        let within = [context];
        let request = Request::of("encrypt");
        self.read(request, async |tx| {
            let asked = Asked::to(Operation::Encrypt).within(&within);
            let under = tx.protecting(key, Purpose::Encrypt, asked).await?;
            let (to, entropy) = ([under.kek()?.into()], Pool::of(tx.rng(), DRAWN));
            let engine = engine.clone();
            let encryption = encrypt_object(engine, &entropy, &to, context, file)?;
            tx.note_object(&encryption.id);
            Ok(encryption)
        })
        .await
    }

    /// As [`encrypt`](Self::encrypt), for others too: each of these public keys opens the object beside the vault's own. What is
    /// given with it [signs](Self::sign_object) the object, which is to be done before it is stored: nobody, the vault included, takes it
    /// for the vault's own otherwise.
    ///
    /// # Errors
    /// As [`encrypt`](Self::encrypt); [`Error::Argument`] for none or more than 16 of them, for one that is there twice, for a
    /// key that opens the vault as an escrow or a gate, and for one by the name of a key of the vault; [`Error::Unsupported`] where the platform does not encrypt to a key of RSA.
    pub async fn encrypt_for(
        &self,
        key: &str,
        others: &[PublicRecipient],
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<SharedEncryption<E>> {
        let (engine, port) = (&self.platform.engine, &*self.platform.factor);
        let within = [context];
        let request = Request::of("encrypt");
        self.read(request, async |tx| {
            let asked = Asked::to(Operation::Encrypt).within(&within);
            let under = tx.protecting(key, Purpose::Encrypt, asked).await?;
            tx.check_others(others).await?;
            let mut draft =
                SharedDraft::new(tx.rng(), &under.shared_kek()?, others, context, file)?;
            tx.add_others(draft.entries(), port).await?;
            let encryption = draft.finish(engine, tx.rng(), context, file)?;
            tx.note_object(&encryption.id);
            Ok(encryption)
        })
        .await
    }

    /// Signs an object that was [made for others](Self::encrypt_for) by the vault's identity: its header; and the body as well, if
    /// its hashes are given, which proves to each reader that nobody else has written it.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for hashes of which a signature would be longer than 8 MiB; [`Error::Locked`].
    pub async fn sign_object(
        &self,
        header: &HeaderToSign,
        content: Option<&BodyHashes>,
    ) -> Result<String> {
        let mut signed = None;
        let sign = self.read_unasked("encrypt", async |tx| {
            let keyring = tx.keyring()?;
            let (vault, key) = (keyring.vault(), keyring.identity()?);
            signed = Some(header.sign(vault, tx.now(), content, &key, tx.rng())?);
            Ok(())
        });
        sign.await?;
        Ok(signed.expect("an operation that ended well has given something"))
    }

    /// How many bytes a signature will have that covers a body of so many.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn signature_len(&self, header: &HeaderToSign, body: u64) -> Result<usize> {
        Ok(header.signature_len(&self.id, self.platform.clock.now(), body)?)
    }

    /// As [`encrypt`](Self::encrypt); the vault keeps the only copy of the header.
    ///
    /// # Errors
    /// As [`encrypt`](Self::encrypt); [`Error::NoKey`] for a session's key, which is
    /// not kept; [`Error::Argument`] for a sidecar of a sidecar, [`Error::TooLarge`] for one sidecar more than
    /// [an object gets](crate::base::Sidecar::MAX_OF_ONE).
    pub async fn encrypt_kept(
        &self,
        key: &str,
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<Encryption<E>> {
        let engine = &self.platform.engine;
        let within = [context];
        let request = Request::of("encrypt");
        self.change(request, async |tx| {
            let asked = Asked::to(Operation::Encrypt).within(&within);
            let under = tx.protecting(key, Purpose::Encrypt, asked).await?;
            let to = [under.kek()?.into()];
            let encryption = encrypt_object(engine.clone(), tx.rng(), &to, context, file)?;
            tx.note_object(&encryption.id);
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
            tx.decrypt(&Envelope::parse(header)?, None, context, options)
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
    /// [`Error::Unsigned`], also under a version that is compromised, unless the inventory or
    /// [`expect`](DecryptOptions::expect) names the object; [`Error::Decrypt`],
    /// [`Error::Malformed`].
    pub async fn decrypt_object(
        &self,
        header: &Header,
        context: &Context,
        options: &DecryptOptions,
    ) -> Result<Decryption<E>> {
        let request = Request::of("decrypt");
        let decrypt = self.read(request, async |tx| {
            let envelope = header.envelope(tx).await?;
            let signature = header.signature();
            tx.decrypt(&envelope, signature, context, options).await
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

    /// Whether an object that was begun under a version may still be read, or written: a state holds for bodies that
    /// are under way, too. What is written was begun while the version protected: it is finished under one that was
    /// rotated or revoked meanwhile, but not under one that others may have.
    ///
    /// # Errors
    /// [`Error::State`]; [`Error::NoKey`] of a session's key that has ended.
    pub async fn check_under_way(&self, by: &Kid, writes: bool) -> Result<()> {
        self.read_unasked("body", async |tx| {
            let (key, version) = by.version().ok_or(Error::NoKey)?;
            let key = tx.key(key.as_str()).await?;
            let version = key.version(&version)?;
            if writes && version.compromised_at().is_some() {
                return Err(version.state.forbids());
            }
            version.state.check_opens()
        })
        .await
    }

    /// The header that the vault keeps of an object.
    ///
    /// # Errors
    /// [`Error::NoObject`].
    pub async fn kept_header(&self, id: &str) -> Result<Envelope> {
        let request = Request::of("decrypt");
        self.read(request, async |tx| {
            tx.check_view(Operation::Decrypt)?;
            tx.object(id).await?.kept_header()
        })
        .await
    }

    /// A header under the primary version of its own key, or of another: same DEK, same body. The new one
    /// was opened and compared. One that the vault keeps is written, unless this is a dry run.
    ///
    /// # Errors
    /// [`Error::Unsigned`] for one that others can have written: under a key of
    /// ours it would pass for ours. Of a version that is compromised, that is each object that neither the
    /// inventory nor [`expect`](RewrapOptions::expect) names. [`Error::NoKey`],
    /// [`Error::State`], [`Error::Purpose`],
    /// [`Error::Decrypt`], [`Error::NoObject`];
    /// [`Error::Unsupported`] for a header with other recipients without its signature, and [`Error::LostRecipient`] for one of them
    /// whose public key is not there, or has another use in the vault by now.
    pub async fn rewrap(&self, header: &Header, options: &RewrapOptions<'_>) -> Result<Rewrapped> {
        let request = Request::of("rewrap");
        let (to, expect) = (options.to, options.expect.as_ref());
        let port = &*self.platform.factor;
        if let Header::Kept(id) = header {
            let dry = options.dry;
            return self
                .change(request, async |tx| tx.rewrap_kept(id, to, dry, port).await)
                .await;
        }
        let rewrap = self.read(request, async |tx| {
            let (envelope, signature) = (header.envelope(tx).await?, header.signature());
            let to = (to, options.replace.as_ref());
            tx.rewrap((&envelope, signature), to, expect, port).await
        });
        rewrap.await
    }

    /// Tells the inventory that a header under another version was stored where the old one was; whether
    /// that changes something. An object that is not in the inventory is fine, and so is one whose header
    /// the vault keeps itself. What a header for others too says counts only with its signature.
    ///
    /// # Errors
    /// As [`track`](Self::track).
    pub async fn rewrapped(&self, header: &Header) -> Result<bool> {
        let request = Request::of("rewrap");
        self.change(request, async |tx| {
            let envelope = header.envelope(tx).await?;
            tx.rewrapped((&envelope, header.signature())).await
        })
        .await
    }
}
