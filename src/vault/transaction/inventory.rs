//! What a transaction does with the inventory's objects.

use crate::{
    base::{Error, Object, ObjectId, Result, Sidecar, VersionId},
    inventory::{
        Copies, ObjectPage, Removal, Tombstone, Tombstones, TrackedObject, Upload, object_id,
    },
    jose::Envelope,
    object::ObjectSignature,
    store::{Range, RecordId, RecordType, Row},
    vault::{ObjectQuery, inventory::ObjectFilter, locations::Locations},
};

use super::Transaction;

impl Transaction<'_> {
    /// An object of the inventory.
    ///
    /// # Errors
    /// [`Error::NoObject`].
    pub(in crate::vault) async fn object(&self, id: &str) -> Result<TrackedObject> {
        let found = self.find_object(id).await?.ok_or(Error::NoObject)?;
        self.check_object_seen(&found)?;
        Ok(found)
    }

    pub(in crate::vault) async fn find_object(&self, id: &str) -> Result<Option<TrackedObject>> {
        id.parse::<ObjectId>()?;
        let rows = self.range(Range::of_id(RecordType::Object, id)).await?;
        rows.first().map(|row| self.tracked(row)).transpose()
    }

    /// The id of the object that the inventory has by this id, or at this location.
    ///
    /// # Errors
    /// [`Error::NoObject`]; [`Error::Argument`] where several objects are at that location.
    pub(in crate::vault) async fn tracked_id(&self, id_or_location: &str) -> Result<ObjectId> {
        if let Ok(id) = id_or_location.parse::<ObjectId>()
            && let Some(found) = self.find_object(id.as_str()).await?
        {
            self.check_object_seen(&found)?;
            return Ok(found.id);
        }
        if !self.open()?.knows_locations() {
            let rows = self.range(Range::of(RecordType::Object)).await?;
            let (digest, key) = (self.keyring()?.objects_digest(), self.keyring()?.mac()?);
            let objects = rows.iter().map(|row| self.tracked(row));
            let locations = Locations::new(digest, objects, &key)?;
            self.state.open_mut()?.keep_locations(locations);
        }
        let mut at = self.open()?.objects_at(id_or_location)?;
        if !self.sees_all() {
            at = self.seen_objects(at).await?;
        }
        match &at[..] {
            [] => Err(Error::NoObject),
            [id] => Ok(id.clone()),
            _ => Err(Error::Argument(
                "several objects are tracked at that location; give the id",
            )),
        }
    }

    /// Those of some objects that the handle is for: how many of other keys are there is not its to know.
    async fn seen_objects(&self, ids: Vec<ObjectId>) -> Result<Vec<ObjectId>> {
        let mut seen = Vec::new();
        for id in ids {
            match self.object(id.as_str()).await {
                Ok(object) => seen.push(object.id),
                Err(Error::NoObject) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(seen)
    }

    fn tracked(&self, row: &Row) -> Result<TrackedObject> {
        let object = TrackedObject::read(self.open_json(row)?)?;
        if object.record_id() != row.record_id {
            return Err(Error::Integrity("an object in another one's place"));
        }
        Ok(*object)
    }

    /// Where the objects stand that depend on one of these versions.
    pub(in crate::vault) async fn dependents(
        &self,
        versions: &[VersionId],
    ) -> Result<Vec<RecordId>> {
        let versions: Vec<_> = versions.iter().map(VersionId::as_str).collect();
        let filter = ObjectFilter {
            parent: None,
            versions: Some(&versions),
            recipient: None,
        };
        self.places(filter).await
    }

    async fn places(&self, filter: ObjectFilter<'_>) -> Result<Vec<RecordId>> {
        let mut places = match filter.parent {
            Some(parent) => self.sidecars(parent).await?,
            None => places(&self.range(Range::of(RecordType::Object).bare()).await?),
        };
        if let Some(versions) = filter.versions {
            places.retain(|place| versions.contains(&&*place.version));
        }
        Ok(places)
    }

    /// Where an object's sidecars stand.
    async fn sidecars(&self, parent: &str) -> Result<Vec<RecordId>> {
        let rows = self
            .range(Range::of_id(RecordType::Sidecar, parent))
            .await?;
        let mut ranges = Vec::new();
        for row in rows.iter() {
            ranges.push(Range::of_id(RecordType::Object, &row.record_id.version));
        }
        self.load(&ranges).await?;
        let mut found = Vec::new();
        for range in ranges {
            found.extend(places(&self.known_range(&range)?));
        }
        Ok(found)
    }

    async fn objects_in(&self, places: &[RecordId]) -> Result<Vec<TrackedObject>> {
        self.load_rows(places).await?;
        let mut objects = Vec::new();
        for place in places {
            let row = self.known_row(place)?.ok_or(Error::NoObject)?;
            objects.push(self.tracked(&row)?);
        }
        Ok(objects)
    }

    async fn with_sidecars(&self, id: &str) -> Result<Vec<TrackedObject>> {
        let mut all = vec![self.object(id).await?];
        let sidecars = self.sidecars(id).await?;
        all.extend(self.objects_in(&sidecars).await?);
        Ok(all)
    }

    /// A page of some objects. Who opens an object shows only when its record is opened: of those for one recipient, a page has as many
    /// as there are among the next ones, which can be none, and `total` counts all of them.
    pub(in crate::vault) async fn objects(
        &self,
        filter: ObjectFilter<'_>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ObjectPage> {
        let places = self.places(filter).await?;
        let from = places.partition_point(|place| after.is_some_and(|after| *place.id <= *after));
        let until = places.len().min(from + limit);
        let mut objects = self.objects_in(&places[from..until]).await?;
        if let Some(recipient) = filter.recipient {
            objects.retain(|object| object.recipients.contains(recipient));
        }
        let more = until < places.len() && until > from;
        Ok(ObjectPage {
            objects,
            next: more.then(|| places[until - 1].id.parse()).transpose()?,
            total: places.len() as u64,
        })
    }

    pub(in crate::vault) async fn list_objects(
        &self,
        query: &ObjectQuery<'_>,
    ) -> Result<ObjectPage> {
        let key = match query.key {
            Some(key) => Some(self.key(key).await?),
            None => None,
        };
        let of_key = key.as_ref().map(|key| {
            let versions = key.versions.iter();
            versions.map(|version| version.id.as_str()).collect()
        });
        let of_key: Option<Vec<_>> = of_key;
        let filter = ObjectFilter {
            parent: query.parent,
            versions: query.versions.or(of_key.as_deref()),
            recipient: query.recipient,
        };
        self.objects(filter, query.after, query.limit).await
    }

    /// Takes an object in, whose header opens with one of the vault's keys. One that is not here yet, under a version
    /// that proves nothing, or that another recipient can have written, is refused: being in the inventory would prove that this vault made it. What is not said stays as it
    /// was; so do what it is a sidecar of, and the version of an object whose header the vault keeps, which
    /// depends on that one.
    pub(in crate::vault) async fn track(
        &mut self,
        (header, signature): (&Envelope, Option<&ObjectSignature>),
        location: Option<&str>,
        size: Option<u64>,
    ) -> Result<TrackedObject> {
        let id = object_id(header)?;
        let signed = signature.map(|signature| self.verify_object(signature, header));
        let found = self
            .dependency(header, signed.transpose()?.as_ref())
            .await?;
        let mut object = match self.find_object(id.as_str()).await? {
            Some(known) => TrackedObject {
                changed: known.changed + 1,
                ..known
            },
            None if found.unproven => return Err(Error::Unsigned),
            None => TrackedObject {
                changed: 0,
                incarnation: self.next_incarnation(id).await?,
                id: id.clone(),
                key: found.key.clone(),
                version: found.version.clone(),
                tracked: self.now(),
                since: self.keyring()?.next_head(),
                size: None,
                location: None,
                header: None,
                sidecar: found.sidecar,
                recipients: Vec::new(),
            },
        };
        if object.header.is_none() && !found.by_others {
            (object.key, object.version) = (found.key, found.version);
            object.recipients = found.others;
        }
        self.place(object, location, size).await
    }

    /// Says where an object of the inventory is, and of which size. What is not said stays as it was.
    pub(in crate::vault) async fn relocate(
        &mut self,
        mut object: TrackedObject,
        location: Option<&str>,
        size: Option<u64>,
    ) -> Result<TrackedObject> {
        object.changed += 1;
        self.place(object, location, size).await
    }

    async fn place(
        &mut self,
        mut object: TrackedObject,
        location: Option<&str>,
        size: Option<u64>,
    ) -> Result<TrackedObject> {
        object.size = size.or(object.size);
        object.location = location.map(str::to_owned).or(object.location);
        self.put_object(&object).await?;
        Ok(object)
    }

    /// Takes an object into the inventory, or moves it there to the version that it depends on now.
    pub(in crate::vault) async fn put_object(&mut self, object: &TrackedObject) -> Result<()> {
        let rows = self
            .range(Range::of_id(RecordType::Object, object.id.as_str()))
            .await?;
        for place in places(&rows) {
            if place.version != object.version.as_str() {
                self.delete(place);
            }
        }
        self.put(object.record_id(), object.to_json());
        if let Some(sidecar_id) = self.sidecar_id(object).await? {
            self.put(sidecar_id, Object::new());
        }
        Ok(())
    }

    /// Takes an object into the inventory that was made just now.
    pub(in crate::vault) async fn insert_object(&mut self, object: &TrackedObject) -> Result<()> {
        if let Some(sidecar) = &object.sidecar {
            self.check_parent(sidecar).await?;
        }
        self.insert(object.record_id(), object.to_json());
        if let Some(sidecar_id) = self.sidecar_id(object).await? {
            self.insert(sidecar_id, Object::new());
        }
        Ok(())
    }

    /// Whether the handle may attach something to an object: to one that is there, and that its key does not hide. One that is not
    /// there yet may come to be under any key.
    ///
    /// # Errors
    /// [`Error::NoObject`].
    async fn check_parent(&self, sidecar: &Sidecar) -> Result<()> {
        if self.sees_all() {
            return Ok(());
        }
        self.object(sidecar.parent().as_str()).await.map(drop)
    }

    /// Where its parent's sidecars are found, of a sidecar; its parent is none.
    async fn sidecar_id(&self, object: &TrackedObject) -> Result<Option<RecordId>> {
        if let Some(sidecar) = &object.sidecar {
            let parent = self.find_object(sidecar.parent().as_str()).await?;
            if parent.is_some_and(|parent| parent.sidecar.is_some()) {
                return Err(Sidecar::OF_A_SIDECAR.into());
            }
        }
        Ok(object.sidecar_id())
    }

    pub(in crate::vault) async fn untrack(&mut self, id: &str, force: bool) -> Result<()> {
        let all = self.with_sidecars(id).await?;
        if (all.len() > 1 || all[0].header.is_some()) && !force {
            return Err(Error::InUse);
        }
        self.take_out(&all, Removal::Forgotten).await
    }

    /// Takes objects out of the inventory, each with the upload that it was pending in, and leaves a tombstone of each.
    async fn take_out(&mut self, objects: &[TrackedObject], kind: Removal) -> Result<()> {
        let (mac, now) = (self.keyring()?.mac()?, self.now());
        let fresh = objects
            .iter()
            .map(|object| Tombstone::of(object, kind, now));
        let fresh = Tombstones::by_shard(fresh, &mac);
        let shards = fresh.names().iter();
        let mut read: Vec<_> = shards
            .map(|shard| RecordId::new(RecordType::Tombstone, shard))
            .collect();
        read.extend(
            objects
                .iter()
                .map(|object| Upload::record_id(object.id.as_str())),
        );
        self.load_rows(&read).await?;
        for object in objects {
            self.delete_object(object)?;
        }
        for (shard, tombstones) in fresh {
            self.bury(&RecordId::new(RecordType::Tombstone, shard), tombstones)?;
        }
        Ok(())
    }

    /// Deletes the records of an object; that of its upload was loaded.
    pub(in crate::vault) fn delete_object(&mut self, object: &TrackedObject) -> Result<()> {
        self.delete(object.record_id());
        if let Some(sidecar_id) = object.sidecar_id() {
            self.delete(sidecar_id);
        }
        let upload = Upload::record_id(object.id.as_str());
        if self.knows_row(&upload)? {
            self.delete(upload);
        }
        Ok(())
    }

    /// Writes tombstones into their shard, which was loaded, where it has not got them yet.
    pub(in crate::vault) fn bury(
        &mut self,
        shard: &RecordId,
        tombstones: impl IntoIterator<Item = Tombstone>,
    ) -> Result<()> {
        let row = self.known_row(shard)?;
        let before = Tombstones::read(row.as_ref(), &self.keyring()?.cipher())?;
        let mut all = before.clone();
        all.unite(tombstones);
        if all != before {
            self.put(shard.clone(), all.to_json());
        }
        Ok(())
    }

    /// The incarnation of an object that is not in the inventory, and is entered now.
    async fn next_incarnation(&self, id: &ObjectId) -> Result<u64> {
        let shard = Tombstone::record_id(id, &self.keyring()?.mac()?);
        let row = self.row(&shard).await?;
        let tombstones = Tombstones::read(row.as_ref(), &self.keyring()?.cipher())?;
        Ok(tombstones.next_incarnation(id))
    }

    pub(in crate::vault) async fn shred(&mut self, id: &str) -> Result<Copies> {
        let (mut elsewhere, mut since) = (false, u64::MAX);
        let all = self.with_sidecars(id).await?;
        for object in &all {
            elsewhere |= object.header.is_none();
            since = since.min(object.since);
        }
        let copies = Copies {
            elsewhere,
            backups: self.backups_since(since).await?,
        };
        if copies.is_empty() {
            self.take_out(&all, Removal::Shredded).await?;
        }
        Ok(copies)
    }
}

fn places(rows: &[Row]) -> Vec<RecordId> {
    rows.iter().map(|row| row.record_id.clone()).collect()
}
