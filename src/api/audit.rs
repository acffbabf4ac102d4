//! The audit log: what a page asks of it, and is told.

use serde::{Deserialize, Serialize};

use crate::{
    audit::{
        Beginning, CompactRange, CosignatureVerifier, EntryCut, EntryKey, Predecessor, TreeHash,
    },
    base::{
        DeviceId, Error, KeyId, LogContext, LogId, Object, ObjectId, Result, Thumbprint, Timestamp,
    },
    vault::{
        self, CosignedCheckpoint, CutHeld, CutLog, LogBatch, LogCutting, LogSlice, LogState,
        LogVerification, LoggedEntry, Shipped, WitnessAnswer, WitnessRequest, WitnessedSize,
    },
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
/// [`Error::Argument`] for options that are none.
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

/// How far a receiver has the logs, as a page says it.
#[derive(Deserialize)]
struct ShippedTo {
    log: LogId,
    next: u64,
}

/// Up to where a log is to be cut, as a page asks for it.
#[derive(Deserialize)]
struct CutOptions {
    before: Timestamp,
    shipped: Vec<ShippedTo>,
}

/// Up to where a log is to be cut, and what its receivers have.
///
/// # Errors
/// [`Error::Argument`] for options that are none.
pub fn cut_options(given: Object) -> Result<(Timestamp, Vec<Shipped>)> {
    let asked: CutOptions = options(given)?;
    let shipped = asked
        .shipped
        .into_iter()
        .map(|ShippedTo { log, next }| Shipped { log, next });
    Ok((asked.before, shipped.collect()))
}

/// What was cut.
#[derive(Serialize)]
pub struct AuditCutting {
    log: LogId,
    first: u64,
    entries: u64,
    logs: u64,
    held: Option<&'static str>,
}

impl From<LogCutting> for AuditCutting {
    fn from(done: LogCutting) -> Self {
        Self {
            log: done.log,
            first: done.first,
            entries: done.entries,
            logs: done.logs,
            held: done.held.map(CutHeld::as_str),
        }
    }
}

/// The first entries of a log, which were cut.
#[derive(Serialize)]
pub struct AuditCut {
    size: u64,
    entry: u64,
    at: Timestamp,
}

impl From<CutLog> for AuditCut {
    fn from(cut: CutLog) -> Self {
        Self {
            size: cut.size,
            entry: cut.entry,
            at: cut.at,
        }
    }
}

/// A tree, as a receiver begins with it.
#[derive(Serialize)]
pub struct AuditTree {
    size: u64,
    roots: Vec<String>,
}

impl From<CompactRange> for AuditTree {
    fn from(tree: CompactRange) -> Self {
        Self {
            size: tree.size(),
            roots: tree.roots().iter().map(TreeHash::to_base64).collect(),
        }
    }
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
    cut: Option<AuditCut>,
    retain: Option<u64>,
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
            cut: state.cut.map(AuditCut::from),
            retain: state.retain,
        }
    }
}

/// Some entries, the latest first.
#[derive(Serialize)]
pub struct AuditPage {
    entries: Vec<AuditEntry>,
    next: Option<u64>,
    first: u64,
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
    cut: Option<EntryCut>,
}

impl From<vault::EntryPage> for AuditPage {
    fn from(page: vault::EntryPage) -> Self {
        Self {
            entries: page.entries.into_iter().map(AuditEntry::from).collect(),
            next: page.next,
            first: page.first,
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
            cut: entry.cut,
        }
    }
}

/// Some entries, the earliest first.
#[derive(Serialize)]
pub struct AuditSlice {
    log: LogId,
    device: DeviceId,
    size: u64,
    first: u64,
    entries: Vec<AuditEntry>,
    next: Option<u64>,
}

impl From<LogSlice> for AuditSlice {
    fn from(slice: LogSlice) -> Self {
        Self {
            log: slice.log,
            device: slice.device,
            size: slice.size,
            first: slice.first,
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
    first: u64,
    entries: Vec<AuditEntry>,
    leaves: Vec<String>,
    next: Option<u64>,
    checkpoint: AuditCheckpoint,
    proof: Vec<String>,
    cut: Option<AuditTree>,
    after: Option<Predecessor>,
}

impl From<LogBatch> for ProvenSlice {
    fn from(batch: LogBatch) -> Self {
        let texts = |hashes: &[TreeHash]| hashes.iter().map(TreeHash::to_base64).collect();
        Self {
            leaves: texts(&batch.slice.leaves),
            log: batch.slice.log,
            device: batch.slice.device,
            first: batch.slice.first,
            entries: batch
                .slice
                .entries
                .into_iter()
                .map(AuditEntry::from)
                .collect(),
            next: batch.slice.next,
            checkpoint: batch.signed.into(),
            proof: texts(&batch.proof),
            cut: batch.cut.map(AuditTree::from),
            // What was cut of that one its receivers know.
            after: batch.after.map(|after| Predecessor {
                device: None,
                cut: None,
                ..after
            }),
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
    cut: Option<AuditCut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    witnessed: Vec<AuditWitnessed>,
}

/// The last checkpoint that a witness has cosigned.
#[derive(Serialize)]
pub struct AuditWitnessed {
    witness: String,
    size: Option<u64>,
    root: Option<String>,
    at: Option<u64>,
    fault: Option<&'static str>,
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    cut: bool,
}

impl From<WitnessedSize> for AuditWitnessed {
    fn from(one: WitnessedSize) -> Self {
        let seen = one.cosigned.map(|(checkpoint, _)| checkpoint);
        Self {
            witness: one.witness,
            size: seen.map(|seen| seen.size),
            root: seen.map(|seen| seen.root.to_base64()),
            at: one.cosigned.map(|(_, seconds)| millis(seconds)),
            fault: one.fault.map(vault::LogFault::as_str),
            cut: one.cut,
        }
    }
}

/// Milliseconds of seconds.
fn millis(seconds: u64) -> u64 {
    seconds.saturating_mul(1000)
}

impl From<LogVerification> for AuditVerification {
    fn from(verified: LogVerification) -> Self {
        Self {
            log: verified.log,
            size: verified.checkpoint.size,
            root: verified.checkpoint.root.to_base64(),
            intact: verified.intact,
            fault: verified.fault.map(vault::LogFault::as_str),
            cut: verified.cut.map(AuditCut::from),
            witnessed: verified
                .witnessed
                .into_iter()
                .map(AuditWitnessed::from)
                .collect(),
        }
    }
}

/// The keys of witnesses, as a page names them.
///
/// # Errors
/// [`Error::Argument`] beyond 32; those of what is no key of a witness.
pub fn witnesses(given: &[String]) -> Result<Vec<CosignatureVerifier>> {
    if given.len() > 32 {
        return Err(Error::Argument("witnesses (32 at the most)"));
    }
    let read = given.iter().map(|text| CosignatureVerifier::parse(text));
    Ok(read.collect::<core::result::Result<_, _>>()?)
}

/// What a witness answered.
#[derive(Serialize)]
pub struct AuditWitnessing {
    cosignature: String,
    origin: String,
    size: u64,
    root: String,
    before: Option<u64>,
}

impl From<WitnessAnswer> for AuditWitnessing {
    fn from(answer: WitnessAnswer) -> Self {
        Self {
            cosignature: answer.cosignature,
            origin: answer.origin,
            size: answer.checkpoint.size,
            root: answer.checkpoint.root.to_base64(),
            before: answer.before,
        }
    }
}

/// What a witness is sent.
#[derive(Serialize)]
pub struct AuditWitnessRequest {
    request: String,
    note: String,
    size: u64,
    root: String,
    verifier: String,
}

impl From<WitnessRequest> for AuditWitnessRequest {
    fn from(WitnessRequest { text, signed }: WitnessRequest) -> Self {
        Self {
            request: text,
            note: signed.note,
            size: signed.checkpoint.size,
            root: signed.checkpoint.root.to_base64(),
            verifier: signed.verifier,
        }
    }
}

/// A checkpoint with who cosigned it.
#[derive(Serialize)]
pub struct AuditCosigned {
    size: u64,
    root: String,
    note: String,
    by: Vec<AuditCosigner>,
}

/// Who cosigned, and when.
#[derive(Serialize)]
struct AuditCosigner {
    witness: String,
    at: u64,
}

impl From<CosignedCheckpoint> for AuditCosigned {
    fn from(one: CosignedCheckpoint) -> Self {
        let by = one.by.into_iter().map(|(witness, seconds)| AuditCosigner {
            witness,
            at: millis(seconds),
        });
        Self {
            size: one.checkpoint.size,
            root: one.checkpoint.root.to_base64(),
            note: one.note,
            by: by.collect(),
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cosigned: Vec<AuditCosigned>,
}

impl AuditCheckpoint {
    /// With the checkpoints that witnesses have cosigned.
    #[must_use]
    pub fn beside(self, cosigned: Vec<CosignedCheckpoint>) -> Self {
        let cosigned = cosigned.into_iter().map(AuditCosigned::from);
        Self {
            cosigned: cosigned.collect(),
            ..self
        }
    }
}

impl From<vault::SignedCheckpoint> for AuditCheckpoint {
    fn from(signed: vault::SignedCheckpoint) -> Self {
        Self {
            size: signed.checkpoint.size,
            root: signed.checkpoint.root.to_base64(),
            note: signed.note,
            verifier: signed.verifier,
            certificate: signed.certificate,
            cosigned: Vec::new(),
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
