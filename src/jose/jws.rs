//! Signatures: compact JWS (RFC 7515 §7.1), `ES256`. A vault's own statements carry their signer's key
//! and have a `typ` each, so that none serves as another; what a named key signs carries that key's
//! `kid`, and never such a `typ`.

use core::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    base::{Entropy, Error, Kid, Object, Result, Thumbprint, base64, dotted},
    hazmat::p256::{Point, Scalar},
};

use super::{
    Jwk,
    jwk::{Material, Use},
};

/// The `alg` of every signature.
#[derive(Serialize, Deserialize)]
#[serde(rename = "JWS alg other than ES256")]
enum Alg {
    #[serde(rename = "ES256")]
    Es256,
}

/// The header of a vault's own statement: exactly these.
#[derive(Serialize, Deserialize)]
struct StatementHeader {
    alg: Alg,
    typ: String,
    /// The signer's public key.
    jwk: Object,
}

/// The header of what a named key signs: exactly these.
#[derive(Serialize, Deserialize)]
struct NamedHeader {
    alg: Alg,
    kid: Kid,
    typ: Option<String>,
}

/// The most characters that are read.
const MAX_BYTES: usize = 1024 * 1024;
/// The longest `typ` of a caller: media types have at most 255 characters (RFC 6838 §4.2).
const MAX_TYP: usize = 256;
/// How the `typ` of every statement of a vault's own begins.
const RESERVED: &[u8] = b"sr-";

/// A key pair for signing. Agreement is done with pairs of another type.
#[derive(Clone)]
pub struct SigningKey {
    kid: Option<Kid>,
    scalar: Scalar,
}

impl SigningKey {
    /// A fresh pair, without a name.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self> {
        let scalar = Scalar::generate(entropy)?;
        Ok(Self { kid: None, scalar })
    }

    /// The pair that a JWK is.
    ///
    /// # Errors
    /// [`Error::Argument`] when it is no private key, [`Error::Unsupported`] when it says that it is
    /// meant for another use.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self> {
        jwk.check_use(Use::Sign)?;
        match jwk.material() {
            Material::Private(scalar) => Ok(Self {
                kid: jwk.named(),
                scalar: scalar.clone(),
            }),
            Material::Oct(_) | Material::Public(_) => {
                Err(Error::Argument("a private P-256 key is needed"))
            }
        }
    }

    /// The pair as a JWK, private half included.
    #[must_use]
    pub fn to_jwk(&self) -> Jwk {
        let mut jwk = Jwk::new(Material::Private(self.scalar.clone()))
            .with("use", "sig")
            .with("alg", "ES256");
        if let Some(kid) = &self.kid {
            jwk = jwk.with("kid", kid.as_str());
        }
        jwk
    }

    /// The RFC 7638 thumbprint: the signer's name.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        self.public().thumbprint()
    }

    fn public(&self) -> Jwk {
        Jwk::new(Material::Public(self.scalar.public()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(redacted)")
    }
}

/// Signs a payload. The header holds exactly `alg`, `typ` and the public key as `jwk`.
#[must_use]
pub fn sign(typ: &str, payload: &[u8], key: &SigningKey) -> String {
    let header = StatementHeader {
        alg: Alg::Es256,
        typ: typ.to_owned(),
        jwk: key.public().public_members(),
    };
    compact(&header, payload, key)
}

/// Signs a payload with a named key. The header holds exactly `alg`, `kid` and the `typ`, if there is
/// one.
///
/// # Errors
/// [`Error::Argument`] for a `typ` that begins with `sr-`, which a vault's own statements have, or is
/// longer than 256 bytes; [`Error::TooLarge`] when the token would exceed 1 MiB.
pub fn sign_named(
    kid: &Kid,
    typ: Option<&str>,
    payload: &[u8],
    key: &SigningKey,
) -> Result<String> {
    if !typ.is_none_or(free) {
        return Err(Error::Argument(
            "typ (at most 256 bytes, not beginning with sr-)",
        ));
    }
    // Looked at first, so that nothing that large is encoded: base64url takes four bytes for three.
    if payload.len() > MAX_BYTES / 4 * 3 {
        return Err(TOO_LARGE);
    }
    let header = NamedHeader {
        alg: Alg::Es256,
        kid: kid.clone(),
        typ: typ.map(str::to_owned),
    };
    let token = compact(&header, payload, key);
    if token.len() > MAX_BYTES {
        return Err(TOO_LARGE);
    }
    Ok(token)
}

/// Whether a caller may use this `typ`. Media types do not tell cases apart, and `application/` may be
/// left out of them (RFC 7515 §4.1.9): no reader of one of ours shall take a caller's for it.
fn free(typ: &str) -> bool {
    let begins = |text: &[u8], with: &[u8]| {
        text.get(..with.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(with))
    };
    let (mut name, whole) = (typ.as_bytes(), b"application/");
    if begins(name, whole) {
        name = &name[whole.len()..];
    }
    typ.len() <= MAX_TYP && !begins(name, RESERVED)
}

/// RFC 7515 §5.1: the signature is over what stands before it.
fn compact(header: &impl Serialize, payload: &[u8], key: &SigningKey) -> String {
    let header = base64::encode(Object::encode(header).text().as_bytes());
    let input = dotted::join(&[&header, &base64::encode(payload)]);
    let signature = base64::encode(&key.scalar.sign(input.as_bytes()));
    dotted::join(&[&input, &signature])
}

/// What every compact JWS consists of, besides its header.
struct Parts {
    input: String,
    payload: Vec<u8>,
    signature: [u8; 64],
}

impl Parts {
    /// RFC 7515 §5.2 steps 1 to 7: the parts, and the header.
    fn parse<H: DeserializeOwned>(token: &str) -> Result<(Self, H)> {
        if token.len() > MAX_BYTES {
            return Err(TOO_LARGE);
        }
        const PARTS: Error = Error::Malformed("JWS (three parts)");
        let [protected, payload, signature] = dotted::split(token).ok_or(PARTS)?;
        let members = Object::parse(&base64::decode(protected, HEADER)?, HEADER)?;
        let header = members.decode(HEADER)?;
        let parts = Self {
            input: dotted::join(&[protected, payload]),
            payload: base64::decode(payload, Error::Malformed("JWS payload"))?,
            signature: base64::decode_array(signature, Error::Malformed("JWS signature"))?,
        };
        Ok((parts, header))
    }

    /// The payload, if this key signed it and `expected` holds as well.
    fn verify(&self, by: &Point, expected: bool) -> Result<&[u8]> {
        if expected && by.verify(self.input.as_bytes(), &self.signature) {
            Ok(&self.payload)
        } else {
            Err(Error::Decrypt)
        }
    }
}

const HEADER: Error = Error::Malformed("JWS header");
const TOO_LARGE: Error = Error::TooLarge("JWS (1 MiB)");

/// A JWS that was read and not yet verified: its payload is out of reach.
pub struct Signed {
    parts: Parts,
    signer: Thumbprint,
    point: Point,
}

impl Signed {
    /// Reads a JWS of that `typ`.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond 1 MiB; [`Error::Malformed`]; [`Error::Unsupported`] for another
    /// `alg` or `typ`.
    pub fn parse(token: &str, typ: &str) -> Result<Self> {
        const JWK: Error = Error::Malformed("JWS jwk");
        let (parts, header): (_, StatementHeader) = Parts::parse(token)?;
        if header.typ != typ {
            return Err(Error::Unsupported("a JWS of another typ"));
        }
        let point = Jwk::bare_public(header.jwk, JWK)?;
        Ok(Self {
            parts,
            signer: Jwk::new(Material::Public(point.clone())).thumbprint(),
            point,
        })
    }

    /// Who says to have signed: worth nothing until it is compared with who should have.
    #[must_use]
    pub fn signer(&self) -> Thumbprint {
        self.signer.clone()
    }

    /// The payload, if the signer expected signed it.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub fn verify(&self, expect: &Thumbprint) -> Result<&[u8]> {
        self.parts.verify(&self.point, self.signer == *expect)
    }
}

/// A JWS by a named key that was read and not yet verified: its payload is out of reach.
pub struct Named {
    parts: Parts,
    kid: Kid,
    typ: Option<String>,
}

impl Named {
    /// Reads a JWS whose header holds exactly `alg`, `kid` and perhaps a `typ`.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond 1 MiB; [`Error::Malformed`]; [`Error::Unsupported`] for another
    /// `alg`, and for a `typ` that [`sign_named`] refuses.
    pub fn parse(token: &str) -> Result<Self> {
        let (parts, header): (_, NamedHeader) = Parts::parse(token)?;
        let NamedHeader { kid, typ, .. } = header;
        if typ.as_deref().is_some_and(|typ| !free(typ)) {
            return Err(Error::Unsupported("a JWS of another typ"));
        }
        Ok(Self { parts, kid, typ })
    }

    /// Which key says to have signed: to look it up by, and worth nothing more.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// The `typ`, as little proven as the `kid` until the token is verified.
    #[must_use]
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// The payload, if this key signed it, of which a pair's public half is enough.
    ///
    /// # Errors
    /// [`Error::Decrypt`], also when the key says that its name is another; [`Error::Argument`] for a
    /// symmetric key; [`Error::Unsupported`] when it says that it is meant for another use.
    pub fn verify(&self, public: &Jwk) -> Result<&[u8]> {
        public.check_use(Use::Sign)?;
        let point = public
            .point()
            .ok_or(Error::Argument("a P-256 key is needed"))?;
        let named = public.named().is_none_or(|kid| kid == self.kid);
        self.parts.verify(&point, named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        let text = r#"{"alg":"ES256","typ":"sr-x+jws","jwk":{"kty":"EC"}}"#;
        is_strict::<StatementHeader>(text, &["jwk"]);
        is_strict::<NamedHeader>(r#"{"alg":"ES256","kid":"k"}"#, &[]);
        is_strict::<NamedHeader>(r#"{"alg":"ES256","kid":"k","typ":"x"}"#, &[]);
    }

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
