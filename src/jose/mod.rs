//! JOSE: JWK (RFC 7517), JWE (RFC 7516), JWS (RFC 7515), one file per recipient algorithm
//! (RFC 7518). Synchronous and pure: a draft hands out the CEK, whoever holds a key wraps it.
//!
//! Two things are never chosen by a message: the algorithm, which the recipient's key decides, and
//! the key, which is found by `kid` among those that were configured.

mod content;
mod draft;
mod envelope;
mod header;
mod jwk;
mod jws;
mod recipient;
mod unwrap;
mod value;
#[cfg(test)]
mod wycheproof;

pub use content::Cek;
pub use draft::{Draft, seal_record, wrap};
pub use envelope::{Content, Envelope};
pub use jwk::Jwk;
pub use jws::{Signed, SigningKey, sign};
pub use recipient::{AgreementKey, AgreementPublicKey, Entry, Identity, Kek, Recipient};
pub use unwrap::{Unwrapped, open_record, unwrap};
pub use value::{Value, seal_value};
