//! The vault key: the key that wraps all others in a vault.

use crate::{
    base::{Context, Entropy, Error, Kid, Result, Secret},
    jose::{self, Envelope, Identity, Jwk, Kek},
};

/// 256 random bits, used for A256KW of the vault's records and for nothing else.
///
/// A DEK's envelope opens by a key version, never by the vault key: this type is neither a
/// [`Kek`] that a caller can name nor a recipient that an object can have.
#[derive(Clone)]
pub(crate) struct VaultKey {
    kek: Kek,
    jwk: Jwk,
}

impl VaultKey {
    pub(crate) fn generate(entropy: &dyn Entropy) -> Result<(Self, Jwk)> {
        let jwk = Jwk::oct(Secret::generate(entropy)?);
        Ok((Self::from_jwk(&jwk)?, jwk))
    }

    /// Named by its thumbprint, which the envelope that carries it states too.
    pub(crate) fn from_jwk(jwk: &Jwk) -> Result<Self> {
        if jwk.kid() != Kid::from(jwk.thumbprint()) {
            return Err(Error::Malformed("the vault key's kid"));
        }
        Ok(Self {
            kek: Kek::from_jwk(jwk)?,
            jwk: jwk.clone(),
        })
    }

    pub(crate) fn kek(&self) -> &Kek {
        &self.kek
    }

    /// The key itself, to be wrapped once more.
    pub(crate) fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// Its thumbprint.
    pub(crate) fn kid(&self) -> &Kid {
        self.kek.kid()
    }

    /// Whether the envelope of a vault key says that it holds this one.
    pub(crate) fn is_in(&self, envelope: &Envelope) -> bool {
        envelope
            .jkt()
            .is_some_and(|jkt| Kid::from(jkt.clone()) == *self.kid())
    }

    /// What a record's envelope holds, if it is addressed to this key alone.
    pub(crate) fn open(&self, envelope: &Envelope) -> Result<Jwk> {
        let identity = Identity::Kek(self.kek.clone());
        let unwrapped = jose::unwrap(envelope, core::slice::from_ref(&identity), &Context::none())?;
        if unwrapped.proves_writer {
            Ok(unwrapped.jwk)
        } else {
            Err(Error::Decrypt)
        }
    }
}
