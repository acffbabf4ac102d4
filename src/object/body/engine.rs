//! Engines: what runs AES-GCM over a segment. Two of them write the same bytes: this one, and
//! `crypto.subtle` in `js/src/engine/bodies/aes.ts`.

use core::ops::Range;

use crate::{
    hazmat::aes_gcm::{AesGcm, TAG},
    object::{Error, Result},
};

use super::{Segment, SegmentKey};

/// A buffer that an engine works on: `Vec<u8>`, or an `Uint8Array` of the page.
pub trait Bytes: Sized {
    /// A copy of these bytes.
    fn from_slice(bytes: &[u8]) -> Self;

    /// How many bytes there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of a range, which is within the buffer. Cheap where the buffer can share.
    fn slice(&self, range: Range<usize>) -> Self;

    /// All of them in one buffer.
    fn concat(pieces: Vec<Self>) -> Self;

    /// Copies the first bytes out; `to` is no longer than the buffer.
    fn copy_prefix(&self, to: &mut [u8]);
}

/// The segments of one chunk, each with its bytes: a handful of them.
pub type Work<B> = Vec<(Segment, B)>;

/// The buffers and keys of an engine: all that cutting a body into segments needs.
pub trait Buffers {
    /// A body's key, as the engine takes it.
    type Key;
    /// The buffers it works on.
    type Bytes: Bytes;

    /// Takes a body's key. One that the platform must import first is imported when it is used.
    ///
    /// # Errors
    /// [`Error::Unsupported`].
    fn import(&self, key: SegmentKey) -> Result<Self::Key>;
}

/// Seals and opens segments. It owns the buffers meanwhile.
///
/// In a page nobody waits inside the crate: `js/src/engine/bodies/aes.ts` does there what an engine does.
#[expect(
    async_fn_in_trait,
    reason = "a page is one thread: these futures are never Send"
)]
pub trait Engine: Buffers {
    /// Encrypts segments, side by side where it can: ciphertext ‖ tag of each, in order. Spends their
    /// nonces.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the platform fails.
    async fn seal(&self, key: &Self::Key, work: Work<Self::Bytes>) -> Result<Vec<Self::Bytes>>;

    /// Authenticates and decrypts segments, side by side where it can: all of them, in order, or none.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    async fn open(&self, key: &Self::Key, work: Work<Self::Bytes>) -> Result<Vec<Self::Bytes>>;
}

/// One call's part of a body, cut: what goes out as it is, and then what an engine makes of the work. The
/// body waits for it to be given back, and ends without it.
pub struct Turn<State, B> {
    /// What goes out first: a encryptor's 40 bytes, once.
    pub ready: Option<B>,
    /// The segments that became whole.
    pub work: Work<B>,
    pub(super) state: State,
    pub(super) last: bool,
}

/// The `aes-gcm` crate over `Vec<u8>`.
#[derive(Debug, Clone, Copy, Default)]
pub struct RustEngine;

/// The key schedule of one body.
pub struct RustKey(AesGcm);

impl Buffers for RustEngine {
    type Key = RustKey;
    type Bytes = Vec<u8>;

    fn import(&self, key: SegmentKey) -> Result<RustKey> {
        Ok(RustKey::new(&key))
    }
}

impl Engine for RustEngine {
    async fn seal(&self, key: &RustKey, work: Work<Vec<u8>>) -> Result<Vec<Vec<u8>>> {
        work.into_iter()
            .map(|(segment, plain)| key.seal(segment, plain))
            .collect()
    }

    async fn open(&self, key: &RustKey, work: Work<Vec<u8>>) -> Result<Vec<Vec<u8>>> {
        work.into_iter()
            .map(|(segment, cipher)| key.open(segment, cipher))
            .collect()
    }
}

impl RustKey {
    /// Expands a body's key.
    #[must_use]
    pub fn new(key: &SegmentKey) -> Self {
        Self(AesGcm::new(key.expose()))
    }

    /// Encrypts one segment: ciphertext ‖ tag.
    ///
    /// # Errors
    /// [`Error::TooLarge`], which no segment is.
    pub fn seal(&self, segment: Segment, mut plain: Vec<u8>) -> Result<Vec<u8>> {
        let tag = self.0.seal(segment.nonce(), b"", &mut plain)?;
        // A full buffer would otherwise grow to twice its size for 16 bytes.
        plain.reserve_exact(tag.len());
        plain.extend(tag);
        Ok(plain)
    }

    /// Whether what another engine made of a segment opens to its plaintext. The nonce stays spent.
    #[must_use]
    pub fn confirms(&self, segment: &Segment, mut cipher: Vec<u8>, plain: &[u8]) -> bool {
        let Some((text, tag)) = cipher.split_last_chunk_mut::<TAG>() else {
            return false;
        };
        self.0.open(segment.nonce(), b"", text, tag).is_ok() && text == plain
    }

    /// Authenticates and decrypts one segment.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub fn open(&self, segment: Segment, mut cipher: Vec<u8>) -> Result<Vec<u8>> {
        let (text, tag) = cipher.split_last_chunk_mut::<TAG>().ok_or(Error::Decrypt)?;
        self.0.open(segment.nonce(), b"", text, tag)?;
        cipher.truncate(cipher.len() - TAG);
        Ok(cipher)
    }
}

impl Bytes for Vec<u8> {
    fn from_slice(bytes: &[u8]) -> Self {
        bytes.to_vec()
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn slice(&self, range: Range<usize>) -> Self {
        self[range].to_vec()
    }

    fn concat(pieces: Vec<Self>) -> Self {
        pieces.concat()
    }

    fn copy_prefix(&self, to: &mut [u8]) {
        to.copy_from_slice(&self[..to.len()]);
    }
}
