//! What a transaction is to write, as an operation says it.

use crate::{
    audit::{CompactRange, EntryCut},
    base::{Entropy, KeyId, Map, Object, Result, sort_by},
    jose::Jwk,
    keys::{AliasHashKey, KeyListing, KeyRecord, Usage},
    records::{Head, LogHead, RecordCipher, Statement},
    store::{RecordId, RecordType, Row},
};

use super::{
    super::{manifest::ManifestCache, vault_key_rotation::Rotation},
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
    /// The statement, where the vault key stays.
    pub(crate) restated: Option<Statement>,
    /// The use counts that it writes, by the keys' ids.
    pub(crate) uses: Map<Usage, KeyId>,
    /// The audit log's entries that are written with it.
    pub(crate) logged: Logged,
}

/// What is appended to the audit log.
#[derive(Default)]
pub(crate) struct Logged {
    pub(crate) rows: Vec<Row>,
    /// Rows of the log that go.
    pub(crate) deletes: Vec<RecordId>,
    /// What the head says of the log then.
    pub(crate) head: Option<LogHead>,
    /// The number of the first entry that waits on.
    pub(crate) waited: u64,
}

/// What becomes of the audit log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogChange {
    /// It is written from now on; whether nothing is done whose entry cannot be written.
    Start {
        fail_closed: bool,
        retain: Option<u64>,
    },
    /// Nothing is appended any more.
    Stop,
    /// Its first entries go.
    Cut,
    /// Another one begins: others may have the keys of this one.
    Renew,
}

impl Change {
    /// Whether it changes more than use counts, the audit log, what witnesses saw, and what accounts for them.
    pub(crate) fn is_told(&self) -> bool {
        let quiet = |row: &Row| {
            matches!(
                row.record_id.kind,
                RecordType::Usage
                    | RecordType::AuditKey
                    | RecordType::Witness
                    | RecordType::Page
                    | RecordType::Directory
                    | RecordType::Head
            )
        };
        let gone = |record_id: &RecordId| record_id.kind != RecordType::AuditKey;
        self.rotation.is_some() || self.deletes.iter().any(gone) || !self.puts.iter().all(quiet)
    }

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
    pub(super) records: Vec<Write>,
    pub(super) listings: Vec<Relisting>,
    /// What is sealed, and what goes.
    pub(super) puts: Vec<Row>,
    pub(super) deletes: Vec<RecordId>,
    pub(super) head: Option<(u64, Head)>,
    pub(super) manifest: ManifestCache,
    /// Whether the head is written though nothing else is.
    pub(super) restates_head: bool,
    pub(super) rotation: Option<Box<Rotation>>,
    pub(super) restated: Option<Statement>,
    pub(super) uses: Map<Usage, KeyId>,
    pub(super) logged: Logged,
    /// Nodes of the audit log's index, sealed.
    pub(super) log_index: Vec<Row>,
    pub(super) log_change: Option<LogChange>,
    /// What goes of the log, and where the entry is that says so.
    pub(super) log_cut: Option<(EntryCut, CompactRange, Vec<RecordId>)>,
    /// Of a vault that has neither yet: the key that aliases are hashed with, and how many records there are.
    pub(super) missing: Option<(AliasHashKey, u64)>,
}

/// A record that is to be written, or to go.
pub(super) struct Write {
    pub(super) record_id: RecordId,
    pub(super) record: Option<Record>,
    /// Whether its id was drawn at random just now: nothing stands there.
    pub(super) fresh: bool,
}

/// What a row is made of.
pub(crate) enum Record {
    Json(Object),
    Key(Jwk),
    /// A row that was made elsewhere.
    Row(Row),
}

impl Record {
    /// Its row, opened once and compared.
    pub(crate) fn sealed(
        self,
        record_id: RecordId,
        revision: u64,
        cipher: &RecordCipher<'_>,
        entropy: &dyn Entropy,
    ) -> Result<Row> {
        match self {
            Self::Json(record) => cipher.put_json(record_id, revision, &record, entropy),
            Self::Key(jwk) => cipher.put_key(record_id, revision, &jwk, entropy),
            Self::Row(row) => Ok(row),
        }
    }
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
pub(super) struct Relisting {
    pub(super) before: String,
    pub(super) listing: KeyListing,
}

impl Writes {
    pub(super) fn change(mut self) -> Option<Change> {
        self.logged.rows.extend(self.log_index);
        Some(Change {
            head: self.head?,
            puts: self.puts,
            deletes: self.deletes,
            manifest: self.manifest,
            rotation: self.rotation,
            restated: self.restated,
            uses: self.uses,
            logged: self.logged,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && !self.restates_head && self.log_change.is_none()
    }

    /// Leaves the last write of each record.
    pub(super) fn settle(&mut self) {
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

    /// Writes what is known of a new key, and what is listed of it: [`Error::KeyExists`](crate::Error::KeyExists) at the end when another key
    /// has the alias.
    pub(crate) fn insert_key(&mut self, key: &KeyRecord) {
        self.list(key, &KeyListing::of(key));
        self.insert(key.record_id(), key.to_json());
    }

    /// Writes what is known of a key, and what is listed of it: [`Error::KeyExists`](crate::Error::KeyExists) at the end when another key has
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

    /// The statement as it is from now on.
    pub(crate) fn restate(&mut self, statement: Statement) {
        self.writes.restated = Some(statement);
    }

    /// Every record goes under another vault key, part by part, while the store writes the parts before.
    pub(crate) fn rotate(
        &mut self,
        puts: Vec<Row>,
        deletes: Vec<RecordId>,
        rotation: Box<Rotation>,
    ) {
        self.writes.puts = puts;
        self.writes.deletes = deletes;
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
}
