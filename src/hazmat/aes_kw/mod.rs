//! AES-256 key wrap (RFC 3394) of 256-bit keys.

mod batch;

use std::rc::Rc;

use aes::Aes256;
use aes_kw::{InnerInit, KeyInit, KwAes256};

use crate::{base::Secret, hazmat::TagMismatch};

/// Bytes of a wrapped 256-bit key.
pub(crate) const WRAPPED: usize = 40;

/// A key schedule, expanded once for all the keys that it wraps. Clones share it; the last one wipes it.
#[derive(Clone)]
pub(crate) struct AesKw(Rc<Schedule>);

struct Schedule {
    one: KwAes256,
    many: Aes256,
}

impl AesKw {
    pub(crate) fn new(kek: &Secret<32>) -> Self {
        // EXPOSE: the cipher expands the KEK into its round keys, which it wipes when dropped.
        let many = Aes256::new(kek.expose().into());
        let one = KwAes256::inner_init(many.clone());
        Self(Rc::new(Schedule { one, many }))
    }

    /// RFC 3394 §2.2.1. Deterministic and without a nonce: safe to use any number of times.
    pub(crate) fn wrap(&self, key: &Secret<32>) -> [u8; WRAPPED] {
        let mut wrapped = [0; WRAPPED];
        // EXPOSE: the key goes in, ciphertext comes out.
        let done = self.0.one.wrap_key(key.expose(), &mut wrapped);
        done.expect("32 bytes are a multiple of 8, and 40 hold them wrapped");
        wrapped
    }

    /// Wraps each of the keys: in wasm, many take a fraction of the time side by side.
    pub(crate) fn wrap_all<'a>(
        &self,
        keys: impl Iterator<Item = &'a Secret<32>>,
    ) -> Vec<[u8; WRAPPED]> {
        // EXPOSE: the keys go in, ciphertext comes out.
        let keys: Vec<_> = keys.map(Secret::expose).collect();
        batch::wrap(&self.0.many, &keys)
    }

    /// RFC 3394 §2.2.2.
    pub(crate) fn unwrap(&self, wrapped: &[u8; WRAPPED]) -> Result<Secret<32>, TagMismatch> {
        Secret::try_fill(|key| {
            let done = self.0.one.unwrap_key(wrapped, key);
            done.map(|_| ()).map_err(|_| TagMismatch)
        })
    }

    /// Unwraps each of the keys: all of them, or none.
    pub(crate) fn unwrap_all(
        &self,
        wrapped: &[[u8; WRAPPED]],
    ) -> Result<Vec<Secret<32>>, TagMismatch> {
        let keys = batch::unwrap(&self.0.many, wrapped).ok_or(TagMismatch)?;
        let secret = |key: &[u8; 32]| {
            Secret::try_fill(|secret| {
                secret.copy_from_slice(key);
                Ok(())
            })
        };
        keys.iter().map(secret).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SystemEntropy;

    fn key() -> Secret<32> {
        Secret::generate(&SystemEntropy).expect("entropy")
    }

    /// RFC 3394 §4.6: 256 bits of key data under a 256-bit KEK.
    #[test]
    fn the_rfcs_example_agrees() {
        let bytes = |from: &[u8]| Secret::from_slice(from).expect("32 bytes");
        let kek: Vec<u8> = (0..32).collect();
        let key: Vec<u8> = (0..16).map(|n| n * 0x11).chain(0..16).collect();
        let wrapped = [
            [0x28, 0xc9, 0xf4, 0x04, 0xc4, 0xb8, 0x10, 0xf4],
            [0xcb, 0xcc, 0xb3, 0x5c, 0xfb, 0x87, 0xf8, 0x26],
            [0x3f, 0x57, 0x86, 0xe2, 0xd8, 0x0e, 0xd3, 0x26],
            [0xcb, 0xc7, 0xf0, 0xe7, 0x1a, 0x99, 0xf4, 0x3b],
            [0xfb, 0x98, 0x8b, 0x9b, 0x7a, 0x02, 0xdd, 0x21],
        ];
        let wrapped: [u8; WRAPPED] = wrapped.concat().try_into().expect("40 bytes");
        let (kek, key) = (AesKw::new(&bytes(&kek)), bytes(&key));
        assert_eq!(kek.wrap(&key), wrapped);
        assert_eq!(kek.wrap_all([&key].into_iter()), [wrapped]);
        assert_eq!(kek.unwrap(&wrapped), Ok(key.clone()));
        assert_eq!(kek.unwrap_all(&[wrapped]), Ok(vec![key]));
    }

    #[test]
    fn many_keys_are_wrapped_as_the_library_wraps_each() {
        for many in (0..=40).chain([1000]) {
            let kek = AesKw::new(&key());
            let keys: Vec<_> = (0..many).map(|_| key()).collect();
            let wrapped = kek.wrap_all(keys.iter());
            let each: Vec<_> = keys.iter().map(|key| kek.wrap(key)).collect();
            assert_eq!(wrapped, each);
            assert_eq!(kek.unwrap_all(&wrapped), Ok(keys));
        }
    }

    #[test]
    fn one_flipped_bit_among_many_keys_opens_none() {
        let kek = AesKw::new(&key());
        let keys: Vec<_> = (0..37).map(|_| key()).collect();
        let wrapped = kek.wrap_all(keys.iter());
        for at in 0..wrapped.len() {
            for bit in 0..8 * WRAPPED {
                let mut flipped = wrapped.clone();
                flipped[at][bit / 8] ^= 1 << (bit % 8);
                assert_eq!(kek.unwrap_all(&flipped), Err(TagMismatch), "{at} {bit}");
            }
        }
    }

    #[test]
    fn another_key_opens_none() {
        let wrapped = AesKw::new(&key()).wrap_all([&key(), &key()].into_iter());
        assert_eq!(AesKw::new(&key()).unwrap_all(&wrapped), Err(TagMismatch));
    }
}
