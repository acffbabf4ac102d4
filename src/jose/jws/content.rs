//! Signatures of contents that are too large to be held: tokens over a content's digest, under a `typ` of their own. No
//! reader of tokens takes one of these, and no reader of these takes another, so that a signature over the digest of a file
//! is none over the bytes that say it.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Entropy, InputError, Kid, Object},
    hazmat::hash::StreamingSha256,
    jose::{Error, Jwk, Result},
};

use super::{Foreign, Named, token::sign_as};

/// The `typ` of every signature of a content. Callers have none that begins with `sr-`.
const TYP: &str = "sr-digest+jws";
/// The most bytes of a content: what JSON keeps of numbers (RFC 8259 §6).
const MAX_SIZE: u64 = (1 << 53) - 1;

/// What is signed of a content: exactly these. `digest` and `size` are those of an OCI content descriptor.
#[derive(Serialize, Deserialize)]
struct DigestPayload {
    digest: String,
    size: u64,
}

/// A content that is read piece by piece, as far as it was read.
#[derive(Default)]
pub struct ContentHasher {
    hash: StreamingSha256,
    size: u64,
}

impl ContentHasher {
    /// Takes the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.hash.update(piece);
        self.size = self.size.saturating_add(piece.len() as u64);
    }

    /// The whole content's digest.
    #[must_use]
    pub fn finish(self) -> ContentDigest {
        ContentDigest {
            digest: tagged(&self.hash.finish()),
            size: self.size,
        }
    }
}

/// What a content is known by: SHA-256 and its size. Only a [`ContentHasher`] and a signature that was verified make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentDigest {
    digest: String,
    size: u64,
}

impl ContentDigest {
    /// `sha256:` and the digest in lower-case hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// In bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    fn read(payload: &[u8]) -> Result<Self> {
        const PAYLOAD: InputError = InputError::Malformed("a content's digest");
        let DigestPayload { digest, size } = Object::parse(payload, PAYLOAD)?.decode(PAYLOAD)?;
        let hex = digest.strip_prefix(SHA_256).ok_or(PAYLOAD)?;
        let lower = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        if hex.len() != 64 || !hex.bytes().all(lower) || size > MAX_SIZE {
            return Err(PAYLOAD.into());
        }
        Ok(Self { digest, size })
    }
}

/// How digests by SHA-256 begin. No other hash is signed, or verified.
const SHA_256: &str = "sha256:";

fn tagged(hash: &[u8; 32]) -> String {
    let mut text = String::from(SHA_256);
    for byte in hash {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    text
}

/// Holds a content to what was signed, piece by piece.
pub struct ContentCheck {
    hasher: ContentHasher,
    signed: ContentDigest,
}

impl ContentCheck {
    /// Begins a content that is to be the one that was signed.
    #[must_use]
    pub fn new(signed: ContentDigest) -> Self {
        Self {
            hasher: ContentHasher::default(),
            signed,
        }
    }

    /// What was signed.
    #[must_use]
    pub fn signed(&self) -> &ContentDigest {
        &self.signed
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// [`Error::Decrypt`] once there is more than was signed: an endless content is not read to its end.
    pub fn update(&mut self, piece: &[u8]) -> Result<()> {
        self.hasher.update(piece);
        if self.hasher.size > self.signed.size {
            return Err(Error::Decrypt);
        }
        Ok(())
    }

    /// What was signed, if that was the whole content.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub fn finish(self) -> Result<ContentDigest> {
        // No secret is compared.
        if self.hasher.finish() == self.signed {
            Ok(self.signed)
        } else {
            Err(Error::Decrypt)
        }
    }
}

/// Signs a content with a named key, by its digest. The header holds exactly `alg`, `kid` and the `typ` `sr-digest+jws`.
///
/// # Errors
/// As [`sign_named`](super::sign_named); [`Error::TooLarge`] for a content of 2^53 bytes and more.
pub fn sign_content(
    kid: &Kid,
    content: &ContentDigest,
    key: &Jwk,
    entropy: &dyn Entropy,
) -> Result<String> {
    if content.size > MAX_SIZE {
        return Err(InputError::TooLarge("a content (2^53 bytes)").into());
    }
    let payload = Object::encode(&DigestPayload {
        digest: content.digest.clone(),
        size: content.size,
    });
    sign_as(kid, Some(TYP), payload.text().as_bytes(), key, entropy)
}

/// A content's signature by a named key that was read and not yet verified.
pub struct NamedContent(Named);

impl NamedContent {
    /// Reads a content's signature, whose header holds exactly what [`sign_content`] writes.
    ///
    /// # Errors
    /// As [`Named::parse`]; [`Error::Unsupported`] for each other `typ`, and none.
    pub fn parse(token: &str) -> Result<Self> {
        let named = Named::read(token)?;
        check_typ(named.typ())?;
        Ok(Self(named))
    }

    /// Which key says to have signed.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        self.0.kid()
    }

    /// What was signed, if this key did.
    ///
    /// # Errors
    /// As [`Named::verify`]; [`Error::Malformed`] where what was signed is no content's digest.
    pub fn verify(&self, key: &Jwk) -> Result<ContentDigest> {
        ContentDigest::read(self.0.verify(key)?)
    }
}

/// A content's signature by somebody else that was read and not yet verified.
pub struct ForeignContent(Foreign);

impl ForeignContent {
    /// Reads a content's signature. Of its header `alg` and `typ` are read, as of every token of others.
    ///
    /// # Errors
    /// As [`Foreign::parse`]; [`Error::Unsupported`] for each other `typ`, and none.
    pub fn parse(token: &str) -> Result<Self> {
        let foreign = Foreign::read(token)?;
        check_typ(foreign.typ())?;
        Ok(Self(foreign))
    }

    /// What was signed, if this key did.
    ///
    /// # Errors
    /// As [`Foreign::verify`]; [`Error::Malformed`] where what was signed is no content's digest.
    pub fn verify(&self, public: &Jwk) -> Result<ContentDigest> {
        ContentDigest::read(self.0.verify(public)?)
    }
}

fn check_typ(typ: Option<&str>) -> Result<()> {
    match typ {
        Some(TYP) => Ok(()),
        _ => Err(Error::Unsupported("a JWS that signs no file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    const ABC: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<DigestPayload>(&format!(r#"{{"digest":"{ABC}","size":3}}"#), &[]);
    }

    #[test]
    fn a_digest_is_that_of_fips_180_however_the_content_is_cut() {
        for pieces in [&["abc"][..], &["a", "bc"], &["", "ab", "", "c"]] {
            let mut hasher = ContentHasher::default();
            pieces
                .iter()
                .for_each(|piece| hasher.update(piece.as_bytes()));
            let content = hasher.finish();
            assert_eq!((content.digest(), content.size()), (ABC, 3));
        }
    }

    #[test]
    fn a_digest_of_another_form_is_none() {
        let read = |digest: &str, size: &str| {
            ContentDigest::read(format!(r#"{{"digest":"{digest}","size":{size}}}"#).as_bytes())
        };
        assert!(read(ABC, "3").is_ok());
        let upper = ABC.to_uppercase().replace("SHA256", "sha256");
        let (bare, long, sha512) = (
            &ABC[7..],
            format!("{ABC}0"),
            ABC.replace("sha256", "sha512"),
        );
        for other in [&upper, bare, &long, &sha512, &ABC[..70], "sha256:"] {
            assert!(
                matches!(read(other, "3"), Err(Error::Malformed(_))),
                "{other}"
            );
        }
        for size in ["-1", "1.5", "9007199254740992", "\"3\""] {
            assert!(
                matches!(read(ABC, size), Err(Error::Malformed(_))),
                "{size}"
            );
        }
    }

    #[test]
    fn a_content_that_is_longer_is_refused_before_its_end() {
        let mut hasher = ContentHasher::default();
        hasher.update(b"abc");
        let mut check = ContentCheck::new(hasher.finish());
        assert_eq!(check.update(b"abc"), Ok(()));
        assert_eq!(check.update(b"d"), Err(Error::Decrypt));
    }
}
