//! The inventory: which objects there are, where they are, and which version each depends on.
//!
//! An object's row stands under its id and the version's, so that what depends on a version is told from
//! where rows stand, without opening them.

use crate::{
    jose::Envelope,
    vocabulary::{Entropy, Error, Fields, Kid, Object, ObjectId, Result, Timestamp},
};

use super::{Change, Holdings, Kind, Range, Ring, Slot, edit::Edit};

const MALFORMED: &Error = &Error::Malformed("an object's record");

/// One object of the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackedObject {
    /// The object's id.
    pub id: String,
    /// The key that it depends on, by its id.
    pub key: String,
    /// The version that it depends on, by its id.
    pub version: String,
    /// When it was taken in, in milliseconds since 1970.
    pub tracked: Timestamp,
    /// The head's revision that it came with: a backup of an earlier one does not hold it.
    pub since: u64,
    /// Bytes, where somebody said so.
    pub size: Option<u64>,
    /// Where it is, in the caller's words.
    pub location: Option<String>,
    /// Its header, where the vault keeps it.
    pub header: Option<String>,
}

impl TrackedObject {
    fn read(members: Object) -> Result<Box<Self>> {
        Fields::read(members, MALFORMED, |fields| {
            Box::new(Self {
                id: fields.string("id"),
                key: fields.string("key"),
                version: fields.string("version"),
                tracked: fields.number("tracked"),
                since: fields.number("since"),
                size: fields.optional_number("size"),
                location: fields.optional_string("location"),
                header: fields.optional_string("header"),
            })
        })
    }

    fn described(&self) -> Object {
        Object::new()
            .with("id", self.id.as_str())
            .with("key", self.key.as_str())
            .with("version", self.version.as_str())
            .with("tracked", self.tracked)
            .with_some("size", self.size)
            .with_some("location", self.location.as_deref())
    }

    fn to_json(&self) -> Object {
        self.described()
            .with("since", self.since)
            .with_some("header", self.header.as_deref())
    }

    /// What a page is told: of the header, where it is.
    #[must_use]
    pub fn told(&self) -> Object {
        let header = if self.header.is_some() {
            "vault"
        } else {
            "elsewhere"
        };
        self.described().with("header", header)
    }

    fn slot(&self) -> Slot {
        Slot {
            kind: Kind::Object,
            id: self.id.clone(),
            version: self.version.clone(),
        }
    }
}

/// Some objects, and how many there are in all.
pub struct ObjectPage {
    /// In the order of their ids.
    pub objects: Vec<Box<TrackedObject>>,
    /// The last one's id, if more follow.
    pub next: Option<String>,
    /// How many there are on all pages.
    pub total: u64,
}

impl Holdings {
    /// Where the objects stand that depend on one of these versions, or all.
    pub(crate) fn dependents(&self, versions: Option<&[&str]>) -> Result<Vec<Slot>> {
        let rows = self.range(Range::of(Kind::Object).bare())?;
        let mut slots = Vec::new();
        for row in rows {
            let slot = &row.slot;
            if versions.is_none_or(|versions| versions.contains(&slot.version.as_str())) {
                slots.push(slot.clone());
            }
        }
        Ok(slots)
    }

    /// An object of the inventory.
    ///
    /// # Errors
    /// [`Error::NoObject`].
    pub fn object(&self, id: &str) -> Result<Box<TrackedObject>> {
        self.find_object(id)?.ok_or(&Error::NoObject)
    }

    fn find_object(&self, id: &str) -> Result<Option<Box<TrackedObject>>> {
        id.parse::<ObjectId>()?;
        let rows = self.range(Range::of_id(Kind::Object, id))?;
        rows.first()
            .map(|row| TrackedObject::read(self.scribe().open_json(row)?))
            .transpose()
    }

    /// A page of the objects that depend on one of these versions, or of all.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn objects(
        &self,
        versions: Option<&[&str]>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ObjectPage> {
        let slots = self.dependents(versions)?;
        let from = slots.partition_point(|slot| after.is_some_and(|after| *slot.id <= *after));
        let until = slots.len().min(from + limit);
        self.read_ahead(&slots[from..until])?;
        let mut objects = Vec::new();
        for slot in &slots[from..until] {
            let row = self.row(slot)?.ok_or(&Error::NoObject)?;
            objects.push(TrackedObject::read(self.scribe().open_json(row)?)?);
        }
        let more = until < slots.len() && until > from;
        let next = more.then(|| slots[until - 1].id.clone());
        let total = slots.len() as u64;
        Ok(ObjectPage {
            objects,
            next,
            total,
        })
    }

    /// Asks for many rows at once, so that they are read together.
    pub(crate) fn read_ahead(&self, slots: &[Slot]) -> Result<()> {
        let mut outcome = Ok(());
        for slot in slots {
            outcome = outcome.and(self.row(slot).map(drop));
        }
        outcome
    }
}

impl Ring<'_> {
    /// Takes an object in, whose header opens with one of the vault's keys. What is not said stays as it
    /// was; so does the version of an object whose header the vault keeps, which depends on that one.
    ///
    /// # Errors
    /// [`Error::NoKey`] when its header is for none of the vault's keys; [`Error::Decrypt`] when it was
    /// changed.
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
        let (key, version) = kept.map_or(found, |kept| (kept.key.clone(), kept.version.clone()));
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
        for row in self.range(Range::of_id(Kind::Object, &object.id))? {
            if row.slot.version != object.version {
                edit.delete(row.slot.clone());
            }
        }
        edit.put_json(object.slot(), &object.to_json())?;
        edit.finish()
    }

    /// Takes an object in that was made just now under a version of ours, with the only copy of its header.
    ///
    /// # Errors
    /// [`Error::NoKey`] for a session's key, which is not kept.
    pub fn keep(
        &self,
        header: &Envelope,
        under: &Kid,
        size: Option<u64>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Change> {
        let (key, version) = under.version().ok_or(&Error::NoKey)?;
        self.key_of(key.as_str())?;
        let object = TrackedObject {
            id: object_id(header)?.as_str().to_owned(),
            key: key.as_str().to_owned(),
            version: version.as_str().to_owned(),
            tracked: now,
            since: self.next_head(),
            size,
            location: None,
            header: Some(header.text()?),
        };
        let mut edit = Edit::new(self, entropy)?;
        let slot = object.slot();
        edit.fresh(&slot);
        edit.put_json(slot, &object.to_json())?;
        edit.finish()
    }

    /// Takes an object out of the inventory. With the only copy of its header, which the vault keeps of
    /// some, the object itself would be lost: that is asked for by `force`.
    ///
    /// # Errors
    /// [`Error::NoObject`]; [`Error::InUse`] without `force`.
    pub fn untrack(&self, id: &str, force: bool, entropy: &dyn Entropy) -> Result<Change> {
        let object = self.object(id)?;
        if object.header.is_some() && !force {
            return Err(&Error::InUse);
        }
        let mut edit = Edit::new(self, entropy)?;
        edit.delete(object.slot());
        let upload = Slot::new(Kind::Upload, id);
        if self.row(&upload)?.is_some() {
            edit.delete(upload);
        }
        edit.finish()
    }
}

/// The object that a header is of.
pub(crate) fn object_id(header: &Envelope) -> Result<&ObjectId> {
    let id = header.jkt();
    id.ok_or(&Error::Malformed("an object's header"))
}
