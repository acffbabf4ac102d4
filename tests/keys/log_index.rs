//! The index of the audit log: that it hides nothing, whatever a store does to it, and spares reading the log.

use pollster::block_on;
use strongroom::{
    audit::{CompactRange, ConsistencyProof, LogProof, NoteVerifier, TreeHash},
    base::{KeyId, LogId, Timestamp},
    store::{self, Batch, Range, RecordType, Row, Sequence, Store},
    vault::{EntryQuery, LogFault, LoggedEntry, Others},
};

use crate::{
    fixture::{NOW, Open, PHRASE, Place, create, name, passphrase, seal},
    merge::NOBODY,
};

/// Entries of a node of the lowest level.
const BLOCK: u64 = 1024;

/// A vault with a log of that many entries, and two keys: `photos` is used now and then, and `letters` once, in the first hundred.
struct Long {
    place: Place,
    vault: Open,
    photos: KeyId,
    letters: KeyId,
}

impl Long {
    fn of(entries: u64) -> Self {
        let place = Place::new();
        let vault = place.create();
        let photos = create(&vault, "photos").id;
        let letters = create(&vault, "letters").id;
        let long = Self {
            place,
            vault,
            photos,
            letters,
        };
        long.grow(90);
        seal(&long.vault, "letters", "1").unwrap();
        long.grow(entries);
        long.index();
        long
    }

    /// Appends entries of no key until the log has so many.
    fn fill(&self, size: u64) {
        for at in self.size()..size {
            self.vault.log_failed_unlocks(at).unwrap();
            if at.is_multiple_of(4096) {
                block_on(self.vault.write_log()).unwrap();
            }
        }
        assert_eq!(self.size(), size);
    }

    /// Appends entries until the log has so many. Every fiftieth is a use of `photos`, every ninetieth one that failed.
    fn grow(&self, size: u64) {
        let (vault, clock) = (&self.vault, &self.place.clock);
        let mut at = self.size();
        while at < size {
            clock.set(clock.get() + 1000);
            match at {
                at if at.is_multiple_of(50) => drop(seal(vault, "photos", "1").unwrap()),
                at if at.is_multiple_of(90) => drop(seal(vault, "nobody's", "1").unwrap_err()),
                at => vault.log_failed_unlocks(at).unwrap(),
            }
            at += 1;
            if at.is_multiple_of(512) {
                block_on(vault.write_log()).unwrap();
            }
        }
        assert_eq!(self.size(), size);
    }

    fn size(&self) -> u64 {
        block_on(self.vault.write_log()).unwrap();
        block_on(self.vault.audit_state()).unwrap().unwrap().size
    }

    fn log(&self) -> LogId {
        block_on(self.vault.audit_state()).unwrap().unwrap().log
    }

    /// Does what is to be done in the background.
    fn index(&self) {
        while block_on(self.vault.tick()).unwrap().next == Some(self.place.clock.get()) {}
    }

    /// Begins another log, as others may have the keys of this one.
    fn renew_log(&self) {
        let factors = block_on(self.vault.factors()).unwrap();
        let (id, present) = (factors[1].id.clone(), passphrase(PHRASE));
        let revoked =
            self.vault
                .revoke_compromised_factor(id.as_str(), &present, Others::default(), &NOBODY);
        block_on(revoked).unwrap();
    }

    fn nodes(&self) -> Vec<Row> {
        self.place.rows_of(RecordType::AuditIndex)
    }

    /// All that is found, page by page.
    fn found(&self, asked: &EntryQuery) -> Vec<LoggedEntry> {
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let page = EntryQuery {
                before,
                ..asked.clone()
            };
            let page = block_on(self.vault.query_audit(&page)).unwrap();
            found.extend(page.entries);
            before = page.next;
            if before.is_none() {
                return found;
            }
        }
    }

    /// All that there is, the latest first.
    fn all(&self) -> Vec<LoggedEntry> {
        let all = self.found(&EntryQuery {
            limit: Some(1000),
            ..EntryQuery::default()
        });
        let sequences = all.iter().map(|logged| logged.sequence);
        assert!(sequences.eq((0..self.size()).rev()));
        all
    }

    fn of_key(&self, key: &KeyId) -> EntryQuery {
        EntryQuery {
            key: Some(key.clone()),
            ..EntryQuery::default()
        }
    }

    /// That what is asked for in several ways is what there is.
    fn is_found(&self) {
        let all = self.all();
        let holds = |asked: &EntryQuery, least: usize, admits: &dyn Fn(&LoggedEntry) -> bool| {
            let expected: Vec<_> = all.iter().filter(|logged| admits(logged)).collect();
            assert!(expected.len() >= least, "{} for {asked:?}", expected.len());
            assert!(self.found(asked).iter().eq(expected), "{asked:?}");
        };
        let named = |key: &KeyId, logged: &LoggedEntry| {
            let mut keys = logged.entry.keys.iter();
            keys.any(|named| named.key == *key)
        };
        for key in [&self.photos, &self.letters] {
            holds(&self.of_key(key), 2, &|logged| named(key, logged));
        }
        let used = EntryQuery {
            operation: Some("encryptValue".into()),
            error: Some(String::new()),
            limit: Some(7),
            ..self.of_key(&self.photos)
        };
        holds(&used, 10, &|logged| {
            named(&self.photos, logged) && logged.entry.operation == "encryptValue"
        });
        let failed = EntryQuery {
            error: Some("ERR_NO_KEY".into()),
            ..EntryQuery::default()
        };
        holds(&failed, 5, &|logged| logged.entry.error.is_some());
        let (from, to) = (NOW + 500_000, NOW + 900_000);
        let then = EntryQuery {
            from: Some(from),
            to: Some(to),
            ..EntryQuery::default()
        };
        let within = |at: Timestamp| at >= from && at < to;
        holds(&then, 300, &|logged| within(logged.entry.at));
        let nobodys = self.of_key(&"aaaaaaaaaaaaaaaaaaaaaA".parse().unwrap());
        holds(&nobodys, 0, &|_| false);
    }

    /// How many rows are read for what is done.
    fn rows_read<T>(&self, call: impl FnOnce() -> T) -> (T, usize) {
        self.place.host.store.reads.take();
        let given = call();
        (given, self.place.host.store.reads.take().into_iter().sum())
    }
}

impl Place {
    /// The whole database.
    pub fn everything(&self) -> (Sequence, Vec<Row>) {
        block_on(self.host.store.read(&name(), &[Range::everything()])).unwrap()
    }

    /// Puts it back to what it was, as a store that denies what it has committed does.
    pub fn go_back(&self, (sequence, rows): &(Sequence, Vec<Row>)) {
        let (now, there) = self.everything();
        let batch = Batch {
            puts: rows.clone(),
            deletes: there.into_iter().map(|row| row.record_id).collect(),
        };
        block_on(
            self.host
                .store
                .inner
                .commit(&name(), now, *sequence, &batch),
        )
        .unwrap();
    }
}

fn fault(vault: &Open) -> Option<LogFault> {
    block_on(vault.verify_audit(None, None, &[])).unwrap().fault
}

#[test]
fn what_is_asked_for_is_found_by_the_index_without_reading_the_log() {
    for size in [BLOCK - 1, BLOCK, 3 * BLOCK + 900] {
        let long = Long::of(size);
        assert_eq!(long.nodes().len() as u64, size / BLOCK);
        long.is_found();
        assert_eq!(fault(&long.vault), None);
        let rare = long.of_key(&long.letters);
        let (found, rows) = long.rows_read(|| long.found(&rare));
        assert_eq!(found.len(), 2);
        // The head, the nodes, and the two places where rows are looked for; what no node tells of is read.
        let behind = (size % BLOCK).div_ceil(64) as usize + 20;
        assert!(rows < 250 + behind, "{rows} of {size}");
    }
}

#[test]
fn without_its_index_a_log_is_read_and_nothing_of_it_is_missed() {
    let long = Long::of(3 * BLOCK + 100);
    let nodes = long.nodes();
    let ids: Vec<_> = nodes.iter().map(|row| row.record_id.clone()).collect();
    long.place.write_unnoticed(&[], &ids);
    long.is_found();
    // It is made again, by whoever was in need of it.
    long.index();
    let again = long.nodes();
    assert!(again.len() == 3 && again[0].record_id == nodes[0].record_id);
    long.is_found();
}

#[test]
fn a_node_that_is_changed_moved_or_taken_away_hides_nothing_and_is_made_again() {
    let mut long = Long::of(5 * BLOCK + 100);
    let nodes = long.nodes();
    let at = |row: &Row, other: &Row| Row {
        record_id: other.record_id.clone(),
        ..row.clone()
    };
    let mut changed = nodes[1].clone();
    let last = changed.bytes.len() - 60;
    changed.bytes[last] = if changed.bytes[last] == b'A' {
        b'B'
    } else {
        b'A'
    };
    let swapped = vec![at(&nodes[0], &nodes[3]), at(&nodes[3], &nodes[0])];
    let gone = vec![nodes[2].record_id.clone(), nodes[4].record_id.clone()];
    for (puts, deletes) in [(vec![changed], vec![]), (swapped, vec![]), (vec![], gone)] {
        long.place.write_unnoticed(&puts, &deletes);
        long.vault = long.place.unlock().unwrap();
        let rare = long.of_key(&long.letters);
        let (_, attacked) = long.rows_read(|| long.found(&rare));
        long.is_found();
        assert_eq!(fault(&long.vault), None);
        long.index();
        assert!(!puts.iter().any(|row| long.nodes().contains(row)));
        assert_eq!(long.nodes().len(), nodes.len());
        let (_, mended) = long.rows_read(|| long.found(&rare));
        assert!(mended + 15 < attacked, "{mended} of {attacked}");
    }
}

#[test]
fn a_node_of_commits_that_the_store_denied_hides_nothing() {
    let mut long = Long::of(900);
    let before = long.place.everything();
    long.grow(3 * BLOCK + 10);
    long.index();
    let denied = long.nodes();
    assert_eq!(denied.len(), 3);
    drop(core::mem::replace(&mut long.vault, Place::new().create()));
    long.place.go_back(&before);
    // The same log goes on from there, with a use that no entry told of.
    long.vault = long.place.unlock().unwrap();
    seal(&long.vault, "letters", "1").unwrap();
    long.grow(3 * BLOCK + 10);
    long.index();
    assert_eq!(long.found(&long.of_key(&long.letters)).len(), 3);
    for some in [&denied[..1], &denied[1..2], &denied[..]] {
        long.place.write_unnoticed(some, &[]);
        assert_eq!(long.found(&long.of_key(&long.letters)).len(), 3);
        long.is_found();
    }
    long.index();
    let nodes = long.nodes();
    assert!(nodes.len() == 3 && nodes.iter().all(|row| !denied.contains(row)));
    // Neither once another log came after this one, of which the root alone is known.
    let asked = EntryQuery {
        log: Some(long.log()),
        ..long.of_key(&long.letters)
    };
    long.renew_log();
    assert_eq!(long.found(&asked).len(), 3);
    long.place.write_unnoticed(&denied[..1], &[]);
    assert_eq!(long.found(&asked).len(), 3);
}

#[test]
fn a_proof_and_a_batch_take_a_few_rows_of_a_long_log() {
    let long = Long::of(5 * BLOCK + 700);
    let size = long.size();
    for sequence in [
        0,
        17,
        BLOCK - 1,
        BLOCK,
        4 * BLOCK + 77,
        5 * BLOCK + 1,
        size - 1,
    ] {
        let (proven, rows) = long.rows_read(|| block_on(long.vault.prove_entry(sequence, None)));
        let proven = proven.unwrap();
        let verifier = NoteVerifier::parse(&proven.verifier).unwrap();
        let proof = LogProof::parse(proven.proof.as_bytes()).unwrap();
        let told = proof.verify(proven.entry.as_bytes(), &verifier).unwrap();
        assert_eq!((proof.index, told.size), (sequence, size));
        assert!(rows < 250, "{rows} for {sequence}");
    }
    let (mut tree, mut next) = (CompactRange::empty(), Some(0));
    while let Some(first) = next {
        let (batch, rows) =
            long.rows_read(|| block_on(long.vault.log_batch(first, Some(700), None)));
        let batch = batch.unwrap();
        for leaf in &batch.slice.leaves {
            tree.append(*leaf).unwrap();
        }
        let (root, signed) = (tree.root(), batch.signed.checkpoint);
        let (older, newer) = ((tree.size(), &root), (signed.size, &signed.root));
        let proof = ConsistencyProof::new(batch.proof).unwrap();
        proof.verify(older, newer).unwrap();
        assert!(
            proof
                .verify((tree.size(), &TreeHash([7; 32])), newer)
                .is_err()
        );
        assert!(rows < 400, "{rows} from {first}");
        next = batch.slice.next;
    }
    assert_eq!(tree.size(), size);

    // What they are made of is held against the head.
    let rows = long.place.rows_of(RecordType::Audit);
    let changed = Row {
        record_id: rows[0].record_id.clone(),
        ..rows[1].clone()
    };
    long.place.write_unnoticed(&[changed], &[]);
    assert!(block_on(long.vault.prove_entry(0, None)).is_err());
    assert!(block_on(long.vault.log_batch(0, Some(64), None)).is_err());
}

#[test]
fn a_log_that_another_one_came_after_has_its_index_too() {
    let long = Long::of(3 * BLOCK + 50);
    let (first, size) = (long.log(), long.size());
    let expected = long.found(&long.of_key(&long.letters));
    long.renew_log();
    assert_ne!(long.log(), first);
    let before = EntryQuery {
        log: Some(first.clone()),
        ..long.of_key(&long.letters)
    };
    let (found, rows) = long.rows_read(|| long.found(&before));
    assert!(found == expected && rows < 350, "{rows}");
    let (proven, rows) = long.rows_read(|| block_on(long.vault.prove_entry(5, Some(&first))));
    let proven = proven.unwrap();
    let proof = LogProof::parse(proven.proof.as_bytes()).unwrap();
    let verifier = NoteVerifier::parse(&proven.verifier).unwrap();
    let told = proof.verify(proven.entry.as_bytes(), &verifier).unwrap();
    assert!(told.size == size && rows < 350, "{rows}");
    // It is not known which one is another.
    let nodes = long.nodes();
    let moved = Row {
        record_id: nodes[0].record_id.clone(),
        ..nodes[1].clone()
    };
    long.place.write_unnoticed(&[moved], &[]);
    assert!(long.found(&before) == expected);
}

#[test]
fn an_entry_is_appended_as_fast_to_a_long_log_and_two_tabs_write_one_index() {
    let mut long = Long::of(600);
    let append = |long: &Long| {
        let (_, rows) = long.rows_read(|| create(&long.vault, &format!("key {}", long.size())));
        rows
    };
    let few = append(&long);
    long.grow(3 * BLOCK - 40);
    let other = core::mem::replace(&mut long.vault, long.place.unlock().unwrap());
    assert_eq!(append(&long), few);
    block_on(other.tick()).unwrap();
    long.index();
    assert_eq!(long.nodes().len(), 2);
    long.grow(3 * BLOCK + 1);
    block_on(long.vault.tick()).unwrap();
    block_on(other.tick()).unwrap();
    let nodes = long.nodes();
    assert_eq!(nodes.len(), 3);
    // Nothing is left to do, and nothing is written.
    let before = long.place.everything().0;
    block_on(long.vault.tick()).unwrap();
    block_on(other.tick()).unwrap();
    assert_eq!(long.place.everything().0, before);
    long.is_found();
    // Nothing of it is in the clear, and it is no record.
    for row in nodes {
        let text = String::from_utf8_lossy(&row.bytes).into_owned();
        assert!(!text.contains("terms") && !text.contains("parts"));
    }
    assert!(
        long.place
            .rows()
            .iter()
            .all(|row| row.record_id.kind != RecordType::AuditIndex)
    );
}

#[test]
fn a_missing_entry_is_told_where_it_is_looked_for_and_the_background_goes_on() {
    let long = Long::of(600);
    long.grow(2 * BLOCK + 10);
    let rows = long.place.rows_of(RecordType::Audit);
    long.place
        .write_unnoticed(&[], &[rows[6].record_id.clone()]);
    long.index();
    // What it is in has no node, and the other has.
    assert_eq!(long.nodes().len(), 1);
    let asked = long.of_key(&long.letters);
    let refused = block_on(long.vault.query_audit(&asked)).err();
    assert!(
        matches!(refused, Some(strongroom::Error::Integrity(_))),
        "{refused:?}"
    );
    assert_eq!(fault(&long.vault), Some(LogFault::Entries));
    block_on(long.vault.tick()).unwrap();
}

#[test]
fn the_nodes_of_the_second_level_lead_to_those_of_the_first() {
    let mut long = Long::of(100);
    long.fill(39 * BLOCK + 10);
    // A node of commits that are denied later.
    let before = long.place.everything();
    long.fill(40 * BLOCK);
    long.index();
    let denied = long.nodes()[39].clone();
    drop(core::mem::replace(&mut long.vault, Place::new().create()));
    long.place.go_back(&before);
    long.vault = long.place.unlock().unwrap();
    for used in [40_000, 64 * BLOCK + 500] {
        long.fill(used);
        seal(&long.vault, "letters", "1").unwrap();
        block_on(long.vault.write_log()).unwrap();
    }
    long.fill(66 * BLOCK + 10);
    long.index();
    let (size, nodes) = (long.size(), long.nodes());
    let second = nodes
        .iter()
        .find(|row| row.record_id.version.starts_with("2."));
    let second = second.unwrap().clone();
    assert!(nodes.len() == 66 + 1 && nodes[39].record_id == denied.record_id);
    let rare = long.of_key(&long.letters);
    let mut numbers = vec![64 * BLOCK + 500, 40_000, 90];
    let found = |rare: &EntryQuery| {
        let found = long.found(rare).into_iter();
        let numbers: Vec<_> = found.map(|logged| logged.sequence).collect();
        numbers
    };
    // Its own creation is the last.
    numbers.push(3);
    let (whole, rows) = long.rows_read(|| found(&rare));
    assert!(whole == numbers && rows < 250, "{rows}, {whole:?}");

    let is_proven = |sequence| {
        let (proven, rows) = long.rows_read(|| block_on(long.vault.prove_entry(sequence, None)));
        let proven = proven.unwrap();
        let verifier = NoteVerifier::parse(&proven.verifier).unwrap();
        let proof = LogProof::parse(proven.proof.as_bytes()).unwrap();
        proof.verify(proven.entry.as_bytes(), &verifier).unwrap();
        rows
    };
    for sequence in [0, 39 * BLOCK + 5, 64 * BLOCK, size - 1] {
        let rows = is_proven(sequence);
        assert!(rows < 250, "{rows} for {sequence}");
    }
    let (batch, rows) = long.rows_read(|| block_on(long.vault.log_batch(20_000, Some(256), None)));
    assert!(batch.is_ok() && rows < 300, "{rows}");

    // One that was denied would hide a use; the one above is gone, or is another.
    long.place
        .write_unnoticed(core::slice::from_ref(&denied), &[]);
    assert_eq!(found(&rare), numbers);
    is_proven(39 * BLOCK + 5);
    long.place
        .write_unnoticed(&[], core::slice::from_ref(&second.record_id));
    assert_eq!(found(&rare), numbers);
    is_proven(40_000);
    long.index();
    assert_eq!(long.nodes().len(), nodes.len());
    let (whole, rows) = long.rows_read(|| found(&rare));
    assert!(whole == numbers && rows < 250, "{rows}, {whole:?}");
    assert!(!long.nodes().contains(&denied));
    let other = Row {
        record_id: second.record_id.clone(),
        ..nodes[7].clone()
    };
    long.place.write_unnoticed(&[other], &[]);
    assert_eq!(found(&rare), numbers);
}

#[test]
fn a_gap_in_an_earlier_log_is_told_where_it_is_looked_for_alone() {
    let long = Long::of(2 * BLOCK + 300);
    let first = long.log();
    let asked = |before| EntryQuery {
        log: Some(first.clone()),
        before: Some(before),
        ..long.of_key(&long.letters)
    };
    let last = long.place.rows_of(RecordType::Audit).pop().unwrap();
    long.renew_log();
    let page = |before| block_on(long.vault.query_audit(&asked(before)));
    let expected = page(2 * BLOCK).unwrap();
    assert!(!expected.entries.is_empty());
    long.place.write_unnoticed(&[], &[last.record_id]);
    assert!(page(2 * BLOCK) == Ok(expected));
    let told = page(2 * BLOCK + 300);
    assert!(matches!(told, Err(strongroom::Error::Integrity(_))));
}

#[test]
fn an_index_that_the_store_does_not_take_is_left_for_a_while_and_costs_a_lock_nothing() {
    let long = Long::of(600);
    long.fill(2 * BLOCK + 10);
    let failed = || Some(store::Error::Storage("it is full"));
    long.place.host.store.fails_after.replace(failed());
    block_on(long.vault.tick()).unwrap();
    let commits = long.place.host.store.commits.borrow().len();
    for _ in 0..3 {
        block_on(long.vault.tick()).unwrap();
    }
    assert_eq!(long.place.host.store.commits.borrow().len(), commits);
    long.place.pass(60_001);
    long.fill(3 * BLOCK + 10);
    long.place.host.store.fails_after.replace(failed());
    block_on(long.vault.tick()).unwrap();
    // What waits now is not lost, although it is not known at once what became of the nodes.
    let size = long.size();
    long.vault.log_failed_unlocks(7).unwrap();
    block_on(long.vault.lock_and_log()).unwrap();
    let vault = long.place.unlock().unwrap();
    let state = block_on(vault.audit_state()).unwrap().unwrap();
    assert!(state.size >= size + 2, "{} after {size}", state.size);
}

#[test]
fn a_slice_reads_about_as_many_rows_as_it_has() {
    let long = Long::of(600);
    long.fill(4 * BLOCK);
    let all = EntryQuery {
        limit: Some(64),
        ..EntryQuery::default()
    };
    let (slice, rows) = long.rows_read(|| block_on(long.vault.read_log(&all, 2 * BLOCK)).unwrap());
    assert!(!slice.leaves.is_empty() && rows < 150, "{rows}");
}

#[test]
fn a_node_that_nobody_had_looked_for_yet_is_made_once() {
    let long = Long::of(BLOCK + 400);
    assert_eq!(long.nodes().len(), 1);
    long.grow(2 * BLOCK + 50);
    // A page comes before the background work.
    drop(long.found(&long.of_key(&long.letters)));
    long.index();
    assert_eq!(long.nodes().len(), 2);
    // It is not made again until it is changed; then it is.
    let node = long.nodes().remove(1);
    long.place
        .write_unnoticed(&[], core::slice::from_ref(&node.record_id));
    drop(long.found(&long.of_key(&long.letters)));
    long.index();
    assert_eq!(long.nodes().len(), 2);
}
