//! A tree in as little memory as appending needs.

use core::ops::Range;

use super::{Error, Result, TreeHash};

/// What is left of a Merkle tree for appending to it: its size, and the roots of the perfect trees that it consists of,
/// the largest first. There is one for each bit of the size that is set, so there are at most 64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompactRange {
    size: u64,
    roots: Vec<TreeHash>,
}

impl CompactRange {
    /// The tree that has no leaves.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            size: 0,
            roots: Vec::new(),
        }
    }

    /// The tree of that size that consists of these perfect trees.
    ///
    /// # Errors
    /// [`Error::Malformed`] when their number is not that of the size's bits.
    pub fn new(size: u64, roots: Vec<TreeHash>) -> Result<Self> {
        if roots.len() == size.count_ones() as usize {
            Ok(Self { size, roots })
        } else {
            Err(Error::Malformed("a compact range"))
        }
    }

    /// The tree of these leaves.
    #[must_use]
    pub fn of_leaves(leaves: &[TreeHash]) -> Self {
        let mut range = Self::empty();
        for leaf in leaves {
            range.push(*leaf);
        }
        range
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the perfect trees, the largest first.
    #[must_use]
    pub fn roots(&self) -> &[TreeHash] {
        &self.roots
    }

    /// The perfect trees that some leaves are, the largest first: the leaves begin where a tree of the largest's size can.
    #[must_use]
    pub fn perfect_trees(leaves: Range<u64>) -> Vec<Range<u64>> {
        let (mut trees, mut start) = (Vec::new(), leaves.start);
        while start < leaves.end {
            let end = start + (1 << (leaves.end - start).ilog2());
            trees.push(start..end);
            start = end;
        }
        trees
    }

    /// The perfect tree of these that has a leaf: its leaves, and its root.
    #[must_use]
    pub fn tree_of(&self, leaf: u64) -> Option<(Range<u64>, TreeHash)> {
        let trees = Self::perfect_trees(0..self.size);
        let mut trees = trees.into_iter().zip(self.roots.iter().copied());
        trees.find(|(leaves, _)| leaves.contains(&leaf))
    }

    /// What this tree has of a perfect tree of a larger one, in whose first leaf it begins or ends behind: the leaves from that one's first
    /// on, as far as both have them. Nothing where some of those are known only together with others.
    #[must_use]
    pub fn part(&self, of: &Range<u64>) -> Option<Self> {
        let size = self.size.min(of.end).saturating_sub(of.start);
        let trees = Self::perfect_trees(0..self.size);
        let within = trees.iter().zip(&self.roots);
        let within = within.filter(|(leaves, _)| leaves.start >= of.start && leaves.end <= of.end);
        let (mut known, mut roots) = (0, Vec::new());
        for (leaves, root) in within {
            known += leaves.end - leaves.start;
            roots.push(*root);
        }
        (known == size).then_some(Self { size, roots })
    }

    /// The same tree, counted in parts of so many leaves; leaves that are no whole part are left out.
    #[must_use]
    pub fn in_parts(&self, part: u64) -> Self {
        let size = self.size / part;
        let roots = self.roots[..size.count_ones() as usize].to_vec();
        Self { size, roots }
    }

    /// Adds a perfect tree of so many leaves, a power of two that the size is a multiple of.
    pub fn append_tree(&mut self, leaves: u64, root: TreeHash) {
        let mut whole = Self {
            size: self.size / leaves,
            roots: core::mem::take(&mut self.roots),
        };
        whole.push(root);
        (self.size, self.roots) = (whole.size * leaves, whole.roots);
    }

    /// Adds a leaf: one hash on the average, 64 at the most.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for a tree of 2^64 − 1 leaves.
    pub fn append(&mut self, leaf: TreeHash) -> Result<()> {
        if self.size == u64::MAX {
            return Err(Error::TooLarge("a tree (2^64 - 1 leaves)"));
        }
        self.push(leaf);
        Ok(())
    }

    /// Adds a leaf to a tree that has room for it: two perfect trees of one size become one, as often as there are two.
    fn push(&mut self, leaf: TreeHash) {
        let mut root = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self.roots.pop().expect("a root for each bit of the size");
            root = TreeHash::of_node(&left, &root);
        }
        self.roots.push(root);
        self.size += 1;
    }

    /// Whether nothing that is known here says that the other tree does not continue this one: it is as large, and consists of the same
    /// perfect trees down to the first size that only one of them has. A [proof](super::ConsistencyProof) says whether it does.
    #[must_use]
    pub fn may_become(&self, later: &Self) -> bool {
        if self.size > later.size {
            return false;
        }
        let same = (self.size ^ later.size).leading_zeros();
        let shared = self.size.checked_shr(u64::BITS - same).unwrap_or_default();
        let trees = shared.count_ones() as usize;
        self.roots[..trees] == later.roots[..trees]
    }

    /// RFC 6962 §2.1: the hash of the whole tree. The largest perfect tree is its left half, and so on.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        let mut roots = self.roots.iter().rev();
        let Some(mut root) = roots.next().copied() else {
            return TreeHash::of_empty_tree();
        };
        for left in roots {
            root = TreeHash::of_node(left, &root);
        }
        root
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_a_root_for_each_bit_of_its_size() {
        let root = TreeHash::of_leaf(b"a");
        for (size, roots) in [(0, 1), (1, 0), (1, 2), (6, 1), (6, 3), (u64::MAX, 63)] {
            let refused = CompactRange::new(size, vec![root; roots]);
            assert_eq!(refused, Err(Error::Malformed("a compact range")), "{size}");
        }
        let mut largest = CompactRange::new(u64::MAX, vec![root; 64]).expect("a range");
        let before = largest.clone();
        let refused = Err(Error::TooLarge("a tree (2^64 - 1 leaves)"));
        assert_eq!(largest.append(root), refused);
        assert_eq!(largest, before);
    }

    #[test]
    fn a_tree_that_another_one_cannot_continue_is_told_where_they_share_a_tree() {
        let leaves: Vec<_> = (0..40_u8).map(|leaf| TreeHash::of_leaf(&[leaf])).collect();
        let mut others = leaves.clone();
        others[0] = TreeHash::of_leaf(b"another");
        for old in 0..40 {
            let tree = CompactRange::of_leaves(&leaves[..old]);
            for new in 0..40 {
                let later = CompactRange::of_leaves(&leaves[..new]);
                assert_eq!(tree.may_become(&later), old <= new, "{old} {new}");
                let fork = CompactRange::of_leaves(&others[..new]);
                let shares = old > 0 && old.ilog2() == new.max(1).ilog2();
                assert_eq!(tree.may_become(&fork), old <= new && !shares, "{old} {new}");
            }
        }
    }

    #[test]
    fn a_range_that_is_read_again_continues_as_the_one_that_was_written() {
        let mut range = CompactRange::empty();
        for leaf in 0..40_u8 {
            let mut again =
                CompactRange::new(range.size(), range.roots().to_vec()).expect("a range");
            again.append(TreeHash::of_leaf(&[leaf])).expect("room");
            range.append(TreeHash::of_leaf(&[leaf])).expect("room");
            assert_eq!(again.root(), range.root());
        }
        assert_eq!(range.size(), 40);
    }
}
