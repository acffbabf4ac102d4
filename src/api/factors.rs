//! What a page is told of factors.

use serde::Serialize;

use crate::{
    base::{Kid, Thumbprint, Timestamp},
    factors::FactorName,
    records::{CredentialId, DeviceKeyId, RpId},
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
    pinned: bool,
    passkey: Option<PasskeyInfo>,
    shares: Option<SharesInfo>,
    device: Option<DeviceInfo>,
    key: Option<HeldKey>,
    gate: Option<GateInfo>,
    #[serde(rename = "rehearsedAt")]
    rehearsed: Option<Timestamp>,
}

/// Which credential a passkey is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyInfo {
    credential: CredentialId,
    rp_id: RpId,
}

/// How many recovery shares there are, and how many it takes.
#[derive(Serialize)]
pub struct SharesInfo {
    threshold: u8,
    shares: u8,
}

/// Which of a browser's keys a device is.
#[derive(Serialize)]
pub struct DeviceInfo {
    key: DeviceKeyId,
    expires: Timestamp,
}

/// A key that somebody else holds, and that opens a factor.
#[derive(Serialize)]
pub struct HeldKey {
    thumbprint: Thumbprint,
    kid: Option<Kid>,
}

/// What else is said of a gate.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GateInfo {
    renews: bool,
    offline_grace: Option<String>,
}

impl From<vault::FactorInfo> for FactorInfo {
    fn from(info: vault::FactorInfo) -> Self {
        Self {
            id: info.id,
            kind: info.kind,
            name: info.name,
            added: info.added,
            known: info.known,
            pinned: info.pinned,
            passkey: info.credential.map(|credential| PasskeyInfo {
                credential: credential.id,
                rp_id: credential.rp_id,
            }),
            device: info.device.map(|device| DeviceInfo {
                key: device.id,
                expires: device.expires,
            }),
            shares: info.shares.map(|set| SharesInfo {
                threshold: set.threshold(),
                shares: set.shares(),
            }),
            key: info.key.map(|key| HeldKey {
                thumbprint: key.thumbprint,
                kid: key.kid,
            }),
            gate: info.gate.map(|gate| GateInfo {
                renews: gate.renews,
                offline_grace: gate.offline_grace.map(String::from),
            }),
            rehearsed: info.rehearsed,
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

/// Which of a vault's factors one is.
#[derive(Serialize)]
pub struct IdentifiedFactor {
    factor: FactorInfo,
    generation: u64,
}

impl IdentifiedFactor {
    /// A factor, and which vault key it opens.
    #[must_use]
    pub fn new(factor: vault::FactorInfo, generation: u64) -> Self {
        let factor = factor.into();
        Self { factor, generation }
    }
}

/// What was done about a factor that somebody else has.
#[derive(Serialize)]
pub struct CompromisedFactor {
    identity: Thumbprint,
    generation: u64,
    keys: u64,
    versions: u64,
    remaining: Vec<FactorInfo>,
}

impl From<vault::CompromisedFactor> for CompromisedFactor {
    fn from(done: vault::CompromisedFactor) -> Self {
        Self {
            identity: done.identity,
            generation: done.generation,
            keys: done.keys,
            versions: done.versions,
            remaining: done.remaining.into_iter().map(FactorInfo::from).collect(),
        }
    }
}
