//! The compact serialization (RFC 7515 §7.1).

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    base::{Entropy, InputError, Object, Secret, base64, dotted},
    hazmat::{
        hash::{hmac_sha256, is_hmac_sha256},
        p256::{Point, Scalar},
    },
    jose::{Error, Result},
};

/// The `alg` of every statement.
#[derive(Serialize, Deserialize)]
#[serde(rename = "JWS alg other than ES256")]
pub(super) enum Alg {
    #[serde(rename = "ES256")]
    Es256,
}

/// What signs a token.
#[derive(Clone, Copy)]
pub(super) enum Signer<'a> {
    /// `ES256`.
    Pair(&'a Scalar),
    /// `HS256`.
    Secret(&'a Secret<32>),
}

impl Signer<'_> {
    fn sign(self, input: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>> {
        match self {
            Self::Pair(scalar) => Ok(scalar.sign(input, entropy)?.to_vec()),
            Self::Secret(secret) => Ok(hmac_sha256(secret, input).to_vec()),
        }
    }
}

/// What verifies a token: never a public key in the place of a secret, as each takes its own `alg`.
#[derive(Clone, Copy)]
pub(super) enum Verifier<'a> {
    /// `ES256`.
    Public(&'a Point),
    /// `HS256`.
    Secret(&'a Secret<32>),
}

/// The most characters that are read.
pub(super) const MAX_BYTES: usize = 1024 * 1024;

/// RFC 7515 §5.1: the signature is over what stands before it.
pub(super) fn compact(
    header: &impl Serialize,
    payload: &[u8],
    signer: Signer<'_>,
    entropy: &dyn Entropy,
) -> Result<String> {
    let header = base64::encode(Object::encode(header).text().as_bytes());
    let input = dotted::join(&[&header, &base64::encode(payload)]);
    let signature = signer.sign(input.as_bytes(), entropy)?;
    Ok(dotted::join(&[&input, &base64::encode(&signature)]))
}

/// What a header says of the signature beside it.
pub(super) trait Header: DeserializeOwned {
    /// How long the signature is, in bytes; `None` where the `alg` is not ours, which is told instead.
    fn signature_bytes(&self) -> Option<usize> {
        Some(64)
    }
}

/// What every compact JWS consists of, besides its header.
pub(super) struct Parts {
    input: String,
    pub(super) payload: Vec<u8>,
    signature: Vec<u8>,
}

impl Parts {
    /// RFC 7515 §5.2 steps 1 to 7: the parts, and the header.
    pub(super) fn parse<H: Header>(token: &str) -> Result<(Self, H)> {
        Self::parse_up_to(MAX_BYTES, token)
    }

    /// As [`parse`](Self::parse), of at most so many characters.
    pub(super) fn parse_up_to<H: Header>(most: usize, token: &str) -> Result<(Self, H)> {
        if token.len() > most {
            return Err(TOO_LARGE.into());
        }
        const PARTS: InputError = InputError::Malformed("JWS (three parts)");
        let [protected, payload, signature] = dotted::split(token).ok_or(PARTS)?;
        let members = Object::parse(&base64::decode(protected, HEADER)?, HEADER)?;
        let header: H = members.decode(HEADER)?;
        const SIGNATURE: InputError = InputError::Malformed("JWS signature");
        let signature = base64::decode(signature, SIGNATURE)?;
        if header
            .signature_bytes()
            .is_some_and(|bytes| bytes != signature.len())
        {
            return Err(SIGNATURE.into());
        }
        let parts = Self {
            input: dotted::join(&[protected, payload]),
            payload: base64::decode(payload, InputError::Malformed("JWS payload"))?,
            signature,
        };
        Ok((parts, header))
    }

    /// The payload, if this key signed it and `expected` holds as well.
    pub(super) fn verify(&self, by: Verifier<'_>, expected: bool) -> Result<&[u8]> {
        let input = self.input.as_bytes();
        let signed = match by {
            Verifier::Public(point) => {
                let signature = self.signature.as_slice().try_into();
                signature.is_ok_and(|signature| point.verify(input, signature))
            }
            Verifier::Secret(secret) => is_hmac_sha256(&self.signature, secret, input),
        };
        if expected && signed {
            Ok(&self.payload)
        } else {
            Err(Error::Decrypt)
        }
    }
}

const HEADER: InputError = InputError::Malformed("JWS header");
pub(super) const TOO_LARGE: InputError = InputError::TooLarge("JWS (1 MiB)");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::Jwk;

    #[test]
    fn the_signature_of_the_rfc_is_verified() {
        // RFC 7515 appendix A.3.
        let jwk = br#"{"kty":"EC","crv":"P-256",
            "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
        let token = "eyJhbGciOiJFUzI1NiJ9.\
            eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
            cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
            DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA\
            pmWQxfKTUJqPP3-Kg6NU1Q";
        let point = Jwk::parse(jwk).ok().and_then(|jwk| jwk.point());
        let point = point.expect("a public key");
        #[derive(Deserialize)]
        struct Bare {
            alg: Alg,
        }
        impl Header for Bare {}
        let (mut parts, header): (_, Bare) = Parts::parse(token).expect("a token");
        assert!(matches!(header.alg, Alg::Es256));
        let payload = b"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \
            \"http://example.com/is_root\":true}";
        assert_eq!(
            parts.verify(Verifier::Public(&point), true),
            Ok(&payload[..])
        );
        assert_eq!(
            parts.verify(Verifier::Public(&point), false),
            Err(Error::Decrypt)
        );
        parts.signature[63] ^= 1;
        assert_eq!(
            parts.verify(Verifier::Public(&point), true),
            Err(Error::Decrypt)
        );
    }
}
