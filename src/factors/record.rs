//! Factors: ways to unlock a vault. Each is a P-256 key pair; what differs is what holds its private half.

use crate::{
    base::{Context, Entropy, Error, Json, Kid, Result, Secret, VaultId},
    jose::{self, AgreementKey, AgreementPublicKey, Envelope, Identity, Jwk, Kek},
    records::{Address, Enrolment, FactorEntry, FactorKind, Pin, digest, seal_to},
    store::{RecordId, RecordType, Row},
};

/// The member of a factor's private JWK that remembers the vault.
const PIN: &str = "vault";

/// A factor's key pair, opened.
pub(crate) struct Factor {
    key: AgreementKey,
    pin: Pin,
    enrolment: Enrolment,
    /// What its record is sealed with.
    kek: Kek,
    /// What opened it, of a gate with an offline grace.
    answer: GateAnswer,
}

/// What a gate's record was opened by.
#[derive(Default)]
pub(crate) enum GateAnswer {
    /// What is never kept.
    #[default]
    None,
    /// An answer of now.
    Fresh(Secret<32>),
    /// A kept answer: the service was not reached, for this reason.
    Kept(Error),
}

impl Factor {
    /// The same factor, and what it was opened by.
    pub(crate) fn opened_by(mut self: Box<Self>, answer: GateAnswer) -> Box<Self> {
        self.answer = answer;
        self
    }

    pub(crate) fn answer(&self) -> &GateAnswer {
        &self.answer
    }

    /// A new pair, for whoever gives that key when asked as the enrolment says.
    pub(crate) fn generate(
        pin: Pin,
        enrolment: Enrolment,
        kek: Secret<32>,
        entropy: &dyn Entropy,
    ) -> Result<Box<Self>> {
        let key = AgreementKey::generate(entropy)?;
        let kek = Kek::new(key.kid().clone(), kek);
        Ok(Box::new(Self {
            key,
            pin,
            enrolment,
            kek,
            answer: GateAnswer::None,
        }))
    }

    /// The same pair, for whoever gives that key when asked as the enrolment says.
    pub(crate) fn enrolled_as(&self, enrolment: Enrolment, kek: Secret<32>) -> Box<Self> {
        Box::new(Self {
            key: self.key.clone(),
            pin: self.pin.clone(),
            enrolment,
            kek: Kek::new(self.kid().clone(), kek),
            answer: GateAnswer::None,
        })
    }

    pub(crate) fn kid(&self) -> &Kid {
        self.key.kid()
    }

    pub(crate) fn record_id(&self) -> RecordId {
        RecordId::new(RecordType::Factor, self.key.kid().as_str())
    }

    /// What its record is sealed with.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(crate) fn kek(&self) -> &Kek {
        &self.kek
    }

    pub(crate) fn kind(&self) -> FactorKind {
        self.enrolment.kind()
    }

    pub(crate) fn enrolment(&self) -> &Enrolment {
        &self.enrolment
    }

    pub(crate) fn pin(&self) -> &Pin {
        &self.pin
    }

    /// How the statement lists its record.
    pub(crate) fn entry(&self, row: &Row) -> FactorEntry {
        FactorEntry {
            kid: self.key.kid().clone(),
            kind: self.kind().as_str().to_owned(),
            record: digest(row),
        }
    }

    pub(crate) fn public(&self) -> AgreementPublicKey {
        self.key.public()
    }

    /// The public half, for the vault to keep: the next vault key is wrapped to it without asking.
    pub(crate) fn public_jwk(&self) -> Jwk {
        let jwk = self.key.to_jwk().public();
        jwk.expect("a key pair has a public half")
    }

    /// The factor's record, with what it is to remember of the vault: its private JWK under the key that only the factor
    /// gives, its enrolment beside it. Opened once and compared.
    pub(crate) fn seal(&self, pin: &Pin, revision: u64, entropy: &dyn Entropy) -> Result<Row> {
        let (jwk, record_id) = (self.key.to_jwk().with(PIN, pin.to_json()), self.record_id());
        let address = Address::new(&pin.vault, &record_id, revision, pin.generation)
            .with_enrolment(self.enrolment.clone());
        let envelope = seal_to(&address, &jwk, &[self.kek.clone().into()], entropy)?;
        let row = Row::of(record_id, revision, &envelope);
        let opened = FactorRecord::parse(&pin.vault, &row)?.open_by(&self.kek)?;
        if opened.pin == *pin && opened.key.to_jwk().thumbprint() == self.key.to_jwk().thumbprint()
        {
            Ok(row)
        } else {
            Err(Error::Integrity("a fresh record does not open"))
        }
    }

    /// Whether it opens a record that was read later, to the same pair.
    ///
    /// # Errors
    /// [`Error::Integrity`] when that is another pair's; what [`FactorRecord::parse`] and [`FactorRecord::open`] say.
    pub(crate) fn check_record(&self, vault: &VaultId, row: &Row) -> Result<()> {
        let opened = FactorRecord::parse(vault, row)?.open_by(&self.kek)?;
        if opened.key.to_jwk().thumbprint() == self.key.to_jwk().thumbprint() {
            Ok(())
        } else {
            Err(Error::Integrity("a factor in another one's place"))
        }
    }

    /// What opens envelopes to it.
    pub(crate) fn identity(&self) -> Identity {
        Identity::Agreement(self.key.clone())
    }
}

/// Where the vault keeps a factor's public half.
pub(crate) fn recipient_id(kid: &Kid) -> RecordId {
    RecordId::new(RecordType::Recipient, kid.as_str())
}

/// A factor's record, still closed.
pub(crate) struct FactorRecord {
    envelope: Envelope,
    kid: Kid,
    enrolment: Enrolment,
}

impl FactorRecord {
    pub(crate) fn parse(vault: &VaultId, row: &Row) -> Result<Self> {
        let envelope = Envelope::parse(&row.bytes)?;
        let address = Address::of(&envelope)?;
        address.check(vault, row)?;
        if !envelope.has_sole_recipient() {
            return Err(Error::Integrity("a factor that others open too"));
        }
        let enrolment = address.enrolment().cloned().ok_or(Error::Unsupported(
            "a factor that does not say what opens it",
        ))?;
        Ok(Self {
            envelope,
            kid: Kid::new(row.record_id.id.clone())?,
            enrolment,
        })
    }

    pub(crate) fn enrolment(&self) -> &Enrolment {
        &self.enrolment
    }

    pub(crate) fn kid(&self) -> &Kid {
        &self.kid
    }

    /// Opens with the key that a factor gave.
    ///
    /// # Errors
    /// [`Error::WrongFactor`] when it is another one's.
    pub(crate) fn open(&self, kek: Secret<32>) -> Result<Box<Factor>> {
        self.open_by(&Kek::new(self.kid.clone(), kek))
    }

    fn open_by(&self, kek: &Kek) -> Result<Box<Factor>> {
        let identity = Identity::Kek(kek.clone());
        let wrong = |error| match error {
            jose::Error::Decrypt => Error::WrongFactor,
            error => error.into(),
        };
        let jwk = jose::unwrap(&self.envelope, &[identity], &Context::none())
            .map_err(wrong)?
            .jwk;
        let pin = jwk.member(PIN).cloned().and_then(Json::into_object);
        let pin = Pin::read(pin.ok_or(Error::Malformed("a factor without its pin"))?)?;
        let key = AgreementKey::from_jwk(&jwk)?;
        if *key.kid() != self.kid {
            return Err(Error::Integrity("a factor in another one's place"));
        }
        Ok(Box::new(Factor {
            key,
            pin,
            enrolment: self.enrolment.clone(),
            kek: kek.clone(),
            answer: GateAnswer::None,
        }))
    }
}
