//! The index of a log, as it is read: which entries may be those that are sought, and the roots of its trees.
//!
//! A node counts where its root leads to the root in the head: by the node above it, or, where that is not whole yet, together with
//! those beside it. So a store can neither show a node of another log, nor one of commits that it had denied. Whoever finds one that
//! does not lead there reads the entries themselves, and has it made again.

use core::ops::Range as Numbers;
use std::rc::Rc;

use crate::{
    audit::{CompactRange, IndexNode, IndexPlace, PARTS, Sought, TreeHash},
    base::{Error, Map, Result},
    store::{Range, RecordType, Row},
};

use super::{
    LogRows,
    reader::LogReader,
    reading::{CUT, LogTree},
    walk::LogWalk,
};

/// Nodes with what is sought that are read ahead, side by side, the first time; twice as many the next time, and so on.
const AHEAD: usize = 4;
/// The most of them.
const MOST_AHEAD: usize = 32;
/// Nodes of several perfect trees that are read together at the most.
const BESIDE: u64 = 16;

/// What is known of a log's index in one call.
pub(super) struct LogIndex<'a> {
    reader: &'a LogReader<'a>,
    size: u64,
    root: TreeHash,
    /// Of a log that another one came after it is computed, if it is asked for.
    tree: Option<CompactRange>,
    /// Whether that was tried: where it does not lead to the root, entries are read.
    computed: bool,
    /// The nodes that were looked for, in the order of their places; nothing where none leads to the root.
    nodes: Map<Found, IndexPlace>,
    /// The last leaves that were read one by one, by the number of the first.
    leaves: Option<(u64, Vec<TreeHash>)>,
    /// How many nodes are read ahead next.
    ahead: usize,
}

type Found = Option<Rc<IndexNode>>;

/// Entries among which there may be what is sought.
pub(super) enum Spot {
    /// Some parts of a node, each of which has some of it as far as the node tells.
    Told(Numbers<u64>),
    /// No node tells of them.
    Untold(Numbers<u64>),
}

impl Spot {
    /// How many entries each part has that a node tells of.
    pub(super) const PART: u64 = IndexPlace::part(1);

    pub(super) const fn entries(&self) -> &Numbers<u64> {
        let (Self::Told(entries) | Self::Untold(entries)) = self;
        entries
    }
}

impl<'a> LogIndex<'a> {
    pub(super) fn new(reader: &'a LogReader<'a>, tree: &LogTree) -> Self {
        Self {
            reader,
            size: tree.size,
            root: tree.root,
            tree: tree.tree.clone(),
            computed: false,
            nodes: Map::default(),
            leaves: None,
            ahead: AHEAD,
        }
    }

    /// The last entries before that number among which there may be what is sought: of so many parts at the most, where a
    /// node tells of them.
    pub(super) async fn last_with(
        &mut self,
        sought: &Sought,
        mut until: u64,
        most: u64,
    ) -> Result<Option<Spot>> {
        let start = self.reader.cut.size();
        'from_above: while until > start {
            let last = until - 1;
            for place in IndexPlace::above(last, self.size) {
                let Some(node) = self.node(place, sought, most).await? else {
                    break;
                };
                let (begin, part) = (place.leaves().start, IndexPlace::part(place.level));
                let here = (last - begin) / part;
                let before = u64::MAX >> (PARTS as u64 - 1 - here);
                let mask = node.parts_with(sought) & before;
                let Some(found) = mask.checked_ilog2().map(u64::from) else {
                    until = begin;
                    continue 'from_above;
                };
                if found < here {
                    until = begin + (found + 1) * part;
                    continue 'from_above;
                }
                if place.level == 1 {
                    let together = (!(mask << (PARTS as u64 - 1 - here))).leading_zeros();
                    let first = here + 1 - u64::from(together).min(most).max(1);
                    let entries = (begin + first * part).max(start)..until;
                    return Ok(Some(Spot::Told(entries)));
                }
            }
            // Of those that no node tells of.
            let block = IndexPlace::entries(1);
            let entries = (last / block * block).max(start)..until;
            return Ok(Some(Spot::Untold(entries)));
        }
        Ok(None)
    }

    /// A node, where there is one that leads to the root. The last ones before it with what is sought are read along with it: so many
    /// at the most.
    async fn node(&mut self, place: IndexPlace, sought: &Sought, most: u64) -> Result<Found> {
        if let Some(known) = self.nodes.get(&place) {
            return Ok(known.clone());
        }
        match place.parent(self.size) {
            None => self.read_beside(place, sought).await?,
            Some(above) => {
                if Box::pin(self.node(above, sought, most)).await?.is_some() {
                    let ahead = self.ahead_of(place, sought, most);
                    self.read_below(&ahead).await?;
                } else {
                    self.nodes.of(&place).take();
                }
            }
        }
        Ok(self.nodes.get(&place).cloned().flatten())
    }

    /// Reads all nodes of the perfect tree that one is in, and holds them against that. Small trees before it are read along with it.
    async fn read_beside(&mut self, place: IndexPlace, sought: &Sought) -> Result<()> {
        let trees = self.trees_beside(place, sought).await?;
        let Some((last, first)) = trees.first().zip(trees.last()) else {
            self.nodes.of(&place).take();
            return Ok(());
        };
        let leaves = first.0.start..last.0.end;
        let mut all = self.reader.read_nodes(place.level, &leaves).await?;
        for (leaves, root) in trees {
            let of_tree = all.partition_point(|(place, _)| place.leaves().start < leaves.start);
            let found = all.split_off(of_tree);
            let whole = all_of(&found);
            let gone = self.gone_nodes(place.level, &leaves);
            let leads = whole.as_ref().zip(gone);
            let leads = leads.is_some_and(|(nodes, gone)| root_of(gone, nodes) == root);
            for (place, node) in found {
                // Where one is missing, nothing is known of the others.
                if whole.is_some() || node.is_none() {
                    self.tell(place, leads, node.is_some());
                }
                *self.nodes.of(&place) = node.filter(|_| leads);
            }
        }
        Ok(())
    }

    /// The perfect tree that a node is in, and those before it whose nodes have none above them either, as long as these are few; each
    /// with its root. None where the log's trees are not known.
    async fn trees_beside(
        &mut self,
        place: IndexPlace,
        sought: &Sought,
    ) -> Result<Vec<(Numbers<u64>, TreeHash)>> {
        let mut trees = Vec::new();
        trees.extend(self.tree_of(place.leaves().start).await?);
        // What is sought for its root is in one tree.
        while let Some((leaves, _)) = trees.last().filter(|_| !sought.is_all()) {
            let Some(before) = leaves.start.checked_sub(1) else {
                break;
            };
            let number = before / IndexPlace::entries(place.level);
            let is_above = IndexPlace { number, ..place }.parent(self.size).is_some();
            if is_above || before < self.reader.cut.size() {
                break;
            }
            let tree = self.tree_of(before).await?;
            let end = trees[0].0.end;
            let few = |(leaves, _): &(Numbers<u64>, TreeHash)| {
                end - leaves.start <= BESIDE * IndexPlace::entries(place.level)
            };
            let Some(tree) = tree.filter(few) else { break };
            trees.push(tree);
        }
        Ok(trees)
    }

    /// The tree of those nodes of a level, within some entries, that are not there because their entries were cut.
    fn gone_nodes(&self, level: u32, leaves: &Numbers<u64>) -> Option<CompactRange> {
        let (cut, entries) = (&self.reader.cut, IndexPlace::entries(level));
        let end = cut.size().clamp(leaves.start, leaves.end) / entries * entries;
        let gone = cut.part(&(leaves.start..end.max(leaves.start)))?;
        Some(gone.in_parts(entries))
    }

    /// Has the next maintenance mend a node, unless it leads to the root.
    fn tell(&self, place: IndexPlace, leads: bool, is_there: bool) {
        let mut state = self.reader.state.log_index();
        match (leads, is_there) {
            (true, _) => {}
            (false, true) => state.doubt(self.reader.rows.log, place),
            (false, false) => state.lacks(self.reader.rows.log, place),
        }
    }

    /// A node, and the last ones before it that have what is sought, as those above them tell, if these are known.
    fn ahead_of(&mut self, place: IndexPlace, sought: &Sought, most: u64) -> Vec<IndexPlace> {
        let most = usize::try_from(most).unwrap_or(MOST_AHEAD).min(self.ahead);
        let mut wanted = vec![place];
        let mut above = place.parent(self.size);
        // What is sought for its root is in one node or two.
        while let Some(parent) = above.filter(|_| !sought.is_all()) {
            let Some(Some(node)) = self.nodes.get(&parent) else {
                break;
            };
            let mask = node.parts_with(sought);
            let before = parent
                .children()
                .filter(|child| child.number < place.number);
            let mut before: Vec<_> = before.collect();
            before.retain(|child| {
                (mask >> child.part_of_parent()) & 1 == 1 && self.nodes.get(child).is_none()
            });
            wanted.extend(before.into_iter().rev());
            let number = parent.number.checked_sub(1).filter(|_| wanted.len() < most);
            above = number.map(|number| IndexPlace { number, ..parent });
        }
        wanted.truncate(most.max(1));
        self.ahead = (self.ahead * 2).min(MOST_AHEAD);
        wanted
    }

    /// Reads some nodes, and holds each against the one above it.
    async fn read_below(&mut self, wanted: &[IndexPlace]) -> Result<()> {
        let id =
            |place: &IndexPlace| Range::record_id(&LogRows::index_id(self.reader.rows.log, *place));
        let ranges: Vec<_> = wanted.iter().map(id).collect();
        let rows = self.reader.read(&ranges).await?;
        for place in wanted {
            let above = place.parent(self.size);
            let above = above.and_then(|above| self.nodes.get(&above).cloned().flatten());
            let part = place.part_of_parent();
            let roots = above.as_ref().and_then(|node| node.parts(part..part + 1));
            let root = roots.map(|roots| roots[0]);
            let node = self.reader.rows.node_among(&rows, *place);
            let leads = node.as_ref().is_some_and(|node| Some(node.root()) == root);
            self.tell(*place, leads, node.is_some());
            *self.nodes.of(place) = node.filter(|_| leads);
        }
        Ok(())
    }

    /// The perfect tree of the log that has an entry, and its root.
    async fn tree_of(&mut self, entry: u64) -> Result<Option<(Numbers<u64>, TreeHash)>> {
        if self.tree.is_none() && !self.computed {
            self.computed = true;
            self.tree = Box::pin(self.computed_tree()).await?;
        }
        Ok(self.tree.as_ref().and_then(|tree| tree.tree_of(entry)))
    }

    /// The tree of a log that another one came after, which says the root alone: by nodes, and the entries that none has yet.
    async fn computed_tree(&self) -> Result<Option<CompactRange>> {
        let mut roots = Vec::new();
        for leaves in CompactRange::perfect_trees(0..self.size) {
            let above = IndexPlace::above(leaves.start, self.size).next();
            let nodes = match above {
                Some(place) => {
                    let found = self.reader.read_nodes(place.level, &leaves);
                    all_of(&found.await?)
                }
                None => None,
            };
            let gone = above.and_then(|place| self.gone_nodes(place.level, &leaves));
            let cut = self.reader.cut.part(&leaves);
            roots.push(match nodes.zip(gone) {
                Some((nodes, gone)) => root_of(gone, &nodes),
                None => match self.read_root(leaves, cut).await {
                    Ok(root) => root,
                    // Whoever looks at those is told; who looks elsewhere reads the entries.
                    Err(Error::Integrity(_) | Error::Malformed(_)) => return Ok(None),
                    Err(error) => return Err(error),
                },
            });
        }
        let tree = CompactRange::new(self.size, roots)?;
        Ok((tree.root() == self.root).then_some(tree))
    }

    /// The roots of some entries' trees.
    pub(super) async fn roots_of(&mut self, ranges: Vec<Numbers<u64>>) -> Result<Vec<TreeHash>> {
        let mut roots = Vec::new();
        for leaves in ranges {
            roots.push(self.range_of(leaves).await?.root());
        }
        Ok(roots)
    }

    /// The tree of some entries.
    pub(super) async fn range_of(&mut self, entries: Numbers<u64>) -> Result<CompactRange> {
        let (size, mut roots) = (entries.end - entries.start, Vec::new());
        for tree in CompactRange::perfect_trees(entries) {
            roots.push(self.perfect_root(tree).await?);
        }
        Ok(CompactRange::new(size, roots)?)
    }

    async fn perfect_root(&mut self, leaves: Numbers<u64>) -> Result<TreeHash> {
        let (size, none) = (leaves.end - leaves.start, Sought::default());
        let of_tree = self
            .tree
            .as_ref()
            .and_then(|tree| tree.tree_of(leaves.start));
        if let Some((_, root)) = of_tree.filter(|(tree, _)| *tree == leaves) {
            return Ok(root);
        }
        if leaves.start < self.reader.cut.size() {
            return Box::pin(self.cut_root(leaves)).await;
        }
        for place in IndexPlace::above(leaves.start, self.size) {
            let part = IndexPlace::part(place.level);
            if size < part {
                continue;
            }
            // Some parts of one node, or some nodes.
            let mut parts = Vec::new();
            let entries = IndexPlace::entries(place.level);
            for number in leaves.start / entries..leaves.end.div_ceil(entries) {
                let Some(node) = self.node(IndexPlace { number, ..place }, &none, 1).await? else {
                    return self.read_root(leaves, None).await;
                };
                let begin = number * entries;
                let first = (leaves.start.max(begin) - begin) / part;
                let end = (leaves.end.min(begin + entries) - begin) / part;
                let Some(some) = node.parts(first as usize..end as usize) else {
                    return self.read_root(leaves, None).await;
                };
                parts.extend(some.iter().copied());
            }
            return Ok(CompactRange::of_leaves(&parts).root());
        }
        if size < IndexPlace::part(1) {
            return self.few_root(leaves).await;
        }
        self.read_root(leaves, None).await
    }

    /// The root of entries the first of which were cut, if not all.
    async fn cut_root(&mut self, leaves: Numbers<u64>) -> Result<TreeHash> {
        let mut tree = self.reader.cut.part(&leaves).ok_or(CUT)?;
        let mut next = leaves.start + tree.size();
        while next < leaves.end {
            // It is within a perfect tree, whose size the next perfect trees divide.
            let end = next + (1_u64 << next.trailing_zeros());
            let root = self.perfect_root(next..end).await?;
            tree.append_tree(end - next, root);
            next = end;
        }
        Ok(tree.root())
    }

    /// The root of fewer entries than a part has: those beside them are asked for next, as a rule.
    async fn few_root(&mut self, leaves: Numbers<u64>) -> Result<TreeHash> {
        let part = IndexPlace::part(1);
        let first = (leaves.start / part * part).max(self.reader.cut.size());
        if self.leaves.as_ref().is_none_or(|(of, _)| *of != first) {
            let end = (leaves.start / part + 1) * part;
            let read = self.read_leaves(first..self.size.min(end)).await?;
            self.leaves = Some((first, read));
        }
        let read = self.leaves.as_ref().map_or(&[][..], |(_, read)| read);
        let read = &read[(leaves.start - first) as usize..(leaves.end - first) as usize];
        Ok(CompactRange::of_leaves(read).root())
    }

    async fn read_leaves(&self, leaves: Numbers<u64>) -> Result<Vec<TreeHash>> {
        let (mut walk, mut hashes) = (LogWalk::new(self.reader, leaves), Vec::new());
        loop {
            let walked = walk.step().await?;
            if walked.is_empty() {
                return Ok(hashes);
            }
            let leaves = walked.iter().flat_map(|(_, leaves)| leaves);
            hashes.extend(leaves.map(|leaf| TreeHash::of_leaf(leaf.as_bytes())));
        }
    }

    /// The root of some entries, the first of which may have been cut.
    async fn read_root(&self, leaves: Numbers<u64>, cut: Option<CompactRange>) -> Result<TreeHash> {
        let mut tree = cut.unwrap_or_else(CompactRange::empty);
        let there = leaves.start + tree.size()..leaves.end;
        for leaf in self.read_leaves(there).await? {
            tree.append(leaf)?;
        }
        Ok(tree.root())
    }
}

/// Nodes that were read, if none is missing.
fn all_of(found: &[(IndexPlace, Found)]) -> Option<Vec<Rc<IndexNode>>> {
    found.iter().map(|(_, node)| node.clone()).collect()
}

/// The root of what some nodes, which are a perfect tree together with those that are gone, have together.
fn root_of(gone: CompactRange, nodes: &[Rc<IndexNode>]) -> TreeHash {
    let mut tree = gone;
    for node in nodes {
        tree.append_tree(1, node.root());
    }
    tree.root()
}

impl LogRows<'_> {
    /// A node among some rows, if it is there and opens.
    fn node_among(&self, rows: &[Row], place: IndexPlace) -> Found {
        let record_id = Self::index_id(self.log, place);
        let row = rows.iter().find(|row| row.record_id == record_id)?;
        self.open_index(row).ok().map(Rc::new)
    }
}

impl LogReader<'_> {
    /// The nodes of a level that have those entries, whatever their roots are.
    pub(super) async fn read_nodes(
        &self,
        level: u32,
        leaves: &Numbers<u64>,
    ) -> Result<Vec<(IndexPlace, Found)>> {
        let entries = IndexPlace::entries(level);
        let first = (self.cut.size() / entries).clamp(leaves.start / entries, leaves.end / entries);
        let numbers = first..leaves.end / entries;
        let at = |number| IndexPlace { level, number };
        let mut after = LogRows::index_id(self.rows.log, at(numbers.start.saturating_sub(1)));
        if numbers.start == 0 {
            // Before the first of its level.
            after.version.truncate("1.".len());
        }
        let count = numbers.end - numbers.start;
        let of_log = Range::of_id(RecordType::AuditIndex, self.rows.log.as_str());
        let range = of_log.page(Some(after), count as u32);
        let found = self.read(&[range]).await?;
        let node = |place| (place, self.rows.node_among(&found, place));
        Ok(numbers.map(at).map(node).collect())
    }
}
