//! What a page is told of a revocation, a destruction and a shredding: in plain sentences what remains readable.

use serde::Serialize;

use crate::{
    base::{BackupId, Object, Timestamp},
    inventory::Copies,
    keys::{Impact, VersionRecord},
    vault::ManagedKey,
};

/// The sentence that every report of a destruction ends with.
const DISK: &str = "Deleted database pages may survive on this device's disk until the browser reuses them: \
    readable by whoever has the disk and a factor of the vault.";

/// What a change of a key means.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Report {
    /// Of a revocation.
    Revocation(Revocation),
    /// Of a destruction.
    Destruction(Destruction),
}

/// What a holder of the key can still read, and what ends that.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Revocation {
    objects: u64,
    readable: Vec<&'static str>,
    /// Of a version that is compromised.
    forgeable: Vec<&'static str>,
    remedies: Vec<Remedy>,
    objects_page: Vec<Object>,
}

#[derive(Serialize)]
struct Remedy {
    r#do: &'static str,
    text: &'static str,
}

/// Where what was destroyed may remain.
#[derive(Serialize)]
pub struct Destruction {
    objects: u64,
    backups: Vec<Backup>,
    remains: Vec<&'static str>,
}

#[derive(Serialize)]
struct Backup {
    at: Timestamp,
    id: BackupId,
}

impl Report {
    /// Of what was done, if that has consequences.
    #[must_use]
    pub fn of(managed: &ManagedKey) -> Option<Self> {
        let impact = managed.consequences.as_ref()?;
        Some(match &managed.revoked {
            Some(page) => Self::Revocation(Revocation {
                objects: impact.objects,
                readable: vec![
                    "Whoever has this version's key opens every header under it that was copied, and the objects with it.",
                    "Whoever opened such a header before, and kept the object's own key, reads that object's body as it is stored.",
                ],
                forgeable: forgeable(managed),
                remedies: remedies(impact.objects),
                objects_page: page.objects.iter().map(|object| object.told()).collect(),
            }),
            None => Self::Destruction(Destruction::of(impact)),
        })
    }
}

/// What ends the reading of the objects that the inventory has; nothing where it has none.
fn remedies(objects: u64) -> Vec<Remedy> {
    if objects == 0 {
        return Vec::new();
    }
    vec![
        Remedy {
            r#do: "rewrap",
            text: "Puts the headers under the primary version: ends reading for whoever has the key but no copy of an old header.",
        },
        Remedy {
            r#do: "reencrypt",
            text: "Makes a new key and a new body for each object: ends reading for everybody once the old bodies are deleted.",
        },
    ]
}

/// What a holder of the version can have written.
fn forgeable(managed: &ManagedKey) -> Vec<&'static str> {
    let Some(impact) = &managed.consequences else {
        return Vec::new();
    };
    let compromised = |version: &VersionRecord| {
        version.compromised_at().is_some() && impact.versions.contains(&version.id)
    };
    if !managed.info.key.versions.iter().any(compromised) {
        return Vec::new();
    }
    vec![
        "Others can have written objects under this version: only those that the inventory has, or that you name by their id, still count as yours.",
        "Others can have written values under it, and nothing tells those from yours: they open only where that is accepted.",
    ]
}

impl Destruction {
    fn of(impact: &Impact) -> Self {
        let mut remains = Vec::new();
        if !impact.backups.is_empty() {
            remains.push(
                "The backups listed hold the key's material: destroy them, or it can be restored.",
            );
        }
        remains.push("Versions that were exported are out of the vault's reach.");
        remains.push(DISK);
        Self {
            objects: impact.objects,
            backups: impact.backups.iter().map(Backup::of).collect(),
            remains,
        }
    }
}

impl Backup {
    fn of((at, id): &(Timestamp, BackupId)) -> Self {
        Self {
            at: *at,
            id: id.clone(),
        }
    }
}

/// Whether nothing of a shredded object remains, and otherwise where.
#[derive(Serialize)]
pub struct Shredding {
    shredded: bool,
    remaining: Vec<Remaining>,
}

#[derive(Serialize)]
struct Remaining {
    kind: &'static str,
    at: Option<Timestamp>,
    id: Option<BackupId>,
    text: &'static str,
}

impl Shredding {
    /// Of the copies that there are.
    #[must_use]
    pub fn of(copies: &Copies) -> Self {
        let mut remaining = Vec::new();
        if copies.elsewhere {
            remaining.push(Remaining {
                kind: "header",
                at: None,
                id: None,
                text: "The header, or a sidecar's, is kept outside the vault: delete it there, or destroy the key version.",
            });
        }
        for (at, id) in &copies.backups {
            remaining.push(Remaining {
                kind: "backup",
                at: Some(*at),
                id: Some(id.clone()),
                text: "A backup that was made since holds the header, or a sidecar's.",
            });
        }
        Self {
            shredded: copies.is_empty(),
            remaining,
        }
    }
}
