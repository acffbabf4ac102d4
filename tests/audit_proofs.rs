//! Proofs of a log's entries, as a program without the log reads them: `tests/vectors/tlog-proof`, which
//! `tests/interop/verify_log_proof.py` verifies too.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{fs, path::PathBuf};

use serde_json::{Value as Json, json};
use strongroom::{
    audit::{
        Checkpoint, CompactRange, ConsistencyProof, InclusionProof, LogProof, NoteSigner,
        NoteVerifier, TreeHash,
    },
    base::SystemEntropy,
    jose::SigningKey,
};

/// What is logged: the last tree has a left half and a right one of another size.
const ENTRIES: [&str; 7] = ["", "create", "rotate", "Zoë", "export", "{}", "destroy"];

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/tlog-proof/proofs.json")
}

/// One proof for each entry, in the tree of all, by a key that nobody has afterwards.
fn write() -> Json {
    let key = SigningKey::generate(&SystemEntropy).unwrap();
    let log = NoteSigner::new("example.com/log", key).unwrap();
    let leaves = ENTRIES.map(|entry| TreeHash::of_leaf(entry.as_bytes()));
    let root = CompactRange::of_leaves(&leaves).root();
    let checkpoint = Checkpoint { size: 7, root };
    let checkpoint = checkpoint.sign(&log, &SystemEntropy).unwrap();
    let proof = |index| LogProof {
        index,
        inclusion: InclusionProof::prove(&leaves, index).unwrap(),
        checkpoint: checkpoint.clone(),
    };
    let proofs: Vec<_> = (0..7).map(|index| proof(index).to_text()).collect();
    json!({ "verifier": log.verifier().to_text(), "entries": ENTRIES, "proofs": proofs })
}

#[test]
fn the_proofs_that_are_kept_are_read_for_ever() {
    if std::env::var_os("STRONGROOM_GOLDEN").is_some() {
        fs::create_dir_all(file().parent().unwrap()).unwrap();
        let text = serde_json::to_string_pretty(&write()).unwrap();
        fs::write(file(), text + "\n").unwrap();
    }
    let kept: Json = serde_json::from_slice(&fs::read(file()).unwrap()).unwrap();
    let log = NoteVerifier::parse(kept["verifier"].as_str().unwrap()).unwrap();
    assert_eq!(kept["entries"], json!(ENTRIES));
    for (at, proof) in kept["proofs"].as_array().unwrap().iter().enumerate() {
        let text = proof.as_str().unwrap();
        let proof = LogProof::parse(text.as_bytes()).unwrap();
        assert_eq!((proof.index, &*proof.to_text()), (at as u64, text));
        for (other, entry) in ENTRIES.iter().enumerate() {
            let verified = proof.verify(entry.as_bytes(), &log);
            assert_eq!(verified.is_ok(), other == at);
        }
    }
}

#[test]
fn a_byte_that_is_changed_leaves_no_proof_of_the_entry() {
    let written = write();
    let log = NoteVerifier::parse(written["verifier"].as_str().unwrap()).unwrap();
    let text = written["proofs"][5].as_str().unwrap().as_bytes();
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut changed = text.to_vec();
            changed[at] ^= 1 << bit;
            let read = LogProof::parse(&changed);
            let proven = read.and_then(|proof| proof.verify(b"{}", &log));
            assert!(proven.is_err(), "bit {bit} of byte {at}");
        }
    }
    for at in 0..text.len() {
        let read = LogProof::parse(&text[..at]);
        let proven = read.and_then(|proof| proof.verify(b"{}", &log));
        assert!(proven.is_err(), "cut at {at}");
    }
}

/// What somebody can do who stores a log, and what a verifier that kept a checkpoint finds.
#[test]
fn a_log_that_removes_reorders_or_edits_entries_continues_no_checkpoint_that_was_kept() {
    let leaf = |entry: &&str| TreeHash::of_leaf(entry.as_bytes());
    let root = |leaves: &[TreeHash]| CompactRange::of_leaves(leaves).root();
    let honest: Vec<_> = ENTRIES.iter().map(leaf).collect();
    let kept = (5, root(&honest[..5]));
    let continues = |leaves: &[TreeHash]| {
        let proof = ConsistencyProof::prove(leaves, kept.0).unwrap();
        let newer = (leaves.len() as u64, &root(leaves));
        proof.verify((kept.0, &kept.1), newer).is_ok()
    };
    assert!(continues(&honest));
    for at in 0..5 {
        let mut removed = honest.clone();
        removed.remove(at);
        let mut edited = honest.clone();
        edited[at] = leaf(&"another");
        let mut reordered = honest.clone();
        reordered.swap(at, at + 1);
        let mut replayed = honest.clone();
        replayed.insert(at, honest[0]);
        for forged in [removed, edited, reordered, replayed] {
            // What is swapped or inserted may be equal to what was there.
            assert_eq!(continues(&forged), forged[..5] == honest[..5]);
        }
    }
    // Rolled back: there is no proof at all.
    assert!(ConsistencyProof::prove(&honest[..4], kept.0).is_err());
}
