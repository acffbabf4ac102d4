//! The life of a key: everything that is done to it from its generation to its destruction.

use crate::{
    base::{Entropy, Error, Result, Timestamp, VersionState},
    jose::Jwk,
    store::{RecordId, RecordType},
    vault::{
        edit::Edit,
        holdings::{Change, Holdings},
    },
};

use super::{Alias, KeyOptions, KeyRecord, Labels, Period, Provenance, VersionAction};

/// A day, in milliseconds.
const DAY: u64 = 24 * 60 * 60 * 1000;

/// What is to be done with a key. A version is named by its id; without one, each says which it means.
#[derive(Debug, Clone)]
pub enum KeyAction {
    /// A new version, which is the primary from now on; or which waits until it is activated.
    Rotate {
        /// Whether it waits.
        waits: bool,
    },
    /// Makes a version that waits the primary: the newest one, unless it is named.
    Activate(Option<String>),
    /// Stops a version from doing anything: the primary, unless it is named.
    Suspend(Option<String>),
    /// Lets a suspended version do again what it did: the primary, unless it is named.
    Resume(Option<String>),
    /// Stops a version from protecting, for good: the primary, unless it is named.
    Revoke {
        /// Which one.
        version: Option<String>,
        /// Why.
        reason: Option<String>,
        /// Whether somebody else may have it.
        compromised: bool,
    },
    /// Destroys a version, or all, after a time in which that can be cancelled.
    ScheduleDestroy {
        /// Which one.
        version: Option<String>,
        /// How long from now; 30 days unless said otherwise.
        after: Option<Period>,
        /// Also sooner than in a day or later than in 365, and though objects still need it then.
        force: bool,
    },
    /// Cancels what was scheduled, of a version or all.
    CancelDestroy(Option<String>),
    /// Destroys a version, or all, now.
    Destroy {
        /// Which one.
        version: Option<String>,
        /// Though objects still need it.
        force: bool,
    },
    /// Changes what is said of the key.
    Update {
        /// Its new name.
        alias: Option<Alias>,
        /// Its new labels, instead of all it had.
        labels: Option<Labels>,
        /// How often it is rotated from now on; `Some(None)`: only when somebody asks for it.
        rotate_every: Option<Option<Period>>,
    },
}

/// What a revocation or a destruction means for what was encrypted before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Impact {
    /// The versions, by their ids.
    pub versions: Vec<String>,
    /// How many objects of the inventory depend on the versions.
    pub objects: u64,
    /// When each backup was made that holds one of the versions, in milliseconds since 1970, and its id.
    pub backups: Vec<(Timestamp, String)>,
}

/// What was done, and what it means.
pub struct KeyActionResult {
    /// The key as it is now.
    pub key: Box<KeyRecord>,
    /// Of a revocation or a destruction.
    pub consequences: Option<Impact>,
}

impl Holdings {
    /// A new key with one version: generated, or the caller's own.
    ///
    /// # Errors
    /// [`Error::KeyExists`] when the alias is taken; [`Error::Argument`] for material that does not fit
    /// the purpose.
    pub fn create_key(
        &self,
        options: &KeyOptions,
        material: Option<&Jwk>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<(Box<KeyRecord>, Change)> {
        let cause = Provenance {
            at: now,
            head: self.next_head(),
            by: if material.is_some() {
                "import"
            } else {
                "create"
            },
            reason: None,
        };
        let (key, jwk) = KeyRecord::generate(options, material, cause, entropy)?;
        let mut edit = Edit::new(self, entropy)?;
        edit.fresh(&key.record_id());
        edit.put_record(&key, None)?;
        edit.put_version(&key, &key.primary, &jwk)?;
        Ok((key, edit.finish()?))
    }

    /// Does something with a key.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::NoVersion`]; [`Error::Transition`] and [`Error::State`] where a
    /// version's state forbids it; [`Error::InUse`]; [`Error::KeyExists`], [`Error::Argument`].
    pub fn manage(
        &self,
        alias_or_id: &str,
        request: &KeyAction,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<(KeyActionResult, Change)> {
        let mut key = self.key(alias_or_id)?;
        let before = key.alias.clone();
        let mut edit = Edit::new(self, entropy)?;
        let versions = request.apply(&mut key, &mut edit, now)?;
        let consequences = versions
            .map(|versions| self.consequences(&key, versions))
            .transpose()?;
        edit.put_record(&key, Some(&before))?;
        let managed = KeyActionResult { key, consequences };
        Ok((managed, edit.finish()?))
    }

    fn consequences(&self, key: &KeyRecord, versions: Vec<String>) -> Result<Impact> {
        let ids: Vec<_> = versions.iter().map(String::as_str).collect();
        let mut since = u64::MAX;
        for id in &ids {
            since = since.min(key.version(id)?.since);
        }
        Ok(Impact {
            objects: self.dependents(&ids)?.len() as u64,
            backups: self.backups_since(since)?,
            versions,
        })
    }
}

impl KeyAction {
    /// The operation's name, as a version's history keeps it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Rotate { .. } => "rotate",
            Self::Activate(_) => "activate",
            Self::Suspend(_) => "suspend",
            Self::Resume(_) => "resume",
            Self::Revoke { .. } => "revoke",
            Self::ScheduleDestroy { .. } => "scheduleDestroy",
            Self::CancelDestroy(_) => "cancelDestroy",
            Self::Destroy { .. } => "destroy",
            Self::Update { .. } => "update",
        }
    }

    /// Changes the key; the versions that a revocation or a destruction is about.
    fn apply(
        &self,
        key: &mut KeyRecord,
        edit: &mut Edit,
        now: Timestamp,
    ) -> Result<Option<Vec<String>>> {
        let cause = Provenance {
            at: now,
            head: edit.holdings.next_head(),
            by: self.name(),
            reason: None,
        };
        match self {
            Self::Rotate { waits } => rotate(key, edit, *waits, cause)?,
            Self::Activate(version) => {
                let version = version.clone().or_else(|| waiting(key));
                key.activate(&version.ok_or(Error::NoVersion)?, cause)?;
            }
            Self::Suspend(version) => {
                let version = or_primary(version, key);
                key.version_mut(&version)?
                    .go(VersionState::Suspended, cause)?;
            }
            Self::Resume(version) => resume(key, &or_primary(version, key), cause)?,
            Self::Revoke {
                version,
                reason,
                compromised,
            } => {
                let version = or_primary(version, key);
                let state = if *compromised {
                    VersionState::Compromised
                } else {
                    VersionState::Deactivated
                };
                let reason = reason.as_deref();
                key.version_mut(&version)?
                    .go(state, Provenance { reason, ..cause })?;
                return Ok(Some(vec![version]));
            }
            Self::ScheduleDestroy {
                version,
                after,
                force,
            } => {
                use VersionState::{DestroyScheduled, Destroyed};
                let at = now + grace(after.as_ref(), *force)?;
                // Of a whole key, one that is scheduled already keeps its date.
                let open = |state| !matches!(state, DestroyScheduled | Destroyed);
                let schedule =
                    |version: &mut super::VersionRecord| version.schedule(at, *force, cause);
                return each(key, version, open, schedule);
            }
            Self::CancelDestroy(version) => {
                let scheduled = |state| state == VersionState::DestroyScheduled;
                each(key, version, scheduled, |version| version.unschedule(cause))?;
            }
            Self::Destroy { version, force } => {
                let left = |state| state != VersionState::Destroyed;
                let versions = each(key, version, left, |version| version.destroy(cause))?;
                erase(key, versions.as_deref().unwrap_or_default(), *force, edit)?;
                return Ok(versions);
            }
            Self::Update {
                alias,
                labels,
                rotate_every,
            } => {
                if let Some(alias) = alias {
                    alias.as_str().clone_into(&mut key.alias);
                }
                if let Some(labels) = labels {
                    key.labels.clone_from(labels);
                }
                if let Some(every) = rotate_every {
                    key.rotate_every.clone_from(every);
                }
            }
        }
        Ok(None)
    }
}

/// A new version, and its material.
pub(crate) fn rotate(
    key: &mut KeyRecord,
    edit: &mut Edit,
    waits: bool,
    cause: Provenance,
) -> Result<()> {
    let jwk = key.rotate(waits, cause, edit.entropy)?;
    let newest = &key.versions[key.versions.len() - 1];
    edit.put_version(key, &newest.id, &jwk)
}

/// Erases versions' material. What objects of the inventory still need stays, unless it is forced.
pub(crate) fn erase(
    key: &KeyRecord,
    versions: &[String],
    force: bool,
    edit: &mut Edit,
) -> Result<()> {
    let ids: Vec<_> = versions.iter().map(String::as_str).collect();
    if !force && !edit.holdings.dependents(&ids)?.is_empty() {
        return Err(Error::InUse);
    }
    for id in ids {
        edit.delete(key.version_record_id(id));
    }
    Ok(())
}

fn resume(key: &mut KeyRecord, version: &str, cause: Provenance) -> Result<()> {
    let is_primary = key.primary == *version;
    let version = key.version_mut(version)?;
    if !VersionAction::Resume.is_allowed(version.state) {
        return Err(version.state.refuses(VersionState::Active));
    }
    // Only one version protects: another one came meanwhile.
    let state = if is_primary {
        VersionState::Active
    } else {
        VersionState::Deactivated
    };
    version.go(state, cause)
}

/// The newest version that waits.
fn waiting(key: &KeyRecord) -> Option<String> {
    let waits = |version: &&super::VersionRecord| version.state == VersionState::PreActive;
    let newest = key.versions.iter().rev().find(waits)?;
    Some(newest.id.clone())
}

fn or_primary(version: &Option<String>, key: &KeyRecord) -> String {
    version.as_ref().unwrap_or(&key.primary).clone()
}

/// How long a destruction waits, in milliseconds.
fn grace(after: Option<&Period>, force: bool) -> Result<u64> {
    let wait = after.map_or(30 * DAY, Period::millis);
    if force || (DAY..=365 * DAY).contains(&wait) {
        Ok(wait)
    } else {
        Err(Error::Argument(
            "a destruction waits for 1 to 365 days, unless it is forced",
        ))
    }
}

/// Does something with a version, or with each that is in some state; and says which.
fn each(
    key: &mut KeyRecord,
    version: &Option<String>,
    only: fn(VersionState) -> bool,
    mut act: impl FnMut(&mut super::VersionRecord) -> Result<()>,
) -> Result<Option<Vec<String>>> {
    if let Some(version) = version {
        act(key.version_mut(version)?)?;
        return Ok(Some(vec![version.clone()]));
    }
    let mut acted = Vec::new();
    for version in &mut key.versions {
        if only(version.state) {
            act(version)?;
            acted.push(version.id.clone());
        }
    }
    if acted.is_empty() {
        return Err(key.primary_version().state.forbids());
    }
    Ok(Some(acted))
}

impl Holdings {
    /// The record_id of a key's use counts.
    pub(crate) fn usage_record_id(id: &str) -> RecordId {
        RecordId::new(RecordType::Usage, id)
    }
}
