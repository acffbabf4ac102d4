//! What the audit log's entries say.

use crate::{
    audit::{Beginning, CompactRange, ContextDigest, Entry, Sought, Term, TreeHash},
    base::{Context, DeviceId, Error, KeyId, LogContext, LogId, Result, Timestamp},
    jose::Jwk,
    records::{HeadCut, LogHead},
    store::Store,
    vault::{Unlocked, Vault, gate::Request, unlock::unless_untrue},
};

use super::{LogKeyUse, LogRows, reader::LogReader, walk::LogWalk};

/// The most entries of a page.
pub(super) const MOST: u32 = 1000;
/// A log with a gap.
pub(super) const MISSING: Error = Error::Integrity("entries of the audit log are missing");
/// Where none of the vault's logs is meant. Keys of those that it has are accounted for by the head.
const NO_SUCH_LOG: Error = Error::Argument("log (the vault has no such log)");
/// Of entries that a retention has taken away.
pub(super) const CUT: Error = Error::Argument("sequence (entries of then were cut from the log)");
/// How often it is read again because another tab cuts it meanwhile.
const CUTS: u32 = 8;
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
    /// Those of exactly this encryption context.
    pub context: Option<Context>,
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
    /// The number of the log's first entry: those before it were cut.
    pub first: u64,
}

/// A log as it stands, or as it was left: another one came after it.
pub(super) struct LogTree {
    pub(super) log: LogId,
    pub(super) device: DeviceId,
    pub(super) size: u64,
    pub(super) root: TreeHash,
    /// Of the one that is written, or was written last.
    pub(super) tree: Option<CompactRange>,
    /// The first entries, where they were cut.
    pub(super) cut: Option<HeadCut>,
}

impl LogTree {
    /// The number of the first entry that was not cut.
    pub(super) fn first(&self) -> u64 {
        self.cut.as_ref().map_or(0, |cut| cut.tree.size())
    }
}

impl From<LogHead> for LogTree {
    fn from(head: LogHead) -> Self {
        Self {
            size: head.tree.size(),
            root: head.tree.root(),
            tree: Some(head.tree),
            cut: head.cut,
            log: head.log,
            device: head.device,
        }
    }
}

/// What a log's entries are held against.
pub(super) struct Wanted<'a> {
    query: &'a EntryQuery,
    /// As that log has it.
    context: Option<LogContext>,
}

impl<'a> Wanted<'a> {
    /// # Errors
    /// [`Error::Argument`] for a context without members: entries that have none say nothing of it.
    pub(super) fn of(query: &'a EntryQuery, rows: &LogRows<'_>) -> Result<Self> {
        const EMPTY: Error = Error::Argument("context (one member at least)");
        let digest = match &query.context {
            None => None,
            Some(context) => Some(ContextDigest::of(context)?.ok_or(EMPTY)?),
        };
        Ok(Self {
            query,
            context: digest.map(|digest| rows.contexts.hash(&digest)),
        })
    }

    /// What is sought in the index, unless it is all entries.
    pub(super) fn sought(&self) -> Option<Sought> {
        let Self { query, context } = self;
        let key = query.key.iter().map(Term::key);
        let operation = query.operation.iter().map(|name| Term::operation(name));
        let error = query.error.iter().map(|code| Term::error(code));
        let context = context.iter().map(Term::context);
        let sought = Sought {
            terms: key.chain(operation).chain(error).chain(context).collect(),
            from: query.from,
            to: query.to,
        };
        (!sought.is_all()).then_some(sought)
    }

    pub(super) fn admits(&self, entry: &Entry) -> bool {
        let query = self.query;
        let named = |key: &KeyId| entry.keys.iter().any(|named| named.key == *key);
        let failed = |error: &String| entry.error.as_deref().unwrap_or_default() == error;
        query.key.as_ref().is_none_or(named)
            && query
                .operation
                .as_ref()
                .is_none_or(|name| *name == entry.operation)
            && query.error.as_ref().is_none_or(failed)
            && query.from.is_none_or(|from| entry.at >= from)
            && query.to.is_none_or(|to| entry.at < to)
            && self
                .context
                .as_ref()
                .is_none_or(|context| entry.contexts.contains(context))
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
            // Those before went with its first entries.
            if tree.cut.is_some() {
                return Err(NO_SUCH_LOG);
            }
            let begins = self.beginning_of(&tree.log).await?;
            let before = begins.after.ok_or(NO_SUCH_LOG)?;
            let cut = before.cut.as_ref().map(HeadCut::told).transpose()?;
            let device = match cut {
                // What said so is gone: the vault's logs are all of its devices.
                Some(_) => before.device.clone().unwrap_or(begins.device),
                None => self.beginning_of(&before.log).await?.device,
            };
            tree = LogTree {
                cut,
                root: TreeHash::from_base64(&before.root)?,
                log: before.log,
                size: before.size,
                tree: None,
                device,
            };
        }
        Ok(tree)
    }

    /// What the first entry of a log says.
    pub(super) async fn beginning_of(&self, log: &LogId) -> Result<Beginning> {
        let reader = self.log_beginner(log).await?;
        let walked = LogWalk::new(&reader, 0..1).rest().await?;
        let leaf = walked.first().and_then(|(_, leaves)| leaves.first());
        let entry = Entry::parse(leaf.ok_or(MISSING)?)?;
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
        let read =
            async |log: &LogTree, reader: &LogReader<'_>| reader.page(log, query, limit).await;
        self.on_log(query.log.as_ref(), read).await
    }

    /// Reads a log. Where what it has read is missing because another tab has cut the log since, it reads again.
    pub(super) async fn on_log<T>(
        &self,
        named: Option<&LogId>,
        read: impl AsyncFn(&LogTree, &LogReader<'_>) -> Result<T>,
    ) -> Result<T> {
        for _ in 1..CUTS {
            let log = self.written_log(named).await?;
            let reader = self.log_reader(&log).await?;
            match read(&log, &reader).await {
                Err(Error::Integrity(_) | Error::Malformed(_))
                    if self.is_cut_since(&log).await? => {}
                ended => return ended,
            }
        }
        let log = self.written_log(named).await?;
        read(&log, &self.log_reader(&log).await?).await
    }

    /// Whether a log that is written has fewer entries now than when it was looked up.
    pub(super) async fn is_cut_since(&self, log: &LogTree) -> Result<bool> {
        Ok(match self.latest_log().await? {
            Some(now) if now.log == log.log => now.cut != log.cut,
            // One that another came after goes as a whole, with its keys.
            _ => self.log_key(LogKeyUse::Entries, &log.log).await.is_err(),
        })
    }
}

impl LogReader<'_> {
    /// Gives the leaves of a log one after the other, from the first that was not cut on and as far as its head says.
    ///
    /// # Errors
    /// [`Error::Integrity`] where one is missing or was changed; what `each` returns.
    pub(super) async fn each_leaf(
        &self,
        size: u64,
        each: &mut dyn FnMut(&str) -> Result<()>,
    ) -> Result<()> {
        let mut walk = LogWalk::new(self, self.cut.size()..size);
        loop {
            let walked = walk.step().await?;
            if walked.is_empty() {
                return Ok(());
            }
            for (_, leaves) in walked {
                leaves.iter().try_for_each(|leaf| each(leaf))?;
            }
        }
    }
}
