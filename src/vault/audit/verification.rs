//! Whether the audit log is what the head says, and continues what was seen of it.

use crate::{
    audit::{Checkpoint, CompactRange, TreeHash},
    base::{Error, Result},
    store::Store,
    vault::{Unlocked, Vault},
};

use super::{LogKeyUse, log_key::signer};

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

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Reads the whole log and holds it against the head; and against a checkpoint that was kept elsewhere, if one is
    /// given. Entries that wait are written first.
    ///
    /// # Errors
    /// [`Error::Argument`] for a vault without an audit log; [`Error::Decrypt`] and [`Error::Integrity`] for a checkpoint that
    /// is none of this log's.
    pub async fn verify_audit(&self, last_checkpoint: Option<&str>) -> Result<LogVerification> {
        let head = self.written_log().await?;
        let seen = match last_checkpoint {
            None => None,
            Some(note) => {
                let key = self.log_key(LogKeyUse::Checkpoints, &head.log).await?;
                let signer = signer(&self.id, &head.log, &key)?;
                Some(Checkpoint::open(note.as_bytes(), signer.verifier())?)
            }
        };
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
                Some(LogFault::Tree) => 0,
                _ => tree.size(),
            },
            fault,
        })
    }
}
