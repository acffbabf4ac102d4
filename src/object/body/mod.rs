//! The streaming body: AES-GCM-HKDF as Google Tink's streaming AEAD writes it.
//!
//! ```text
//! u8 header length = 40 | salt[32] | nonce prefix[7] | segment 0 | segment 1 | … | last segment
//! segment key = HKDF-SHA256(ikm = DEK, salt, info = associated data, 32)
//! segment i   = AES-256-GCM(key, nonce = prefix || u32be(i) || u8(last ? 1 : 0), aad = "")
//! ```
//!
//! Nothing here does I/O or owns a buffer for long: a [`BodyEncryptor`] or [`BodyDecryptor`] cuts what it is given
//! into segments and hands each, with its nonce, to an [`Engine`].
//!
//! Source: <https://developers.google.com/tink/streaming-aead/aes_gcm_hkdf_streaming>.

mod decryptor;
mod encryptor;
mod engine;
mod gather;
mod hashes;
mod header;
mod layout;
mod ranges;
mod resume;
mod second_pass;
mod segment;

pub use decryptor::{BodyDecryptor, DecryptorState};
pub use encryptor::{BodyEncryptor, EncryptorState};
pub use engine::{Buffers, Bytes, Engine, RustEngine, RustKey, Turn, Work};
pub use hashes::{BodyHasher, BodyHashes};
pub use header::HEADER;
pub(crate) use header::Header as BodyHeader;
pub use layout::{Layout, Span};
pub use ranges::RangeDecryptor;
pub use resume::{PlaintextDigests, ResumedEncryptor, Start};
pub use second_pass::{HeldEncryptor, SecondPass};
pub use segment::{Segment, SegmentKey};
