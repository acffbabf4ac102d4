//! Entries of the audit log in their order, for who copies it elsewhere.

use crate::{
    audit::{CompactRange, ConsistencyProof, Entry, Predecessor, TreeHash},
    base::{DeviceId, Error, LogId, Result},
    store::{Row, Store},
    vault::{Unlocked, Vault},
};

use super::{
    ENTRIES, LogKeyUse, LogRows, SignedCheckpoint,
    reading::{EntryQuery, LogTree, LoggedEntry, MISSING, MOST, ROWS},
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
        let head = self.written_log(query.log.as_ref()).await?;
        self.slice_of(&head, query, first).await
    }

    /// The same, of all entries, to be sent to somebody who has those before: the leaves' hashes alone lead to the root of a
    /// signed checkpoint, where need be by a proof.
    ///
    /// # Errors
    /// As for [`read_log`](Self::read_log); [`Error::Integrity`] also where the log's entries are not those that the head accounts for.
    pub async fn log_batch(
        &self,
        first: u64,
        limit: Option<u32>,
        log: Option<&LogId>,
    ) -> Result<LogBatch> {
        let head = self.written_log(log).await?;
        let all = EntryQuery {
            limit,
            ..EntryQuery::default()
        };
        let slice = self.slice_of(&head, &all, first).await?;
        let proof = match slice.next {
            Some(size) if size > 0 => self.consistency_of(&head, size).await?,
            _ => Vec::new(),
        };
        let begins = slice.entries.first().and_then(|of| of.entry.begins.clone());
        Ok(LogBatch {
            signed: self.checkpoint_of(&head).await?,
            after: begins.and_then(|begins| begins.after),
            slice,
            proof,
        })
    }

    /// That the tree of so many entries is in the log's.
    async fn consistency_of(&self, head: &LogTree, size: u64) -> Result<Vec<TreeHash>> {
        let mut leaves = Vec::new();
        self.each_leaf(head, &mut |_, leaf| {
            leaves.push(TreeHash::of_leaf(leaf.as_bytes()));
            Ok(())
        })
        .await?;
        let proof = ConsistencyProof::prove(&leaves, size)?;
        let older = CompactRange::of_leaves(&leaves[..size as usize]).root();
        proof.verify((size, &older), (head.size, &head.root))?;
        Ok(proof.hashes().to_vec())
    }

    async fn slice_of(&self, head: &LogTree, query: &EntryQuery, first: u64) -> Result<LogSlice> {
        let limit = query.limit.unwrap_or(MOST) as usize;
        if !(ENTRIES..=MOST as usize).contains(&limit) {
            return Err(Error::Argument("limit (64 to 1000)"));
        }
        if first > head.size {
            return Err(Error::Argument("first (the log has fewer entries)"));
        }
        let key = self.log_key(LogKeyUse::Entries, &head.log).await?;
        let rows = LogRows::new(&self.id, &head.log, &key)?;
        let (mut entries, mut leaves, mut next) = (Vec::new(), Vec::new(), first);
        'slice: while next < head.size {
            let found = self.rows_from(&rows, next).await?;
            if found.is_empty() {
                return Err(MISSING);
            }
            for row in &found {
                let (begins, opened) = (rows.first_of(row)?, rows.open(row)?);
                let end = begins + opened.len() as u64;
                // What is asked for may begin within a row.
                let continues = begins == next || next == first && begins < next && next < end;
                if !continues {
                    return Err(MISSING);
                }
                let taken = opened.iter().skip((next - begins) as usize);
                if !leaves.is_empty() && leaves.len() + taken.len() > limit || next == head.size {
                    break 'slice;
                }
                for leaf in taken.take((head.size - next) as usize) {
                    let (sequence, entry) = (next, Entry::parse(leaf)?);
                    leaves.push(TreeHash::of_leaf(leaf.as_bytes()));
                    if query.admits(&entry) {
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
            entries,
            leaves,
            next: (next < head.size).then_some(next),
        })
    }

    /// Some rows of a log, of which the first one holds that entry.
    async fn rows_from(&self, rows: &LogRows<'_>, entry: u64) -> Result<Vec<Row>> {
        let found = self.log_rows(rows.log, entry, ROWS).await?;
        let first = found.first().map(|row| rows.first_of(row)).transpose()?;
        if first == Some(entry) {
            return Ok(found);
        }
        // It is within a row, which begins at most so many entries before.
        let most = ENTRIES as u64 - 1;
        let mut before = self
            .log_rows(rows.log, entry.saturating_sub(most), ROWS)
            .await?;
        let mut held = 0;
        for (at, row) in before.iter().enumerate() {
            if rows.first_of(row)? <= entry {
                held = at;
            }
        }
        Ok(before.split_off(held))
    }
}
