//! What named keys are used for, and the material that goes with it.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Entropy, Error, Kid, Result, Secret},
    jose::{self, Jwk},
};

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
        }
    }

    /// A new key's material.
    pub(crate) fn generate(self, entropy: &dyn Entropy) -> jose::Result<Jwk> {
        match self {
            Self::Encrypt => Ok(Jwk::oct(Secret::generate(entropy)?)),
            Self::Share | Self::Sign => Jwk::generate_p256(entropy),
        }
    }

    /// The material as a version of this purpose carries it.
    ///
    /// # Errors
    /// [`Error::Argument`] for material of another type.
    pub(crate) fn describe(self, jwk: &Jwk, kid: &Kid) -> Result<Jwk> {
        let fits = jwk.secret().is_some() == (self == Self::Encrypt);
        if !fits {
            return Err(Error::Argument(
                "encrypt needs 32 bytes (oct), share and sign need a P-256 key",
            ));
        }
        let bare = jwk.bare().with("kid", kid.as_str());
        Ok(match self {
            Self::Encrypt => bare.with("alg", "A256KW"),
            Self::Share => bare.with("use", "enc").with("alg", "ECDH-ES+A256KW"),
            Self::Sign => bare.with("use", "sig").with("alg", "ES256"),
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
        for purpose in [Purpose::Encrypt, Purpose::Share, Purpose::Sign] {
            let stored = Object::encode(&Record { purpose });
            assert_eq!(stored.get("purpose"), Some(&purpose.as_str().into()));
            let read = stored.decode::<Record>(crate::base::InputError::Malformed("x"));
            assert_eq!(read.map(|record| record.purpose), Ok(purpose));
        }
    }
}
