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
/// So many levels there are at the most: a node of the last one has 2^40 entries.
const LEVELS: u32 = 6;
/// Of so many terms a node says where they are. Of one with more nothing is said: they may be in each part. 196 kB.
const MOST_TERMS: usize = 16 * 1024;
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
    /// The nodes of so many entries that are whole and have that one, the highest first.
    pub fn above(entry: u64, size: u64) -> impl Iterator<Item = Self> {
        let of_level = move |level| Self {
            level,
            number: entry / Self::entries(level),
        };
        let is_whole = move |place: &Self| place.leaves().end <= size;
        (1..=LEVELS).rev().map(of_level).filter(is_whole)
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
        (parent.level <= LEVELS && parent.leaves().end <= size).then_some(parent)
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

    /// All nodes that a log of so many entries has, and had not when it had fewer; lower levels first.
    pub fn new_between(before: u64, size: u64) -> impl Iterator<Item = Self> {
        (1..=LEVELS).flat_map(move |level| {
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

/// A node of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct IndexNode {
    parts: Vec<TreeHash>,
    from: Timestamp,
    to: Timestamp,
    /// The parts in which each is; nothing where there are too many.
    terms: Option<Map<u64, u32>>,
}

/// As it is stored. `from` and `to` are the earliest and the latest time of its entries.
#[derive(Clone, Serialize, Deserialize)]
struct Written {
    parts: String,
    from: Timestamp,
    to: Timestamp,
    terms: Option<String>,
}

impl IndexNode {
    /// Of 1,024 leaves.
    ///
    /// # Errors
    /// [`InputError::Malformed`] for another number of them, and for what is no entry.
    pub fn of_leaves(leaves: &[String]) -> InputResult<Self> {
        let mut drafts = Vec::new();
        for part in leaves.chunks(LEAVES as usize) {
            let (mut draft, mut hashes) = (Draft::default(), Vec::new());
            for leaf in part {
                let entry = Entry::parse(leaf)?;
                hashes.push(TreeHash::of_leaf(leaf.as_bytes()));
                draft.add(entry.at..=entry.at, Term::all_of(&entry).map(|term| term.0));
            }
            drafts.push((draft, CompactRange::of_leaves(&hashes).root()));
        }
        let of_all = leaves.len() as u64 == IndexPlace::entries(1);
        let node = of_all.then(|| Self::of_parts(drafts)).flatten();
        node.ok_or(MALFORMED)
    }

    /// Of 64 nodes of the level below.
    ///
    /// # Errors
    /// [`InputError::Malformed`] for another number of them.
    pub fn of_nodes<'a>(nodes: impl IntoIterator<Item = &'a Self>) -> InputResult<Self> {
        let mut drafts = Vec::new();
        for node in nodes {
            let mut draft = Draft::default();
            match &node.terms {
                Some(terms) => draft.add(node.from..=node.to, terms.names().iter().copied()),
                None => draft.add_unknown(node.from..=node.to),
            }
            drafts.push((draft, node.root()));
        }
        Self::of_parts(drafts).ok_or(MALFORMED)
    }

    fn of_parts(drafts: Vec<(Draft, TreeHash)>) -> Option<Self> {
        if drafts.len() != PARTS {
            return None;
        }
        let (mut parts, mut times) = (Vec::new(), None);
        let mut terms = Some(Map::<u64, u32>::default());
        for (at, (draft, root)) in drafts.into_iter().enumerate() {
            parts.push(root);
            times = joined(times, draft.times);
            let named = draft.terms.filter(|_| terms.is_some());
            for term in named.iter().flatten() {
                *terms.as_mut()?.of(term) |= 1 << at;
            }
            terms = terms.filter(|all| named.is_some() && all.names().len() <= MOST_TERMS);
        }
        let (from, to) = times?;
        Some(Self {
            parts,
            from,
            to,
            terms,
        })
    }

    /// The root of its entries' tree.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        CompactRange::of_leaves(&self.parts).root()
    }

    /// The roots of its parts.
    #[must_use]
    pub fn parts(&self) -> &[TreeHash] {
        &self.parts
    }

    /// The parts in which there may be what is sought, the first one the lowest bit.
    #[must_use]
    pub fn parts_with(&self, sought: &Sought) -> u64 {
        let (from, to) = (sought.from, sought.to);
        if from.is_some_and(|from| self.to < from) || to.is_some_and(|to| self.from >= to) {
            return 0;
        }
        let Some(terms) = &self.terms else {
            return u64::MAX;
        };
        let mask = |term: &Term| terms.get(&term.0).copied().unwrap_or_default();
        sought
            .terms
            .iter()
            .map(mask)
            .fold(u64::MAX, |all, mask| all & mask)
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
        let parts: Vec<u8> = node.parts.iter().flat_map(|root| root.0).collect();
        let terms = node.terms.map(|terms| {
            let mut bytes = Vec::new();
            for (term, mask) in terms.iter() {
                bytes.extend(term.to_be_bytes());
                bytes.extend(mask.to_be_bytes());
            }
            base64::encode(&bytes)
        });
        Self {
            parts: base64::encode(&parts),
            from: node.from,
            to: node.to,
            terms,
        }
    }
}

impl TryFrom<Written> for IndexNode {
    type Error = InputError;

    fn try_from(written: Written) -> InputResult<Self> {
        let bytes = base64::decode(&written.parts, MALFORMED)?;
        let (roots, rest) = bytes.as_chunks::<32>();
        let parts: Vec<_> = roots.iter().copied().map(TreeHash).collect();
        let terms = written.terms.as_deref().map(read_terms).transpose()?;
        let is_whole = parts.len() == PARTS && rest.is_empty() && written.from <= written.to;
        is_whole.then_some(()).ok_or(MALFORMED)?;
        Ok(Self {
            parts,
            from: written.from,
            to: written.to,
            terms,
        })
    }
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

    fn entry(at: u64, operation: &str) -> Entry {
        Entry::new(operation, Timestamp::from_millis(at), &SystemEntropy).expect("entropy")
    }

    /// Of entries whose times are their numbers; one of them exports.
    fn node(exports: u64) -> (Vec<String>, IndexNode) {
        let name = |at| if at == exports { "exportKey" } else { "sign" };
        let texts = (0..1024).map(|at| entry(at, name(at)).text());
        let leaves: Vec<_> = texts.collect();
        let node = IndexNode::of_leaves(&leaves).expect("1,024 entries");
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
        assert_eq!(node.parts_with(&within(1023, 2000)), 1 << 2);
        assert_eq!(node.parts_with(&within(1024, 2000)), 0);
        assert_eq!(node.parts_with(&within(0, 1)), 1 << 2);
        assert_eq!(node.parts_with(&within(0, 0)), 0);
        assert!(IndexNode::of_leaves(&leaves[..1023]).is_err());
        assert!(IndexNode::of_leaves(&[&leaves[..], &leaves[..1]].concat()).is_err());

        let mut nodes = vec![node.clone(); PARTS];
        nodes[9] = self::node(2000).1;
        let above = IndexNode::of_nodes(&nodes).expect("64 nodes");
        assert_eq!(above.parts()[9], nodes[9].root());
        assert_eq!(above.parts_with(&of("exportKey")), !(1 << 9));
        assert_eq!(above.parts_with(&of("decrypt")), 0);
        assert!(IndexNode::of_nodes(&nodes[..63]).is_err());
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
        let full = IndexNode::of_leaves(&leaves).expect("1,024 entries");
        assert_eq!(full.parts_with(&of("decrypt")), u64::MAX);
        let text = Object::encode(&full).text();
        assert_eq!(read(&text), Ok(full.clone()));
        assert!(!text.contains("terms"));
        let nodes = vec![full; PARTS];
        let above = IndexNode::of_nodes(&nodes).expect("64 nodes");
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
}
