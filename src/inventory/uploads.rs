//! Uploads under way: what it takes to go on with an object's body on another day.
//!
//! A record is written once the whole plaintext was read, and before any byte of the body is encrypted; from then
//! on every pass is held to it. So an older copy of it allows nothing that it did not, and it is part of
//! backups like every other.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Entropy, Error, Object, Result, Timestamp, base64},
    object::body::PlaintextDigests,
    store::{Range, RecordId, RecordType},
    vault::{
        edit::Edit,
        holdings::{Change, Holdings},
    },
};

const MALFORMED: Error = Error::Malformed("an upload's record");

/// One object whose upload may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The object's id, which is what the caller names it by.
    pub id: String,
    /// The file's name, where it has one.
    pub name: Option<String>,
    /// Where it goes, in the caller's words.
    pub location: Option<String>,
    /// Since when, in milliseconds since 1970.
    pub started: Timestamp,
    /// Its header, unless the vault keeps it in the inventory.
    pub header: Option<String>,
    /// Whether the header stands before the body.
    pub attached: bool,
    /// What its body is held to.
    pub pins: PlaintextDigests,
    /// What whoever sends it has to remember, in the sender's words.
    pub note: Option<String>,
}

/// An upload's record.
#[derive(Serialize, Deserialize)]
struct UploadRecord {
    id: String,
    name: Option<String>,
    location: Option<String>,
    /// Bytes of plaintext.
    size: u64,
    started: Timestamp,
    header: Option<String>,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    attached: bool,
    /// The [`PlaintextDigests`] in base64url.
    pins: String,
    note: Option<String>,
}

/// An upload as callers are told of it.
#[derive(Serialize)]
struct UploadInfo<'a> {
    token: &'a str,
    name: Option<&'a str>,
    location: Option<&'a str>,
    /// Bytes of plaintext.
    size: u64,
    started: Timestamp,
}

impl Upload {
    pub(crate) fn read(members: Object) -> Result<Self> {
        let record: UploadRecord = members.decode(MALFORMED)?;
        let pins = base64::decode(&record.pins, MALFORMED)?;
        Ok(Self {
            id: record.id,
            name: record.name,
            location: record.location,
            started: record.started,
            header: record.header,
            attached: record.attached,
            pins: PlaintextDigests::decode(&pins, record.size)?,
            note: record.note,
        })
    }

    pub(crate) fn to_json(&self) -> Object {
        let upload = self.clone();
        Object::encode(&UploadRecord {
            id: upload.id,
            name: upload.name,
            location: upload.location,
            size: upload.pins.size(),
            started: upload.started,
            header: upload.header,
            attached: upload.attached,
            pins: base64::encode(&upload.pins.encode()),
            note: upload.note,
        })
    }

    /// What a page is told.
    #[must_use]
    pub fn told(&self) -> Object {
        Object::encode(&UploadInfo {
            token: &self.id,
            name: self.name.as_deref(),
            location: self.location.as_deref(),
            size: self.pins.size(),
            started: self.started,
        })
    }
}

impl Holdings {
    /// The uploads under way, the oldest first.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn uploads(&self) -> Result<Vec<Upload>> {
        let rows = self.range(Range::of(RecordType::Upload))?;
        let uploads = rows
            .iter()
            .map(|row| Upload::read(self.cipher().decrypt_json(row)?));
        let mut uploads = uploads.collect::<Result<Vec<_>>>()?;
        uploads.sort_by_key(|upload| upload.started);
        Ok(uploads)
    }

    /// One of them.
    ///
    /// # Errors
    /// [`Error::NoUpload`].
    pub fn upload(&self, id: &str) -> Result<Upload> {
        let row = self.row(&RecordId::new(RecordType::Upload, id))?;
        let upload = Upload::read(self.cipher().decrypt_json(row.ok_or(Error::NoUpload)?)?)?;
        if upload.id == id {
            Ok(upload)
        } else {
            Err(Error::Integrity("an upload in another one's place"))
        }
    }

    /// Takes one in, or what is noted of it.
    pub(crate) fn put_upload(&self, upload: &Upload, entropy: &dyn Entropy) -> Result<Change> {
        let mut edit = Edit::new(self, entropy)?;
        edit.put_json(
            RecordId::new(RecordType::Upload, &*upload.id),
            &upload.to_json(),
        )?;
        edit.finish()
    }

    /// Remembers something of an upload for whoever goes on with it.
    ///
    /// # Errors
    /// [`Error::NoUpload`].
    pub fn note_upload(&self, id: &str, note: &str, entropy: &dyn Entropy) -> Result<Change> {
        let note = Some(note.to_owned());
        self.put_upload(
            &Upload {
                note,
                ..self.upload(id)?
            },
            entropy,
        )
    }

    /// Forgets one, which then can not go on. One that is not there is fine.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn end_upload(&self, id: &str, entropy: &dyn Entropy) -> Result<Option<Change>> {
        let record_id = RecordId::new(RecordType::Upload, id);
        if self.row(&record_id)?.is_none() {
            return Ok(None);
        }
        let mut edit = Edit::new(self, entropy)?;
        edit.delete(record_id);
        edit.finish().map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<UploadRecord>(r#"{"id":"a","size":0,"started":1,"pins":"AAAA"}"#, &[]);
        let text = r#"{"id":"a","name":"n","location":"l","size":0,"started":1,"header":"h","attached":true,"pins":"AAAA","note":"x"}"#;
        is_strict::<UploadRecord>(text, &[]);
    }
}
