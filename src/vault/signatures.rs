//! Signatures by an unlocked vault's keys: compact JWS.

use crate::{
    base::{Error, KeyId, Result, VersionId, VersionState},
    jose::{self, Named, SigningKey},
    keys::Purpose,
    object::body::Buffers,
    store::Store,
};

use super::{Unlocked, Vault, gate::Request, transaction::Transaction};

/// A signature that was verified.
pub struct Verified {
    /// The key that signed, by its id.
    pub key: KeyId,
    /// The version that signed, by its id.
    pub version: VersionId,
    /// Where that version is in its life: one that was compromised proves nothing any more.
    pub state: VersionState,
    /// What the signature says it is of.
    pub typ: Option<String>,
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Signs a payload: compact JWS, `ES256`, the version named by its `kid`.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`],
    /// [`Error::Purpose`]; [`Error::Argument`] for a `typ`
    /// of the vault's own.
    pub async fn sign(&self, key: &str, typ: Option<&str>, payload: &[u8]) -> Result<String> {
        let request = Request::of("sign").about(key);
        self.read(request, async |tx| tx.sign(key, typ, payload).await)
            .await
    }

    /// Who signed a JWS, if one of the vault's keys did: the one that is expected, if there is one.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`] for a version that is
    /// suspended or destroyed, [`Error::Purpose`],
    /// [`Error::Decrypt`] when it is forged or by another key, [`Error::Unsigned`] for a version that a merged backup
    /// brought without proof of whose it is,
    /// [`Error::Malformed`].
    pub async fn verify(&self, token: &str, key: Option<&str>) -> Result<Verified> {
        let request = Request::of("verify").about(key);
        self.read(request, async |tx| tx.verify(token, key).await)
            .await
    }
}

impl Transaction<'_> {
    async fn sign(&self, key: &str, typ: Option<&str>, payload: &[u8]) -> Result<String> {
        let found = self.protecting(key, Purpose::Sign).await?;
        let signing = SigningKey::from_jwk(found.jwk())?;
        Ok(jose::sign_named(
            &found.kid(),
            typ,
            payload,
            &signing,
            self.rng(),
        )?)
    }

    async fn verify(&self, token: &str, key: Option<&str>) -> Result<Verified> {
        let signed = Named::parse(token)?;
        let found = self.opening(signed.kid()).await?;
        found.key.check_purpose(Purpose::Sign)?;
        if let Some(expected) = key
            && self.key(expected).await?.id != found.key.id
        {
            return Err(Error::Decrypt);
        }
        let public = found.jwk().public().ok_or(Error::Purpose)?;
        signed.verify(&public)?;
        let version = found.key.version(&found.version)?;
        if version.unproven && version.compromised_at().is_none() {
            return Err(Error::Unsigned);
        }
        self.note_use(&found.key.id, &found.version);
        Ok(Verified {
            key: found.key.id.clone(),
            version: found.version.clone(),
            state: found.state,
            typ: signed.typ().map(str::to_owned),
        })
    }
}
