//! Signed checkpoints of the audit log, and proofs that lead to them.

use serde::Serialize;

use crate::{
    audit::{Checkpoint, CompactRange, ConsistencyProof, InclusionProof, LogProof, TreeHash},
    base::{Error, LogId, Object, Result},
    jose,
    store::Store,
    vault::{Unlocked, Vault},
};

use super::{
    LogKeyUse,
    index::LogIndex,
    log_key::signer,
    reader::LogReader,
    reading::{CUT, LogTree, MISSING},
    walk::LogWalk,
};

/// The `typ` of the statement of whose key it is that signs a log's checkpoints.
const TYP: &str = "sr-audit+jws";

/// A checkpoint that was signed, and what verifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// Which log it is of.
    pub log: LogId,
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The signed note.
    pub note: String,
    /// The key that verifies it, as C2SP `signed-note` writes one.
    pub verifier: String,
    /// A statement by the vault's identity of whose key that is (`typ`: `sr-audit+jws`).
    pub certificate: String,
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

/// What the vault's identity says of a log's key.
#[derive(Serialize)]
struct Certificate<'a> {
    vault: &'a str,
    log: &'a str,
    device: &'a str,
    verifier: &'a str,
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// The log's tree as it is now, as a signed note (C2SP `tlog-checkpoint`), with what verifies it. Entries that wait are
    /// written first.
    ///
    /// # Errors
    /// [`Error::Argument`] for a vault without an audit log; what the store reports.
    pub async fn audit_checkpoint(&self) -> Result<SignedCheckpoint> {
        self.write_log().await?;
        let head = self.written_log(None).await?;
        self.checkpoint_of(&head).await
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
            log: head.log.clone(),
            checkpoint,
            note,
            verifier,
            certificate,
        })
    }

    /// An entry of the log, or of one that the vault had before, with a proof for whoever has not the vault.
    ///
    /// # Errors
    /// [`Error::Argument`] for a vault without an audit log, or an entry that it has not, or that was cut; [`Error::Integrity`] for a log that
    /// is not what the head says.
    pub async fn prove_entry(&self, sequence: u64, log: Option<&LogId>) -> Result<ProvenEntry> {
        let read = async |head: &LogTree, reader: &LogReader<'_>| {
            if sequence >= head.size {
                return Err(Error::Argument("sequence (the log has no such entry)"));
            }
            if sequence < head.first() {
                return Err(CUT);
            }
            let (entry, inclusion) = reader.inclusion_of(head, sequence).await?;
            Ok((entry, inclusion, self.checkpoint_of(head).await?))
        };
        let (entry, inclusion, signed) = self.on_log(log, read).await?;
        let proof = LogProof {
            index: sequence,
            inclusion,
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
}

impl LogReader<'_> {
    /// An entry's text, and the proof that it is in the log, which is not verified yet.
    async fn inclusion_of(
        &self,
        tree: &LogTree,
        sequence: u64,
    ) -> Result<(String, InclusionProof)> {
        let walked = LogWalk::new(self, sequence..sequence + 1).rest().await?;
        let entry = walked.into_iter().flat_map(|(_, leaves)| leaves).next();
        let ranges = InclusionProof::ranges(tree.size, sequence)?;
        let hashes = LogIndex::new(self, tree).roots_of(ranges).await?;
        Ok((entry.ok_or(MISSING)?, InclusionProof::new(hashes)?))
    }

    /// That the tree of the entries up to the last of a slice is in the log's. It is held against those entries too.
    pub(super) async fn consistency_of(
        &self,
        tree: &LogTree,
        first: u64,
        leaves: &[TreeHash],
    ) -> Result<Vec<TreeHash>> {
        let mut index = LogIndex::new(self, tree);
        let mut older = index.range_of(0..first).await?;
        for leaf in leaves {
            older.append(*leaf)?;
        }
        let ranges = ConsistencyProof::ranges(tree.size, older.size())?;
        let proof = ConsistencyProof::new(index.roots_of(ranges).await?)?;
        proof.verify((older.size(), &older.root()), (tree.size, &tree.root))?;
        Ok(proof.hashes().to_vec())
    }

    /// Whether a tree is that of the log's first entries.
    pub(super) async fn continues(&self, tree: &LogTree, older: &CompactRange) -> Result<bool> {
        let ranges = ConsistencyProof::ranges(tree.size, older.size())?;
        let hashes = LogIndex::new(self, tree).roots_of(ranges).await?;
        let proof = ConsistencyProof::new(hashes)?;
        let verified = proof.verify((older.size(), &older.root()), (tree.size, &tree.root));
        Ok(verified.is_ok())
    }
}
