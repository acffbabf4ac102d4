//! Signatures by an unlocked vault's keys: compact JWS.

use std::rc::Rc;

use crate::{
    base::{Error, KeyId, Result, VersionId, VersionState},
    jose::{self, Foreign, Named},
    keys::{KeyOperation, KeyRecord, Purpose},
    object::body::Buffers,
    store::Store,
};

use super::{
    Unlocked, Vault,
    gate::Request,
    transaction::Transaction,
    usable_version::{Asked, UsableVersion},
};

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
    /// Signs a payload: compact JWS, `ES256` with a key that signs and `HS256` with one for MACs, the version named by
    /// its `kid`.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`], [`Error::Purpose`]; [`Error::Argument`] for a `typ` of the vault's own.
    pub async fn sign(&self, key: &str, typ: Option<&str>, payload: &[u8]) -> Result<String> {
        let request = Request::of("sign").about(key);
        self.read(request, async |tx| tx.sign(key, typ, payload).await)
            .await
    }

    /// Who signed a JWS, if one of the vault's keys did: the one that is expected, if there is one. With a key of
    /// somebody else's that only verifies, any JWS of that key, whatever its `kid` says.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::State`] for a version that is suspended or destroyed, [`Error::Purpose`],
    /// [`Error::Decrypt`] when it is forged or by another key, [`Error::Unsigned`] for a version that a merged backup
    /// brought without proof of whose it is, [`Error::Malformed`].
    pub async fn verify(&self, token: &str, key: Option<&str>) -> Result<Verified> {
        let request = Request::of("verify").about(key);
        self.read(request, async |tx| tx.verify(token, key).await)
            .await
    }
}

impl Transaction<'_> {
    async fn sign(&self, key: &str, typ: Option<&str>, payload: &[u8]) -> Result<String> {
        let asked = Asked::to(KeyOperation::Sign);
        let found = self.primary(key, asked).await?;
        if !matches!(found.key.purpose, Purpose::Sign | Purpose::Mac) {
            return Err(Error::Purpose);
        }
        self.note_use(&found);
        let (kid, jwk) = (found.kid(), found.jwk());
        Ok(jose::sign_named(&kid, typ, payload, jwk, self.rng())?)
    }

    async fn verify(&self, token: &str, key: Option<&str>) -> Result<Verified> {
        let expected = match key {
            Some(key) => Some(self.key(key).await?),
            None => None,
        };
        let (found, typ) = match expected {
            Some(theirs) if theirs.purpose == Purpose::Verify => {
                self.verify_theirs(token, theirs).await?
            }
            expected => self.verify_ours(token, expected.as_deref()).await?,
        };
        let version = found.key.version(&found.version)?;
        // Whatever else its record says, which may be the work of whoever made the backup.
        if version.unproven {
            return Err(Error::Unsigned);
        }
        self.note_use(&found);
        Ok(Verified {
            key: found.key.id.clone(),
            version: found.version.clone(),
            state: found.state,
            typ,
        })
    }

    /// A token that names the version which signed it.
    async fn verify_ours(
        &self,
        token: &str,
        expected: Option<&KeyRecord>,
    ) -> Result<(UsableVersion, Option<String>)> {
        let signed = Named::parse(token)?;
        let asked = Asked::to(KeyOperation::Verify);
        let found = self.opening(signed.kid(), asked).await?;
        if !matches!(found.key.purpose, Purpose::Sign | Purpose::Mac) {
            return Err(Error::Purpose);
        }
        if expected.is_some_and(|expected| expected.id != found.key.id) {
            return Err(Error::Decrypt);
        }
        signed.verify(found.jwk())?;
        Ok((found, signed.typ().map(str::to_owned)))
    }

    /// A token of somebody else's, by the version that the vault has of that key.
    async fn verify_theirs(
        &self,
        token: &str,
        key: Rc<KeyRecord>,
    ) -> Result<(UsableVersion, Option<String>)> {
        let signed = Foreign::parse(token)?;
        key.primary_version().state.check_opens()?;
        let version = key.primary.clone();
        let asked = Asked::to(KeyOperation::Verify);
        let found = self.usable(key, &version, asked).await?;
        signed.verify(found.jwk())?;
        Ok((found, signed.typ().map(str::to_owned)))
    }
}
