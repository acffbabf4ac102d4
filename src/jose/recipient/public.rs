//! Recipients of an object besides its own key: the public keys of others, each with the name that it has there.

use crate::{
    base::{Entropy, InputError, Json, Kid, Object, Thumbprint, shows_itself},
    jose::{Cek, Error, Jwk, RecipientEntry, Result},
};

use super::{AgreementPublicKey, RsaPublicKey};

/// Somebody else's public key: of RSA for `RSA-OAEP-256`, or on P-256 for `ECDH-ES+A256KW`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicRecipient {
    kid: Kid,
    key: PublicKey,
    /// Its JWK: the key alone, and its `kid`.
    jwk: Object,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PublicKey {
    Agreement(AgreementPublicKey),
    Rsa(RsaPublicKey),
}

/// How the entry of a [`PublicRecipient`] comes about.
pub(crate) enum Wrapping<'a> {
    /// It is made.
    Made(RecipientEntry),
    /// The platform encrypts the CEK to this key.
    ByPlatform(&'a RsaPublicKey),
}

impl PublicRecipient {
    /// The key of a public JWK that has a `kid`, by which its holder finds the entry.
    ///
    /// # Errors
    /// [`Error::Argument`] for a private or a symmetric key, and for a `kid` that is missing or has characters that are not seen;
    /// [`Error::Unsupported`] for a key that says that it is for another use; [`Error::Malformed`].
    pub fn from_members(members: Object) -> Result<Self> {
        if members.get("kty").and_then(Json::as_str) == Some("RSA") {
            let key = RsaPublicKey::from_members(members)?;
            let (kid, jwk) = (named(key.named().cloned())?, key.members());
            return Ok(Self::new(kid, jwk, PublicKey::Rsa(key)));
        }
        let jwk = Jwk::from_members(members)?;
        if jwk.is_secret() {
            return Err(Error::Argument(
                "recipients (public keys, and one of them is private)",
            ));
        }
        let key = AgreementPublicKey::from_jwk(&jwk)?;
        Ok(Self::new(
            named(jwk.named())?,
            jwk.public_members(),
            PublicKey::Agreement(key),
        ))
    }

    fn new(kid: Kid, jwk: Object, key: PublicKey) -> Self {
        let jwk = jwk.with("kid", kid.as_str());
        Self { kid, key, jwk }
    }

    /// The key of a JWK's text.
    ///
    /// # Errors
    /// As [`from_members`](Self::from_members).
    pub fn parse(json: &[u8]) -> Result<Self> {
        Self::from_members(Object::parse(json, InputError::Malformed("JWK"))?)
    }

    /// The name that its entry has.
    #[must_use]
    pub const fn kid(&self) -> &Kid {
        &self.kid
    }

    /// The thumbprint of the key.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        match &self.key {
            PublicKey::Agreement(key) => key.thumbprint(),
            PublicKey::Rsa(key) => key.thumbprint(),
        }
    }

    /// The public JWK: the members that its thumbprint has, and its `kid`.
    #[must_use]
    pub const fn jwk(&self) -> &Object {
        &self.jwk
    }

    /// The entry of a CEK, or who makes it.
    pub(crate) fn wrapping(&self, cek: &Cek, entropy: &dyn Entropy) -> Result<Wrapping<'_>> {
        match &self.key {
            PublicKey::Agreement(key) => Ok(Wrapping::Made(key.wrap(cek, entropy)?)),
            PublicKey::Rsa(key) => Ok(Wrapping::ByPlatform(key)),
        }
    }
}

fn named(kid: Option<Kid>) -> Result<Kid> {
    let seen = |kid: &Kid| shows_itself(kid.as_str()) && !kid.as_str().contains(char::is_control);
    kid.filter(seen).ok_or(Error::Argument(
        "recipients (each public key needs a kid that can be read)",
    ))
}
