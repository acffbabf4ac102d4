//! Changes in the making: rows to write and slots to empty, the catalog's shards and the head that
//! account for them.

use crate::{
    jose::Jwk,
    vocabulary::{Entropy, Error, Map, Object, Result},
};

use super::{
    Batch, Change, Holdings, KeyRecord, Kind, Row, Slot,
    catalog::{self, Entry, IndexKey},
    head::{Head, SetDigest},
};

pub(crate) struct Edit<'a> {
    pub(crate) holdings: &'a Holdings,
    pub(crate) entropy: &'a dyn Entropy,
    batch: Batch,
    /// The key that aliases are hashed with, and the shards that change, by their ids.
    index: IndexKey,
    shards: Map<Vec<Entry>>,
    /// How many records there were before.
    records: Option<u64>,
    /// Slots that were drawn at random just now.
    fresh: Vec<Slot>,
}

impl<'a> Edit<'a> {
    pub(crate) fn new(holdings: &'a Holdings, entropy: &'a dyn Entropy) -> Result<Self> {
        let (index, records) = (holdings.index_key()?, holdings.head.1.records);
        Ok(Self::with(holdings, index, records, entropy))
    }

    /// With what the vault does not say of itself yet.
    pub(crate) fn with(
        holdings: &'a Holdings,
        index: IndexKey,
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

    /// Says that a slot was drawn at random just now: nothing stands there, and nothing is read. An
    /// operation that is run again draws another.
    pub(crate) fn fresh(&mut self, slot: &Slot) {
        self.fresh.push(slot.clone());
    }

    /// Writes a JSON record, opened once and compared.
    pub(crate) fn put_json(&mut self, slot: Slot, record: &Object) -> Result<()> {
        let revision = self.next_revision(&slot)?;
        let scribe = self.holdings.scribe();
        let row = scribe.put_json(slot, revision, record, self.entropy)?;
        self.put(row);
        Ok(())
    }

    /// Writes a key's material, opened once and compared.
    pub(crate) fn put_key(&mut self, slot: Slot, jwk: &Jwk) -> Result<()> {
        let revision = self.next_revision(&slot)?;
        let scribe = self.holdings.scribe();
        let row = scribe.put_key(slot, revision, jwk, self.entropy)?;
        self.put(row);
        Ok(())
    }

    /// Writes the material of a version that was drawn just now.
    pub(crate) fn put_version(&mut self, key: &KeyRecord, id: &str, jwk: &Jwk) -> Result<()> {
        let slot = key.version_slot(id);
        self.fresh(&slot);
        self.put_key(slot, jwk)
    }

    /// Empties a slot.
    pub(crate) fn delete(&mut self, slot: Slot) {
        take_out(&mut self.batch.puts, &slot);
        self.batch.deletes.push(slot);
    }

    /// Writes a row that was sealed already.
    pub(crate) fn put(&mut self, row: Row) {
        take_out(&mut self.batch.puts, &row.slot);
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
        self.put_json(key.slot(), &key.to_json())
    }

    /// Writes what is listed of a key.
    ///
    /// # Errors
    /// [`Error::KeyExists`] when another key has the alias.
    pub(crate) fn list(&mut self, key: &KeyRecord) -> Result<()> {
        let shard = self.shard(&key.alias)?;
        let taken = |entry: &Entry| entry.alias == key.alias && entry.id != key.id;
        if shard.iter().any(taken) {
            return Err(Error::KeyExists);
        }
        unlist(shard, key);
        shard.push(Entry::of(key));
        Ok(())
    }

    fn shard(&mut self, alias: &str) -> Result<&mut Vec<Entry>> {
        let slot = self.index.shard(alias);
        if self.shards.get(&slot.id).is_none() {
            let row = self.holdings.row(&slot)?;
            *self.shards.of(&slot.id) = catalog::read(row, &self.holdings.scribe())?;
        }
        Ok(self.shards.of(&slot.id))
    }

    /// The row that stands in a slot before the change.
    fn old(&self, slot: &Slot) -> Result<Option<&Row>> {
        if self.fresh.contains(slot) {
            return Ok(None);
        }
        self.holdings.row(slot)
    }

    fn next_revision(&self, slot: &Slot) -> Result<u64> {
        let old = self.old(slot)?;
        Ok(old.map_or(1, |row| row.revision + 1))
    }

    /// Everything in one batch, with the head that accounts for it.
    pub(crate) fn finish(mut self) -> Result<Change> {
        for (id, entries) in core::mem::take(&mut self.shards).iter() {
            self.put_json(Slot::new(Kind::Catalog, id), &catalog::shard(entries))?;
        }
        let head = self.head()?;
        let (holdings, mut batch) = (self.holdings, self.batch);
        let row = holdings.scribe().put_json(
            holdings.singleton(Kind::Head),
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
        for slot in puts.iter().map(|row| &row.slot).chain(&self.batch.deletes) {
            if let Some(old) = self.old(slot)? {
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

/// Takes the row of a slot out of some.
pub(crate) fn take_out(rows: &mut Vec<Row>, slot: &Slot) {
    rows.retain(|row| row.slot != *slot);
}

fn unlist(shard: &mut Vec<Entry>, key: &KeyRecord) {
    shard.retain(|entry| entry.id != key.id);
}
