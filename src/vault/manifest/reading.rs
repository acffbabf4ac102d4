//! What is read from a store at once, with what proves it.

use crate::{
    base::{Error, Result, sort_by},
    records::{MacKey, Manifest, Page, Place, RecordCipher, SetDigest},
    store::{Range, RecordId, RecordType, Row},
    vault::keyring::Keyring,
};

use super::{MISSING, ManifestCache, UNACCOUNTED, directory_id, has_place, page_id, rows::Rows};

/// Some ranges, and the pages that prove them.
pub(crate) struct Reading {
    /// Everything that the store is asked for.
    pub(crate) ranges: Vec<Range>,
    asked: Vec<(Range, Asked)>,
    /// Pages and directories that are not in memory.
    pages: Vec<u64>,
    directories: Vec<u64>,
    key: MacKey,
}

/// What is asked for, by how it is proven.
enum Asked {
    Row(RecordId, Place),
    OfId(RecordType, String, Place),
    OfKind(RecordType),
    Places(RecordType),
    All,
}

impl Asked {
    /// # Errors
    /// [`Error::Integrity`] for a part of a list, which nothing proves.
    fn of(range: &Range, key: &MacKey) -> Result<Self> {
        if let Some(record_id) = range.only_record_id() {
            let place = Place::of(key, &record_id);
            return Ok(Self::Row(record_id, place));
        }
        let whole = range.begins() && range.limit.is_none();
        let kind = |text: &String| RecordType::parse(text);
        match range.prefix.as_slice() {
            [] if whole && !range.bare => Ok(Self::All),
            [of] if whole && range.bare => Ok(Self::Places(kind(of)?)),
            [of] if whole => Ok(Self::OfKind(kind(of)?)),
            [of, id] if whole && !range.bare => {
                let kind = kind(of)?;
                Ok(Self::OfId(kind, id.clone(), Place::of_id(key, kind, id)))
            }
            _ => Err(Error::Integrity("a read that nothing proves")),
        }
    }
}

impl Reading {
    /// Of some ranges, and of the pages of what is to be written and those of these numbers. A vault without a manifest
    /// is read whole.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(crate) fn new(
        ranges: Vec<Range>,
        written: &[RecordId],
        splits: &[u64],
        keyring: &Keyring,
        cache: &ManifestCache,
    ) -> Result<Self> {
        let key = keyring.mac()?;
        let Some(root) = keyring.manifest() else {
            return Ok(Self {
                ranges: vec![Range::all()],
                asked: vec![(Range::all(), Asked::All)],
                pages: Vec::new(),
                directories: Vec::new(),
                key,
            });
        };
        let mut asked = Vec::new();
        for range in &ranges {
            asked.push((range.clone(), Asked::of(range, &key)?));
        }
        let mut reading = Self {
            ranges,
            asked,
            pages: Vec::new(),
            directories: Vec::new(),
            key,
        };
        reading.add_proofs(written, splits, root, cache);
        Ok(reading)
    }

    fn add_proofs(
        &mut self,
        written: &[RecordId],
        splits: &[u64],
        root: &Manifest,
        cache: &ManifestCache,
    ) {
        let mut pages = splits.to_vec();
        for (_, asked) in &self.asked {
            if let Asked::Row(_, place) | Asked::OfId(_, _, place) = asked {
                pages.push(place.page(root.pages));
            }
        }
        for record_id in written {
            if has_place(record_id.kind) {
                pages.push(Place::of(&self.key, record_id).page(root.pages));
            }
        }
        let mut directories: Vec<_> = pages
            .iter()
            .map(|page| Manifest::directory_of(*page))
            .collect();
        // Where the next pages are named.
        directories.extend(splits.last().map(|_| root.directories() - 1));
        pages.retain(|page| cache.pages.get(page).is_none());
        directories.retain(|directory| cache.directories.get(directory).is_none());
        for list in [&mut pages, &mut directories] {
            sort_by(list, Ord::cmp);
            list.dedup();
        }
        for page in &pages {
            self.ranges.push(Range::record_id(&page_id(*page)));
        }
        for directory in &directories {
            self.ranges
                .push(Range::record_id(&directory_id(*directory)));
        }
        (self.pages, self.directories) = (pages, directories);
    }

    /// Whether nothing is to be read.
    pub(crate) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// What was asked for.
    pub(crate) fn asked(&self) -> Vec<Range> {
        self.asked.iter().map(|(range, _)| range.clone()).collect()
    }

    /// Holds what was read at the keyring's sequence against the head.
    ///
    /// # Errors
    /// [`Error::Integrity`] for a row that is older than it should be, or missing, or new; [`Error::Conflict`] where a
    /// page that was in memory when the reading was made is not any more.
    pub(crate) fn check(
        &self,
        read: &[Row],
        keyring: &Keyring,
        cache: &mut ManifestCache,
    ) -> Result<()> {
        let Some(root) = keyring.manifest() else {
            return keyring.check(read);
        };
        let (rows, cipher) = (Rows::new(read)?, keyring.cipher());
        self.take_proofs(&rows, root, &cipher, cache)?;
        for (_, asked) in &self.asked {
            let proven = match asked {
                Asked::All => {
                    keyring.check(read)?;
                    true
                }
                Asked::Row(record_id, place) => {
                    let mac = rows.find(record_id).map(|row| self.key.of_row(row));
                    page_of(place, root, cache)?.has(place, mac.as_ref())
                }
                Asked::OfId(kind, id, place) => {
                    let page = page_of(place, root, cache)?;
                    self.is_all_of_id(rows.of_id(*kind, id), place, page)
                }
                Asked::OfKind(kind) => {
                    let listed = rows.of_kind(*kind).iter().copied();
                    root.lists.clone().rows(*kind) == Some(&mut SetDigest::of(&self.key, listed))
                }
                Asked::Places(kind) => {
                    let mut digest = SetDigest::default();
                    for row in rows.of_kind(*kind) {
                        digest.add(self.key.of_address(&row.record_id));
                    }
                    root.lists.clone().places(*kind) == Some(&mut digest)
                }
            };
            if !proven {
                return Err(UNACCOUNTED);
            }
        }
        Ok(())
    }

    fn take_proofs(
        &self,
        rows: &Rows<'_>,
        root: &Manifest,
        cipher: &RecordCipher,
        cache: &mut ManifestCache,
    ) -> Result<()> {
        for directory in &self.directories {
            cache.take_directory(*directory, root, rows, &self.key, cipher)?;
        }
        for page in &self.pages {
            cache.take_page(*page, rows, &self.key, cipher)?;
        }
        Ok(())
    }

    fn is_all_of_id(&self, rows: &[&Row], place: &Place, page: &Page) -> bool {
        let named = |row: &&Row| {
            let (place, mac) = (Place::of(&self.key, &row.record_id), self.key.of_row(row));
            page.has(&place, Some(&mac))
        };
        rows.iter().all(named) && page.count_of_id(place) == rows.len()
    }
}

/// The page that a place is on, which was read or was in memory.
fn page_of<'c>(place: &Place, root: &Manifest, cache: &'c ManifestCache) -> Result<&'c Page> {
    let page = cache.pages.get(&place.page(root.pages));
    page.map(|page| &page.record).ok_or(MISSING)
}
