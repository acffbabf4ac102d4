//! SHA-256 and HMAC-SHA-256.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// SHA-256 (FIPS 180-4) of the parts, one after the other, written in place.
#[inline(never)]
pub fn sha256(parts: &[&[u8]], out: &mut [u8; 32]) {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize_into(out.into());
}

/// HMAC-SHA-256 (RFC 2104).
#[inline(never)]
#[must_use]
pub fn hmac_sha256(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}
