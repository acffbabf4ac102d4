//! Records: envelopes that know their address, the head that accounts for all of them, and the vault statement.
//!
//! Everything here is pure: bytes of rows go in, bytes of rows come out.

mod address;
mod cipher;
mod device;
mod device_key;
mod enrolment;
mod escrow;
mod head;
mod kdf;
mod log_head;
mod mac;
mod manifest;
mod offline_grace;
mod openers;
mod passkey;
mod set_digest;
mod shares;
mod statement;
mod succession;
mod vault_key;
mod witnessing;

pub(crate) use address::Address;
pub(crate) use cipher::{RecordCipher, changed, seal_to, single, sort};
pub(crate) use device::Device;
pub use device_key::{DeviceKey, DeviceKeyId};
pub(crate) use enrolment::OTHER_USE;
pub use enrolment::{Enrolment, FactorKind, KitId, Way};
pub use escrow::EscrowedKek;
pub(crate) use escrow::public_thumbprint;
pub(crate) use head::Head;
pub use head::LastSeenHead;
pub use kdf::{Kdf, KdfCost};
pub(crate) use log_head::{HeadCut, LogHead, texts};
pub(crate) use mac::{Mac, MacKey};
pub(crate) use manifest::{Directory, Manifest, Page, Place};
pub use offline_grace::OfflineGrace;
pub use openers::FactorPair;
pub(crate) use openers::Level;
pub use passkey::{Credential, CredentialId, PrfInput, RpId};
pub(crate) use set_digest::{MacSum, SetDigest};
pub use shares::ShareSet;
pub(crate) use statement::{FactorEntry, Pin, Statement, digest, digest_of};
pub(crate) use succession::Succession;
pub(crate) use vault_key::VaultKey;
pub(crate) use witnessing::{CosignedHead, WitnessedLog, Witnessing};
