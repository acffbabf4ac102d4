//! The objects of both, how often keys were used, and which backups there are.

use crate::{
    base::{BackupId, Error, Object, Result, sort_by},
    inventory::TrackedObject,
    keys::Usage,
    records::RecordCipher,
    store::{RecordId, RecordType, Row},
};

use super::super::{backup::Note, transaction::Transaction};
use super::{MergeReport, Skipped, SkippedRecord, Source, keys::MergedKeys};

impl Transaction<'_> {
    /// Unites the inventory of a backup under the same vault key with ours. Absence tells nothing: an object that was taken
    /// out of one of them comes back from the other.
    pub(super) fn merge_objects(
        &mut self,
        source: &Source,
        rows: &[Row],
        keys: &MergedKeys,
        report: &mut MergeReport,
    ) -> Result<()> {
        let mut own: Vec<&Row> = of_objects(rows).collect();
        sort_by(&mut own, |a, b| a.record_id.id.cmp(&b.record_id.id));
        for row in source.rows_of(RecordType::Object) {
            let theirs = tracked(&source.keyring().cipher(), row)?;
            let number = |object: &TrackedObject| {
                let key = keys.key(&object.key);
                let version = key.and_then(|key| key.version(&object.version).ok());
                version.map(|version| version.number)
            };
            let Some(their_number) = number(&theirs) else {
                let id = theirs.id.as_str();
                report.skip(SkippedRecord::Object, id, Skipped::CONFLICT);
                continue;
            };
            let at = own.binary_search_by(|own| own.record_id.id.cmp(&row.record_id.id));
            let merged = match at.ok().map(|at| own[at]) {
                None => TrackedObject {
                    since: theirs.since.min(self.keyring()?.next_head()),
                    ..theirs
                },
                Some(stored) => {
                    let ours = tracked(&self.keyring()?.cipher(), stored)?;
                    let merged = TrackedObject::later(
                        (&ours, number(&ours).unwrap_or_default(), stored.revision),
                        (&theirs, their_number, row.revision),
                    );
                    if merged == ours {
                        continue;
                    }
                    if merged.record_id() != stored.record_id {
                        self.delete(stored.record_id.clone());
                    }
                    merged
                }
            };
            self.put(merged.record_id(), merged.to_json());
            if let Some(sidecar_id) = merged.sidecar_id() {
                self.put(sidecar_id, Object::new());
            }
            report.objects += 1;
        }
        Ok(())
    }

    /// Use counts, and the backups that are known of.
    pub(super) fn merge_counts(&mut self, source: &Source) -> Result<()> {
        let cipher = source.keyring().cipher();
        for row in source.rows_of(RecordType::Usage) {
            let theirs = Usage::read(cipher.decrypt_json(row)?)?;
            let ours = match self.known_row(&row.record_id)? {
                Some(own) => Usage::read(self.open_json(&own)?)?,
                None => Usage::default(),
            };
            let mut merged = ours.clone();
            merged.merge(&theirs);
            if merged != ours {
                self.put(row.record_id.clone(), Object::encode(&merged));
            }
        }
        for row in source.rows_of(RecordType::Backup) {
            if !self.knows_row(&row.record_id)? {
                let note = Note::read(cipher.decrypt_json(row)?)?;
                self.put(row.record_id.clone(), Object::encode(&note));
            }
        }
        Ok(())
    }

    /// Remembers a backup that holds what came out of it: a destruction does not reach that.
    pub(super) fn note_backup(&mut self, source: &Source) -> Result<()> {
        let note = Note {
            created: source.backup().created(),
            head: self.keyring()?.next_head(),
        };
        let id = BackupId::generate(self.rng())?;
        let record_id = RecordId::new(RecordType::Backup, id.as_str());
        self.insert(record_id, Object::encode(&note));
        Ok(())
    }
}

fn of_objects(rows: &[Row]) -> impl Iterator<Item = &Row> {
    let object = |row: &&Row| row.record_id.kind == RecordType::Object;
    rows.iter().filter(object)
}

fn tracked(cipher: &RecordCipher<'_>, row: &Row) -> Result<TrackedObject> {
    let object = TrackedObject::read(cipher.decrypt_json(row)?)?;
    if object.record_id() == row.record_id {
        Ok(*object)
    } else {
        Err(Error::Integrity("an object in another one's place"))
    }
}
