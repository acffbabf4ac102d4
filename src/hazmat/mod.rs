//! Primitives of RustCrypto behind narrow functions that this crate needs, and no more.
//!
//! Only `jose`, `audit`, `object`, `records`, `factors` and `keys` name this module. Nothing here decides anything: which
//! key, which nonce and which associated data are the callers' to state, where they use it.

pub(crate) mod aes_gcm;
pub(crate) mod aes_kw;
pub(crate) mod argon2;
pub(crate) mod ed25519;
mod error;
pub(crate) mod hash;
pub(crate) mod p256;
mod self_test;
pub(crate) mod shamir;
#[cfg(test)]
mod wycheproof;

pub(crate) use error::TagMismatch;
pub(crate) use self_test::self_test;
