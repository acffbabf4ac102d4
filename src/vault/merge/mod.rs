//! A backup that is united with the vault that it is of.
//!
//! An open vault merges, because it has in memory what the file is bound to: its id, its identity, its vault key. Under the
//! same vault key the versions of both are united, each by its own counter. Any other vault key is one that a person who
//! lost the vault's trust may have had, so such a backup only gives back what is missing, and that proves nothing. What
//! follows from other records (head, statement, catalog, manifest) is never taken, but made of what was united.

mod aliases;
mod inventory;
mod keys;
mod report;
mod source;

pub use report::{ChangedVersion, MergeReport, MergedVersion, RenamedKey, Skipped, SkippedRecord};

use crate::{
    base::{Error, Result},
    factors::Present,
    keys::{MERGE, Organisation},
    object::body::Buffers,
    store::Store,
};

use super::{Backup, Unlocked, Vault, gate::Request, transaction::Transaction, watch::Watch};
use keys::{MergedKeys, Merging};
use source::Source;

/// Records between two looks at what watches.
const PART: usize = 256;

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// Unites a backup of this vault with it, in one commit. `present` is a factor that the backup names, as it was then: it
    /// is asked for where the backup is under another vault key than this vault is now. `watch` counts the backup's
    /// records.
    ///
    /// # Errors
    /// Those of [`Backup::read`]; [`Error::Integrity`] for a backup of another vault, or of an identity that is neither this
    /// vault's nor one that it succeeded; [`Error::Argument`] where a factor is needed and none is given, and for a
    /// backup of a later vault key; [`Error::WrongFactor`]; what `watch` stops it with. Nothing was changed then.
    pub async fn merge(
        &self,
        backup: &[u8],
        present: Option<&dyn Present>,
        watch: Watch<'_>,
    ) -> Result<MergeReport> {
        // The factor is of the backup, and proves nothing here.
        let asked = Request::of(MERGE).on_latest();
        self.admit(asked, async |_| Ok(())).await?;
        let opened = self.open_backup(backup, present).await;
        let source = opened.inspect_err(|error| self.end(MERGE, None, Some(error.clone())))?;
        let total = source.rows().len() as u64;
        // Of the commit, only whether it is to stop.
        let at_end = |_, _| watch(total, total);
        let request = asked.watched(&at_end).without_factors();
        self.change(request, async |tx| tx.merge(&source, watch).await)
            .await
    }

    async fn open_backup(&self, backup: &[u8], present: Option<&dyn Present>) -> Result<Source> {
        let backup = Backup::read(backup)?;
        let same = self.state.open()?.keyring.copied(&backup)?;
        let keyring = match same {
            Some(keyring) => keyring,
            None => {
                let present = present.ok_or(Error::Argument(
                    "factor (the backup is of another vault key; present a factor that opened the vault then)",
                ))?;
                // Of the backup, which may have taken less than the vault does: it checks that itself.
                self.check_persons(present)?;
                self.open_rows(&backup, present).await?
            }
        };
        Source::new(backup, keyring)
    }
}

impl Transaction<'_> {
    async fn merge(&mut self, source: &Source, watch: Watch<'_>) -> Result<MergeReport> {
        // Of every attempt: the vault key may have been rotated since.
        let proven = {
            let keyring = self.keyring()?;
            keyring.check_kin(source.backup())?;
            keyring.has_key_of(source.keyring())
        };
        let rows = self.all_rows().await?;
        let mut report = MergeReport {
            proven,
            generation: source.keyring().generation(),
            ..MergeReport::default()
        };
        let merging = Merging {
            tx: &*self,
            source,
            cause: self.cause(MERGE)?,
            report: &mut report,
        };
        let mut keys = MergedKeys::of(&rows, watch, merging)?;
        let mut organisation = self.keyring()?.organisation()?;
        if proven {
            self.merge_objects(source, &rows, &keys, &mut report)?;
            self.merge_counts(source)?;
            let theirs = source.keyring().policies()?;
            let theirs_of = source.keyring().organisation()?;
            match self.merge_organisation(theirs_of.as_deref())? {
                Some(changed) => {
                    report.organisation = changed;
                    if changed {
                        organisation = theirs_of;
                    }
                }
                None => report.skip(
                    SkippedRecord::Organisation,
                    self.keyring()?.vault().as_str(),
                    Skipped::CONFLICT,
                ),
            }
            match self.merge_policies(theirs.as_deref())? {
                Some(changed) => report.policy = changed,
                None => report.skip(
                    SkippedRecord::Policy,
                    self.keyring()?.vault().as_str(),
                    Skipped::TOO_MANY,
                ),
            }
        } else {
            source.leave_inventory(&mut report);
            if !report.versions.is_empty() {
                self.note_backup(source)?;
            }
        }
        if let Some(policy) = organisation.as_deref().and_then(Organisation::known) {
            keys.shorten(policy);
        }
        self.write_keys(keys);
        source.leave_others(&*self.keyring()?, &mut report);
        Ok(report)
    }
}
