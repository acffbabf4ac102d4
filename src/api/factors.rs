//! What a page is told of factors.

use serde::Serialize;

use crate::{
    base::{Kid, Timestamp},
    factors::FactorName,
    vault,
};

/// A factor.
#[derive(Serialize)]
pub struct FactorInfo {
    id: Kid,
    kind: String,
    name: Option<FactorName>,
    added: Option<Timestamp>,
    known: bool,
}

impl From<vault::FactorInfo> for FactorInfo {
    fn from(info: vault::FactorInfo) -> Self {
        Self {
            id: info.id,
            kind: info.kind,
            name: info.name,
            added: info.added,
            known: info.known,
        }
    }
}

/// All factors of a vault.
#[derive(Serialize)]
pub struct FactorListing {
    factors: Vec<FactorInfo>,
}

impl From<Vec<vault::FactorInfo>> for FactorListing {
    fn from(factors: Vec<vault::FactorInfo>) -> Self {
        let factors = factors.into_iter().map(FactorInfo::from).collect();
        Self { factors }
    }
}
