//! The streaming body: AES-GCM-HKDF as Google Tink's streaming AEAD writes it.
//!
//! ```text
//! u8 header length = 40 | salt[32] | nonce prefix[7] | segment 0 | segment 1 | … | last segment
//! segment key = HKDF-SHA256(ikm = DEK, salt, info = associated data, 32)
//! segment i   = AES-256-GCM(key, nonce = prefix || u32be(i) || u8(last ? 1 : 0), aad = "")
//! ```
//!
//! Nothing here does I/O or owns a buffer for long: a [`Sealer`] or [`Opener`] cuts what it is given
//! into segments and hands each, with its nonce, to an [`Engine`].
//!
//! Source: <https://developers.google.com/tink/streaming-aead/aes_gcm_hkdf_streaming>.

pub mod attached;
mod dek;
mod engine;
mod gather;
mod header;
mod layout;
mod opener;
mod pinned;
mod ranges;
mod sealer;
mod segment;

pub use dek::Dek;
pub use engine::{Buffers, Bytes, Engine, RustEngine, RustKey, Turn, Work};
pub use header::HEADER;
pub use layout::{Layout, Span};
pub use opener::{Opener, OpenerState};
pub use pinned::{PinnedSealer, Pins, Start};
pub use ranges::RangeOpener;
pub use sealer::{Sealer, SealerState};
pub use segment::{Segment, SegmentKey};
