//! The inventory: which objects there are, where they are, and which version each depends on.
//!
//! An object's row stands under its id and the version's, so that what depends on a version is told from
//! where rows stand, without opening them. So are an object's sidecars: a row for each stands under the
//! object's id and the sidecar's.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Entropy, Error, Kid, Object, ObjectId, Result, Sidecar, Timestamp},
    jose::Envelope,
    store::{Range, RecordId, RecordType, Row},
    vault::{
        edit::Edit,
        holdings::{Change, Holdings},
        keyring::Keyring,
    },
};

const MALFORMED: Error = Error::Malformed("an object's record");

/// One object of the inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackedObject {
    /// The object's id.
    pub id: String,
    /// The key that it depends on, by its id.
    pub key: String,
    /// The version that it depends on, by its id.
    pub version: String,
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
}

/// An object as callers are told of it.
#[derive(Serialize)]
struct ObjectInfo<'a> {
    id: &'a str,
    key: &'a str,
    version: &'a str,
    tracked: Timestamp,
    size: Option<u64>,
    location: Option<&'a str>,
    sidecar: Option<SidecarInfo<'a>>,
    /// Where its header is.
    header: &'static str,
}

#[derive(Serialize)]
struct SidecarInfo<'a> {
    parent: &'a str,
    name: &'a str,
}

impl TrackedObject {
    pub(crate) fn read(members: Object) -> Result<Box<Self>> {
        members.decode(MALFORMED)
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
                parent: sidecar.parent().as_str(),
                name: sidecar.name(),
            }),
            header,
        })
    }

    fn record_id(&self) -> RecordId {
        RecordId {
            kind: RecordType::Object,
            id: self.id.clone(),
            version: self.version.clone(),
        }
    }

    /// Writes it, and where its parent's sidecars are found.
    fn put(&self, edit: &mut Edit) -> Result<()> {
        edit.put_json(self.record_id(), &Object::encode(self))?;
        let Some(sidecar) = &self.sidecar else {
            return Ok(());
        };
        let parent = edit.holdings.find_object(sidecar.parent().as_str())?;
        if parent.is_some_and(|parent| parent.sidecar.is_some()) {
            return Err(Sidecar::OF_A_SIDECAR);
        }
        edit.put_json(self.place_beside(sidecar), &Object::new())
    }

    fn delete(&self, edit: &mut Edit) {
        edit.delete(self.record_id());
        if let Some(sidecar) = &self.sidecar {
            edit.delete(self.place_beside(sidecar));
        }
    }

    fn place_beside(&self, sidecar: &Sidecar) -> RecordId {
        RecordId {
            kind: RecordType::Sidecar,
            id: sidecar.parent().as_str().to_owned(),
            version: self.id.clone(),
        }
    }
}

/// Which objects: all, where nothing is said.
#[derive(Debug, Clone, Copy, Default)]
pub struct ObjectFilter<'a> {
    /// The sidecars of this one.
    pub parent: Option<&'a str>,
    /// Those that depend on one of these versions.
    pub versions: Option<&'a [&'a str]>,
}

/// Some objects, and how many there are in all.
#[derive(Debug)]
pub struct ObjectPage {
    /// In the order of their ids.
    pub objects: Vec<TrackedObject>,
    /// The last one's id, if more follow.
    pub next: Option<String>,
    /// How many there are on all pages.
    pub total: u64,
}

impl Holdings {
    /// Where the objects stand that depend on one of these versions.
    pub(crate) fn dependents(&self, versions: &[&str]) -> Result<Vec<RecordId>> {
        self.record_ids(ObjectFilter {
            versions: Some(versions),
            ..ObjectFilter::default()
        })
    }

    fn record_ids(&self, filter: ObjectFilter) -> Result<Vec<RecordId>> {
        let mut record_ids = Vec::new();
        match filter.parent {
            Some(parent) => self.add_sidecars(parent, &mut record_ids)?,
            None => add_slots(
                self.range(Range::of(RecordType::Object).bare())?,
                &mut record_ids,
            ),
        }
        if let Some(versions) = filter.versions {
            record_ids.retain(|record_id| versions.contains(&record_id.version.as_str()));
        }
        Ok(record_ids)
    }

    fn add_sidecars(&self, parent: &str, record_ids: &mut Vec<RecordId>) -> Result<()> {
        let mut outcome = Ok(());
        // All are asked for at once.
        for row in self.range(Range::of_id(RecordType::Sidecar, parent))? {
            let rows = self.range(Range::of_id(RecordType::Object, &row.record_id.version));
            outcome = outcome.and(rows.map(|rows| add_slots(rows, record_ids)));
        }
        outcome
    }

    /// An object of the inventory.
    ///
    /// # Errors
    /// [`Error::NoObject`].
    pub fn object(&self, id: &str) -> Result<Box<TrackedObject>> {
        self.find_object(id)?.ok_or(Error::NoObject)
    }

    fn find_object(&self, id: &str) -> Result<Option<Box<TrackedObject>>> {
        id.parse::<ObjectId>()?;
        let rows = self.range(Range::of_id(RecordType::Object, id))?;
        rows.first()
            .map(|row| TrackedObject::read(self.cipher().decrypt_json(row)?))
            .transpose()
    }

    /// An object and its sidecars.
    ///
    /// # Errors
    /// [`Error::NoObject`].
    pub(crate) fn object_with_sidecars(&self, id: &str) -> Result<Vec<TrackedObject>> {
        let mut all = vec![*self.object(id)?];
        let mut record_ids = Vec::new();
        self.add_sidecars(id, &mut record_ids)?;
        all.extend(self.objects_in(&record_ids)?);
        Ok(all)
    }

    /// A page of some objects.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn objects(
        &self,
        filter: ObjectFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ObjectPage> {
        let record_ids = self.record_ids(filter)?;
        let from = record_ids
            .partition_point(|record_id| after.is_some_and(|after| *record_id.id <= *after));
        let until = record_ids.len().min(from + limit);
        let objects = self.objects_in(&record_ids[from..until])?;
        let more = until < record_ids.len() && until > from;
        let next = more.then(|| record_ids[until - 1].id.clone());
        let total = record_ids.len() as u64;
        Ok(ObjectPage {
            objects,
            next,
            total,
        })
    }

    fn objects_in(&self, record_ids: &[RecordId]) -> Result<Vec<TrackedObject>> {
        self.read_ahead(record_ids)?;
        let mut objects = Vec::new();
        for record_id in record_ids {
            let row = self.row(record_id)?.ok_or(Error::NoObject)?;
            objects.push(*TrackedObject::read(self.cipher().decrypt_json(row)?)?);
        }
        Ok(objects)
    }

    /// Asks for many rows at once, so that they are read together.
    pub(crate) fn read_ahead(&self, record_ids: &[RecordId]) -> Result<()> {
        let mut outcome = Ok(());
        for record_id in record_ids {
            outcome = outcome.and(self.row(record_id).map(drop));
        }
        outcome
    }
}

impl Keyring<'_> {
    /// Takes an object in, whose header opens with one of the vault's keys. What is not said stays as it
    /// was; so do what it is a sidecar of, and the version of an object whose header the vault keeps, which
    /// depends on that one.
    ///
    /// # Errors
    /// [`Error::NoKey`] when its header is for none of the vault's keys; [`Error::Decrypt`] when it was
    /// changed; [`Error::Argument`] for a sidecar of a sidecar.
    pub(crate) fn track(
        &self,
        header: &Envelope,
        said: TrackedObject,
        entropy: &dyn Entropy,
    ) -> Result<(TrackedObject, Change)> {
        let id = object_id(header)?;
        let found = self.dependency(header)?;
        let known = self.holdings.find_object(id.as_str())?;
        let known = known.as_ref();
        let kept = known.filter(|known| known.header.is_some());
        let (key, version) = match kept {
            Some(kept) => (kept.key.clone(), kept.version.clone()),
            None => (found.key, found.version),
        };
        let object = TrackedObject {
            id: id.as_str().to_owned(),
            key,
            version,
            tracked: known.map_or(said.tracked, |known| known.tracked),
            since: known.map_or(self.holdings.next_head(), |known| known.since),
            size: said.size.or(known.and_then(|known| known.size)),
            location: said
                .location
                .or_else(|| known.and_then(|known| known.location.clone())),
            header: known.and_then(|known| known.header.clone()),
            sidecar: known.map_or(found.sidecar, |known| known.sidecar.clone()),
        };
        let change = self.holdings.put_object(&object, entropy)?;
        Ok((object, change))
    }
}

impl Holdings {
    /// Takes an object into the inventory, or moves it there to the version that it depends on now.
    pub(crate) fn put_object(
        &self,
        object: &TrackedObject,
        entropy: &dyn Entropy,
    ) -> Result<Change> {
        let mut edit = Edit::new(self, entropy)?;
        for row in self.range(Range::of_id(RecordType::Object, &object.id))? {
            if row.record_id.version != object.version {
                edit.delete(row.record_id.clone());
            }
        }
        object.put(&mut edit)?;
        edit.finish()
    }

    /// Takes an object in that was made just now under a version of ours, with the only copy of its header.
    ///
    /// # Errors
    /// [`Error::NoKey`] for a session's key, which is not kept; [`Error::Argument`] for a sidecar of a
    /// sidecar.
    pub fn keep(
        &self,
        header: &Envelope,
        under: &Kid,
        sidecar: Option<&Sidecar>,
        size: Option<u64>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Change> {
        let (key, version) = under.version().ok_or(Error::NoKey)?;
        self.key_of(key.as_str())?;
        let object = TrackedObject {
            id: object_id(header)?.as_str().to_owned(),
            key: key.as_str().to_owned(),
            version: version.as_str().to_owned(),
            tracked: now,
            since: self.next_head(),
            size,
            location: None,
            header: Some(header.as_str()?.to_owned()),
            sidecar: sidecar.cloned(),
        };
        let mut edit = Edit::new(self, entropy)?;
        edit.fresh(&object.record_id());
        if let Some(sidecar) = sidecar {
            edit.fresh(&object.place_beside(sidecar));
        }
        object.put(&mut edit)?;
        edit.finish()
    }

    /// Takes an object out of the inventory, its sidecars with it. With the only copy of its header, which
    /// the vault keeps of some, the object itself would be lost, and its sidecars would be forgotten: both
    /// are asked for by `force`.
    ///
    /// # Errors
    /// [`Error::NoObject`]; [`Error::InUse`] without `force`.
    pub fn untrack(&self, id: &str, force: bool, entropy: &dyn Entropy) -> Result<Change> {
        let all = self.object_with_sidecars(id)?;
        if (all.len() > 1 || all[0].header.is_some()) && !force {
            return Err(Error::InUse);
        }
        let mut edit = Edit::new(self, entropy)?;
        for object in &all {
            object.delete(&mut edit);
            let upload = RecordId::new(RecordType::Upload, &*object.id);
            if self.row(&upload)?.is_some() {
                edit.delete(upload);
            }
        }
        edit.finish()
    }
}

fn add_slots(rows: &[Row], record_ids: &mut Vec<RecordId>) {
    for row in rows {
        record_ids.push(row.record_id.clone());
    }
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
        let text = r#"{"id":"a","key":"k","version":"v","tracked":1,"since":2}"#;
        is_strict::<TrackedObject>(text, &[]);
        let parent = "A".repeat(43);
        let text = format!(
            r#"{{"id":"a","key":"k","version":"v","tracked":1,"size":3,"location":"l","sidecar":{{"parent":"{parent}","name":"thumbnail"}},"since":2,"header":"h"}}"#
        );
        is_strict::<TrackedObject>(&text, &[]);
    }
}
