//! Uploads that an unlocked vault can resume: on another day, after a reload, from any byte.

use crate::{
    base::{Context, Error, Result, VersionState, sort_by},
    inventory::Upload,
    jose::Envelope,
    keys::Operation,
    object::{
        attached,
        body::{Buffers, ResumedEncryptor, Start},
    },
    store::{Range, RecordType, Row, Store},
};

use super::{Unlocked, Vault, gate::Request, transaction::Transaction};

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
    /// [`Error::NoKey`] for an object whose header none of the vault's own keys opens.
    pub async fn pin(&self, upload: &Upload) -> Result<()> {
        let request = Request::of("pin");
        self.change(request, async |tx| tx.pin(upload).await).await
    }

    /// An object whose upload is resumed, from a byte of what is stored. Its plaintext is held to what it
    /// was.
    ///
    /// # Errors
    /// [`Error::NoUpload`]; [`Error::State`] for a version
    /// that must open nothing, or was compromised; [`Error::Context`];
    /// [`Error::Argument`] for a place outside the object.
    pub async fn resume(&self, id: &str, context: &Context, from: u64) -> Result<Resumption<E>> {
        let engine = &self.platform.engine;
        let request = Request::of("resumeUpload");
        self.read(request, async |tx| {
            let upload = tx.upload(id).await?;
            let header = tx.header_of(&upload).await?;
            let id = id.parse()?;
            let opened = tx.open_object((&header, None), context, Some(&id), Operation::Encrypt);
            let (opened, by) = opened.await?;
            if by.proves_nothing() {
                return Err(VersionState::Compromised.forbids());
            }
            let before = if upload.attached {
                attached::prefix(&header).len() as u64
            } else {
                0
            };
            let (encryptor, start) = ResumedEncryptor::new(
                engine.clone(),
                &opened.dek,
                context,
                upload.pins.clone(),
                from.saturating_sub(before),
            )?;
            Ok(Resumption {
                upload,
                header,
                encryptor,
                start,
            })
        })
        .await
    }

    /// Remembers something of an upload for whoever resumes it.
    ///
    /// # Errors
    /// [`Error::NoUpload`].
    pub async fn note_upload(&self, id: &str, note: &str) -> Result<()> {
        let request = Request::of("noteUpload");
        self.change(request, async |tx| {
            let mut upload = tx.upload(id).await?;
            upload.note = Some(note.to_owned());
            tx.put_upload(&upload);
            Ok(())
        })
        .await
    }

    /// Forgets an upload, which can not be resumed then. One that is not there is fine.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub async fn end_upload(&self, id: &str) -> Result<()> {
        let request = Request::of("endUpload").on_latest();
        self.change(request, async |tx| {
            let record_id = Upload::record_id(id);
            if tx.row(&record_id).await?.is_some() {
                tx.delete(record_id);
            }
            Ok(())
        })
        .await
    }

    /// The pending uploads, the oldest first.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub async fn list_uploads(&self) -> Result<Vec<Upload>> {
        let request = Request::of("listUploads").on_latest();
        self.read(request, async |tx| tx.uploads().await).await
    }
}

impl Transaction<'_> {
    async fn uploads(&self) -> Result<Vec<Upload>> {
        let mut uploads = Vec::new();
        for row in self.range(Range::of(RecordType::Upload)).await?.iter() {
            uploads.push(self.pending(row)?);
        }
        sort_by(&mut uploads, |a: &Upload, b| a.started.cmp(&b.started));
        Ok(uploads)
    }

    async fn upload(&self, id: &str) -> Result<Upload> {
        let row = self.row(&Upload::record_id(id)).await?;
        self.pending(&row.ok_or(Error::NoUpload)?)
    }

    fn pending(&self, row: &Row) -> Result<Upload> {
        let upload = Upload::read(self.open_json(row)?)?;
        if Upload::record_id(upload.id.as_str()) == row.record_id {
            Ok(upload)
        } else {
            Err(Error::Integrity("an upload in another one's place"))
        }
    }

    async fn header_of(&self, upload: &Upload) -> Result<Envelope> {
        match &upload.header {
            Some(header) => Ok(Envelope::parse(header.as_bytes())?),
            None => self.object(upload.id.as_str()).await?.kept_header(),
        }
    }

    async fn pin(&mut self, upload: &Upload) -> Result<()> {
        let header = self.header_of(upload).await?;
        self.dependency(&header, None).await?;
        let started = self.now();
        let upload = Upload {
            started,
            ..upload.clone()
        };
        self.put_upload(&upload);
        Ok(())
    }

    fn put_upload(&mut self, upload: &Upload) {
        self.put(Upload::record_id(upload.id.as_str()), upload.to_json());
    }
}
