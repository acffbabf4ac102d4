//! From the rows of a locked vault to what it holds.

use crate::{
    base::{DeviceFault, Error, Result, Thumbprint, Timestamp, VaultId},
    factors::{Factor, FactorRecord, Present},
    jose::{Envelope, RecipientEntry},
    records::{
        Address, FactorEntry, FactorKind, Pin, Statement, Succession, VaultKey, changed, single,
    },
    store::{RecordType, Row, Sequence},
};

use super::keyring::Keyring;

const FORGED: Error = Error::Integrity("a statement by another identity");

/// A locked vault's rows, as they were read.
pub struct LockedRecords {
    vault: VaultId,
    sequence: Sequence,
    rows: Vec<Row>,
}

impl LockedRecords {
    /// The rows of a vault.
    ///
    /// # Errors
    /// [`Error::NoVault`] when there are none; [`Error::Integrity`] when the statement is missing.
    pub fn new(sequence: Sequence, rows: Vec<Row>) -> Result<Self> {
        if rows.is_empty() {
            return Err(Error::NoVault);
        }
        let vault = single(&rows, RecordType::Statement)?.record_id.id.parse()?;
        Ok(Self {
            vault,
            sequence,
            rows,
        })
    }

    /// The vault's id, as the statement's record_id says it; checked when the vault is unlocked.
    #[must_use]
    pub fn vault(&self) -> &VaultId {
        &self.vault
    }

    /// The factors of a kind, or the one of that id. What a kind is called is proven once one of them has opened the vault.
    ///
    /// # Errors
    /// [`Error::NoFactor`] where there is none; [`Error::Integrity`]; [`Error::Unsupported`] for a vault that has none of a
    /// kind that this release knows.
    pub(crate) fn factors(&self, kind: FactorKind, id: Option<&str>) -> Result<Vec<FactorRecord>> {
        let row = single(&self.rows, RecordType::Statement)?;
        let (statement, _) = Statement::claimed(row).map_err(changed)?;
        if !statement.factors.iter().any(FactorEntry::is_known) {
            return Err(Error::Unsupported(
                "a vault all of whose factors are of kinds that a later release has",
            ));
        }
        let mut factors = Vec::new();
        for row in &self.rows {
            let kid = row.record_id.id.as_str();
            let listed = statement.factor(kid);
            let asked = row.record_id.kind == RecordType::Factor && id.is_none_or(|id| id == kid);
            // One that is not listed is refused once another has opened the vault.
            if asked && listed.is_none_or(|entry| entry.kind == kind.as_str()) {
                let factor = FactorRecord::parse(&self.vault, row).map_err(changed)?;
                if factor.enrolment().kind() == kind {
                    factors.push(factor);
                }
            }
        }
        if factors.is_empty() {
            return Err(match kind {
                FactorKind::ThisDevice => Error::ThisDevice(DeviceFault::Missing),
                _ => Error::NoFactor,
            });
        }
        Ok(factors)
    }

    /// Why a factor does not open the vault. Where its identity is known, the statement that lists the factors is held
    /// against it: a store that spoils a factor's record would have a person throw a good paper away otherwise. Where it is
    /// not, nothing proves when a kit was replaced.
    pub(crate) fn refusal(
        &self,
        present: &dyn Present,
        known: Option<&Thumbprint>,
        error: Error,
    ) -> Error {
        if !matches!(error, Error::WrongFactor | Error::NoFactor) {
            return error;
        }
        match self.replaced(present, known) {
            Ok(Some(at)) => Error::KitReplaced(at),
            Ok(None) => error,
            Err(untrue) => untrue,
        }
    }

    fn replaced(
        &self,
        present: &dyn Present,
        known: Option<&Thumbprint>,
    ) -> Result<Option<Timestamp>> {
        let row = single(&self.rows, RecordType::Statement)?;
        let (statement, signer) = Statement::claimed(row).map_err(changed)?;
        if let Some(known) = known {
            if signer != *known {
                let leads = Succession::leads(&self.rows, &self.vault, (known, 0), &signer);
                return leads.then_some(None).ok_or(FORGED);
            }
            statement.check_rows(&self.rows)?;
        }
        Ok(present.paper_id()?.and_then(|id| statement.replaced(&id)))
    }

    /// Opens the vault key with a factor, and everything that can be checked with it.
    ///
    /// Who wrote the envelope is not proven by its being openable: factors are public keys. The
    /// statement proves it, signed by the identity that the factor pinned.
    pub(crate) fn open(self, factor: &Factor) -> Result<Keyring> {
        self.open_as(factor, None)
    }

    /// As [`open`](Self::open), of a vault whose identity the caller knows from elsewhere: it may have succeeded the one
    /// that the factor pins.
    ///
    /// # Errors
    /// [`Error::IdentityChanged`]: another one signs than is known, and that one has named it.
    pub(crate) fn open_as(self, factor: &Factor, known: Option<&Thumbprint>) -> Result<Keyring> {
        let row = single(&self.rows, RecordType::Statement)?;
        let pin = Pin {
            identity: self.signer(row, factor.pin(), known)?,
            ..factor.pin().clone()
        };
        let statement = Statement::verify(row, &pin).map_err(changed)?;
        statement.check_rows(&self.rows)?;
        let row = single(&self.rows, RecordType::VaultKey)?;

        let envelope = Envelope::parse(&row.bytes).map_err(changed)?;
        let address = Address::of(&envelope).map_err(changed)?;
        address.check(&self.vault, row)?;
        if address.generation() != statement.generation {
            return Err(Error::Integrity("a vault key of another generation"));
        }
        let listed = |entry: &RecipientEntry| statement.names(entry.kid());
        let count = envelope.entries().count();
        if count != statement.factors.len() || !envelope.entries().all(listed) {
            return Err(Error::Integrity("a vault key for others than the factors"));
        }
        let vault_key = VaultKey::from_jwk(&factor.open_vault_key(&envelope)?)?;
        Keyring::open(self.vault, self.sequence, self.rows, vault_key, statement)
    }

    /// Who signs for the vault, if that is who the factor pins and the caller knows. Of a succession alone a person has to
    /// be asked: whoever has an identity that was superseded can name a successor of their own. And what the caller knows
    /// must follow what the factor pins, since it may be older.
    fn signer(&self, row: &Row, pin: &Pin, known: Option<&Thumbprint>) -> Result<Thumbprint> {
        let (_, signer) = Statement::claimed(row).map_err(changed)?;
        let leads = |from: &Thumbprint, since| {
            Succession::leads(&self.rows, &self.vault, (from, since), &signer)
        };
        if signer != pin.identity && !leads(&pin.identity, pin.generation) {
            return Err(FORGED);
        }
        let known = known.unwrap_or(&pin.identity);
        if *known == signer {
            return Ok(signer);
        }
        if *known != pin.identity && !leads(known, 0) {
            return Err(Error::Integrity("another vault in this one's place"));
        }
        Err(Error::IdentityChanged {
            pinned: known.clone(),
            identity: signer,
        })
    }
}
