//! `A256KW`: AES key wrap with a 256-bit key (RFC 7518 §4.4, RFC 3394).

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    base::{Kid, Object, Secret, base64},
    hazmat::aes_kw::{AesKw, WRAPPED},
    jose::{
        Cek, Jwk,
        jwk::{Material, Use},
    },
    jose::{Error, Result},
};

use super::RecipientEntry;

pub(super) const ALG: &str = "A256KW";

/// The encrypted key.
pub(crate) type Wrapped = [u8; WRAPPED];

/// A key that wraps keys: 256 uniformly random bits and the name its entries carry.
///
/// It encrypts no content: the data key of an object is another type, made from nothing but a DEK's
/// own envelope.
///
/// ```compile_fail
/// fn as_data_key(kek: strongroom::jose::Kek) -> strongroom::object::Dek {
///     kek.into()
/// }
/// ```
#[derive(Clone)]
pub struct Kek {
    kid: Kid,
    key: AesKw,
}

impl Kek {
    /// A KEK of that name.
    #[must_use]
    pub fn new(kid: Kid, key: Secret<32>) -> Self {
        let key = AesKw::new(&key);
        Self { kid, key }
    }

    /// The KEK that a JWK is.
    ///
    /// # Errors
    /// [`Error::Argument`] when it is not symmetric, [`Error::Unsupported`] when it says that it is
    /// meant for another use.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self> {
        jwk.check_use(Use::Wrap)?;
        match jwk.material() {
            Material::Oct(key) => Ok(Self::new(jwk.kid(), key.clone())),
            Material::Private(_) | Material::Public(_) => {
                Err(Error::Argument("a symmetric key is needed"))
            }
        }
    }

    /// The name its entries carry.
    #[must_use]
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// RFC 7516 §5.1 step 4: the CEK, encrypted to this key.
    #[must_use]
    pub fn wrap(&self, cek: &Cek) -> RecipientEntry {
        RecipientEntry {
            kid: self.kid.clone(),
            wrapped: super::Wrapped::A256Kw(self.wrap_cek(cek)),
        }
    }

    /// RFC 7516 §5.2 step 10: the CEK in an entry.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub fn unwrap(&self, entry: &RecipientEntry) -> Result<Cek> {
        match &entry.wrapped {
            super::Wrapped::A256Kw(wrapped) => self.unwrap_cek(wrapped),
            super::Wrapped::EcdhEs(_) | super::Wrapped::Skipped => Err(Error::Decrypt),
        }
    }

    /// As [`wrap`](Self::wrap), of each: many take less time side by side.
    pub(crate) fn wrap_all(&self, ceks: &[Cek]) -> Vec<RecipientEntry> {
        let entry = |wrapped| RecipientEntry {
            kid: self.kid.clone(),
            wrapped: super::Wrapped::A256Kw(wrapped),
        };
        self.wrap_ceks(ceks).into_iter().map(entry).collect()
    }

    /// As [`unwrap`](Self::unwrap), of each: all of them, or none.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub(crate) fn unwrap_all(&self, entries: &[&RecipientEntry]) -> Result<Vec<Cek>> {
        let mut all = Vec::new();
        for entry in entries {
            match &entry.wrapped {
                super::Wrapped::A256Kw(wrapped) => all.push(*wrapped),
                super::Wrapped::EcdhEs(_) | super::Wrapped::Skipped => return Err(Error::Decrypt),
            }
        }
        self.unwrap_ceks(&all)
    }

    pub(crate) fn wrap_cek(&self, cek: &Cek) -> Wrapped {
        self.key.wrap(cek.secret())
    }

    pub(crate) fn unwrap_cek(&self, wrapped: &Wrapped) -> Result<Cek> {
        Ok(Cek::new(self.key.unwrap(wrapped)?))
    }

    pub(crate) fn wrap_ceks(&self, ceks: &[Cek]) -> Vec<Wrapped> {
        self.key.wrap_all(ceks.iter().map(Cek::secret))
    }

    pub(crate) fn unwrap_ceks(&self, wrapped: &[Wrapped]) -> Result<Vec<Cek>> {
        let keys = self.key.unwrap_all(wrapped)?;
        Ok(keys.into_iter().map(Cek::new).collect())
    }
}

impl fmt::Debug for Kek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kek({}, redacted)", self.kid)
    }
}

/// A recipient's own header.
#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    kid: Kid,
}

pub(super) fn header(kid: &Kid) -> Object {
    Object::encode(&Header {
        alg: ALG.to_owned(),
        kid: kid.clone(),
    })
}

/// Reads an entry of this algorithm.
pub(super) fn read(header: Object, encrypted_key: &str) -> Result<Wrapped> {
    let _: Header = header.decode(super::MALFORMED)?;
    Ok(base64::decode_array(encrypted_key, super::BAD_KEY)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<Header>(r#"{"alg":"A256KW","kid":"k"}"#, &[]);
    }
}
