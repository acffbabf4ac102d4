//! What the collector cosigns as a witness, and what it refuses and notes.

use strongroom::audit::{
    AddCheckpoint, Checkpoint, ConsistencyProof, CosignatureVerifier, SignedNote,
};
use strongroom::base::{SystemEntropy, WitnessFault};

use super::book::Book;
use super::book_tests::{Log, Vault, alerts, leaf, take};
use super::witness::Declined;

fn request(log: &Log<'_>, old: usize) -> String {
    let request = AddCheckpoint {
        old: old as u64,
        proof: ConsistencyProof::prove(&log.leaves, old as u64).expect("a size"),
        note: note(log, &log.checkpoint()),
    };
    request.to_text()
}

fn note(log: &Log<'_>, checkpoint: &Checkpoint) -> String {
    let note = checkpoint.sign(&log.signer, &SystemEntropy);
    note.expect("a note")
}

fn ask(book: &mut Book, request: &str) -> Result<String, Declined> {
    book.witness(request.as_bytes()).expect("the book works")
}

fn fault(fault: WitnessFault) -> Result<String, Declined> {
    Err(Declined::Fault(fault))
}

#[test]
fn a_log_that_is_known_is_cosigned_from_where_it_was() {
    let mut book = Book::open(None).expect("a book");
    let key = book.witness_key().expect("a key");
    let key = CosignatureVerifier::parse(&key).expect("a key");
    let vault = Vault::new();
    let mut log = vault.log(5);
    assert_eq!(
        ask(&mut book, &request(&log, 0)),
        Err(Declined::UnknownOrigin)
    );
    assert_eq!(take(&mut book, log.batch(0, 3)), Ok(3));
    for (old, size) in [(0, 5), (5, 5), (5, 9)] {
        log.leaves = (0..size).map(leaf).collect();
        let line = ask(&mut book, &request(&log, old)).expect("a cosignature");
        let cosigned = note(&log, &log.checkpoint()) + &line;
        let cosigned = SignedNote::parse(cosigned.as_bytes()).expect("a note");
        assert!(cosigned.cosigned_by(&key).expect("its own").is_some());
    }
    assert_eq!(
        ask(&mut book, &request(&log, 5)),
        fault(WitnessFault::Size(9))
    );
    assert!(alerts(&mut book).is_empty());
    // The key and what was seen are there after a restart; another database has another key.
    let other = Book::open(None).and_then(|mut book| book.witness_key());
    assert_ne!(other.expect("a key"), key.to_text());
}

#[test]
fn what_was_seen_and_the_key_are_kept_in_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("collector.sqlite3");
    let vault = Vault::new();
    let log = vault.log(5);
    let mut book = Book::open(Some(&file)).expect("a book");
    take(&mut book, log.batch(0, 5)).expect("a batch");
    let line = ask(&mut book, &request(&log, 0));
    assert!(line.is_ok());
    let key = book.witness_key().expect("a key");
    drop(book);
    let mut book = Book::open(Some(&file)).expect("a book");
    assert_eq!(book.witness_key().expect("a key"), key);
    assert_eq!(
        ask(&mut book, &request(&log, 0)),
        fault(WitnessFault::Size(5))
    );
}

#[test]
fn a_log_that_was_set_back_or_forked_is_refused_and_told() {
    let mut book = Book::open(None).expect("a book");
    let vault = Vault::new();
    let mut log = vault.log(6);
    take(&mut book, log.batch(0, 2)).expect("a batch");
    ask(&mut book, &request(&log, 0)).expect("a cosignature");

    // By another key, and what is no request.
    let stranger = Vault::new();
    let mut other = stranger.log(9);
    other.signer = strongroom::audit::NoteSigner::new(
        log.signer.verifier().name(),
        strongroom::jose::SigningKey::generate(&SystemEntropy).expect("a key"),
    )
    .expect("a name");
    assert_eq!(
        ask(&mut book, &request(&other, 6)),
        fault(WitnessFault::UnknownLog)
    );
    assert_eq!(ask(&mut book, "old 6\n"), Err(Declined::Malformed));
    assert_eq!(
        ask(&mut book, &"x".repeat(300_000)),
        Err(Declined::TooLarge)
    );
    assert!(alerts(&mut book).is_empty(), "anyone can send these");

    let honest = log.leaves.clone();
    log.leaves.truncate(4);
    let back = request(&log, 0).replace("old 0", "old 6");
    assert_eq!(ask(&mut book, &back), fault(WitnessFault::Smaller(6)));
    log.leaves = [&honest[..5], &[leaf(100)]].concat();
    assert_eq!(
        ask(&mut book, &request(&log, 6)),
        fault(WitnessFault::Forked(6))
    );
    log.leaves.push(leaf(101));
    assert_eq!(
        ask(&mut book, &request(&log, 6)),
        fault(WitnessFault::Proof(6))
    );
    assert_eq!(
        alerts(&mut book),
        [
            "a checkpoint was to be cosigned that nothing shows to continue the one before",
            "another checkpoint of as many entries was to be cosigned",
            "a checkpoint of fewer entries was to be cosigned",
        ]
    );
    // What a batch was signed with counts as well, though it was not cosigned.
    let second = stranger.log(7);
    take(&mut book, second.batch(0, 7)).expect("a batch");
    let mut fork = second;
    fork.leaves[6] = leaf(100);
    assert_eq!(
        ask(&mut book, &request(&fork, 0)),
        fault(WitnessFault::Forked(7))
    );
}
