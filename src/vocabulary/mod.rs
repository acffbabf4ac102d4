//! What every ring speaks: errors, secrets, ids, encryption contexts, clock and entropy.

pub mod base64;
mod context;
pub(crate) mod dotted;
mod duration;
mod error;
mod id;
pub mod json;
mod map;
mod ports;
mod secret;
mod sidecar;
mod state;

/// For tests that run in a page too.
#[cfg(all(test, target_arch = "wasm32"))]
pub(crate) use crate::web::PageEntropy as SystemEntropy;
pub use context::Context;
pub use duration::Duration;
pub use error::{Error, Result};
pub use id::{BackupId, KeyId, Kid, ObjectId, Thumbprint, VaultId, VersionId};
pub use json::{Fields, Json, Object};
pub use map::Map;
pub(crate) use ports::Pool;
#[cfg(not(target_arch = "wasm32"))]
pub use ports::SystemEntropy;
pub use ports::{Clock, Entropy, Local, Timestamp};
pub use secret::Secret;
pub use sidecar::Sidecar;
pub use state::VersionState;
