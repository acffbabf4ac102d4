//! JOSE: JWK (RFC 7517), JWE (RFC 7516), JWS (RFC 7515), one file per recipient algorithm
//! (RFC 7518). Synchronous and pure: a draft hands out the CEK, whoever holds a key wraps it.
//!
//! Two things are never chosen by a message: the algorithm, which the recipient's key decides, and
//! the key, which is found by `kid` among those that were configured.
//!
//! The types say which key does what. This compiles:
//!
//! ```
//! use strongroom::{object::Dek, jose::*, base::Thumbprint};
//! fn wraps(kek: Kek) -> Recipient { kek.into() }
//! fn opens(pair: AgreementKey) -> Identity { Identity::Agreement(pair) }
//! fn adds(mut draft: Draft, entry: RecipientEntry) -> Result<Envelope> { draft.add(entry); draft.finish() }
//! fn reads<'a>(signed: &'a Signed, by: &Thumbprint) -> Result<&'a [u8]> { signed.verify(by) }
//! fn is_described(dek: Dek) -> Jwk { dek.to_jwk() }
//! ```
//!
//! and these do not: a data key wraps nothing,
//!
//! ```compile_fail
//! use strongroom::{object::Dek, jose::*};
//! fn wraps(dek: Dek) -> Recipient { dek.into() }
//! ```
//!
//! a signing key opens nothing,
//!
//! ```compile_fail
//! use strongroom::jose::*;
//! fn opens(pair: SigningKey) -> Identity { Identity::Agreement(pair) }
//! ```
//!
//! a finished envelope takes no further recipient (its CEK is gone),
//!
//! ```compile_fail
//! use strongroom::jose::*;
//! fn adds(mut draft: Draft, entry: RecipientEntry) -> Result<Envelope> {
//!     let envelope = draft.finish();
//!     draft.add(entry);
//!     envelope
//! }
//! ```
//!
//! and a statement's payload is out of reach until it is verified.
//!
//! ```compile_fail
//! use strongroom::jose::*;
//! fn reads(signed: &Signed) -> &[u8] { &signed.payload }
//! ```

mod error;
pub(crate) mod jwe;
mod jwk;
mod jws;
pub(crate) mod recipient;
#[cfg(test)]
mod wycheproof;

pub use error::{Error, Result};
pub use jwe::{
    Cek, Content, Draft, Envelope, Unwrapped, Value, decrypt_record, encrypt_record, encrypt_value,
    encrypt_values, reseal, rewrap, unwrap, unwrap_unbound, wrap,
};
pub(crate) use jwe::{Ciphertext, FreshCek, OpenedHeader, nest, opens_to, unwrap_cek, unwrap_own};
pub use jwk::Jwk;
pub use jws::{
    ContentCheck, ContentDigest, ContentHasher, Foreign, ForeignContent, Named, NamedContent,
    Signed, SigningKey, sign, sign_content, sign_named,
};
pub(crate) use recipient::Wrapping;
pub use recipient::{
    AgreementKey, AgreementPublicKey, Identity, Kek, PublicRecipient, Question, Recipient,
    RecipientEntry, RsaPublicKey, SharedKek,
};

/// Asks each primitive that this crate uses for its known answer: before their first use.
///
/// # Errors
/// [`Error::Miscalculated`], with the first that gave another.
pub fn self_test() -> Result<()> {
    Ok(crate::hazmat::self_test()?)
}
