//! What concerns an unlocked vault as a whole: its backup, its head, the next vault key.

mod format;

pub(crate) use format::Note;
pub use format::{Backup, ExpectedVault};

use crate::{
    base::{BackupId, Object, Result, Timestamp, sort_by},
    object::body::Buffers,
    records::LastSeenHead,
    store::{Range, RecordId, RecordType, Row, Store, VaultName},
};

use super::{
    Unlocked, Vault,
    gate::Request,
    transaction::Transaction,
    vault_key_rotation::NextFactors,
    watch::{Watch, unwatched},
};

/// A vault key that took the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VaultKeyRotation {
    /// Which vault key it is, counted from 1.
    pub generation: u64,
    /// How many records were written under it.
    pub records: u64,
}

/// The last backup that was given out. Whether somebody has it still, the vault cannot know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastBackup {
    /// When it was made.
    pub made: Timestamp,
    /// How many changes were written to the vault since.
    pub changes: u64,
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Draws a new vault key and writes every record under it, in one commit. No factor is needed.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity) when a record does not open.
    pub async fn rotate_vault_key(&self) -> Result<VaultKeyRotation> {
        self.rotate_vault_key_watched(&unwatched).await
    }

    /// As [`rotate_vault_key`](Self::rotate_vault_key); `watch` counts the records that are written.
    ///
    /// # Errors
    /// Those; what `watch` stops it with: the vault is under the old key then.
    pub async fn rotate_vault_key_watched(&self, watch: Watch<'_>) -> Result<VaultKeyRotation> {
        let request = Request::of("rotateVaultKey").on_latest().watched(watch);
        let port = self.platform.factor.as_ref();
        self.change(request, async |tx| {
            tx.rotate_vault_key(port, NextFactors::default()).await
        })
        .await
    }

    /// The head as it is now, for an unlock to hold the vault against.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn head(&self) -> Result<LastSeenHead> {
        let request = Request::of("head").on_latest();
        self.read(request, async |tx| Ok(tx.keyring()?.seen()))
            .await
    }

    /// Everything the vault holds, for [`Vault::restore`](Vault::restore), a record among it that it was
    /// given out.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn backup(&self) -> Result<Vec<u8>> {
        self.backup_watched(&unwatched).await
    }

    /// As [`backup`](Self::backup); `watch` counts the records that are put in.
    ///
    /// # Errors
    /// Those; what `watch` stops it with: the vault notes no backup then.
    pub async fn backup_watched(&self, watch: Watch<'_>) -> Result<Vec<u8>> {
        let request = Request::of("backup").on_latest();
        self.change(request, async |tx| tx.backup(&self.name, watch).await)
            .await
    }
}

impl Transaction<'_> {
    /// A backup of everything that the vault holds once it is committed, with the note that it was given out: a
    /// vault that is restored from it knows of it, and a destruction does not reach it.
    async fn backup(&mut self, name: &VaultName, watch: Watch<'_>) -> Result<Vec<u8>> {
        let id = BackupId::generate(self.rng())?;
        let note = Note {
            created: self.now(),
            head: self.keyring()?.next_head(),
            elsewhere: false,
            quiet: self.keyring()?.head.1.quiet,
        };
        let record_id = RecordId::new(RecordType::Backup, id.as_str());
        self.insert(record_id, Object::encode(&note));
        let rows = self.range(Range::all()).await?;
        let created = self.now();
        self.account().await?;
        let puts = self.sealed_rows();
        let stays = |row: &&Row| puts.iter().all(|put| put.record_id != row.record_id);
        let rows: Vec<_> = rows.iter().filter(stays).chain(puts).collect();
        // The keyring is borrowed only afterwards: `watch` may use the vault, and lock it.
        let records = Backup::records(rows, watch)?;
        let keyring = self.keyring()?;
        Backup::file(records, &keyring, name, created, self.rng())
    }

    /// The last backup that was given out here, if one was.
    pub(super) async fn last_backup(&self) -> Result<Option<LastBackup>> {
        let (next, quiet) = {
            let keyring = self.keyring()?;
            (
                keyring.next_head(),
                keyring.head.1.quiet.unwrap_or_default(),
            )
        };
        let mut last: Option<LastBackup> = None;
        for row in self.range(Range::of(RecordType::Backup)).await?.iter() {
            let note = Note::read(self.open_json(row)?)?;
            if note.elsewhere {
                continue;
            }
            // Its own commit is none that it lacks, and neither are those of use counts and of the audit log.
            let since = next.saturating_sub(note.head).saturating_sub(1);
            let changes =
                since.saturating_sub(quiet.saturating_sub(note.quiet.unwrap_or_default()));
            if last.is_none_or(|last| changes <= last.changes) {
                let made = note.created;
                last = Some(LastBackup { made, changes });
            }
        }
        Ok(last)
    }

    /// The backups that hold what came with that revision of the head: when each was made, and its id.
    pub(super) async fn backups_since(&self, since: u64) -> Result<Vec<(Timestamp, BackupId)>> {
        let mut backups = Vec::new();
        for row in self.range(Range::of(RecordType::Backup)).await?.iter() {
            let note = Note::read(self.open_json(row)?)?;
            if note.head >= since {
                backups.push((note.created, row.record_id.id.parse()?));
            }
        }
        sort_by(&mut backups, Ord::cmp);
        Ok(backups)
    }
}
