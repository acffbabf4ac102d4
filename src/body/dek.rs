//! The data key of one object.

use core::fmt;

use crate::{
    jose::Jwk,
    vocabulary::{Entropy, Error, Result, Secret},
};

/// 256 random bits that encrypt one body and nothing else, ever.
///
/// It comes out of its own envelope or is drawn fresh; no other key becomes one, and it becomes no
/// other key:
///
/// ```compile_fail,E0277
/// fn as_wrapping_key(dek: strongroom::body::Dek) -> strongroom::jose::Kek {
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
        Secret::generate(entropy).map(Self)
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

    pub(super) fn secret(&self) -> &Secret<32> {
        &self.0
    }
}

impl fmt::Debug for Dek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dek(redacted)")
    }
}
