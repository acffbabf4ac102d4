//! The key under which a version's entry stands in a header that is for others too.
//!
//! Each recipient of such a header learns its CEK, and the version's entry of that CEK is in the header for everybody to
//! copy. Under the version's own key that entry would stand as well alone, around another key, or in a value, and pass for
//! what the version's holder wrote. So it is wrapped under a key of its own, which opens nothing else.

use crate::{
    base::Kid,
    hazmat::hash::hkdf_sha256,
    jose::{
        Cek, Jwk, Kek,
        jwk::{Material, Use},
    },
    jose::{Error, Result},
};

use super::RecipientEntry;

/// What HKDF (RFC 5869) expands a version's key with.
const LABEL: &[u8] = b"strongroom shared header kek";

/// A key that wraps CEKs which others know too: derived of a [`Kek`]'s bytes, under the same name.
///
/// It wraps nothing that is for its holder alone, and a [`Kek`] opens nothing that it wrapped:
///
/// ```compile_fail
/// fn as_a_recipient(shared: strongroom::jose::SharedKek) -> strongroom::jose::Recipient {
///     shared.into()
/// }
/// ```
///
/// ```compile_fail
/// fn of_a_value(shared: &strongroom::jose::SharedKek, value: &strongroom::jose::Value) {
///     drop(value.open(shared, &strongroom::Context::none()));
/// }
/// ```
#[derive(Debug, Clone)]
pub struct SharedKek(Kek);

impl SharedKek {
    /// That of a symmetric key.
    ///
    /// # Errors
    /// As [`Kek::from_jwk`].
    pub fn from_jwk(jwk: &Jwk) -> Result<Self> {
        jwk.check_use(Use::Wrap)?;
        let Material::Oct(key) = jwk.material() else {
            return Err(Error::Argument("a symmetric key is needed"));
        };
        Ok(Self(Kek::new(jwk.kid(), hkdf_sha256(key, b"", LABEL)?)))
    }

    /// The name its entries carry, which is the version's.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        self.0.kid()
    }

    /// The CEK of a header for others too, encrypted to this key.
    pub(crate) fn wrap(&self, cek: &Cek) -> RecipientEntry {
        self.0.wrap(cek)
    }

    /// The CEK in an entry of such a header. Of a header that is for one recipient it is not to be asked.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub(super) fn unwrap(&self, entry: &RecipientEntry) -> Result<Cek> {
        self.0.unwrap(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Secret, SystemEntropy};

    #[test]
    fn it_is_hkdf_of_the_versions_key_and_no_other_labels() {
        let secret = Secret::generate(&SystemEntropy).expect("entropy");
        let jwk = Jwk::oct(secret.clone());
        let (version, shared) = (
            Kek::from_jwk(&jwk).expect("a KEK"),
            SharedKek::from_jwk(&jwk).expect("a KEK"),
        );
        assert_eq!(shared.kid(), version.kid());
        let cek = Cek::new(Secret::generate(&SystemEntropy).expect("entropy"));
        let entry = shared.wrap(&cek);
        assert!(version.unwrap(&entry).is_err());
        assert!(shared.unwrap(&version.wrap(&cek)).is_err());
        let by = |label: &[u8]| {
            let key = hkdf_sha256(&secret, b"", label).expect("32 bytes");
            Kek::new(jwk.kid(), key).unwrap(&entry)
        };
        let opened = by(b"strongroom shared header kek").expect("the label in docs/format.md");
        assert_eq!(opened.secret(), cek.secret());
        assert!(by(b"strongroom passkey kek").is_err());
    }
}
