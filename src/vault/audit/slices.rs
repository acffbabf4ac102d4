//! Entries of the audit log in their order, for who copies it elsewhere.

use crate::{
    audit::{CompactRange, Entry, Predecessor, TreeHash},
    base::{DeviceId, Error, LogId, Result},
    store::Store,
    vault::{Unlocked, Vault},
};

use super::{
    ENTRIES, SignedCheckpoint,
    reader::LogReader,
    reading::{EntryQuery, LogTree, LoggedEntry, MOST, Wanted},
    walk::LogWalk,
};

/// Some entries, the earliest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSlice {
    /// The log.
    pub log: LogId,
    /// The device that writes it.
    pub device: DeviceId,
    /// How many entries it has.
    pub size: u64,
    /// The number of the first entry that was looked at: the one that was asked for, or the first one that was not cut.
    pub first: u64,
    /// Those that were asked for.
    pub entries: Vec<LoggedEntry>,
    /// The hashes of all leaves that were looked at, one after the other.
    pub leaves: Vec<TreeHash>,
    /// The number of the next entry to be looked at, if there is one.
    pub next: Option<u64>,
}

/// Entries that are sent elsewhere, and what proves to a receiver who knows the tree before them that they are in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogBatch {
    /// All entries from one on, and their leaves' hashes.
    pub slice: LogSlice,
    /// The whole log's tree, signed.
    pub signed: SignedCheckpoint,
    /// That the tree of the entries up to the last one of these is in that of the checkpoint; without hashes where it is the same.
    pub proof: Vec<TreeHash>,
    /// The tree of the entries before these, where those were cut.
    pub cut: Option<CompactRange>,
    /// The log that the vault had before, where these begin with the first entry.
    pub after: Option<Predecessor>,
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Looks at the entries from the one with the number `first` on, at up to `limit` of them (64 to 1000; without it 1000), and
    /// gives those that are asked for. It ends where a row ends, so that what goes on with `next` reads no row twice. Entries
    /// that wait are written first.
    ///
    /// # Errors
    /// [`Error::Argument`] for a vault without that log, for a limit out of its range, and for a first entry that the log has
    /// not; [`Error::Integrity`] for entries that were changed or are missing.
    pub async fn read_log(&self, query: &EntryQuery, first: u64) -> Result<LogSlice> {
        let read =
            async |log: &LogTree, reader: &LogReader<'_>| reader.slice(log, query, first).await;
        self.on_log(query.log.as_ref(), read).await
    }

    /// The same, of all entries, to be sent to somebody who has those before: the leaves' hashes alone lead to the root of a
    /// signed checkpoint, where need be by a proof.
    ///
    /// # Errors
    /// As for [`read_log`](Self::read_log); [`Error::Integrity`] also where they do not lead to the head's root, unless they reach the end: who
    /// has those before tells that by the checkpoint.
    pub async fn log_batch(
        &self,
        first: u64,
        limit: Option<u32>,
        log: Option<&LogId>,
    ) -> Result<LogBatch> {
        let all = EntryQuery {
            limit,
            ..EntryQuery::default()
        };
        let read = async |head: &LogTree, reader: &LogReader<'_>| {
            let slice = reader.slice(head, &all, first).await?;
            let proof = match slice.next {
                Some(size) if size > 0 => {
                    reader
                        .consistency_of(head, slice.first, &slice.leaves)
                        .await?
                }
                _ => Vec::new(),
            };
            // Who has nothing of what was cut begins with its tree.
            let cut = Some(&reader.cut).filter(|cut| cut.size() > 0 && cut.size() == slice.first);
            Ok((slice, proof, cut.cloned(), self.checkpoint_of(head).await?))
        };
        let (slice, proof, cut, signed) = self.on_log(log, read).await?;
        let begins = slice.entries.first().and_then(|of| of.entry.begins.clone());
        Ok(LogBatch {
            signed,
            cut,
            after: begins.and_then(|begins| begins.after),
            slice,
            proof,
        })
    }
}

impl LogReader<'_> {
    async fn slice(&self, head: &LogTree, query: &EntryQuery, first: u64) -> Result<LogSlice> {
        let limit = query.limit.unwrap_or(MOST) as usize;
        if !(ENTRIES..=MOST as usize).contains(&limit) {
            return Err(Error::Argument("limit (64 to 1000)"));
        }
        if first > head.size {
            return Err(Error::Argument("first (the log has fewer entries)"));
        }
        let wanted = Wanted::of(query, &self.rows)?;
        let first = first.max(head.first());
        let (mut entries, mut leaves, mut next) = (Vec::new(), Vec::new(), first);
        // One row more than there can be, to tell where the last one ends.
        let end = first.saturating_add((limit + ENTRIES) as u64);
        let mut walk = LogWalk::new(self, first..head.size.min(end));
        'slice: loop {
            let walked = walk.step().await?;
            if walked.is_empty() {
                break;
            }
            for (_, row) in walked {
                if !leaves.is_empty() && leaves.len() + row.len() > limit {
                    break 'slice;
                }
                for leaf in row {
                    let (sequence, entry) = (next, Entry::parse(&leaf)?);
                    leaves.push(TreeHash::of_leaf(leaf.as_bytes()));
                    if wanted.admits(&entry) {
                        entries.push(LoggedEntry { sequence, entry });
                    }
                    next += 1;
                }
            }
        }
        Ok(LogSlice {
            log: head.log.clone(),
            device: head.device.clone(),
            size: head.size,
            first,
            entries,
            leaves,
            next: (next < head.size).then_some(next),
        })
    }
}
