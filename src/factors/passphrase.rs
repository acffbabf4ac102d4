//! From a passphrase to a KEK: Argon2id (RFC 9106).

use core::fmt;

use zeroize::Zeroizing;

use crate::{
    base::{Entropy, Error, InputResult, Local, Result, Secret, VaultId},
    hazmat::argon2,
    jose::RsaPublicKey,
    records::{CredentialId, DeviceKey, Enrolment, FactorKind, Kdf, KdfCost},
};

use super::{
    Answered, DeviceOutput, EscrowAnswer, EscrowHolder, EscrowRequest, NewCredential, Passkey,
    Present, PrfAnswer, PrfRequest,
};

/// A low-entropy secret that somebody typed. Wiped when dropped, never printed.
///
/// The bytes are used as they are. The npm package encodes a string as UTF-8 of its NFC and its NFKC form, where those
/// differ: each is tried, and the last is enrolled.
pub struct Passphrase {
    held: Held,
    id: Option<String>,
}

enum Held {
    Here(Zeroizing<Vec<u8>>),
    ByThePort { index: usize, forms: usize },
}

impl Passphrase {
    /// Takes the bytes over.
    ///
    /// # Errors
    /// [`Error::Argument`] when there are none.
    pub fn new(bytes: Vec<u8>) -> Result<Self> {
        if bytes.is_empty() {
            return Err(Error::Argument("an empty passphrase"));
        }
        let held = Held::Here(Zeroizing::new(bytes));
        Ok(Self { held, id: None })
    }

    /// One whose bytes never come here: the [`FactorPort`] has them under this index, in so many forms.
    #[must_use]
    pub const fn held(index: usize, forms: usize) -> Self {
        let held = Held::ByThePort { index, forms };
        Self { held, id: None }
    }

    /// The passphrase of that factor, and of no other.
    #[must_use]
    pub fn of(self, id: Option<String>) -> Self {
        Self { id, ..self }
    }

    /// The bytes, for a [`FactorPort`].
    ///
    /// # Errors
    /// [`Error::Argument`] for one that the port has.
    pub fn expose(&self) -> Result<&[u8]> {
        match &self.held {
            Held::Here(bytes) => Ok(bytes),
            Held::ByThePort { .. } => Err(Error::Argument("a passphrase is needed")),
        }
    }

    /// Where the [`FactorPort`] has the bytes, if it does.
    #[must_use]
    pub const fn index(&self) -> Option<usize> {
        match self.held {
            Held::Here(_) => None,
            Held::ByThePort { index, .. } => Some(index),
        }
    }

    const fn forms(&self) -> usize {
        match self.held {
            Held::Here(_) => 1,
            Held::ByThePort { forms, .. } => forms,
        }
    }

    async fn stretched(&self, port: &dyn FactorPort, form: usize, kdf: &Kdf) -> Result<Secret<32>> {
        let challenge = Challenge::Argon2id {
            passphrase: self,
            form,
            kdf,
        };
        let Answer::Derived(derived) = port.answer(challenge).await?;
        Ok(derived)
    }
}

impl Present for Passphrase {
    fn kind(&self) -> FactorKind {
        FactorKind::Passphrase
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Each form for each of the records: every attempt costs one Argon2id.
    fn answer<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        enrolments: &'a [Enrolment],
        attempt: usize,
    ) -> Local<'a, Result<Option<Answered>>> {
        Box::pin(async move {
            let attempts = self.forms() * enrolments.len();
            if attempt >= attempts {
                return Ok(None);
            }
            let (form, which) = (attempt / enrolments.len(), attempt % enrolments.len());
            let Enrolment::Passphrase(kdf) = &enrolments[which] else {
                return Ok(None);
            };
            let kek = self.stretched(port, form, kdf).await?;
            Ok(Some(Answered { which, kek }))
        })
    }

    fn enrol<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        _: &'a [Enrolment],
        least: Option<&'a KdfCost>,
        entropy: &'a dyn Entropy,
    ) -> Local<'a, Result<(Enrolment, Secret<32>)>> {
        Box::pin(async move {
            let kdf = Kdf::at_least(least, entropy)?;
            let kek = self.stretched(port, self.forms() - 1, &kdf).await?;
            Ok((Enrolment::Passphrase(kdf), kek))
        })
    }

    /// As a new one, where the default cost rose since, or somebody requires more.
    fn strengthen<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        enrolled: &'a Enrolment,
        least: Option<&'a KdfCost>,
        entropy: &'a dyn Entropy,
    ) -> Local<'a, Result<Option<(Enrolment, Secret<32>)>>> {
        Box::pin(async move {
            match enrolled {
                Enrolment::Passphrase(kdf) if kdf.is_cheap() => {
                    self.enrol(port, &[], least, entropy).await.map(Some)
                }
                Enrolment::Passphrase(kdf) if least.is_some_and(|least| !kdf.costs(least)) => {
                    let least = least.map(|least| kdf.raised_to(least));
                    self.enrol(port, &[], least.as_ref(), entropy)
                        .await
                        .map(Some)
                }
                _ => Ok(None),
            }
        })
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(redacted)")
    }
}

/// What the core asks of a caller's factor. The parameters were checked.
pub enum Challenge<'a> {
    /// What Argon2id derives from a passphrase.
    Argon2id {
        /// The caller's passphrase.
        passphrase: &'a Passphrase,
        /// Which of its forms.
        form: usize,
        /// The salt and the cost.
        kdf: &'a Kdf,
    },
}

/// What a factor gives.
pub enum Answer {
    /// 32 bytes, for use as a KEK.
    Derived(Secret<32>),
}

/// Answers challenges. A port, because a page runs Argon2id in a Worker of its own: linear memory never
/// shrinks, and 64 MiB should not stay.
pub trait FactorPort {
    /// The answer.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the memory cannot be had.
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>>;

    /// Has an authenticator make a credential for a passkey: its id.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where there are no authenticators; what the page reports.
    fn new_credential<'a>(
        &'a self,
        _: &'a Passkey,
        _: NewCredential<'a>,
    ) -> Local<'a, Result<CredentialId>> {
        Box::pin(async { Err(NO_AUTHENTICATORS) })
    }

    /// Asks for one of a passkey's credentials, and for what its PRF gives.
    ///
    /// # Errors
    /// As [`new_credential`](Self::new_credential).
    fn evaluate_prf<'a>(
        &'a self,
        _: &'a Passkey,
        _: PrfRequest<'a>,
    ) -> Local<'a, Result<PrfAnswer>> {
        Box::pin(async { Err(NO_AUTHENTICATORS) })
    }

    /// Has this device make a key that never leaves it, keep it under that name, and find it again.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where none can be kept; what the page reports.
    fn new_device_key<'a>(&'a self, _: &'a DeviceKey) -> Local<'a, Result<()>> {
        Box::pin(async { Err(NO_DEVICE_KEYS) })
    }

    /// What this device's key of that name gives for its input; nothing where there is none.
    ///
    /// # Errors
    /// [`DeviceFault::Clock`](crate::base::DeviceFault) where the clock stands before what is noted beside the key; as
    /// [`new_device_key`](Self::new_device_key).
    fn device_output<'a>(&'a self, _: &'a DeviceKey) -> Local<'a, Result<Option<DeviceOutput>>> {
        Box::pin(async { Err(NO_DEVICE_KEYS) })
    }

    /// Encrypts a key with `RSA-OAEP-256` (RFC 8017 §7.1.1): as many bytes as the modulus has.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the platform has no RSA.
    fn rsa_oaep<'a>(
        &'a self,
        _: &'a RsaPublicKey,
        _: &'a Secret<32>,
    ) -> Local<'a, Result<Vec<u8>>> {
        Box::pin(async { Err(NO_RSA) })
    }

    /// Asks who holds the private half of one of these escrows; nothing where they hold none of them.
    ///
    /// # Errors
    /// What they report; [`Error::Unsupported`] where nobody can be asked.
    fn ask_escrow<'a>(
        &'a self,
        _: EscrowHolder,
        _: Vec<EscrowRequest<'a>>,
    ) -> Local<'a, Result<Option<EscrowAnswer>>> {
        Box::pin(async { Err(NO_HOLDERS) })
    }

    /// What an error of [`ask_escrow`](Self::ask_escrow) tells of a key management service.
    fn reached(&self, _: &Error) -> Reached {
        Reached::Unknown
    }

    /// Keeps what a key management service answered for a vault, in the place of what was kept before, with its key. `text` is sealed
    /// under the device's key.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where nothing can be kept; what the page reports.
    fn keep_answer<'a>(
        &'a self,
        _: &'a VaultId,
        _: &'a DeviceKey,
        _: &'a str,
    ) -> Local<'a, Result<()>> {
        Box::pin(async { Err(NO_DEVICE_KEYS) })
    }

    /// What was kept for a vault, if anything.
    fn kept_answer<'a>(&'a self, _: &'a VaultId) -> Local<'a, Option<String>> {
        Box::pin(async { None })
    }

    /// Deletes what was kept for a vault, and its key, as far as that can be done.
    fn forget_answer<'a>(&'a self, _: &'a VaultId) -> Local<'a, ()> {
        Box::pin(async {})
    }

    /// Deletes this device's key of that name, as far as that can be done.
    fn forget_device_key<'a>(&'a self, _: &'a DeviceKey) -> Local<'a, ()> {
        Box::pin(async {})
    }
}

/// What is known of a key management service that gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It was not reached, or had no time: a kept answer may suffice.
    No,
    /// It says that its key must not be used: its kept answer is deleted.
    Refuses,
    /// Neither is known.
    Unknown,
}

const NO_AUTHENTICATORS: Error = Error::Unsupported("passkeys here");
const NO_RSA: Error = Error::Unsupported("RSA here");
const NO_HOLDERS: Error = Error::Unsupported("holders of escrow keys here");
const NO_DEVICE_KEYS: Error = Error::Unsupported("keys of this device here");

/// Runs Argon2id at once, where it is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct InlineFactor;

impl FactorPort for InlineFactor {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        let Challenge::Argon2id {
            passphrase, kdf, ..
        } = challenge;
        Box::pin(async move {
            let (memory, passes, lanes) = kdf.cost();
            // EXPOSE: the derivation reads the passphrase.
            let derived = argon2id(passphrase.expose()?, &kdf.salt()?, memory, passes, lanes)?;
            Ok(Answer::Derived(derived))
        })
    }
}

/// Argon2id itself, for the short-lived Worker. `memory` in KiB; 32 bytes come out.
///
/// # Errors
/// [`Error::Unsupported`] for parameters that the algorithm does not have.
pub fn argon2id(
    passphrase: &[u8],
    salt: &[u8],
    memory: u32,
    passes: u32,
    lanes: u32,
) -> InputResult<Secret<32>> {
    argon2::argon2id(passphrase, salt, memory, passes, lanes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_byte() {
        let passphrase = Passphrase::new(b"correct horse".to_vec()).expect("not empty");
        assert_eq!(format!("{passphrase:?}"), "Passphrase(redacted)");
    }

    #[test]
    fn an_empty_passphrase_is_refused() {
        assert!(matches!(
            Passphrase::new(Vec::new()),
            Err(Error::Argument(_))
        ));
    }
}
