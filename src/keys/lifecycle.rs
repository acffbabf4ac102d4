//! The life of a key: everything that is done to it from its generation to its destruction.

use crate::{
    base::{BackupId, Entropy, Error, Result, Timestamp, VersionId, VersionState},
    jose::Jwk,
};

use super::{
    Alias, KeyRecord, Labels, Operation, Period, Policy, Provenance, VersionAction, VersionRecord,
};

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
    /// Sets the policy in the place of whichever applies, or takes it away.
    SetPolicy(Option<Box<Policy>>),
}

/// What a revocation or a destruction means for what was encrypted before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Impact {
    /// The versions, by their ids.
    pub versions: Vec<VersionId>,
    /// How many objects of the inventory depend on the versions.
    pub objects: u64,
    /// When each backup was made that holds one of the versions, in milliseconds since 1970, and its id.
    pub backups: Vec<(Timestamp, BackupId)>,
}

/// What is to be done in the vault once a key's record was changed.
#[derive(Default)]
pub(crate) struct Applied {
    /// The material of the newest version, which was generated just now.
    pub(crate) generated: Option<Jwk>,
    /// The versions that a revocation or a destruction is about, by their ids.
    pub(crate) affected: Option<Vec<VersionId>>,
    /// Those of them whose material is to be erased.
    pub(crate) erased: Vec<VersionId>,
    /// Though objects still need it.
    pub(crate) force: bool,
}

impl KeyAction {
    /// The operation's name, as a version's history keeps it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.operation().as_str()
    }

    /// What policies know it by.
    pub(crate) fn operation(&self) -> Operation {
        match self {
            Self::Rotate { .. } => Operation::Rotate,
            Self::Activate(_) => Operation::Activate,
            Self::Suspend(_) => Operation::Suspend,
            Self::Resume(_) => Operation::Resume,
            Self::Revoke { .. } => Operation::Revoke,
            Self::ScheduleDestroy { .. } => Operation::ScheduleDestroy,
            Self::CancelDestroy(_) => Operation::CancelDestroy,
            Self::Destroy { .. } => Operation::Destroy,
            Self::Update { .. } => Operation::Update,
            Self::SetPolicy(_) => Operation::SetPolicy,
        }
    }

    /// Changes the key, whose policy was asked.
    ///
    /// # Errors
    /// [`Error::NoVersion`]; [`Error::Transition`] and [`Error::State`] where a version's state forbids it;
    /// [`Error::Argument`].
    pub(crate) fn apply(
        &self,
        key: &mut KeyRecord,
        cause: Provenance,
        entropy: &dyn Entropy,
    ) -> Result<Applied> {
        let mut applied = Applied::default();
        match self {
            Self::Rotate { waits } => applied.generated = Some(key.rotate(*waits, cause, entropy)?),
            Self::Activate(version) => {
                let version = match version {
                    Some(named) => key.find_version(named)?,
                    None => waiting(key)?,
                };
                key.activate(&version.id.clone(), cause)?;
            }
            Self::Suspend(version) => {
                let version = or_primary(version, key)?;
                key.version_mut(&version)?
                    .go(VersionState::Suspended, cause)?;
            }
            Self::Resume(version) => resume(key, &or_primary(version, key)?, cause)?,
            Self::Revoke {
                version,
                compromised,
            } => {
                let version = or_primary(version, key)?;
                let revoked = key.version_mut(&version)?;
                if *compromised {
                    revoked.compromise(cause)?;
                } else {
                    revoked.deactivate(cause)?;
                }
                applied.affected = Some(vec![version]);
            }
            Self::ScheduleDestroy {
                version,
                after,
                force,
            } => {
                use VersionState::{DestroyScheduled, Destroyed};
                let at = cause.at + grace(after.as_ref(), *force)?;
                // Of a whole key, one that is scheduled already keeps its date.
                let open = |state| !matches!(state, DestroyScheduled | Destroyed);
                let schedule = |version: &mut VersionRecord| version.schedule(at, *force, cause);
                applied.affected = each(key, version, open, schedule)?;
            }
            Self::CancelDestroy(version) => {
                let scheduled = |state| state == VersionState::DestroyScheduled;
                each(key, version, scheduled, |version| version.unschedule(cause))?;
            }
            Self::Destroy { version, force } => {
                let left = |state| state != VersionState::Destroyed;
                applied.affected = each(key, version, left, |version| version.destroy(cause))?;
                applied.erased = applied.affected.clone().unwrap_or_default();
                applied.force = *force;
            }
            Self::Update {
                alias,
                labels,
                rotate_every,
            } => {
                if let Some(alias) = alias {
                    if key.is_destroyed() {
                        return Err(VersionState::Destroyed.forbids());
                    }
                    alias.check_new()?;
                    key.alias.clone_from(alias);
                }
                if let Some(labels) = labels {
                    key.labels.clone_from(labels);
                }
                if let Some(every) = rotate_every {
                    key.purpose.check_period(every.as_ref())?;
                    key.rotate_every.clone_from(every);
                }
                key.count_description();
            }
            Self::SetPolicy(policy) => key.set_policy(policy.as_deref(), cause, entropy)?,
        }
        Ok(applied)
    }
}

impl KeyRecord {
    /// Whatever there is of the key may be known to others: each version that is not destroyed is compromised, and where
    /// the primary protects, a new one takes its place. A key that has as many versions as it can have protects no
    /// more. The versions that were not known to be compromised, and the new one's material.
    pub(crate) fn compromise(
        &mut self,
        cause: Provenance,
        entropy: &dyn Entropy,
    ) -> Result<(u64, Option<Jwk>)> {
        let protects = self.primary_version().state.protects();
        let mut compromised = 0;
        for version in &mut self.versions {
            if version.allows(VersionAction::Compromise) {
                version.compromise(cause)?;
                compromised += 1;
            }
        }
        let rotates =
            protects && self.purpose.is_generated() && self.versions.len() < Self::MAX_VERSIONS;
        let generated = rotates.then(|| self.rotate(false, cause, entropy));
        Ok((compromised, generated.transpose()?))
    }

    /// Has none of its versions protect what is new, now or later: somebody may have an older copy of them. The new primary is
    /// in the state of the old one, where that protects or is suspended; a version that waits never comes into use. How many
    /// versions that changes, and the material of the new one.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for a key that can have no further version; [`Error::Transition`].
    pub(crate) fn renew(
        &mut self,
        cause: Provenance,
        entropy: &dyn Entropy,
    ) -> Result<(u64, Option<Jwk>)> {
        use VersionState::{Active, Suspended};
        let mut changed = 0;
        for version in self.versions.iter_mut().filter(|version| version.waits()) {
            version.compromise(cause)?;
            changed += 1;
        }
        let was = self.primary_version().state;
        if !matches!(was, Active | Suspended) || !self.purpose.is_generated() {
            return Ok((changed, None));
        }
        let jwk = self.rotate(false, cause, entropy)?;
        if was == Suspended {
            let primary = self.primary.clone();
            self.version_mut(&primary)?.go(Suspended, cause)?;
        }
        Ok((changed + 1, Some(jwk)))
    }
}

fn resume(key: &mut KeyRecord, version: &VersionId, cause: Provenance) -> Result<()> {
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
fn waiting(key: &KeyRecord) -> Result<&VersionRecord> {
    let waits = |version: &&VersionRecord| version.state == VersionState::PreActive;
    let newest = key.versions.iter().rev().find(waits);
    newest.ok_or(Error::NoVersion)
}

/// The version that a caller names, or else the primary.
fn or_primary(version: &Option<String>, key: &KeyRecord) -> Result<VersionId> {
    match version {
        Some(named) => Ok(key.find_version(named)?.id.clone()),
        None => Ok(key.primary.clone()),
    }
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
    mut act: impl FnMut(&mut VersionRecord) -> Result<()>,
) -> Result<Option<Vec<VersionId>>> {
    if let Some(version) = version {
        let id = key.find_version(version)?.id.clone();
        act(key.version_mut(&id)?)?;
        return Ok(Some(vec![id]));
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
