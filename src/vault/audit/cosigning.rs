//! What witnesses are asked of this vault's log, and what they answered.

use crate::{
    audit::{
        AddCheckpoint, Checkpoint, ConsistencyProof, CosignatureVerifier, SignedNote, TreeHash,
    },
    base::{Error, LogId, Result, WitnessFault},
    records::CosignedHead,
    store::Store,
    vault::{Unlocked, Vault, gate::Request, transaction::Transaction},
};

use super::{
    LogKeyUse, SignedCheckpoint, index::LogIndex, log_key::signer, reader::LogReader,
    reading::LogTree, verification::named_in,
};

/// How far a witness's clock may be ahead, in seconds.
const AHEAD: u64 = 300;

/// What a witness is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessRequest {
    /// The body of the POST.
    pub text: String,
    /// The checkpoint that it is to cosign.
    pub signed: SignedCheckpoint,
}

/// A checkpoint, with who cosigned it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignedCheckpoint {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The note, signed by the log and cosigned.
    pub note: String,
    /// The keys of the witnesses, each with when it cosigned it, in seconds since 1970.
    pub by: Vec<(String, u64)>,
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// An `add-checkpoint` request of C2SP's `tlog-witness`, for a witness that has cosigned the first `since` entries of the log; 0 for
    /// one that knows nothing of it. Entries that wait are written first.
    ///
    /// # Errors
    /// [`Error::Witness`] where the log has fewer entries; [`Error::Argument`] where entries of then were cut, and for a vault without that
    /// log; [`Error::Integrity`] for a log that is not what the head says.
    pub async fn witness_request(&self, since: u64, log: Option<&LogId>) -> Result<WitnessRequest> {
        let read = async |head: &LogTree, reader: &LogReader<'_>| {
            if since > head.size {
                return Err(Error::Witness(WitnessFault::Smaller(since)));
            }
            if since > 0 && since < head.first() {
                return Err(Error::Argument("since (entries of then were cut)"));
            }
            let proof = reader.consistency_since(head, since).await?;
            let older = LogIndex::new(reader, head).range_of(0..since).await?.root();
            proof.verify((since, &older), (head.size, &head.root))?;
            Ok((proof, self.checkpoint_of(head).await?))
        };
        let (proof, signed) = self.on_log(log, read).await?;
        let request = AddCheckpoint {
            old: since,
            proof,
            note: signed.note.clone(),
        };
        Ok(WitnessRequest {
            text: request.to_text(),
            signed,
        })
    }

    /// Keeps what a witness answered to a request: the last of its cosignatures of a checkpoint of this log. `note` is the checkpoint's.
    /// One of fewer entries than an earlier one changes nothing. Gives when it was signed, in seconds since 1970.
    ///
    /// # Errors
    /// [`Error::Decrypt`] where that witness has not cosigned that checkpoint, and for a checkpoint that the log did not sign;
    /// [`Error::Witness`] where the log does not continue it, and for a time that is more than five minutes ahead; [`Error::Malformed`];
    /// [`Error::Argument`] for a checkpoint of no log of this vault. The 33rd witness takes the place of the one that was heard of first.
    pub async fn add_cosignature(
        &self,
        note: &str,
        answer: &str,
        witness: &CosignatureVerifier,
    ) -> Result<u64> {
        let log = named_in(note, &self.id);
        let log = log.ok_or(Error::Argument("note (of no log of this vault)"))?;
        let key = self.log_key(LogKeyUse::Checkpoints, &log).await?;
        let signer = signer(&self.id, &log, &key)?;
        let seen = Checkpoint::open(note.as_bytes(), signer.verifier())?;
        let both = SignedNote::with_more(note, answer)?;
        // What is cosigned is the text that the log signed, and no other one that the answer brings.
        if both.verify(signer.verifier())? != seen.body(signer.verifier().name()) {
            return Err(Error::Decrypt);
        }
        let cosignature = both.cosigned_by(witness)?.ok_or(Error::Decrypt)?;
        self.check_cosigned_at(cosignature.seconds)?;
        let read = async |head: &LogTree, reader: &LogReader<'_>| {
            if seen.size < head.first() {
                return Err(Error::Argument("note (entries of then were cut)"));
            }
            reader.continues_from(head, seen).await
        };
        self.on_log(Some(&log), read).await?;
        let seconds = cosignature.seconds;
        let taken = CosignedHead {
            log,
            witness: witness.to_text(),
            size: seen.size,
            root: seen.root.to_base64(),
            seconds,
            line: cosignature.line,
        };
        let request = Request::of("addCosignature").on_latest();
        self.change(request, async |tx| tx.keep_cosignature(&taken))
            .await?;
        Ok(seconds)
    }

    /// The checkpoints of a log that were cosigned, the largest first, each with all cosignatures that are kept of it.
    ///
    /// # Errors
    /// As for [`audit_checkpoint`](Self::audit_checkpoint). What a later release has kept is told as nothing.
    pub async fn cosigned_checkpoints(
        &self,
        log: Option<&LogId>,
    ) -> Result<Vec<CosignedCheckpoint>> {
        let head = self.written_log(log).await?;
        let mut kept = match self.cosigned_heads(&head.log).await {
            // The checkpoint is as good without.
            Err(Error::Unsupported(_)) => Vec::new(),
            kept => kept?,
        };
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        let key = self.log_key(LogKeyUse::Checkpoints, &head.log).await?;
        let signer = signer(&self.id, &head.log, &key)?;
        kept.sort_by(|a, b| (b.size, &a.root).cmp(&(a.size, &b.root)));
        let mut all: Vec<CosignedCheckpoint> = Vec::new();
        for one in kept {
            let checkpoint = one.checkpoint()?;
            let last = all.last_mut().filter(|last| last.checkpoint == checkpoint);
            let by = (one.witness, one.seconds);
            if let Some(last) = last {
                last.note.push_str(&one.line);
                last.by.push(by);
            } else {
                let note = checkpoint.sign(&signer, self.platform.rng.as_ref())?;
                all.push(CosignedCheckpoint {
                    checkpoint,
                    note: note + &one.line,
                    by: vec![by],
                });
            }
        }
        Ok(all)
    }

    /// Refuses a cosignature of a time that is still to come.
    pub(super) fn check_cosigned_at(&self, seconds: u64) -> Result<()> {
        if seconds > self.platform.clock.now().millis() / 1000 + AHEAD {
            return Err(Error::Witness(WitnessFault::Future));
        }
        Ok(())
    }

    /// The cosignatures that are kept of a log.
    pub(super) async fn cosigned_heads(&self, log: &LogId) -> Result<Vec<CosignedHead>> {
        let read = async |tx: &Transaction<'_>| {
            let mut kept = tx.witnessing()?.cosigned;
            kept.retain(|one| one.log == *log);
            Ok(kept)
        };
        self.read(Request::of("audit"), read).await
    }
}

impl Transaction<'_> {
    fn keep_cosignature(&mut self, taken: &CosignedHead) -> Result<()> {
        let mut seen = self.witnessing()?;
        let mut kept = seen.cosigned.iter();
        let before = kept.find(|one| one.log == taken.log && one.witness == taken.witness);
        if let Some(before) = before {
            if before.size == taken.size && before.root != taken.root {
                return Err(Error::Witness(WitnessFault::Forked(taken.size)));
            }
            if (before.size, before.seconds) >= (taken.size, taken.seconds) {
                return Ok(());
            }
        }
        let log = self
            .keyring()?
            .head
            .1
            .log
            .as_ref()
            .map(|log| log.log.clone());
        seen.keep(taken.clone(), log.as_ref());
        self.put_witnessing(&seen)
    }
}

impl LogReader<'_> {
    /// The hashes that lead from the tree of the first entries to that of all, which are not verified yet.
    async fn consistency_since(&self, tree: &LogTree, since: u64) -> Result<ConsistencyProof> {
        let ranges = ConsistencyProof::ranges(tree.size, since)?;
        let hashes: Vec<TreeHash> = LogIndex::new(self, tree).roots_of(ranges).await?;
        Ok(ConsistencyProof::new(hashes)?)
    }

    /// Refuses a log that does not continue a checkpoint.
    async fn continues_from(&self, tree: &LogTree, seen: Checkpoint) -> Result<()> {
        if seen.size > tree.size {
            return Err(Error::Witness(WitnessFault::Smaller(seen.size)));
        }
        let proof = self.consistency_since(tree, seen.size).await?;
        let verified = proof.verify((seen.size, &seen.root), (tree.size, &tree.root));
        verified.map_err(|_| Error::Witness(WitnessFault::Forked(seen.size)))
    }
}
