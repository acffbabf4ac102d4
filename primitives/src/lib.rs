//! RustCrypto's ciphers, hashes and base64 for strongroom, instantiated once and here.
//!
//! Rust compiles generic code where it is used, as that crate is compiled: small, as all that a page
//! downloads. What is here is compiled for speed. So no function is generic, and none is inlined
//! elsewhere. Nothing decides anything and nothing says why it failed: that is `hazmat`'s, the one module
//! that names this crate beside the vocabulary's base64.

pub mod aes_gcm;
pub mod aes_kw;
pub mod base64;
pub mod hash;
