//! The objects of both, those that left either, how often keys were used, and which backups there are.

use std::collections::BTreeSet;

use crate::{
    base::{BackupId, Error, Object, Result, sort_by},
    inventory::{Tombstones, TrackedObject},
    keys::UsageRecord,
    records::RecordCipher,
    store::{RecordId, RecordType, Row},
};

use super::super::{backup::Note, transaction::Transaction};
use super::{
    MergeReport, Skipped, SkippedRecord, Source,
    keys::{MergedKeys, of},
};

/// Which objects of both copies are in the inventory afterwards.
struct Living<'a> {
    tombstones: &'a Tombstones,
    ids: BTreeSet<String>,
}

impl<'a> Living<'a> {
    fn of<'o>(
        tombstones: &'a Tombstones,
        objects: impl Iterator<Item = &'o TrackedObject>,
    ) -> Self {
        let objects = objects.filter(|object| !tombstones.take_away(object));
        let ids = objects.map(|object| object.id.to_string()).collect();
        Self { tombstones, ids }
    }

    /// Whether an object stays: a tombstone takes it away, and a sidecar goes with an object whose header was destroyed.
    fn has(&self, object: &TrackedObject) -> bool {
        let orphaned = object.sidecar.as_ref().is_some_and(|sidecar| {
            let parent = sidecar.parent().as_str();
            self.tombstones.has_shredded(parent) && !self.ids.contains(parent)
        });
        !orphaned && !self.tombstones.take_away(object)
    }
}

impl Transaction<'_> {
    /// Unites the inventory of a backup under the same vault key with ours. Absence tells nothing, a tombstone does: what
    /// was taken out of one of them stays out, or leaves, unless it was entered anew since.
    pub(super) fn merge_objects(
        &mut self,
        source: &Source,
        rows: &[Row],
        keys: &MergedKeys,
        report: &mut MergeReport,
    ) -> Result<()> {
        let tombstones = self.merge_tombstones(source, rows)?;
        let (mut all_theirs, mut own) = (Vec::new(), Vec::new());
        for row in source.rows_of(RecordType::Object) {
            all_theirs.push(tracked(&source.keyring().cipher(), row)?);
        }
        for row in of(rows, RecordType::Object) {
            own.push(tracked(&self.keyring()?.cipher(), row)?);
        }
        let living = Living::of(&tombstones, own.iter().chain(&all_theirs));
        let (mut own, mut buried): (Vec<_>, Vec<_>) =
            own.into_iter().partition(|ours| living.has(ours));
        sort_by(&mut own, |a, b| a.id.cmp(&b.id));
        for theirs in all_theirs.iter() {
            if !living.has(theirs) {
                report.tombstones += 1;
                continue;
            }
            let number = |object: &TrackedObject| {
                let key = keys.key(&object.key);
                let version = key.and_then(|key| key.version(&object.version).ok());
                version.map(|version| version.number)
            };
            let Some(their_number) = number(theirs) else {
                let id = theirs.id.as_str();
                report.skip(SkippedRecord::Object, id, Skipped::CONFLICT);
                continue;
            };
            let at = own.binary_search_by(|own| own.id.cmp(&theirs.id));
            let merged = match at.ok().map(|at| &own[at]) {
                None => TrackedObject {
                    since: theirs.since.min(self.keyring()?.next_head()),
                    ..theirs.clone()
                },
                Some(ours) => {
                    let our_number = number(ours).unwrap_or_default();
                    let merged = TrackedObject::later((ours, our_number), (theirs, their_number));
                    if merged == *ours {
                        continue;
                    }
                    if merged.record_id() != ours.record_id() {
                        self.delete(ours.record_id());
                    }
                    merged
                }
            };
            // It was entered anew in the other copy: what is pending of it here is of the same object.
            if let Some(at) = buried.iter().position(|ours| ours.id == merged.id) {
                self.delete(buried.swap_remove(at).record_id());
            }
            self.put(merged.record_id(), merged.to_json());
            if let Some(sidecar_id) = merged.sidecar_id() {
                self.put(sidecar_id, Object::new());
            }
            report.objects += 1;
        }
        for ours in &buried {
            self.delete_object(ours)?;
            report.removed += 1;
        }
        // What is pending of objects that were taken out before they were entered here.
        for row in of(rows, RecordType::Upload) {
            let id = row.record_id.id.as_str();
            if tombstones.find(id).is_some() && !living.ids.contains(id) {
                self.delete(row.record_id.clone());
            }
        }
        Ok(())
    }

    /// Unites the tombstones of both: those of all shards, as they are afterwards.
    fn merge_tombstones(&mut self, source: &Source, rows: &[Row]) -> Result<Tombstones> {
        let (mut all, mut fresh) = (Vec::new(), Vec::new());
        for row in of(rows, RecordType::Tombstone) {
            all.extend(Tombstones::read(Some(row), &self.keyring()?.cipher())?);
        }
        for row in source.rows_of(RecordType::Tombstone) {
            fresh.extend(Tombstones::read(Some(row), &source.keyring().cipher())?);
        }
        all.extend(fresh.iter().cloned());
        let mac = self.keyring()?.mac()?;
        for (shard, tombstones) in Tombstones::by_shard(fresh, &mac) {
            self.bury(&RecordId::new(RecordType::Tombstone, shard), tombstones)?;
        }
        Ok(all.into_iter().collect())
    }

    /// Use counts, and the backups that are known of.
    pub(super) fn merge_counts(&mut self, source: &Source) -> Result<()> {
        let cipher = source.keyring().cipher();
        for row in source.rows_of(RecordType::Usage) {
            let theirs = UsageRecord::read(cipher.decrypt_json(row)?)?;
            let ours = match self.known_row(&row.record_id)? {
                Some(own) => UsageRecord::read(self.open_json(&own)?)?,
                None => UsageRecord::default(),
            };
            let mut merged = ours.clone();
            merged.merge(&theirs);
            if merged != ours {
                self.put(row.record_id.clone(), Object::encode(&merged));
            }
        }
        for row in source.rows_of(RecordType::Backup) {
            if !self.knows_row(&row.record_id)? {
                let note = self.note_elsewhere(Note::read(cipher.decrypt_json(row)?)?);
                self.put(row.record_id.clone(), Object::encode(&note));
            }
        }
        Ok(())
    }

    /// What is said of a backup that another copy of the vault gave out. None was made in the future.
    fn note_elsewhere(&self, note: Note) -> Note {
        Note {
            created: note.created.min(self.now()),
            elsewhere: true,
            quiet: None,
            ..note
        }
    }

    /// Remembers a backup that holds what came out of it: a destruction does not reach that.
    pub(super) fn note_backup(&mut self, source: &Source) -> Result<()> {
        let note = self.note_elsewhere(Note {
            created: source.backup().created(),
            head: self.keyring()?.next_head(),
            elsewhere: true,
            quiet: None,
        });
        let id = BackupId::generate(self.rng())?;
        let record_id = RecordId::new(RecordType::Backup, id.as_str());
        self.insert(record_id, Object::encode(&note));
        Ok(())
    }
}

fn tracked(cipher: &RecordCipher<'_>, row: &Row) -> Result<TrackedObject> {
    let object = TrackedObject::read(cipher.decrypt_json(row)?)?;
    if object.record_id() == row.record_id {
        Ok(*object)
    } else {
        Err(Error::Integrity("an object in another one's place"))
    }
}
