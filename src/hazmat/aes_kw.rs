//! AES-256 key wrap (RFC 3394) of 256-bit keys.

use std::rc::Rc;

use strongroom_primitives::aes_kw;

use crate::vocabulary::{Error, Result, Secret};

/// Bytes of a wrapped 256-bit key.
pub(crate) const WRAPPED: usize = 40;

/// A key schedule, expanded once for however many keys it wraps. Clones share it; the last one wipes it.
#[derive(Clone)]
pub(crate) struct AesKw(Rc<aes_kw::AesKw>);

impl AesKw {
    pub(crate) fn new(kek: &Secret<32>) -> Self {
        // EXPOSE: the cipher expands the KEK into its round keys, which it wipes when dropped.
        Self(Rc::new(aes_kw::AesKw::new(kek.expose())))
    }

    /// RFC 3394 §2.2.1. Deterministic and without a nonce: safe to use any number of times.
    pub(crate) fn wrap(&self, key: &Secret<32>) -> [u8; WRAPPED] {
        // EXPOSE: the key goes in, ciphertext comes out.
        self.0.wrap(key.expose())
    }

    /// RFC 3394 §2.2.2.
    pub(crate) fn unwrap(&self, wrapped: &[u8; WRAPPED]) -> Result<Secret<32>> {
        Secret::try_fill(|key| {
            if self.0.unwrap(wrapped, key) {
                Ok(())
            } else {
                Err(&Error::Decrypt)
            }
        })
    }
}
