//! The compact serialization (RFC 7515 §7.1).

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    base::{Entropy, InputError, Object, base64, dotted},
    hazmat::p256::Point,
    jose::{Error, Result},
};

use super::SigningKey;

/// The `alg` of every signature.
#[derive(Serialize, Deserialize)]
#[serde(rename = "JWS alg other than ES256")]
pub(super) enum Alg {
    #[serde(rename = "ES256")]
    Es256,
}

/// The most characters that are read.
pub(super) const MAX_BYTES: usize = 1024 * 1024;

/// RFC 7515 §5.1: the signature is over what stands before it.
pub(super) fn compact(
    header: &impl Serialize,
    payload: &[u8],
    key: &SigningKey,
    entropy: &dyn Entropy,
) -> Result<String> {
    let header = base64::encode(Object::encode(header).text().as_bytes());
    let input = dotted::join(&[&header, &base64::encode(payload)]);
    let signature = key.scalar.sign(input.as_bytes(), entropy)?;
    Ok(dotted::join(&[&input, &base64::encode(&signature)]))
}

/// What every compact JWS consists of, besides its header.
pub(super) struct Parts {
    input: String,
    pub(super) payload: Vec<u8>,
    signature: [u8; 64],
}

impl Parts {
    /// RFC 7515 §5.2 steps 1 to 7: the parts, and the header.
    pub(super) fn parse<H: DeserializeOwned>(token: &str) -> Result<(Self, H)> {
        if token.len() > MAX_BYTES {
            return Err(TOO_LARGE.into());
        }
        const PARTS: InputError = InputError::Malformed("JWS (three parts)");
        let [protected, payload, signature] = dotted::split(token).ok_or(PARTS)?;
        let members = Object::parse(&base64::decode(protected, HEADER)?, HEADER)?;
        let header = members.decode(HEADER)?;
        let parts = Self {
            input: dotted::join(&[protected, payload]),
            payload: base64::decode(payload, InputError::Malformed("JWS payload"))?,
            signature: base64::decode_array(signature, InputError::Malformed("JWS signature"))?,
        };
        Ok((parts, header))
    }

    /// The payload, if this key signed it and `expected` holds as well.
    pub(super) fn verify(&self, by: &Point, expected: bool) -> Result<&[u8]> {
        if expected && by.verify(self.input.as_bytes(), &self.signature) {
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
        let (mut parts, header): (_, Bare) = Parts::parse(token).expect("a token");
        assert!(matches!(header.alg, Alg::Es256));
        let payload = b"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \
            \"http://example.com/is_root\":true}";
        assert_eq!(parts.verify(&point, true), Ok(&payload[..]));
        assert_eq!(parts.verify(&point, false), Err(Error::Decrypt));
        parts.signature[63] ^= 1;
        assert_eq!(parts.verify(&point, true), Err(Error::Decrypt));
    }
}
