//! `RSA-OAEP-256`: RSAES-OAEP with SHA-256 and MGF1 with SHA-256 (RFC 7518 §4.3, RFC 8017 §7.1). What clouds' key management
//! services and most hardware modules decrypt.
//!
//! Nothing is computed here: entries and public keys are read and written. The platform encrypts (`crypto.subtle`), and whoever has
//! the private half decrypts.

use serde::{Deserialize, Serialize};

use crate::{
    base::{InputError, Json, Kid, Object, Thumbprint, base64},
    hazmat::hash::sha256,
    jose::{Error, Result, jwk::check_description},
};

use super::RecipientEntry;

pub(super) const ALG: &str = "RSA-OAEP-256";

const MALFORMED: InputError = InputError::Malformed("an RSA public key");
const UNEQUAL: Error = Error::Unsupported(
    "an RSA key of fewer than 2048 or more than 4096 bits, or with another exponent",
);
const OTHER_USE: Error = Error::Unsupported("a key that is meant for another use");

/// How many bytes a modulus has: 2048 to 4096 bits.
const LEAST: usize = 256;
const MOST: usize = 512;
/// The most bytes of a public exponent.
const MOST_OF_EXPONENT: usize = 4;

/// The encrypted key: as many bytes as the modulus has.
pub(super) type Wrapped = Vec<u8>;

/// A public RSA key of 2048 to 4096 bits, whose exponent is odd, at least 3 and below 2^32.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsaPublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    named: Option<Kid>,
}

impl RsaPublicKey {
    /// The key of a JWK (RFC 7518 §6.3.1), whatever else describes it.
    ///
    /// # Errors
    /// [`Error::Argument`] for a private key; [`Error::Malformed`] for numbers that are not written as they must be;
    /// [`Error::Unsupported`] for a key of another size, or of another kind, or one that says that it is for another use.
    pub fn from_members(mut members: Object) -> Result<Self> {
        if members.get("kty").and_then(Json::as_str) != Some("RSA") {
            return Err(Error::Unsupported("a JWK that is not RSA"));
        }
        let private = ["d", "p", "q", "dp", "dq", "qi", "oth"];
        if private.iter().any(|name| members.get(name).is_some()) {
            return Err(Error::Argument(
                "a public key is needed, and this one is private",
            ));
        }
        if ["k", "x", "y", "crv"]
            .iter()
            .any(|name| members.get(name).is_some())
        {
            return Err(MALFORMED.into());
        }
        let (modulus, exponent) = (
            number(&mut members, "n", MOST)?,
            number(&mut members, "e", MOST_OF_EXPONENT)?,
        );
        check_description(&members)?;
        check_use(&members)?;
        let named = members.get("kid").and_then(Json::as_str).map(Kid::new);
        let key = Self {
            modulus,
            exponent,
            named: named.transpose()?,
        };
        key.checked()
    }

    /// The key of a JWK's text.
    ///
    /// # Errors
    /// As [`from_members`](Self::from_members).
    pub fn parse(json: &[u8]) -> Result<Self> {
        Self::from_members(Object::parse(json, MALFORMED)?)
    }

    fn checked(self) -> Result<Self> {
        let bits = self.modulus.len() * 8
            - self
                .modulus
                .first()
                .map_or(0, |top| top.leading_zeros() as usize);
        let odd = |number: &[u8]| number.last().is_some_and(|low| low & 1 == 1);
        let sized = (LEAST * 8..=MOST * 8).contains(&bits) && odd(&self.modulus);
        if sized && odd(&self.exponent) && self.exponent != [1] {
            Ok(self)
        } else {
            Err(UNEQUAL)
        }
    }

    /// RFC 7638 §3.2: the thumbprint of the key, by which it is pinned.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::from_hash(sha256(&[self.members().text().as_bytes()]))
    }

    /// What it calls itself: at a key management service, the name of the key there.
    #[must_use]
    pub const fn named(&self) -> Option<&Kid> {
        self.named.as_ref()
    }

    /// The members that a thumbprint has, in its order.
    #[must_use]
    pub fn members(&self) -> Object {
        Object::new()
            .with("e", base64::encode(&self.exponent))
            .with("kty", "RSA")
            .with("n", base64::encode(&self.modulus))
    }

    /// The key as a SubjectPublicKeyInfo (RFC 5280 §4.1, RFC 8017 appendix A.1), in DER.
    #[must_use]
    pub fn spki(&self) -> Vec<u8> {
        // rsaEncryption, 1.2.840.113549.1.1.1, with NULL as its parameters.
        const ALGORITHM: [u8; 15] = [
            0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05,
            0x00,
        ];
        let numbers = [integer(&self.modulus), integer(&self.exponent)].concat();
        // A bit string without unused bits.
        let key = [vec![0], der(0x30, &numbers)].concat();
        der(0x30, &[ALGORITHM.to_vec(), der(0x03, &key)].concat())
    }

    /// The entry of what was encrypted to it.
    ///
    /// # Errors
    /// [`Error::Miscalculated`] for another number of bytes than the modulus has.
    pub fn entry(&self, kid: Kid, encrypted: Vec<u8>) -> Result<RecipientEntry> {
        if encrypted.len() != self.modulus.len() {
            return Err(Error::Miscalculated("an encrypted key"));
        }
        Ok(RecipientEntry {
            kid,
            wrapped: super::Wrapped::RsaOaep(encrypted),
        })
    }
}

/// Takes a number: big-endian, without a zero in front (RFC 7518 §2, Base64urlUInt).
fn number(members: &mut Object, name: &str, most: usize) -> Result<Vec<u8>> {
    let text = members.string(name, MALFORMED)?;
    if text.len() > most.div_ceil(3) * 4 {
        return Err(UNEQUAL);
    }
    let bytes = base64::decode_public(&text, MALFORMED)?;
    match bytes.first() {
        None | Some(0) => Err(MALFORMED.into()),
        Some(_) if bytes.len() > most => Err(UNEQUAL),
        Some(_) => Ok(bytes),
    }
}

/// Refuses a use that the key's own `use`, `alg` or `key_ops` contradict (RFC 7517 §4.2 to 4.4).
fn check_use(members: &Object) -> Result<()> {
    const OPERATIONS: [&str; 4] = ["encrypt", "decrypt", "wrapKey", "unwrapKey"];
    let says = |name, wanted| {
        members
            .get(name)
            .is_none_or(|value| value.as_str() == Some(wanted))
    };
    let operations = match members.get("key_ops") {
        Some(Json::Array(items)) => items
            .iter()
            .all(|item| item.as_str().is_some_and(|text| OPERATIONS.contains(&text))),
        other => other.is_none(),
    };
    if says("use", "enc") && says("alg", ALG) && operations {
        Ok(())
    } else {
        Err(OTHER_USE)
    }
}

/// A number that is not negative: a zero in front where its top bit is set.
fn integer(number: &[u8]) -> Vec<u8> {
    let top = number.first().is_some_and(|top| top & 0x80 != 0);
    let sign: &[u8] = if top { &[0] } else { &[] };
    der(0x02, &[sign, number].concat())
}

/// A value of DER, of 65,535 bytes at the most.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let [.., high, low] = content.len().to_be_bytes();
    let length: &[u8] = match (high, low) {
        (0, 0..=0x7f) => &[low],
        (0, _) => &[0x81, low],
        _ => &[0x82, high, low],
    };
    [&[tag], length, content].concat()
}

/// A recipient's own header.
#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    kid: Kid,
}

pub(super) fn header(kid: &Kid) -> Object {
    Object::encode(&Header {
        alg: ALG.to_owned(),
        kid: kid.clone(),
    })
}

/// Reads an entry of this algorithm.
pub(super) fn read(header: Object, encrypted_key: &str) -> Result<Wrapped> {
    let _: Header = header.decode(super::MALFORMED)?;
    if encrypted_key.len() > MOST.div_ceil(3) * 4 {
        return Err(super::BAD_KEY.into());
    }
    let key = base64::decode_public(encrypted_key, super::BAD_KEY)?;
    if (LEAST..=MOST).contains(&key.len()) {
        Ok(key)
    } else {
        Err(super::BAD_KEY.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<Header>(r#"{"alg":"RSA-OAEP-256","kid":"k"}"#, &[]);
    }
}
