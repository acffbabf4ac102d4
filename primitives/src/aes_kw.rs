//! AES-256 key wrap (RFC 3394) of 256-bit keys.

use aes_kw::{KeyInit, KwAes256};

/// A key schedule, which is wiped when it is dropped.
pub struct AesKw(KwAes256);

impl AesKw {
    /// Expands a key.
    #[inline(never)]
    #[must_use]
    pub fn new(kek: &[u8; 32]) -> Self {
        Self(KwAes256::new(kek.into()))
    }

    /// RFC 3394 §2.2.1.
    #[inline(never)]
    #[must_use]
    pub fn wrap(&self, key: &[u8; 32]) -> [u8; 40] {
        let mut wrapped = [0; 40];
        self.0
            .wrap_key(key, &mut wrapped)
            .expect("32 bytes are a multiple of 8, and 40 hold them wrapped");
        wrapped
    }

    /// RFC 3394 §2.2.2: whether it was wrapped by this key.
    #[inline(never)]
    #[must_use]
    pub fn unwrap(&self, wrapped: &[u8; 40], key: &mut [u8; 32]) -> bool {
        self.0.unwrap_key(wrapped, key).is_ok()
    }
}
