//! The manifest as a change will leave it.

use crate::{
    base::{Error, Map, Result, Sidecar},
    records::{Directory, Mac, MacKey, Manifest, Page, Place, SetDigest},
    store::RecordId,
};

use super::{MISSING, ManifestCache, OCCUPIED, has_place};

/// Rows of a page that no sidecar is added to any more. An envelope of 1 MiB has room for about 14,700; what may come
/// besides are the versions of a few keys, of 1,000 each, and 64 others.
const ROWS_WITH_SIDECARS: usize = 11_000;

const TOO_MANY_SIDECARS: Error = Error::TooLarge(
    "an object has at most 10,000 sidecars; remove some, or track the others as objects of their own",
);

/// What the head will say of it, and the pages and directories that are to be written.
pub(crate) struct ManifestDraft {
    pub(super) root: Manifest,
    pub(super) pages: Map<Page, u64>,
    pub(super) directories: Map<Directory, u64>,
    /// How many of the pages are sealed.
    pub(super) sealed: usize,
}

impl ManifestDraft {
    /// Of that one.
    pub(crate) fn of(root: &Manifest) -> Self {
        Self {
            root: root.clone(),
            pages: Map::default(),
            directories: Map::default(),
            sealed: 0,
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
}

/// Where a row is named, and the MAC of its address, where it is named at all.
fn placed(record_id: &RecordId, key: &MacKey) -> Option<(Place, Mac)> {
    has_place(record_id.kind).then(|| {
        let address = key.of_address(record_id);
        (Place::with(key, record_id, &address), address)
    })
}
