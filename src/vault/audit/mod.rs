//! The audit log of an unlocked vault: what was done with its keys, as entries of a Merkle tree.
//!
//! A log is of one device. Its entries are encrypted under a key of its own, which is a record; they are no records
//! themselves, and the head accounts for them by the tree's size and roots. What changes the vault, and what must not be done
//! unrecorded, has its entry in its own commit; other uses wait in memory, for 64 entries at the most.

mod log_key;
mod pending;
mod reading;
mod verification;

pub(crate) use log_key::{ENTRIES, LogKeyUse, LogRows};
pub(crate) use pending::PendingEntries;
pub use reading::{EntryPage, EntryQuery, LoggedEntry, ProvenEntry};
pub use verification::{LogFault, LogVerification};

use crate::{
    audit::Checkpoint,
    base::{DeviceId, LogId, Result},
    records::LogHead,
    store::Store,
};

use super::{
    Unlocked, Vault,
    gate::Request,
    transaction::{LogChange, Transaction},
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
    /// How many entries wait to be written.
    pub waiting: u64,
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Begins to write an audit log, or goes on with the one that was stopped. One that is written already is fine.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn start_audit(&self) -> Result<()> {
        let request = Request::of("startAudit").on_latest();
        self.change(request, async |tx| {
            if tx.keyring()?.log().is_none() {
                tx.change_log(LogChange::Start);
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
            if tx.keyring()?.log().is_some() {
                tx.change_log(LogChange::Stop);
            }
            Ok(())
        })
        .await
    }

    /// Writes the entries that wait.
    ///
    /// # Errors
    /// What the store reports: they wait on then.
    pub async fn write_log(&self) -> Result<()> {
        if self.entries_wait() {
            let write = async |tx: &mut Transaction<'_>| {
                tx.write_waiting_entries();
                Ok(())
            };
            self.change_unasked("writeAudit", write).await?;
        }
        Ok(())
    }

    /// Whether entries wait to be written.
    #[must_use]
    pub fn entries_wait(&self) -> bool {
        self.state.pending().len() > 0
    }

    /// How the audit log stands, if the vault has one.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn audit_state(&self) -> Result<Option<LogState>> {
        let waiting = self.state.pending().len() as u64;
        let state = |log: LogHead| LogState {
            log: log.log,
            device: log.device,
            size: log.tree.size(),
            stopped: log.stopped,
            waiting,
        };
        Ok(self.latest_log().await?.map(state))
    }

    /// The log's tree as it is now, as a signed note (C2SP `tlog-checkpoint`), with what verifies it. Entries that wait are
    /// written first.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) for a vault without an audit log; what the store reports.
    pub async fn audit_checkpoint(&self) -> Result<SignedCheckpoint> {
        let head = self.written_log().await?;
        self.checkpoint_of(&head).await
    }
}

/// A checkpoint that was signed, and what verifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The signed note.
    pub note: String,
    /// The key that verifies it, as C2SP `signed-note` writes one.
    pub verifier: String,
    /// A statement by the vault's identity of whose key that is (`typ`: `sr-audit+jws`).
    pub certificate: String,
}
