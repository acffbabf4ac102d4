//! Tokens of others: signed by whoever follows RFC 7515, and read with a public key of theirs that the reader holds.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Json, Object},
    jose::{Error, Jwk, Result, jwk::Use},
};

use super::{
    compact::{Header, Parts, Verifier},
    token::free,
};

/// Any header: RFC 7515 §4 has a reader ignore what it does not know, but what `crit` names.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct AnyHeader(Object);

impl Header for AnyHeader {
    fn signature_bytes(&self) -> Option<usize> {
        (self.text("alg") == Some(ALG)).then_some(64)
    }
}

/// The one `alg` that is verified.
const ALG: &str = "ES256";

impl AnyHeader {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Json::as_str)
    }
}

/// A JWS of somebody else's that was read and not yet verified: its payload is out of reach.
pub struct Foreign {
    parts: Parts,
    typ: Option<String>,
}

impl Foreign {
    /// Reads a JWS. Of its header `alg` and `typ` are read, and nothing in it says which key verifies it: `kid`, `jwk`,
    /// `jku` and the certificates are passed over.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond 1 MiB; [`Error::Malformed`]; [`Error::Unsupported`] for another `alg` than `ES256`,
    /// for `crit` and `b64`, and for a `typ` that a vault's own statements have.
    pub fn parse(token: &str) -> Result<Self> {
        let foreign = Self::read(token)?;
        if foreign.typ().is_some_and(|typ| !free(typ)) {
            return Err(Error::Unsupported("a JWS of another typ"));
        }
        Ok(foreign)
    }

    /// As [`parse`](Self::parse), of any `typ`.
    pub(super) fn read(token: &str) -> Result<Self> {
        let (parts, header): (_, AnyHeader) = Parts::parse(token)?;
        if header.text("alg") != Some(ALG) {
            return Err(Error::Unsupported(
                "a JWS of somebody else's that is not ES256",
            ));
        }
        if header.0.get("crit").is_some() || header.0.get("b64").is_some() {
            return Err(Error::Unsupported("a JWS with crit or b64"));
        }
        let typ = header
            .0
            .get("typ")
            .map(|typ| typ.as_str().map(str::to_owned));
        let typ = match typ {
            None => None,
            Some(Some(typ)) => Some(typ),
            Some(None) => return Err(Error::Unsupported("a JWS of another typ")),
        };
        Ok(Self { parts, typ })
    }

    /// The `typ`, which proves nothing until the token is verified.
    #[must_use]
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// The payload, if this key signed it.
    ///
    /// # Errors
    /// [`Error::Decrypt`], also for a key that has no public half; [`Error::Unsupported`] when it says that it is meant
    /// for another use.
    pub fn verify(&self, public: &Jwk) -> Result<&[u8]> {
        public.check_use(Use::Sign)?;
        let point = public.point().ok_or(Error::Decrypt)?;
        self.parts.verify(Verifier::Public(&point), true)
    }
}
