//! Statements of a vault's own: signed by a key that their header carries.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Entropy, InputError, Object, Thumbprint},
    hazmat::p256::Point,
    jose::{Error, Result},
    jose::{Jwk, jwk::Material},
};

use super::{
    SigningKey,
    compact::{Alg, Header, Parts, Signer, Verifier, compact},
};

/// The header of a vault's own statement: exactly these.
#[derive(Serialize, Deserialize)]
struct StatementHeader {
    alg: Alg,
    typ: String,
    /// The signer's public key.
    jwk: Object,
}

impl Header for StatementHeader {}

/// Signs a payload. The header holds exactly `alg`, `typ` and the public key as `jwk`.
///
/// # Errors
/// What the entropy source reports; [`Error::Miscalculated`].
pub fn sign(typ: &str, payload: &[u8], key: &SigningKey, entropy: &dyn Entropy) -> Result<String> {
    let header = StatementHeader {
        alg: Alg::Es256,
        typ: typ.to_owned(),
        jwk: key.public().public_members(),
    };
    compact(&header, payload, Signer::Pair(&key.scalar), entropy)
}

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
        Self::parse_up_to(super::compact::MAX_BYTES, token, typ)
    }

    /// As [`parse`](Self::parse), of a text that its reader has bounded otherwise.
    ///
    /// # Errors
    /// Those.
    pub(crate) fn parse_up_to(most: usize, token: &str, typ: &str) -> Result<Self> {
        const JWK: InputError = InputError::Malformed("JWS jwk");
        let (parts, header): (_, StatementHeader) = Parts::parse_up_to(most, token)?;
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
        self.parts
            .verify(Verifier::Public(&self.point), self.signer == *expect)
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
    }
}
