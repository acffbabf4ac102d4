//! Whether the audit log is what the head says, and continues what was seen of it.

use crate::{
    audit::{Checkpoint, CompactRange, CosignatureVerifier, Entry, SignedNote, TreeHash},
    base::{Error, LogId, Result, VaultId},
    records::texts,
    store::Store,
    vault::{Unlocked, Vault},
};

use super::{
    CutLog, LogKeyUse,
    log_key::{log_of, signer},
    reading::LogTree,
};

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogVerification {
    /// Which log was verified.
    pub log: LogId,
    /// The tree that the vault accounts for.
    pub checkpoint: Checkpoint,
    /// How many entries, from the first one on, are as they were written, as far as they can be told apart.
    pub intact: u64,
    /// What is wrong, if anything is.
    pub fault: Option<LogFault>,
    /// The first entries, where they were cut. Nothing is told of them but that they were there.
    pub cut: Option<CutLog>,
    /// What the witnesses that were named have cosigned of it, one after the other.
    pub witnessed: Vec<WitnessedSize>,
}

/// The last checkpoint of a log that a witness has cosigned, as far as it is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessedSize {
    /// The witness's key, as C2SP `signed-note` writes one.
    pub witness: String,
    /// The checkpoint, and when it was cosigned, in seconds since 1970; nothing where no cosignature is known.
    pub cosigned: Option<(Checkpoint, u64)>,
    /// Where the log does not continue it.
    pub fault: Option<LogFault>,
    /// Whether entries of then were cut, so that it cannot be held against it.
    pub cut: bool,
}

/// What is wrong with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFault {
    /// Entries from that number on were changed, moved or taken away.
    Entries,
    /// The entries are not those that the tree was made of, though each opens: rows of other commits stand among them.
    Tree,
    /// The log has fewer entries than the checkpoint that was kept: it was set back.
    RolledBack,
    /// The log has other entries than the checkpoint that was kept.
    Forked,
}

impl LogFault {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Tree => "tree",
            Self::RolledBack => "rolled-back",
            Self::Forked => "forked",
        }
    }
}

/// The log that a checkpoint of this vault's says it is of.
pub(super) fn named_in(note: &str, vault: &VaultId) -> Option<LogId> {
    let (origin, _) = note.split_once('\n')?;
    log_of(origin, vault)
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Reads the whole log and holds it against the head; and against a checkpoint that was kept elsewhere, if one is
    /// given, and to what the named witnesses have cosigned of it, by the cosignatures that are kept here and those of that checkpoint. One that the vault had before, such as that of the checkpoint, is held against what the first entry of the next one
    /// says. Entries that wait are written first.
    ///
    /// # Errors
    /// [`Error::Argument`] for a vault without an audit log, for one that it never had, and for a checkpoint of another than is
    /// named; [`Error::Decrypt`], [`Error::Integrity`] and [`Error::Malformed`] for what is no checkpoint of one of its logs;
    /// [`Error::Integrity`] also where the first entry of a later log is missing; [`Error::Witness`] for a cosignature of a time that is more
    /// than five minutes ahead.
    pub async fn verify_audit(
        &self,
        last_checkpoint: Option<&str>,
        log: Option<&LogId>,
        witnesses: &[CosignatureVerifier],
    ) -> Result<LogVerification> {
        let noted = last_checkpoint.and_then(|note| named_in(note, &self.id));
        let head = self.written_log(log.or(noted.as_ref())).await?;
        if noted.is_some_and(|noted| noted != head.log) {
            return Err(Error::Argument("lastCheckpoint (of another log)"));
        }
        let seen = match last_checkpoint {
            None => None,
            Some(note) => {
                let key = self.log_key(LogKeyUse::Checkpoints, &head.log).await?;
                let signer = signer(&self.id, &head.log, &key)?;
                Some(Checkpoint::open(note.as_bytes(), signer.verifier())?)
            }
        };
        let mut witnessed = self.cosigned_by(witnesses, &head.log).await?;
        let mut noted = Vec::new();
        if let (Some(note), Some(seen)) = (last_checkpoint, seen) {
            noted = self.take_from_note(&mut witnessed, witnesses, (note, seen))?;
        }
        let cosigned = |one: &WitnessedSize| one.cosigned.map(|(checkpoint, _)| checkpoint);
        let mut head = head;
        let (tree, fault) = loop {
            let first = head.first();
            for one in &mut witnessed {
                one.cut = one.cosigned.is_some_and(|(at, _)| at.size < first);
            }
            // What was kept first: it is what was asked for.
            let all = witnessed.iter().filter(|one| !one.cut);
            let all: Vec<_> = seen.into_iter().chain(all.filter_map(cosigned)).collect();
            let (tree, faults) = self.verified(&head, &all).await?;
            let fault = faults.whole.or(faults.of.iter().find_map(|fault| *fault));
            // Another tab has cut it since.
            if faults.whole != Some(LogFault::Entries) || !self.is_cut_since(&head).await? {
                let held = witnessed.iter_mut();
                let held = held.filter(|one| !one.cut && one.cosigned.is_some());
                let skip = usize::from(seen.is_some());
                for (one, fault) in held.zip(faults.of.iter().skip(skip)) {
                    one.fault = *fault;
                }
                // Each that cosigned what was kept elsewhere, though more is known of it, is told of that one's fault.
                let of_note = faults.of.first().copied().flatten();
                for at in &noted {
                    let fault = &mut witnessed[*at].fault;
                    *fault = fault.or(of_note);
                }
                break (tree, fault);
            }
            head = self.written_log(Some(&head.log)).await?;
        };
        Ok(LogVerification {
            checkpoint: Checkpoint {
                size: head.size,
                root: head.root,
            },
            log: head.log.clone(),
            intact: match fault {
                // Which of them are others, nothing tells.
                Some(LogFault::Tree | LogFault::Forked) => head.first(),
                _ => tree.size(),
            },
            fault,
            cut: head.cut.map(|cut| CutLog::of(&cut)),
            witnessed,
        })
    }

    /// What these witnesses have cosigned of a log, by what is kept here.
    async fn cosigned_by(
        &self,
        witnesses: &[CosignatureVerifier],
        log: &LogId,
    ) -> Result<Vec<WitnessedSize>> {
        let (mut all, mut kept) = (Vec::new(), Vec::new());
        if !witnesses.is_empty() {
            kept = self.cosigned_heads(log).await?;
        }
        for witness in witnesses {
            let witness = witness.to_text();
            let cosigned = kept.iter().find(|one| one.witness == witness);
            let cosigned = cosigned.map(|one| Ok::<_, Error>((one.checkpoint()?, one.seconds)));
            all.push(WitnessedSize {
                cosigned: cosigned.transpose()?,
                witness,
                fault: None,
                cut: false,
            });
        }
        Ok(all)
    }

    /// Takes the cosignatures of a checkpoint that was kept elsewhere, where they are of more entries than those that are kept here. Gives
    /// which of the witnesses have cosigned it.
    fn take_from_note(
        &self,
        witnessed: &mut [WitnessedSize],
        witnesses: &[CosignatureVerifier],
        (note, seen): (&str, Checkpoint),
    ) -> Result<Vec<usize>> {
        let note = SignedNote::parse(note.as_bytes())?;
        let mut noted = Vec::new();
        for (at, (one, witness)) in witnessed.iter_mut().zip(witnesses).enumerate() {
            if let Some(cosignature) = note.cosigned_by(witness)? {
                self.check_cosigned_at(cosignature.seconds)?;
                noted.push(at);
                let larger = |(known, _): (Checkpoint, u64)| seen.size > known.size;
                if one.cosigned.is_none_or(larger) {
                    one.cosigned = Some((seen, cosignature.seconds));
                }
            }
        }
        Ok(noted)
    }

    /// A log's tree as far as it is whole, and what is wrong with the rest.
    async fn verified(
        &self,
        head: &LogTree,
        seen: &[Checkpoint],
    ) -> Result<(CompactRange, Faults)> {
        let reader = self.log_reader(head).await?;
        let mut tree = reader.cut.clone();
        let mut then: Vec<Option<TreeHash>> = vec![None; seen.len()];
        if seen.iter().any(|seen| seen.size < tree.size()) {
            return Err(Error::Argument("lastCheckpoint (entries of then were cut)"));
        }
        let note = |tree: &CompactRange, then: &mut [Option<TreeHash>]| {
            for (seen, then) in seen.iter().zip(then) {
                if seen.size == tree.size() {
                    *then = Some(tree.root());
                }
            }
        };
        note(&tree, &mut then);
        let mut is_said = head.cut.is_none();
        let mut each = |leaf: &str| {
            if let Some(cut) = head.cut.as_ref().filter(|cut| cut.entry == tree.size()) {
                let said = Entry::parse(leaf)?.cut;
                is_said = said.is_some_and(|said| {
                    (said.size, said.roots) == (cut.tree.size(), texts(&cut.tree))
                });
            }
            tree.append(TreeHash::of_leaf(leaf.as_bytes()))?;
            note(&tree, &mut then);
            Ok(())
        };
        let read = reader.each_leaf(head.size, &mut each).await;
        let whole = match read {
            Err(Error::Integrity(_) | Error::Malformed(_)) => Some(LogFault::Entries),
            Err(error) => return Err(error),
            Ok(()) if (tree.size(), tree.root()) != (head.size, head.root) || !is_said => {
                Some(LogFault::Tree)
            }
            Ok(()) => None,
        };
        let fault = |(seen, then): (&Checkpoint, &Option<TreeHash>)| match then {
            // What the head accounts for, where entries are missing: it tells whether it was set back.
            None if seen.size > head.size => Some(LogFault::RolledBack),
            Some(then) if *then != seen.root => Some(LogFault::Forked),
            _ => None,
        };
        let of = seen.iter().zip(&then).map(fault).collect();
        Ok((tree, Faults { whole, of }))
    }
}

/// What is wrong with a log.
struct Faults {
    /// With its entries.
    whole: Option<LogFault>,
    /// With what was seen of it, one after the other.
    of: Vec<Option<LogFault>>,
}
