//! AES-256 key wrap (RFC 3394) of 256-bit keys.

use std::rc::Rc;

use aes_kw::{KeyInit, KwAes256};

use crate::vocabulary::{Error, Result, Secret};

/// Bytes of a wrapped 256-bit key.
pub(crate) const WRAPPED: usize = 40;

/// A key schedule, expanded once for however many keys it wraps. Clones share it; the last one wipes it.
#[derive(Clone)]
pub(crate) struct AesKw(Rc<KwAes256>);

impl AesKw {
    pub(crate) fn new(kek: &Secret<32>) -> Self {
        // EXPOSE: the cipher expands the KEK into its round keys, which it wipes when dropped.
        Self(Rc::new(KwAes256::new(kek.expose().into())))
    }

    /// RFC 3394 §2.2.1. Deterministic and without a nonce: safe to use any number of times.
    pub(crate) fn wrap(&self, key: &Secret<32>) -> [u8; WRAPPED] {
        let mut wrapped = [0; WRAPPED];
        // EXPOSE: the key goes in, ciphertext comes out.
        self.0
            .wrap_key(key.expose(), &mut wrapped)
            .expect("32 bytes are a multiple of 8, and 40 hold them wrapped");
        wrapped
    }

    /// RFC 3394 §2.2.2.
    pub(crate) fn unwrap(&self, wrapped: &[u8; WRAPPED]) -> Result<Secret<32>> {
        Secret::try_fill(|key| {
            self.0
                .unwrap_key(wrapped, key)
                .map(|_| ())
                .map_err(|_| &Error::Decrypt)
        })
    }
}
