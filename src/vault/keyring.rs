//! An unlocked vault's keys: the vault key, the statement and the head, and the rows of which every vault has a few.

use core::cell::{Cell, OnceCell};
use std::rc::Rc;

use crate::{
    base::{Error, Kid, Object, Result, Thumbprint, VaultId},
    factors::recipient_id,
    jose::{Envelope, Jwk, SigningKey},
    keys::{AliasHashKey, Organisation, Policies},
    records::{
        Head, LastSeenHead, MacKey, MacSum, Manifest, RecordCipher, SetDigest, Statement,
        Succession, VaultKey, changed, single,
    },
    store::{Range, RecordId, RecordType, Row, Sequence},
};

use super::manifest::UNACCOUNTED;

/// What an unlocked vault knows of itself.
///
/// The vault key is the only secret that stays here. Everything else is opened from its row when an operation needs
/// it and dropped with the operation; versions of keys a second later, by `open_versions.rs`.
pub struct Keyring {
    vault: VaultId,
    pub(crate) vault_key: VaultKey,
    pub(crate) statement: Statement,
    pub(crate) sequence: Sequence,
    /// Those of the [core's types](Self::CORE), the head's among them.
    pub(crate) core: Vec<Row>,
    /// With its revision.
    pub(crate) head: (u64, Head),
    /// The policies of the vault, as its record has them: read when it is opened, and again when that was written.
    policies: OnceCell<Option<Rc<Policies>>>,
    /// The policy of the vault's organisation, likewise.
    organisation: OnceCell<Option<Rc<Organisation>>>,
    /// The one before something was written: a record that says the same is not verified again.
    verified: Option<Rc<Organisation>>,
    /// Whether all rows were checked against the head since the vault was unlocked.
    surveyed: Cell<bool>,
}

/// What a vault that is open is known by, whatever its store says later.
pub(crate) struct Known {
    statement: Statement,
    vault_key: Kid,
    seen: LastSeenHead,
}

impl Known {
    /// The thumbprint of the identity that signs for it.
    pub(crate) fn identity(&self) -> &Thumbprint {
        &self.statement.identity
    }

    /// Refuses what a factor has opened since, unless it is the same vault and no older copy of it.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(crate) fn check(&self, opened: &Keyring) -> Result<()> {
        let (known, stored) = (&self.statement, &opened.statement);
        let same = known.vault == stored.vault && known.identity == stored.identity;
        let follows = known.generation < stored.generation
            || (known.generation == stored.generation && self.vault_key == *opened.vault_key.kid());
        if !same || !follows {
            return Err(Error::Integrity("another vault in this one's place"));
        }
        opened.check_seen(&self.seen)
    }
}

impl Keyring {
    /// The kinds of which an unlock reads all rows: their number does not grow with the keys'.
    pub(crate) const CORE: [RecordType; 14] = [
        RecordType::VaultKey,
        RecordType::Statement,
        RecordType::Factor,
        RecordType::Recipient,
        RecordType::Identity,
        RecordType::Mac,
        RecordType::Index,
        RecordType::Head,
        RecordType::Succession,
        RecordType::AuditKey,
        RecordType::Policy,
        RecordType::Requests,
        RecordType::Organisation,
        RecordType::Witness,
    ];

    /// What is read to open a vault.
    #[must_use]
    pub fn core() -> Vec<Range> {
        Self::CORE.map(Range::of).to_vec()
    }

    /// Those of them that are read to open a vault.
    #[must_use]
    pub fn core_of(rows: &[Row]) -> Vec<Row> {
        let core = |row: &&Row| Self::CORE.contains(&row.record_id.kind);
        rows.iter().filter(core).cloned().collect()
    }

    /// Checks everything that the vault key can check of the core: the identity, the factors' public
    /// halves and the head.
    pub(crate) fn open(
        vault: VaultId,
        sequence: Sequence,
        mut rows: Vec<Row>,
        vault_key: VaultKey,
        statement: Statement,
    ) -> Result<Self> {
        rows.retain(|row| Self::CORE.contains(&row.record_id.kind));
        let generation = statement.generation;
        let cipher = RecordCipher {
            vault: &vault,
            generation,
            key: &vault_key,
        };

        // Before any other record under the vault key is read: it says whether they can be.
        let own = |kind| {
            let row = single(&rows, kind)?;
            let placed = row.record_id.id == vault.as_str();
            placed
                .then_some(row)
                .ok_or(Error::Integrity("a record in another one's place"))
        };
        let head_row = own(RecordType::Head)?;
        let head = Head::read(cipher.decrypt_json(head_row)?)?;
        if head.generation != generation {
            return Err(UNACCOUNTED);
        }
        let head = (head_row.revision, head);

        let identity = SigningKey::from_jwk(&cipher.decrypt_key(own(RecordType::Identity)?)?)?;
        if identity.thumbprint() != statement.identity {
            return Err(Error::Integrity("another signing identity"));
        }
        for factor in &statement.factors {
            let record_id = recipient_id(&factor.kid);
            let row = rows
                .iter()
                .find(|row| row.record_id == record_id)
                .ok_or(Error::Integrity("a record is missing"))?;
            let public = cipher.decrypt_key(row)?;
            if public.is_private() || Kid::from(public.thumbprint()) != factor.kid {
                return Err(Error::Integrity("another factor's public key"));
            }
        }
        let keyring = Self {
            vault,
            vault_key,
            statement,
            sequence,
            core: rows,
            head,
            policies: OnceCell::new(),
            organisation: OnceCell::new(),
            verified: None,
            surveyed: Cell::new(false),
        };
        keyring.check_core()?;
        keyring.policies()?;
        keyring.one_at_most(RecordType::Requests)?;
        keyring.one_at_most(RecordType::Witness)?;
        keyring.organisation()?;
        Ok(keyring)
    }

    /// Holds the core against the head. What an earlier release wrote is held against it with all other rows.
    fn check_core(&self) -> Result<()> {
        match self.head.1.core {
            Some(core) if self.core_digest(&self.mac()?) != core => Err(UNACCOUNTED),
            _ => Ok(()),
        }
    }

    /// The set digest of the core.
    pub(crate) fn core_digest(&self, key: &MacKey) -> SetDigest {
        SetDigest::of(key, &self.core)
    }

    /// What another tab made of it, by core rows that were read at another sequence.
    ///
    /// # Errors
    /// [`Error::NoVault`] when another vault (or none) stands there now; [`Error::Rotated`] when its vault key changed,
    /// which only an unlock can follow; [`Error::Integrity`].
    pub(crate) fn followed_by(&self, sequence: Sequence, rows: Vec<Row>) -> Result<Self> {
        let row = rows
            .iter()
            .find(|row| row.record_id == self.singleton(RecordType::Statement))
            .ok_or(Error::NoVault)?;
        let (_, signer) = Statement::claimed(row).map_err(changed)?;
        if signer != self.statement.identity && self.leads_to(&rows, &signer) {
            // Who signs now is the next unlock's to prove: by a factor, or by who compares.
            return Err(Error::Rotated);
        }
        let statement = self.statement.succeeded_by(row)?;
        statement.check_rows(&rows)?;
        let envelope =
            Envelope::parse(&single(&rows, RecordType::VaultKey)?.bytes).map_err(changed)?;
        if statement.generation != self.generation() || !self.vault_key.is_in(&envelope) {
            return Err(Error::Rotated);
        }
        if statement.pair() != self.statement.pair() {
            return Err(Error::Integrity("a vault that opens otherwise"));
        }
        let (vault, vault_key) = (self.vault.clone(), self.vault_key.clone());
        let fresh = Self::open(vault, sequence, rows, vault_key, statement)?;
        fresh.check_seen(&self.seen())?;
        if let (Some(old), Some(new)) = (&self.head.1.log, &fresh.head.1.log) {
            new.follows(old)?;
        }
        fresh.surveyed.set(self.surveyed.get());
        Ok(fresh)
    }

    /// Whether successions among some rows lead from this vault's identity to another.
    fn leads_to(&self, rows: &[Row], signer: &Thumbprint) -> bool {
        let known = (&self.statement.identity, self.generation());
        Succession::leads(rows, &self.vault, known, signer)
    }

    /// Holds all rows against the head.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(crate) fn check(&self, rows: &[Row]) -> Result<()> {
        let (key, mut sum) = (self.mac()?, MacSum::default());
        // The head of an earlier release says nothing of the core alone, which may have been read before them.
        let core = rows
            .iter()
            .filter(|row| Self::CORE.contains(&row.record_id.kind));
        if self.head.1.is_old() && SetDigest::of(&key, core) != self.core_digest(&key) {
            return Err(UNACCOUNTED);
        }
        sum.add(&key, rows);
        self.check_sum(&sum)
    }

    /// As [`check`](Self::check), of rows that were summed up one page after the other.
    pub(crate) fn check_sum(&self, sum: &MacSum) -> Result<()> {
        let (_, head) = &self.head;
        let counted = head.records.is_none_or(|known| known == sum.records);
        if counted && sum.digest == head.digest {
            self.surveyed.set(true);
            Ok(())
        } else {
            Err(UNACCOUNTED)
        }
    }

    /// Whether all rows were checked against the head since the vault was unlocked.
    #[must_use]
    pub fn surveyed(&self) -> bool {
        self.surveyed.get()
    }

    /// What proves single rows. A vault without one is read whole.
    pub(crate) fn manifest(&self) -> Option<&Manifest> {
        self.head.1.manifest.as_ref()
    }

    /// The set digest of all rows of objects; of a vault that is read whole, of all its rows.
    pub(crate) fn objects_digest(&self) -> SetDigest {
        let lists = self.manifest().map(|root| root.lists);
        let objects = lists.and_then(|mut lists| lists.rows(RecordType::Object).copied());
        objects.unwrap_or(self.head.1.digest)
    }

    /// Whether what is done is put to an audit log: it begins by itself, and ends when it is stopped.
    pub(crate) fn writes_log(&self) -> bool {
        let (_, head) = &self.head;
        head.log.as_ref().is_none_or(|log| !log.stopped)
    }

    /// Whether the log is written so that nothing is done whose entry cannot be written, or was when it was stopped.
    pub(crate) fn log_fails_closed(&self) -> bool {
        let log = self.head.1.log.as_ref();
        log.is_some_and(|log| log.fail_closed)
    }

    /// So many milliseconds entries of the log are kept at least.
    pub(crate) fn log_retention(&self) -> Option<u64> {
        self.head.1.log.as_ref().and_then(|log| log.retain)
    }

    /// Whether nothing is done whose entry cannot be written.
    pub(crate) fn logs_first(&self) -> bool {
        self.writes_log() && self.log_fails_closed()
    }

    /// The vault's id.
    #[must_use]
    pub fn vault(&self) -> &VaultId {
        &self.vault
    }

    /// Which vault key this is, counted from 1.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.statement.generation
    }

    /// The sequence these rows were read at.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// The head, as a caller may keep it elsewhere.
    #[must_use]
    pub fn seen(&self) -> LastSeenHead {
        LastSeenHead::new(self.head.0, &self.head.1)
    }

    /// Refuses this vault when it is older than what was seen of it.
    ///
    /// # Errors
    /// [`Error::Integrity`]; [`Error::Argument`].
    pub(crate) fn check_seen(&self, seen: &LastSeenHead) -> Result<()> {
        seen.check(self.head.0, &self.head.1)
    }

    /// What this vault is known by from now on.
    pub(crate) fn known(&self) -> Known {
        Known {
            statement: self.statement.clone(),
            vault_key: self.vault_key.kid().clone(),
            seen: self.seen(),
        }
    }

    /// The head's revision that the next change comes with. Unlike the clock it never goes back.
    pub(crate) fn next_head(&self) -> u64 {
        self.head.0 + 1
    }

    /// The policies of the vault itself, if one was ever set.
    ///
    /// # Errors
    /// [`Error::Integrity`]; [`Error::Malformed`].
    pub(crate) fn policies(&self) -> Result<Option<Rc<Policies>>> {
        if let Some(known) = self.policies.get() {
            return Ok(known.clone());
        }
        let read = match self.one_at_most(RecordType::Policy)? {
            Some(row) => Some(Rc::new(Policies::read(self.cipher().decrypt_json(row)?)?)),
            None => None,
        };
        Ok(self.policies.get_or_init(|| read).clone())
    }

    /// The policy of the vault's organisation, if one binds it.
    ///
    /// # Errors
    /// [`Error::Integrity`]; [`Error::Malformed`]; [`Error::Decrypt`].
    pub(crate) fn organisation(&self) -> Result<Option<Rc<Organisation>>> {
        if let Some(known) = self.organisation.get() {
            return Ok(known.clone());
        }
        let read = match self.one_at_most(RecordType::Organisation)? {
            Some(row) => Some(self.organisation_of(self.cipher().decrypt_json(row)?)?),
            None => None,
        };
        Ok(self.organisation.get_or_init(|| read).clone())
    }

    fn organisation_of(&self, record: Object) -> Result<Rc<Organisation>> {
        match &self.verified {
            Some(verified) if verified.to_json() == record => Ok(Rc::clone(verified)),
            _ => Ok(Rc::new(Organisation::read(record)?)),
        }
    }

    /// The row of a kind of which a vault has one, or none.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    fn one_at_most(&self, kind: RecordType) -> Result<Option<&Row>> {
        let record_id = self.singleton(kind);
        let mut rows = self.core.iter().filter(|row| row.record_id.kind == kind);
        match (rows.next(), rows.next()) {
            (None, _) => Ok(None),
            (Some(row), None) if row.record_id == record_id => Ok(Some(row)),
            _ => Err(Error::Integrity("a record in another one's place")),
        }
    }

    pub(crate) fn drop_core(&mut self, gone: &[RecordId]) {
        self.forget_policies();
        self.core.retain(|row| !gone.contains(&row.record_id));
    }

    pub(crate) fn take_core(&mut self, rows: &[Row]) {
        for row in rows {
            if Self::CORE.contains(&row.record_id.kind) {
                self.forget_policies();
                self.core.retain(|old| old.record_id != row.record_id);
                self.core.push(row.clone());
            }
        }
    }

    fn forget_policies(&mut self) {
        self.policies.take();
        if let Some(known) = self.organisation.take() {
            self.verified = known;
        }
    }

    /// The row of a core type, if there is one.
    pub(crate) fn core_record(&self, record_id: &RecordId) -> Option<&Row> {
        self.core.iter().find(|row| row.record_id == *record_id)
    }

    /// The row that every vault has of a kind.
    pub(crate) fn core_row(&self, kind: RecordType) -> Result<&Row> {
        self.core_record(&self.singleton(kind))
            .ok_or(Error::Integrity("a record is missing"))
    }

    /// The key that every vault has of a kind.
    fn core_key(&self, kind: RecordType) -> Result<Jwk> {
        self.cipher().decrypt_key(self.core_row(kind)?)
    }

    /// The key of the set digest, for as long as something is summed up.
    pub(crate) fn mac(&self) -> Result<MacKey> {
        MacKey::from_jwk(&self.core_key(RecordType::Mac)?)
    }

    /// The key that aliases are hashed with.
    pub(crate) fn index_key(&self) -> Result<AliasHashKey> {
        AliasHashKey::from_jwk(&self.core_key(RecordType::Index)?)
    }

    /// The signing identity, for as long as something is signed.
    pub(crate) fn identity(&self) -> Result<SigningKey> {
        let jwk = self.core_key(RecordType::Identity)?;
        Ok(SigningKey::from_jwk(&jwk)?)
    }

    pub(crate) fn singleton(&self, kind: RecordType) -> RecordId {
        RecordId::new(kind, self.vault.as_str())
    }

    pub(crate) fn cipher(&self) -> RecordCipher<'_> {
        RecordCipher {
            vault: &self.vault,
            generation: self.generation(),
            key: &self.vault_key,
        }
    }
}
