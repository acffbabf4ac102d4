//! JWE (RFC 7516): envelopes around keys and records, and values.

pub(crate) mod content;
mod draft;
pub(crate) mod envelope;
pub(crate) mod header;
mod rewrap;
pub(crate) mod unwrap;
mod value;

pub use content::Cek;
pub(crate) use content::{Ciphertext, FreshCek};
pub use draft::{Draft, encrypt_record, wrap};
pub(crate) use draft::{nest, opens_to};
pub use envelope::{Content, Envelope};
pub(crate) use rewrap::OpenedHeader;
pub use rewrap::{reseal, rewrap};
pub use unwrap::{Unwrapped, decrypt_record, unwrap, unwrap_unbound};
pub(crate) use unwrap::{unwrap_cek, unwrap_own};
pub use value::{Value, encrypt_value, encrypt_values};
