//! The audit log: what a page asks of it, and is told.

use serde::{Deserialize, Serialize};

use crate::{
    audit::{Beginning, EntryKey, Predecessor, TreeHash},
    base::{DeviceId, KeyId, LogContext, LogId, Object, ObjectId, Result, Thumbprint, Timestamp},
    vault::{self, LogBatch, LogSlice, LogState, LogVerification, LoggedEntry},
};

use super::{context, options};

/// Which entries, as a page asks for them.
#[derive(Deserialize)]
struct Query {
    key: Option<KeyId>,
    operation: Option<String>,
    error: Option<String>,
    done: Option<bool>,
    context: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    before: Option<u64>,
    limit: Option<u32>,
    log: Option<LogId>,
}

/// Which entries.
///
/// # Errors
/// [`Error::Argument`](crate::Error::Argument) for options that are none.
pub fn entry_query(given: Object) -> Result<vault::EntryQuery> {
    let query: Query = options(given)?;
    // What was done has no error.
    let done = query.done.unwrap_or_default().then(String::new);
    Ok(vault::EntryQuery {
        key: query.key,
        operation: query.operation,
        error: done.or(query.error),
        context: query.context.as_deref().map(context).transpose()?,
        from: query.from,
        to: query.to,
        before: query.before,
        limit: query.limit,
        log: query.log,
    })
}

/// How the log stands, if there is one.
#[derive(Serialize)]
pub struct AuditLogState {
    state: Option<AuditState>,
}

impl From<Option<LogState>> for AuditLogState {
    fn from(state: Option<LogState>) -> Self {
        Self {
            state: state.map(AuditState::from),
        }
    }
}

/// How a log stands.
#[derive(Serialize)]
pub struct AuditState {
    log: LogId,
    device: DeviceId,
    size: u64,
    waiting: u64,
    stopped: bool,
    #[serde(rename = "failClosed")]
    fail_closed: bool,
}

impl From<LogState> for AuditState {
    fn from(state: LogState) -> Self {
        Self {
            log: state.log,
            device: state.device,
            size: state.size,
            waiting: state.waiting,
            stopped: state.stopped,
            fail_closed: state.fail_closed,
        }
    }
}

/// Some entries, the latest first.
#[derive(Serialize)]
pub struct AuditPage {
    entries: Vec<AuditEntry>,
    next: Option<u64>,
}

/// An entry of the log.
#[derive(Serialize)]
pub struct AuditEntry {
    sequence: u64,
    at: Timestamp,
    operation: String,
    error: Option<String>,
    rule: Option<String>,
    reason: Option<String>,
    approvers: Option<Vec<Thumbprint>>,
    keys: Vec<EntryKey>,
    more: Option<u64>,
    object: Option<ObjectId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contexts: Vec<LogContext>,
    #[serde(rename = "moreContexts")]
    more_contexts: Option<u64>,
    factor: Option<String>,
    failed: Option<u64>,
    lost: Option<u64>,
    begins: Option<Beginning>,
}

impl From<vault::EntryPage> for AuditPage {
    fn from(page: vault::EntryPage) -> Self {
        Self {
            entries: page.entries.into_iter().map(AuditEntry::from).collect(),
            next: page.next,
        }
    }
}

impl From<LoggedEntry> for AuditEntry {
    fn from(LoggedEntry { sequence, entry }: LoggedEntry) -> Self {
        Self {
            sequence,
            at: entry.at,
            operation: entry.operation,
            error: entry.error,
            rule: entry.rule,
            reason: entry.reason,
            approvers: (!entry.approvers.is_empty()).then_some(entry.approvers),
            keys: entry.keys,
            more: entry.more,
            object: entry.object,
            contexts: entry.contexts,
            more_contexts: entry.more_contexts,
            factor: entry.factor,
            failed: entry.failed,
            lost: entry.lost,
            begins: entry.begins,
        }
    }
}

/// Some entries, the earliest first.
#[derive(Serialize)]
pub struct AuditSlice {
    log: LogId,
    device: DeviceId,
    size: u64,
    entries: Vec<AuditEntry>,
    next: Option<u64>,
}

impl From<LogSlice> for AuditSlice {
    fn from(slice: LogSlice) -> Self {
        Self {
            log: slice.log,
            device: slice.device,
            size: slice.size,
            entries: slice.entries.into_iter().map(AuditEntry::from).collect(),
            next: slice.next,
        }
    }
}

/// Entries that are sent elsewhere, with what proves them.
#[derive(Serialize)]
pub struct ProvenSlice {
    log: LogId,
    device: DeviceId,
    entries: Vec<AuditEntry>,
    leaves: Vec<String>,
    next: Option<u64>,
    checkpoint: AuditCheckpoint,
    proof: Vec<String>,
    after: Option<Predecessor>,
}

impl From<LogBatch> for ProvenSlice {
    fn from(batch: LogBatch) -> Self {
        let texts = |hashes: &[TreeHash]| hashes.iter().map(TreeHash::to_base64).collect();
        Self {
            leaves: texts(&batch.slice.leaves),
            log: batch.slice.log,
            device: batch.slice.device,
            entries: batch
                .slice
                .entries
                .into_iter()
                .map(AuditEntry::from)
                .collect(),
            next: batch.slice.next,
            checkpoint: batch.signed.into(),
            proof: texts(&batch.proof),
            after: batch.after,
        }
    }
}

/// What a verification found.
#[derive(Serialize)]
pub struct AuditVerification {
    log: LogId,
    size: u64,
    root: String,
    intact: u64,
    fault: Option<&'static str>,
}

impl From<LogVerification> for AuditVerification {
    fn from(verified: LogVerification) -> Self {
        Self {
            log: verified.log,
            size: verified.checkpoint.size,
            root: verified.checkpoint.root.to_base64(),
            intact: verified.intact,
            fault: verified.fault.map(vault::LogFault::as_str),
        }
    }
}

/// A checkpoint that was signed.
#[derive(Serialize)]
pub struct AuditCheckpoint {
    size: u64,
    root: String,
    note: String,
    verifier: String,
    certificate: String,
}

impl From<vault::SignedCheckpoint> for AuditCheckpoint {
    fn from(signed: vault::SignedCheckpoint) -> Self {
        Self {
            size: signed.checkpoint.size,
            root: signed.checkpoint.root.to_base64(),
            note: signed.note,
            verifier: signed.verifier,
            certificate: signed.certificate,
        }
    }
}

/// An entry, and the proof that it is in the log.
#[derive(Serialize)]
pub struct AuditProof {
    entry: String,
    proof: String,
    verifier: String,
    certificate: String,
}

impl From<vault::ProvenEntry> for AuditProof {
    fn from(proven: vault::ProvenEntry) -> Self {
        Self {
            entry: proven.entry,
            proof: proven.proof,
            verifier: proven.verifier,
            certificate: proven.certificate,
        }
    }
}
