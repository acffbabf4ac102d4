//! What a page is told of a vault as a whole.

use serde::Serialize;

use crate::{
    base::{KeyId, Thumbprint, Timestamp, VaultId},
    keys::{MaintenanceReport, sooner},
    records::{FactorKind, FactorPair},
    vault::{self, OrganisationDescription, VaultKeyRotation},
};

use super::FactorInfo;

/// Which vault it is.
#[derive(Serialize)]
pub struct VaultAbout<'a> {
    /// Its name in the store.
    pub name: &'a str,
    /// Its id, which a backup keeps.
    pub id: &'a VaultId,
}

/// What was done because it was due, and when something is due next.
#[derive(Serialize)]
pub struct Maintained {
    rotated: Vec<KeyId>,
    destroyed: Vec<KeyId>,
    /// The session's keys that ended.
    ended: Vec<KeyId>,
    next: Option<Timestamp>,
}

impl Maintained {
    /// `session`: when the next of the session's keys ends.
    #[must_use]
    pub fn of(report: MaintenanceReport, ended: Vec<KeyId>, session: Option<Timestamp>) -> Self {
        Self {
            rotated: report.rotated,
            destroyed: report.destroyed,
            ended,
            next: sooner(report.next, session),
        }
    }
}

/// What an unlock tells of the factor that opened.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnlockReport {
    factor: FactorInfo,
    second: Option<FactorInfo>,
    generations_behind: u64,
    superseded_identity: Option<Thumbprint>,
    strengthened: bool,
    offline_grace: bool,
}

impl From<vault::UnlockReport> for UnlockReport {
    fn from(report: vault::UnlockReport) -> Self {
        Self {
            factor: report.factor.into(),
            second: report.second.map(FactorInfo::from),
            generations_behind: report.behind,
            superseded_identity: report.superseded,
            strengthened: report.strengthened,
            offline_grace: report.graced,
        }
    }
}

/// What is known of how well a vault is kept.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VitalSigns {
    factors: Vec<FactorInfo>,
    requires: Option<Vec<&'static str>>,
    backup: Option<LastBackup>,
    overdue_reviews: u64,
    organisation: Option<OrganisationDescription>,
    late_rotations: u64,
    latest: Option<Timestamp>,
}

/// The last backup that was given out.
#[derive(Serialize)]
struct LastBackup {
    at: Timestamp,
    changes: u64,
}

impl From<vault::VitalSigns> for VitalSigns {
    fn from(signs: vault::VitalSigns) -> Self {
        let vault::VitalSigns {
            factors,
            required,
            backup,
            overdue_reviews,
            organisation,
            late_rotations,
            latest,
        } = signs;
        Self {
            factors: factors.into_iter().map(FactorInfo::from).collect(),
            requires: required.map(kinds_of),
            backup: backup
                .map(|vault::LastBackup { made, changes }| LastBackup { at: made, changes }),
            overdue_reviews,
            organisation: organisation.as_ref().map(OrganisationDescription::from),
            late_rotations,
            latest,
        }
    }
}

/// The kinds of a pair, by their names.
fn kinds_of(pair: FactorPair) -> Vec<&'static str> {
    pair.kinds().map(FactorKind::as_str).to_vec()
}

/// The kinds of factors that it takes to open a vault, where it takes two.
#[derive(Serialize)]
pub struct RequiredFactors {
    requires: Option<Vec<&'static str>>,
}

impl From<Option<FactorPair>> for RequiredFactors {
    fn from(pair: Option<FactorPair>) -> Self {
        Self {
            requires: pair.map(kinds_of),
        }
    }
}

/// A vault key that took the place of another.
#[derive(Serialize)]
pub struct RotatedVaultKey {
    generation: u64,
    records: u64,
}

impl From<VaultKeyRotation> for RotatedVaultKey {
    fn from(rotation: VaultKeyRotation) -> Self {
        Self {
            generation: rotation.generation,
            records: rotation.records,
        }
    }
}
