//! strongroom: a key management system that lives in a browser page.
//!
//! One idea runs through the crate: **every key that is stored or sent is an Encrypted JWK**
//! (RFC 7517 §7), a JWE whose plaintext is a JWK and whose recipients are whoever may open it.
//!
//! The modules are rings; each imports only from those above it:
//!
//! | ring | holds |
//! | --- | --- |
//! | [`base`] | errors, secrets, ids, contexts, JSON, clock and entropy ports |
//! | `hazmat` | primitives of RustCrypto, behind narrow functions |
//! | [`jose`] | JWK, JWE, JWS and one file per recipient algorithm |
//! | [`audit`] | a log's Merkle tree, its proofs and signed checkpoints |
//! | [`object`] | an object's header and metadata, and the streaming body |
//! | [`store`] | the store port, record ids, rows, ranges, the memory store |
//! | [`records`] | a record's address and cipher, the head, the vault statement |
//! | [`factors`] | what opens a vault: one file per kind |
//! | [`keys`] | named keys: records, versions, life cycle, catalog |
//! | [`approvals`] | what a vault asks another person to approve, and their approvals |
//! | [`inventory`] | objects of a vault, sidecars, pending uploads |
//! | [`vault`] | the front door: `Vault<Locked>` and `Vault<Unlocked>`, the gate, the ports |
//! | [`api`] | options and results as a page sees them, apart from what is stored |
//! | [`web`](crate) | bindings for the npm package, IndexedDB (wasm32 only) |
#![deny(rustdoc::broken_intra_doc_links)]

pub mod api;
pub mod approvals;
pub mod audit;
pub mod base;
pub mod factors;
mod hazmat;
pub mod inventory;
pub mod jose;
pub mod keys;
pub mod object;
pub mod records;
pub mod store;
pub mod vault;
#[cfg(target_arch = "wasm32")]
pub mod web;

pub use base::{Context, Error, Result};
