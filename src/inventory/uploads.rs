//! Pending uploads: what it takes to resume an object's body on another day.
//!
//! A record is written once the whole plaintext was read, and before any byte of the body is encrypted; from then
//! on every pass is held to it. So an older copy of it allows nothing that it did not, and it is part of
//! backups like every other.

use serde::{Deserialize, Serialize};

use crate::{
    base::{InputError, Object, ObjectId, Result, Timestamp, base64},
    object::body::PlaintextDigests,
    store::{RecordId, RecordType},
};

const MALFORMED: InputError = InputError::Malformed("an upload's record");

/// One object whose upload can be resumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The object's id, which is what the caller names it by.
    pub id: ObjectId,
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
    id: ObjectId,
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
    token: &'a ObjectId,
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

    /// Where the record of an object's upload stands.
    pub(crate) fn record_id(id: &str) -> RecordId {
        RecordId::new(RecordType::Upload, id)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        let id = "A".repeat(43);
        let text = format!(r#"{{"id":"{id}","size":0,"started":1,"pins":"AAAA"}}"#);
        is_strict::<UploadRecord>(&text, &[]);
        let text = format!(
            r#"{{"id":"{id}","name":"n","location":"l","size":0,"started":1,"header":"h","attached":true,"pins":"AAAA","note":"x"}}"#
        );
        is_strict::<UploadRecord>(&text, &[]);
    }
}
