//! Content encryption: `A256GCM` (RFC 7518 §5.3) under a content encryption key that is used once.

use core::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    base::{Entropy, InputError, Secret, base64},
    hazmat::aes_gcm::{AesGcm, NONCE, TAG},
    jose::Result,
};

/// The `enc` of everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "JWE enc other than A256GCM")]
pub(crate) enum Enc {
    #[default]
    #[serde(rename = "A256GCM")]
    A256Gcm,
}

/// A content encryption key: drawn with the content it encrypts, wrapped to recipients, gone.
///
/// ```compile_fail
/// fn twice(cek: &strongroom::jose::Cek) -> strongroom::jose::Cek {
///     <strongroom::jose::Cek as Clone>::clone(cek)
/// }
/// ```
pub struct Cek(Secret<32>);

impl Cek {
    pub(crate) fn new(secret: Secret<32>) -> Self {
        Self(secret)
    }

    /// For the recipient algorithms, which wrap it.
    pub(crate) fn secret(&self) -> &Secret<32> {
        &self.0
    }
}

/// A CEK that has encrypted nothing yet: it encrypts one content, and is a [`Cek`] from then on.
pub(crate) struct FreshCek(Cek);

impl FreshCek {
    pub(crate) fn generate(entropy: &dyn Entropy) -> Result<Self> {
        Ok(Self(Cek(Secret::generate(entropy)?)))
    }

    /// For the recipient algorithms, which may wrap it before it is used.
    pub(crate) fn cek(&self) -> &Cek {
        &self.0
    }
}

impl fmt::Debug for Cek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cek(redacted)")
    }
}

/// RFC 7516 §5.1 steps 9 and 13 to 15: what encryption gives.
#[derive(Debug, Clone)]
pub(crate) struct Ciphertext {
    pub(crate) iv: [u8; NONCE],
    pub(crate) text: Vec<u8>,
    pub(crate) tag: [u8; TAG],
}

impl Ciphertext {
    /// Random bytes of each: a CEK and an IV.
    pub(crate) const DRAWN: usize = 32 + NONCE;

    /// Encrypts under a CEK, which only ever decrypts afterwards: a nonce must never repeat under one key.
    pub(crate) fn seal(
        plain: &[u8],
        aad: &[u8],
        FreshCek(cek): FreshCek,
        entropy: &dyn Entropy,
    ) -> Result<(Self, Cek)> {
        let mut iv = [0; NONCE];
        entropy.fill(&mut iv)?;
        let mut text = plain.to_vec();
        let tag = AesGcm::new(&cek.0).seal(&iv, aad, &mut text)?;
        Ok((Self { iv, text, tag }, cek))
    }

    /// Authenticates and decrypts.
    pub(crate) fn open(&self, cek: &Cek, aad: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let mut plain = Zeroizing::new(self.text.clone());
        AesGcm::new(&cek.0).open(&self.iv, aad, &mut plain, &self.tag)?;
        Ok(plain)
    }

    /// In base64url: `iv`, `ciphertext` and `tag`.
    pub(crate) fn encode(&self) -> [String; 3] {
        [
            base64::encode(&self.iv),
            base64::encode(&self.text),
            base64::encode(&self.tag),
        ]
    }

    pub(crate) fn decode(iv: &str, text: &str, tag: &str) -> Result<Self> {
        Ok(Self {
            iv: base64::decode_array(iv, BAD_IV)?,
            text: base64::decode_public(text, BAD_TEXT)?,
            tag: base64::decode_array(tag, BAD_TAG)?,
        })
    }
}

const BAD_IV: InputError = InputError::Malformed("JWE iv");
const BAD_TEXT: InputError = InputError::Malformed("JWE ciphertext");
const BAD_TAG: InputError = InputError::Malformed("JWE tag");
