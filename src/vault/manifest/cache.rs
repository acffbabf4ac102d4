//! The pages and directories that are in memory, opened. They hold hashes, and no secrets.

use crate::{
    base::{Map, Result},
    records::{Directory, Mac, MacKey, Manifest, Page, RecordCipher},
    store::{RecordType, Row},
};

use super::{UNACCOUNTED, directory_id, page_id, rows::Rows};

/// More pages than this are dropped before the next operation: 1.3 MB.
const ROOM: usize = 512;

/// A record of the manifest that was proven.
#[derive(Default)]
pub(crate) struct Held<T> {
    pub(crate) record: T,
    /// Of its row.
    pub(crate) revision: u64,
    /// Of its row.
    pub(crate) mac: Mac,
}

impl<T> Held<T> {
    /// Its row's revision and MAC.
    pub(crate) fn stamp(&self) -> (u64, Mac) {
        (self.revision, self.mac)
    }
}

/// By their numbers.
#[derive(Default)]
pub(crate) struct ManifestCache {
    pub(crate) pages: Map<Held<Page>, u64>,
    pub(crate) directories: Map<Held<Directory>, u64>,
}

impl ManifestCache {
    /// Takes in a directory that was read, held against the head.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity).
    pub(crate) fn take_directory(
        &mut self,
        number: u64,
        root: &Manifest,
        rows: &Rows<'_>,
        key: &MacKey,
        cipher: &RecordCipher,
    ) -> Result<()> {
        let row = rows.find(&directory_id(number)).ok_or(UNACCOUNTED)?;
        let mac = key.of_row(row);
        if !root.names(number, &mac) {
            return Err(UNACCOUNTED);
        }
        let record = Directory::read(cipher.decrypt_json(row)?)?;
        *self.directories.of(&number) = Held {
            record,
            revision: row.revision,
            mac,
        };
        Ok(())
    }

    /// Takes in a page that was read, held against its directory.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity).
    pub(crate) fn take_page(
        &mut self,
        number: u64,
        rows: &Rows<'_>,
        key: &MacKey,
        cipher: &RecordCipher,
    ) -> Result<()> {
        let row = rows.find(&page_id(number)).ok_or(UNACCOUNTED)?;
        let mac = key.of_row(row);
        let directory = self.directories.get(&Manifest::directory_of(number));
        if directory.is_none_or(|held| !held.record.names(number, &mac)) {
            return Err(UNACCOUNTED);
        }
        let record = Page::read(cipher.decrypt_json(row)?)?;
        *self.pages.of(&number) = Held {
            record,
            revision: row.revision,
            mac,
        };
        Ok(())
    }

    /// Of rows that all will be written again: only what they are.
    pub(crate) fn of_rows(rows: &[Row], key: &MacKey) -> Self {
        let mut cache = Self::default();
        for row in rows {
            // Numbers that were held against the head.
            let number = row.record_id.id.parse().unwrap_or_default();
            let (revision, mac) = (row.revision, key.of_row(row));
            match row.record_id.kind {
                RecordType::Page => {
                    *cache.pages.of(&number) = Held {
                        revision,
                        mac,
                        ..Held::default()
                    }
                }
                RecordType::Directory => {
                    *cache.directories.of(&number) = Held {
                        revision,
                        mac,
                        ..Held::default()
                    }
                }
                _ => {}
            }
        }
        cache
    }

    /// Takes in what was committed.
    pub(crate) fn apply(&mut self, fresh: Self) {
        for (number, page) in fresh.pages {
            *self.pages.of(&number) = page;
        }
        for (number, directory) in fresh.directories {
            *self.directories.of(&number) = directory;
        }
    }

    /// Makes room before an operation begins.
    pub(crate) fn tidy(&mut self) {
        if self.pages.names().len() > ROOM {
            self.pages = Map::default();
        }
    }
}
