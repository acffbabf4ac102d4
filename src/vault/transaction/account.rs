//! The head that accounts for what is written, and the pages of the manifest that do.

use crate::{
    base::Result,
    records::{Head, Mac, MacKey, SetDigest},
    store::{Range, RecordId, RecordType, Row},
    vault::{
        keyring::Keyring,
        manifest::{ManifestCache, ManifestDraft, Sealer, has_place},
    },
};

use super::Transaction;

/// The rows that go and those that come, each with its MAC.
struct Exchange<'a> {
    key: MacKey,
    gone: Vec<(&'a RecordId, Mac)>,
    new: Vec<(&'a RecordId, Mac)>,
}

impl<'a> Exchange<'a> {
    fn new(key: MacKey, gone: &'a [Row], new: &'a [Row]) -> Self {
        let mac = |row: &'a Row| (&row.record_id, key.of_row(row));
        let (gone, new) = (
            gone.iter().map(mac).collect(),
            new.iter().map(mac).collect(),
        );
        Self { key, gone, new }
    }

    /// Refuses sidecars that are new where there are enough.
    fn fits(&self, draft: &ManifestDraft) -> Result<()> {
        let sidecars = self.new.iter().map(|(record_id, _)| *record_id);
        let sidecars = sidecars.filter(|record_id| record_id.kind == RecordType::Sidecar);
        for record_id in sidecars {
            if self.gone.iter().all(|(gone, _)| *gone != record_id) {
                draft.fits(record_id, &self.key)?;
            }
        }
        Ok(())
    }

    /// Whether nothing is written but use counts, keys of the audit log, and what a copy of the vault has no use of.
    fn is_quiet(&self) -> bool {
        let mut written = self.gone.iter().chain(&self.new);
        written.all(|(record_id, _)| {
            matches!(
                record_id.kind,
                RecordType::Usage | RecordType::AuditKey | RecordType::Witness
            )
        })
    }

    /// Takes it into a digest of rows of some types.
    fn apply(&self, digest: &mut SetDigest, counts: impl Fn(&RecordId) -> bool) {
        for (record_id, mac) in &self.gone {
            if counts(record_id) {
                digest.remove(*mac);
            }
        }
        for (record_id, mac) in &self.new {
            if counts(record_id) {
                digest.add(*mac);
            }
        }
    }
}

impl Transaction<'_> {
    /// The head that accounts for what is written: one subtraction for each row that goes, one addition for each
    /// that comes. The rows of the manifest are put to those that come. `written` is how many that are without them, at
    /// the most.
    pub(super) fn next_head(
        &self,
        gone: &[Row],
        puts: &mut Vec<Row>,
        written: u64,
    ) -> Result<((u64, Head), ManifestCache)> {
        let keyring = self.keyring()?;
        let (revision, head) = &keyring.head;
        let exchange = Exchange::new(keyring.mac()?, gone, puts);
        let mut digest = head.digest;
        exchange.apply(&mut digest, |_| true);
        let core = head
            .core
            .unwrap_or_else(|| keyring.core_digest(&exchange.key));
        let mut core = core;
        exchange.apply(&mut core, |record_id| {
            Keyring::CORE.contains(&record_id.kind)
        });
        let records = self.missing_records().or(head.records);
        let mut records = records.map(|records| records + puts.len() as u64 - gone.len() as u64);

        let quiet = exchange
            .is_quiet()
            .then(|| head.quiet.unwrap_or_default() + 1);

        let (mut manifest, mut fresh) = (None, ManifestCache::default());
        if let Some(draft) = self.manifest_draft(&exchange, written)? {
            let open = self.open()?;
            let (root, sealed) = draft.seal(&Sealer {
                old: open.manifest(),
                key: &exchange.key,
                cipher: &keyring.cipher(),
                entropy: self.rng,
            })?;
            for mac in &sealed.replaced {
                digest.remove(*mac);
            }
            for mac in &sealed.macs {
                digest.add(*mac);
            }
            let more = sealed.rows.len() - sealed.replaced.len();
            records = records.map(|records| records + more as u64);
            puts.extend(sealed.rows);
            (manifest, fresh) = (Some(root), sealed.fresh);
        }
        let head = Head {
            generation: head.generation,
            digest,
            records,
            core: Some(core),
            manifest,
            device: Some(self.device()?.clone()),
            log: self.log_head()?,
            quiet: quiet.or(head.quiet),
        };
        Ok(((revision + 1, head), fresh))
    }

    /// The manifest as it will be, where the vault has one then.
    fn manifest_draft(&self, exchange: &Exchange, written: u64) -> Result<Option<ManifestDraft>> {
        if self.gets_manifest(written)? {
            return self.first_manifest(exchange, written).map(Some);
        }
        let open = self.open()?;
        let Some(root) = open.keyring.manifest() else {
            return Ok(None);
        };
        let (cache, mut draft) = (open.manifest(), ManifestDraft::of(root));
        let pages = self.pages_after(written)?;
        let drafted = (|| {
            for (record_id, mac) in &exchange.gone {
                draft.remove(record_id, mac, &exchange.key, cache)?;
            }
            for (record_id, mac) in &exchange.new {
                draft.add(record_id, mac, &exchange.key, cache)?;
            }
            exchange.fits(&draft)?;
            draft.grow(pages, cache)
        })();
        self.unless_moved(drafted)?;
        Ok(Some(draft))
    }

    /// The first manifest of a vault, which is in memory whole.
    fn first_manifest(&self, exchange: &Exchange, written: u64) -> Result<ManifestDraft> {
        let open = self.open()?;
        let all = open.known_range(&Range::all());
        let all = all.ok_or_else(|| self.moved())?;
        let mut draft = ManifestDraft::empty(self.pages_after(written)?);
        let (key, none) = (&exchange.key, ManifestCache::default());
        let drafted = (|| {
            for row in all.iter().filter(|row| has_place(row.record_id.kind)) {
                draft.add(&row.record_id, &key.of_row(row), key, &none)?;
            }
            for (record_id, mac) in &exchange.gone {
                draft.remove(record_id, mac, key, &none)?;
            }
            for (record_id, mac) in &exchange.new {
                draft.add(record_id, mac, key, &none)?;
            }
            exchange.fits(&draft)
        })();
        self.unless_moved(drafted)?;
        Ok(draft)
    }
}
