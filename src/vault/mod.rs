//! The front door.
//!
//! A [`Vault<Locked>`](Vault) can be unlocked and nothing else; only a [`Vault<Unlocked>`](Vault)
//! has keys and can encrypt. Calling `encrypt` on a locked vault is not an error at run time: it
//! does not compile.
//!
//! ```compile_fail
//! use strongroom::{store::MemoryStore, object::body::RustEngine, vault::{Locked, Vault}, Context};
//! async fn locked(vault: Vault<Locked, MemoryStore, RustEngine>) {
//!     let _ = vault.encrypt("photos", &Context::none(), None).await;
//! }
//! ```
//!
//! Everything here that waits is an `async fn` over the ports of a [`Platform`]; what computes is below, and
//! synchronous.

mod approvals;
mod audit;
mod backup;
mod caller;
mod compromise;
mod create;
mod doubt;
mod factors;
mod gate;
mod gates_anew;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod golden_envelopes;
#[cfg(all(test, not(target_arch = "wasm32")))]
pub(crate) mod golden_records;
mod health;
mod inventory;
mod key_description;
mod keyring;
mod keys;
mod locations;
mod lock;
mod locked_records;
mod maintenance;
mod manifest;
mod merge;
mod migration;
mod new_vault;
mod objects;
mod offline_grace;
mod open_vault;
mod open_versions;
mod organisation;
mod platform;
mod policy;
mod policy_description;
mod policy_trial;
mod reauthenticate;
mod recipients;
mod rehearse;
mod reload;
mod require;
mod row_cache;
mod signatures;
mod survey;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod transaction;
mod unlock;
mod unlocked;
mod uploads;
mod usable_version;
mod values;
mod vault_key_envelope;
mod vault_key_rotation;
mod view;
mod watch;

pub use approvals::Proposal;
pub use audit::{
    CosignedCheckpoint, CutHeld, CutLog, EntryPage, EntryQuery, LogBatch, LogCutting, LogFault,
    LogSlice, LogState, LogVerification, LoggedEntry, ProvenEntry, Shipped, SignedCheckpoint,
    WitnessAnswer, WitnessRequest, WitnessedSize,
};
pub use backup::{Backup, ExpectedVault, LastBackup, VaultKeyRotation};
pub use compromise::{CompromisedFactor, Others};
pub use factors::{FactorInfo, GateInfo, HeldKey};
pub use health::VitalSigns;
pub use inventory::ObjectQuery;
pub use keyring::Keyring;
pub use keys::{KeyInfo, KeyInfoPage, ManagedKey};
pub use locked_records::LockedRecords;
pub use merge::{ChangedVersion, MergeReport, MergedVersion, RenamedKey, Skipped, SkippedRecord};
pub use new_vault::NewVault;
pub use objects::{DecryptOptions, Header, ReplaceRecipient, RewrapOptions};
pub use open_vault::OpenVault;
pub use organisation::{
    OrganisationChange, OrganisationChangeDescription, OrganisationDescription, OrganisationStatus,
};
pub use platform::{Event, Platform};
pub use policy::PolicyRefusal;
pub use policy_description::PolicyDescription;
pub use policy_trial::{PolicyTrial, TrialRefusal, TriedEntry};
pub use signatures::Verified;
pub use unlock::{Locked, UnlockReport};
pub use unlocked::Unlocked;
pub use uploads::Resumption;
pub use values::OpenedValue;
pub use watch::Watch;

use std::rc::Rc;

use crate::{base::VaultId, store::VaultName};

use caller::Caller;

/// A vault in one of its two states, on a [`Platform`].
pub struct Vault<State, S, E> {
    platform: Rc<Platform<S, E>>,
    name: VaultName,
    id: VaultId,
    state: Rc<State>,
    /// What is said with its operations.
    caller: Rc<Caller>,
}

impl<State, S, E> Vault<State, S, E> {
    /// The name it has in its store.
    #[must_use]
    pub fn name(&self) -> &VaultName {
        &self.name
    }

    /// Its id, which a backup keeps.
    #[must_use]
    pub fn id(&self) -> &VaultId {
        &self.id
    }
}
