//! Engines: what runs AES-GCM over a segment. Two of them write the same bytes: this one, and
//! `crypto.subtle` in the `web` ring.

use core::ops::Range;

use crate::{
    hazmat::aes_gcm::{AesGcm, TAG},
    vocabulary::{Error, Result},
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

/// Seals and opens segments. It owns the buffers meanwhile.
#[expect(
    async_fn_in_trait,
    reason = "a page is one thread: these futures are never Send"
)]
pub trait Engine {
    /// An imported key.
    type Key;
    /// The buffers it works on.
    type Bytes: Bytes;

    /// Imports a body's key.
    ///
    /// # Errors
    /// [`Error::Unsupported`].
    async fn import(&self, key: SegmentKey) -> Result<Self::Key>;

    /// Encrypts a segment: ciphertext ‖ tag. Spends its nonce.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the platform fails.
    async fn seal(
        &self,
        key: &Self::Key,
        segment: Segment,
        plain: Self::Bytes,
    ) -> Result<Self::Bytes>;

    /// Authenticates and decrypts a segment.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    async fn open(
        &self,
        key: &Self::Key,
        segment: Segment,
        cipher: Self::Bytes,
    ) -> Result<Self::Bytes>;
}

/// The `aes-gcm` crate over `Vec<u8>`.
#[derive(Debug, Clone, Copy, Default)]
pub struct RustEngine;

/// The key schedule of one body.
pub struct RustKey(AesGcm);

impl Engine for RustEngine {
    type Key = RustKey;
    type Bytes = Vec<u8>;

    async fn import(&self, key: SegmentKey) -> Result<RustKey> {
        Ok(RustKey(AesGcm::new(key.expose())))
    }

    async fn seal(&self, key: &RustKey, segment: Segment, mut plain: Vec<u8>) -> Result<Vec<u8>> {
        let tag = key.0.seal(segment.nonce(), b"", &mut plain)?;
        plain.extend(tag);
        Ok(plain)
    }

    async fn open(&self, key: &RustKey, segment: Segment, mut cipher: Vec<u8>) -> Result<Vec<u8>> {
        let (text, tag) = cipher.split_last_chunk_mut::<TAG>().ok_or(Error::Decrypt)?;
        key.0.open(segment.nonce(), b"", text, tag)?;
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
