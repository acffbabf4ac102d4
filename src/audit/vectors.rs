//! Vectors that others published: trees and proofs of Certificate Transparency's reference implementation, notes of logs
//! that sign with P-256.

use super::{CompactRange, ConsistencyProof, InclusionProof, NoteVerifier, SignedNote, TreeHash};

/// The entries, and the root of the tree of the first of them, then of the first two, and so on: `testonly/constants.go` of
/// github.com/transparency-dev/merkle, which took them over from Certificate Transparency's first implementation.
const TREE: [(&str, &str); 8] = [
    (
        "",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    ),
    (
        "00",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    ),
    (
        "10",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    ),
    (
        "2021",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (
        "3031",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    ),
    (
        "40414243",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    ),
    (
        "5051525354555657",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    ),
    (
        "606162636465666768696a6b6c6d6e6f",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ),
];

/// A leaf, a tree's size, and the hashes that prove it; from the same place.
const INCLUSION: [(u64, usize, &[&str]); 2] = [
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
];

/// The sizes of two trees, and the hashes that prove that the second continues the first; from the same place.
const CONSISTENCY: [(u64, usize, &[&str]); 4] = [
    (1, 1, &[]),
    (
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        2,
        8,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
];

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("two digits");
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn hash(hex: &str) -> TreeHash {
    TreeHash(bytes(hex).try_into().expect("32 bytes"))
}

fn leaves() -> Vec<TreeHash> {
    let leaf = |(entry, _): &(&str, _)| TreeHash::of_leaf(&bytes(entry));
    TREE.iter().map(leaf).collect()
}

#[test]
fn the_published_trees_have_their_roots() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let mut range = CompactRange::empty();
    assert_eq!(range.root(), hash(empty));
    for ((_, root), leaf) in TREE.iter().zip(leaves()) {
        range.append(leaf).expect("room");
        assert_eq!(range.root(), hash(root));
    }
}

#[test]
fn the_published_proofs_are_made_and_verified() {
    let leaves = leaves();
    let root = |size: usize| hash(TREE[size - 1].1);
    for (index, size, hashes) in INCLUSION {
        let hashes = hashes.iter().map(|hex| hash(hex)).collect();
        let proof = InclusionProof::prove(&leaves[..size], index).expect("a leaf");
        assert_eq!(InclusionProof::new(hashes).as_ref(), Ok(&proof));
        let leaf = leaves[usize::try_from(index).expect("a small number")];
        let verified = proof.verify(&leaf, index, size as u64, &root(size));
        assert_eq!(verified, Ok(()));
    }
    for (first, size, hashes) in CONSISTENCY {
        let hashes = hashes.iter().map(|hex| hash(hex)).collect();
        let proof = ConsistencyProof::prove(&leaves[..size], first).expect("a size");
        assert_eq!(ConsistencyProof::new(hashes).as_ref(), Ok(&proof));
        let first_root = root(usize::try_from(first).expect("a small number"));
        let verified = proof.verify((first, &first_root), (size as u64, &root(size)));
        assert_eq!(verified, Ok(()));
    }
}

/// A verifier and a note: `note/note_verifier_test.go` of github.com/transparency-dev/formats, which C2SP's `signed-note`
/// names as the reference of signature type 0x02. The first log is Sigstore's, the second that of the Pixel 6.
const NOTES: [(&str, &str); 2] = [
    (
        "rekor.sigstore.dev+c0d23d6a+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNhtmPtrWm3U1eQXBogSMdGvXwBcK5AW5i0hrZLOC96l+smGNM7nwZ4QvFK/4sueRoVj//QP22Ni4Qt9DPfkWLc=",
        "Rekor\n798034\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n\n— rekor.sigstore.dev wNI9ajBEAiARInWIWyCdyG27CO6LPnPekyw20qO0YJfoaPaowGp/XgIgc+qEHS3+GKVClgqq20uDLet7MCoTURUCRdxwWBHHufk=\n",
    ),
    (
        "pixel6_transparency_log+91c16e30+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABN+4x0Jk1yTwvLFI9A4NDdGZcX0aiWVdWM5XJVy0M4VWD3AvyW5Q6Hs9A0mcDkpUoYgn+KKPNzFC0H3nN3q6JQ8=",
        "DEFAULT\n10\nbsWRucJU5xJPHb5eBdOm6+DM+VelCZBuvtI3sHERJ9Y=\n\n— pixel6_transparency_log kcFuMDBFAiEAhqMAP8P6qf6QxtUJhzMhbN+MbZ9dwfUHzGQJmffJHtoCIGD0cNe47dHWBoPwYdgBCepB06/+g5O1FmYjXl06owL4\n",
    ),
];

#[test]
fn notes_of_logs_that_sign_with_p256_are_verified() {
    for (key, note) in NOTES {
        let verifier = NoteVerifier::parse(key).expect("a verifier");
        assert_eq!(verifier.to_text(), key);
        let text = note.split_once("\n\n").expect("an empty line").0;
        let opened = SignedNote::parse(note.as_bytes()).expect("a note");
        assert_eq!(opened.verify(&verifier), Ok(&*[text, "\n"].concat()));
        let changed = note.replacen('\n', "\n1", 1);
        let changed = SignedNote::parse(changed.as_bytes()).expect("a note");
        assert!(changed.verify(&verifier).is_err());
    }
}
