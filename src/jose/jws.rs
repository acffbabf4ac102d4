//! Signed statements: compact JWS (RFC 7515 §7.1), `ES256`, each kind with a `typ` of its own, so
//! that none serves as another.

use core::fmt;

use crate::{
    hazmat::p256::{Point, Scalar},
    vocabulary::{Entropy, Error, Object, Result, Thumbprint, base64, dotted},
};

use super::{
    Jwk,
    jwk::{Material, Use},
};

const ALG: &str = "ES256";
/// The most characters that are read.
const MAX_BYTES: usize = 1024 * 1024;

/// A key pair for signing. Agreement is done with pairs of another type.
#[derive(Clone)]
pub struct SigningKey(Scalar);

impl SigningKey {
    /// A fresh pair.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self> {
        Scalar::generate(entropy).map(Self)
    }

    /// The pair that a JWK is.
    ///
    /// # Errors
    /// [`Error::Argument`] when it is no private key, [`Error::Unsupported`] when it says that it is
    /// meant for another use.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self> {
        jwk.check_use(Use::Sign)?;
        match jwk.material() {
            Material::Private(scalar) => Ok(Self(scalar.clone())),
            Material::Oct(_) | Material::Public(_) => {
                Err(&Error::Argument("a private P-256 key is needed"))
            }
        }
    }

    /// The pair as a JWK, private half included.
    #[must_use]
    pub fn to_jwk(&self) -> Jwk {
        Jwk::new(Material::Private(self.0.clone()))
            .with("use", "sig")
            .with("alg", ALG)
    }

    /// The RFC 7638 thumbprint: the signer's name.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        self.public().thumbprint()
    }

    fn public(&self) -> Jwk {
        Jwk::new(Material::Public(self.0.public()))
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
    let header = Object::new()
        .with("alg", ALG)
        .with("typ", typ)
        .with("jwk", key.public().public_members());
    let header = base64::encode(header.text().as_bytes());
    let input = dotted::join(&[&header, &base64::encode(payload)]);
    let signature = base64::encode(&key.0.sign(input.as_bytes()));
    dotted::join(&[&input, &signature])
}

/// A JWS that was read and not yet verified: its payload is out of reach.
pub struct Signed {
    input: String,
    payload: Vec<u8>,
    signer: Thumbprint,
    point: Point,
    signature: [u8; 64],
}

impl Signed {
    /// Reads a JWS of that `typ`.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond 1 MiB; [`Error::Malformed`]; [`Error::Unsupported`] for another
    /// `alg` or `typ`.
    pub fn parse(token: &str, typ: &str) -> Result<Self> {
        if token.len() > MAX_BYTES {
            return Err(&Error::TooLarge("JWS (1 MiB)"));
        }
        const PARTS: &Error = &Error::Malformed("JWS (three parts)");
        let [header, payload, signature] = dotted::split(token).ok_or(PARTS)?;
        const HEADER: &Error = &Error::Malformed("JWS header");
        const JWK: &Error = &Error::Malformed("JWS jwk");
        let mut members = Object::parse(&base64::decode(header, HEADER)?, HEADER)?;
        if members.string("alg", &Error::Malformed("JWS alg"))? != ALG {
            return Err(&Error::Unsupported("JWS alg other than ES256"));
        }
        if members.string("typ", &Error::Malformed("JWS typ"))? != typ {
            return Err(&Error::Unsupported("a JWS of another typ"));
        }
        let point = Jwk::bare_public(members.object("jwk", JWK)?, JWK)?;
        members.end(HEADER)?;
        Ok(Self {
            input: dotted::join(&[header, payload]),
            payload: base64::decode(payload, &Error::Malformed("JWS payload"))?,
            signer: Jwk::new(Material::Public(point.clone())).thumbprint(),
            point,
            signature: base64::decode_array(signature, &Error::Malformed("JWS signature"))?,
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
        let genuine =
            self.signer == *expect && self.point.verify(self.input.as_bytes(), &self.signature);
        if genuine {
            Ok(&self.payload)
        } else {
            Err(&Error::Decrypt)
        }
    }
}
