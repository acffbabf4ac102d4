//! What an unlocked vault has in memory: its keyring, and caches of what was read.

use std::rc::Rc;

use crate::{
    base::{Error, ObjectId, Result},
    keys::{CatalogCache, KeyListing, KeyRecord},
    records::MacSum,
    store::{Range, RecordId, RecordType, Row, Sequence},
};

use super::{
    keyring::Keyring,
    locations::Locations,
    manifest::{ManifestCache, Reading, UNACCOUNTED},
    row_cache::{RowCache, RowSlice},
    transaction::Change,
};

/// So many keys stay open, which are no secrets: only their versions' material is, and `open_versions.rs` has that.
const FOUND: usize = 32;

/// The keyring, and what was read at its sequence.
pub struct OpenVault {
    pub(crate) keyring: Keyring,
    rows: RowCache,
    manifest: ManifestCache,
    catalog: CatalogCache,
    /// How often what others had committed was taken in.
    followed: u64,
    /// Keys that were found since something was changed, by what they were asked for by.
    found: Vec<(String, Rc<KeyRecord>)>,
    locations: Option<Locations>,
}

impl OpenVault {
    pub(crate) fn new(keyring: Keyring) -> Self {
        Self {
            keyring,
            rows: RowCache::default(),
            manifest: ManifestCache::default(),
            catalog: CatalogCache::default(),
            followed: 0,
            found: Vec::new(),
            locations: None,
        }
    }

    /// Takes in what another tab changed: core rows that were read at another sequence.
    ///
    /// # Errors
    /// As [`Keyring::followed_by`].
    pub(crate) fn refresh(&mut self, sequence: Sequence, rows: Vec<Row>) -> Result<()> {
        let fresh = self.keyring.followed_by(sequence, rows)?;
        self.replace(fresh);
        Ok(())
    }

    /// As [`refresh`](Self::refresh), where all records are as they were, because another tab wrote to the audit log alone; whether
    /// they are. Who changed something without a head has not.
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh).
    pub(crate) fn refresh_log(&mut self, sequence: Sequence, rows: &[Row]) -> Result<bool> {
        let fresh = self.keyring.followed_by(sequence, rows.to_vec())?;
        let (from, [old, new]) = (self.keyring.sequence(), [&self.keyring.head, &fresh.head]);
        let commits = sequence.0.wrapping_sub(from.0);
        let same =
            !new.1.is_old() && new.1.has_records_of(&old.1) && new.0.wrapping_sub(old.0) == commits;
        if same {
            self.keyring = fresh;
            self.catalog.unchanged(from, sequence);
        }
        Ok(same)
    }

    /// As [`refresh`](Self::refresh), of all rows, which are held against the head before any counts.
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh).
    pub(crate) fn refresh_whole(&mut self, sequence: Sequence, rows: Vec<Row>) -> Result<()> {
        let core = Keyring::core_of(&rows);
        let fresh = self.keyring.followed_by(sequence, core)?;
        fresh.check(&rows)?;
        self.replace(fresh);
        self.add(&[Range::all()], rows);
        Ok(())
    }

    fn replace(&mut self, fresh: Keyring) {
        self.followed += 1;
        self.keyring = fresh;
        self.rows = RowCache::default();
        self.manifest = ManifestCache::default();
        self.found.clear();
    }

    /// How often what others had committed was taken in.
    pub(crate) fn followed(&self) -> u64 {
        self.followed
    }

    /// Puts down what was read at the keyring's sequence.
    pub(crate) fn add(&mut self, ranges: &[Range], rows: Vec<Row>) {
        self.rows.add(ranges, rows);
    }

    /// What is to be read for some ranges, of which nothing is in memory, and for the manifest of what is to be written.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(crate) fn reading(
        &self,
        ranges: Vec<Range>,
        written: &[RecordId],
        splits: &[u64],
    ) -> Result<Reading> {
        Reading::new(ranges, written, splits, &self.keyring, &self.manifest)
    }

    /// Puts down what was read at the keyring's sequence, once it was held against the head.
    ///
    /// # Errors
    /// As [`Reading::check`].
    pub(crate) fn take(&mut self, reading: &Reading, rows: Vec<Row>) -> Result<()> {
        reading.check(&rows, &self.keyring, &mut self.manifest)?;
        self.rows.add(&reading.asked(), rows);
        Ok(())
    }

    /// The pages and directories that are in memory.
    pub(crate) fn manifest(&self) -> &ManifestCache {
        &self.manifest
    }

    /// Makes room before an operation begins. A vault without a manifest stays whole. `lists` is whether the operation may
    /// be one of a series that needs most of the manifest, such as the pages of a list: that stays then.
    pub(crate) fn tidy(&mut self, lists: bool) {
        if self.keyring.manifest().is_some() {
            self.rows.tidy();
            if !lists {
                self.manifest.tidy();
            }
        }
    }

    /// Takes in a change that was committed at the keyring's sequence.
    pub(crate) fn apply(&mut self, change: Change) {
        let from = self.keyring.sequence;
        self.found.clear();
        self.keyring.sequence = from.next();
        self.keyring.head.clone_from(&change.head);
        if let Some(statement) = &change.restated {
            self.keyring.statement.clone_from(statement);
        }
        self.keyring.drop_core(&change.deletes);
        self.keyring.take_core(&change.puts);
        let Some(rotation) = &change.rotation else {
            self.rows.apply(&change.puts, &change.deletes);
            self.manifest.apply(change.manifest);
            // Without its key nothing is listed until it is read again.
            if let Ok(key) = self.keyring.mac() {
                self.catalog
                    .apply(from, &change.puts, &key, &self.keyring.cipher());
            }
            return;
        };
        self.keyring.vault_key = rotation.to.clone();
        self.keyring.statement.clone_from(&rotation.statement);
        self.keyring.head.clone_from(&rotation.head);
        self.keyring.take_core(&rotation.core);
        self.rows = RowCache::default();
        self.manifest = ManifestCache::default();
        if rotation.relists {
            self.catalog = CatalogCache::default();
        } else {
            self.catalog.rewritten(from);
        }
    }

    /// What is known of a row: nothing, or that there is none, or the row.
    pub(crate) fn known_row(&self, record_id: &RecordId) -> Option<Option<&Row>> {
        if Keyring::CORE.contains(&record_id.kind) {
            return Some(self.keyring.core_record(record_id));
        }
        self.rows.row(record_id)
    }

    /// The rows of a range, if they are here.
    pub(crate) fn known_range(&self, range: &Range) -> Option<RowSlice> {
        self.rows.range(range)
    }

    /// Whether the rows of a range are here.
    pub(crate) fn knows(&self, range: &Range) -> bool {
        match range.only_record_id() {
            Some(record_id) => self.known_row(&record_id).is_some(),
            None => self.known_range(range).is_some(),
        }
    }

    /// A key that was found since something was changed, by what it was asked for by.
    pub(crate) fn known_key(&self, alias_or_id: &str) -> Option<Rc<KeyRecord>> {
        let mut found = self.found.iter();
        let (_, key) = found.find(|(asked, _)| asked == alias_or_id)?;
        Some(key.clone())
    }

    /// Keeps a key that was found.
    pub(crate) fn remember(&mut self, alias_or_id: &str, key: &Rc<KeyRecord>) {
        if self.found.len() >= FOUND {
            self.found.remove(0);
        }
        self.found.push((alias_or_id.to_owned(), key.clone()));
    }

    /// Whether it is known which objects are at which locations.
    pub(crate) fn knows_locations(&self) -> bool {
        let digest = self.keyring.objects_digest();
        let locations = self.locations.as_ref();
        locations.is_some_and(|locations| locations.holds(&digest))
    }

    /// Puts down what objects that were read, and held against the head, say of their locations.
    pub(crate) fn keep_locations(&mut self, locations: Locations) {
        self.locations = Some(locations);
    }

    /// The object at a location, where they are known.
    ///
    /// # Errors
    /// As [`Locations::find`].
    pub(crate) fn objects_at(&self, location: &str) -> Result<Vec<ObjectId>> {
        let locations = self.locations.as_ref().ok_or(Error::NoObject)?;
        Ok(locations.find(location, &self.keyring.mac()?))
    }

    /// Everything that is listed, by alias, if nothing of it is missing.
    pub(crate) fn listed(&self) -> Option<Rc<Vec<Rc<KeyListing>>>> {
        self.catalog.sorted(self.keyring.sequence)
    }

    /// Takes in the whole catalog, where its rows are here.
    pub(crate) fn list_known(&mut self) -> Result<()> {
        if let Some(shards) = self.known_range(&Range::of(RecordType::Catalog)) {
            let (key, cipher) = (self.keyring.mac()?, self.keyring.cipher());
            self.catalog.begin();
            self.catalog.add(shards.iter(), &key, &cipher)?;
            self.catalog.whole(self.keyring.sequence);
        }
        Ok(())
    }

    /// A copy of the catalog that shards can be taken into. It counts once it [is whole](Self::catalog_whole).
    pub(crate) fn catalog(&self) -> CatalogCache {
        self.catalog.clone()
    }

    /// All shards were taken in at the keyring's sequence, and summed up: they are held against the head.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(crate) fn catalog_whole(&mut self, catalog: CatalogCache, sum: &MacSum) -> Result<()> {
        let lists = self.keyring.manifest().map(|root| root.lists);
        let mut lists = lists.ok_or(UNACCOUNTED)?;
        if lists.rows(RecordType::Catalog) != Some(&mut sum.digest.clone()) {
            return Err(UNACCOUNTED);
        }
        self.catalog = catalog;
        self.catalog.whole(self.keyring.sequence);
        Ok(())
    }
}
