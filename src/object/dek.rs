//! The data key of one object.

use core::fmt;

use crate::{
    base::{Entropy, Secret},
    jose::Jwk,
    object::{Error, Result},
};

/// 256 random bits that encrypt one body and nothing else, ever.
///
/// It comes out of its own envelope or is drawn fresh; no other key becomes one, and it becomes no
/// other key:
///
/// ```compile_fail,E0277
/// fn as_wrapping_key(dek: strongroom::object::Dek) -> strongroom::jose::Kek {
///     dek.into()
/// }
/// ```
pub struct Dek(Secret<32>);

impl Dek {
    /// A fresh one, for a new object.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self> {
        Ok(Self(Secret::generate(entropy)?))
    }

    /// The one that an object's header holds.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the key inside is not symmetric, or says that it is meant for
    /// something else.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self> {
        let meant_otherwise = ["alg", "use", "key_ops"]
            .iter()
            .any(|name| jwk.member(name).is_some());
        let secret = jwk.secret().filter(|_| !meant_otherwise);
        secret
            .cloned()
            .map(Self)
            .ok_or(Error::Malformed("an object's header holds no data key"))
    }

    /// For the object's header.
    #[must_use]
    pub fn to_jwk(&self) -> Jwk {
        Jwk::oct(self.0.clone())
    }

    pub(crate) fn secret(&self) -> &Secret<32> {
        &self.0
    }
}

impl fmt::Debug for Dek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dek(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SystemEntropy;

    #[test]
    fn a_dek_survives_its_jwk() {
        let dek = Dek::generate(&SystemEntropy).expect("entropy");
        let jwk = dek
            .to_jwk()
            .with("file", "a member that says nothing of its use");
        let again = Dek::from_jwk(&jwk).expect("a data key");
        assert_eq!(dek.secret(), again.secret());
    }

    #[test]
    fn a_key_meant_for_something_else_is_no_dek() {
        let dek = Dek::generate(&SystemEntropy).expect("entropy");
        for (name, value) in [("alg", "A256KW"), ("use", "enc"), ("key_ops", "wrapKey")] {
            let jwk = dek.to_jwk().with(name, value);
            assert!(
                matches!(Dek::from_jwk(&jwk), Err(Error::Malformed(_))),
                "{name}"
            );
        }
        // The pair of RFC 7517 §A.2: its private half has 32 bytes as well.
        let pair = br#"{
            "kty": "EC", "crv": "P-256",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
            "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"
        }"#;
        let pair = Jwk::parse(pair).expect("a key pair");
        assert!(matches!(Dek::from_jwk(&pair), Err(Error::Malformed(_))));
    }

    #[test]
    fn debug_shows_no_byte() {
        let dek = Dek::generate(&SystemEntropy).expect("entropy");
        assert_eq!(format!("{dek:?}"), "Dek(redacted)");
    }
}
