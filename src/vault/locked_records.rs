//! From the rows of a locked vault to what it holds.

use crate::{
    base::{DeviceFault, Error, Result, Thumbprint, Timestamp, VaultId},
    factors::{Factor, FactorRecord, Present},
    records::{FactorEntry, FactorKind, Pin, Statement, Succession, VaultKey, changed, single},
    store::{RecordType, Row, Sequence},
};

use super::{factors::MOST, keyring::Keyring, vault_key_envelope::VaultKeyEnvelope};

const FORGED: Error = Error::Integrity("a statement by another identity");
const NO_WAY: Error = Error::Argument(
    "factor (a KMS opens a vault beside a passphrase or a passkey, where the vault requires both)",
);

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
        // Each may cost a person who types a passphrase as much as a store says.
        if factors.len() > MOST {
            return Err(Error::Integrity("more factors than a vault has"));
        }
        if factors.is_empty() {
            return Err(match kind {
                FactorKind::ThisDevice => Error::ThisDevice(DeviceFault::Missing),
                _ => Error::NoFactor,
            });
        }
        Ok(factors)
    }

    /// Refuses factors that are no way in, before a person is asked for them: one of a vault that takes two. That it takes
    /// two is proven once they have opened it.
    ///
    /// # Errors
    /// [`Error::SecondFactor`] with the kind that is missing; [`Error::ThisDevice`]; [`Error::Argument`].
    pub(crate) fn check_presented(&self, present: &dyn Present) -> Result<()> {
        let row = single(&self.rows, RecordType::Statement)?;
        let (statement, _) = Statement::claimed(row).map_err(changed)?;
        let Some(pair) = statement.pair() else {
            let alone = present.second().is_none() && !present.kind().opens_by_itself();
            return if alone { Err(NO_WAY) } else { Ok(()) };
        };
        pair.check_presented(present.kind(), present.second().map(|second| second.kind()))
    }

    /// Refuses an escrow's key, before it is asked, where the vault's identity is not known: whoever made the vault chose what the
    /// factor's record pins.
    ///
    /// # Errors
    /// [`Error::IdentityUnproven`], with the identity that the vault claims.
    pub(crate) fn check_known(
        &self,
        present: &dyn Present,
        known: Option<&Thumbprint>,
    ) -> Result<()> {
        if known.is_some() || !present.kind().opens_anybodys() {
            return Ok(());
        }
        let row = single(&self.rows, RecordType::Statement)?;
        let (_, signer) = Statement::claimed(row).map_err(changed)?;
        Err(Error::IdentityUnproven(signer))
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
        if known.is_some() {
            self.check_claimed(known)?;
        }
        if known.is_some_and(|known| *known != signer) {
            return Ok(None);
        }
        Ok(present.paper_id()?.and_then(|id| statement.replaced(&id)))
    }

    /// Holds the records against the statement, and who signs it against the vault's identity, where that is known: what is seen before
    /// a factor has opened.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(crate) fn check_claimed(&self, known: Option<&Thumbprint>) -> Result<()> {
        let row = single(&self.rows, RecordType::Statement)?;
        let (statement, signer) = Statement::claimed(row).map_err(changed)?;
        let leads = |known: &Thumbprint| {
            *known == signer || Succession::leads(&self.rows, &self.vault, (known, 0), &signer)
        };
        if !known.is_none_or(leads) {
            return Err(FORGED);
        }
        statement.check_rows(&self.rows)
    }

    /// As [`check_claimed`](Self::check_claimed), by what a factor that has opened remembers.
    ///
    /// # Errors
    /// [`Error::Integrity`]; [`Error::IdentityChanged`].
    pub(crate) fn check_pinned(&self, opened: &Factor, known: Option<&Thumbprint>) -> Result<()> {
        self.stated(opened, known)?.check_rows(&self.rows)
    }

    /// The statement, as a factor that has opened vouches for it.
    fn stated(&self, opened: &Factor, known: Option<&Thumbprint>) -> Result<Statement> {
        let row = single(&self.rows, RecordType::Statement)?;
        let pin = Pin {
            identity: self.signer(row, opened.pin(), known)?,
            ..opened.pin().clone()
        };
        Statement::verify(row, &pin).map_err(changed)
    }

    /// Opens the vault key with the factors that were presented, and everything that can be checked with it. Each must pin
    /// what is stored. `known` is the vault's identity, where the caller has it from elsewhere: it may have succeeded the one
    /// that a factor pins.
    ///
    /// Who wrote the envelope is not proven by its being openable: factors are public keys. The
    /// statement proves it, signed by the identity that the factor pinned.
    ///
    /// # Errors
    /// [`Error::IdentityChanged`]: another one signs than is known, and that one has named it.
    pub(crate) fn open(self, presented: &[&Factor], known: Option<&Thumbprint>) -> Result<Keyring> {
        let mut statement = None;
        for factor in presented {
            statement = Some(self.stated(factor, known)?);
        }
        let statement = statement.ok_or(Error::WrongFactor)?;
        statement.check_rows(&self.rows)?;
        let row = single(&self.rows, RecordType::VaultKey)?;
        let (_, jwk) = VaultKeyEnvelope::open(&self.vault, row, &statement, presented)?;
        let vault_key = VaultKey::from_jwk(&jwk)?;
        Keyring::open(self.vault, self.sequence, self.rows, vault_key, statement)
    }

    /// Opens the vault by its vault key, as of a generation and an identity that were kept with it: never one that takes two
    /// factors.
    ///
    /// # Errors
    /// [`Error::Rotated`] where it has another one since; [`Error::Integrity`].
    pub(crate) fn open_by_key(self, vault_key: VaultKey, pin: &Pin) -> Result<Keyring> {
        let row = single(&self.rows, RecordType::Statement)?;
        let statement = Statement::verify(row, pin).map_err(changed)?;
        statement.check_rows(&self.rows)?;
        let row = single(&self.rows, RecordType::VaultKey)?;
        let envelope = VaultKeyEnvelope::of_one_level(&self.vault, row, &statement)?;
        if statement.generation != pin.generation || !vault_key.is_in(&envelope) {
            return Err(Error::Rotated);
        }
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
