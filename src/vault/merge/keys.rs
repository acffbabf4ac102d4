//! The keys of both: which versions there are, and what becomes of them.

use crate::{
    base::{Error, KeyId, Kid, Result, VersionId, VersionState, sort_by},
    jose::Jwk,
    keys::{Alias, KeyCopy, KeyListing, KeyRecord, OrganisationPolicy, Provenance, VersionRecord},
    records::RecordCipher,
    store::{RecordId, RecordType, Row},
};

use super::super::{transaction::Transaction, watch::Watch};
use super::{
    ChangedVersion, MergeReport, MergedVersion, PART, Skipped, SkippedRecord, Source, aliases,
};

/// All keys of the vault, as they are to be.
#[derive(Default)]
pub(super) struct MergedKeys {
    /// Those that were here, by their ids.
    own: Vec<MergedKey>,
    /// Those that come, by their ids.
    fresh: Vec<MergedKey>,
    materials: Vec<(RecordId, Jwk)>,
    erased: Vec<RecordId>,
}

/// A key as it is to be.
pub(super) struct MergedKey {
    /// What was here.
    before: Option<KeyRecord>,
    revision: u64,
    /// What it was called here, or is called in the backup.
    pub(super) called: Alias,
    pub(super) key: Box<KeyRecord>,
    /// Whether one of the copies had nothing of it left: its alias was free there.
    pub(super) comes_back: bool,
}

/// What a merge of keys works on.
pub(super) struct Merging<'a, 'tx> {
    pub(super) tx: &'a Transaction<'tx>,
    pub(super) source: &'a Source,
    pub(super) cause: Provenance<'a>,
    pub(super) report: &'a mut MergeReport,
}

/// Which key each version is of; of several, one of the vault's own comes first.
struct Owners(Vec<(VersionId, bool, KeyId)>);

impl MergedKey {
    fn new(key: Box<KeyRecord>, revision: u64, before: Option<KeyRecord>) -> Self {
        Self {
            called: key.alias.clone(),
            before,
            revision,
            key,
            comes_back: false,
        }
    }

    /// Whether the vault had it.
    pub(super) fn is_own(&self) -> bool {
        self.before.is_some()
    }
}

impl Owners {
    fn of(own: &[MergedKey], theirs: &[(Box<KeyRecord>, u64)]) -> Self {
        let own = own.iter().map(|own| (false, &*own.key));
        let theirs = theirs.iter().map(|(key, _)| (true, &**key));
        let mut owners = Vec::new();
        for (comes, key) in own.chain(theirs) {
            for version in &key.versions {
                owners.push((version.id.clone(), comes, key.id.clone()));
            }
        }
        sort_by(&mut owners, Ord::cmp);
        Self(owners)
    }

    /// Whether a version of another key has the id of one of these.
    fn clash(&self, key: &KeyRecord) -> bool {
        let mut versions = key.versions.iter();
        versions.any(|version| {
            let at = self.0.partition_point(|(id, ..)| *id < version.id);
            self.0.get(at).is_some_and(|(.., owner)| *owner != key.id)
        })
    }
}

impl MergedKeys {
    /// Unites the keys of a backup with the vault's own.
    pub(super) fn of(rows: &[Row], watch: Watch<'_>, mut merging: Merging<'_, '_>) -> Result<Self> {
        let mut merged = Self::default();
        let cipher = merging.source.keyring().cipher();
        for row in of(rows, RecordType::Key) {
            let key = read_key(&merging.tx.keyring()?.cipher(), row)?;
            let before = Some(key.as_ref().clone());
            merged.own.push(MergedKey::new(key, row.revision, before));
        }
        sort_by(&mut merged.own, |a, b| a.key.id.cmp(&b.key.id));
        let (mut theirs, total) = (Vec::new(), merging.source.rows().len() as u64);
        for row in merging.source.rows_of(RecordType::Key) {
            theirs.push((read_key(&cipher, row)?, row.revision));
        }
        let owners = Owners::of(&merged.own, &theirs);
        for (at, (key, revision)) in theirs.into_iter().enumerate() {
            if at % PART == 0 {
                watch(at as u64, total)?;
            }
            if owners.clash(&key) {
                merging.skip_key(&key, Skipped::CONFLICT);
            } else {
                merged.take(key, revision, &mut merging)?;
            }
        }
        aliases::settle(&mut merged, merging.report)?;
        Ok(merged)
    }

    /// A key as it is to be.
    pub(super) fn key(&self, id: &KeyId) -> Option<&KeyRecord> {
        let found = find(&self.own, id).or_else(|| find(&self.fresh, id));
        found.map(|found| &*found.key)
    }

    /// All of them.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut MergedKey> {
        self.own.iter_mut().chain(&mut self.fresh)
    }

    /// Has what comes be rotated as often as an organisation says. A period that was here before stays, as it does when the policy is taken.
    pub(super) fn shorten(&mut self, policy: &OrganisationPolicy) {
        for MergedKey { before, key, .. } in self.iter_mut() {
            let every = key.rotate_every.as_ref();
            if before
                .as_ref()
                .is_some_and(|before| before.rotate_every.as_ref() == every)
            {
                continue;
            }
            if let Some(most) = policy.shortened(key.purpose, every) {
                key.rotate_every = Some(most.clone());
                key.count_description();
            }
        }
    }

    fn take(
        &mut self,
        mut theirs: Box<KeyRecord>,
        revision: u64,
        merging: &mut Merging<'_, '_>,
    ) -> Result<()> {
        let at = self.own.partition_point(|own| own.key.id < theirs.id);
        let own = self.own.get_mut(at).filter(|own| own.key.id == theirs.id);
        let ours = own.as_ref().map(|own| &*own.key);
        if let Some(ours) = ours {
            if !ours.is_of(&theirs) || !merging.has_same_material(ours, &theirs)? {
                merging.skip_key(&theirs, Skipped::CONFLICT);
                return Ok(());
            }
            merging.count_tombstones(ours, &theirs);
        }
        let Some(materials) = merging.materials_of(ours, &mut theirs)? else {
            return Ok(());
        };
        let (proven, cause) = (merging.report.proven, merging.cause);
        let comes_back = ours.is_some_and(|ours| ours.is_destroyed() != theirs.is_destroyed());
        if comes_back && !proven {
            merging.skip_key(&theirs, Skipped::UNPROVEN);
            return Ok(());
        }
        let merged = match own.as_ref() {
            Some(own) if proven => {
                let ours = KeyCopy {
                    key: &own.key,
                    revision: own.revision,
                };
                let theirs = KeyCopy {
                    key: &theirs,
                    revision,
                };
                KeyRecord::merged(&ours, &theirs).map(Some)
            }
            Some(own) => own.key.with_missing(&theirs, cause),
            None if proven => Ok(Some(*theirs.clone())),
            None => Ok(Some(theirs.adopted(cause))),
        };
        let merged = match merged {
            Err(Error::TooLarge(_)) => {
                merging.skip_key(&theirs, Skipped::TOO_MANY);
                return Ok(());
            }
            merged => merged?,
        };
        let Some(mut merged) = merged else {
            return Ok(());
        };
        self.erased.extend(merging.tell(ours, &mut merged));
        for (version, jwk) in materials {
            let record_id = RecordId::of_version(&merged.id, &version);
            self.materials.push((record_id, jwk));
        }
        match own {
            Some(own) => {
                *own.key = merged;
                own.comes_back = comes_back;
            }
            None => self.fresh.push(MergedKey {
                called: theirs.alias,
                ..MergedKey::new(Box::new(merged), revision, None)
            }),
        }
        Ok(())
    }
}

impl Merging<'_, '_> {
    fn skip_key(&mut self, key: &KeyRecord, reason: &'static str) {
        let id = key.id.as_str();
        self.report.skip(SkippedRecord::Key, id, reason);
    }

    /// Whether the versions that both have are the same. Of a backup that proves nothing none of them is taken.
    fn has_same_material(&self, ours: &KeyRecord, theirs: &KeyRecord) -> Result<bool> {
        if !self.report.proven {
            return Ok(true);
        }
        for version in &theirs.versions {
            let Ok(own) = ours.version(&version.id) else {
                continue;
            };
            let record_id = RecordId::of_version(&ours.id, &version.id);
            let rows = (self.tx.known_row(&record_id)?, self.source.row(&record_id));
            let (Some(row), Some(copy)) = rows else {
                continue;
            };
            if row.bytes == copy.bytes && own.public == version.public {
                continue;
            }
            let (jwk, copy) = (
                self.tx.open_key(&row)?,
                self.source.keyring().cipher().decrypt_key(copy)?,
            );
            if jwk.thumbprint() != copy.thumbprint() || own.public != version.public {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What is destroyed here stays so.
    fn count_tombstones(&mut self, ours: &KeyRecord, theirs: &KeyRecord) {
        let destroyed = |version: &&VersionRecord| version.state == VersionState::Destroyed;
        for version in ours.versions.iter().filter(destroyed) {
            let lives = theirs
                .version(&version.id)
                .is_ok_and(|copy| !destroyed(&copy));
            self.report.tombstones += u64::from(lives);
        }
    }

    /// The material of the versions that are not here; nothing where the key is to be left. Versions that the backup has no
    /// material of are taken out of its copy of the key.
    fn materials_of(
        &mut self,
        ours: Option<&KeyRecord>,
        theirs: &mut KeyRecord,
    ) -> Result<Option<Vec<(VersionId, Jwk)>>> {
        let cipher = self.source.keyring().cipher();
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for version in &mut theirs.versions {
            let here = ours.is_some_and(|ours| ours.version(&version.id).is_ok());
            if here || version.state == VersionState::Destroyed {
                continue;
            }
            let record_id = RecordId::of_version(&theirs.id, &version.id);
            let Some(row) = self.source.row(&record_id) else {
                missing.push(version.id.clone());
                continue;
            };
            let kid = Kid::of_version(&theirs.id, &version.id);
            let jwk = cipher.decrypt_key(row)?;
            if jwk.kid() != kid {
                return Err(Error::Integrity("a version in another one's place"));
            }
            let jwk = theirs.purpose.describe(&jwk, &kid)?;
            version.public = jwk.public_object();
            found.push((version.id.clone(), jwk));
        }
        for id in &missing {
            let reason = Skipped::NO_MATERIAL;
            self.report
                .skip(SkippedRecord::Version, id.as_str(), reason);
        }
        if missing.contains(&theirs.primary) {
            let known = ours.filter(|ours| theirs.version(&ours.primary).is_ok());
            let Some(known) = known else {
                self.skip_key(theirs, Skipped::NO_MATERIAL);
                return Ok(None);
            };
            theirs.primary = known.primary.clone();
        }
        let stays = |version: &VersionRecord| !missing.contains(&version.id);
        theirs.versions.retain(stays);
        Ok(Some(found))
    }

    /// Reports what becomes of a key's versions; the records of those that are destroyed by it.
    fn tell(&mut self, ours: Option<&KeyRecord>, merged: &mut KeyRecord) -> Vec<RecordId> {
        let (key, mut erased) = (merged.id.clone(), Vec::new());
        if ours.is_none() {
            self.report.keys.push(key.clone());
        }
        for version in &mut merged.versions {
            let known = ours.and_then(|ours| ours.version(&version.id).ok());
            let Some(known) = known else {
                // A backup that was made since holds it.
                version.since = version.since.min(self.cause.head);
                self.report.versions.push(MergedVersion {
                    key: key.clone(),
                    version: version.id.clone(),
                    state: version.state,
                });
                continue;
            };
            if known.state == version.state {
                continue;
            }
            if version.state == VersionState::Destroyed {
                erased.push(RecordId::of_version(&key, &version.id));
            }
            self.report.changed.push(ChangedVersion {
                key: key.clone(),
                version: version.id.clone(),
                from: known.state,
                to: version.state,
            });
        }
        erased
    }
}

impl Transaction<'_> {
    /// Writes what is another than it was.
    pub(super) fn write_keys(&mut self, merged: MergedKeys) {
        for MergedKey { before, key, .. } in merged.own.iter().chain(&merged.fresh) {
            match before {
                Some(before) if *before == **key => {}
                Some(before) => self.put_key(key, &KeyListing::of(before)),
                None => self.insert_key(key),
            }
        }
        for (record_id, jwk) in merged.materials {
            self.put(record_id, jwk);
        }
        for record_id in merged.erased {
            self.delete(record_id);
        }
    }
}

pub(super) fn of(rows: &[Row], kind: RecordType) -> impl Iterator<Item = &Row> {
    rows.iter().filter(move |row| row.record_id.kind == kind)
}

fn find<'a>(keys: &'a [MergedKey], id: &KeyId) -> Option<&'a MergedKey> {
    let at = keys.partition_point(|known| known.key.id < *id);
    keys.get(at).filter(|known| known.key.id == *id)
}

fn read_key(cipher: &RecordCipher<'_>, row: &Row) -> Result<Box<KeyRecord>> {
    let key = KeyRecord::read(cipher.decrypt_json(row)?)?;
    if key.record_id() == row.record_id {
        Ok(key)
    } else {
        Err(Error::Integrity("a key in another one's place"))
    }
}
