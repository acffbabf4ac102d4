//! The inventory: which objects there are, where they are, and which version each depends on.
//!
//! An object's row stands under its id and the version's, so that what depends on a version is told from
//! where rows stand, without opening them. So are an object's sidecars: a row for each stands under the
//! object's id and the sidecar's.

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        Error, InputError, InputResult, KeyId, Object, ObjectId, Result, Sidecar, Thumbprint,
        Timestamp, VersionId,
    },
    jose::Envelope,
    object::MAX_OTHERS,
    store::{RecordId, RecordType},
};

use super::tombstones::check_count;

const MALFORMED: InputError = InputError::Malformed("an object's record");

/// One object of the inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackedObject {
    /// The object's id.
    pub id: ObjectId,
    /// The key that it depends on, by its id.
    pub key: KeyId,
    /// The version that it depends on, by its id.
    pub version: VersionId,
    /// When it was taken in, in milliseconds since 1970.
    pub tracked: Timestamp,
    /// Bytes, where somebody said so.
    pub size: Option<u64>,
    /// Where it is, in the caller's words.
    pub location: Option<String>,
    /// What it is a sidecar of.
    pub sidecar: Option<Sidecar>,
    /// The head's revision that it came with: a backup of an earlier one does not hold it.
    pub since: u64,
    /// Its header, where the vault keeps it.
    pub header: Option<String>,
    /// Who opens it besides the vault, by the thumbprints of their keys: in ascending order, none of them twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<Thumbprint>,
    /// How often it was entered anew after it had been taken out.
    #[serde(default, skip_serializing_if = "super::tombstones::is_none")]
    pub incarnation: u64,
    /// How often what is said of it was changed since it was entered. A merge changes nothing.
    #[serde(default, skip_serializing_if = "super::tombstones::is_none")]
    pub(crate) changed: u64,
}

/// An object as callers are told of it.
#[derive(Serialize)]
struct ObjectInfo<'a> {
    id: &'a ObjectId,
    key: &'a KeyId,
    version: &'a VersionId,
    tracked: Timestamp,
    size: Option<u64>,
    location: Option<&'a str>,
    sidecar: Option<SidecarInfo<'a>>,
    /// Where its header is.
    header: &'static str,
    /// None of an object for the vault alone.
    recipients: Option<&'a [Thumbprint]>,
}

#[derive(Serialize)]
struct SidecarInfo<'a> {
    parent: &'a ObjectId,
    name: &'a str,
}

impl TrackedObject {
    pub(crate) fn read(members: Object) -> InputResult<Box<Self>> {
        let object: Box<Self> = members.decode(MALFORMED)?;
        check_count(object.incarnation.max(object.changed), MALFORMED)?;
        if object.recipients.len() > MAX_OTHERS || !object.recipients.is_sorted_by(|a, b| a < b) {
            return Err(MALFORMED);
        }
        Ok(object)
    }

    /// What a page is told: of the header, where it is.
    #[must_use]
    pub fn told(&self) -> Object {
        let header = if self.header.is_some() {
            "vault"
        } else {
            "elsewhere"
        };
        Object::encode(&ObjectInfo {
            id: &self.id,
            key: &self.key,
            version: &self.version,
            tracked: self.tracked,
            size: self.size,
            location: self.location.as_deref(),
            sidecar: self.sidecar.as_ref().map(|sidecar| SidecarInfo {
                parent: sidecar.parent(),
                name: sidecar.name(),
            }),
            header,
            recipients: Some(&self.recipients[..]).filter(|others| !others.is_empty()),
        })
    }

    /// Where its record stands: under the version that it depends on, too.
    pub(crate) fn record_id(&self) -> RecordId {
        RecordId {
            kind: RecordType::Object,
            id: self.id.as_str().to_owned(),
            version: self.version.as_str().to_owned(),
        }
    }

    /// What its record holds.
    pub(crate) fn to_json(&self) -> Object {
        Object::encode(self)
    }

    /// Where its parent's sidecars are found, of a sidecar.
    pub(crate) fn sidecar_id(&self) -> Option<RecordId> {
        let sidecar = self.sidecar.as_ref()?;
        Some(RecordId {
            kind: RecordType::Sidecar,
            id: sidecar.parent().as_str().to_owned(),
            version: self.id.as_str().to_owned(),
        })
    }

    /// One of two copies of its record, each with the number of the version that it depends on: the one of the later
    /// incarnation, or else that keeps the header, or else depends on the newer version, or else was changed more often.
    /// A backup that holds either of them holds it.
    pub(crate) fn later<'a>(ours: (&'a Self, u64), theirs: (&'a Self, u64)) -> Self {
        let place = |(object, number): (&Self, u64)| {
            let said = Self {
                since: 0,
                ..object.clone()
            };
            (
                object.incarnation,
                object.header.is_some(),
                number,
                object.changed,
                said.to_json().text(),
            )
        };
        let since = ours.0.since.min(theirs.0.since);
        let later = if place(ours) >= place(theirs) {
            ours.0
        } else {
            theirs.0
        };
        Self {
            since,
            ..later.clone()
        }
    }

    /// Its header, if the vault keeps it.
    ///
    /// # Errors
    /// [`Error::NoObject`] when it does not.
    pub fn kept_header(&self) -> Result<Envelope> {
        let header = self.header.as_ref().ok_or(Error::NoObject)?;
        Ok(Envelope::parse(header.as_bytes())?)
    }
}

/// Some objects, and how many there are in all.
#[derive(Debug)]
pub struct ObjectPage {
    /// In the order of their ids.
    pub objects: Vec<TrackedObject>,
    /// The last one's id, if more follow.
    pub next: Option<ObjectId>,
    /// How many there are on all pages.
    pub total: u64,
}

/// The object that a header is of.
pub(crate) fn object_id(header: &Envelope) -> Result<&ObjectId> {
    let id = header.jkt();
    id.ok_or(Error::Malformed("an object's header"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        let (id, parent) = ("a".repeat(42) + "A", "A".repeat(43));
        let under = r#""key":"kkkkkkkkkkkkkkkkkkkkkA","version":"vvvvvvvvvvvvvvvvvvvvvA""#;
        let text = format!(r#"{{"id":"{id}",{under},"tracked":1,"since":2}}"#);
        is_strict::<TrackedObject>(&text, &[]);
        let text = format!(
            r#"{{"id":"{id}",{under},"tracked":1,"size":3,"location":"l","sidecar":{{"parent":"{parent}","name":"thumbnail"}},"since":2,"header":"h","incarnation":1,"changed":2}}"#
        );
        is_strict::<TrackedObject>(&text, &[]);
    }
}
