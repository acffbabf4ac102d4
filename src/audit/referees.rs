//! Two implementations that are not ours are asked about trees, proofs, notes and checkpoints: `tlog_tiles` and
//! `signed_note`, ports of Go's `sumdb/tlog` and `sumdb/note`. What we write they accept, what they write we do.

use signed_note::{Note, Signature, StandardVerifier, VerifierList};
use tlog_tiles::{
    Checkpoint as TheirCheckpoint, Error as TlogError, Hash, HashReader, check_record, check_tree,
    prove_record, prove_tree, stored_hashes, tree_hash,
};

use super::{
    Checkpoint, CompactRange, ConsistencyProof, Cosigner, InclusionProof, NoteSigner, NoteVerifier,
    SignedNote, TreeHash,
};
use crate::{
    base::{Secret, SystemEntropy, base64},
    jose::SigningKey,
};

/// Every node of a tree, as `tlog_tiles` stores them.
struct Stored(Vec<Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, TlogError> {
        let read = |index: &u64| self.0[usize::try_from(*index).expect("a small number")];
        Ok(indexes.iter().map(read).collect())
    }
}

fn theirs(hashes: &[TreeHash]) -> Vec<Hash> {
    hashes.iter().map(|hash| Hash(hash.0)).collect()
}

fn ours(hashes: Vec<Hash>) -> Vec<TreeHash> {
    hashes.into_iter().map(|hash| TreeHash(hash.0)).collect()
}

#[test]
fn tlog_tiles_has_the_same_trees_and_proofs() {
    let (mut stored, mut leaves, mut roots) = (Stored(Vec::new()), Vec::new(), Vec::new());
    for number in 0..70_u64 {
        let entry = number.to_be_bytes();
        let hashes = stored_hashes(number, &entry, &stored).expect("hashes");
        stored.0.extend(hashes);
        leaves.push(TreeHash::of_leaf(&entry));
        let (size, root) = (number + 1, CompactRange::of_leaves(&leaves).root());
        roots.push(root);
        let their_root = tree_hash(size, &stored).expect("a root");
        assert_eq!(their_root, Hash(root.0));

        for (index, leaf) in leaves.iter().enumerate() {
            let at = index as u64;
            let proof = InclusionProof::prove(&leaves, at).expect("a leaf");
            let checked = theirs(proof.hashes());
            check_record(&checked, size, their_root, at, Hash(leaf.0)).expect("included");
            let proof = ours(prove_record(size, at, &stored).expect("a proof"));
            let proof = InclusionProof::new(proof).expect("a proof");
            assert_eq!(proof.verify(leaf, at, size, &root), Ok(()));

            let (first, older) = (at + 1, &roots[index]);
            let proof = ConsistencyProof::prove(&leaves, first).expect("a size");
            let checked = theirs(proof.hashes());
            check_tree(&checked, size, their_root, first, Hash(older.0)).expect("consistent");
            let proof = ours(prove_tree(size, first, &stored).expect("a proof"));
            let proof = ConsistencyProof::new(proof).expect("a proof");
            assert_eq!(proof.verify((first, older), (size, &root)), Ok(()));
        }
    }
}

/// Verifies notes for `signed_note`, which itself knows Ed25519 alone.
struct P256(NoteVerifier);

impl signed_note::Verifier for P256 {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn key_id(&self) -> u32 {
        u32::from_be_bytes(self.0.id())
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        let text = core::str::from_utf8(text).expect("a text");
        self.0.has_signed(text, signature)
    }
}

#[test]
fn signed_note_and_tlog_tiles_read_our_checkpoints_and_we_read_theirs() {
    let key = SigningKey::generate(&SystemEntropy).expect("entropy");
    let log = NoteSigner::new("example.com/log", key).expect("a name");
    let verifier = log.verifier().clone();
    let checkpoint = Checkpoint {
        size: 20_852_163,
        root: TreeHash::of_leaf(b"a"),
    };

    let text = checkpoint.sign(&log, &SystemEntropy).expect("a note");
    let note = Note::from_bytes(text.as_bytes()).expect("a note");
    assert_eq!(note.to_bytes(), text.as_bytes());
    let known = VerifierList::new(vec![Box::new(P256(verifier.clone()))]);
    let (verified, unknown) = note.verify(&known).expect("signatures");
    assert_eq!((verified.len(), unknown.len()), (1, 0));
    let theirs = TheirCheckpoint::from_bytes(note.text()).expect("a checkpoint");
    let hash = Hash(checkpoint.root.0);
    assert_eq!(
        (theirs.origin(), theirs.size(), *theirs.hash()),
        ("example.com/log", checkpoint.size, hash)
    );

    let theirs = TheirCheckpoint::new("example.com/log", checkpoint.size, hash, "");
    let text = theirs.expect("a checkpoint").to_bytes();
    let signature = log.sign(core::str::from_utf8(&text).expect("a text"), &SystemEntropy);
    let (name, id) = (
        verifier.name().to_owned(),
        u32::from_be_bytes(verifier.id()),
    );
    let signature = Signature::new(name, id, signature.expect("entropy")).expect("a signature");
    let note = Note::new(&text, &[signature]).expect("a note");
    assert_eq!(
        Checkpoint::open(&note.to_bytes(), &verifier),
        Ok(checkpoint)
    );
}

/// Verifies cosignatures for `signed_note`, which knows plain Ed25519: what `cosignature/v1` signs is given to it as a note of its own.
struct Witness {
    name: String,
    id: u32,
    key: StandardVerifier,
}

impl Witness {
    /// Out of our text of a witness's key, by their id and their reading of the key.
    fn of(text: &str) -> Self {
        let (name, key) = text.split_once('+').expect("a name");
        let key = key.split_once('+').expect("an id").1;
        let key = base64::decode_padded(key, crate::base::InputError::Malformed("x"));
        let key = key.expect("base64");
        let id = signed_note::key_id(name, &key);
        let plain = [&[1], &key[1..]].concat();
        let (plain_id, plain) = (
            signed_note::key_id(name, &plain),
            base64::encode_padded(&plain),
        );
        let plain = format!("{name}+{plain_id:08x}+{plain}");
        Self {
            name: name.to_owned(),
            id,
            key: StandardVerifier::new(&plain).expect("their Ed25519 key"),
        }
    }
}

impl signed_note::Verifier for Witness {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        let (time, signature) = signature.split_at(8);
        let seconds = u64::from_be_bytes(time.try_into().expect("8 bytes"));
        let message = format!("cosignature/v1\ntime {seconds}\n");
        self.key
            .verify(&[message.as_bytes(), text].concat(), signature)
    }
}

#[test]
fn signed_note_verifies_a_checkpoint_with_our_cosignature_and_none_of_another_one() {
    let key = SigningKey::generate(&SystemEntropy).expect("entropy");
    let log = NoteSigner::new("example.com/log", key).expect("a name");
    let seed = Secret::generate(&SystemEntropy).expect("entropy");
    let witness = Cosigner::new("example.com/witness", &seed).expect("a name");
    let root = TreeHash::of_leaf(b"a");
    let of_size = |size| Checkpoint { size, root };
    let note = of_size(7).sign(&log, &SystemEntropy).expect("a note");
    let known = VerifierList::new(vec![
        Box::new(P256(log.verifier().clone())),
        Box::new(Witness::of(&witness.verifier().to_text())),
    ]);
    for (size, holds) in [(7, true), (8, false)] {
        let line = witness.cosign(&of_size(size), "example.com/log", 1_679_315_147);
        let both = [&*note, &line].concat();
        let theirs = Note::from_bytes(both.as_bytes()).expect("a note");
        assert_eq!(theirs.to_bytes(), both.as_bytes());
        let verified = theirs.verify(&known).map(|(verified, _)| verified.len());
        assert_eq!(verified.ok(), holds.then_some(2));
        let ours = SignedNote::parse(both.as_bytes()).expect("a note");
        assert_eq!(ours.cosigned_by(witness.verifier()).is_ok(), holds);
    }
}
