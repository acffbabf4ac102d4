//! What the collector cosigns as a witness, and what it refuses and notes.

use std::sync::Mutex;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use strongroom::audit::{
    AddCheckpoint, Checkpoint, ConsistencyProof, CosignatureVerifier, SignedNote,
};
use strongroom::base::{SystemEntropy, WitnessFault};
use tower::ServiceExt as _;

use super::book::Book;
use super::book_tests::{Log, Vault, alerts, leaf, take};
use super::witness::{Declined, answer};

const PROOF: &str = "a checkpoint was to be cosigned that nothing shows to continue the one before: a fork, or sent again with another proof";
const FORKED: &str = "another checkpoint of as many entries was to be cosigned";
const SMALLER: &str = "a checkpoint of fewer entries was to be cosigned: set back, or sent again";

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
    // The book itself, for as long as it is asked.
    let other = Book::open(None).expect("a book");
    let shared = Mutex::new(std::mem::replace(book, other));
    let answered = answer(&shared, request.as_bytes());
    *book = shared.into_inner().expect("a book");
    answered.expect("the book works")
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
    // What was taken is where it begins.
    assert_eq!(
        ask(&mut book, &request(&log, 0)),
        fault(WitnessFault::Size(3))
    );
    for (old, size) in [(3, 5), (5, 5), (5, 9)] {
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
    let line = ask(&mut book, &request(&log, 5));
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
    ask(&mut book, &request(&log, 2)).expect("a cosignature");

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
    assert_eq!(alerts(&mut book), [PROOF, FORKED, SMALLER]);
    // What a batch was signed with counts as well, though it was not cosigned.
    let second = stranger.log(7);
    take(&mut book, second.batch(0, 7)).expect("a batch");
    let mut fork = second;
    fork.leaves[6] = leaf(100);
    assert_eq!(
        ask(&mut book, &request(&fork, 7)),
        fault(WitnessFault::Forked(7))
    );
}

#[test]
fn what_the_request_says_beside_the_checkpoint_hides_no_fork() {
    let vault = Vault::new();
    for (size, alert) in [(4, SMALLER), (6, FORKED)] {
        for old in [0, 1, size, 5, 7, 1_000_000_000_000_u64] {
            let mut book = Book::open(None).expect("a book");
            let mut log = vault.log(6);
            take(&mut book, log.batch(0, 6)).expect("a batch");
            ask(&mut book, &request(&log, 6)).expect("a cosignature");
            log.leaves
                .truncate(usize::try_from(size).expect("a few") - 1);
            log.leaves.push(leaf(100));
            let asked = request(&log, 0).replace("old 0", &format!("old {old}"));
            assert!(ask(&mut book, &asked).is_err());
            assert_eq!(alerts(&mut book), [alert], "{size} from {old}");
        }
    }
    // An `old` beyond a checkpoint that goes on is the sender's word alone, and the log's fault in no way.
    let mut book = Book::open(None).expect("a book");
    let mut log = vault.log(6);
    take(&mut book, log.batch(0, 6)).expect("a batch");
    log.leaves.push(leaf(6));
    let beyond = request(&log, 6).replace("old 6", "old 8");
    assert_eq!(ask(&mut book, &beyond), Err(Declined::Malformed));
    assert!(alerts(&mut book).is_empty());
}

#[test]
fn what_was_taken_before_anything_was_cosigned_is_held_against_it() {
    let vault = Vault::new();
    let honest = vault.log(6);
    for size in [3, 6, 9] {
        let mut book = Book::open(None).expect("a book");
        take(&mut book, honest.batch(0, 6)).expect("a batch");
        let mut fork = vault.log(0);
        fork.leaves = [&honest.leaves[..2], &[leaf(100)]].concat();
        while fork.leaves.len() < size {
            fork.leaves.push(leaf(101));
        }
        for old in [0, 2, 3, 6] {
            let asked = AddCheckpoint {
                old,
                proof: ConsistencyProof::prove(&fork.leaves, old.min(size as u64)).expect("a size"),
                note: note(&honest, &fork.checkpoint()),
            };
            let told = ask(&mut book, &asked.to_text());
            assert!(matches!(told, Err(Declined::Fault(_))), "{size} from {old}");
        }
        assert_eq!(alerts(&mut book).len(), 1, "{size}");
    }
}

#[test]
fn what_was_cosigned_is_held_against_what_is_shipped() {
    let mut book = Book::open(None).expect("a book");
    let vault = Vault::new();
    let mut log = vault.log(9);
    let honest = log.leaves.clone();
    log.leaves.truncate(2);
    take(&mut book, log.batch(0, 2)).expect("a batch");
    let under_way = {
        log.leaves = honest[..5].to_vec();
        log.batch(2, 4)
    };
    log.leaves = honest[..6].to_vec();
    ask(&mut book, &request(&log, 2)).expect("a cosignature");
    // A batch that was on its way is no fault.
    assert_eq!(take(&mut book, under_way), Ok(4));
    assert!(alerts(&mut book).is_empty());
    // A fork of what was cosigned is one, though no batch was signed with that.
    log.leaves = [&honest[..5], &[leaf(100), leaf(101), leaf(102)]].concat();
    assert!(take(&mut book, log.batch(4, 8)).is_err());
    assert_eq!(
        alerts(&mut book),
        ["other entries than were signed before: a fork"]
    );
    log.leaves = honest;
    assert_eq!(take(&mut book, log.batch(4, 9)), Ok(9));
}

#[test]
fn a_size_that_no_log_has_and_a_signature_twice_are_refused() {
    let mut book = Book::open(None).expect("a book");
    let vault = Vault::new();
    let log = vault.log(3);
    take(&mut book, log.batch(0, 3)).expect("a batch");
    let honest = request(&log, 3);
    let line = honest.split_inclusive('\n').next_back().expect("a line");
    let twice = [&*honest, line].concat();
    assert_eq!(ask(&mut book, &twice), Err(Declined::Malformed));
    for size in [1 << 53, u64::MAX] {
        let root = log.checkpoint().root;
        let asked = AddCheckpoint {
            old: 3,
            proof: ConsistencyProof::new(Vec::new()).expect("none"),
            note: note(&log, &Checkpoint { size, root }),
        };
        let told = ask(&mut book, &asked.to_text());
        assert_eq!(told, Err(Declined::Malformed), "{size}");
    }
    assert!(alerts(&mut book).is_empty());
    assert!(ask(&mut book, &honest).is_ok());
}

#[tokio::test]
async fn a_request_is_read_up_to_264_kib_and_a_batch_up_to_more() {
    let router = super::router(None).expect("a router");
    for (path, bytes, is_read) in [
        ("/add-checkpoint", 264 * 1024, true),
        ("/add-checkpoint", 264 * 1024 + 1, false),
        ("/collector", 264 * 1024 + 1, true),
    ] {
        let request = Request::post(path)
            .header("content-type", "application/json")
            .body(Body::from("x".repeat(bytes)));
        let answer = router.clone().oneshot(request.expect("a request")).await;
        let answer = answer.expect("an answer");
        let refused = answer.status() == StatusCode::PAYLOAD_TOO_LARGE;
        assert_eq!(refused, !is_read, "{path} {bytes}");
        let text = axum::body::to_bytes(answer.into_body(), 1000).await;
        let text = String::from_utf8(text.expect("a text").to_vec()).expect("a text");
        // Not by what had it all in memory.
        assert_eq!(text.contains("length limit exceeded"), !is_read, "{text}");
    }
}
