//! Retention: the first entries of a log are taken away, and the entry that says so keeps what leads from them to the rest.

use core::ops::Range as Numbers;

use crate::{
    audit::{CompactRange, Entry, EntryCut, IndexPlace, Predecessor, TreeHash},
    base::{Entropy, Error, LogId, Result, Timestamp},
    records::{HeadCut, texts},
    store::{Range, RecordId, RecordType, Row, Store},
    vault::{Unlocked, Vault, gate::Request, unlock::unless_untrue},
};

use super::{
    LogKeyUse, LogRows,
    reader::LogReader,
    reading::{LogTree, MISSING},
    walk::LogWalk,
};

/// How often it is planned again because other tabs cut or renew the log meanwhile.
const ATTEMPTS: u32 = 8;

/// So many rows' places are read at once: a log of a million entries has some ten thousand rows, or as many as it has entries.
const PLACES: u32 = 256;

/// Entries that are not there any more: a log's first ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutLog {
    /// How many.
    pub size: u64,
    /// The number of the entry that says so.
    pub entry: u64,
    /// When they were cut.
    pub at: Timestamp,
}

impl CutLog {
    pub(super) fn of(cut: &HeadCut) -> Self {
        Self {
            size: cut.tree.size(),
            entry: cut.entry,
            at: cut.at,
        }
    }
}

/// How far a receiver has a vault's logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipped {
    /// The log that it was sent last.
    pub log: LogId,
    /// The number of the first entry that it has not acknowledged.
    pub next: u64,
}

/// Why fewer entries were cut than was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutHeld {
    /// The log's retention.
    Retention,
    /// A receiver has not acknowledged them.
    Shipping,
}

impl CutHeld {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retention => "retention",
            Self::Shipping => "shipping",
        }
    }
}

/// What was cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogCutting {
    /// The log that is written.
    pub log: LogId,
    /// The number of its first entry now.
    pub first: u64,
    /// How many entries were taken away, those of logs before it among them.
    pub entries: u64,
    /// How many logs that the vault had before went as a whole.
    pub logs: u64,
    /// Why it was not more, if something held that back.
    pub held: Option<CutHeld>,
}

/// What is to be taken away.
pub(crate) struct LogCutPlan {
    pub(crate) log: LogId,
    /// What the log's head said of it.
    pub(crate) before: Option<HeadCut>,
    /// For how long entries are kept, as that said.
    pub(crate) retain: Option<u64>,
    /// The tree of its first entries, those that were cut before among them.
    pub(crate) tree: CompactRange,
    /// The log's tree, signed.
    pub(crate) note: String,
    /// The logs before it that go, the latest first.
    pub(crate) logs: Vec<Predecessor>,
    /// Rows of entries and nodes that go.
    pub(crate) deletes: Vec<RecordId>,
    /// Nodes that tell of some of what is left.
    pub(crate) nodes: Vec<Row>,
}

impl LogCutPlan {
    /// What the entry says.
    pub(crate) fn told(&self) -> EntryCut {
        EntryCut {
            size: self.tree.size(),
            roots: texts(&self.tree),
            note: self.note.clone(),
            logs: self.logs.clone(),
        }
    }
}

/// Up to where entries may go.
struct Bounds<'a> {
    before: Timestamp,
    /// Where nothing holds it back.
    asked: Timestamp,
    shipped: &'a [Shipped],
}

/// How far a log may be cut.
struct Reach {
    tree: CompactRange,
    held: Option<CutHeld>,
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Takes the first entries of the log away, as many as were all written before that time and as the log's retention and its receivers let go,
    /// as far as a row of the store ends; of logs that the vault had before, those that end before it. The entry that says so, the head and
    /// what goes are one commit. Nothing is written where nothing goes.
    ///
    /// # Errors
    /// [`Error::Argument`] for a vault without an audit log; [`Error::Integrity`] where entries that would go are not those that the vault accounts
    /// for; [`Error::VaultPolicy`]; [`Error::Conflict`] where other tabs cut it at the same time, again and again; what the store reports.
    pub async fn cut_audit(&self, before: Timestamp, shipped: &[Shipped]) -> Result<LogCutting> {
        for _ in 0..ATTEMPTS {
            // What waits is written by this commit otherwise, behind what is signed.
            unless_untrue(self.write_log().await)?;
            let owned = self.read(Request::of("audit").on_latest(), async |tx| tx.owns_log());
            if !owned.await? {
                return self.nothing_cut().await;
            }
            let plan = match self.planned_cut(before, shipped).await {
                Err(Error::Integrity(_) | Error::Malformed(_)) if self.moved_on().await? => {
                    continue;
                }
                plan => plan?,
            };
            let (plan, done) = plan;
            if plan.deletes.is_empty() && plan.logs.is_empty() {
                let request = Request::of("cutAudit").on_latest();
                // Whether it may be done is told all the same.
                self.read(request, async |_| Ok(())).await?;
                return Ok(done);
            }
            let request = Request::of("cutAudit").on_latest();
            let plan = &plan;
            let cut = self.change(request, async |tx| {
                // As of that very commit: another tab, or a store that lies, may have made it another log.
                let holds = tx.can_cut(plan)?;
                if holds {
                    tx.cut_log(plan);
                }
                Ok(holds)
            });
            if cut.await? {
                return Ok(done);
            }
        }
        Err(Error::Conflict)
    }

    /// Of a log that another device wrote: its entries are not here.
    async fn nothing_cut(&self) -> Result<LogCutting> {
        let log = self.written_log(None).await?;
        Ok(LogCutting {
            first: log.first(),
            log: log.log,
            entries: 0,
            logs: 0,
            held: None,
        })
    }

    /// Takes in what other tabs have written: what is missing may have been cut.
    async fn moved_on(&self) -> Result<bool> {
        let before = self.state.open()?.keyring.head.1.log.clone();
        Ok(self.latest_log().await? != before)
    }

    async fn planned_cut(
        &self,
        before: Timestamp,
        shipped: &[Shipped],
    ) -> Result<(LogCutPlan, LogCutting)> {
        let log = self.written_log(None).await?;
        let retain = self.latest_log().await?.and_then(|head| head.retain);
        let now = self.platform.clock.now();
        let kept = retain.map(|retain| Timestamp::from_millis(now.millis().saturating_sub(retain)));
        let bounds = Bounds {
            before: kept.map_or(before, |kept| kept.min(before)),
            asked: before,
            shipped,
        };
        let (mut logs, mut left) = (self.logs_before(&log).await?, Vec::new());
        let (mut entries, mut held, mut deletes) = (0, None, Vec::new());
        // The earliest first: none is left behind that a later one leads to.
        while let Some(earliest) = logs.pop() {
            let reader = self.log_reader(&earliest).await?;
            let acknowledged = acknowledged(&earliest.log, &logs, &log.log, bounds.shipped);
            let reach = reader.reach(&earliest, &bounds, acknowledged).await?;
            held = reach.held;
            if reach.tree.size() < earliest.size {
                logs.push(earliest);
                break;
            }
            if reach.tree.root() != earliest.root {
                return Err(MISSING);
            }
            deletes.extend(reader.rows_before(u64::MAX).await?);
            entries += earliest.size - earliest.first();
            left.insert(0, earliest);
        }
        let reader = self.log_reader(&log).await?;
        let mut tree = reader.cut.clone();
        if logs.is_empty() {
            let acknowledged = acknowledged(&log.log, &[], &log.log, bounds.shipped);
            let reach = reader.reach(&log, &bounds, acknowledged).await?;
            (tree, held) = (reach.tree, reach.held);
        }
        let mut nodes = Vec::new();
        if tree.size() > log.first() {
            reader.leads_to(&log, &tree).await?;
            deletes.extend(reader.rows_before(tree.size()).await?);
            let rng = self.platform.rng.as_ref();
            nodes = reader.nodes_without(&tree, rng, &mut deletes).await?;
        }
        entries += tree.size() - log.first();
        let done = LogCutting {
            log: log.log.clone(),
            first: tree.size(),
            entries,
            logs: left.len() as u64,
            held,
        };
        let plan = LogCutPlan {
            note: self.checkpoint_of(&log).await?.note,
            before: log.cut,
            retain,
            log: log.log,
            tree,
            logs: left.iter().map(LogTree::left).collect(),
            deletes,
            nodes,
        };
        Ok((plan, done))
    }

    /// The logs that the vault had before one, and whose entries are here, the latest first.
    async fn logs_before(&self, log: &LogTree) -> Result<Vec<LogTree>> {
        let mut logs: Vec<LogTree> = Vec::new();
        loop {
            let last = logs.last().unwrap_or(log);
            if last.cut.is_some() {
                return Ok(logs);
            }
            let begins = self.beginning_of(&last.log).await?;
            let Some(after) = begins.after else {
                return Ok(logs);
            };
            let rows = Range::of_id(RecordType::Audit, after.log.as_str());
            let (_, rows) = self
                .platform
                .read(&self.name, &[rows.page(None, 1).bare()])
                .await?;
            let known = logs.iter().any(|log| log.log == after.log) || log.log == after.log;
            if known {
                return Ok(logs);
            }
            if rows.is_empty() {
                // A cut takes its keys, which the vault accounts for, and a copy has none of the log that it was copied with.
                let went = match self.log_key(LogKeyUse::Entries, &after.log).await {
                    Err(Error::Argument(_)) => true,
                    key => key.map(|_| false)?,
                };
                let others = after.device.is_some_and(|device| device != begins.device);
                return (went || others).then_some(logs).ok_or(MISSING);
            }
            logs.push(self.written_log(Some(&after.log)).await?);
        }
    }
}

/// How many entries of a log each receiver has. `later` are the logs after it, the earliest last, before the one that is written.
fn acknowledged(log: &LogId, later: &[LogTree], written: &LogId, shipped: &[Shipped]) -> u64 {
    let is_later =
        |at: &LogId| at != log && (at == written || later.iter().any(|log| log.log == *at));
    let by = |one: &Shipped| match () {
        () if one.log == *log => one.next,
        () if is_later(&one.log) => u64::MAX,
        () => 0,
    };
    shipped.iter().map(by).min().unwrap_or(u64::MAX)
}

impl LogTree {
    fn left(&self) -> Predecessor {
        Predecessor {
            log: self.log.clone(),
            size: self.size,
            root: self.root.to_base64(),
            device: Some(self.device.clone()),
            cut: None,
        }
    }
}

impl LogReader<'_> {
    /// The tree of the entries that may go.
    async fn reach(&self, log: &LogTree, bounds: &Bounds<'_>, most: u64) -> Result<Reach> {
        let mut tree = self.cut.clone();
        let mut walk = LogWalk::new(self, tree.size()..log.size);
        loop {
            let walked = walk.step().await?;
            if walked.is_empty() {
                return Ok(Reach { tree, held: None });
            }
            for (first, leaves) in walked {
                let (mut latest, mut hashes) = (Timestamp::EPOCH, Vec::new());
                for leaf in &leaves {
                    latest = latest.max(Entry::parse(leaf)?.at);
                    hashes.push(TreeHash::of_leaf(leaf.as_bytes()));
                }
                let held = match () {
                    () if latest >= bounds.asked => Some(None),
                    () if latest >= bounds.before => Some(Some(CutHeld::Retention)),
                    () if first + leaves.len() as u64 > most => Some(Some(CutHeld::Shipping)),
                    () => None,
                };
                if let Some(held) = held {
                    return Ok(Reach { tree, held });
                }
                for hash in hashes {
                    tree.append(hash)?;
                }
            }
        }
    }

    /// Refuses entries that are not those of the log.
    async fn leads_to(&self, log: &LogTree, tree: &CompactRange) -> Result<()> {
        let leads = if tree.size() == log.size {
            tree.root() == log.root
        } else {
            self.continues(log, tree).await?
        };
        leads.then_some(()).ok_or(MISSING)
    }

    /// Where the rows stand that have only entries before that number, and nodes of no others.
    async fn rows_before(&self, number: u64) -> Result<Vec<RecordId>> {
        let mut gone = Vec::new();
        let mut places = self.places_of(RecordType::Audit, None).await?;
        'rows: while let Some(last) = places.last().cloned() {
            for place in places {
                // Rows end where the next one begins, and that number is where one does.
                if self.rows.first_at(&place)? >= number {
                    break 'rows;
                }
                gone.push(place);
            }
            places = self.places_of(RecordType::Audit, Some(last)).await?;
        }
        let mut places = self.places_of(RecordType::AuditIndex, None).await?;
        while let Some(last) = places.last().cloned() {
            for record_id in places {
                let place = self.rows.index_place(&record_id);
                let leaves = place.map(|place| place.leaves());
                if leaves.is_none_or(|Numbers { end, .. }| end <= number) {
                    gone.push(record_id);
                }
            }
            places = self.places_of(RecordType::AuditIndex, Some(last)).await?;
        }
        Ok(gone)
    }

    /// Where the next rows of a kind stand.
    async fn places_of(&self, kind: RecordType, after: Option<RecordId>) -> Result<Vec<RecordId>> {
        let of_log = Range::of_id(kind, self.rows.log.as_str());
        let places = of_log.page(after, PLACES).bare();
        let rows = self.read(&[places]).await?;
        Ok(rows.into_iter().map(|row| row.record_id).collect())
    }
}

impl LogReader<'_> {
    /// The nodes that have entries before and behind the end of a tree, without the former.
    /// Those that cannot be mended go: they are made again when they are looked for.
    async fn nodes_without(
        &self,
        tree: &CompactRange,
        rng: &dyn Entropy,
        gone: &mut Vec<RecordId>,
    ) -> Result<Vec<Row>> {
        let (mut nodes, size) = (Vec::new(), tree.size());
        for level in 1..=IndexPlace::LEVELS {
            let number = size / IndexPlace::entries(level);
            let place = IndexPlace { level, number };
            let there = LogRows::index_id(self.rows.log, place);
            if place.leaves().start == size {
                continue;
            }
            for row in self.read(&[Range::record_id(&there)]).await? {
                let node = self.rows.open_index(&row).ok();
                let left = node.and_then(|node| node.without(place, tree).ok());
                match left {
                    Some(left) => nodes.push(self.rows.seal_index(place, &left, rng)?),
                    None => gone.push(row.record_id),
                }
            }
        }
        Ok(nodes)
    }
}

/// The keys of a log that goes.
pub(crate) fn keys_of(log: &LogId) -> [RecordId; 2] {
    [
        LogKeyUse::Entries.record_id(log),
        LogKeyUse::Checkpoints.record_id(log),
    ]
}
