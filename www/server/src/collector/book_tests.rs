//! What the book takes of batches that are signed as a vault signs them, and what it shows then.

use serde_json::{Value, json};
use strongroom::audit::{Checkpoint, CompactRange, ConsistencyProof, NoteSigner, TreeHash};
use strongroom::base::{DeviceId, LogId, SystemEntropy, VaultId};
use strongroom::jose::{SigningKey, sign};

use super::batch::{Batch, Refusal};
use super::book::{Book, Overview};

pub(super) struct Vault {
    id: String,
    identity: SigningKey,
}

pub(super) struct Log<'a> {
    vault: &'a Vault,
    id: String,
    device: String,
    pub(super) signer: NoteSigner,
    pub(super) leaves: Vec<TreeHash>,
}

impl Vault {
    pub(super) fn new() -> Self {
        Self {
            id: VaultId::generate(&SystemEntropy)
                .expect("an id")
                .to_string(),
            identity: key(),
        }
    }

    pub(super) fn log(&self, entries: u64) -> Log<'_> {
        let id = LogId::generate(&SystemEntropy).expect("an id").to_string();
        let name = format!("strongroom/{}/{id}", self.id);
        Log {
            vault: self,
            id,
            device: DeviceId::generate(&SystemEntropy)
                .expect("an id")
                .to_string(),
            signer: NoteSigner::new(&name, key()).expect("a name"),
            leaves: (0..entries).map(leaf).collect(),
        }
    }
}

impl Log<'_> {
    pub(super) fn checkpoint(&self) -> Checkpoint {
        let tree = CompactRange::of_leaves(&self.leaves);
        Checkpoint {
            size: tree.size(),
            root: tree.root(),
        }
    }

    pub(super) fn batch(&self, first: usize, end: usize) -> Value {
        let verifier = self.signer.verifier().to_text();
        let said = json!({ "vault": self.vault.id, "log": self.id, "device": self.device, "verifier": verifier });
        let said = said.to_string();
        let certificate = sign(
            "sr-audit+jws",
            said.as_bytes(),
            &self.vault.identity,
            &SystemEntropy,
        );
        let proof = if (1..self.leaves.len()).contains(&end) {
            ConsistencyProof::prove(&self.leaves, end as u64).expect("a size of it")
        } else {
            ConsistencyProof::new(Vec::new()).expect("no hashes")
        };
        let texts =
            |hashes: &[TreeHash]| hashes.iter().map(TreeHash::to_base64).collect::<Vec<_>>();
        let entries: Vec<_> = (first..end).map(|at| event(at, 1)).collect();
        json!({
            "strongroom": "audit-batch-1",
            "vault": self.vault.id,
            "log": self.id,
            "device": self.device,
            "first": first,
            "format": "ocsf",
            "entries": entries,
            "leaves": texts(&self.leaves[first..end]),
            "note": self.checkpoint().sign(&self.signer, &SystemEntropy).expect("a note"),
            "verifier": verifier,
            "certificate": certificate.expect("a certificate"),
            "proof": texts(proof.hashes()),
        })
    }

    /// A batch with all entries, which begins after another log.
    fn after(&self, (log, size, root): (&str, u64, TreeHash)) -> Value {
        let mut batch = self.batch(0, self.leaves.len());
        batch["after"] = json!({ "log": log, "size": size, "root": root.to_base64() });
        batch
    }
}

fn key() -> SigningKey {
    SigningKey::generate(&SystemEntropy).expect("a key")
}

pub(super) fn leaf(of: u64) -> TreeHash {
    TreeHash::of_leaf(&of.to_be_bytes())
}

fn event(sequence: usize, severity: u64) -> Value {
    json!({ "severity_id": severity, "time": 1_000_000 - sequence,
        "metadata": { "sequence": sequence, "event_code": format!("operation{sequence}") } })
}

pub(super) fn take(book: &mut Book, batch: Value) -> Result<u64, Refusal> {
    let batch: Batch = serde_json::from_value(batch).expect("a batch");
    let opened = batch.open();
    book.take(&batch, opened).expect("the book works")
}

fn shown(book: &mut Book) -> Overview {
    book.overview().expect("it can be shown")
}

pub(super) fn alerts(book: &mut Book) -> Vec<String> {
    let told = shown(book).alerts.into_iter().map(|line| line.what);
    told.collect()
}

fn refused(taken: &Result<u64, Refusal>) -> bool {
    matches!(taken, Err(Refusal::Malformed(_)))
}

#[test]
fn what_is_no_event_is_not_taken_and_the_page_is_shown_after_it() {
    let mut book = Book::open(None).expect("a book");
    let vault = Vault::new();
    let log = vault.log(2);
    for (member, wrong) in [
        ("/entries/0/metadata/event_code", json!(null)),
        ("/entries/0/metadata/event_code", json!("x".repeat(65))),
        ("/entries/0/time", json!("x")),
        ("/entries/0/time", json!(1.5)),
        ("/entries/0/time", json!(u64::MAX)),
        ("/vault", json!("x")),
        ("/log", json!("")),
        ("/device", json!("x".repeat(22))),
        ("/first", json!(u64::MAX)),
    ] {
        let mut batch = log.batch(0, 2);
        batch["entries"][0]["severity_id"] = json!(5);
        *batch.pointer_mut(member).expect("a member") = wrong.clone();
        let taken = take(&mut book, batch);
        assert!(refused(&taken), "{member}: {wrong}: {taken:?}");
        assert!(shown(&mut book).alerts.is_empty());
    }
    let mut empty = log.batch(0, 2);
    (empty["entries"], empty["leaves"]) = (json!([]), json!([]));
    assert!(refused(&take(&mut book, empty)), "an empty one");
    assert_eq!(take(&mut book, log.batch(0, 2)), Ok(2));
    assert_eq!(shown(&mut book).logs.len(), 1);
}

#[test]
fn a_checkpoint_that_the_tree_has_not_reached_is_kept_when_a_later_one_of_a_fork_comes() {
    let mut book = Book::open(None).expect("a book");
    let vault = Vault::new();
    let mut log = vault.log(9);
    assert_eq!(take(&mut book, log.batch(0, 4)), Ok(4));
    // Sent again it is the same, and nothing is noted.
    assert_eq!(take(&mut book, log.batch(0, 4)), Ok(4));
    assert!(shown(&mut book).refusals.is_empty());
    let honest = log.leaves.clone();
    log.leaves[8] = leaf(100);
    let equal = take(&mut book, log.batch(0, 4));
    assert!(matches!(equal, Err(Refusal::Elsewhere { size: 4, .. })));
    assert_eq!(
        alerts(&mut book),
        ["another checkpoint of as many entries as before: a fork"]
    );
    log.leaves.extend([leaf(9), leaf(10), leaf(11)]);
    assert_eq!(take(&mut book, log.batch(4, 6)), Ok(6));
    let passes = take(&mut book, log.batch(6, 12));
    assert!(matches!(passes, Err(Refusal::Elsewhere { size: 6, .. })));
    assert_eq!(
        alerts(&mut book)[0],
        "other entries than were signed before: a fork"
    );
    // An older one, of entries that are known: noted.
    log.leaves = honest[..8].to_vec();
    assert_eq!(take(&mut book, log.batch(2, 6)), Ok(6));
    let noted = shown(&mut book).refusals;
    assert_eq!(
        noted[0].what,
        "an older checkpoint than before: set back, or sent again"
    );
    // What was signed twelve and nine is shown and held to as before.
    assert_eq!(shown(&mut book).logs[0].signed, 12);
    log.leaves = honest;
    assert!(take(&mut book, log.batch(6, 9)).is_err());
}

#[test]
fn a_log_that_does_not_continue_the_one_before_it_is_an_alert() {
    let mut book = Book::open(None).expect("a book");
    let vault = Vault::new();
    let first = vault.log(4);
    let Checkpoint { size, root } = first.checkpoint();
    assert_eq!(take(&mut book, first.batch(0, 3)), Ok(3));
    let said = |size, root| (&*first.id, size, root);
    let unknown = vault.log(1);
    let cases = [
        (
            said(size, root),
            "the log before this one has fewer entries here",
        ),
        (
            said(3, root),
            "the log before this one has another root here",
        ),
        (
            said(2, root),
            "a log has more entries than the one after it says",
        ),
        (
            (&*unknown.id, 1, root),
            "the log before this one is unknown",
        ),
    ];
    for (after, what) in cases {
        let log = vault.log(1);
        assert_eq!(take(&mut book, log.after(after)), Ok(1));
        assert_eq!(alerts(&mut book)[0], what);
    }
    let none = vault.log(1);
    assert_eq!(take(&mut book, none.batch(0, 1)), Ok(1));
    assert!(alerts(&mut book)[0].starts_with("a log that names none before it"));
    assert_eq!(alerts(&mut book).len(), 5);

    // One that goes on after the one that came after it.
    let other = Vault::new();
    let mut before = other.log(3);
    assert_eq!(take(&mut book, before.batch(0, 3)), Ok(3));
    let Checkpoint { size, root } = before.checkpoint();
    let next = other.log(2);
    assert_eq!(take(&mut book, next.after((&before.id, size, root))), Ok(2));
    assert_eq!(alerts(&mut book).len(), 5, "nothing is wrong");
    before.leaves.push(leaf(3));
    assert_eq!(take(&mut book, before.batch(3, 4)), Ok(4));
    assert_eq!(
        alerts(&mut book)[0],
        "a log has more entries than the one after it says"
    );
}

#[test]
fn alerts_come_in_the_order_of_their_arrival_and_one_vault_hides_no_other() {
    let mut book = Book::open(None).expect("a book");
    let (quiet, loud) = (Vault::new(), Vault::new());
    let small = quiet.log(1);
    let mut batch = small.batch(0, 1);
    batch["entries"][0] = event(0, 4);
    batch["entries"][0]["time"] = json!(-1);
    assert_eq!(take(&mut book, batch), Ok(1));
    let many = loud.log(900);
    let mut batch = many.batch(0, 900);
    batch["entries"] = (0..900).map(|at| event(at, 5)).collect();
    assert_eq!(take(&mut book, batch), Ok(900));
    let told = alerts(&mut book);
    assert_eq!(told.len(), 21);
    // The sender's clock goes backwards.
    assert_eq!(told[0], "operation899");
    assert_eq!(told[20], "operation0");
}

#[test]
fn a_log_that_was_cut_before_it_was_known_begins_with_the_tree_of_what_is_gone_and_is_an_alert() {
    let mut book = Book::open(None).expect("a book");
    let vault = Vault::new();
    let log = vault.log(12);
    let cut = |batch: &mut Value, leaves: &[TreeHash]| {
        let tree = CompactRange::of_leaves(leaves);
        let roots: Vec<_> = tree.roots().iter().map(TreeHash::to_base64).collect();
        batch["cut"] = json!({ "size": tree.size(), "roots": roots });
    };
    let elsewhere = |taken: &Result<u64, Refusal>, known| matches!(taken, Err(Refusal::Elsewhere { size, .. }) if *size == known);
    // Without it there is a gap; with another tree it does not lead to what is signed.
    assert!(elsewhere(&take(&mut book, log.batch(5, 9)), 0));
    let mut other = log.leaves[..5].to_vec();
    other[0] = leaf(100);
    let mut forged = log.batch(5, 9);
    cut(&mut forged, &other);
    assert!(elsewhere(&take(&mut book, forged), 5));
    for size in [4, 6] {
        let mut misplaced = log.batch(5, 9);
        cut(&mut misplaced, &log.leaves[..size]);
        assert!(refused(&take(&mut book, misplaced)), "{size}");
    }
    assert!(shown(&mut book).logs.is_empty());
    let mut batch = log.batch(5, 9);
    cut(&mut batch, &log.leaves[..5]);
    assert_eq!(take(&mut book, batch.clone()), Ok(9));
    let found = "a log whose first entries were cut before it was known here";
    assert_eq!(alerts(&mut book)[0], found);
    let told = alerts(&mut book).len();
    // Sent again, and continued: what was taken is held to as before.
    assert_eq!(take(&mut book, batch), Ok(9));
    assert_eq!(take(&mut book, log.batch(9, 12)), Ok(12));
    assert_eq!(alerts(&mut book).len(), told);
    // What is gone is taken from nobody.
    assert!(elsewhere(&take(&mut book, log.batch(2, 9)), 12));
    // Of a log that is known, it opens no gap.
    let known = vault.log(12);
    assert_eq!(take(&mut book, known.batch(0, 2)), Ok(2));
    let mut gap = known.batch(5, 9);
    cut(&mut gap, &known.leaves[..5]);
    assert!(elsewhere(&take(&mut book, gap), 2));
}
