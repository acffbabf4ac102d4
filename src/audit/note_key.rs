//! Keys of signed notes: ECDSA on P-256 (C2SP `signed-note`, signature type 0x02).

use core::fmt;

use crate::{
    base::{Entropy, InputError, base64, is_name},
    hazmat::{
        hash::sha256,
        p256::{Point, der_of, from_der},
    },
    jose::{Jwk, SigningKey},
};

use super::{Error, Result};

/// The signature type, which a verifier's text begins its key with.
const ECDSA: u8 = 2;

/// The first four bytes of the SHA-256 of the public key as a `SubjectPublicKeyInfo`. Type 0x02 is the exception among the
/// signature types: neither the name nor the type is in it.
pub(super) type KeyId = [u8; 4];

/// What signs notes in a name.
///
/// The key is one of its own. If it were used for a JWS too, neither signature would serve as the other: what a note's
/// signature covers ends with a line feed, which no JWS's signing input contains.
pub struct NoteSigner {
    key: SigningKey,
    verifier: NoteVerifier,
}

impl NoteSigner {
    /// A key and the name that it signs in.
    ///
    /// # Errors
    /// [`Error::Argument`] for what is no key's name.
    pub fn new(name: &str, key: SigningKey) -> Result<Self> {
        let verifier = NoteVerifier::new(name, &key.to_jwk())?;
        Ok(Self { key, verifier })
    }

    /// What verifies the notes that it signs.
    #[must_use]
    pub fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    /// ECDSA with SHA-256 over the text, as an `ECDSA-Sig-Value` in DER.
    pub(super) fn sign(&self, text: &str, entropy: &dyn Entropy) -> Result<Vec<u8>> {
        let signature = self.key.sign_message(text.as_bytes(), entropy)?;
        Ok(der_of(&signature))
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoteSigner(redacted)")
    }
}

/// What verifies the notes that one key signed in one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    id: KeyId,
    point: Point,
}

impl NoteVerifier {
    /// The public half of a P-256 key, and the name that it signs in.
    ///
    /// # Errors
    /// [`Error::Argument`] for what is no key's name, and for a symmetric key.
    pub fn new(name: &str, key: &Jwk) -> Result<Self> {
        const KEY: Error = Error::Argument("a P-256 key is needed");
        if !is_key_name(name) {
            return Err(Error::Argument("the name of a note's key"));
        }
        Ok(Self::of(name, key.point().ok_or(KEY)?))
    }

    fn of(name: &str, point: Point) -> Self {
        let hash = sha256(&[&point.to_spki()]);
        Self {
            name: name.to_owned(),
            id: [hash[0], hash[1], hash[2], hash[3]],
            point,
        }
    }

    /// Reads its text: `<name>+<key id, hexadecimal>+<base64 of 0x02 and the key as a SubjectPublicKeyInfo>`.
    ///
    /// # Errors
    /// [`Error::Malformed`], also where the id is not the key's; [`Error::Unsupported`] for another signature type.
    pub fn parse(text: &str) -> Result<Self> {
        const MALFORMED: InputError = InputError::Malformed("a note's verifier key");
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(MALFORMED.into());
        };
        if !is_key_name(name) {
            return Err(MALFORMED.into());
        }
        let key = base64::decode_padded(key, MALFORMED)?;
        let (kind, spki) = key.split_first().ok_or(MALFORMED)?;
        if *kind != ECDSA {
            return Err(Error::Unsupported("notes signed with another type of key"));
        }
        let verifier = Self::of(name, Point::from_spki(spki)?);
        if id_text(verifier.id) == id {
            Ok(verifier)
        } else {
            Err(MALFORMED.into())
        }
    }

    /// Its text, which [`parse`](Self::parse) reads.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut key = vec![ECDSA];
        key.extend(self.point.to_spki());
        [&self.name, &*id_text(self.id), &base64::encode_padded(&key)].join("+")
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id that the key's signatures begin with.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// Whether that is a signature of the text: the one encoding that DER has for it.
    pub(super) fn has_signed(&self, text: &str, signature: &[u8]) -> bool {
        from_der(signature).is_some_and(|signature| self.point.verify(text.as_bytes(), &signature))
    }
}

/// A key's id in hexadecimal digits.
pub(super) fn id_text(id: KeyId) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = id.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// Whether a text can be the name of a note's key: 1 to 256 bytes, no spaces, no `+`, no control characters.
pub(super) fn is_key_name(text: &str) -> bool {
    is_name(text) && !text.contains(|char: char| char == '+' || char.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Secret, SystemEntropy};

    #[test]
    fn a_verifier_reads_what_it_writes_and_nothing_else() {
        let key = SigningKey::generate(&SystemEntropy).expect("entropy");
        let signer = NoteSigner::new("example.com/log", key).expect("a name");
        let text = signer.verifier().to_text();
        assert_eq!(NoteVerifier::parse(&text).as_ref(), Ok(signer.verifier()));

        // The name, the id of eight digits, and the key, in whose base64 there may be more plus signs.
        let (front, key) = text.split_at("example.com/log+00000000".len());
        let key = key.strip_prefix('+').expect("two plus signs");
        let bytes = base64::decode_padded(key, InputError::Malformed("x")).expect("base64");
        let with = |at: usize, value: u8| {
            let mut bytes = bytes.clone();
            bytes[at] = value;
            format!("{front}+{}", base64::encode_padded(&bytes))
        };
        let ed25519 = NoteVerifier::parse(&with(0, 1));
        let unsupported = Error::Unsupported("notes signed with another type of key");
        assert_eq!(ed25519, Err(unsupported));
        // Of another curve; compressed; off the curve.
        for (at, value) in [(17, 0x22), (27, 2), (91, bytes[91] ^ 1)] {
            let refused = NoteVerifier::parse(&with(at, value));
            assert!(matches!(refused, Err(Error::Malformed(_))), "{at}");
        }
        let longer = base64::encode_padded(&[&bytes[..], &[0]].concat());
        for bad in [
            "",
            "example.com/log",
            front,
            &text.replace("example", "exa mple"),
            &text.replace("example.com/log", ""),
            &format!("example.com/log+00000000+{key}"),
            &text.replacen('+', "+0", 1),
            &format!("{front}+{longer}"),
            &format!("{text}\n"),
        ] {
            let refused = NoteVerifier::parse(bad);
            assert!(matches!(refused, Err(Error::Malformed(_))), "{bad:?}");
        }
    }

    #[test]
    fn a_key_has_a_name_without_spaces_and_plus_signs() {
        let jwk = Jwk::generate_p256(&SystemEntropy).expect("entropy");
        for name in ["", "a b", "a+b", "a\u{a0}b", "a\nb", &"a".repeat(257)] {
            let refused = NoteVerifier::new(name, &jwk);
            assert_eq!(refused, Err(Error::Argument("the name of a note's key")));
        }
        let oct = Jwk::oct(Secret::generate(&SystemEntropy).expect("entropy"));
        let refused = NoteVerifier::new("log", &oct);
        assert_eq!(refused, Err(Error::Argument("a P-256 key is needed")));
    }
}
