//! P-256: key pairs, ECDH and ECDSA with SHA-256 (FIPS 186-5, SP 800-56A).

use core::fmt;
use std::rc::Rc;

use ecdsa::hazmat::sign_prehashed_rfc6979;
use p256::{
    AffinePoint, NistP256, PublicKey, SecretKey,
    ecdsa::{Signature, VerifyingKey, signature::Verifier},
    elliptic_curve::point::AffineCoordinates,
};
use sha2::Sha256;

use crate::{
    base::{Entropy, InputError, InputResult, Secret},
    hazmat::hash::sha256,
};

/// What a point's `SubjectPublicKeyInfo` (RFC 5480 §2) has before its coordinates: that it is of an EC key, on P-256, and
/// not compressed.
const SPKI: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];

/// A signature (r ‖ s) as an `ECDSA-Sig-Value` in DER (RFC 3279 §2.2.3).
pub(crate) fn der_of(signature: &[u8; 64]) -> Vec<u8> {
    let signature = Signature::from_slice(signature).expect("a signature that was computed");
    signature.to_der().as_bytes().to_vec()
}

/// The signature (r ‖ s) in that DER, if it is the one encoding of one.
pub(crate) fn from_der(der: &[u8]) -> Option<[u8; 64]> {
    let signature = Signature::from_der(der).ok()?;
    Some(signature.to_bytes().into())
}

/// A point on the curve, never the one at infinity.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Point(Rc<PublicKey>);

impl Point {
    /// From affine coordinates, big-endian. Refuses what is not on the curve.
    pub(crate) fn new(x: &[u8; 32], y: &[u8; 32]) -> InputResult<Self> {
        let point: Option<AffinePoint> = AffinePoint::from_coordinates(x.into(), y.into()).into();
        let key = point.and_then(|point| PublicKey::from_affine(point).ok());
        key.map(Self::of)
            .ok_or(InputError::Malformed("point not on P-256"))
    }

    fn of(key: PublicKey) -> Self {
        Self(Rc::new(key))
    }

    /// The affine coordinates, big-endian.
    pub(crate) fn coordinates(&self) -> ([u8; 32], [u8; 32]) {
        let point = self.0.as_affine();
        (point.x().into(), point.y().into())
    }

    /// The point as a `SubjectPublicKeyInfo` in DER, not compressed.
    pub(crate) fn to_spki(&self) -> Vec<u8> {
        let (x, y) = self.coordinates();
        [&SPKI[..], &x, &y].concat()
    }

    /// The point of such a `SubjectPublicKeyInfo`, and of no other form of it.
    pub(crate) fn from_spki(spki: &[u8]) -> InputResult<Self> {
        const MALFORMED: InputError = InputError::Malformed("a P-256 key (SubjectPublicKeyInfo)");
        let coordinates = spki.strip_prefix(&SPKI).ok_or(MALFORMED)?;
        match coordinates.as_chunks::<32>() {
            ([x, y], []) => Self::new(x, y),
            _ => Err(MALFORMED),
        }
    }

    /// Whether `signature` (r ‖ s, 64 bytes) is one of `message` by this key.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| {
            VerifyingKey::from(*self.0)
                .verify(message, &signature)
                .is_ok()
        })
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Point(P-256)")
    }
}

/// A private scalar between 1 and the group's order.
#[derive(Clone)]
pub(crate) struct Scalar(Rc<SecretKey>);

impl Scalar {
    /// A uniformly random scalar, by rejection: 32 bytes miss the range once in 2^32 draws.
    pub(crate) fn generate(entropy: &dyn Entropy) -> InputResult<Self> {
        loop {
            let candidate = Secret::<32>::generate(entropy)?;
            if let Ok(scalar) = Self::from_secret(&candidate) {
                return Ok(scalar);
            }
        }
    }

    /// From 32 big-endian bytes.
    pub(crate) fn from_secret(bytes: &Secret<32>) -> InputResult<Self> {
        // EXPOSE: the scalar is parsed from its bytes; `SecretKey` wipes itself when dropped.
        SecretKey::from_slice(bytes.expose())
            .map(|key| Self(Rc::new(key)))
            .map_err(|_| InputError::Malformed("private scalar out of P-256's range"))
    }

    /// The 32 big-endian bytes.
    pub(crate) fn to_secret(&self) -> Secret<32> {
        let mut bytes = self.0.to_bytes();
        let secret = Secret::from_slice(&bytes).expect("a scalar has 32 bytes");
        zeroize::Zeroize::zeroize(bytes.as_mut_slice());
        secret
    }

    pub(crate) fn public(&self) -> Point {
        Point::of(self.0.public_key())
    }

    /// ECDH: the shared point's x coordinate.
    pub(crate) fn agree(&self, with: &Point) -> InputResult<Secret<32>> {
        let shared = self.0.diffie_hellman(&with.0);
        Secret::from_slice(shared.raw_secret_bytes())
    }

    /// ECDSA; r ‖ s, 64 bytes, with the lesser of both s. The nonce is that of RFC 6979 with fresh random bytes added
    /// (§3.6): two signatures of one message, one of them computed wrongly, would give the key away otherwise. It is
    /// verified before it is given out, since a wrong one may as well.
    pub(crate) fn sign(&self, message: &[u8], entropy: &dyn Entropy) -> InputResult<[u8; 64]> {
        let added = Secret::<32>::generate(entropy)?;
        let (key, hash) = (self.0.to_nonzero_scalar(), sha256(&[message]));
        // EXPOSE: the random bytes go into the nonce.
        let (signature, _) =
            sign_prehashed_rfc6979::<NistP256, Sha256>(&key, &hash, added.expose());
        let signature: [u8; 64] = signature.normalize_s().to_bytes().into();
        if self.public().verify(message, &signature) {
            Ok(signature)
        } else {
            Err(InputError::Miscalculated("a signature"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SystemEntropy;

    #[test]
    fn no_two_signatures_of_a_message_are_the_same_and_each_has_the_lesser_s() {
        let scalar = Scalar::generate(&SystemEntropy).expect("entropy");
        let mut seen = Vec::new();
        for _ in 0..32 {
            let signature = scalar.sign(b"message", &SystemEntropy).expect("entropy");
            assert!(scalar.public().verify(b"message", &signature));
            assert!(!scalar.public().verify(b"another", &signature));
            // Half of the group's order begins so.
            assert!(signature[32] <= 0x7f);
            assert!(!seen.contains(&signature));
            seen.push(signature);
        }
    }
}
