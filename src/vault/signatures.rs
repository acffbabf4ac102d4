//! Signatures by an unlocked vault's keys: compact JWS.

use crate::{
    base::{Result, VersionState},
    object::body::Buffers,
    store::Store,
};

use super::{Unlocked, Vault};

/// A signature that was verified.
pub struct Verified {
    /// The key that signed, by its id.
    pub key: String,
    /// The version that signed, by its id.
    pub version: String,
    /// Where that version is in its life: one that was compromised proves nothing any more.
    pub state: VersionState,
    /// What the signature says it is of.
    pub typ: Option<String>,
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Signs a payload: compact JWS, `ES256`, the version named by its `kid`.
    ///
    /// # Errors
    /// [`Error::NoKey`](crate::Error::NoKey), [`Error::State`](crate::Error::State),
    /// [`Error::Purpose`](crate::Error::Purpose); [`Error::Argument`](crate::Error::Argument) for a `typ`
    /// of the vault's own.
    pub async fn sign(&self, key: &str, typ: Option<&str>, payload: &[u8]) -> Result<String> {
        self.read("sign", |now| now.sign(key, typ, payload)).await
    }

    /// Who signed a JWS, if one of the vault's keys did: the one that is expected, if there is one.
    ///
    /// # Errors
    /// [`Error::NoKey`](crate::Error::NoKey), [`Error::State`](crate::Error::State) for a version that is
    /// suspended or destroyed, [`Error::Purpose`](crate::Error::Purpose),
    /// [`Error::Decrypt`](crate::Error::Decrypt) when it is forged or by another key,
    /// [`Error::Malformed`](crate::Error::Malformed).
    pub async fn verify(&self, token: &str, key: Option<&str>) -> Result<Verified> {
        self.read("verify", |now| now.verify(token, key)).await
    }
}
