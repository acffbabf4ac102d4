//! What stands beside a factor that an organisation holds: which of its keys opens it, and what that key opens.

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        Context, Entropy, Error, InputError, Json, Kid, Object, Result, Secret, Thumbprint,
        shows_itself,
    },
    jose::{
        self, AgreementKey, AgreementPublicKey, Cek, Draft, Envelope, Identity, Jwk, Question,
        RecipientEntry, RsaPublicKey,
    },
};

use super::OfflineGrace;

const MALFORMED: InputError = InputError::Malformed("an escrow recipient");

/// A factor's KEK, for whoever has the private half of a key: an Encrypted JWK. Nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "EscrowRecord", into = "EscrowRecord")]
pub struct EscrowedKek {
    recipient: Thumbprint,
    kid: Option<Kid>,
    key: Option<Object>,
    grace: Option<OfflineGrace>,
    kek: String,
}

/// The same, unchecked.
#[derive(Serialize, Deserialize)]
struct EscrowRecord {
    /// The thumbprint of the public key.
    recipient: Thumbprint,
    /// What the key calls itself: at a key management service, the name of the key there. Compared, never followed.
    kid: Option<Kid>,
    /// Of a gate: the public key, as the members that its thumbprint has. By it the gate is enrolled anew, and nobody is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Object>,
    /// Of a gate: for how long a device may do without its answer.
    #[serde(
        default,
        rename = "offlineGrace",
        skip_serializing_if = "Option::is_none"
    )]
    grace: Option<OfflineGrace>,
    /// The Encrypted JWK.
    kek: String,
}

impl EscrowedKek {
    /// The most bytes of an Encrypted JWK of 32 bytes with one recipient.
    const MAX_BYTES: usize = 4096;

    /// A new KEK, and an envelope of it whose recipient is still to be added: `to` is the thumbprint of a public key, and `kid` what that
    /// calls itself.
    ///
    /// # Errors
    /// What the entropy source reports; [`Error::Argument`] for a name with characters that are not seen.
    pub(crate) fn draft(
        to: Thumbprint,
        kid: Option<Kid>,
        entropy: &dyn Entropy,
    ) -> Result<EscrowDraft> {
        if !kid.as_ref().is_none_or(is_seen) {
            return Err(Error::Argument("a kid with characters that are not seen"));
        }
        let jwk = Jwk::oct(Secret::generate(entropy)?);
        let (draft, cek) = Draft::new(&jwk, &Context::none(), None, entropy)?;
        Ok(EscrowDraft {
            recipient: to,
            kid,
            key: None,
            grace: None,
            kek: secret_of(&jwk)?,
            draft,
            cek,
        })
    }

    /// The thumbprint of the key that opens it.
    #[must_use]
    pub const fn recipient(&self) -> &Thumbprint {
        &self.recipient
    }

    /// What the key calls itself, as it was enrolled.
    #[must_use]
    pub const fn kid(&self) -> Option<&Kid> {
        self.kid.as_ref()
    }

    /// Of a gate, its public key, with what it calls itself: as it was enrolled. Gates of before it was kept have none.
    #[must_use]
    pub fn public_key(&self) -> Option<Object> {
        let key = self.key.clone()?;
        Some(match &self.kid {
            Some(kid) => key.with("kid", kid.as_str()),
            None => key,
        })
    }

    /// Of a gate: for how long a device may do without its answer, where it may.
    #[must_use]
    pub const fn offline_grace(&self) -> Option<&OfflineGrace> {
        self.grace.as_ref()
    }

    /// What whoever holds the private half elsewhere is asked; nothing where this release does not know its algorithm.
    #[must_use]
    pub fn question(&self) -> Option<Question> {
        let sealed = Envelope::parse(self.kek.as_bytes()).ok()?;
        sealed.entries().next()?.question()
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
        secret_of(&opened.map_err(wrong)?.jwk)
    }

    /// The KEK, by the answer to its [`question`](Self::question).
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) fn open_by(&self, answer: Secret<32>) -> Result<Secret<32>> {
        let sealed = Envelope::parse(self.kek.as_bytes())?;
        let entry = sealed.entries().next().ok_or(MALFORMED)?;
        let opened = entry
            .answered(answer)
            .and_then(|cek| sealed.open_with(&cek));
        secret_of(&opened.map_err(wrong)?)
    }
}

/// An [`EscrowedKek`] whose recipient is still to be added.
pub(crate) struct EscrowDraft {
    recipient: Thumbprint,
    kid: Option<Kid>,
    key: Option<Object>,
    grace: Option<OfflineGrace>,
    kek: Secret<32>,
    draft: Draft,
    cek: Cek,
}

impl EscrowDraft {
    /// What is to be encrypted to the recipient.
    pub(crate) const fn cek(&self) -> &Cek {
        &self.cek
    }

    /// The name that its entry must have.
    pub(crate) fn entry_name(&self) -> Kid {
        self.recipient.clone().into()
    }

    /// As that of a gate: with the public key, whose members those are, and for how long a device may do without an answer.
    pub(crate) fn of_gate(self, key: Object, grace: Option<OfflineGrace>) -> Self {
        let key = Some(key);
        Self { key, grace, ..self }
    }

    /// The finished one, and its KEK.
    ///
    /// # Errors
    /// [`Error::Malformed`] for an entry of another name.
    pub(crate) fn finish(mut self, entry: RecipientEntry) -> Result<(EscrowedKek, Secret<32>)> {
        self.draft.add(entry);
        let sealed = self.draft.finish()?;
        let record = EscrowRecord {
            recipient: self.recipient,
            kid: self.kid,
            key: self.key,
            grace: self.grace,
            kek: sealed.as_str()?.to_owned(),
        };
        Ok((record.try_into()?, self.kek))
    }
}

/// The thumbprint of a public key that is held elsewhere: a JWK of exactly the members that a thumbprint has, of RSA or on P-256.
///
/// # Errors
/// [`Error::Malformed`] for other members, and for a private key; those of [`RsaPublicKey::from_members`].
pub(crate) fn public_thumbprint(jwk: Object) -> Result<Thumbprint> {
    if jwk.get("kty").and_then(Json::as_str) == Some("RSA") {
        let exact = jwk.len() == 3;
        let key = RsaPublicKey::from_members(jwk)?;
        return Ok(exact.then(|| key.thumbprint()).ok_or(MALFORMED)?);
    }
    let exact = jwk.len() == 4;
    let jwk = Jwk::from_members(jwk)?;
    if !exact || jwk.is_secret() {
        return Err(MALFORMED.into());
    }
    Ok(AgreementPublicKey::from_jwk(&jwk)?.thumbprint())
}

/// Whether people can read all of a name.
fn is_seen(kid: &Kid) -> bool {
    shows_itself(kid.as_str()) && !kid.as_str().chars().any(char::is_control)
}

fn wrong(error: jose::Error) -> Error {
    match error {
        jose::Error::Decrypt => Error::WrongFactor,
        error => error.into(),
    }
}

fn secret_of(jwk: &Jwk) -> Result<Secret<32>> {
    Ok(jwk.secret().cloned().ok_or(MALFORMED)?)
}

impl TryFrom<EscrowRecord> for EscrowedKek {
    type Error = Error;

    fn try_from(
        EscrowRecord {
            recipient,
            kid,
            key,
            grace,
            kek,
        }: EscrowRecord,
    ) -> Result<Self> {
        if grace.is_some() && key.is_none() {
            return Err(MALFORMED.into());
        }
        let keyed = key.clone().map(public_thumbprint).transpose();
        if keyed
            .map_err(|_| MALFORMED)?
            .is_some_and(|of| of != recipient)
        {
            return Err(MALFORMED.into());
        }
        if kek.len() > Self::MAX_BYTES || !kid.as_ref().is_none_or(is_seen) {
            return Err(MALFORMED.into());
        }
        let sealed = Envelope::parse(kek.as_bytes()).map_err(|_| MALFORMED)?;
        let name = recipient.clone().into();
        let is_alone = sealed.has_sole_recipient() && sealed.find(&name).is_some();
        if !is_alone || sealed.aad().is_some() {
            return Err(MALFORMED.into());
        }
        Ok(Self {
            recipient,
            kid,
            key,
            grace,
            kek,
        })
    }
}

impl From<EscrowedKek> for EscrowRecord {
    fn from(
        EscrowedKek {
            recipient,
            kid,
            key,
            grace,
            kek,
        }: EscrowedKek,
    ) -> Self {
        Self {
            recipient,
            kid,
            key,
            grace,
            kek,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SystemEntropy;

    fn escrowed() -> (AgreementKey, EscrowedKek, Secret<32>) {
        let key = AgreementKey::generate(&SystemEntropy).expect("entropy");
        let draft = EscrowedKek::draft(key.public().thumbprint(), None, &SystemEntropy);
        let draft = draft.expect("entropy");
        let entry = key.public().wrap(draft.cek(), &SystemEntropy);
        let (escrowed, kek) = draft.finish(entry.expect("entropy")).expect("its own name");
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
    fn the_public_key_beside_it_is_that_of_its_recipient_and_nothing_else() {
        let (key, escrowed, _) = escrowed();
        let record = |public: Object| EscrowRecord {
            recipient: escrowed.recipient.clone(),
            kid: None,
            key: Some(public),
            grace: None,
            kek: escrowed.kek.clone(),
        };
        let public = key.public().members();
        let kept = EscrowedKek::try_from(record(public.clone())).expect("its own");
        assert_eq!(kept.public_key(), Some(public.clone()));
        assert_eq!(escrowed.public_key(), None);
        let (other, ..) = self::escrowed();
        let private = key.to_jwk().to_json();
        let private = Object::parse(private.as_bytes(), MALFORMED).expect("a JWK");
        for odd in [
            other.public().members(),
            public.clone().with("kid", "another"),
            public.with("d", "AA"),
            private,
            Object::new().with("kty", "oct").with("k", "AA"),
        ] {
            assert!(EscrowedKek::try_from(record(odd)).is_err());
        }
    }

    #[test]
    fn what_is_for_another_key_or_for_others_too_is_refused() {
        let (key, escrowed, _) = escrowed();
        let (other, others, _) = self::escrowed();
        let record = |recipient: &Thumbprint, kek: &str| EscrowRecord {
            recipient: recipient.clone(),
            kid: None,
            key: None,
            grace: None,
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
