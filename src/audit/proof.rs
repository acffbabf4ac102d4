//! Proofs that a leaf is in a tree, and that one tree continues another.
//!
//! They are made from the hashes of all leaves (RFC 6962 §2.1.1 and §2.1.2), and verified by the steps of RFC 9162
//! §2.1.3.2 and §2.1.4.2, whose tree is the same. A verifier takes exactly as many hashes as the sizes ask for: none is
//! left over, none is missing.

use core::ops::Range;

use super::{CompactRange, Error, Result, TreeHash};

/// As many hashes as a proof in a tree of 2^64 − 1 leaves can have, and one for the root of the older tree.
const MOST: usize = 65;

const NOT_INCLUDED: Error = Error::Integrity("an inclusion proof");
const NOT_CONSISTENT: Error = Error::Integrity("a consistency proof");

fn bounded(hashes: Vec<TreeHash>) -> Result<Vec<TreeHash>> {
    if hashes.len() > MOST {
        return Err(Error::TooLarge("a proof (65 hashes)"));
    }
    Ok(hashes)
}

/// The largest power of two that is smaller than a size of two or more: where its tree is split.
const fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

fn root_of(leaves: &[TreeHash]) -> TreeHash {
    CompactRange::of_leaves(leaves).root()
}

/// The roots of some ranges of leaves, all of which are there.
fn roots_of(leaves: &[TreeHash], ranges: Vec<Range<u64>>) -> Vec<TreeHash> {
    let root = |range: Range<u64>| root_of(&leaves[range.start as usize..range.end as usize]);
    ranges.into_iter().map(root).collect()
}

/// That a leaf is in a tree: the hashes beside its way to the root, the nearest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof(Vec<TreeHash>);

impl InclusionProof {
    /// A proof that was made elsewhere, not verified yet.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for more than 65 hashes.
    pub fn new(hashes: Vec<TreeHash>) -> Result<Self> {
        bounded(hashes).map(Self)
    }

    /// The proof for one of a tree's leaves, whose hashes are all given.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is no such leaf.
    pub fn prove(leaves: &[TreeHash], index: u64) -> Result<Self> {
        let ranges = Self::ranges(leaves.len() as u64, index)?;
        Ok(Self(roots_of(leaves, ranges)))
    }

    /// The leaves that each hash of such a proof is the root of, in the proof's order. RFC 6962 §2.1.1: `PATH(m, D[n])`.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is no such leaf.
    pub fn ranges(size: u64, index: u64) -> Result<Vec<Range<u64>>> {
        if index >= size {
            return Err(Error::Argument("the index of a leaf"));
        }
        let (mut rest, mut ranges) = (0..size, Vec::new());
        while rest.end - rest.start > 1 {
            let middle = rest.start + split(rest.end - rest.start);
            let (left, right) = (rest.start..middle, middle..rest.end);
            let beside;
            (rest, beside) = if index < middle {
                (left, right)
            } else {
                (right, left)
            };
            ranges.push(beside);
        }
        ranges.reverse();
        Ok(ranges)
    }

    /// The hashes, the nearest to the leaf first.
    #[must_use]
    pub fn hashes(&self) -> &[TreeHash] {
        &self.0
    }

    /// Refuses it unless it leads from that leaf to that root.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn verify(&self, leaf: &TreeHash, index: u64, size: u64, root: &TreeHash) -> Result<()> {
        // RFC 9162 §2.1.3.2 step 1.
        if index >= size {
            return Err(NOT_INCLUDED);
        }
        // Steps 2 and 3.
        let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
        // Step 4.
        for beside in &self.0 {
            if last == 0 {
                return Err(NOT_INCLUDED);
            }
            if node & 1 == 1 || node == last {
                hash = TreeHash::of_node(beside, &hash);
                // A node without a right sibling is its own parent.
                while node & 1 == 0 && node != 0 {
                    (node, last) = (node >> 1, last >> 1);
                }
            } else {
                hash = TreeHash::of_node(&hash, beside);
            }
            (node, last) = (node >> 1, last >> 1);
        }
        // Step 5.
        if last == 0 && hash == *root {
            Ok(())
        } else {
            Err(NOT_INCLUDED)
        }
    }
}

/// That a tree begins with all leaves of an older one, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof(Vec<TreeHash>);

impl ConsistencyProof {
    /// A proof that was made elsewhere, not verified yet.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for more than 65 hashes.
    pub fn new(hashes: Vec<TreeHash>) -> Result<Self> {
        bounded(hashes).map(Self)
    }

    /// The proof that a tree, whose leaves' hashes are all given, continues the tree of the first `size` of them.
    ///
    /// # Errors
    /// [`Error::Argument`] when the tree is smaller.
    pub fn prove(leaves: &[TreeHash], size: u64) -> Result<Self> {
        let ranges = Self::ranges(leaves.len() as u64, size)?;
        Ok(Self(roots_of(leaves, ranges)))
    }

    /// The leaves that each hash of such a proof is the root of, in the proof's order: that a tree of `size` leaves continues the
    /// tree of the first `older` of them. RFC 6962 §2.1.2: `PROOF(m, D[n])`, and nothing for the tree itself and the empty one.
    ///
    /// # Errors
    /// [`Error::Argument`] when the tree is smaller.
    pub fn ranges(size: u64, older: u64) -> Result<Vec<Range<u64>>> {
        if older > size {
            return Err(Error::Argument("the size of the older tree"));
        }
        let (mut rest, mut is_older, mut ranges) = (0..size, true, Vec::new());
        while older != rest.start && older < rest.end {
            let middle = rest.start + split(rest.end - rest.start);
            let (left, right) = (rest.start..middle, middle..rest.end);
            let beside;
            if older <= middle {
                (rest, beside) = (left, right);
            } else {
                is_older = false;
                (rest, beside) = (right, left);
            }
            ranges.push(beside);
        }
        // The older tree's own root is not told: the verifier has it.
        if !is_older {
            ranges.push(rest);
        }
        ranges.reverse();
        Ok(ranges)
    }

    /// The hashes, as RFC 6962 orders them.
    #[must_use]
    pub fn hashes(&self) -> &[TreeHash] {
        &self.0
    }

    /// Refuses it unless the newer tree continues the older one. A tree continues itself and the empty one, by a proof
    /// without hashes.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn verify(&self, older: (u64, &TreeHash), newer: (u64, &TreeHash)) -> Result<()> {
        let ((first, first_root), (second, second_root)) = (older, newer);
        let hashes = self.0.as_slice();
        let holds = match first {
            _ if first > second => false,
            _ if first == second => hashes.is_empty() && first_root == second_root,
            0 => hashes.is_empty() && *first_root == TreeHash::of_empty_tree(),
            _ => Self::leads_to_both(hashes, older, newer),
        };
        holds.then_some(()).ok_or(NOT_CONSISTENT)
    }

    /// RFC 9162 §2.1.4.2, where the older tree has leaves and is smaller.
    fn leads_to_both(
        hashes: &[TreeHash],
        older: (u64, &TreeHash),
        newer: (u64, &TreeHash),
    ) -> bool {
        let ((first, first_root), (second, second_root)) = (older, newer);
        // Steps 2 and 3: the older tree's own root comes first where it is a node of the newer one.
        let (begin, rest) = match hashes.split_first() {
            None => return false,
            Some(_) if first.is_power_of_two() => (first_root, hashes),
            Some((begin, rest)) => (begin, rest),
        };
        // Steps 4 and 5.
        let (mut node, mut last) = (first - 1, second - 1);
        let shift = node.trailing_ones();
        (node, last) = (node >> shift, last >> shift);
        let (mut one, mut other) = (*begin, *begin);
        // Step 6.
        for beside in rest {
            if last == 0 {
                return false;
            }
            if node & 1 == 1 || node == last {
                one = TreeHash::of_node(beside, &one);
                other = TreeHash::of_node(beside, &other);
                while node & 1 == 0 && node != 0 {
                    (node, last) = (node >> 1, last >> 1);
                }
            } else {
                other = TreeHash::of_node(&other, beside);
            }
            (node, last) = (node >> 1, last >> 1);
        }
        // Step 7.
        last == 0 && one == *first_root && other == *second_root
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_of_more_hashes_than_any_tree_has_is_refused_before_it_is_used() {
        let hashes = |count| vec![TreeHash::of_empty_tree(); count];
        let too_large = Error::TooLarge("a proof (65 hashes)");
        assert!(InclusionProof::new(hashes(65)).is_ok());
        assert_eq!(
            InclusionProof::new(hashes(66)).err(),
            Some(too_large.clone())
        );
        assert_eq!(ConsistencyProof::new(hashes(66)).err(), Some(too_large));
    }

    #[test]
    fn a_hash_too_many_leads_to_no_root_though_it_would_be_the_one_above() {
        let [a, b, c, d] = [b"a", b"b", b"c", b"d"].map(|entry| TreeHash::of_leaf(entry));
        // The second leaf of a tree of two, as the only one of a tree of one.
        let (two, above) = (TreeHash::of_node(&a, &b), TreeHash::of_leaf(b"x"));
        let refused = InclusionProof(vec![a]).verify(&b, 0, 1, &two);
        assert_eq!(refused, Err(NOT_INCLUDED));

        let leaves = [a, b, c, d];
        let (three, four) = (root_of(&leaves[..3]), root_of(&leaves));
        let mut proof = ConsistencyProof::prove(&leaves, 3).expect("a size");
        assert_eq!(proof.verify((3, &three), (4, &four)), Ok(()));
        proof.0.push(above);
        let under = |root| TreeHash::of_node(&above, &root);
        let refused = proof.verify((3, &under(three)), (4, &under(four)));
        assert_eq!(refused, Err(NOT_CONSISTENT));
    }

    #[test]
    fn a_proof_in_the_largest_tree_ends() {
        let (hash, root) = (TreeHash::of_leaf(b"a"), TreeHash::of_empty_tree());
        for count in 0..=MOST {
            let inclusion = InclusionProof::new(vec![hash; count]).expect("a proof");
            let consistency = ConsistencyProof::new(vec![hash; count]).expect("a proof");
            for at in [0, 1, 1 << 63, u64::MAX - 1, u64::MAX] {
                let refused = inclusion.verify(&hash, at, u64::MAX, &root);
                assert_eq!(refused, Err(NOT_INCLUDED));
                let refused = consistency.verify((at, &hash), (u64::MAX, &root));
                assert_eq!(refused, Err(NOT_CONSISTENT));
            }
        }
    }

    #[test]
    fn there_is_no_proof_of_what_is_not_there() {
        let leaves = [TreeHash::of_leaf(b"a"); 3];
        let refused = InclusionProof::prove(&leaves, 3);
        assert_eq!(refused, Err(Error::Argument("the index of a leaf")));
        let refused = ConsistencyProof::prove(&leaves, 4);
        assert_eq!(refused, Err(Error::Argument("the size of the older tree")));
    }
}
