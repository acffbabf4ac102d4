//! The manifest as a change will leave it.

use crate::{
    base::{Entropy, Error, Map, Object, Result, Sidecar},
    records::{Directory, Mac, MacKey, Manifest, Page, Place, RecordCipher, SetDigest},
    store::{RecordId, Row},
};

use super::{Held, MISSING, ManifestCache, OCCUPIED, directory_id, has_place, page_id};

/// Rows of a page that no sidecar is added to any more. An envelope of 1 MiB has room for about 14,700; what may come
/// besides are the versions of a few keys, of 1,000 each, and 64 others.
const ROWS_WITH_SIDECARS: usize = 11_000;

const TOO_MANY_SIDECARS: Error = Error::TooLarge(
    "an object has at most 10,000 sidecars; remove some, or track the others as objects of their own",
);

/// What the head will say of it, and the pages and directories that are to be written.
pub(crate) struct ManifestDraft {
    root: Manifest,
    pages: Map<Page, u64>,
    directories: Map<Directory, u64>,
}

/// What was sealed of it.
pub(crate) struct Drafted {
    pub(crate) root: Manifest,
    pub(crate) rows: Vec<Row>,
    /// The MACs of those rows.
    pub(crate) macs: Vec<Mac>,
    /// The MACs of the rows that they take the place of.
    pub(crate) replaced: Vec<Mac>,
    pub(crate) fresh: ManifestCache,
}

impl ManifestDraft {
    /// Of that one.
    pub(crate) fn of(root: &Manifest) -> Self {
        Self {
            root: root.clone(),
            pages: Map::default(),
            directories: Map::default(),
        }
    }

    /// Of so many pages with nothing in them, all of which will be written.
    pub(crate) fn empty(pages: u64) -> Self {
        let mut draft = Self::of(&Manifest::new(pages));
        for number in 0..pages {
            draft.pages.of(&number);
        }
        for number in 0..draft.root.directories() {
            draft.directories.of(&number);
        }
        draft
    }

    /// How many records will be written.
    pub(crate) fn records(&self) -> u64 {
        (self.pages.names().len() + self.directories.names().len()) as u64
    }

    /// A page that is to be changed, out of those in memory.
    fn page(&mut self, number: u64, cache: &ManifestCache) -> Result<&mut Page> {
        if self.pages.get(&number).is_none() {
            let held = cache.pages.get(&number).ok_or(MISSING)?;
            *self.pages.of(&number) = held.record.clone();
            self.directory(Manifest::directory_of(number), cache)?;
        }
        self.pages.get_mut(&number).ok_or(MISSING)
    }

    fn directory(&mut self, number: u64, cache: &ManifestCache) -> Result<()> {
        if self.directories.get(&number).is_none() {
            let held = cache.directories.get(&number).ok_or(MISSING)?;
            *self.directories.of(&number) = held.record.clone();
        }
        Ok(())
    }

    /// Names a row that comes, where none stands.
    ///
    /// # Errors
    /// [`Error::Integrity`] where one does; [`Error::Conflict`] where its page is not in memory.
    pub(crate) fn add(
        &mut self,
        record_id: &RecordId,
        mac: &Mac,
        key: &MacKey,
        cache: &ManifestCache,
    ) -> Result<()> {
        let Some((place, address)) = placed(record_id, key) else {
            return Ok(());
        };
        if !self
            .page(place.page(self.root.pages), cache)?
            .add(place, mac)
        {
            return Err(OCCUPIED);
        }
        self.sum(record_id, [*mac, address], SetDigest::add);
        Ok(())
    }

    /// Refuses a sidecar that has come to a parent that has enough of them. They all share a page, and so it is for those of
    /// other parents on that page: it is one envelope, and rows that are no sidecars must have room there always.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub(crate) fn fits(&self, record_id: &RecordId, key: &MacKey) -> Result<()> {
        let place = Place::of(key, record_id);
        let page = self.pages.get(&place.page(self.root.pages));
        let page = page.ok_or(MISSING)?;
        if page.count_of_id(&place) > Sidecar::MAX_OF_ONE || page.rows() > ROWS_WITH_SIDECARS {
            return Err(TOO_MANY_SIDECARS);
        }
        Ok(())
    }

    /// Names a row that goes no longer.
    ///
    /// # Errors
    /// [`Error::Conflict`] where its page is not in memory.
    pub(crate) fn remove(
        &mut self,
        record_id: &RecordId,
        mac: &Mac,
        key: &MacKey,
        cache: &ManifestCache,
    ) -> Result<()> {
        let Some((place, address)) = placed(record_id, key) else {
            return Ok(());
        };
        self.page(place.page(self.root.pages), cache)?
            .remove(&place);
        self.sum(record_id, [*mac, address], SetDigest::remove);
        Ok(())
    }

    /// Adds the MACs of a row and of its address to the sums of the list that it is in, or removes them.
    fn sum(
        &mut self,
        record_id: &RecordId,
        [row, address]: [Mac; 2],
        change: fn(&mut SetDigest, Mac),
    ) {
        let lists = &mut self.root.lists;
        if let Some(rows) = lists.rows(record_id.kind) {
            change(rows, row);
        }
        if let Some(places) = lists.places(record_id.kind) {
            change(places, address);
        }
    }

    /// Adds pages, up to so many.
    ///
    /// # Errors
    /// [`Error::Conflict`] where one that they share rows with is not in memory.
    pub(crate) fn grow(&mut self, pages: u64, cache: &ManifestCache) -> Result<()> {
        while self.root.pages < pages {
            let (split, new) = (self.root.split(), self.root.pages);
            let moved = self.page(split, cache)?.split(split, new + 1);
            let directory = Manifest::directory_of(new);
            if directory < self.root.directories() {
                self.directory(directory, cache)?;
            } else {
                self.directories.of(&directory);
            }
            *self.pages.of(&new) = moved;
            self.root.pages = new + 1;
        }
        Ok(())
    }

    /// Seals all of it. `old` has the records that it takes the place of.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub(crate) fn seal(
        self,
        old: &ManifestCache,
        key: &MacKey,
        cipher: &RecordCipher,
        entropy: &dyn Entropy,
    ) -> Result<Drafted> {
        let Self {
            root,
            pages,
            mut directories,
        } = self;
        let mut drafted = Drafted {
            root,
            rows: Vec::new(),
            macs: Vec::new(),
            replaced: Vec::new(),
            fresh: ManifestCache::default(),
        };
        let seal = |record_id, record: &Object, before: Option<(u64, Mac)>, to: &mut Drafted| {
            let revision = before.map_or(1, |(revision, _)| revision + 1);
            let row = cipher.put_json(record_id, revision, record, entropy)?;
            let mac = key.of_row(&row);
            to.rows.push(row);
            to.macs.push(mac);
            to.replaced.extend(before.map(|(_, mac)| mac));
            Result::Ok((revision, mac))
        };
        for (number, record) in pages {
            let before = old.pages.get(&number).map(Held::stamp);
            let (id, json) = (page_id(number), record.to_json());
            let (revision, mac) = seal(id, &json, before, &mut drafted)?;
            let directory = directories.of(&Manifest::directory_of(number));
            directory.name(number, &mac);
            *drafted.fresh.pages.of(&number) = Held {
                record,
                revision,
                mac,
            };
        }
        for (number, record) in directories {
            let before = old.directories.get(&number).map(Held::stamp);
            let (id, json) = (directory_id(number), record.to_json());
            let (revision, mac) = seal(id, &json, before, &mut drafted)?;
            drafted.root.name(number, &mac);
            *drafted.fresh.directories.of(&number) = Held {
                record,
                revision,
                mac,
            };
        }
        Ok(drafted)
    }
}

/// Where a row is named, and the MAC of its address, where it is named at all.
fn placed(record_id: &RecordId, key: &MacKey) -> Option<(Place, Mac)> {
    has_place(record_id.kind).then(|| {
        let address = key.of_address(record_id);
        (Place::with(key, record_id, &address), address)
    })
}
