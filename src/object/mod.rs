//! Objects: a DEK's Encrypted JWK as header, and a streaming body under that DEK.

pub mod attached;
pub mod body;
mod decrypt;
mod dek;
mod encrypt;
mod error;
mod metadata;

pub use decrypt::{Decryption, Origin, decrypt_object};
pub(crate) use decrypt::{Opened, open_header};
pub use dek::Dek;
pub(crate) use encrypt::DRAWN;
pub use encrypt::{Encryption, encrypt_object};
pub use error::{Error, Result};
pub use metadata::FileMetadata;
