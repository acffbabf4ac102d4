//! A checkpoint that verifies is the one that was signed, and an entry that is proven is in its tree. A verifier's text is
//! the one of its key, a proof's the one of what it says.

use strongroom::{
    audit::{
        Checkpoint, InclusionProof, LogProof, NoteSigner, NoteVerifier, SignedNote, TreeHash,
        sign_note,
    },
    jose::SigningKey,
};

use crate::fixture::Fixed;

pub fn target(data: &[u8]) {
    let log = log();
    if let Ok(note) = SignedNote::parse(data)
        && let Ok(text) = note.verify(log.verifier())
    {
        assert!(TEXTS.contains(&text) || text == checkpoint_text());
    }
    if let Ok(opened) = Checkpoint::open(data, log.verifier()) {
        assert_eq!(opened, checkpoint());
    }
    if let Ok(text) = core::str::from_utf8(data)
        && let Ok(verifier) = NoteVerifier::parse(text)
    {
        assert_eq!(verifier.to_text(), text);
    }
    if let Ok(proof) = LogProof::parse(data) {
        assert_eq!(proof.to_text().as_bytes(), data);
        // The log has one entry alone.
        if proof.verify(ENTRY, log.verifier()).is_ok() {
            assert_eq!(proof.index, 0);
        }
        assert!(proof.verify(b"another", log.verifier()).is_err());
    }
}

const ENTRY: &[u8] = b"entry";
const NAME: &str = "example.com/log";
/// What is signed and no checkpoint.
const TEXTS: [&str; 3] = ["\n", "example.com/log\n7\n", "a\n\nb\n"];

fn log() -> NoteSigner {
    let key = SigningKey::generate(&Fixed::new(7)).expect("fixed entropy");
    NoteSigner::new(NAME, key).expect("a name")
}

fn checkpoint() -> Checkpoint {
    let root = TreeHash::of_leaf(ENTRY);
    Checkpoint { size: 1, root }
}

fn checkpoint_text() -> String {
    let Checkpoint { size, root } = checkpoint();
    format!("{NAME}\n{size}\n{}\n", root.to_base64())
}

pub fn seeds() -> Vec<Vec<u8>> {
    let (log, entropy) = (log(), Fixed::new(8));
    let signed = |text: &str| sign_note(text, &log, &entropy).expect("fixed entropy");
    let checkpoint = checkpoint().sign(&log, &entropy).expect("fixed entropy");
    let proof = LogProof {
        index: 0,
        inclusion: InclusionProof::prove(&[TreeHash::of_leaf(ENTRY)], 0).expect("a leaf"),
        checkpoint: checkpoint.clone(),
    };
    let mut seeds = vec![checkpoint, proof.to_text()];
    seeds.extend(TEXTS.map(signed));
    seeds.push(log.verifier().to_text());
    seeds.into_iter().map(String::into_bytes).collect()
}
