//! Recipients of objects besides the vault's own keys, and the signatures that say who wrote for them.

use crate::{
    base::{Error, Kid, Result, Thumbprint},
    factors::FactorPort,
    jose::{Envelope, PublicRecipient, Wrapping},
    object::{ObjectSignature, SharedEntries, SignedHeader},
    records::{Enrolment, Succession},
};

use super::{Keyring, transaction::Transaction};

const OTHER_USE: Error = Error::Argument(
    "recipients (one is an escrow or a gate of this vault; a key serves one use: make another one for objects)",
);
/// What a policy or a state says of such a key, an object for another one too would not follow.
const OWN: Error = Error::Argument(
    "recipients (one has the name of a key of this vault, which opens its own objects)",
);

impl Keyring {
    /// The first of some public keys that opens the vault.
    fn opener_among<'o>(
        &self,
        others: &'o [PublicRecipient],
    ) -> Result<Option<&'o PublicRecipient>> {
        let organisation = self.organisation()?;
        let policy = organisation
            .as_ref()
            .map(|organisation| organisation.policy());
        let policy = policy.transpose()?;
        let enrolled = self.enrolled()?;
        Ok(others.iter().find(|other| {
            let key = other.thumbprint();
            let opens = |(kid, enrolment): &(Kid, _)| is_opener(other, &key, kid, enrolment);
            let escrow = policy.is_some_and(|policy| policy.is_escrow(&key));
            escrow || enrolled.iter().any(opens)
        }))
    }

    /// Whether an identity that signs is the vault's own one: not one that was superseded, which somebody else may have.
    ///
    /// # Errors
    /// [`Error::Decrypt`] for one that the vault never had.
    fn is_identity(&self, signer: &Thumbprint) -> Result<bool> {
        let own = &self.statement.identity;
        if signer == own {
            return Ok(true);
        }
        if Succession::leads(&self.core, self.vault(), (signer, 0), own) {
            return Ok(false);
        }
        Err(Error::Decrypt)
    }
}

impl Transaction<'_> {
    /// Refuses public keys that are there twice, and those that have another use here: a key serves one.
    ///
    /// # Errors
    /// [`Error::Argument`].
    pub(super) async fn check_others(&self, others: &[PublicRecipient]) -> Result<()> {
        let keys: Vec<_> = others.iter().map(PublicRecipient::thumbprint).collect();
        for (at, (other, key)) in others.iter().zip(&keys).enumerate() {
            let mut before = others[..at].iter().zip(&keys);
            if before.any(|(it, jkt)| it.kid() == other.kid() || jkt == key) {
                return Err(Error::Argument("recipients (one of them is there twice)"));
            }
        }
        match self.of_other_use(others).await? {
            None => Ok(()),
            Some((_, why)) => Err(why),
        }
    }

    /// The first of some recipients that opens the vault, or has the name of one of its keys; and why it is refused.
    pub(super) async fn of_other_use<'o>(
        &self,
        others: &'o [PublicRecipient],
    ) -> Result<Option<(&'o Kid, Error)>> {
        if let Some(opener) = self.keyring()?.opener_among(others)? {
            return Ok(Some((opener.kid(), OTHER_USE)));
        }
        self.load_kids(others.iter().map(PublicRecipient::kid))
            .await?;
        for other in others {
            if self.is_own(other.kid())? {
                return Ok(Some((other.kid(), OWN)));
            }
        }
        Ok(None)
    }

    /// What a signature says of a header that this vault wrote; and whether that is proven: what an identity signed that
    /// was superseded, others may have written.
    ///
    /// # Errors
    /// [`Error::Decrypt`] when it is forged, another vault's, or another header's; [`Error::Malformed`].
    pub(super) fn verify_object(
        &self,
        signature: &ObjectSignature,
        header: &Envelope,
    ) -> Result<(SignedHeader, bool)> {
        let (keyring, signer) = (self.keyring()?, signature.signer());
        let is_current = keyring.is_identity(&signer)?;
        let signed = signature.verify(&signer, header)?;
        if signed.vault != *keyring.vault() {
            return Err(Error::Decrypt);
        }
        Ok((signed, is_current))
    }

    /// Adds the entries of all recipients besides the vault's own version.
    pub(super) async fn add_others(
        &self,
        entries: &mut SharedEntries<'_>,
        port: &dyn FactorPort,
    ) -> Result<()> {
        while let Some((other, wrapping)) = entries.next(self.rng())? {
            let entry = match wrapping {
                Wrapping::Made(entry) => entry,
                Wrapping::ByPlatform(key) => {
                    let encrypted = port.rsa_oaep(key, entries.cek().secret()).await?;
                    key.entry(other.kid().clone(), encrypted)?
                }
            };
            entries.add(entry);
        }
        // While the platform encrypted, something else may have changed the vault: then this attempt does not count.
        self.keyring().map(drop)
    }
}

/// Whether a public key, or the name that it goes by, is that of a factor.
fn is_opener(other: &PublicRecipient, key: &Thumbprint, kid: &Kid, enrolment: &Enrolment) -> bool {
    let named = |name: &str| name == other.kid().as_str() || name == key.as_str();
    let held = enrolment.held();
    named(kid.as_str())
        || held.is_some_and(|held| {
            named(held.recipient().as_str()) || held.kid().is_some_and(|kid| named(kid.as_str()))
        })
}
