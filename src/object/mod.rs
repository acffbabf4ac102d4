//! Objects: a DEK's Encrypted JWK as header, and a streaming body under that DEK.

pub mod attached;
pub mod body;
mod decrypt;
mod dek;
mod encrypt;
mod error;
mod metadata;
mod signature;

pub use decrypt::{
    Decryption, Origin, decrypt_answered_object, decrypt_object, decrypt_signed_object,
};
pub(crate) use decrypt::{Opened, open_header};
pub use dek::Dek;
pub(crate) use encrypt::DRAWN;
pub use encrypt::{Encryption, MAX_OTHERS, SharedEncryption, encrypt_object};
pub(crate) use encrypt::{
    RECIPIENTS, SharedDraft, SharedEntries, list_recipients, listed_recipients,
};
pub use error::{Error, Result};
pub use metadata::FileMetadata;
pub use signature::{Covers, HeaderToSign, ObjectSignature, SignedHeader, SignedRecipient};
