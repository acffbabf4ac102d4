//! Signatures: compact JWS (RFC 7515 §7.1). A vault's own statements, `ES256`, carry their signer's key
//! and have a `typ` each, so that none serves as another; a named key's token, `ES256` or `HS256`, carries that key's
//! `kid`, and never such a `typ`; the signature of a content's digest is such a token, whose `typ` says so. What others have signed is read with a key that the reader holds.

mod compact;
mod content;
mod foreign;
mod signing_key;
mod statement;
mod token;

pub use content::{
    ContentCheck, ContentDigest, ContentHasher, ForeignContent, NamedContent, sign_content,
};
pub use foreign::Foreign;
pub use signing_key::SigningKey;
pub use statement::{Signed, sign};
pub use token::{Named, sign_named};
