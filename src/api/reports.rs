//! What a page is told of a revocation, a destruction and a shredding: in plain sentences, each with a code and what it is
//! made of, for a page that says it in another language.

use serde::Serialize;

use crate::{
    base::{BackupId, Object, Timestamp},
    inventory::Copies,
    keys::{Impact, VersionRecord},
    vault::{self, ExpectedVault, ManagedKey},
};

/// One thing that a report states.
#[derive(Serialize)]
struct Statement {
    /// One of those that `js/src/shared/model/report.ts` lists.
    code: &'static str,
    /// A sentence for a person.
    message: &'static str,
    params: Object,
}

impl Statement {
    fn new(code: &'static str, params: Object, message: &'static str) -> Self {
        Self {
            code,
            message,
            params,
        }
    }

    /// One that is made of nothing else.
    fn plain(code: &'static str, message: &'static str) -> Self {
        Self::new(code, Object::new(), message)
    }
}

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
    readable: Vec<Statement>,
    /// Of a version that is compromised.
    forgeable: Vec<Statement>,
    remedies: Vec<Statement>,
    objects_page: Vec<Object>,
}

/// Where what was destroyed may remain.
#[derive(Serialize)]
pub struct Destruction {
    objects: u64,
    backups: Vec<Backup>,
    remains: Vec<Statement>,
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
                readable: readable(impact.objects),
                forgeable: forgeable(managed),
                remedies: remedies(impact.objects),
                objects_page: page.objects.iter().map(|object| object.told()).collect(),
            }),
            None => Self::Destruction(Destruction::of(impact)),
        })
    }
}

/// How many objects of the inventory a statement is about.
fn about(objects: u64) -> Object {
    Object::new().with("objects", objects)
}

/// What a holder of the version can still read, of objects in the inventory and others.
fn readable(objects: u64) -> Vec<Statement> {
    vec![
        Statement::new(
            "version-opens-headers",
            about(objects),
            "Anyone who has this version's key opens every header under it that was copied, and the objects with it.",
        ),
        Statement::new(
            "object-keys-were-kept",
            about(objects),
            "Anyone who opened such a header before, and kept the object's own key, reads that object's body as it is stored.",
        ),
    ]
}

/// What ends the reading of the objects that the inventory has; nothing where it has none.
fn remedies(objects: u64) -> Vec<Statement> {
    if objects == 0 {
        return Vec::new();
    }
    vec![
        Statement::new(
            "rewrap",
            about(objects),
            "Puts the headers under the primary version: ends reading for anyone who has the key but no copy of an old header.",
        ),
        Statement::new(
            "reencrypt",
            about(objects),
            "Makes a new key and a new body for each object: ends reading for everybody once the old bodies are deleted.",
        ),
    ]
}

/// What a holder of the version can have written.
fn forgeable(managed: &ManagedKey) -> Vec<Statement> {
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
        Statement::plain(
            "objects-unproven",
            "Others can have written objects under this version: only those that the inventory has, or that you name by their id, still count as yours.",
        ),
        Statement::plain(
            "values-unproven",
            "Others can have written values under it, and nothing tells those from yours: they open only where that is accepted.",
        ),
    ]
}

impl Destruction {
    fn of(impact: &Impact) -> Self {
        let mut remains = Vec::new();
        if !impact.backups.is_empty() {
            remains.push(Statement::new(
                "in-backups",
                Object::new().with("backups", impact.backups.len() as u64),
                "The backups listed hold the key's material: destroy them, or it can be restored.",
            ));
        }
        remains.push(Statement::plain(
            "in-exports",
            "Versions that were exported are out of the vault's reach.",
        ));
        remains.push(Statement::plain(
            "on-disk",
            "Deleted database pages may survive on this device's disk until the browser reuses them: \
             readable by anyone who has the disk and a factor of the vault.",
        ));
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

/// What a backup is that was restored.
#[derive(Serialize)]
pub struct RestoreReport {
    /// The name that it was restored under.
    name: String,
    created: Timestamp,
    generation: u64,
    warnings: Vec<Statement>,
}

impl RestoreReport {
    /// Of a backup, and what it was held to. Only a head that was kept elsewhere tells that it is not an older one.
    #[must_use]
    pub fn of(backup: &vault::Backup, expected: &ExpectedVault) -> Self {
        let mut warnings = Vec::new();
        if expected.seen.is_none() {
            warnings.push(Statement::new(
                "older-states-return",
                Object::new().with("created", backup.created().millis()),
                "Every version is in the state that it had when the backup was made: what was revoked, suspended, compromised or \
                 destroyed since works again. Factors that were revoked since open the vault again.",
            ));
        }
        Self {
            name: String::new(),
            created: backup.created(),
            generation: backup.generation(),
            warnings,
        }
    }

    /// With the name of the vault that was written.
    #[must_use]
    pub fn under(self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self
        }
    }
}

/// Whether nothing of a shredded object remains, and otherwise where.
#[derive(Serialize)]
pub struct Shredding {
    shredded: bool,
    remaining: Vec<Statement>,
}

impl Shredding {
    /// Of the copies that there are.
    #[must_use]
    pub fn of(copies: &Copies) -> Self {
        let mut remaining = Vec::new();
        if copies.elsewhere {
            remaining.push(Statement::plain(
                "header",
                "The header, or a sidecar's, is kept outside the vault: delete it there, or destroy the key version.",
            ));
        }
        for (at, id) in &copies.backups {
            remaining.push(Statement::new(
                "backup",
                Object::new()
                    .with("id", id.as_str())
                    .with("at", at.millis()),
                "A backup that was made since holds the header, or a sidecar's.",
            ));
        }
        Self {
            shredded: copies.is_empty(),
            remaining,
        }
    }
}
