//! The index of a log: where in it to look for some entries, and the roots of its trees.
//!
//! A node is of 1,024 entries, or of 64 nodes of the level below, and has 64 parts. It has each part's root, so that a node is
//! held against the tree; and for each [`Term`] that an entry of its can be sought by, the parts in which it is.

use core::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{
    base::{InputError, InputResult, KeyId, LogContext, Map, Timestamp, base64},
    hazmat::hash::sha256,
};

use super::{CompactRange, Entry, TreeHash};

const MALFORMED: InputError = InputError::Malformed("the index of the audit log");

/// The parts of a node: the bits of a mask.
pub const PARTS: usize = 64;
/// Entries of a part of the lowest level: so few are read where one is found.
const LEAVES: u64 = 16;
/// Of so many terms a node says where they are. Of one with more nothing is said: they may be in each part. 196 kB.
const MOST_TERMS: usize = 16 * 1024;
/// Bytes of the times of a part.
const TIMES: usize = 4 + 4;
/// A time that is so many seconds behind a node's first, or more: 136 years.
const LATEST: u32 = u32::MAX;
/// Bytes of a term and its mask.
const TERM: usize = 4 + 8;

/// Which node of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexPlace {
    /// From 1, the lowest, to 6.
    pub level: u32,
    /// Counted from 0 in its level.
    pub number: u64,
}

impl IndexPlace {
    /// So many levels there are at the most: a node of the last one has 2^40 entries.
    pub const LEVELS: u32 = 6;

    /// The nodes of so many entries that are whole and have that one, the highest first.
    pub fn above(entry: u64, size: u64) -> impl Iterator<Item = Self> {
        let of_level = move |level| Self {
            level,
            number: entry / Self::entries(level),
        };
        let is_whole = move |place: &Self| place.leaves().end <= size;
        (1..=Self::LEVELS).rev().map(of_level).filter(is_whole)
    }

    /// How many entries a node of a level has.
    #[must_use]
    pub const fn entries(level: u32) -> u64 {
        Self::part(level) * PARTS as u64
    }

    /// How many a part has.
    #[must_use]
    pub const fn part(level: u32) -> u64 {
        LEAVES << (6 * (level - 1))
    }

    /// Its entries, by their numbers.
    #[must_use]
    pub const fn leaves(self) -> Range<u64> {
        let entries = Self::entries(self.level);
        self.number * entries..(self.number + 1) * entries
    }

    /// The node that it is a part of, where a log of so many entries has that whole.
    #[must_use]
    pub fn parent(self, size: u64) -> Option<Self> {
        let parent = Self {
            level: self.level + 1,
            number: self.number / PARTS as u64,
        };
        (parent.level <= Self::LEVELS && parent.leaves().end <= size).then_some(parent)
    }

    /// Which part of that node it is.
    #[must_use]
    pub const fn part_of_parent(self) -> usize {
        (self.number % PARTS as u64) as usize
    }

    /// The nodes that are its parts; none of the lowest level.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let first = self.number * PARTS as u64;
        let child = move |at| Self {
            level: self.level - 1,
            number: first + at,
        };
        (0..PARTS as u64).map(child).filter(|child| child.level > 0)
    }

    /// How many of its parts are gone from a log whose first entries were cut, as a tree of parts.
    ///
    /// # Errors
    /// [`InputError::Malformed`] where the cut does not tell.
    fn gone(self, cut: &CompactRange) -> InputResult<CompactRange> {
        let (leaves, part) = (self.leaves(), Self::part(self.level));
        let parts = cut.size().clamp(leaves.start, leaves.end) - leaves.start;
        let of_whole = leaves.start..leaves.start + parts / part * part;
        let gone = cut.part(&of_whole).ok_or(MALFORMED)?;
        Ok(gone.in_parts(part))
    }

    /// All nodes that a log of so many entries has, and had not when it had fewer; lower levels first.
    pub fn new_between(before: u64, size: u64) -> impl Iterator<Item = Self> {
        (1..=Self::LEVELS).flat_map(move |level| {
            let entries = Self::entries(level);
            (before / entries..size / entries).map(move |number| Self { level, number })
        })
    }
}

/// What entries are sought by: the first four bytes of the SHA-256 of `key:` and a key's id, `operation:` and a name, `error:` and
/// a code, or nothing of what was done, `context:` and the first two characters of a context's hash: there may be a context for each
/// entry, and a node has room for some thousand terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term(u32);

impl Term {
    fn new(kind: &str, text: &str) -> Self {
        let [a, b, c, d, ..] = sha256(&[kind.as_bytes(), text.as_bytes()]);
        Self(u32::from_be_bytes([a, b, c, d]))
    }

    /// Of entries that name a key.
    #[must_use]
    pub fn key(key: &KeyId) -> Self {
        Self::new("key:", key.as_str())
    }

    /// Of entries of an operation.
    #[must_use]
    pub fn operation(name: &str) -> Self {
        Self::new("operation:", name)
    }

    /// Of entries with an error; of those that were done where it is empty.
    #[must_use]
    pub fn error(code: &str) -> Self {
        Self::new("error:", code)
    }

    /// Of entries of a context, and of one in 4,096 others.
    #[must_use]
    pub fn context(context: &LogContext) -> Self {
        let [a, b, ..] = context.as_str().as_bytes() else {
            return Self::new("context:", "");
        };
        Self::new("context:", &String::from_utf8_lossy(&[*a, *b]))
    }

    /// All of an entry.
    fn all_of(entry: &Entry) -> impl Iterator<Item = Self> {
        let own = [
            Self::operation(&entry.operation),
            Self::error(entry.error.as_deref().unwrap_or_default()),
        ];
        let keys = entry.keys.iter().map(|named| Self::key(&named.key));
        let contexts = entry.contexts.iter().map(Self::context);
        own.into_iter().chain(keys).chain(contexts)
    }
}

/// What is sought in an index: entries with all of these terms, in a time.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    /// The terms.
    pub terms: Vec<Term>,
    /// Not before then.
    pub from: Option<Timestamp>,
    /// Before then.
    pub to: Option<Timestamp>,
}

impl Sought {
    /// Whether it is all entries.
    #[must_use]
    pub const fn is_all(&self) -> bool {
        self.terms.is_empty() && self.from.is_none() && self.to.is_none()
    }
}

/// A node of an index: of a log whose first entries were cut, the first parts may be gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct IndexNode {
    /// The parts whose entries were cut from the log, all before the others.
    gone: CompactRange,
    /// The roots of the others.
    parts: Vec<TreeHash>,
    from: Timestamp,
    to: Timestamp,
    /// The first and the last time of each of the others, in seconds behind `from`: not later, and not earlier than they are. Nothing where
    /// that is not known.
    times: Option<Vec<(u32, u32)>>,
    /// The parts in which each is; nothing where there are too many.
    terms: Option<Map<u64, u32>>,
}

/// As it is stored. `from` and `to` are the earliest and the latest time of its entries.
#[derive(Clone, Serialize, Deserialize)]
struct Written {
    gone: Option<String>,
    parts: String,
    from: Timestamp,
    to: Timestamp,
    /// Nodes of earlier builds have none.
    times: Option<String>,
    terms: Option<String>,
}

impl IndexNode {
    /// Of the leaves of a node of the lowest level, but those that were cut.
    ///
    /// # Errors
    /// [`InputError::Malformed`] for another number of them, and for what is no entry.
    pub fn of_leaves(
        place: IndexPlace,
        cut: &CompactRange,
        leaves: &[String],
    ) -> InputResult<Self> {
        let gone = place.gone(cut)?;
        let first = place.leaves().start + gone.size() * LEAVES;
        // A part whose first entries were cut has its root all the same.
        let begun = cut.part(&(first..first + LEAVES)).ok_or(MALFORMED)?;
        let (mut drafts, mut left) = (Vec::new(), leaves);
        let mut hashes = begun;
        while !left.is_empty() {
            let room = (LEAVES - hashes.size()) as usize;
            let (part, rest) = left.split_at(room.min(left.len()));
            let mut draft = Draft::default();
            for leaf in part {
                let entry = Entry::parse(leaf)?;
                hashes.append_tree(1, TreeHash::of_leaf(leaf.as_bytes()));
                draft.add(entry.at..=entry.at, Term::all_of(&entry).map(|term| term.0));
            }
            let is_whole = hashes.size() == LEAVES;
            is_whole.then_some(()).ok_or(MALFORMED)?;
            drafts.push((draft, hashes.root()));
            (left, hashes) = (rest, CompactRange::empty());
        }
        Self::of_parts(gone, drafts).ok_or(MALFORMED)
    }

    /// Of the nodes of the level below, but those whose entries were all cut.
    ///
    /// # Errors
    /// [`InputError::Malformed`] for another number of them.
    pub fn of_nodes<'a>(
        place: IndexPlace,
        cut: &CompactRange,
        nodes: impl IntoIterator<Item = &'a Self>,
    ) -> InputResult<Self> {
        let mut drafts = Vec::new();
        for node in nodes {
            let mut draft = Draft::default();
            match &node.terms {
                Some(terms) => draft.add(node.from..=node.to, terms.names().iter().copied()),
                None => draft.add_unknown(node.from..=node.to),
            }
            drafts.push((draft, node.root()));
        }
        Self::of_parts(place.gone(cut)?, drafts).ok_or(MALFORMED)
    }

    /// What is left of a node once the first entries of the log were cut: the parts that have others, and what is in those.
    ///
    /// # Errors
    /// [`InputError::Malformed`] where none is left, or more was cut before.
    pub fn without(self, place: IndexPlace, cut: &CompactRange) -> InputResult<Self> {
        let gone = place.gone(cut)?;
        let more = gone.size().checked_sub(self.gone.size()).ok_or(MALFORMED)? as usize;
        if more >= self.parts.len() {
            return Err(MALFORMED);
        }
        let left = u64::MAX << gone.size();
        let terms = self.terms.map(|terms| {
            let mut kept = Map::default();
            for (term, mask) in terms.iter().filter(|(_, mask)| *mask & left != 0) {
                *kept.of(term) = mask & left;
            }
            kept
        });
        Ok(Self {
            parts: self.parts[more..].to_vec(),
            times: self.times.map(|times| times[more..].to_vec()),
            gone,
            terms,
            ..self
        })
    }

    fn of_parts(gone: CompactRange, drafts: Vec<(Draft, TreeHash)>) -> Option<Self> {
        let first = gone.size() as usize;
        if first + drafts.len() != PARTS {
            return None;
        }
        let (mut parts, mut times, mut of_each) = (Vec::new(), None, Vec::new());
        let mut terms = Some(Map::<u64, u32>::default());
        for (at, (draft, root)) in drafts.into_iter().enumerate() {
            parts.push(root);
            times = joined(times, draft.times);
            of_each.extend(draft.times);
            let named = draft.terms.filter(|_| terms.is_some());
            for term in named.iter().flatten() {
                *terms.as_mut()?.of(term) |= 1 << (first + at);
            }
            terms = terms.filter(|all| named.is_some() && all.names().len() <= MOST_TERMS);
        }
        let (from, to) = times?;
        let since = |time: Timestamp| time.millis() - from.millis();
        let seconds = |millis: u64| u32::try_from(millis).unwrap_or(LATEST);
        let behind = |(first, last)| {
            let last = since(last).div_ceil(1000);
            (seconds(since(first) / 1000), seconds(last))
        };
        Some(Self {
            gone,
            parts,
            from,
            to,
            times: Some(of_each.into_iter().map(behind).collect()),
            terms,
        })
    }

    /// The root of its entries' tree.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        let mut parts = self.gone.clone();
        for part in &self.parts {
            parts.append_tree(1, *part);
        }
        parts.root()
    }

    /// The roots of some of its parts, unless some of them were cut.
    #[must_use]
    pub fn parts(&self, parts: Range<usize>) -> Option<&[TreeHash]> {
        let first = parts.start.checked_sub(self.gone.size() as usize)?;
        self.parts.get(first..first + parts.len())
    }

    /// The parts in which there may be what is sought, the first one the lowest bit.
    #[must_use]
    pub fn parts_with(&self, sought: &Sought) -> u64 {
        let (from, to) = (sought.from, sought.to);
        if from.is_some_and(|from| self.to < from) || to.is_some_and(|to| self.from >= to) {
            return 0;
        }
        let left = (u64::MAX << self.gone.size()) & self.parts_within(from, to);
        let Some(terms) = &self.terms else {
            return left;
        };
        let mask = |term: &Term| terms.get(&term.0).copied().unwrap_or_default();
        sought
            .terms
            .iter()
            .map(mask)
            .fold(left, |all, mask| all & mask)
    }

    /// The parts that have entries of a time, as far as is known.
    fn parts_within(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> u64 {
        let times = self.times.as_ref().filter(|_| from.or(to).is_some());
        let Some(times) = times else { return u64::MAX };
        let at = |seconds: u32| self.from.millis() + u64::from(seconds) * 1000;
        let within = |(first, last): &(u32, u32)| {
            let ends = from.is_some_and(|from| *last < LATEST && at(*last) < from.millis());
            let begins = to.is_some_and(|to| at(*first) >= to.millis());
            !ends && !begins
        };
        let first = self.gone.size() as usize;
        let bits = times.iter().enumerate();
        bits.filter(|(_, times)| within(times))
            .fold(0, |mask, (at, _)| mask | 1 << (first + at))
    }
}

/// What is known of a part: its times, and its terms, each once, unless there are too many.
struct Draft {
    times: Option<(Timestamp, Timestamp)>,
    terms: Option<Vec<u32>>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            times: None,
            terms: Some(Vec::new()),
        }
    }
}

impl Draft {
    fn add_unknown(&mut self, times: core::ops::RangeInclusive<Timestamp>) {
        self.times = joined(self.times, Some(times.into_inner()));
        self.terms = None;
    }

    fn add(
        &mut self,
        times: core::ops::RangeInclusive<Timestamp>,
        terms: impl Iterator<Item = u32>,
    ) {
        self.times = joined(self.times, Some(times.into_inner()));
        if let Some(all) = &mut self.terms {
            all.extend(terms);
        }
    }
}

fn joined(
    one: Option<(Timestamp, Timestamp)>,
    other: Option<(Timestamp, Timestamp)>,
) -> Option<(Timestamp, Timestamp)> {
    match (one, other) {
        (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
        (one, other) => one.or(other),
    }
}

impl From<IndexNode> for Written {
    fn from(node: IndexNode) -> Self {
        let bytes = |roots: &[TreeHash]| roots.iter().flat_map(|root| root.0).collect::<Vec<u8>>();
        let (gone, parts) = (bytes(node.gone.roots()), bytes(&node.parts));
        let terms = node.terms.map(|terms| {
            let mut bytes = Vec::new();
            for (term, mask) in terms.iter() {
                bytes.extend(term.to_be_bytes());
                bytes.extend(mask.to_be_bytes());
            }
            base64::encode(&bytes)
        });
        Self {
            gone: (!gone.is_empty()).then(|| base64::encode(&gone)),
            parts: base64::encode(&parts),
            from: node.from,
            to: node.to,
            times: node.times.map(|times| {
                let bytes = times.iter().flat_map(|(first, last)| {
                    let [first, last] = [first, last].map(|seconds| seconds.to_be_bytes());
                    first.into_iter().chain(last)
                });
                base64::encode(&bytes.collect::<Vec<u8>>())
            }),
            terms,
        }
    }
}

impl TryFrom<Written> for IndexNode {
    type Error = InputError;

    fn try_from(written: Written) -> InputResult<Self> {
        let parts = read_roots(&written.parts)?;
        let gone = written.gone.as_deref().map(read_roots).transpose()?;
        let (gone, left) = (gone.unwrap_or_default(), parts.len());
        let terms = written.terms.as_deref().map(read_terms).transpose()?;
        let times = written.times.as_deref();
        let times = times.map(|times| read_times(times, left)).transpose()?;
        let is_whole = (1..=PARTS).contains(&left) && written.from <= written.to;
        is_whole.then_some(()).ok_or(MALFORMED)?;
        let gone = CompactRange::new((PARTS - left) as u64, gone);
        Ok(Self {
            gone: gone.map_err(|_| MALFORMED)?,
            parts,
            from: written.from,
            to: written.to,
            times,
            terms,
        })
    }
}

/// Hashes, one after the other.
fn read_roots(text: &str) -> InputResult<Vec<TreeHash>> {
    let bytes = base64::decode_public(text, MALFORMED)?;
    let (roots, rest) = bytes.as_chunks::<32>();
    let is_whole = !roots.is_empty() && rest.is_empty();
    is_whole.then_some(()).ok_or(MALFORMED)?;
    Ok(roots.iter().copied().map(TreeHash).collect())
}

/// The first and the last time of so many parts.
fn read_times(text: &str, parts: usize) -> InputResult<Vec<(u32, u32)>> {
    let bytes = base64::decode(text, MALFORMED)?;
    let (written, rest) = bytes.as_chunks::<TIMES>();
    let read = |[a, b, c, d, last @ ..]: &[u8; TIMES]| {
        let first = u32::from_be_bytes([*a, *b, *c, *d]);
        (first, u32::from_be_bytes(*last))
    };
    let times: Vec<_> = written.iter().map(read).collect();
    let are_times = times.iter().all(|(first, last)| first <= last);
    let is_whole = rest.is_empty() && times.len() == parts && are_times;
    is_whole.then_some(times).ok_or(MALFORMED)
}

/// Terms, each behind the one before it, in a part at least.
fn read_terms(text: &str) -> InputResult<Map<u64, u32>> {
    let bytes = base64::decode(text, MALFORMED)?;
    let (written, rest) = bytes.as_chunks::<TERM>();
    let (mut terms, mut last) = (Map::default(), None);
    for [a, b, c, d, mask @ ..] in written {
        let term = u32::from_be_bytes([*a, *b, *c, *d]);
        let mask = u64::from_be_bytes(*mask);
        if last >= Some(term) || mask == 0 {
            return Err(MALFORMED);
        }
        last = Some(term);
        *terms.of(&term) = mask;
    }
    let is_whole = rest.is_empty() && written.len() <= MOST_TERMS;
    is_whole.then_some(terms).ok_or(MALFORMED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Object, SystemEntropy, json::strict::is_strict};

    const FIRST: IndexPlace = IndexPlace {
        level: 1,
        number: 0,
    };

    fn second() -> IndexPlace {
        IndexPlace { level: 2, ..FIRST }
    }

    /// Of a log of which nothing was cut.
    fn of_all(leaves: &[String]) -> InputResult<IndexNode> {
        IndexNode::of_leaves(FIRST, &CompactRange::empty(), leaves)
    }

    fn entry(at: u64, operation: &str) -> Entry {
        Entry::new(operation, Timestamp::from_millis(at), &SystemEntropy).expect("entropy")
    }

    /// Of entries whose times are their numbers; one of them exports.
    fn node(exports: u64) -> (Vec<String>, IndexNode) {
        let name = |at| if at == exports { "exportKey" } else { "sign" };
        let texts = (0..1024).map(|at| entry(at, name(at)).text());
        let leaves: Vec<_> = texts.collect();
        let node = of_all(&leaves).expect("1,024 entries");
        (leaves, node)
    }

    fn read(text: &str) -> InputResult<IndexNode> {
        Object::parse(text.as_bytes(), MALFORMED)?.decode(MALFORMED)
    }

    fn of(operation: &str) -> Sought {
        Sought {
            terms: vec![Term::operation(operation), Term::error("")],
            ..Sought::default()
        }
    }

    #[test]
    fn what_serde_would_accept_is_refused() {
        let node = node(5).1;
        let text = Object::encode(&node).text();
        is_strict::<IndexNode>(&text, &[]);
        assert_eq!(read(&text), Ok(node));
        for (from, to) in [
            (r#""from":0"#, r#""from":1024"#),
            (r#""parts":""#, r#""parts":"AAAA"#),
        ] {
            assert!(read(&text.replace(from, to)).is_err(), "{to}");
        }
        let terms = |bytes: &[u8]| read_terms(&base64::encode(bytes)).is_ok();
        let (one, two) = (
            [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
            [0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0],
        );
        assert!(terms(&[]) && terms(&one) && terms(&[one, two].concat()));
        assert!(!terms(&[two, one].concat()) && !terms(&[one, one].concat()));
        assert!(!terms(&one[..11]) && !terms(&[&one[..4], &[0; 8]].concat()));
    }

    #[test]
    fn a_node_has_its_entries_root_and_the_parts_with_what_is_sought() {
        let (leaves, node) = node(37);
        let hashes: Vec<_> = leaves
            .iter()
            .map(|leaf| TreeHash::of_leaf(leaf.as_bytes()))
            .collect();
        assert_eq!(node.root(), CompactRange::of_leaves(&hashes).root());
        assert_eq!(node.parts_with(&of("exportKey")), 1 << 2);
        assert_eq!(node.parts_with(&of("sign")), u64::MAX);
        assert_eq!(node.parts_with(&of("decrypt")), 0);
        let within = |from, to| Sought {
            from: Some(Timestamp::from_millis(from)),
            to: Some(Timestamp::from_millis(to)),
            ..of("exportKey")
        };
        assert_eq!(node.parts_with(&within(999, 2000)), 1 << 2);
        assert_eq!(node.parts_with(&within(1024, 2000)), 0);
        assert_eq!(node.parts_with(&within(0, 1)), 1 << 2);
        assert_eq!(node.parts_with(&within(0, 0)), 0);
        assert!(of_all(&leaves[..1023]).is_err());
        assert!(of_all(&[&leaves[..], &leaves[..1]].concat()).is_err());

        let mut nodes = vec![node.clone(); PARTS];
        nodes[9] = self::node(2000).1;
        let above =
            IndexNode::of_nodes(second(), &CompactRange::empty(), &nodes).expect("64 nodes");
        assert_eq!(above.parts(9..10), Some(&[nodes[9].root()][..]));
        assert_eq!(above.parts_with(&of("exportKey")), !(1 << 9));
        assert_eq!(above.parts_with(&of("decrypt")), 0);
        assert!(IndexNode::of_nodes(second(), &CompactRange::empty(), &nodes[..63]).is_err());
    }

    /// Of entries of which each is so many milliseconds later than the one before it.
    fn every(milliseconds: u64) -> IndexNode {
        let texts = (0..1024).map(|at| entry(7 + at * milliseconds, "sign").text());
        of_all(&texts.collect::<Vec<_>>()).expect("1,024 entries")
    }

    fn within(from: Option<u64>, to: Option<u64>) -> Sought {
        Sought {
            from: from.map(Timestamp::from_millis),
            to: to.map(Timestamp::from_millis),
            ..Sought::default()
        }
    }

    #[test]
    fn a_node_tells_which_parts_have_entries_of_a_time() {
        // Of part n the entries are 16 n to 16 n + 15 seconds behind the first.
        let node = every(1000);
        let of = |from, to| node.parts_with(&within(from, to));
        assert_eq!(of(Some(7 + 32_000), Some(7 + 47_001)), 1 << 2);
        assert_eq!(of(Some(7 + 47_000), Some(7 + 48_000)), 1 << 2);
        assert_eq!(of(Some(7 + 47_000), Some(7 + 48_001)), 3 << 2);
        assert_eq!(of(None, Some(8)), 1);
        assert_eq!(of(Some(7 + 1_023_000), None), 1 << 63);
        // Between two parts there is nothing; between two entries of one nobody knows.
        assert_eq!(of(Some(7 + 47_001), Some(7 + 48_000)), 0);
        assert_eq!(of(Some(7 + 1_023_001), None), 0);
        assert_eq!(read(&Object::encode(&node).text()), Ok(node.clone()));

        // Part 1 is of the same entries again: a clock that is put back.
        let nodes = [vec![every(1000); 2], vec![every(2_000_000_000); 62]].concat();
        let above =
            IndexNode::of_nodes(second(), &CompactRange::empty(), &nodes).expect("64 nodes");
        let at = |from: u64| above.parts_with(&within(Some(from), Some(from + 1)));
        assert_eq!(at(7), u64::MAX);
        assert_eq!(at(7 + 1_023_001), u64::MAX << 2);
        // What is later than can be told may be there.
        assert_eq!(at(2_000_000_000 * 1023), u64::MAX << 2);
        assert_eq!(at(1 << 50), 0);
        let odd = every(5_000_000_000);
        assert_eq!(
            odd.parts_with(&within(Some(5_115_000_000_007), None)) >> 63,
            1
        );
        assert_eq!(read(&Object::encode(&odd).text()), Ok(odd.clone()));
        assert_eq!(odd.parts_with(&within(None, Some(8))), 1);

        // One of an earlier build says nothing of its parts.
        let text = Object::encode(&node).text();
        let (begin, rest) = text.split_once(r#""times":""#).expect("its times");
        let (times, end) = rest.split_once(r#"","#).expect("an end");
        let old = read(&[begin, end].concat()).expect("a node");
        let asked = within(Some(7 + 32_000), Some(7 + 47_001));
        assert_eq!(old.parts_with(&asked), u64::MAX);
        assert_eq!(old.root(), node.root());
        for bad in [&times[..times.len() - 4], &"_".repeat(11), ""] {
            assert!(read(&text.replace(times, bad)).is_err(), "{bad}");
        }
        let turned = base64::encode(&[[0, 0, 0, 2, 0, 0, 0, 1]; PARTS].concat());
        assert!(read(&text.replace(times, &turned)).is_err());
    }

    #[test]
    fn of_a_log_that_was_cut_the_parts_that_are_left_have_their_times() {
        let texts: Vec<_> = (0..1024)
            .map(|at| entry(at * 1000, "sign").text())
            .collect();
        let hashes: Vec<_> = texts
            .iter()
            .map(|leaf| TreeHash::of_leaf(leaf.as_bytes()))
            .collect();
        let cut = CompactRange::of_leaves(&hashes[..50]);
        let made = IndexNode::of_leaves(FIRST, &cut, &texts[50..]).expect("the rest");
        let left = every(1000).without(FIRST, &cut).expect("parts are left");
        for node in [made, left] {
            let of = |from, to| node.parts_with(&within(Some(from), Some(to)));
            assert_eq!(of(70_000, 70_008), 1 << 4);
            assert_eq!(of(0, 40_000), 0);
            assert_eq!(of(0, 70_008), 3 << 3);
            assert_eq!(read(&Object::encode(&node).text()), Ok(node.clone()));
        }
    }

    #[test]
    fn of_too_many_terms_nothing_is_said() {
        let mut leaves = node(5).0;
        for (at, leaf) in leaves.iter_mut().enumerate().take(17) {
            let mut merge = entry(0, "merge");
            for key in 0..1000 {
                let key = at * 1000 + key;
                let id = base64::encode(&[&key.to_be_bytes()[..], &[0; 8]].concat());
                merge.name(&id.parse().expect("an id"), None);
            }
            *leaf = merge.text();
        }
        let full = of_all(&leaves).expect("1,024 entries");
        assert_eq!(full.parts_with(&of("decrypt")), u64::MAX);
        let text = Object::encode(&full).text();
        assert_eq!(read(&text), Ok(full.clone()));
        assert!(!text.contains("terms"));
        let nodes = vec![full; PARTS];
        let above =
            IndexNode::of_nodes(second(), &CompactRange::empty(), &nodes).expect("64 nodes");
        assert_eq!(above.parts_with(&of("decrypt")), u64::MAX);
    }

    #[test]
    fn a_log_has_the_nodes_that_are_whole() {
        let place = |level, number| IndexPlace { level, number };
        let new = |before, size| IndexPlace::new_between(before, size).collect::<Vec<_>>();
        assert_eq!(new(0, 1023), []);
        assert_eq!(new(0, 2048), [place(1, 0), place(1, 1)]);
        assert_eq!(new(65_000, 65_536), [place(1, 63), place(2, 0)]);
        let above: Vec<_> = IndexPlace::above(65_535, 66_600).collect();
        assert_eq!(above, [place(2, 0), place(1, 63)]);
        let above: Vec<_> = IndexPlace::above(65_536, 66_600).collect();
        assert_eq!(above, [place(1, 64)]);
        assert_eq!(IndexPlace::above(66_560, 66_600).next(), None);
        assert_eq!(place(1, 63).parent(65_536), Some(place(2, 0)));
        assert_eq!(place(1, 63).parent(65_535), None);
        assert_eq!(place(6, 0).parent(u64::MAX), None);
        assert_eq!(place(2, 3).children().next(), Some(place(1, 192)));
        assert_eq!(place(1, 3).children().count(), 0);
    }

    #[test]
    fn a_node_whose_first_entries_were_cut_keeps_its_root_and_tells_nothing_of_those() {
        let (leaves, node) = node(37);
        let hashes: Vec<_> = leaves
            .iter()
            .map(|leaf| TreeHash::of_leaf(leaf.as_bytes()))
            .collect();
        for size in [0, 1, 15, 16, 17, 37, 38, 47, 48, 500, 1008, 1023] {
            let cut = CompactRange::of_leaves(&hashes[..size]);
            let made = IndexNode::of_leaves(FIRST, &cut, &leaves[size..]).expect("the rest");
            assert_eq!(made.root(), node.root(), "{size}");
            let left = node.clone().without(FIRST, &cut).expect("a part is left");
            assert_eq!(left.root(), node.root(), "{size}");
            let text = Object::encode(&made).text();
            assert_eq!(read(&text), Ok(made.clone()), "{size}");
            // Of a part that has entries left, a node that was there before still tells of those that were cut.
            let has = |sought: &Sought| (made.parts_with(sought), left.parts_with(sought));
            let exports = u64::from(size <= 37) << 2;
            assert_eq!(has(&of("exportKey")).0, exports, "{size}");
            assert_eq!(has(&of("exportKey")).1, u64::from(size < 48) << 2, "{size}");
            let parts = u64::MAX << (size / 16);
            let all = Sought::default();
            assert_eq!(has(&all), (parts, parts), "{size}");
            assert_eq!(made.parts(size / 16..64), node.parts(size / 16..64));
            assert_eq!(made.parts(0..64).is_some(), size < 16);
            assert!(IndexNode::of_leaves(FIRST, &cut, &leaves).is_err() || size == 0);
        }
        let cut = CompactRange::of_leaves(&hashes);
        assert!(node.without(FIRST, &cut).is_err());
    }

    #[test]
    fn a_node_above_has_the_root_of_what_was_cut_beside_its_nodes() {
        let (leaves, first) = node(0);
        let hashes: Vec<_> = leaves
            .iter()
            .map(|leaf| TreeHash::of_leaf(leaf.as_bytes()))
            .collect();
        let nodes = vec![first.clone(); PARTS];
        let (second, none) = (second(), CompactRange::empty());
        let whole = IndexNode::of_nodes(second, &none, &nodes).expect("64 nodes");
        let mut cut = CompactRange::empty();
        for leaf in hashes.iter().chain(&hashes).chain(&hashes[..100]) {
            cut.append(*leaf).expect("room");
        }
        let place = IndexPlace {
            level: 1,
            number: 2,
        };
        let straddles = IndexNode::of_leaves(place, &cut, &leaves[100..]).expect("the rest");
        let nodes = core::iter::once(&straddles).chain(&nodes[3..]);
        let made = IndexNode::of_nodes(second, &cut, nodes).expect("62 nodes");
        assert_eq!(made.root(), whole.root());
        assert_eq!(made.parts_with(&Sought::default()), u64::MAX << 2);
        let left = whole.without(second, &cut).expect("parts are left");
        assert_eq!(left.root(), made.root());
    }
}
