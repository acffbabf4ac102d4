//! Objects under an unlocked vault's keys.

use crate::{
    base::{Context, ObjectId, Result},
    inventory::Rewrapped,
    jose::Envelope,
    object::{Decryption, Encryption, FileMetadata, body::Buffers},
    store::Store,
};

use super::{Snapshot, Unlocked, Vault, gate::Run};

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
    pub(crate) fn envelope<S, E: Buffers>(&self, now: &Snapshot<'_, S, E>) -> Result<Envelope> {
        match self {
            Self::Given(envelope) => Ok(envelope.clone()),
            Self::Kept(id) => now.holdings().object(id)?.kept_header(),
        }
    }
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Starts an object under a key's primary version. The body is encrypted as it is pushed.
    ///
    /// # Errors
    /// [`Error::NoKey`](crate::Error::NoKey), [`Error::State`](crate::Error::State),
    /// [`Error::Purpose`](crate::Error::Purpose).
    pub async fn encrypt(
        &self,
        key: &str,
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<Encryption<E>> {
        self.read("encrypt", |now| now.encrypt(key, context, file))
            .await
    }

    /// As [`encrypt`](Self::encrypt); the vault keeps the only copy of the header.
    ///
    /// # Errors
    /// As [`encrypt`](Self::encrypt); [`Error::NoKey`](crate::Error::NoKey) for a session's key, which is
    /// not kept; [`Error::Argument`](crate::Error::Argument) for a sidecar of a sidecar.
    pub async fn encrypt_kept(
        &self,
        key: &str,
        context: &Context,
        file: Option<&FileMetadata>,
    ) -> Result<Encryption<E>> {
        self.change("encrypt", |now| now.encrypt_kept(key, context, file))
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
        let header = Header::Given(Envelope::parse(header)?);
        self.decrypt_object(&header, context, options).await
    }

    /// Opens an object's header. The body is decrypted as it is pushed.
    ///
    /// # Errors
    /// [`Error::NoKey`](crate::Error::NoKey) when no recipient is a key of this vault,
    /// [`Error::State`](crate::Error::State), [`Error::Context`](crate::Error::Context),
    /// [`Error::Unsigned`](crate::Error::Unsigned), [`Error::Decrypt`](crate::Error::Decrypt),
    /// [`Error::Malformed`](crate::Error::Malformed).
    pub async fn decrypt_object(
        &self,
        header: &Header,
        context: &Context,
        options: &DecryptOptions,
    ) -> Result<Decryption<E>> {
        self.read("decrypt", |now| {
            now.decrypt(&header.envelope(now)?, context, options)
        })
        .await
    }

    /// The header that the vault keeps of an object.
    ///
    /// # Errors
    /// [`Error::NoObject`](crate::Error::NoObject).
    pub async fn kept_header(&self, id: &str) -> Result<Envelope> {
        self.read("decrypt", |now| now.holdings().object(id)?.kept_header())
            .await
    }

    /// A header under the primary version of its own key, or of another: same DEK, same body. The new one
    /// was opened and compared. One that the vault keeps is written, unless this is a `dry` run.
    ///
    /// # Errors
    /// [`Error::Unsigned`](crate::Error::Unsigned) for one that others can have written: under a key of
    /// ours it would pass for ours. [`Error::NoKey`](crate::Error::NoKey),
    /// [`Error::State`](crate::Error::State), [`Error::Purpose`](crate::Error::Purpose),
    /// [`Error::Decrypt`](crate::Error::Decrypt), [`Error::NoObject`](crate::Error::NoObject);
    /// [`Error::Unsupported`](crate::Error::Unsupported) for a header with other recipients.
    pub async fn rewrap(&self, header: &Header, to: Option<&str>, dry: bool) -> Result<Rewrapped> {
        let id = match header {
            Header::Given(header) => {
                return self.read("rewrap", |now| now.rewrap(header, to)).await;
            }
            Header::Kept(id) => id,
        };
        let rewrap = self.operate("rewrap", Run::Changing, |now| {
            let (rewrapped, change) = now.rewrap_kept(id, to)?;
            Ok((rewrapped, change.filter(|_| !dry)))
        });
        rewrap.await
    }

    /// Tells the inventory that a header under another version was stored where the old one was; whether
    /// that changes something. An object that is not in the inventory is fine, and so is one whose header
    /// the vault keeps itself.
    ///
    /// # Errors
    /// As [`track`](Self::track).
    pub async fn rewrapped(&self, header: &Header) -> Result<bool> {
        let rewrapped = self.operate("rewrap", Run::Changing, |now| {
            let change = now.stored(&header.envelope(now)?)?;
            Ok((change.is_some(), change))
        });
        rewrapped.await
    }
}
