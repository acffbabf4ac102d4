//! AES-256-GCM (NIST SP 800-38D), 96-bit nonces, 128-bit tags.

use strongroom_primitives::aes_gcm;

use crate::vocabulary::{Error, Result, Secret};

/// Bytes of a tag.
pub(crate) const TAG: usize = 16;
/// Bytes of a nonce.
pub(crate) const NONCE: usize = 12;

/// A key schedule. The caller states why a nonce never repeats under it.
pub(crate) struct AesGcm(aes_gcm::AesGcm);

impl AesGcm {
    pub(crate) fn new(key: &Secret<32>) -> Self {
        // EXPOSE: the cipher expands the key into its round keys, which it wipes when dropped.
        Self(aes_gcm::AesGcm::new(key.expose()))
    }

    /// Encrypts in place and returns the tag.
    pub(crate) fn seal(
        &self,
        nonce: &[u8; NONCE],
        aad: &[u8],
        buffer: &mut [u8],
    ) -> Result<[u8; TAG]> {
        let tag = self.0.seal(nonce, aad, buffer);
        tag.ok_or(Error::TooLarge("AES-GCM plaintext (64 GiB)"))
    }

    /// Authenticates, then decrypts in place. On failure the buffer holds ciphertext still.
    pub(crate) fn open(
        &self,
        nonce: &[u8; NONCE],
        aad: &[u8],
        buffer: &mut [u8],
        tag: &[u8; TAG],
    ) -> Result<()> {
        if self.0.open(nonce, aad, buffer, tag) {
            Ok(())
        } else {
            Err(Error::Decrypt)
        }
    }
}
