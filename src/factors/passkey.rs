//! Passkeys: what an authenticator's PRF gives for one credential and one input (Web Authentication Level 3, §10.1.4).
//! HKDF-SHA-256 (RFC 5869) makes the KEK of it, under a label of its own.

use core::fmt;

use crate::{
    base::{Entropy, Error, Local, PasskeyFault, Result, Secret},
    hazmat::hash::hkdf_sha256,
    records::{Credential, CredentialId, Enrolment, FactorKind, KdfCost, PrfInput, RpId},
};

use super::{Answered, FactorPort, Present};

const KEK: &[u8] = b"strongroom passkey kek";

/// The most credentials that are asked for at once: as many as a vault has factors.
const MOST: usize = 32;

/// A passkey that a caller presents. Its secret stays with the authenticator.
#[derive(Debug, Clone)]
pub struct Passkey {
    rp_id: RpId,
    number: u32,
    id: Option<String>,
}

/// What an authenticator's PRF gave. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct PrfOutput(Secret<32>);

/// A credential that is to be made.
pub struct NewCredential<'a> {
    /// Whose it is to be.
    pub rp_id: &'a RpId,
    /// The `user.id`: 32 random bytes for each factor, so that no credential takes another one's place.
    pub user: [u8; 32],
    /// What its PRF will be evaluated at.
    pub input: &'a PrfInput,
    /// The vault's others: an authenticator that has one of them is to make no second.
    pub exclude: Vec<&'a CredentialId>,
}

/// The credentials one of which is to be asked, each with its own input.
pub struct PrfRequest<'a> {
    /// Whose they are.
    pub rp_id: &'a RpId,
    /// No id twice.
    pub credentials: Vec<&'a Credential>,
}

/// What one of the credentials gave.
pub struct PrfAnswer {
    /// Which of them.
    pub which: usize,
    /// What its PRF gave.
    pub output: PrfOutput,
}

impl Passkey {
    /// One of that relying party; the [`FactorPort`] knows it by a number.
    #[must_use]
    pub const fn new(rp_id: RpId, number: u32) -> Self {
        Self {
            rp_id,
            number,
            id: None,
        }
    }

    /// The passkey of that factor, and of no other.
    #[must_use]
    pub fn of(self, id: Option<String>) -> Self {
        Self { id, ..self }
    }

    /// The number that the [`FactorPort`] knows it by.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The credentials among those enrolled that this page's relying party has.
    fn own<'a>(&self, enrolments: &'a [Enrolment]) -> Result<Vec<(usize, &'a Credential)>> {
        let mut own: Vec<(usize, &Credential)> = Vec::new();
        let mut elsewhere = None;
        for (at, enrolment) in enrolments.iter().enumerate() {
            let Enrolment::Passkey(credential) = enrolment else {
                continue;
            };
            if credential.rp_id != self.rp_id {
                elsewhere = Some(&credential.rp_id);
                continue;
            }
            // A vault enrols none twice; with another input beside it, the true one would perhaps not be asked.
            if own.iter().any(|(_, other)| other.id == credential.id) {
                return Err(Error::Integrity("two records of one passkey"));
            }
            own.push((at, credential));
        }
        if own.len() > MOST {
            return Err(Error::Integrity("more passkeys than a vault has factors"));
        }
        match elsewhere {
            Some(rp_id) if own.is_empty() => {
                let fault = PasskeyFault::OtherRelyingParty(rp_id.as_str().into());
                Err(Error::Passkey(fault))
            }
            _ => Ok(own),
        }
    }

    async fn asserted(&self, port: &dyn FactorPort, credential: &Credential) -> Result<PrfOutput> {
        let request = PrfRequest {
            rp_id: &self.rp_id,
            credentials: vec![credential],
        };
        Ok(port.evaluate_prf(self, request).await?.output)
    }
}

impl PrfOutput {
    /// Takes what an authenticator gave.
    #[must_use]
    pub const fn new(output: Secret<32>) -> Self {
        Self(output)
    }

    fn kek(&self) -> Result<Secret<32>> {
        Ok(hkdf_sha256(&self.0, b"", KEK)?)
    }
}

impl fmt::Debug for PrfOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrfOutput(redacted)")
    }
}

impl Present for Passkey {
    fn kind(&self) -> FactorKind {
        FactorKind::Passkey
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// All of them are asked for at once: whoever presents a passkey makes one gesture.
    fn answer<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        enrolments: &'a [Enrolment],
        attempt: usize,
    ) -> Local<'a, Result<Option<Answered>>> {
        Box::pin(async move {
            if attempt > 0 {
                return Ok(None);
            }
            let own = self.own(enrolments)?;
            let credentials: Vec<_> = own.iter().map(|(_, credential)| *credential).collect();
            let rp_id = &self.rp_id;
            let request = PrfRequest { rp_id, credentials };
            let answer = port.evaluate_prf(self, request).await?;
            let (which, _) = *own.get(answer.which).ok_or(Error::WrongFactor)?;
            let kek = answer.output.kek()?;
            Ok(Some(Answered { which, kek }))
        })
    }

    /// Makes a credential and asks it twice: some authenticators give their PRF late, some another one each time. What the
    /// making of the credential gave is not looked at, since many give nothing then.
    fn enrol<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        others: &'a [Enrolment],
        _: Option<&'a KdfCost>,
        entropy: &'a dyn Entropy,
    ) -> Local<'a, Result<(Enrolment, Secret<32>)>> {
        Box::pin(async move {
            let input = PrfInput::generate(entropy)?;
            let mut user = [0; 32];
            entropy.fill(&mut user)?;
            let others = others.iter().filter_map(|other| match other {
                Enrolment::Passkey(other) if other.rp_id == self.rp_id => Some(&other.id),
                _ => None,
            });
            let made = NewCredential {
                rp_id: &self.rp_id,
                user,
                input: &input,
                exclude: others.take(MOST).collect(),
            };
            let id = port.new_credential(self, made).await?;
            let rp_id = self.rp_id.clone();
            let credential = Credential { id, input, rp_id };
            let first = self.asserted(port, &credential).await?;
            let second = self.asserted(port, &credential).await?;
            if first != second {
                return Err(Error::Passkey(PasskeyFault::Unstable));
            }
            Ok((Enrolment::Passkey(credential), second.kek()?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_byte() {
        let output = PrfOutput::new(Secret::from_slice(&[7; 32]).expect("32 bytes"));
        assert_eq!(format!("{output:?}"), "PrfOutput(redacted)");
    }

    /// A label of its own: HKDF of the same bytes under a kit's label is another key.
    #[test]
    fn the_kek_is_hkdf_of_the_output() {
        let secret = Secret::from_slice(&[7; 32]).expect("32 bytes");
        let kek = PrfOutput::new(secret.clone()).kek().expect("a key");
        // What Python's hmac gives by RFC 5869.
        let expected = "b4219f5d8c4d6c130190c753519d56de923bf3a6602e7f71b1e09a1f654f8184";
        let hex: String = kek
            .expose()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, expected);
        assert!(hkdf_sha256(&secret, b"", b"strongroom recovery kit kek") != Ok(kek));
    }
}
