//! SHA-256, HMAC-SHA-256 and HKDF-SHA-256.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::base::{InputResult, Secret};

/// SHA-256 (FIPS 180-4) of the parts, one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut out = [0; 32];
    sha256_into(parts, &mut out);
    out
}

/// SHA-256 of what comes piece by piece.
#[derive(Default)]
pub(crate) struct StreamingSha256(Sha256);

impl StreamingSha256 {
    pub(crate) fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// SHA-256 of secret parts, written into a secret.
pub(crate) fn sha256_secret(parts: &[&[u8]]) -> InputResult<Secret<32>> {
    Secret::try_fill(|out| {
        sha256_into(parts, out);
        Ok(())
    })
}

fn sha256_into(parts: &[&[u8]], out: &mut [u8; 32]) {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize_into(out.into());
}

/// HMAC-SHA-256 (RFC 2104).
pub(crate) fn hmac_sha256(key: &Secret<32>, message: &[u8]) -> [u8; 32] {
    mac_of(key, message).finalize().into_bytes().into()
}

/// Whether that is the message's HMAC-SHA-256, in a time that does not tell how much of it is right.
pub(crate) fn is_hmac_sha256(tag: &[u8], key: &Secret<32>, message: &[u8]) -> bool {
    mac_of(key, message).verify_slice(tag).is_ok()
}

fn mac_of(key: &Secret<32>, message: &[u8]) -> Hmac<Sha256> {
    // EXPOSE: HMAC pads the key into its state.
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.expose())
        .expect("HMAC takes a key of any length");
    mac.update(message);
    mac
}

/// HKDF-SHA-256 (RFC 5869), extract then expand, 32 bytes.
pub(crate) fn hkdf_sha256(ikm: &Secret<32>, salt: &[u8], info: &[u8]) -> InputResult<Secret<32>> {
    Secret::try_fill(|out| {
        // EXPOSE: the key material goes into the extraction.
        Hkdf::<Sha256>::new(Some(salt), ikm.expose())
            .expand(info, out)
            .expect("32 bytes are within HKDF's 255 blocks");
        Ok(())
    })
}
