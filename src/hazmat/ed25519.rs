//! Ed25519 (RFC 8032): what witnesses cosign with.

use core::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::base::{InputError, InputResult, Secret};

/// A private key, of the seed of 32 bytes that RFC 8032 §5.1.5 begins with. Signing takes no randomness.
pub(crate) struct Ed25519Key(SigningKey);

impl Ed25519Key {
    pub(crate) fn from_seed(seed: &Secret<32>) -> Self {
        // EXPOSE: the key is expanded from its seed; `SigningKey` wipes itself when dropped.
        Self(SigningKey::from_bytes(seed.expose()))
    }

    pub(crate) fn public(&self) -> Ed25519Public {
        Ed25519Public(self.0.verifying_key())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for Ed25519Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ed25519Key(redacted)")
    }
}

/// A public key: a point of no small order, in its one encoding.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Ed25519Public(VerifyingKey);

impl Ed25519Public {
    pub(crate) fn new(bytes: &[u8; 32]) -> InputResult<Self> {
        const MALFORMED: InputError = InputError::Malformed("an Ed25519 key");
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| MALFORMED)?;
        // RFC 8032 §5.1.3 has one encoding of a point; the library takes those of coordinates above the prime, too.
        let is_canonical = VerifyingKey::from(key.to_edwards()) == key;
        // Under a key of small order, one signature is right for many messages.
        let is_sound = is_canonical && !key.is_weak();
        is_sound.then_some(Self(key)).ok_or(MALFORMED)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Whether that is the key's signature of the message: `verify_strict` takes one encoding of it alone.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = Signature::from_bytes(signature);
        self.0.verify_strict(message, &signature).is_ok()
    }
}

impl fmt::Debug for Ed25519Public {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ed25519Public")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("two digits");
        (0..text.len()).step_by(2).map(byte).collect()
    }

    /// RFC 8032 §7.1, tests 1 to 3: seed, public key, message, signature.
    const VECTORS: [[&str; 4]; 3] = [
        [
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ],
        [
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ],
        [
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ],
    ];

    #[test]
    fn signatures_are_those_of_the_rfc_and_no_other_message_or_key_has_them() {
        for [seed, public, message, signature] in VECTORS {
            let (message, expected) = (hex(message), hex(signature));
            let key = Ed25519Key::from_seed(&Secret::from_slice(&hex(seed)).expect("32 bytes"));
            assert_eq!(key.public().bytes().as_slice(), hex(public));
            let signature = key.sign(&message);
            assert_eq!(signature.as_slice(), expected);
            assert!(key.public().verify(&message, &signature));
            assert!(!key.public().verify(b"another", &signature));
            for bit in 0..512 {
                let mut changed = signature;
                changed[bit / 8] ^= 1 << (bit % 8);
                assert!(!key.public().verify(&message, &changed), "{bit}");
            }
        }
    }

    #[test]
    fn points_of_small_order_other_encodings_and_what_is_no_point_are_refused() {
        let mut neutral = [0; 32];
        neutral[0] = 1;
        for bad in [[0; 32], neutral, [2; 32], [0xff; 32]] {
            assert!(Ed25519Public::new(&bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let key = Ed25519Key::from_seed(&Secret::from_slice(&[7; 32]).expect("32 bytes"));
        assert_eq!(format!("{key:?}"), "Ed25519Key(redacted)");
    }
}
