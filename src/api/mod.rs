//! Types of the API: options as a page gives them, and what it is told, as plain objects.
//!
//! What people are shown can change; what is stored for ever cannot: so no type here is stored, and no stored type is
//! shown. `js/src/shared/model` has the same types by hand, and samples of each hold both to the other.

mod approvals;
mod audit;
mod bodies;
mod factors;
mod inventory;
mod key_options;
mod keys;
mod merge;
mod reports;

mod uploads;
mod values;
mod vaults;

pub use approvals::{RequestTexts, proposal};
pub use audit::{
    AuditCheckpoint, AuditCut, AuditCutting, AuditEntry, AuditLogState, AuditPage, AuditProof,
    AuditSlice, AuditState, AuditTree, AuditVerification, AuditWitnessRequest, AuditWitnessing,
    ProvenSlice, cut_options, entry_query, witnesses,
};
pub use bodies::{DecryptOptions, DecryptedBody, EncryptedBody, OpenedBy, ResumedBody};
pub use factors::{CompromisedFactor, FactorInfo, FactorListing, IdentifiedFactor};
pub use inventory::{
    ObjectListing, ObjectOptions, ReplaceOptions, RewrapOptions, RewrapResult, TrackOptions,
};
pub use key_options::{AskedAction, key_action, key_query, new_key, new_session};
pub use keys::{
    ContentSigner, KeyListing, ManagedKey, PolicyDecision, PolicyTrial, Signer, policy,
};
pub use merge::MergeReport;
pub use reports::{Destruction, Report, RestoreReport, Revocation, Shredding};
pub use uploads::{PinnedUpload, UploadListing};
pub use values::DecryptedValue;
pub use vaults::{
    Maintained, RequiredFactors, RotatedVaultKey, UnlockReport, VaultAbout, VitalSigns,
};

use serde::de::DeserializeOwned;

use crate::base::{Context, InputError, InputResult, Object, Result};

/// What options are called that are not as they must be.
pub const NOT_OPTIONS: InputError = InputError::Argument("options");

/// Options out of an object's members.
///
/// # Errors
/// [`InputError::Argument`] for a member that is missing, unknown or of another type.
pub fn options<T: DeserializeOwned>(members: Object) -> Result<T> {
    Ok(members.decode(NOT_OPTIONS)?)
}

/// An encryption context out of its JSON text.
///
/// # Errors
/// [`InputError::Argument`] for what is no object of strings, and as [`Context::new`].
pub fn context(json: &str) -> InputResult<Context> {
    const NOT_ONE: InputError = InputError::Argument("context must be an object of strings");
    let object = Object::parse(json.as_bytes(), NOT_ONE)?;
    let mut members = Vec::new();
    for (name, value) in object.members() {
        let value = value.as_str().ok_or(NOT_ONE)?;
        members.push((name.to_owned(), value.to_owned()));
    }
    Context::new(members)
}
