//! AES-256-GCM (NIST SP 800-38D), 96-bit nonces, 128-bit tags.

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{AeadInOut, Tag},
};

/// A key schedule, which is wiped when it is dropped.
pub struct AesGcm(Aes256Gcm);

impl AesGcm {
    /// Expands a key.
    #[inline(never)]
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Aes256Gcm::new(key.into()))
    }

    /// Encrypts in place and gives the tag; nothing for more than 64 GiB.
    #[inline(never)]
    #[must_use]
    pub fn seal(&self, nonce: &[u8; 12], aad: &[u8], buffer: &mut [u8]) -> Option<[u8; 16]> {
        let sealed = self
            .0
            .encrypt_inout_detached(nonce.into(), aad, buffer.into());
        sealed.ok().map(Into::into)
    }

    /// Authenticates, then decrypts in place. Where it says no, the buffer holds ciphertext still.
    #[inline(never)]
    #[must_use]
    pub fn open(&self, nonce: &[u8; 12], aad: &[u8], buffer: &mut [u8], tag: &[u8; 16]) -> bool {
        let tag: &Tag<Aes256Gcm> = tag.into();
        self.0
            .decrypt_inout_detached(nonce.into(), aad, buffer.into(), tag)
            .is_ok()
    }
}
