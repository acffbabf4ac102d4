//! Uploads that an unlocked vault can resume: on another day, after a reload, from any byte.

use crate::{
    base::{Context, Result},
    inventory::Upload,
    jose::Envelope,
    object::body::{Buffers, ResumedEncryptor, Start},
    store::Store,
};

use super::{Unlocked, Vault, gate::Run};

/// An object whose body is encrypted once more, or from some place on.
pub struct Resumption<E: Buffers> {
    /// What is known of its upload.
    pub upload: Upload,
    /// The header.
    pub header: Envelope,
    /// What the body is pushed through.
    pub encryptor: ResumedEncryptor<E>,
    /// Where it begins.
    pub start: Start,
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Takes an object into the pending uploads. Its body was not begun, and now is only by
    /// [`resume`](Self::resume).
    ///
    /// # Errors
    /// [`Error::NoKey`](crate::Error::NoKey) for an object whose header none of the vault's own keys opens.
    pub async fn pin(&self, upload: &Upload) -> Result<()> {
        self.change("pin", |now| Ok(((), now.pin(upload)?))).await
    }

    /// An object whose upload is resumed, from a byte of what is stored. Its plaintext is held to what it
    /// was.
    ///
    /// # Errors
    /// [`Error::NoUpload`](crate::Error::NoUpload); [`Error::State`](crate::Error::State) for a version
    /// that must open nothing, or was compromised; [`Error::Context`](crate::Error::Context);
    /// [`Error::Argument`](crate::Error::Argument) for a place outside the object.
    pub async fn resume(&self, id: &str, context: &Context, from: u64) -> Result<Resumption<E>> {
        self.read("resume", |now| now.resume(id, context, from))
            .await
    }

    /// Remembers something of an upload for whoever resumes it.
    ///
    /// # Errors
    /// [`Error::NoUpload`](crate::Error::NoUpload).
    pub async fn note_upload(&self, id: &str, note: &str) -> Result<()> {
        self.change("noteUpload", |now| {
            Ok(((), now.holdings().note_upload(id, note, now.entropy())?))
        })
        .await
    }

    /// Forgets an upload, which can not be resumed then. One that is not there is fine.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity).
    pub async fn end_upload(&self, id: &str) -> Result<()> {
        let end = self.operate("endUpload", Run::ChangingLatest, |now| {
            Ok(((), now.holdings().end_upload(id, now.entropy())?))
        });
        end.await
    }

    /// The pending uploads, the oldest first.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity).
    pub async fn list_uploads(&self) -> Result<Vec<Upload>> {
        self.read_latest("listUploads", |now| now.holdings().uploads())
            .await
    }
}
