//! AES-256-GCM (NIST SP 800-38D), 96-bit nonces, 128-bit tags.

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{AeadInOut, Tag},
};

use crate::{
    base::{InputError, InputResult, Secret},
    hazmat::TagMismatch,
};

/// Bytes of a tag.
pub(crate) const TAG: usize = 16;
/// Bytes of a nonce.
pub(crate) const NONCE: usize = 12;

/// A key schedule: boxed, so that moving it leaves no copy behind; wiped when dropped. The caller states why a nonce never repeats under it.
pub(crate) struct AesGcm(Box<Aes256Gcm>);

impl AesGcm {
    pub(crate) fn new(key: &Secret<32>) -> Self {
        // EXPOSE: the cipher expands the key into its round keys, which it wipes when dropped.
        Self(Box::new(Aes256Gcm::new(key.expose().into())))
    }

    /// Encrypts in place and returns the tag.
    pub(crate) fn seal(
        &self,
        nonce: &[u8; NONCE],
        aad: &[u8],
        buffer: &mut [u8],
    ) -> InputResult<[u8; TAG]> {
        let tag = self
            .0
            .encrypt_inout_detached(nonce.into(), aad, buffer.into());
        tag.map(Into::into)
            .map_err(|_| InputError::TooLarge("AES-GCM plaintext (64 GiB)"))
    }

    /// Authenticates, then decrypts in place. On failure the buffer holds ciphertext still.
    pub(crate) fn open(
        &self,
        nonce: &[u8; NONCE],
        aad: &[u8],
        buffer: &mut [u8],
        tag: &[u8; TAG],
    ) -> Result<(), TagMismatch> {
        let tag: &Tag<Aes256Gcm> = tag.into();
        self.0
            .decrypt_inout_detached(nonce.into(), aad, buffer.into(), tag)
            .map_err(|_| TagMismatch)
    }
}
