//! The first rows of a vault.

use crate::{
    base::{Entropy, Error, Result, Secret, Timestamp, VaultId},
    factors::{Factor, FactorNote, recipient_id},
    jose::{Recipient, SigningKey},
    keys::{AliasHashKey, Organisation},
    records::{
        Address, Enrolment, FactorPair, Head, MacKey, Pin, RecordCipher, SetDigest, Statement,
        VaultKey,
    },
    store::{Range, RecordId, RecordType, Row, Sequence},
};

use super::{
    locked_records::LockedRecords, open_vault::OpenVault, vault_key_envelope::VaultKeyEnvelope,
};

/// The first generation of a vault key.
const FIRST: u64 = 1;
/// The first revision of a record.
const NEW: u64 = 1;

/// A vault in the making: begin, add factors, finish.
pub struct NewVault {
    vault: VaultId,
    identity: SigningKey,
    factors: Vec<(Box<Factor>, Row)>,
    made: Option<Timestamp>,
    pair: Option<FactorPair>,
    organisation: Option<Organisation>,
}

impl NewVault {
    /// Draws the vault's id and signing identity.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn begin(entropy: &dyn Entropy) -> Result<Self> {
        let (vault, identity) = (VaultId::generate(entropy)?, SigningKey::generate(entropy)?);
        Ok(Self {
            vault,
            identity,
            factors: Vec::new(),
            made: None,
            pair: None,
            organisation: None,
        })
    }

    /// Notes of its factors when they were added: now.
    #[must_use]
    pub fn made(self, now: Timestamp) -> Self {
        let made = Some(now);
        Self { made, ..self }
    }

    /// Has it take factors of both kinds at once, or one that opens it alone.
    #[must_use]
    pub fn requiring(self, pair: Option<FactorPair>) -> Self {
        Self { pair, ..self }
    }

    /// Has the policy of an organisation bind it.
    #[must_use]
    pub fn under(self, organisation: Option<Organisation>) -> Self {
        Self {
            organisation,
            ..self
        }
    }

    /// Adds a factor that gives that key when asked as the enrolment says.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn add(
        &mut self,
        enrolment: Enrolment,
        kek: Secret<32>,
        entropy: &dyn Entropy,
    ) -> Result<()> {
        enrolment.check_new(self.factors.iter().map(|(factor, _)| factor.enrolment()))?;
        let pin = Pin {
            vault: self.vault.clone(),
            identity: self.identity.thumbprint(),
            generation: FIRST,
        };
        let factor = Factor::generate(pin, enrolment, kek, entropy)?;
        let row = factor.seal(factor.pin(), NEW, entropy)?;
        self.factors.push((factor, row));
        Ok(())
    }

    /// What was added so far.
    #[must_use]
    pub fn enrolments(&self) -> Vec<Enrolment> {
        let factors = self.factors.iter();
        factors
            .map(|(factor, _)| factor.enrolment().clone())
            .collect()
    }

    /// All rows of the new vault, and what it holds: opened from those very rows, as an unlock
    /// would, so that a vault that cannot be opened is never stored.
    ///
    /// # Errors
    /// [`Error::Argument`] without a factor; where it is to take two, [`Error::LastOfPair`].
    pub fn finish(self, entropy: &dyn Entropy) -> Result<(Vec<Row>, Box<OpenVault>)> {
        let (first, _) = self
            .factors
            .first()
            .ok_or(Error::Argument("a vault needs at least one factor"))?;
        let presented = match self.pair {
            None => vec![&**first],
            Some(pair) => self.of_both(pair)?,
        };
        let rows = self.rows(entropy)?;
        // The sequence that the commit of these rows gives.
        let sequence = Sequence::first(entropy)?;
        let keyring = LockedRecords::new(sequence, rows.clone())?.open(&presented, None)?;
        keyring.check(&rows)?;
        let mut open = Box::new(OpenVault::new(keyring));
        open.add(&[Range::all()], rows.clone());
        Ok((rows, open))
    }

    /// A factor of either kind.
    fn of_both(&self, pair: FactorPair) -> Result<Vec<&Factor>> {
        let factors = || self.factors.iter().map(|(factor, _)| &**factor);
        pair.check_kinds(&factors().map(Factor::kind).collect::<Vec<_>>())?;
        let of_kind = |kind| factors().find(|factor| factor.kind() == kind);
        Ok(pair.kinds().into_iter().filter_map(of_kind).collect())
    }

    fn rows(&self, entropy: &dyn Entropy) -> Result<Vec<Row>> {
        let (vault_key, vault_key_jwk) = VaultKey::generate(entropy)?;
        let singleton = |kind| RecordId::new(kind, self.vault.as_str());

        let record_id = singleton(RecordType::VaultKey);
        let (mut rows, mut to, mut entries) = (Vec::new(), Vec::new(), Vec::new());
        for (factor, row) in &self.factors {
            rows.push(row.clone());
            to.push(Recipient::from(factor.public()));
            entries.push(factor.entry(row));
        }
        let address = Address::new(&self.vault, &record_id, NEW, FIRST);
        let sealed =
            VaultKeyEnvelope::seal(&address, &vault_key_jwk, &entries, &to, self.pair, entropy)?;
        let vault_key_row = Row::of(record_id, NEW, sealed.envelope());
        let mut statement = Statement {
            vault: self.vault.clone(),
            generation: FIRST,
            identity: self.identity.thumbprint(),
            envelope: String::new(),
            factors: entries,
            requires: 1,
            openers: Vec::new(),
            envelopes: Vec::new(),
            replaced_kits: Vec::new(),
        };
        sealed.state_in(&mut statement);

        let cipher = RecordCipher {
            vault: &self.vault,
            generation: FIRST,
            key: &vault_key,
        };
        let mac = MacKey::jwk(Secret::generate(entropy)?);
        let index = AliasHashKey::jwk(Secret::generate(entropy)?);
        for (factor, _) in &self.factors {
            let jwk = match self.made {
                None => factor.public_jwk(),
                added => FactorNote {
                    added,
                    ..FactorNote::default()
                }
                .beside(factor.public_jwk()),
            };
            rows.push(cipher.encrypt_key(recipient_id(factor.kid()), NEW, &jwk, entropy)?);
        }
        rows.push(vault_key_row);
        rows.push(statement.sign(&self.vault, NEW, &self.identity, entropy)?);
        rows.push(cipher.encrypt_key(
            singleton(RecordType::Identity),
            NEW,
            &self.identity.to_jwk(),
            entropy,
        )?);
        rows.push(cipher.encrypt_key(singleton(RecordType::Mac), NEW, &mac, entropy)?);
        rows.push(cipher.encrypt_key(singleton(RecordType::Index), NEW, &index, entropy)?);

        if let Some(organisation) = &self.organisation {
            let record_id = singleton(RecordType::Organisation);
            rows.push(cipher.encrypt_json(record_id, NEW, &organisation.to_json(), entropy)?);
        }

        // A new vault is its core.
        let digest = SetDigest::of(&MacKey::from_jwk(&mac)?, &rows);
        let head = Head {
            generation: FIRST,
            digest,
            records: Some(rows.len() as u64),
            core: Some(digest),
            manifest: None,
            device: None,
            log: None,
            quiet: None,
        };
        rows.push(cipher.encrypt_json(
            singleton(RecordType::Head),
            NEW,
            &head.to_json(),
            entropy,
        )?);
        Ok(rows)
    }
}
