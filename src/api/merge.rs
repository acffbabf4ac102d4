//! What a page is told of a merge.

use serde::Serialize;

use crate::{
    base::{KeyId, VersionId, VersionState},
    keys::Alias,
    vault,
};

/// What a merge did, and what it left.
#[derive(Serialize)]
pub struct MergeReport {
    proven: bool,
    generation: u64,
    keys: Vec<KeyId>,
    versions: Vec<MergedVersion>,
    changed: Vec<ChangedVersion>,
    renamed: Vec<RenamedKey>,
    tombstones: u64,
    objects: u64,
    removed: u64,
    policy: bool,
    organisation: bool,
    skipped: Vec<Skipped>,
}

#[derive(Serialize)]
struct MergedVersion {
    key: KeyId,
    version: VersionId,
    state: VersionState,
}

#[derive(Serialize)]
struct ChangedVersion {
    key: KeyId,
    version: VersionId,
    from: VersionState,
    to: VersionState,
}

#[derive(Serialize)]
struct RenamedKey {
    key: KeyId,
    from: Alias,
    to: Alias,
}

#[derive(Serialize)]
struct Skipped {
    record: &'static str,
    id: String,
    reason: &'static str,
}

impl From<vault::MergeReport> for MergeReport {
    fn from(report: vault::MergeReport) -> Self {
        let added = |one: vault::MergedVersion| MergedVersion {
            key: one.key,
            version: one.version,
            state: one.state,
        };
        let changed = |one: vault::ChangedVersion| ChangedVersion {
            key: one.key,
            version: one.version,
            from: one.from,
            to: one.to,
        };
        let renamed = |one: vault::RenamedKey| RenamedKey {
            key: one.key,
            from: one.from,
            to: one.to,
        };
        let skipped = |one: vault::Skipped| Skipped {
            record: one.record.as_str(),
            id: one.id,
            reason: one.reason,
        };
        Self {
            proven: report.proven,
            generation: report.generation,
            keys: report.keys,
            versions: report.versions.into_iter().map(added).collect(),
            changed: report.changed.into_iter().map(changed).collect(),
            renamed: report.renamed.into_iter().map(renamed).collect(),
            tombstones: report.tombstones,
            objects: report.objects,
            removed: report.removed,
            policy: report.policy,
            organisation: report.organisation,
            skipped: report.skipped.into_iter().map(skipped).collect(),
        }
    }
}
