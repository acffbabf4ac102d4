//! strongroom: a key management system that lives in a browser page.
//!
//! One idea runs through the crate: **every key that is stored or sent is an Encrypted JWK**
//! (RFC 7517 §7), a JWE whose plaintext is a JWK and whose recipients are whoever may open it.
//!
//! The modules are rings; each imports only from those below it:
//!
//! | ring | holds |
//! | --- | --- |
//! | [`web`](crate) | bindings for the npm package (wasm32 only) |
//! | [`vault`] | the front door: `Vault<Locked>` and `Vault<Unlocked>` |
//! | [`custody`] | factors, key versions, records, the store port |
//! | [`body`] | the streaming body: layout, sealer, opener, engines |
//! | [`jose`] | JWK, JWE, JWS and one file per recipient algorithm |
//! | `hazmat` | primitives of RustCrypto, behind narrow functions |
//! | [`vocabulary`] | errors, secrets, ids, contexts, clock and entropy ports |
#![deny(rustdoc::broken_intra_doc_links)]

pub mod body;
pub mod custody;
mod hazmat;
pub mod jose;
pub mod vault;
pub mod vocabulary;
#[cfg(target_arch = "wasm32")]
pub mod web;

pub use vocabulary::{Context, Error, Result};
