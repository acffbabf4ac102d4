//! What stands beside a factor that an organisation holds: which of its keys opens it, and what that key opens.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Context, Entropy, Error, InputError, Kid, Result, Secret, Thumbprint},
    jose::{self, AgreementKey, AgreementPublicKey, Envelope, Identity, Jwk},
};

const MALFORMED: InputError = InputError::Malformed("an escrow recipient");

/// A factor's KEK, for whoever has the private half of a key: an Encrypted JWK. Nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "EscrowRecord", into = "EscrowRecord")]
pub struct EscrowedKek {
    recipient: Thumbprint,
    kek: String,
}

/// The same, unchecked.
#[derive(Serialize, Deserialize)]
struct EscrowRecord {
    /// The thumbprint of the public key.
    recipient: Thumbprint,
    /// The Encrypted JWK.
    kek: String,
}

impl EscrowedKek {
    /// The most bytes of an Encrypted JWK of 32 bytes with one recipient.
    const MAX_BYTES: usize = 4096;

    /// A new KEK, encrypted to a public key.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub(crate) fn generate(
        to: &AgreementPublicKey,
        entropy: &dyn Entropy,
    ) -> Result<(Self, Secret<32>)> {
        let jwk = Jwk::oct(Secret::generate(entropy)?);
        let sealed = jose::wrap(&jwk, &[to.clone().into()], &Context::none(), None, entropy)?;
        let record = EscrowRecord {
            recipient: to.thumbprint(),
            kek: sealed.as_str()?.to_owned(),
        };
        Ok((record.try_into()?, secret_of(&jwk)?))
    }

    /// The thumbprint of the key that opens it.
    #[must_use]
    pub const fn recipient(&self) -> &Thumbprint {
        &self.recipient
    }

    /// The KEK.
    ///
    /// # Errors
    /// [`Error::WrongFactor`] where another key's pair is given, or it was changed; [`Error::Malformed`] where it holds something else.
    pub(crate) fn open(&self, by: &AgreementKey) -> Result<Secret<32>> {
        let sealed = Envelope::parse(self.kek.as_bytes())?;
        let opened = jose::unwrap(
            &sealed,
            &[Identity::Agreement(by.clone())],
            &Context::none(),
        );
        let opened = opened.map_err(|error| match error {
            jose::Error::Decrypt => Error::WrongFactor,
            error => error.into(),
        })?;
        secret_of(&opened.jwk)
    }
}

fn secret_of(jwk: &Jwk) -> Result<Secret<32>> {
    Ok(jwk.secret().cloned().ok_or(MALFORMED)?)
}

impl TryFrom<EscrowRecord> for EscrowedKek {
    type Error = Error;

    fn try_from(EscrowRecord { recipient, kek }: EscrowRecord) -> Result<Self> {
        if kek.len() > Self::MAX_BYTES {
            return Err(MALFORMED.into());
        }
        let sealed = Envelope::parse(kek.as_bytes()).map_err(|_| MALFORMED)?;
        let kid = Kid::new(recipient.to_string())?;
        let is_alone = sealed.has_sole_recipient() && sealed.find(&kid).is_some();
        if !is_alone || sealed.aad().is_some() {
            return Err(MALFORMED.into());
        }
        Ok(Self { recipient, kek })
    }
}

impl From<EscrowedKek> for EscrowRecord {
    fn from(EscrowedKek { recipient, kek }: EscrowedKek) -> Self {
        Self { recipient, kek }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SystemEntropy;

    fn escrowed() -> (AgreementKey, EscrowedKek, Secret<32>) {
        let key = AgreementKey::generate(&SystemEntropy).expect("entropy");
        let made = EscrowedKek::generate(&key.public(), &SystemEntropy);
        let (escrowed, kek) = made.expect("entropy");
        (key, escrowed, kek)
    }

    #[test]
    fn the_private_half_gives_the_kek_and_no_other_key_does() {
        let (key, escrowed, kek) = escrowed();
        // EXPOSE: to compare.
        let opened = escrowed.open(&key).expect("it is its own");
        assert_eq!(opened.expose(), kek.expose());
        assert_eq!(escrowed.recipient().to_string(), key.kid().to_string());
        let (other, ..) = self::escrowed();
        assert_eq!(escrowed.open(&other).err(), Some(Error::WrongFactor));
    }

    #[test]
    fn what_is_for_another_key_or_for_others_too_is_refused() {
        let (key, escrowed, _) = escrowed();
        let (other, others, _) = self::escrowed();
        let record = |recipient: &Thumbprint, kek: &str| EscrowRecord {
            recipient: recipient.clone(),
            kek: kek.to_owned(),
        };
        let refused = |record: EscrowRecord| EscrowedKek::try_from(record).is_err();
        assert!(refused(record(others.recipient(), &escrowed.kek)));
        assert!(refused(record(escrowed.recipient(), "{}")));
        assert!(refused(record(escrowed.recipient(), &" ".repeat(5000))));
        let both = [key.public().into(), other.public().into()];
        let jwk = Jwk::oct(Secret::generate(&SystemEntropy).expect("entropy"));
        let shared = jose::wrap(&jwk, &both, &Context::none(), None, &SystemEntropy);
        let shared = shared.expect("an envelope");
        let shared = shared.as_str().expect("text");
        assert!(refused(record(escrowed.recipient(), shared)));
    }
}
