//! Escrow and gate: factors that an organisation has. A vault gets it by the organisation's public key alone; the private half opens it, wherever
//! that is: given as a JWK, or asked of a key management service or of a hardware module.

use core::{cell::Cell, fmt};

use crate::{
    base::{Entropy, Error, InputError, Json, Kid, Local, Object, Result, Secret, Thumbprint},
    jose::{AgreementKey, AgreementPublicKey, Jwk, Question, RsaPublicKey},
    records::{Enrolment, EscrowedKek, FactorKind, KdfCost, OfflineGrace, Way},
};

use super::{Answered, FactorPort, Present};

/// An organisation's key: its public half is enrolled, its private half opens.
pub struct Escrow {
    half: Half,
    /// Whether it is asked beside a person, as a gate.
    is_gate: bool,
    /// Of a gate that is enrolled: for how long a device may do without its answer.
    grace: Option<OfflineGrace>,
    /// How often a key management service was asked.
    asked: Cell<u64>,
}

/// What there is of it.
enum Half {
    Public(EscrowKey),
    Private(AgreementKey),
    Elsewhere(EscrowHolder),
}

/// The public key of an escrow.
enum EscrowKey {
    /// On P-256, for `ECDH-ES+A256KW`, and what it calls itself.
    Agreement(AgreementPublicKey, Option<Kid>),
    /// For `RSA-OAEP-256`.
    Rsa(RsaPublicKey),
}

/// Who holds a private half, as the [`FactorPort`] knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EscrowHolder {
    /// The number that the port knows them by.
    pub number: u32,
    /// Whether it is a key management service, which counts what it is asked.
    pub is_kms: bool,
}

/// What the holder of a private half is asked, of one of the vault's escrows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscrowRequest<'a> {
    /// The thumbprint of the key.
    pub recipient: &'a Thumbprint,
    /// What it called itself when it was enrolled.
    pub kid: Option<&'a Kid>,
    /// What is asked of it.
    pub question: Question,
}

/// What the holder of a private half gave.
pub struct EscrowAnswer {
    /// For which of the requests.
    pub which: usize,
    /// The answer to its question.
    pub answer: Secret<32>,
}

impl EscrowKey {
    /// The public half of a JWK that is known by its thumbprint, whatever it calls itself.
    fn from_jwk(jwk: &Jwk) -> Result<Self> {
        // What it says of its use is held against this one; its name is not taken over.
        AgreementPublicKey::from_jwk(jwk)?;
        let bare = AgreementPublicKey::from_jwk(&jwk.bare())?;
        Ok(Self::Agreement(bare, jwk.named()))
    }

    fn thumbprint(&self) -> Thumbprint {
        match self {
            Self::Agreement(key, _) => key.thumbprint(),
            Self::Rsa(key) => key.thumbprint(),
        }
    }

    /// The members that its thumbprint has.
    fn members(&self) -> Object {
        match self {
            Self::Agreement(key, _) => key.members(),
            Self::Rsa(key) => key.members(),
        }
    }

    fn named(&self) -> Option<Kid> {
        match self {
            Self::Agreement(_, named) => named.clone(),
            Self::Rsa(key) => key.named().cloned(),
        }
    }
}

impl Escrow {
    /// By the text of a JWK: a public one of RSA, or a public or private one on P-256 for ECDH-ES. It is known by its thumbprint,
    /// whatever `kid` it has.
    ///
    /// # Errors
    /// [`Error::Argument`] for a key of another kind; [`Error::Unsupported`] for one that says that it is for another use.
    pub fn parse(jwk: &[u8]) -> Result<Self> {
        Self::from_members(Object::parse(jwk, InputError::Malformed("JWK"))?)
    }

    fn from_members(members: Object) -> Result<Self> {
        if members.get("kty").and_then(Json::as_str) == Some("RSA") {
            let key = RsaPublicKey::from_members(members)?;
            return Ok(Half::Public(EscrowKey::Rsa(key)).into());
        }
        Self::from_jwk(&Jwk::from_members(members)?)
    }

    /// By a public or private JWK of a P-256 pair for ECDH-ES.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn from_jwk(jwk: &Jwk) -> Result<Self> {
        let public = EscrowKey::from_jwk(jwk)?;
        if jwk.is_private() {
            return Ok(Half::Private(AgreementKey::from_jwk(&jwk.bare())?).into());
        }
        Ok(Half::Public(public).into())
    }

    /// By whoever holds the private half: the [`FactorPort`] asks them.
    #[must_use]
    pub fn held(by: EscrowHolder) -> Self {
        Half::Elsewhere(by).into()
    }

    /// The same key as a gate: it opens nothing by itself, and is presented beside a person's factor.
    #[must_use]
    pub fn as_gate(self) -> Self {
        Self {
            is_gate: true,
            ..self
        }
    }

    /// The gate that a record is of, to be enrolled anew: what its key answered before opens nothing of the next one. Nothing of other
    /// factors, and of gates whose records have no public key.
    pub(crate) fn gate_of(enrolment: &Enrolment) -> Result<Option<Self>> {
        let Enrolment::Kms(kek) = enrolment else {
            return Ok(None);
        };
        let key = kek.public_key().map(Self::from_members).transpose()?;
        let grace = kek.offline_grace().cloned();
        Ok(key.map(|key| key.as_gate().with_grace(grace)))
    }

    /// The same gate, with how long a device may do without its answer, for one that is enrolled.
    #[must_use]
    pub fn with_grace(self, grace: Option<OfflineGrace>) -> Self {
        Self { grace, ..self }
    }

    const fn use_of(&self) -> FactorKind {
        if self.is_gate {
            FactorKind::Kms
        } else {
            FactorKind::Escrow
        }
    }
}

impl From<Half> for Escrow {
    fn from(half: Half) -> Self {
        let asked = Cell::default();
        Self {
            half,
            is_gate: false,
            grace: None,
            asked,
        }
    }
}

impl Present for Escrow {
    fn kind(&self) -> FactorKind {
        self.use_of()
    }

    fn way(&self) -> Way {
        if self.is_gate {
            return FactorKind::Kms.into();
        }
        let escrow = match &self.half {
            Half::Public(key) => Some(key.thumbprint()),
            Half::Private(key) => Some(key.public().thumbprint()),
            Half::Elsewhere(_) => None,
        };
        Way {
            kind: FactorKind::Escrow,
            escrow,
        }
    }

    fn asks_elsewhere(&self) -> bool {
        matches!(self.half, Half::Elsewhere(_))
    }

    fn take_kms_calls(&self) -> u64 {
        self.asked.take()
    }

    fn answer<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        enrolments: &'a [Enrolment],
        attempt: usize,
    ) -> Local<'a, Result<Option<Answered>>> {
        Box::pin(async move {
            match &self.half {
                Half::Public(_) => Err(Error::Argument(
                    "factor (a public key opens nothing; the organisation gives escrowKey() of its private half)",
                )),
                Half::Private(key) => answer_by(key, self.use_of(), enrolments, attempt),
                // Each question may cost, and is in somebody's log: there is one.
                Half::Elsewhere(_) if attempt > 0 => Ok(None),
                Half::Elsewhere(holder) => self.ask(*holder, port, enrolments).await,
            }
        })
    }

    fn enrol<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        _: &'a [Enrolment],
        _: Option<&'a KdfCost>,
        entropy: &'a dyn Entropy,
    ) -> Local<'a, Result<(Enrolment, Secret<32>)>> {
        Box::pin(async move {
            let Half::Public(key) = &self.half else {
                return Err(Error::Argument(
                    "factor (a vault gets the public half: escrow() of it)",
                ));
            };
            let mut draft = EscrowedKek::draft(key.thumbprint(), key.named(), entropy)?;
            if self.is_gate {
                draft = draft.of_gate(key.members(), self.grace.clone());
            }
            let entry = match key {
                EscrowKey::Agreement(key, _) => key.wrap(draft.cek(), entropy)?,
                EscrowKey::Rsa(key) => {
                    let encrypted = port.rsa_oaep(key, draft.cek().secret()).await?;
                    key.entry(draft.entry_name(), encrypted)?
                }
            };
            let (escrowed, kek) = draft.finish(entry)?;
            let enrolment = if self.is_gate {
                Enrolment::Kms(escrowed)
            } else {
                Enrolment::Escrow(escrowed)
            };
            Ok((enrolment, kek))
        })
    }
}

/// What other people's keys open of a vault's factors of that kind, each with its place.
fn held_by(
    kind: FactorKind,
    enrolments: &[Enrolment],
) -> impl Iterator<Item = (usize, &EscrowedKek)> {
    let placed = enrolments.iter().enumerate();
    let own = placed.filter(move |(_, enrolment)| enrolment.kind() == kind);
    own.filter_map(|(which, enrolment)| Some((which, enrolment.held()?)))
}

/// One record each time: somebody may have put one beside it that says the same.
fn answer_by(
    key: &AgreementKey,
    kind: FactorKind,
    enrolments: &[Enrolment],
    attempt: usize,
) -> Result<Option<Answered>> {
    let mut own =
        held_by(kind, enrolments).filter(|(_, kek)| kek.recipient().as_ref() == key.kid().as_str());
    let Some((which, kek)) = own.nth(attempt) else {
        return Ok(None);
    };
    let kek = kek.open(key)?;
    Ok(Some(Answered { which, kek }))
}

impl Escrow {
    /// All of them at once: who is asked finds their own.
    async fn ask(
        &self,
        holder: EscrowHolder,
        port: &dyn FactorPort,
        enrolments: &[Enrolment],
    ) -> Result<Option<Answered>> {
        let (mut own, mut requests) = (Vec::new(), Vec::<EscrowRequest<'_>>::new());
        for (which, kek) in held_by(self.use_of(), enrolments) {
            let recipient = kek.recipient();
            // A vault has none twice; of two, the true one would perhaps not be asked for.
            if requests.iter().any(|other| other.recipient == recipient) {
                return Err(Error::Integrity("two records of one escrow"));
            }
            if let Some(question) = kek.question() {
                own.push((which, kek));
                requests.push(EscrowRequest {
                    recipient,
                    kid: kek.kid(),
                    question,
                });
            }
        }
        let answer = port.ask_escrow(holder, requests).await;
        // One that failed was asked, too.
        if holder.is_kms && !matches!(answer, Ok(None)) {
            self.asked.update(|asked| asked + 1);
        }
        let Some(EscrowAnswer { which, answer }) = answer? else {
            return Ok(None);
        };
        let (which, kek) = *own.get(which).ok_or(Error::WrongFactor)?;
        let kek = kek.open_by(answer)?;
        Ok(Some(Answered { which, kek }))
    }
}

impl fmt::Debug for Escrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.half {
            Half::Public(key) => write!(f, "Escrow({}, public)", key.thumbprint()),
            Half::Private(key) => write!(f, "Escrow({}, redacted)", key.kid()),
            Half::Elsewhere(holder) => write!(f, "Escrow({holder:?})"),
        }
    }
}
