//! The audit log of an unlocked vault: what was done with its keys, as entries of a Merkle tree.
//!
//! A log is of one device. Its entries are encrypted under a key of its own, which is a record; they are no records
//! themselves, and the head accounts for them by the tree's size and roots. What changes the vault, and what must not be done
//! unrecorded, has its entry in its own commit; other uses wait in memory, for two seconds as a rule.

mod cosigning;
mod cutting;
mod index;
mod indexing;
mod log_key;
mod paging;
mod pending;
mod proving;
mod reader;
mod reading;
mod scattered;
mod slices;
mod verification;
mod walk;
mod witnessing;

pub use cosigning::{CosignedCheckpoint, WitnessRequest};
pub use cutting::{CutHeld, CutLog, LogCutting, Shipped};
pub(crate) use cutting::{LogCutPlan, keys_of};
pub(crate) use indexing::LogIndexState;
pub(crate) use log_key::{ENTRIES, LogKeyUse, LogRows};
pub(crate) use pending::PendingEntries;
pub use proving::{ProvenEntry, SignedCheckpoint};
pub use reading::{EntryPage, EntryQuery, LoggedEntry};
pub use slices::{LogBatch, LogSlice};
pub use verification::{LogFault, LogVerification, WitnessedSize};
pub use witnessing::WitnessAnswer;

use crate::{
    audit::Entry,
    base::{DeviceId, Duration, InputResult, LogId, Result},
    factors::{GateAnswer, Opened, Present},
    records::LogHead,
    store::Store,
};

use super::{
    Unlocked, Vault,
    gate::Request,
    transaction::{LogChange, Transaction},
    unlock::unless_untrue,
};

/// How a vault's audit log stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogState {
    /// The log.
    pub log: LogId,
    /// The device that writes it.
    pub device: DeviceId,
    /// How many entries it has, without those that wait.
    pub size: u64,
    /// Whether nothing is appended any more.
    pub stopped: bool,
    /// Whether nothing is done whose entry cannot be written.
    pub fail_closed: bool,
    /// The first entries, where they were cut.
    pub cut: Option<CutLog>,
    /// So many milliseconds entries are kept at least.
    pub retain: Option<u64>,
    /// How many entries wait to be written.
    pub waiting: u64,
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Begins to write an audit log, or goes on with the one that was stopped. One that is written already is fine.
    /// `fail_closed`: nothing is done whose entry cannot be written, so that each use takes a commit. `retain`: no entry is
    /// [cut](Self::cut_audit) before it is so old, or whenever that is asked for with a time of nothing. Either stays as it is unless it is given.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn start_audit(
        &self,
        fail_closed: Option<bool>,
        retain: Option<Duration>,
    ) -> Result<()> {
        let request = Request::of("startAudit").on_latest();
        self.change(request, async |tx| {
            let keyring = tx.keyring()?;
            let (closes, retains) = (keyring.log_fails_closed(), keyring.log_retention());
            let fail_closed = fail_closed.unwrap_or(closes);
            let retain =
                retain.map_or(retains, |retain| Some(retain.millis()).filter(|ms| *ms > 0));
            if !keyring.writes_log() || (fail_closed, retain) != (closes, retains) {
                tx.change_log(LogChange::Start {
                    fail_closed,
                    retain,
                });
            }
            Ok(())
        })
        .await
    }

    /// Writes no audit log any more; that it was stopped is its last entry. What it has stays.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn stop_audit(&self) -> Result<()> {
        let request = Request::of("stopAudit").on_latest();
        self.change(request, async |tx| {
            if tx.keyring()?.writes_log() {
                tx.change_log(LogChange::Stop);
            }
            Ok(())
        })
        .await
    }

    /// Notes that the vault was made, or unlocked by a factor or a reload: nothing tells of an event of that.
    pub(super) fn log_unlock(&self, operation: &'static str, factor: Option<&str>) {
        let (rng, at) = (self.platform.rng.as_ref(), self.platform.clock.now());
        let entry = Entry::new(operation, at, rng).map(|entry| Entry {
            factor: factor.map(str::to_owned),
            ..entry
        });
        self.state.log(entry.ok());
    }

    /// Notes that a key management service was asked to open the vault, once for each time, and whether that opened it.
    pub(super) fn log_kms_calls(&self, present: &dyn Present, opened: Result<&Opened>) {
        let (rng, at) = (self.platform.rng.as_ref(), self.platform.clock.now());
        let error = opened
            .as_ref()
            .map_or_else(Some, |opened| opened.unreached());
        for _ in 0..present.take_kms_calls() {
            let factor = opened.as_ref().ok().map(|opened| {
                let mut all = opened.all().into_iter();
                let held = all.find(|factor| factor.enrolment().held().is_some());
                held.unwrap_or(&opened.first).kid().to_string()
            });
            let entry = Entry::new("askKms", at, rng).map(|entry| Entry {
                factor,
                ..entry.failed(error)
            });
            self.state.log(entry.ok());
        }
    }

    /// Notes that a kept answer of a gate's service opened the vault.
    pub(super) fn log_grace(&self, opened: &Opened) {
        let mut all = opened.all().into_iter();
        let gate = all.find(|factor| matches!(factor.answer(), GateAnswer::Kept(_)));
        if let Some(gate) = gate {
            self.log_unlock("useGrace", Some(gate.kid().as_str()));
        }
    }

    /// Notes attempts to unlock the vault that failed, as somebody else counted them.
    ///
    /// # Errors
    /// [`Error::OutsideView`](crate::base::Error::OutsideView) of a view.
    pub fn log_failed_unlocks(&self, failed: u64) -> Result<()> {
        let (rng, at) = (self.platform.rng.as_ref(), self.platform.clock.now());
        self.log_counted(Entry::new("failUnlock", at, rng), failed)
    }

    /// Notes how often a key management service was asked by attempts to unlock the vault that failed, as somebody else counted.
    ///
    /// # Errors
    /// [`Error::OutsideView`](crate::base::Error::OutsideView) of a view.
    pub fn log_vain_kms_calls(&self, asked: u64) -> Result<()> {
        let (rng, at) = (self.platform.rng.as_ref(), self.platform.clock.now());
        self.log_counted(Entry::new("askKms", at, rng), asked)
    }

    /// An entry of attempts that no key was there to prove.
    fn log_counted(&self, entry: InputResult<Entry>, failed: u64) -> Result<()> {
        self.check_whole()?;
        let failed = Some(failed);
        let counted = entry.map(|entry| Entry { failed, ..entry });
        self.state.log(counted.ok());
        Ok(())
    }

    /// Writes the entries that wait.
    ///
    /// # Errors
    /// What the store reports: they wait on then.
    pub async fn write_log(&self) -> Result<()> {
        if self.state.waiting_entries() > 0 {
            let write = async |tx: &mut Transaction<'_>| tx.write_waiting_entries();
            self.change_unasked("writeAudit", write).await?;
        }
        Ok(())
    }

    /// How many entries wait to be written.
    #[must_use]
    pub fn waiting_entries(&self) -> usize {
        self.state.waiting_entries()
    }

    /// How the audit log stands, if the vault has one.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn audit_state(&self) -> Result<Option<LogState>> {
        let mut log = self.latest_log().await?;
        if log.is_none() {
            // It begins with what waits.
            unless_untrue(self.write_log().await)?;
            log = self.latest_log().await?;
        }
        let waiting = self.state.pending().len() as u64;
        let state = |log: LogHead| LogState {
            log: log.log,
            device: log.device,
            size: log.tree.size(),
            stopped: log.stopped,
            fail_closed: log.fail_closed,
            cut: log.cut.as_ref().map(CutLog::of),
            retain: log.retain,
            waiting,
        };
        Ok(log.map(state))
    }
}
