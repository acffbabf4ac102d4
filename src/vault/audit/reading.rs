//! What the audit log's entries say, and proofs of them.

use serde::Serialize;

use crate::{
    audit::{Beginning, Checkpoint, Entry, InclusionProof, LogProof, TreeHash},
    base::{DeviceId, Error, KeyId, LogId, Object, Result, Timestamp},
    jose::{self, Jwk},
    records::LogHead,
    store::{Range, RecordType, Row, Store},
    vault::{Unlocked, Vault, gate::Request, unlock::unless_untrue},
};

use super::{ENTRIES, LogKeyUse, LogRows, SignedCheckpoint, log_key::signer};

/// The `typ` of the statement of whose key it is that signs a log's checkpoints.
const TYP: &str = "sr-audit+jws";
/// Rows that are read together: about 10 ms of work.
pub(super) const ROWS: u32 = 64;
/// The most entries of a page.
pub(super) const MOST: u32 = 1000;
/// A log with a gap.
pub(super) const MISSING: Error = Error::Integrity("entries of the audit log are missing");
/// Where none of the vault's logs is meant. Keys of those that it has are accounted for by the head.
const NO_SUCH_LOG: Error = Error::Argument("log (the vault has no such log)");
/// A vault without one.
const NO_LOG: Error = Error::Argument("audit (the vault has no audit log yet)");

/// Which entries: all, where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryQuery {
    /// Those that name this key.
    pub key: Option<KeyId>,
    /// Those of this operation.
    pub operation: Option<String>,
    /// Those that failed with this code; with an empty one those that were done.
    pub error: Option<String>,
    /// Not before then.
    pub from: Option<Timestamp>,
    /// Before then.
    pub to: Option<Timestamp>,
    /// Only entries before this one, by its number: where the page before ended.
    pub before: Option<u64>,
    /// At most so many, 1 to 1000; without it 100.
    pub limit: Option<u32>,
    /// Of a log that the vault had before.
    pub log: Option<LogId>,
}

/// An entry, and its number in the log, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEntry {
    /// Its number.
    pub sequence: u64,
    /// What it says.
    pub entry: Entry,
}

/// Some entries, the latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPage {
    /// They.
    pub entries: Vec<LoggedEntry>,
    /// What the next page is asked for by, as [`before`](EntryQuery::before), if there may be one.
    pub next: Option<u64>,
}

/// An entry, and the proof that it is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenEntry {
    /// The entry's text, byte for byte.
    pub entry: String,
    /// The proof, as C2SP `tlog-proof`.
    pub proof: String,
    /// The key that verifies its checkpoint.
    pub verifier: String,
    /// Whose key that is.
    pub certificate: String,
}

/// A log as it stands, or as it was left: another one came after it.
pub(super) struct LogTree {
    pub(super) log: LogId,
    pub(super) device: DeviceId,
    pub(super) size: u64,
    pub(super) root: TreeHash,
}

impl From<LogHead> for LogTree {
    fn from(head: LogHead) -> Self {
        Self {
            size: head.tree.size(),
            root: head.tree.root(),
            log: head.log,
            device: head.device,
        }
    }
}

/// What the vault's identity says of a log's key.
#[derive(Serialize)]
struct Certificate<'a> {
    vault: &'a str,
    log: &'a str,
    device: &'a str,
    verifier: &'a str,
}

impl EntryQuery {
    pub(super) fn admits(&self, entry: &Entry) -> bool {
        let named = |key: &KeyId| entry.keys.iter().any(|named| named.key == *key);
        let failed = |error: &String| entry.error.as_deref().unwrap_or_default() == error;
        self.key.as_ref().is_none_or(named)
            && self
                .operation
                .as_ref()
                .is_none_or(|name| *name == entry.operation)
            && self.error.as_ref().is_none_or(failed)
            && self.from.is_none_or(|from| entry.at >= from)
            && self.to.is_none_or(|to| entry.at < to)
    }
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// The log as the store has it now.
    pub(super) async fn latest_log(&self) -> Result<Option<LogHead>> {
        let request = Request::of("audit").on_latest();
        self.read(request, async |tx| Ok(tx.keyring()?.head.1.log.clone()))
            .await
    }

    /// The same, once the entries that wait are written; or one that came before it, as the first entry of the next one has it.
    pub(super) async fn written_log(&self, named: Option<&LogId>) -> Result<LogTree> {
        // What cannot be written waits on, and what is there is read.
        unless_untrue(self.write_log().await)?;
        let head = self.latest_log().await?.ok_or(NO_LOG)?;
        let mut tree = LogTree::from(head);
        let mut left = MOST;
        while named.is_some_and(|named| *named != tree.log) {
            left = left.checked_sub(1).ok_or(NO_SUCH_LOG)?;
            let begins = self.beginning_of(&tree.log).await?;
            let before = begins.after.ok_or(NO_SUCH_LOG)?;
            let device = self.beginning_of(&before.log).await?.device;
            tree = LogTree {
                root: TreeHash::from_base64(&before.root)?,
                log: before.log,
                size: before.size,
                device,
            };
        }
        Ok(tree)
    }

    /// What the first entry of a log says.
    async fn beginning_of(&self, log: &LogId) -> Result<Beginning> {
        let key = self.log_key(LogKeyUse::Entries, log).await?;
        let rows = LogRows::new(&self.id, log, &key)?;
        let found = self.log_rows(log, 0, 1).await?;
        let row = found.first().ok_or(MISSING)?;
        if rows.first_of(row)? != 0 {
            return Err(MISSING);
        }
        let leaves = rows.open(row)?;
        let entry = Entry::parse(leaves.first().ok_or(MISSING)?)?;
        let begins = entry.begins.filter(|begins| begins.log == *log);
        begins.ok_or(MISSING)
    }

    pub(super) async fn log_key(&self, of: LogKeyUse, log: &LogId) -> Result<Jwk> {
        let record_id = of.record_id(log);
        let request = Request::of("audit");
        let read = self.read(request, async |tx| {
            let row = tx.row(&record_id).await?;
            tx.open_key(&row.ok_or(NO_SUCH_LOG)?)
        });
        read.await
    }

    /// Some rows of a log from the one whose first entry has that number.
    pub(super) async fn log_rows(&self, log: &LogId, first: u64, limit: u32) -> Result<Vec<Row>> {
        let of_log = Range::of_id(RecordType::Audit, log.as_str());
        let after = first
            .checked_sub(1)
            .map(|before| LogRows::record_id(log, before));
        let ranges = [of_log.page(after, limit)];
        let (_, rows) = self.platform.read(&self.name, &ranges).await?;
        self.state.open()?;
        Ok(rows)
    }

    /// Entries of the log, the latest first.
    ///
    /// # Errors
    /// [`Error::Argument`] for a vault without an audit log, or a limit out of its range; [`Error::Integrity`] for entries
    /// that were changed or are missing, among those that are looked at.
    pub async fn query_audit(&self, query: &EntryQuery) -> Result<EntryPage> {
        let limit = query.limit.unwrap_or(100);
        if !(1..=MOST).contains(&limit) {
            return Err(Error::Argument("limit (1 to 1000)"));
        }
        let head = self.written_log(query.log.as_ref()).await?;
        let key = self.log_key(LogKeyUse::Entries, &head.log).await?;
        let rows = LogRows::new(&self.id, &head.log, &key)?;
        let mut entries = Vec::new();
        let mut until = query.before.unwrap_or(u64::MAX).min(head.size);
        while until > 0 {
            // A row has so many entries at the most: one before them may hold the first that is asked for.
            let from = until.saturating_sub(u64::from(ROWS) - 1);
            let read = from.saturating_sub(ENTRIES as u64 - 1);
            let found = self
                .log_rows(&head.log, read, ROWS + ENTRIES as u32)
                .await?;
            for (first, leaves) in opened(&rows, &found, from..until)?.iter().rev() {
                for (at, leaf) in leaves.iter().enumerate().rev() {
                    let sequence = *first + at as u64;
                    if !(from..until).contains(&sequence) {
                        continue;
                    }
                    let entry = Entry::parse(leaf)?;
                    if !query.admits(&entry) {
                        continue;
                    }
                    entries.push(LoggedEntry { sequence, entry });
                    if entries.len() == limit as usize {
                        return Ok(EntryPage {
                            entries,
                            next: (sequence > 0).then_some(sequence),
                        });
                    }
                }
            }
            until = from;
        }
        Ok(EntryPage {
            entries,
            next: None,
        })
    }

    /// Signs a checkpoint of a log.
    pub(super) async fn checkpoint_of(&self, head: &LogTree) -> Result<SignedCheckpoint> {
        let key = self.log_key(LogKeyUse::Checkpoints, &head.log).await?;
        let signer = signer(&self.id, &head.log, &key)?;
        let checkpoint = Checkpoint {
            size: head.size,
            root: head.root,
        };
        let rng = self.platform.rng.as_ref();
        let note = checkpoint.sign(&signer, rng)?;
        let verifier = signer.verifier().to_text();
        let said = Object::encode(&Certificate {
            vault: self.id.as_str(),
            log: head.log.as_str(),
            device: head.device.as_str(),
            verifier: &verifier,
        });
        let identity = self.state.open()?.keyring.identity()?;
        let certificate = jose::sign(TYP, said.text().as_bytes(), &identity, rng)?;
        Ok(SignedCheckpoint {
            checkpoint,
            note,
            verifier,
            certificate,
        })
    }

    /// An entry of the log, or of one that the vault had before, with a proof for whoever has not the vault.
    ///
    /// # Errors
    /// [`Error::Argument`] for a vault without an audit log, or an entry that it has not; [`Error::Integrity`] for a log that
    /// is not what the head says.
    pub async fn prove_entry(&self, sequence: u64, log: Option<&LogId>) -> Result<ProvenEntry> {
        let head = self.written_log(log).await?;
        if sequence >= head.size {
            return Err(Error::Argument("sequence (the log has no such entry)"));
        }
        let (mut leaves, mut entry) = (Vec::new(), String::new());
        self.each_leaf(&head, &mut |at, leaf| {
            if at == sequence {
                leaf.clone_into(&mut entry);
            }
            leaves.push(TreeHash::of_leaf(leaf.as_bytes()));
            Ok(())
        })
        .await?;
        let signed = self.checkpoint_of(&head).await?;
        let proof = LogProof {
            index: sequence,
            inclusion: InclusionProof::prove(&leaves, sequence)?,
            checkpoint: signed.note,
        };
        let (index, Checkpoint { size, root }) = (sequence, signed.checkpoint);
        let leaf = TreeHash::of_leaf(entry.as_bytes());
        proof.inclusion.verify(&leaf, index, size, &root)?;
        Ok(ProvenEntry {
            entry,
            proof: proof.to_text(),
            verifier: signed.verifier,
            certificate: signed.certificate,
        })
    }

    /// Gives the leaves of a log one after the other, as far as its head says.
    ///
    /// # Errors
    /// [`Error::Integrity`] where one is missing or was changed; what `each` returns.
    pub(super) async fn each_leaf(
        &self,
        head: &LogTree,
        each: &mut dyn FnMut(u64, &str) -> Result<()>,
    ) -> Result<()> {
        let key = self.log_key(LogKeyUse::Entries, &head.log).await?;
        let rows = LogRows::new(&self.id, &head.log, &key)?;
        let mut next = 0;
        while next < head.size {
            let found = self.log_rows(&head.log, next, ROWS).await?;
            if found.is_empty() {
                return Err(MISSING);
            }
            for row in &found {
                if next == head.size {
                    break;
                }
                if rows.first_of(row)? != next {
                    return Err(MISSING);
                }
                for leaf in rows.open(row)? {
                    each(next, &leaf)?;
                    next += 1;
                }
            }
        }
        Ok(())
    }
}

/// The leaves of some rows, each with the number of its first entry: all that are asked for.
fn opened(
    rows: &LogRows<'_>,
    found: &[Row],
    asked: core::ops::Range<u64>,
) -> Result<Vec<(u64, Vec<String>)>> {
    let (mut opened, mut end) = (Vec::new(), None);
    for row in found {
        let first = rows.first_of(row)?;
        if first >= asked.end {
            break;
        }
        let leaves = rows.open(row)?;
        if end.unwrap_or(first) != first || (end.is_none() && first > asked.start) {
            return Err(MISSING);
        }
        end = Some(first + leaves.len() as u64);
        opened.push((first, leaves));
    }
    if end.is_none_or(|end| end < asked.end) {
        return Err(MISSING);
    }
    Ok(opened)
}
