//! What a transaction writes: rows and deletes, the catalog's shards and the head that account for them.

use crate::{
    base::{Entropy, Error, Map, Object, Result},
    jose::Jwk,
    keys::{
        AliasHashKey, KeyListing, KeyRecord, Usage,
        catalog::{self},
    },
    records::{Head, RecordCipher, SetDigest, Statement},
    store::{RecordId, RecordType, Row},
};

use super::{super::vault_key_rotation::Rotation, Transaction};

/// What is committed, and what holds then.
pub(crate) struct Change {
    pub(crate) puts: Vec<Row>,
    pub(crate) deletes: Vec<RecordId>,
    /// With its revision.
    pub(crate) head: (u64, Head),
    /// The rows that are still to be computed, and the next vault key, where that is rotated.
    pub(crate) rotation: Option<Box<Rotation>>,
    /// The statement, where only a factor's record changed.
    pub(crate) restated: Option<Statement>,
    /// The use counts that it writes, by the keys' ids.
    pub(crate) uses: Map<Usage>,
}

/// What is to be written so far.
#[derive(Default)]
pub(super) struct Writes {
    puts: Vec<Row>,
    deletes: Vec<RecordId>,
    /// The rows that these take the place of.
    replaced: Vec<Row>,
    /// Of records that were drawn at random just now.
    fresh: Vec<RecordId>,
    shards: Map<Shard>,
    head: Option<(u64, Head)>,
    rotation: Option<Box<Rotation>>,
    restated: Option<Statement>,
    uses: Map<Usage>,
    /// Of a vault that has neither yet: the key that aliases are hashed with, and how many records there are.
    missing: Option<(AliasHashKey, u64)>,
}

/// One shard of the catalog, and the revision that its row will have.
#[derive(Default)]
struct Shard {
    revision: u64,
    listings: Vec<KeyListing>,
}

/// What a row is made of.
#[derive(Clone, Copy)]
pub(crate) enum Record<'a> {
    Json(&'a Object),
    Key(&'a Jwk),
}

impl<'a> From<&'a Object> for Record<'a> {
    fn from(record: &'a Object) -> Self {
        Self::Json(record)
    }
}

impl<'a> From<&'a Jwk> for Record<'a> {
    fn from(jwk: &'a Jwk) -> Self {
        Self::Key(jwk)
    }
}

impl Record<'_> {
    /// Its row, opened once and compared.
    fn row(
        self,
        record_id: RecordId,
        revision: u64,
        cipher: &RecordCipher,
        rng: &dyn Entropy,
    ) -> Result<Row> {
        match self {
            Self::Json(record) => cipher.put_json(record_id, revision, record, rng),
            Self::Key(jwk) => cipher.put_key(record_id, revision, jwk, rng),
        }
    }
}

impl Writes {
    pub(super) fn change(self) -> Option<Change> {
        Some(Change {
            head: self.head?,
            puts: self.puts,
            deletes: self.deletes,
            rotation: self.rotation,
            restated: self.restated,
            uses: self.uses,
        })
    }

    fn is_empty(&self) -> bool {
        self.puts.is_empty() && self.deletes.is_empty() && self.shards.names().is_empty()
    }
}

impl Transaction<'_> {
    /// Writes a record whose id was drawn at random just now: nothing is read.
    ///
    /// # Errors
    /// [`Error::Integrity`] when a row stands there, if that is known.
    pub(crate) fn insert<'r>(
        &mut self,
        record_id: RecordId,
        record: impl Into<Record<'r>>,
    ) -> Result<()> {
        let row = self.sealed(record_id.clone(), 1, record.into())?;
        self.writes.fresh.push(record_id);
        self.write(row);
        Ok(())
    }

    /// Writes a record, in the place of the one that stands there.
    pub(crate) async fn put<'r>(
        &mut self,
        record_id: RecordId,
        record: impl Into<Record<'r>>,
    ) -> Result<()> {
        let revision = self.replace(&record_id).await?;
        let row = self.sealed(record_id, revision, record.into())?;
        self.write(row);
        Ok(())
    }

    /// Writes a row that was made elsewhere, in the place of the one that stands there.
    pub(crate) async fn put_row(&mut self, row: Row) -> Result<()> {
        self.replace(&row.record_id).await?;
        self.write(row);
        Ok(())
    }

    /// Takes a record away.
    pub(crate) async fn delete(&mut self, record_id: RecordId) -> Result<()> {
        self.replace(&record_id).await?;
        self.take_out(&record_id);
        self.writes.deletes.push(record_id);
        Ok(())
    }

    fn sealed(&self, record_id: RecordId, revision: u64, record: Record) -> Result<Row> {
        let keyring = self.keyring()?;
        record.row(record_id, revision, &keyring.cipher(), self.rng)
    }

    fn write(&mut self, row: Row) {
        self.take_out(&row.record_id);
        self.writes.puts.push(row);
    }

    fn take_out(&mut self, record_id: &RecordId) {
        self.writes.puts.retain(|row| row.record_id != *record_id);
    }

    /// Takes note of the row that goes; the revision of the one that comes.
    async fn replace(&mut self, record_id: &RecordId) -> Result<u64> {
        let Some(old) = self.row(record_id).await? else {
            return Ok(1);
        };
        let revision = old.revision + 1;
        let known = |row: &Row| row.record_id == old.record_id;
        if !self.writes.replaced.iter().any(known) {
            self.writes.replaced.push(old);
        }
        Ok(revision)
    }

    /// Writes what is known of a new key, and what is listed of it.
    ///
    /// # Errors
    /// [`Error::KeyExists`] when another key has the alias.
    pub(crate) async fn insert_key(&mut self, key: &KeyRecord) -> Result<()> {
        self.list(key).await?;
        self.insert(key.record_id(), &key.to_json())
    }

    /// Writes what is known of a key, and what is listed of it. `before` is the alias it had.
    ///
    /// # Errors
    /// [`Error::KeyExists`] when another key has the alias.
    pub(crate) async fn put_key(&mut self, key: &KeyRecord, before: &str) -> Result<()> {
        if before != key.alias {
            unlist(self.shard(before).await?, key);
        }
        self.list(key).await?;
        self.put(key.record_id(), &key.to_json()).await
    }

    /// Writes what is listed of a key.
    ///
    /// # Errors
    /// [`Error::KeyExists`] when another key has the alias.
    pub(crate) async fn list(&mut self, key: &KeyRecord) -> Result<()> {
        let shard = self.shard(&key.alias).await?;
        let taken = |listing: &KeyListing| listing.alias == key.alias && listing.id != key.id;
        if shard.iter().any(taken) {
            return Err(Error::KeyExists);
        }
        unlist(shard, key);
        shard.push(KeyListing::of(key));
        Ok(())
    }

    async fn shard(&mut self, alias: &str) -> Result<&mut Vec<KeyListing>> {
        let record_id = self.shard_id(alias)?;
        if self.writes.shards.get(&record_id.id).is_none() {
            let revision = self.replace(&record_id).await?;
            let row = self.row(&record_id).await?;
            let listings = catalog::read(row.as_ref(), &self.keyring()?.cipher())?;
            *self.writes.shards.of(&record_id.id) = Shard { revision, listings };
        }
        Ok(&mut self.writes.shards.of(&record_id.id).listings)
    }

    /// The place of the shard that an alias is listed in.
    pub(crate) fn shard_id(&self, alias: &str) -> Result<RecordId> {
        match &self.writes.missing {
            Some((index, _)) => Ok(index.shard(alias)),
            None => Ok(self.keyring()?.index_key()?.shard(alias)),
        }
    }

    /// What the head of a vault of the first release does not say, nor any other of its records.
    pub(crate) fn lacks(&mut self, index: AliasHashKey, records: u64) {
        self.writes.missing = Some((index, records));
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
    pub(crate) fn counted(&mut self, uses: Map<Usage>) {
        self.writes.uses = uses;
    }

    /// All rows that are to be written, the head's among them: nothing more is.
    pub(crate) fn finished(&mut self) -> Result<&[Row]> {
        self.account()?;
        Ok(&self.writes.puts)
    }

    /// Writes the shards and the head, which accounts for everything, if anything is written.
    pub(crate) fn account(&mut self) -> Result<()> {
        if self.writes.head.is_some() || self.writes.is_empty() {
            return Ok(());
        }
        for (id, shard) in core::mem::take(&mut self.writes.shards).iter() {
            let record_id = RecordId::new(RecordType::Catalog, id);
            let listings = catalog::shard(&shard.listings);
            let row = self.sealed(record_id, shard.revision, Record::Json(&listings))?;
            self.write(row);
        }
        let head = self.next_head()?;
        let record_id = self.keyring()?.singleton(RecordType::Head);
        let row = self.sealed(record_id, head.0, Record::Json(&head.1.to_json()))?;
        self.write(row);
        self.writes.head = Some(head);
        Ok(())
    }

    /// The head that accounts for what is written: one subtraction for each row that goes, one addition for each
    /// that comes.
    fn next_head(&self) -> Result<(u64, Head)> {
        let open = self.open()?;
        for record_id in &self.writes.fresh {
            if open.known_row(record_id).flatten().is_some() {
                return Err(Error::Integrity("a record in the place of a new one"));
            }
        }
        let (revision, head) = &open.keyring.head;
        let mac = open.keyring.mac()?;
        let mut digest = SetDigest::parse(&head.digest)?;
        let (puts, replaced) = (&self.writes.puts, &self.writes.replaced);
        for old in replaced {
            digest.remove(&mac, old);
        }
        for row in puts {
            digest.add(&mac, row);
        }
        let missing = self.writes.missing.as_ref();
        let records = missing.map(|(_, records)| *records).or(head.records);
        let head = Head {
            generation: head.generation,
            digest: digest.encode(),
            records: records.map(|records| records + puts.len() as u64 - replaced.len() as u64),
        };
        Ok((revision + 1, head))
    }
}

fn unlist(shard: &mut Vec<KeyListing>, key: &KeyRecord) {
    shard.retain(|listing| listing.id != key.id);
}
