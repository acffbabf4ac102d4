//! Trees of any size, against one that is computed as RFC 6962 §2.1 defines it.

use proptest::prelude::*;

use super::{CompactRange, ConsistencyProof, InclusionProof, TreeHash};

/// `MTH(D[n])`, word by word.
fn naive_root(leaves: &[TreeHash]) -> TreeHash {
    match leaves {
        [] => TreeHash::of_empty_tree(),
        [leaf] => *leaf,
        _ => {
            let mut half = 1;
            while half * 2 < leaves.len() {
                half *= 2;
            }
            TreeHash::of_node(&naive_root(&leaves[..half]), &naive_root(&leaves[half..]))
        }
    }
}

fn leaves(count: usize) -> Vec<TreeHash> {
    let leaf = |number: usize| TreeHash::of_leaf(&number.to_be_bytes());
    (0..count).map(leaf).collect()
}

#[test]
fn every_small_tree_has_its_root_and_its_proofs_and_no_others() {
    let all = leaves(34);
    for size in 0..all.len() {
        let (tree, root) = (&all[..size], naive_root(&all[..size]));
        let count = size as u64;
        assert_eq!(CompactRange::of_leaves(tree).root(), root);
        for (index, leaf) in tree.iter().enumerate() {
            let proof = InclusionProof::prove(tree, index as u64).expect("a leaf");
            for (other, other_leaf) in tree.iter().enumerate() {
                let verified = proof.verify(other_leaf, other as u64, count, &root);
                assert_eq!(verified.is_ok(), other == index, "{index} {other} {size}");
                let verified = proof.verify(leaf, other as u64, count, &root);
                assert_eq!(verified.is_ok(), other == index, "{index} {other} {size}");
            }
        }
        for first in 0..=size {
            let proof = ConsistencyProof::prove(tree, first as u64).expect("a size");
            for other in 0..=size {
                let older = naive_root(&all[..other]);
                let verified = proof.verify((other as u64, &older), (count, &root));
                // The empty tree and the tree itself have the same proof: the one without hashes.
                let same = other == first || (other % size.max(1) == 0 && first % size.max(1) == 0);
                assert_eq!(verified.is_ok(), same, "{first} {other} {size}");
            }
        }
    }
}

/// What can be done to a proof.
#[derive(Debug, Clone)]
enum Damage {
    Bit(prop::sample::Index, usize),
    Removed(prop::sample::Index),
    Doubled(prop::sample::Index),
    Swapped(prop::sample::Index),
    Added,
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), 0..256_usize).prop_map(|(at, bit)| Damage::Bit(at, bit)),
        at().prop_map(Damage::Removed),
        at().prop_map(Damage::Doubled),
        at().prop_map(Damage::Swapped),
        Just(Damage::Added),
    ]
}

impl Damage {
    fn of(&self, hashes: &[TreeHash]) -> Vec<TreeHash> {
        let mut hashes = hashes.to_vec();
        let at = |index: &prop::sample::Index| index.index(hashes.len());
        match self {
            _ if hashes.is_empty() => hashes.push(TreeHash([0; 32])),
            Self::Added => hashes.push(TreeHash([0; 32])),
            Self::Bit(index, bit) => {
                let at = at(index);
                hashes[at].0[bit / 8] ^= 1 << (bit % 8);
            }
            Self::Removed(index) => drop(hashes.remove(at(index))),
            Self::Doubled(index) => {
                let at = at(index);
                hashes.insert(at, hashes[at]);
            }
            Self::Swapped(index) => {
                let (at, count) = (at(index), hashes.len());
                hashes.swap(at, (at + 1) % count);
            }
        }
        hashes
    }
}

proptest! {
    #[test]
    fn an_appended_tree_is_that_of_its_leaves(size in 0..700_usize) {
        let all = leaves(size);
        let mut range = CompactRange::empty();
        for leaf in &all {
            range.append(*leaf).expect("room");
        }
        prop_assert_eq!(range.size(), size as u64);
        prop_assert_eq!(range.roots().len(), size.count_ones() as usize);
        prop_assert_eq!(range.root(), naive_root(&all));
        prop_assert_eq!(range, CompactRange::of_leaves(&all));
    }

    #[test]
    fn a_damaged_inclusion_proof_proves_nothing(
        size in 1..700_usize,
        at in any::<prop::sample::Index>(),
        damage in damage(),
    ) {
        let (all, index) = (leaves(size), at.index(size));
        let (root, count) = (naive_root(&all), size as u64);
        let proof = InclusionProof::prove(&all, index as u64).expect("a leaf");
        prop_assert!(proof.verify(&all[index], index as u64, count, &root).is_ok());
        let hashes = damage.of(proof.hashes());
        let damaged = InclusionProof::new(hashes).expect("a proof");
        prop_assume!(damaged != proof);
        prop_assert!(damaged.verify(&all[index], index as u64, count, &root).is_err());
        prop_assert!(proof.verify(&all[index], index as u64, count, &TreeHash([0; 32])).is_err());
    }

    #[test]
    fn a_damaged_consistency_proof_proves_nothing(
        size in 1..700_usize,
        at in any::<prop::sample::Index>(),
        damage in damage(),
    ) {
        let (all, first) = (leaves(size), at.index(size + 1));
        let (root, older) = (naive_root(&all), naive_root(&all[..first]));
        let proof = ConsistencyProof::prove(&all, first as u64).expect("a size");
        let verify = |proof: &ConsistencyProof, older: &TreeHash| {
            proof.verify((first as u64, older), (size as u64, &root))
        };
        prop_assert!(verify(&proof, &older).is_ok());
        let hashes = damage.of(proof.hashes());
        let damaged = ConsistencyProof::new(hashes).expect("a proof");
        prop_assume!(damaged != proof);
        prop_assert!(verify(&damaged, &older).is_err());
        prop_assert!(verify(&proof, &TreeHash([0; 32])).is_err());
    }

    #[test]
    fn a_tree_that_was_changed_continues_no_older_one(
        size in 2..300_usize,
        at in any::<prop::sample::Index>(),
        changed in any::<prop::sample::Index>(),
    ) {
        // The log has changed an entry of the older tree, and proves what it can.
        let first = 1 + at.index(size - 1);
        let mut all = leaves(size);
        let older = naive_root(&all[..first]);
        all[changed.index(first)] = TreeHash::of_leaf(b"another");
        let proof = ConsistencyProof::prove(&all, first as u64).expect("a size");
        let root = naive_root(&all);
        prop_assert!(proof.verify((first as u64, &older), (size as u64, &root)).is_err());
    }
}
