//! Keys that sign.

use core::fmt;

use crate::{
    base::{Entropy, Kid, Thumbprint},
    hazmat::p256::Scalar,
    jose::{Error, Result},
    jose::{
        Jwk,
        jwk::{Material, Use},
    },
};

/// A key pair for signing. Agreement is done with pairs of another type.
#[derive(Clone)]
pub struct SigningKey {
    kid: Option<Kid>,
    pub(super) scalar: Scalar,
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

    /// ECDSA with SHA-256 over what is no JWS; r ‖ s.
    pub(crate) fn sign_message(&self, message: &[u8], entropy: &dyn Entropy) -> Result<[u8; 64]> {
        Ok(self.scalar.sign(message, entropy)?)
    }

    pub(super) fn public(&self) -> Jwk {
        Jwk::new(Material::Public(self.scalar.public()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(redacted)")
    }
}
