//! Whether the audit log is what the head says, and continues what was seen of it.

use crate::{
    audit::{Checkpoint, CompactRange, TreeHash},
    base::{Error, LogId, Result, VaultId},
    store::Store,
    vault::{Unlocked, Vault},
};

use super::{
    LogKeyUse,
    log_key::{origin_of, signer},
};

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogVerification {
    /// The tree that the head accounts for.
    pub checkpoint: Checkpoint,
    /// How many entries, from the first one on, are as they were written, as far as they can be told apart.
    pub intact: u64,
    /// What is wrong, if anything is.
    pub fault: Option<LogFault>,
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
    /// The checkpoint that was kept is of a log that the vault had before.
    Succeeded,
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
            Self::Succeeded => "succeeded",
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
    /// given. Entries that wait are written first.
    ///
    /// # Errors
    /// [`Error::Argument`] for a vault without an audit log, and a checkpoint of a log that it never had; [`Error::Decrypt`],
    /// [`Error::Integrity`] and [`Error::Malformed`] for what is no checkpoint of one of its logs.
    pub async fn verify_audit(&self, last_checkpoint: Option<&str>) -> Result<LogVerification> {
        let head = self.written_log().await?;
        let (mut seen, mut succeeded) = (None, false);
        if let Some(note) = last_checkpoint {
            let log = named_in(note, &self.id).unwrap_or(head.log.clone());
            let key = self.log_key(LogKeyUse::Checkpoints, &log).await?;
            let signer = signer(&self.id, &log, &key)?;
            seen = Some(Checkpoint::open(note.as_bytes(), signer.verifier())?);
            succeeded = log != head.log;
        }
        let (mut tree, mut then) = (CompactRange::empty(), None);
        let note = |tree: &CompactRange, then: &mut Option<TreeHash>| {
            if seen.is_some_and(|seen| seen.size == tree.size()) {
                *then = Some(tree.root());
            }
        };
        note(&tree, &mut then);
        let mut each = |_, leaf: &str| {
            tree.append(TreeHash::of_leaf(leaf.as_bytes()))?;
            note(&tree, &mut then);
            Ok(())
        };
        let read = self.each_leaf(&head, &mut each).await;
        let fault = match read {
            Err(Error::Integrity(_) | Error::Malformed(_)) => Some(LogFault::Entries),
            Err(error) => return Err(error),
            Ok(()) if tree != head.tree => Some(LogFault::Tree),
            Ok(()) if succeeded => Some(LogFault::Succeeded),
            Ok(()) => match seen {
                Some(seen) if seen.size > tree.size() => Some(LogFault::RolledBack),
                Some(seen) if then != Some(seen.root) => Some(LogFault::Forked),
                _ => None,
            },
        };
        Ok(LogVerification {
            checkpoint: Checkpoint {
                size: head.tree.size(),
                root: head.tree.root(),
            },
            intact: match fault {
                // Which of them are others, nothing tells.
                Some(LogFault::Tree | LogFault::Forked) => 0,
                _ => tree.size(),
            },
            fault,
        })
    }
}
