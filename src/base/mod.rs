//! What every ring speaks: errors, secrets, ids, encryption contexts, clock and entropy.

#[cfg(any(target_arch = "wasm32", test))]
pub(crate) mod abortable;
pub mod base64;
mod cause;
mod context;
pub(crate) mod dotted;
mod duration;
mod error;
mod id;
mod input;
pub mod json;
mod map;
mod name;
mod policy_rule;
mod ports;
mod secret;
mod sidecar;
mod sort;
mod state;
mod time;

pub use cause::Cause;
pub use context::Context;
pub use duration::Duration;
pub use error::{
    ApprovalFault, DeviceFault, Error, PasskeyFault, RecoveryWords, Result, ShareFault,
    WitnessFault,
};
pub(crate) use error::{converts, tells, told_as};
pub use id::{
    ApprovalId, BackupId, DeviceId, KeyId, Kid, LogContext, LogId, ObjectId, PolicyId, Salt,
    Thumbprint, VaultId, VersionId,
};
pub use input::{InputError, InputResult};
pub use json::{Json, Object};
pub use map::Map;
pub use name::is_hidden;
pub(crate) use name::{is_name, shows_itself};
pub use policy_rule::PolicyRule;
pub(crate) use ports::Pool;
pub use ports::{Clock, Entropy, Local, SystemEntropy};
pub use secret::Secret;
pub use sidecar::Sidecar;
pub(crate) use sort::sort_by;
pub use state::VersionState;
pub use time::{Moment, Timestamp};
