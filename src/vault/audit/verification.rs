//! Whether the audit log is what the head says, and continues what was seen of it.

use crate::{
    audit::{Checkpoint, CompactRange, Entry, TreeHash},
    base::{Error, LogId, Result, VaultId},
    records::texts,
    store::Store,
    vault::{Unlocked, Vault},
};

use super::{
    CutLog, LogKeyUse,
    log_key::{origin_of, signer},
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
fn named_in(note: &str, vault: &VaultId) -> Option<LogId> {
    let (origin, _) = note.split_once('\n')?;
    let log = origin.strip_prefix(&*origin_of(vault))?;
    log.parse().ok()
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Reads the whole log and holds it against the head; and against a checkpoint that was kept elsewhere, if one is
    /// given. One that the vault had before, such as that of the checkpoint, is held against what the first entry of the next one
    /// says. Entries that wait are written first.
    ///
    /// # Errors
    /// [`Error::Argument`] for a vault without an audit log, for one that it never had, and for a checkpoint of another than is
    /// named; [`Error::Decrypt`], [`Error::Integrity`] and [`Error::Malformed`] for what is no checkpoint of one of its logs;
    /// [`Error::Integrity`] also where the first entry of a later log is missing.
    pub async fn verify_audit(
        &self,
        last_checkpoint: Option<&str>,
        log: Option<&LogId>,
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
        let mut head = head;
        let (tree, fault) = loop {
            let (tree, fault) = self.verified(&head, seen).await?;
            // Another tab has cut it since.
            if fault != Some(LogFault::Entries) || !self.is_cut_since(&head).await? {
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
        })
    }

    /// A log's tree as far as it is whole, and what is wrong with the rest.
    async fn verified(
        &self,
        head: &LogTree,
        seen: Option<Checkpoint>,
    ) -> Result<(CompactRange, Option<LogFault>)> {
        let reader = self.log_reader(head).await?;
        let (mut tree, mut then) = (reader.cut.clone(), None);
        if seen.is_some_and(|seen| seen.size < tree.size()) {
            return Err(Error::Argument("lastCheckpoint (entries of then were cut)"));
        }
        let note = |tree: &CompactRange, then: &mut Option<TreeHash>| {
            if seen.is_some_and(|seen| seen.size == tree.size()) {
                *then = Some(tree.root());
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
        let fault = match read {
            Err(Error::Integrity(_) | Error::Malformed(_)) => Some(LogFault::Entries),
            Err(error) => return Err(error),
            Ok(()) if (tree.size(), tree.root()) != (head.size, head.root) || !is_said => {
                Some(LogFault::Tree)
            }
            Ok(()) => match seen {
                Some(seen) if seen.size > tree.size() => Some(LogFault::RolledBack),
                Some(seen) if then != Some(seen.root) => Some(LogFault::Forked),
                _ => None,
            },
        };
        Ok((tree, fault))
    }
}
