//! How the index of a log is written: behind the log, by the maintenance, a few nodes at a time.

use core::cell::RefMut;

use crate::{
    audit::{IndexNode, IndexPlace},
    base::{Entropy, Error, LogId, Result, Timestamp, sort_by},
    store::{Range, RecordType, Row, Store},
    vault::{Unlocked, Vault, unlock::unless_untrue},
};

use super::{LogRows, reader::LogReader, reading::LogTree, walk::LogWalk};

/// Nodes that are written in one commit; the others follow at once.
const AT_ONCE: usize = 8;
/// Milliseconds after which it is tried again where the store did not take some.
const PAUSE: u64 = 60_000;
/// So many nodes of other roots are made again from one unlock to the next: a store that changes them again keeps nobody busy.
const MOST_DOUBTS: usize = 4096;

/// What is known of the index of the log that is written.
#[derive(Default)]
pub(crate) struct LogIndexState {
    /// The log, and how many entries it had when it was last looked which nodes there are.
    counted: Option<(LogId, u64)>,
    /// Those that are not there, lower levels first.
    missing: Vec<IndexPlace>,
    /// Those that were found not to lead to the head's root, each once.
    doubted: Vec<(LogId, IndexPlace)>,
    /// Until when nothing is written, since the store did not take it.
    paused: Option<Timestamp>,
}

impl LogIndexState {
    /// A node is not there, or does not open. Those that the next maintenance makes for the first time are none of these.
    pub(super) fn lacks(&mut self, log: &LogId, place: IndexPlace) {
        let counted = self.counted.as_ref().filter(|(counted, _)| counted == log);
        if counted.is_none_or(|(_, size)| place.leaves().end <= *size) {
            self.note(log, place);
        }
    }

    fn note(&mut self, log: &LogId, place: IndexPlace) {
        let doubt = (log.clone(), place);
        if self.doubted.len() < MOST_DOUBTS && !self.doubted.contains(&doubt) {
            self.doubted.push(doubt);
            let counted = self.counted.as_ref();
            let is_counted = counted.is_some_and(|(counted, _)| counted == log);
            if is_counted && !self.missing.contains(&place) {
                self.missing.push(place);
                sort_by(&mut self.missing, IndexPlace::cmp);
            }
        }
    }

    /// A node is not what the log's tree has there: neither may be those that it was made of.
    pub(super) fn doubt(&mut self, log: &LogId, place: IndexPlace) {
        self.note(log, place);
        for child in place.children() {
            self.doubt(log, child);
        }
    }

    fn is_doubted(&self, log: &LogId, place: IndexPlace) -> bool {
        let mut doubted = self.doubted.iter();
        doubted.any(|(of, doubted)| of == log && *doubted == place)
    }
}

impl Unlocked {
    /// What is known of the index of the log that is written.
    pub(super) fn log_index(&self) -> RefMut<'_, LogIndexState> {
        self.log_index.borrow_mut()
    }
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Writes some nodes that the index of the log lacks; whether it lacks more.
    ///
    /// # Errors
    /// What the store reports.
    pub(in crate::vault) async fn index_log(&self) -> Result<bool> {
        let head = self.state.open()?.keyring.head.1.log.clone();
        let Some(tree) = head.map(LogTree::from) else {
            return Ok(false);
        };
        let size = tree.size;
        let now = self.platform.clock.now();
        let paused = self.state.log_index().paused;
        // A clock that was set back ends it.
        let is_paused = paused.is_some_and(|until| now < until && until <= now + PAUSE);
        if size < IndexPlace::entries(1) || is_paused {
            return Ok(false);
        }
        let reader = self.log_reader(&tree).await?;
        let (some, more) = reader.missing_nodes(size).await?;
        let made = reader.make_nodes(&some, self.platform.rng.as_ref()).await?;
        if !made.is_empty() {
            let write = self.change_unasked("indexAudit", async |tx| {
                // What another tab has cut meanwhile is not to be told of.
                if tx.has_cut(&tree.log, tree.cut.as_ref())? {
                    tx.write_log_index(&made)?;
                }
                Ok(())
            });
            if !unless_untrue(write.await.map(|()| true))? {
                self.state.log_index().paused = Some(now + PAUSE);
                // What became of the commit is looked at now, so that a lock can write the log itself.
                let look = self.read_unasked("indexAudit", async |_| Ok(()));
                unless_untrue(look.await)?;
                return Ok(false);
            }
        }
        let mut state = self.state.log_index();
        state.missing.retain(|place| !some.contains(place));
        Ok(more)
    }
}

impl LogReader<'_> {
    /// Some nodes that are missing, and whether more are.
    async fn missing_nodes(&self, size: u64) -> Result<(Vec<IndexPlace>, bool)> {
        self.count_nodes(size).await?;
        let state = self.state.log_index();
        let first = state.missing.first().map(|place| place.level);
        // Those of a level are made of those of the one before it, which must be there.
        let some = state.missing.iter().take(AT_ONCE).copied();
        let some: Vec<_> = some
            .take_while(|place| Some(place.level) == first)
            .collect();
        let more = state.missing.len() > some.len();
        Ok((some, more))
    }

    /// Looks which nodes there are, once for each log; later ones are known by how the log grows.
    async fn count_nodes(&self, size: u64) -> Result<()> {
        let log = self.rows.log;
        let counted = self.state.log_index().counted.clone();
        let before = match counted {
            Some((counted, before)) if counted == *log => before,
            _ => {
                let all = Range::of_id(RecordType::AuditIndex, log.as_str()).bare();
                let found = self.read(&[all]).await?;
                let places = found.iter();
                let places = places.map(|row| self.rows.index_place(&row.record_id));
                let mut there: Vec<_> = places.flatten().collect();
                sort_by(&mut there, IndexPlace::cmp);
                let mut state = self.state.log_index();
                let lacks = |place: &IndexPlace| {
                    there.binary_search(place).is_err() || state.is_doubted(log, *place)
                };
                let missing = IndexPlace::new_between(0, size).filter(|place| self.has(*place));
                state.missing = missing.filter(lacks).collect();
                size
            }
        };
        let mut state = self.state.log_index();
        state.missing.extend(IndexPlace::new_between(before, size));
        sort_by(&mut state.missing, IndexPlace::cmp);
        state.missing.dedup();
        state.missing.retain(|place| self.has(*place));
        state.counted = Some((log.clone(), size));
        Ok(())
    }

    /// The rows of some nodes. There is none of one that another tab has written, and where the entries, or the nodes, that it is made
    /// of are not as they were written: who reads those is told.
    async fn make_nodes(&self, places: &[IndexPlace], rng: &dyn Entropy) -> Result<Vec<Row>> {
        let mut made = Vec::new();
        for place in places {
            if !self.has(*place) {
                continue;
            }
            let is_doubted = self.state.log_index().is_doubted(self.rows.log, *place);
            if !is_doubted {
                let there = LogRows::index_id(self.rows.log, *place);
                let there = Range::record_id(&there).bare();
                if !self.read(&[there]).await?.is_empty() {
                    continue;
                }
            }
            match self.make_node(*place).await {
                Ok(node) => made.push(self.rows.seal_index(*place, &node, rng)?),
                Err(Error::Integrity(_) | Error::Malformed(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(made)
    }

    /// Whether there are entries of a node that were not cut.
    fn has(&self, place: IndexPlace) -> bool {
        place.leaves().end > self.cut.size()
    }

    async fn make_node(&self, place: IndexPlace) -> Result<IndexNode> {
        if place.level == 1 {
            let entries = place.leaves();
            let there = entries.start.max(self.cut.size())..entries.end;
            let walked = LogWalk::new(self, there).rest().await?;
            let leaves: Vec<_> = walked.into_iter().flat_map(|(_, leaves)| leaves).collect();
            return Ok(IndexNode::of_leaves(place, &self.cut, &leaves)?);
        }
        let found = self.read_nodes(place.level - 1, &place.leaves()).await?;
        let mut nodes = Vec::new();
        for (child, node) in found {
            if node.is_none() {
                self.state.log_index().lacks(self.rows.log, child);
            }
            nodes.extend(node);
        }
        let nodes = nodes.iter().map(|node| &**node);
        Ok(IndexNode::of_nodes(place, &self.cut, nodes)?)
    }
}
