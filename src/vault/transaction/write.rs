//! What a transaction writes: rows and deletes, the catalog's shards and the head that account for them.

use crate::{
    base::{Error, KeyId, Map, Object, Result, sort_by},
    jose::Jwk,
    keys::{
        AliasHashKey, KeyListing, KeyRecord, Usage,
        catalog::{self},
    },
    records::{Head, Manifest, Statement},
    store::{Range, RecordId, RecordType, Row},
};

use super::{
    super::{
        manifest::{ManifestCache, OCCUPIED, SMALL},
        vault_key_rotation::Rotation,
    },
    Transaction,
};

/// What is committed, and what holds then.
pub(crate) struct Change {
    pub(crate) puts: Vec<Row>,
    pub(crate) deletes: Vec<RecordId>,
    /// With its revision.
    pub(crate) head: (u64, Head),
    /// The pages and directories that are among the rows.
    pub(crate) manifest: ManifestCache,
    /// The rows that are still to be computed, and the next vault key, where that is rotated.
    pub(crate) rotation: Option<Box<Rotation>>,
    /// The statement, where only a factor's record changed.
    pub(crate) restated: Option<Statement>,
    /// The use counts that it writes, by the keys' ids.
    pub(crate) uses: Map<Usage, KeyId>,
}

impl Change {
    /// The head that it leaves, with its revision.
    pub(crate) fn head(&self) -> &(u64, Head) {
        let rotation = self.rotation.as_ref();
        rotation.map_or(&self.head, |rotation| &rotation.head)
    }
}

/// What is to be written so far. Nothing of it is sealed before the end: the rows that it takes the place of are all
/// read at once then.
#[derive(Default)]
pub(super) struct Writes {
    /// In the order of the calls: of the same record the last one counts.
    records: Vec<Write>,
    listings: Vec<Relisting>,
    /// What is sealed, and what goes.
    puts: Vec<Row>,
    deletes: Vec<RecordId>,
    head: Option<(u64, Head)>,
    manifest: ManifestCache,
    /// Whether the head is written though nothing else is.
    restates_head: bool,
    rotation: Option<Box<Rotation>>,
    restated: Option<Statement>,
    uses: Map<Usage, KeyId>,
    /// Of a vault that has neither yet: the key that aliases are hashed with, and how many records there are.
    missing: Option<(AliasHashKey, u64)>,
}

/// A record that is to be written, or to go.
struct Write {
    record_id: RecordId,
    record: Option<Record>,
    /// Whether its id was drawn at random just now: nothing stands there.
    fresh: bool,
}

/// What a row is made of.
pub(crate) enum Record {
    Json(Object),
    Key(Jwk),
    /// A row that was made elsewhere.
    Row(Row),
}

impl From<Object> for Record {
    fn from(record: Object) -> Self {
        Self::Json(record)
    }
}

impl From<Jwk> for Record {
    fn from(jwk: Jwk) -> Self {
        Self::Key(jwk)
    }
}

/// What is listed of a key from now on, and what its shard was found by.
struct Relisting {
    before: String,
    listing: KeyListing,
}

impl Writes {
    pub(super) fn change(self) -> Option<Change> {
        Some(Change {
            head: self.head?,
            puts: self.puts,
            deletes: self.deletes,
            manifest: self.manifest,
            rotation: self.rotation,
            restated: self.restated,
            uses: self.uses,
        })
    }

    fn is_empty(&self) -> bool {
        self.records.is_empty() && !self.restates_head
    }

    /// Leaves the last write of each record.
    fn settle(&mut self) {
        let records = &mut self.records;
        let mut order: Vec<usize> = (0..records.len()).collect();
        sort_by(&mut order, |a, b| {
            records[*a].record_id.cmp(&records[*b].record_id)
        });
        let mut last = vec![true; records.len()];
        for pair in order.windows(2) {
            last[pair[0]] = records[pair[0]].record_id != records[pair[1]].record_id;
        }
        let mut last = last.into_iter();
        records.retain(|_| last.next() == Some(true));
    }
}

impl Transaction<'_> {
    /// Writes a record whose id was drawn at random just now. Nothing is read; a row that is known to stand there
    /// at the end is an integrity error.
    pub(crate) fn insert(&mut self, record_id: RecordId, record: impl Into<Record>) {
        self.write(record_id, Some(record.into()), true);
    }

    /// Writes a record, in the place of the one that stands there, which is read.
    pub(crate) fn put(&mut self, record_id: RecordId, record: impl Into<Record>) {
        self.write(record_id, Some(record.into()), false);
    }

    /// Writes a row that was made elsewhere, in the place of the one that stands there.
    pub(crate) fn put_row(&mut self, row: Row) {
        self.write(row.record_id.clone(), Some(Record::Row(row)), false);
    }

    /// Takes a record away, which is read.
    pub(crate) fn delete(&mut self, record_id: RecordId) {
        self.write(record_id, None, false);
    }

    fn write(&mut self, record_id: RecordId, record: Option<Record>, fresh: bool) {
        self.writes.records.push(Write {
            record_id,
            record,
            fresh,
        });
    }

    /// Writes what is known of a new key, and what is listed of it: [`Error::KeyExists`] at the end when another key
    /// has the alias.
    pub(crate) fn insert_key(&mut self, key: &KeyRecord) {
        self.list(key, &KeyListing::of(key));
        self.insert(key.record_id(), key.to_json());
    }

    /// Writes what is known of a key, and what is listed of it: [`Error::KeyExists`] at the end when another key has
    /// the alias. `before` is what was listed of it.
    pub(crate) fn put_key(&mut self, key: &KeyRecord, before: &KeyListing) {
        self.list(key, before);
        self.put(key.record_id(), key.to_json());
    }

    /// Writes what is listed of a key.
    pub(crate) fn list(&mut self, key: &KeyRecord, before: &KeyListing) {
        self.writes.listings.push(Relisting {
            before: before.name().to_owned(),
            listing: KeyListing::of(key),
        });
    }

    /// The place of the shard that an alias is listed in, or the id of a key that is destroyed.
    pub(crate) fn shard_id(&self, name: &str) -> Result<RecordId> {
        match &self.writes.missing {
            Some((index, _)) => Ok(index.shard(name)),
            None => Ok(self.keyring()?.index_key()?.shard(name)),
        }
    }

    /// What the head of a vault of the first release does not say, nor any other of its records.
    pub(crate) fn lacks(&mut self, index: AliasHashKey, records: u64) {
        self.writes.missing = Some((index, records));
    }

    /// Writes the head, whatever else is written.
    pub(crate) fn restate_head(&mut self) {
        self.writes.restates_head = true;
    }

    /// The statement, with the factors' records as they are from now on.
    pub(crate) fn restate(&mut self, statement: Statement) {
        self.writes.restated = Some(statement);
    }

    /// Every record goes under another vault key, part by part, while the store writes the parts before.
    pub(crate) fn rotate(&mut self, puts: Vec<Row>, rotation: Box<Rotation>) {
        self.writes.puts = puts;
        self.writes.head = Some(rotation.head.clone());
        self.writes.rotation = Some(rotation);
    }

    /// The use counts that are written.
    pub(crate) fn counted(&mut self, uses: Map<Usage, KeyId>) {
        self.writes.uses = uses;
    }

    /// All rows that are written, the head's among them, once that [was accounted for](Self::account).
    pub(crate) fn sealed_rows(&self) -> &[Row] {
        &self.writes.puts
    }

    /// Seals everything that is to be written, the catalog's shards, and the head, which accounts for it all.
    pub(crate) async fn account(&mut self) -> Result<()> {
        if self.writes.head.is_some() || self.writes.is_empty() {
            return Ok(());
        }
        self.writes.settle();
        let mut old = Vec::new();
        for relisting in &self.writes.listings {
            old.push(self.shard_id(&relisting.before)?);
            old.push(self.shard_id(relisting.listing.name())?);
        }
        let mut written = old.clone();
        for write in &self.writes.records {
            written.push(write.record_id.clone());
            if !write.fresh {
                old.push(write.record_id.clone());
            }
        }
        self.load_old(&old, &written).await?;
        self.seal_all(written.len() as u64)
    }

    /// Reads the rows that others take the place of, and what accounts for them and for those that come.
    async fn load_old(&self, old: &[RecordId], written: &[RecordId]) -> Result<()> {
        let mut ranges: Vec<_> = old.iter().map(Range::record_id).collect();
        let splits = match self.keyring()?.manifest() {
            Some(root) => root.splits(self.pages_after(written.len() as u64)?),
            None => Vec::new(),
        };
        if self.gets_manifest(written.len() as u64)? {
            ranges.push(Range::all());
        }
        self.load_with_pages(&ranges, written, &splits).await
    }

    fn seal_all(&mut self, written: u64) -> Result<()> {
        self.write_shards()?;
        self.writes.settle();
        let (mut replaced, mut puts) = (Vec::new(), Vec::new());
        for write in core::mem::take(&mut self.writes.records) {
            let old = self.replaced_by(&write)?;
            let revision = old.as_ref().map_or(1, |row| row.revision + 1);
            replaced.extend(old);
            match write.record {
                Some(record) => puts.push(self.sealed(write.record_id, revision, record)?),
                None => self.writes.deletes.push(write.record_id),
            }
        }
        let (head, manifest) = self.next_head(&replaced, &mut puts, written)?;
        let record_id = self.keyring()?.singleton(RecordType::Head);
        puts.push(self.sealed(record_id, head.0, Record::Json(head.1.to_json()))?);
        (self.writes.puts, self.writes.head) = (puts, Some(head));
        self.writes.manifest = manifest;
        Ok(())
    }

    /// The row that a record takes the place of.
    fn replaced_by(&self, write: &Write) -> Result<Option<Row>> {
        if !write.fresh {
            return self.known_row(&write.record_id);
        }
        match self.open()?.known_row(&write.record_id) {
            Some(Some(_)) => Err(OCCUPIED),
            _ => Ok(None),
        }
    }

    /// Its row, opened once and compared.
    fn sealed(&self, record_id: RecordId, revision: u64, record: Record) -> Result<Row> {
        let (keyring, rng) = (self.keyring()?, self.rng);
        match record {
            Record::Json(record) => keyring.cipher().put_json(record_id, revision, &record, rng),
            Record::Key(jwk) => keyring.cipher().put_key(record_id, revision, &jwk, rng),
            Record::Row(row) => Ok(row),
        }
    }

    /// Writes the shards in which something else is listed.
    fn write_shards(&mut self) -> Result<()> {
        let mut shards = Map::<Vec<KeyListing>>::default();
        for Relisting { before, listing } in core::mem::take(&mut self.writes.listings) {
            if before != listing.name() {
                let shard = self.shard(&mut shards, &before)?;
                shard.retain(|other| other.id != listing.id);
            }
            let shard = self.shard(&mut shards, listing.name())?;
            shard.retain(|other| other.id != listing.id);
            if shard.iter().any(|other| other.name() == listing.name()) {
                return Err(Error::KeyExists);
            }
            shard.push(listing);
        }
        for (id, listings) in shards.iter() {
            let record_id = RecordId::new(RecordType::Catalog, id);
            self.put(record_id, catalog::shard(listings));
        }
        Ok(())
    }

    fn shard<'s>(
        &self,
        shards: &'s mut Map<Vec<KeyListing>>,
        name: &str,
    ) -> Result<&'s mut Vec<KeyListing>> {
        let record_id = self.shard_id(name)?;
        if shards.get(&record_id.id).is_none() {
            let row = self.known_row(&record_id)?;
            let listings = catalog::read(row.as_ref(), &self.keyring()?.cipher())?;
            *shards.of(&record_id.id) = listings;
        }
        Ok(shards.of(&record_id.id))
    }

    /// How many records there are once as many come as are written, at the most.
    fn records_after(&self, written: u64) -> Result<u64> {
        let records = self.missing_records().or(self.keyring()?.head.1.records);
        Ok(records.unwrap_or_default() + written)
    }

    /// How many pages the manifest has then.
    pub(super) fn pages_after(&self, written: u64) -> Result<u64> {
        Ok(Manifest::enough(self.records_after(written)?))
    }

    /// Whether the vault is too large then to have none.
    pub(super) fn gets_manifest(&self, written: u64) -> Result<bool> {
        let has_none = self.keyring()?.manifest().is_none();
        Ok(has_none && self.records_after(written)? > SMALL)
    }

    pub(super) fn missing_records(&self) -> Option<u64> {
        self.writes.missing.as_ref().map(|(_, records)| *records)
    }
}
