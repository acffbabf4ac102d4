//! The end of a transaction: the rows that others take the place of are read, and everything is sealed, with the
//! catalog's shards and the head that account for it.

use crate::{
    base::{Error, Map, Result},
    keys::{KeyListing, catalog},
    records::Manifest,
    store::{Range, RecordId, RecordType, Row},
    vault::manifest::{OCCUPIED, SMALL},
};

use super::{
    Transaction,
    write::{Record, Relisting, Write},
};

impl Transaction<'_> {
    /// Seals everything that is to be written, the catalog's shards, and the head, which accounts for it all.
    pub(crate) async fn account(&mut self) -> Result<()> {
        if self.writes.rotation.is_some() || !self.writes.is_empty() {
            self.append_to_log()?;
        }
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
        let keyring = self.keyring()?;
        record.sealed(record_id, revision, &keyring.cipher(), self.rng)
    }

    /// Writes the shards in which something else is listed.
    fn write_shards(&mut self) -> Result<()> {
        let mut shards = Map::<Vec<KeyListing>>::default();
        let listings = core::mem::take(&mut self.writes.listings);
        // Aliases that are given up are free for the others.
        for Relisting { before, listing } in &listings {
            for name in [before, listing.name()] {
                let shard = self.shard(&mut shards, name)?;
                shard.retain(|other| other.id != listing.id);
            }
        }
        for Relisting { listing, .. } in listings {
            let shard = self.shard(&mut shards, listing.name())?;
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
