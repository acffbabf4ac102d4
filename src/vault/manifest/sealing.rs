//! A draft of the manifest becomes rows: its pages first, then the directories, which name them.

use crate::{
    base::{Entropy, Object, Result},
    records::{Mac, MacKey, Manifest, RecordCipher},
    store::{RecordId, Row},
};

use super::{Held, ManifestCache, ManifestDraft, directory_id, page_id};

/// What was sealed of a draft.
#[derive(Default)]
pub(crate) struct Sealed {
    pub(crate) rows: Vec<Row>,
    /// The MACs of those rows.
    pub(crate) macs: Vec<Mac>,
    /// The MACs of the rows that they take the place of.
    pub(crate) replaced: Vec<Mac>,
    pub(crate) fresh: ManifestCache,
}

/// What a draft is sealed with.
pub(crate) struct Sealer<'a> {
    /// The records that it takes the place of.
    pub(crate) old: &'a ManifestCache,
    pub(crate) key: &'a MacKey,
    pub(crate) cipher: &'a RecordCipher<'a>,
    pub(crate) entropy: &'a dyn Entropy,
}

impl Sealer<'_> {
    /// Seals one record; its revision and MAC.
    fn seal(
        &self,
        record_id: RecordId,
        record: &Object,
        before: Option<(u64, Mac)>,
        to: &mut Sealed,
    ) -> Result<(u64, Mac)> {
        let revision = before.map_or(1, |(revision, _)| revision + 1);
        let row = self
            .cipher
            .put_json(record_id, revision, record, self.entropy)?;
        let mac = self.key.of_row(&row);
        to.rows.push(row);
        to.macs.push(mac);
        to.replaced.extend(before.map(|(_, mac)| mac));
        Ok((revision, mac))
    }
}

impl ManifestDraft {
    /// How many records are still to be sealed.
    pub(crate) fn left(&self) -> u64 {
        self.pages_left() + self.directories.names().len() as u64
    }

    fn pages_left(&self) -> u64 {
        (self.pages.names().len() - self.sealed) as u64
    }

    /// Seals at most so many of the next pages, or all directories once there are none: what the head says of the
    /// manifest then.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub(crate) fn seal_part(
        &mut self,
        pages: usize,
        with: &Sealer<'_>,
        to: &mut Sealed,
    ) -> Result<Option<Manifest>> {
        if self.pages_left() == 0 {
            return self.seal_directories(with, to).map(Some);
        }
        for (number, record) in self.pages.iter().skip(self.sealed).take(pages) {
            let before = with.old.pages.get(number).map(Held::stamp);
            let (revision, mac) = with.seal(page_id(*number), &record.to_json(), before, to)?;
            let directory = self.directories.of(&Manifest::directory_of(*number));
            directory.name(*number, &mac);
            *to.fresh.pages.of(number) = Held {
                record: record.clone(),
                revision,
                mac,
            };
            self.sealed += 1;
        }
        Ok(None)
    }

    fn seal_directories(&mut self, with: &Sealer<'_>, to: &mut Sealed) -> Result<Manifest> {
        for (number, record) in core::mem::take(&mut self.directories) {
            let before = with.old.directories.get(&number).map(Held::stamp);
            let (id, json) = (directory_id(number), record.to_json());
            let (revision, mac) = with.seal(id, &json, before, to)?;
            self.root.name(number, &mac);
            *to.fresh.directories.of(&number) = Held {
                record,
                revision,
                mac,
            };
        }
        Ok(self.root.clone())
    }

    /// Seals all of it: what the head says of it then.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub(crate) fn seal(mut self, with: &Sealer<'_>) -> Result<(Manifest, Sealed)> {
        let mut sealed = Sealed::default();
        loop {
            if let Some(root) = self.seal_part(usize::MAX, with, &mut sealed)? {
                return Ok((root, sealed));
            }
        }
    }
}
