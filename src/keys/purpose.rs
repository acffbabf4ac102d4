//! What named keys are used for, and the material that goes with it.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Entropy, Error, Kid, Result, Secret},
    jose::{self, Jwk},
};

use super::Period;

/// What a key is used for. A key serves one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename = "a purpose of a later version", rename_all = "kebab-case")]
pub enum Purpose {
    /// Wraps the DEKs of objects, and encrypts values: `oct` of 256 bits, `A256KW`.
    #[default]
    Encrypt,
    /// Receives keys from whoever has its public half: P-256, `ECDH-ES+A256KW`.
    Share,
    /// Signs: P-256, `ES256`.
    Sign,
    /// Signs what it alone verifies: `oct` of 256 bits, `HS256`.
    Mac,
    /// Verifies what somebody else has signed: the public half of a P-256 key, `ES256`.
    Verify,
}

impl Purpose {
    /// The purpose of that text.
    ///
    /// # Errors
    /// [`Error::Unsupported`].
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "encrypt" => Ok(Self::Encrypt),
            "share" => Ok(Self::Share),
            "sign" => Ok(Self::Sign),
            "mac" => Ok(Self::Mac),
            "verify" => Ok(Self::Verify),
            _ => Err(Error::Unsupported("a purpose of a later version")),
        }
    }

    /// Its text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Encrypt => "encrypt",
            Self::Share => "share",
            Self::Sign => "sign",
            Self::Mac => "mac",
            Self::Verify => "verify",
        }
    }

    /// Whether what is done with it has an encryption context.
    pub(crate) fn has_contexts(self) -> bool {
        matches!(self, Self::Encrypt | Self::Share)
    }

    /// Whether its versions are generated here. Those of others are imported, and have no successor but what is
    /// imported.
    pub(crate) fn is_generated(self) -> bool {
        self != Self::Verify
    }

    /// Refuses a period after which a key would be rotated that is never rotated.
    ///
    /// # Errors
    /// [`Error::Argument`].
    pub(crate) fn check_period(self, every: Option<&Period>) -> Result<()> {
        match every {
            Some(_) if !self.is_generated() => Err(Error::Argument(
                "rotateEvery (a key that verifies is somebody else's to rotate)",
            )),
            _ => Ok(()),
        }
    }

    /// A new key's material.
    ///
    /// # Errors
    /// [`jose::Error::Argument`] of a purpose whose keys are others'.
    pub(crate) fn generate(self, entropy: &dyn Entropy) -> jose::Result<Jwk> {
        match self {
            Self::Encrypt | Self::Mac => Ok(Jwk::oct(Secret::generate(entropy)?)),
            Self::Share | Self::Sign => Jwk::generate_p256(entropy),
            Self::Verify => Err(jose::Error::Argument(
                "purpose (verify is for a public key of somebody else's, which is imported)",
            )),
        }
    }

    /// The material as a version of this purpose carries it.
    ///
    /// # Errors
    /// [`Error::Argument`] for material of another type.
    pub(crate) fn describe(self, jwk: &Jwk, kid: &Kid) -> Result<Jwk> {
        let fits = match self {
            Self::Encrypt | Self::Mac => jwk.secret().is_some(),
            Self::Share | Self::Sign => jwk.secret().is_none(),
            Self::Verify => !jwk.is_secret(),
        };
        if !fits {
            return Err(Error::Argument(
                "encrypt and mac need 32 bytes (oct), share and sign a P-256 key, verify a public one",
            ));
        }
        let bare = jwk.bare().with("kid", kid.as_str());
        Ok(match self {
            Self::Encrypt => bare.with("alg", "A256KW"),
            Self::Share => bare.with("use", "enc").with("alg", "ECDH-ES+A256KW"),
            Self::Sign | Self::Verify => bare.with("use", "sig").with("alg", "ES256"),
            Self::Mac => bare.with("use", "sig").with("alg", "HS256"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Object;

    #[test]
    fn a_purpose_is_stored_under_its_name() {
        #[derive(Serialize, Deserialize)]
        struct Record {
            purpose: Purpose,
        }
        for purpose in [
            Purpose::Encrypt,
            Purpose::Share,
            Purpose::Sign,
            Purpose::Mac,
            Purpose::Verify,
        ] {
            let stored = Object::encode(&Record { purpose });
            assert_eq!(stored.get("purpose"), Some(&purpose.as_str().into()));
            let read = stored.decode::<Record>(crate::base::InputError::Malformed("x"));
            assert_eq!(read.map(|record| record.purpose), Ok(purpose));
        }
    }
}
