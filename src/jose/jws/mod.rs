//! Signatures: compact JWS (RFC 7515 §7.1), `ES256`. A vault's own statements carry their signer's key
//! and have a `typ` each, so that none serves as another; a named key's token carries that key's `kid`, and never
//! such a `typ`.

mod compact;
mod signing_key;
mod statement;
mod token;

pub use signing_key::SigningKey;
pub use statement::{Signed, sign};
pub use token::{Named, sign_named};
