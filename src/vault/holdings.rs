//! What an unlocked vault holds, in memory.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::{
    base::{Entropy, Error, KeyId, Map, Result, VaultId},
    jose::{Jwk, SigningKey},
    keys::{
        AliasHashKey, CatalogCache, KeyListing, KeyRecord, Usage,
        catalog::{self},
    },
    records::{Head, LastSeenHead, MacKey, MacSum, RecordCipher, Statement, VaultKey, single},
    store::{Batch, Range, RecordId, RecordType, Row, Sequence},
};

use super::{edit::take_out, row_cache::RowCache, vault_key_rotation::Rotation};

/// Vaults of at most so many records are read and checked whole when they are unlocked, which takes
/// less time than anybody notices; larger ones in the background.
const SMALL: u64 = 1000;

/// So many keys stay open, which are no secrets: only their versions' material is.
const FOUND: usize = 32;

/// The vault key, the few rows that every vault has once, and whichever others an operation asked for.
///
/// The vault key is the only secret that stays here. Everything else is opened from its row when an
/// operation needs it and dropped with the operation.
pub struct Holdings {
    vault: VaultId,
    pub(crate) vault_key: VaultKey,
    pub(crate) statement: Statement,
    sequence: Sequence,
    /// Those of [`core_kinds`](Self::CORE), the head's among them.
    pub(crate) core: Vec<Row>,
    pub(crate) head: (u64, Head),
    pub(crate) cache: RowCache,
    index: RefCell<CatalogCache>,
    /// Keys that were found since something was changed, by what they were asked for by.
    found: RefCell<Vec<(String, Rc<KeyRecord>)>>,
    /// Whether all rows were checked against the head since the vault was unlocked.
    surveyed: Cell<bool>,
}

/// What a vault that is open is known by, whatever its store says later.
pub(crate) struct Known {
    statement: Statement,
    seen: LastSeenHead,
}

impl Known {
    /// Refuses what a factor has opened since, unless it is the same vault and no older copy of it.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(crate) fn check(&self, opened: &Holdings) -> Result<()> {
        let (known, stored) = (&self.statement, &opened.statement);
        let same = known.vault == stored.vault && known.identity == stored.identity;
        let follows = known.generation < stored.generation
            || (known.generation == stored.generation && known.envelope == stored.envelope);
        if !same || !follows {
            return Err(Error::Integrity("another vault in this one's place"));
        }
        self.seen.check(&opened.seen())
    }
}

/// A change that was prepared: what to commit, and what holds then.
pub struct Change {
    /// For the store, at the sequence of the holdings that made it.
    pub batch: Rc<Batch>,
    pub(crate) then: Box<Then>,
}

/// What holds once a change was committed.
pub(crate) struct Then {
    pub(crate) head: (u64, Head),
    /// The rest of the batch, and the next vault key, where that is rotated.
    pub(crate) rotation: Option<Rc<RefCell<Rotation>>>,
    /// The statement, where only a factor's record changed.
    pub(crate) restated: Option<Statement>,
    /// The use counts that it writes, by the keys' ids.
    pub(crate) uses: Map<Usage>,
}

impl Change {
    pub(crate) fn new(batch: Batch, head: (u64, Head)) -> Self {
        Self {
            batch: Rc::new(batch),
            then: Box::new(Then {
                head,
                rotation: None,
                restated: None,
                uses: Map::default(),
            }),
        }
    }

    /// The rows to write, part by part: what takes long is computed while the store writes the parts before.
    pub fn rows<'a>(
        &'a self,
        entropy: &'a dyn Entropy,
    ) -> impl Iterator<Item = Result<Vec<Row>>> + 'a {
        let rotation = self.then.rotation.clone();
        let rest = move || rotation.as_ref()?.borrow_mut().next(entropy).transpose();
        core::iter::once(Ok(self.batch.puts.clone())).chain(core::iter::from_fn(rest))
    }

    /// How many records it writes, those that are still to be computed among them.
    #[must_use]
    pub fn records(&self) -> u64 {
        let rest = self.then.rotation.as_ref();
        let rest = rest.map_or(0, |rotation| rotation.borrow().left());
        self.batch.puts.len() as u64 + rest
    }

    /// The use counts that it writes, by the keys' ids.
    pub fn uses(&self) -> impl Iterator<Item = (&str, &Usage)> {
        self.then.uses.iter()
    }
}

impl Holdings {
    /// The kinds of which an unlock reads all rows: their number does not grow with the keys'.
    pub(crate) const CORE: [RecordType; 8] = [
        RecordType::VaultKey,
        RecordType::Statement,
        RecordType::Factor,
        RecordType::Recipient,
        RecordType::Identity,
        RecordType::Mac,
        RecordType::Index,
        RecordType::Head,
    ];

    /// What is read to open a vault.
    #[must_use]
    pub fn core() -> Vec<Range> {
        Self::CORE.map(Range::of).to_vec()
    }

    /// Those of them that are read to open a vault.
    #[must_use]
    pub fn core_of(rows: &[Row]) -> Vec<Row> {
        let core = |row: &&Row| Self::CORE.contains(&row.record_id.kind);
        rows.iter().filter(core).cloned().collect()
    }

    /// Checks everything that the vault key can check of the core: the identity, the factors' public
    /// halves and the head.
    pub(crate) fn open(
        vault: VaultId,
        sequence: Sequence,
        mut rows: Vec<Row>,
        vault_key: VaultKey,
        statement: Statement,
    ) -> Result<Box<Self>> {
        rows.retain(|row| Self::CORE.contains(&row.record_id.kind));
        let generation = statement.generation;
        let cipher = RecordCipher {
            vault: &vault,
            generation,
            key: &vault_key,
        };

        // Before any other record under the vault key is read: it says whether they can be.
        let head_row = single(&rows, RecordType::Head)?;
        let head = Head::read(cipher.decrypt_json(head_row)?)?;
        if head.generation != generation {
            return Err(UNACCOUNTED);
        }
        let head = (head_row.revision, head);

        let identity =
            SigningKey::from_jwk(&cipher.decrypt_key(single(&rows, RecordType::Identity)?)?)?;
        if identity.thumbprint().as_str() != statement.identity {
            return Err(Error::Integrity("another signing identity"));
        }
        for factor in &statement.factors {
            let record_id = RecordId::new(RecordType::Recipient, factor.kid.as_str());
            let row = rows
                .iter()
                .find(|row| row.record_id == record_id)
                .ok_or(Error::Integrity("a record is missing"))?;
            if cipher.decrypt_key(row)?.thumbprint().as_str() != factor.kid {
                return Err(Error::Integrity("another factor's public key"));
            }
        }
        Ok(Box::new(Self {
            vault,
            vault_key,
            statement,
            sequence,
            core: rows,
            head,
            cache: RowCache::default(),
            index: RefCell::default(),
            found: RefCell::default(),
            surveyed: Cell::new(false),
        }))
    }

    /// Takes in what somebody else changed: core rows that were read at another sequence.
    ///
    /// # Errors
    /// [`Error::NoVault`] when another vault (or none) stands there now; [`Error::Rotated`] when
    /// its vault key or factors changed, which only an unlock can follow; [`Error::Integrity`].
    pub fn refresh(&mut self, sequence: Sequence, rows: Vec<Row>) -> Result<()> {
        let fresh = self.followed_by(sequence, rows)?;
        self.replace(fresh);
        Ok(())
    }

    /// As [`refresh`](Self::refresh), of all rows, which are held against the head before any counts.
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh).
    pub(crate) fn refresh_whole(&mut self, sequence: Sequence, rows: Vec<Row>) -> Result<()> {
        let mut fresh = self.followed_by(sequence, Self::core_of(&rows))?;
        fresh.check(&rows)?;
        fresh.add(vec![Range::all()], rows);
        self.replace(fresh);
        Ok(())
    }

    fn replace(&mut self, fresh: Box<Self>) {
        self.index.swap(&fresh.index);
        fresh.index.borrow_mut().epoch += 1;
        *self = *fresh;
    }

    fn followed_by(&self, sequence: Sequence, rows: Vec<Row>) -> Result<Box<Self>> {
        let row = rows
            .iter()
            .find(|row| row.record_id == self.singleton(RecordType::Statement))
            .ok_or(Error::NoVault)?;
        let statement = self.statement.succeeded_by(row)?;
        if statement.envelope != self.statement.envelope {
            return Err(Error::Rotated);
        }
        statement.check_rows(&rows)?;
        let (vault, vault_key) = (self.vault.clone(), self.vault_key.clone());
        let fresh = Self::open(vault, sequence, rows, vault_key, statement)?;
        self.seen().check(&fresh.seen())?;
        fresh.surveyed.set(self.surveyed.get());
        Ok(fresh)
    }

    /// Holds all rows against the head.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(crate) fn check(&self, rows: &[Row]) -> Result<()> {
        let mut sum = self.sum()?;
        sum.add(rows);
        self.check_sum(&sum)
    }

    /// For rows that are held against the head one page after the other.
    pub(crate) fn sum(&self) -> Result<MacSum> {
        self.mac().map(MacSum::new)
    }

    /// As [`check`](Self::check), of rows that were summed up.
    pub(crate) fn check_sum(&self, sum: &MacSum) -> Result<()> {
        let (_, head) = &self.head;
        let (digest, records) = sum.total();
        let counted = head.records.is_none_or(|known| known == records);
        if counted && digest.encode() == head.digest {
            self.surveyed.set(true);
            Ok(())
        } else {
            Err(UNACCOUNTED)
        }
    }

    /// Whether all rows were checked against the head since the vault was unlocked.
    #[must_use]
    pub fn surveyed(&self) -> bool {
        self.surveyed.get()
    }

    /// Whether the vault is read and checked whole when it is unlocked.
    pub(crate) fn is_small(&self) -> bool {
        self.head.1.records.is_none_or(|records| records <= SMALL)
    }

    /// The vault's id.
    #[must_use]
    pub fn vault(&self) -> &VaultId {
        &self.vault
    }

    /// Which vault key this is, counted from 1.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.statement.generation
    }

    /// The sequence these rows were read at.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// The head, as a caller may keep it elsewhere.
    #[must_use]
    pub fn seen(&self) -> LastSeenHead {
        LastSeenHead::new(self.head.0, &self.head.1)
    }

    /// What this vault is known by from now on.
    pub(crate) fn known(&self) -> Known {
        Known {
            statement: self.statement.clone(),
            seen: self.seen(),
        }
    }

    /// What an operation asked for and is not here yet.
    #[must_use]
    pub fn wanted(&self) -> Vec<Range> {
        self.cache.wanted()
    }

    /// Puts down what was read at the sequence of these holdings.
    pub fn add(&mut self, ranges: Vec<Range>, rows: Vec<Row>) {
        self.cache.add(ranges, rows);
    }

    /// Makes room before an operation begins.
    pub fn tidy(&mut self) {
        self.cache.tidy();
    }

    /// Takes in a change that was committed at the sequence of these holdings.
    pub fn apply(&mut self, change: &Change) {
        let from = self.sequence;
        self.found.take();
        self.sequence = from.next();
        self.head.clone_from(&change.then.head);
        if let Some(statement) = &change.then.restated {
            self.statement.clone_from(statement);
        }
        self.cache.apply(&change.batch);
        self.take_core(&change.batch.puts);
        let Some(rotation) = &change.then.rotation else {
            let mut index = self.index.borrow_mut();
            return index.apply(from, &change.batch.puts, &self.cipher());
        };
        let rotation = rotation.borrow();
        self.vault_key = rotation.to.clone();
        self.statement.clone_from(&rotation.statement);
        self.head.clone_from(&rotation.head);
        self.take_core(&rotation.core);
        self.cache = RowCache::default();
        self.index.borrow_mut().rewritten(from);
    }

    fn take_core(&mut self, rows: &[Row]) {
        for row in rows {
            if Self::CORE.contains(&row.record_id.kind) {
                take_out(&mut self.core, &row.record_id);
                self.core.push(row.clone());
            }
        }
    }

    /// A row, if there is one.
    pub(crate) fn row(&self, record_id: &RecordId) -> Result<Option<&Row>> {
        if Self::CORE.contains(&record_id.kind) {
            return Ok(self.core.iter().find(|row| row.record_id == *record_id));
        }
        self.cache.record_id(record_id)
    }

    /// The row that every vault has of a kind.
    pub(crate) fn core_row(&self, kind: RecordType) -> Result<&Row> {
        let record_id = self.singleton(kind);
        self.core
            .iter()
            .find(|row| row.record_id == record_id)
            .ok_or(Error::Integrity("a record is missing"))
    }

    /// Rows that are read together.
    pub(crate) fn range(&self, range: Range) -> Result<&[Row]> {
        self.cache.range(range)
    }

    /// A key by its id or alias, opened once for however many uses until something is changed.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub(crate) fn found(&self, alias_or_id: &str) -> Result<Rc<KeyRecord>> {
        let mut found = self.found.borrow_mut();
        if let Some((_, key)) = found.iter().find(|(asked, _)| asked == alias_or_id) {
            return Ok(key.clone());
        }
        let key: Rc<KeyRecord> = self.key(alias_or_id)?.into();
        if found.len() >= FOUND {
            found.remove(0);
        }
        found.push((alias_or_id.to_owned(), key.clone()));
        Ok(key)
    }

    /// A key by its id or alias.
    ///
    /// # Errors
    /// [`Error::NoKey`].
    pub fn key(&self, alias_or_id: &str) -> Result<Box<KeyRecord>> {
        if alias_or_id.parse::<KeyId>().is_ok() {
            return self.key_of(alias_or_id);
        }
        let shard = self.index_key()?.shard(alias_or_id);
        let entries = catalog::read(self.row(&shard)?, &self.cipher())?;
        let entry = entries.iter().find(|entry| entry.alias == alias_or_id);
        self.key_of(&entry.ok_or(Error::NoKey)?.id)
    }

    /// A key by its id.
    pub(crate) fn key_of(&self, id: &str) -> Result<Box<KeyRecord>> {
        let row = self
            .row(&RecordId::new(RecordType::Key, id))?
            .ok_or(Error::NoKey)?;
        let key = KeyRecord::read(self.cipher().decrypt_json(row)?)?;
        if key.record_id() == row.record_id {
            Ok(key)
        } else {
            Err(Error::Integrity("a key in another one's place"))
        }
    }

    /// Everything that is listed, by alias. Asks for the whole [catalog](Self::wants_index) where something
    /// of it is missing.
    pub(crate) fn listed(&self) -> Result<Rc<Vec<Rc<KeyListing>>>> {
        let sorted = || self.index.borrow().sorted(self.sequence);
        if let Some(sorted) = sorted() {
            return Ok(sorted);
        }
        let rows = self.range(Range::of(RecordType::Catalog))?;
        self.index_shards(rows)?;
        self.index_whole(self.index_epoch());
        Ok(sorted().unwrap_or_default())
    }

    /// Whether that is among what is wanted. It is taken in page by page, where it was not read with all
    /// else.
    pub(crate) fn wants_index(wanted: &[Range]) -> bool {
        wanted.contains(&Range::of(RecordType::Catalog))
    }

    /// Takes some shards of the catalog into the index.
    pub(crate) fn index_shards(&self, rows: &[Row]) -> Result<()> {
        self.index.borrow_mut().add(rows, &self.cipher())
    }

    /// The key that every vault has of a kind.
    fn core_key(&self, kind: RecordType) -> Result<Jwk> {
        self.cipher().decrypt_key(self.core_row(kind)?)
    }

    /// Changes when something is changed by somebody else.
    pub(crate) fn index_epoch(&self) -> u64 {
        self.index.borrow().epoch
    }

    /// All shards were taken in since that epoch.
    pub(crate) fn index_whole(&self, since: u64) {
        let mut index = self.index.borrow_mut();
        if index.epoch == since {
            index.whole(self.sequence);
        }
    }

    /// The key of the set digest, for as long as something is summed up.
    pub(crate) fn mac(&self) -> Result<MacKey> {
        MacKey::from_jwk(&self.core_key(RecordType::Mac)?)
    }

    /// The key that aliases are hashed with.
    pub(crate) fn index_key(&self) -> Result<AliasHashKey> {
        AliasHashKey::from_jwk(&self.core_key(RecordType::Index)?)
    }

    /// The signing identity, for as long as something is signed.
    pub(crate) fn identity(&self) -> Result<SigningKey> {
        SigningKey::from_jwk(&self.core_key(RecordType::Identity)?)
    }

    pub(crate) fn singleton(&self, kind: RecordType) -> RecordId {
        RecordId::new(kind, self.vault.as_str())
    }

    pub(crate) fn cipher(&self) -> RecordCipher<'_> {
        RecordCipher {
            vault: &self.vault,
            generation: self.generation(),
            key: &self.vault_key,
        }
    }
}

const UNACCOUNTED: Error = Error::Integrity("records that the head does not account for");
