//! AES-256 key wrap (RFC 3394) of 256-bit keys.

use aes_kw::{KeyInit, KwAes256};

use crate::vocabulary::{Error, Result, Secret};

/// Bytes of a wrapped 256-bit key.
pub(crate) const WRAPPED: usize = 40;

/// RFC 3394 §2.2.1. Deterministic and without a nonce: safe to use any number of times.
pub(crate) fn wrap(kek: &Secret<32>, key: &Secret<32>) -> [u8; WRAPPED] {
    let mut wrapped = [0; WRAPPED];
    // EXPOSE: the cipher reads the KEK; the key goes in, ciphertext comes out.
    KwAes256::new(kek.expose().into())
        .wrap_key(key.expose(), &mut wrapped)
        .expect("32 bytes are a multiple of 8, and 40 hold them wrapped");
    wrapped
}

/// RFC 3394 §2.2.2.
pub(crate) fn unwrap(kek: &Secret<32>, wrapped: &[u8; WRAPPED]) -> Result<Secret<32>> {
    Secret::try_fill(|key| {
        // EXPOSE: the cipher reads the KEK.
        KwAes256::new(kek.expose().into())
            .unwrap_key(wrapped, key)
            .map(|_| ())
            .map_err(|_| &Error::Decrypt)
    })
}
