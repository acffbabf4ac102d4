//! Changes in the making: rows to write and record_ids to empty, the catalog's shards and the head that
//! account for them.

use crate::{
    base::{Entropy, Error, Map, Object, Result},
    jose::Jwk,
    keys::{
        AliasHashKey, KeyListing, KeyRecord,
        catalog::{self},
    },
    records::{Head, SetDigest},
    store::{Batch, RecordId, RecordType, Row},
};

use super::holdings::{Change, Holdings};

pub(crate) struct Edit<'a> {
    pub(crate) holdings: &'a Holdings,
    pub(crate) entropy: &'a dyn Entropy,
    batch: Batch,
    /// The key that aliases are hashed with, and the shards that change, by their ids.
    index: AliasHashKey,
    shards: Map<Vec<KeyListing>>,
    /// How many records there were before.
    records: Option<u64>,
    /// Slots that were drawn at random just now.
    fresh: Vec<RecordId>,
}

impl<'a> Edit<'a> {
    pub(crate) fn new(holdings: &'a Holdings, entropy: &'a dyn Entropy) -> Result<Self> {
        let (index, records) = (holdings.index_key()?, holdings.head.1.records);
        Ok(Self::with(holdings, index, records, entropy))
    }

    /// With what the vault does not say of itself yet.
    pub(crate) fn with(
        holdings: &'a Holdings,
        index: AliasHashKey,
        records: Option<u64>,
        entropy: &'a dyn Entropy,
    ) -> Self {
        Self {
            holdings,
            entropy,
            batch: Batch::default(),
            index,
            shards: Map::default(),
            records,
            fresh: Vec::new(),
        }
    }

    /// Says that a record_id was drawn at random just now: nothing stands there, and nothing is read. An
    /// operation that is run again draws another.
    pub(crate) fn fresh(&mut self, record_id: &RecordId) {
        self.fresh.push(record_id.clone());
    }

    /// Writes a JSON record, opened once and compared.
    pub(crate) fn put_json(&mut self, record_id: RecordId, record: &Object) -> Result<()> {
        let revision = self.next_revision(&record_id)?;
        let cipher = self.holdings.cipher();
        let row = cipher.put_json(record_id, revision, record, self.entropy)?;
        self.put(row);
        Ok(())
    }

    /// Writes a key's material, opened once and compared.
    pub(crate) fn put_key(&mut self, record_id: RecordId, jwk: &Jwk) -> Result<()> {
        let revision = self.next_revision(&record_id)?;
        let cipher = self.holdings.cipher();
        let row = cipher.put_key(record_id, revision, jwk, self.entropy)?;
        self.put(row);
        Ok(())
    }

    /// Writes the material of a version that was drawn just now.
    pub(crate) fn put_version(&mut self, key: &KeyRecord, id: &str, jwk: &Jwk) -> Result<()> {
        let record_id = key.version_record_id(id);
        self.fresh(&record_id);
        self.put_key(record_id, jwk)
    }

    /// Empties a record_id.
    pub(crate) fn delete(&mut self, record_id: RecordId) {
        take_out(&mut self.batch.puts, &record_id);
        self.batch.deletes.push(record_id);
    }

    /// Writes a row that was sealed already.
    pub(crate) fn put(&mut self, row: Row) {
        take_out(&mut self.batch.puts, &row.record_id);
        self.batch.puts.push(row);
    }

    /// Writes what is known of a key, and what is listed of it. `before` is the alias it had.
    ///
    /// # Errors
    /// [`Error::KeyExists`] when another key has the alias.
    pub(crate) fn put_record(&mut self, key: &KeyRecord, before: Option<&str>) -> Result<()> {
        if let Some(before) = before.filter(|before| *before != key.alias) {
            unlist(self.shard(before)?, key);
        }
        self.list(key)?;
        self.put_json(key.record_id(), &key.to_json())
    }

    /// Writes what is listed of a key.
    ///
    /// # Errors
    /// [`Error::KeyExists`] when another key has the alias.
    pub(crate) fn list(&mut self, key: &KeyRecord) -> Result<()> {
        let shard = self.shard(&key.alias)?;
        let taken = |entry: &KeyListing| entry.alias == key.alias && entry.id != key.id;
        if shard.iter().any(taken) {
            return Err(Error::KeyExists);
        }
        unlist(shard, key);
        shard.push(KeyListing::of(key));
        Ok(())
    }

    fn shard(&mut self, alias: &str) -> Result<&mut Vec<KeyListing>> {
        let record_id = self.index.shard(alias);
        if self.shards.get(&record_id.id).is_none() {
            let row = self.holdings.row(&record_id)?;
            *self.shards.of(&record_id.id) = catalog::read(row, &self.holdings.cipher())?;
        }
        Ok(self.shards.of(&record_id.id))
    }

    /// The row that stands in a record_id before the change.
    fn old(&self, record_id: &RecordId) -> Result<Option<&Row>> {
        if self.fresh.contains(record_id) {
            return Ok(None);
        }
        self.holdings.row(record_id)
    }

    fn next_revision(&self, record_id: &RecordId) -> Result<u64> {
        let old = self.old(record_id)?;
        Ok(old.map_or(1, |row| row.revision + 1))
    }

    /// Everything in one batch, with the head that accounts for it.
    pub(crate) fn finish(mut self) -> Result<Change> {
        for (id, entries) in core::mem::take(&mut self.shards).iter() {
            self.put_json(
                RecordId::new(RecordType::Catalog, id),
                &catalog::shard(entries),
            )?;
        }
        let head = self.head()?;
        let (holdings, mut batch) = (self.holdings, self.batch);
        let row = holdings.cipher().put_json(
            holdings.singleton(RecordType::Head),
            head.0,
            &head.1.to_json(),
            self.entropy,
        )?;
        batch.puts.push(row);
        Ok(Change::new(batch, head))
    }

    /// The head that accounts for the batch: one subtraction for each row that goes, one addition for each
    /// that comes.
    fn head(&self) -> Result<(u64, Head)> {
        let (revision, head) = &self.holdings.head;
        let mac = self.holdings.mac()?;
        let mut digest = SetDigest::parse(&head.digest)?;
        let (mut gone, puts) = (0, &self.batch.puts);
        for record_id in puts
            .iter()
            .map(|row| &row.record_id)
            .chain(&self.batch.deletes)
        {
            if let Some(old) = self.old(record_id)? {
                digest.remove(&mac, old);
                gone += 1;
            }
        }
        for row in puts {
            digest.add(&mac, row);
        }
        let head = Head {
            generation: head.generation,
            digest: digest.encode(),
            records: self
                .records
                .map(|records| records + puts.len() as u64 - gone),
        };
        Ok((revision + 1, head))
    }
}

/// Takes the row of a record_id out of some.
pub(crate) fn take_out(rows: &mut Vec<Row>, record_id: &RecordId) {
    rows.retain(|row| row.record_id != *record_id);
}

fn unlist(shard: &mut Vec<KeyListing>, key: &KeyRecord) {
    shard.retain(|entry| entry.id != key.id);
}
