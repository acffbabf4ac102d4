//! A backup that was opened: bound to this vault, and every record of it held against its own head.

use crate::{
    base::{Error, Result, Thumbprint},
    factors::Present,
    jose::Envelope,
    records::{Pin, Statement, Succession, changed, single},
    store::{RecordId, RecordType, Row, Sequence, Store},
};

use super::super::{
    Backup, Unlocked, Vault, keyring::Keyring, locked_records::LockedRecords, offline_grace::Asking,
};
use super::{MergeReport, Skipped, SkippedRecord};

const ANOTHER: Error = Error::Integrity("a backup of another vault");

/// A backup, and what its vault key opens.
pub(super) struct Source {
    backup: Backup,
    keyring: Keyring,
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Opens a backup of another vault key with a factor that it names.
    pub(super) async fn open_rows(
        &self,
        backup: &Backup,
        present: &dyn Present,
    ) -> Result<Keyring> {
        let core = Keyring::core_of(backup.rows());
        let sealed = LockedRecords::new(Sequence::default(), core)?;
        let known = Some(backup.identity());
        let opened = self
            .opened_factors(&sealed, present, known, Asking::Anew)
            .await;
        let opened = opened.map_err(|error| sealed.refusal(present, known, error));
        self.log_kms_calls(present, opened.as_ref().map_err(Clone::clone));
        let opened = opened?;
        sealed.open(&opened.all(), known)
    }
}

impl Keyring {
    /// Refuses a backup that is not this vault's: of another id, or sealed by an identity that is neither this one nor one
    /// that it succeeded. The successions that count are those that the vault itself has.
    pub(super) fn check_kin(&self, backup: &Backup) -> Result<()> {
        let known: &Thumbprint = &self.statement.identity;
        let leads = || {
            let from = (backup.identity(), backup.generation());
            Succession::leads(&self.core, self.vault(), from, known)
        };
        let kin = backup.vault() == self.vault() && (backup.identity() == known || leads());
        kin.then_some(()).ok_or(ANOTHER)
    }

    /// What the vault key in memory opens of a backup; nothing where that is under another one.
    ///
    /// # Errors
    /// Those of [`check_kin`](Self::check_kin); [`Error::Argument`] for a later one; [`Error::Integrity`].
    pub(super) fn copied(&self, backup: &Backup) -> Result<Option<Self>> {
        self.check_kin(backup)?;
        if backup.generation() > self.generation() {
            return Err(Error::Argument(
                "backup (of a later vault key: restore it under another name, and merge a backup of this vault into that)",
            ));
        }
        let rows = Self::core_of(backup.rows());
        let row = single(&rows, RecordType::VaultKey)?;
        let envelope = Envelope::parse(&row.bytes).map_err(changed)?;
        if backup.generation() < self.generation() || !self.vault_key.is_in(&envelope) {
            return Ok(None);
        }
        let pin = Pin {
            vault: self.vault().clone(),
            identity: self.statement.identity.clone(),
            generation: self.generation(),
        };
        let statement = Statement::verify(single(&rows, RecordType::Statement)?, &pin)?;
        let (vault, vault_key) = (self.vault().clone(), self.vault_key.clone());
        let copy = Self::open(vault, Sequence::default(), rows, vault_key, statement)?;
        Ok(Some(copy))
    }

    /// Whether another one is of the same vault key.
    pub(super) fn has_key_of(&self, other: &Self) -> bool {
        let same = self.generation() == other.generation();
        same && self.vault_key.kid() == other.vault_key.kid()
    }
}

impl Source {
    /// Holds every record against the head.
    pub(super) fn new(backup: Backup, keyring: Keyring) -> Result<Self> {
        keyring.check(backup.rows())?;
        Ok(Self { backup, keyring })
    }

    pub(super) fn backup(&self) -> &Backup {
        &self.backup
    }

    pub(super) fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    pub(super) fn rows(&self) -> &[Row] {
        self.backup.rows()
    }

    pub(super) fn rows_of(&self, kind: RecordType) -> impl Iterator<Item = &Row> {
        let rows = self.rows().iter();
        rows.filter(move |row| row.record_id.kind == kind)
    }

    pub(super) fn row(&self, record_id: &RecordId) -> Option<&Row> {
        let rows = self.rows();
        let at = rows.binary_search_by(|row| row.record_id.cmp(record_id));
        at.ok().map(|at| &rows[at])
    }

    /// The inventory of a backup that proves nothing: in ours it would prove who wrote each object.
    pub(super) fn leave_inventory(&self, report: &mut MergeReport) {
        for row in self.rows_of(RecordType::Object) {
            report.skip(SkippedRecord::Object, &row.record_id.id, Skipped::UNPROVEN);
        }
    }

    /// What no merge takes.
    pub(super) fn leave_others(&self, keyring: &Keyring, report: &mut MergeReport) {
        for row in self.rows_of(RecordType::Upload) {
            report.skip(SkippedRecord::Upload, &row.record_id.id, Skipped::OF_DEVICE);
        }
        for entry in &self.keyring.statement.factors {
            if !keyring.statement.names(&entry.kid) {
                let id = entry.kid.as_str();
                let reason = if report.proven {
                    Skipped::NOT_ASKED
                } else {
                    Skipped::UNPROVEN
                };
                report.skip(SkippedRecord::Factor, id, reason);
            }
        }
    }
}
