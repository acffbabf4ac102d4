//! Cuts of the audit log: what goes, what is left of it, and that nothing else can go unnoticed.

use std::{cell::Cell, rc::Rc};

use pollster::block_on;
use strongroom::{
    Error,
    audit::{Checkpoint, CompactRange, ConsistencyProof, LogProof, NoteVerifier, TreeHash},
    base::{Duration, LogId, Timestamp},
    store::{RecordType, Row},
    vault::{CutHeld, EntryQuery, LogCutting, LogFault, LogState, LoggedEntry, Others, Shipped},
};

use crate::{
    fixture::{DAY, NOW, Open, PHRASE, Place, create, passphrase, seal},
    merge::{NOBODY, backup, elsewhere},
};

/// Rows of ten entries, a row for each day: the last one of each is a use of `photos`.
fn days(days: u64) -> (Place, Open) {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    // The first day has three more: that the log begins, the unlock, and the key.
    for day in 0..days {
        more(&place, &vault, day);
    }
    (place, vault)
}

fn more(place: &Place, vault: &Open, day: u64) {
    place.clock.set(NOW + day * DAY);
    for at in 0..9 {
        vault.log_failed_unlocks(at).unwrap();
    }
    seal(vault, "photos", "1").unwrap();
    block_on(vault.write_log()).unwrap();
}

/// The number of the first entry of a day.
const fn first_of(day: u64) -> u64 {
    if day == 0 { 0 } else { 3 + day * 10 }
}

fn then(day: u64) -> Timestamp {
    NOW + day * DAY
}

fn cut(vault: &Open, before: Timestamp) -> LogCutting {
    block_on(vault.cut_audit(before, &[])).unwrap()
}

fn state(vault: &Open) -> LogState {
    block_on(vault.audit_state()).unwrap().unwrap()
}

fn fault(vault: &Open) -> Option<LogFault> {
    block_on(vault.verify_audit(None, None, &[])).unwrap().fault
}

fn checkpoint(vault: &Open) -> String {
    block_on(vault.audit_checkpoint()).unwrap().note
}

/// All that is there, the first one first.
fn entries(vault: &Open, log: Option<&LogId>) -> Vec<LoggedEntry> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let page = EntryQuery {
            limit: Some(1000),
            log: log.cloned(),
            before,
            ..EntryQuery::default()
        };
        let page = block_on(vault.query_audit(&page)).unwrap();
        all.extend(page.entries);
        before = page.next;
        if before.is_none() {
            all.reverse();
            return all;
        }
    }
}

fn sequences(vault: &Open) -> Vec<u64> {
    entries(vault, None)
        .iter()
        .map(|logged| logged.sequence)
        .collect()
}

fn rows(place: &Place) -> Vec<Row> {
    place.rows_of(RecordType::Audit)
}

fn proves(vault: &Open, sequence: u64) {
    let proven = block_on(vault.prove_entry(sequence, None)).unwrap();
    let verifier = NoteVerifier::parse(&proven.verifier).unwrap();
    let proof = LogProof::parse(proven.proof.as_bytes()).unwrap();
    assert!(
        proof.verify(proven.entry.as_bytes(), &verifier).is_ok(),
        "{sequence}"
    );
}

#[test]
fn old_entries_go_and_what_is_left_is_verified_and_proven_as_before() {
    let (place, vault) = days(10);
    let (kept, before) = (checkpoint(&vault), rows(&place));
    place.clock.set(then(9) + 1000);
    let done = cut(&vault.because(Some("retention")), then(4));
    let gone = first_of(4);
    assert_eq!(
        (done.first, done.entries, done.logs, done.held),
        (gone, gone, 0, None)
    );
    let left = before
        .iter()
        .filter(|row| row.record_id.version >= format!("{gone:016}"));
    assert_eq!(rows(&place).len(), left.count() + 1);
    assert_eq!(sequences(&vault), (gone..=103).collect::<Vec<_>>());

    // The entry says what went, and the head where it says so.
    let last = entries(&vault, None).pop().unwrap();
    let said = last.entry.cut.unwrap();
    assert_eq!((last.sequence, &*last.entry.operation), (103, "cutAudit"));
    assert_eq!(last.entry.reason.as_deref(), Some("retention"));
    assert_eq!(
        (said.size, said.roots.len()),
        (gone, gone.count_ones() as usize)
    );
    assert_eq!(said.note.lines().nth(1), Some("103"));
    let told = state(&vault).cut.unwrap();
    assert_eq!(
        (told.size, told.entry, told.at),
        (gone, 103, then(9) + 1000)
    );
    let verified = block_on(vault.verify_audit(None, None, &[])).unwrap();
    assert_eq!(
        (verified.fault, verified.intact, verified.cut),
        (None, 104, Some(told))
    );
    // A checkpoint from before the cut holds, as far as its entries are there.
    let verified = block_on(vault.verify_audit(Some(&kept), None, &[])).unwrap();
    assert_eq!(verified.fault, None);

    for sequence in gone..=103 {
        proves(&vault, sequence);
    }
    for sequence in [0, gone - 1] {
        let refused = block_on(vault.prove_entry(sequence, None)).err();
        assert!(matches!(refused, Some(Error::Argument(_))), "{refused:?}");
    }
    // By another tab, and after an unlock.
    vault.forget();
    let vault = place.unlock().unwrap();
    seal(&vault, "photos", "1").unwrap();
    assert_eq!(sequences(&vault), (gone..=105).collect::<Vec<_>>());
    assert_eq!(fault(&vault), None);
    block_on(vault.survey()).unwrap();
    // Again, and nothing where there is nothing to cut.
    assert_eq!(cut(&vault, then(4)).entries, 0);
    assert_eq!(state(&vault).size, 106);
    let done = cut(&vault, then(7));
    assert_eq!((done.first, done.entries), (first_of(7), 30));
    assert_eq!((fault(&vault), sequences(&vault)[0]), (None, first_of(7)));
    for sequence in first_of(7)..107 {
        proves(&vault, sequence);
    }
}

#[test]
fn a_checkpoint_of_before_and_what_a_receiver_gets_lead_across_a_cut() {
    let (_place, vault) = days(10);
    let root = |note: &str| TreeHash::from_base64(note.lines().nth(2).unwrap()).unwrap();
    let size = |note: &str| note.lines().nth(1).unwrap().parse::<u64>().unwrap();
    let leaves = block_on(vault.log_batch(0, None, None))
        .unwrap()
        .slice
        .leaves;
    cut(&vault, then(4));
    create(&vault, "letters");
    let gone = first_of(4);
    // From any tree that a receiver can have.
    for first in gone..gone + 50 {
        let batch = block_on(vault.log_batch(first, Some(64), None)).unwrap();
        assert_eq!(
            (batch.slice.first, batch.cut.is_some()),
            (first, first == gone)
        );
        let mut tree = CompactRange::of_leaves(&leaves[..first as usize]);
        if let Some(cut) = &batch.cut {
            assert_eq!(*cut, tree);
        }
        for leaf in &batch.slice.leaves {
            tree.append(*leaf).unwrap();
        }
        let (size, root) = (size(&batch.signed.note), root(&batch.signed.note));
        match tree.size() == size {
            true => assert_eq!(tree.root(), root),
            false => {
                let proof = ConsistencyProof::new(batch.proof).unwrap();
                proof
                    .verify((tree.size(), &tree.root()), (size, &root))
                    .unwrap();
            }
        }
    }
    // Who asks for what is gone gets what is there.
    let batch = block_on(vault.log_batch(0, None, None)).unwrap();
    assert_eq!(
        (batch.slice.first, batch.cut.map(|cut| cut.size())),
        (gone, Some(gone))
    );
    let slice = block_on(vault.read_log(&EntryQuery::default(), 0)).unwrap();
    assert_eq!((slice.first, slice.entries[0].sequence), (gone, gone));
}

#[test]
fn a_store_that_takes_more_away_or_puts_some_back_is_found_out() {
    let (place, vault) = days(6);
    let old = rows(&place);
    cut(&vault, then(3));
    let left = rows(&place);
    for row in &left {
        place.write_unnoticed(&[], core::slice::from_ref(&row.record_id));
        assert_eq!(
            fault(&vault),
            Some(LogFault::Entries),
            "{:?}",
            row.record_id
        );
        place.write_unnoticed(core::slice::from_ref(row), &[]);
    }
    assert_eq!(fault(&vault), None);
    // What was cut and comes back counts for nothing.
    let back: Vec<_> = old
        .iter()
        .filter(|row| !left.contains(row))
        .cloned()
        .collect();
    place.write_unnoticed(&back, &[]);
    assert_eq!((fault(&vault), sequences(&vault)[0]), (None, first_of(3)));
    // The next cut takes it away again.
    cut(&vault, then(4));
    assert!(rows(&place).iter().all(|row| !back.contains(row)));
}

#[test]
fn what_would_go_must_be_what_the_vault_accounts_for() {
    let (place, vault) = days(6);
    let all = rows(&place);
    place.write_unnoticed(&[], core::slice::from_ref(&all[1].record_id));
    let size = state(&vault).size;
    let refused = block_on(vault.cut_audit(then(4), &[])).err();
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
    assert_eq!(
        (rows(&place).len(), state(&vault).cut),
        (all.len() - 1, None)
    );
    assert_eq!(fault(&vault), Some(LogFault::Entries));
    assert!(state(&vault).size <= size + 1);
}

#[test]
fn a_cut_that_the_store_does_not_take_cuts_nothing() {
    let (place, vault) = days(6);
    let before = rows(&place);
    place.host.store.fails.set(true);
    let failed = block_on(vault.cut_audit(then(4), &[])).err();
    assert!(matches!(failed, Some(Error::Storage(_))), "{failed:?}");
    place.host.store.fails.set(false);
    assert_eq!(rows(&place), before);
    let told = entries(&vault, None).pop().unwrap().entry;
    assert_eq!(
        (&*told.operation, told.error.as_deref()),
        ("cutAudit", Some("ERR_STORAGE"))
    );
    assert_eq!(told.cut, None);
    assert_eq!((fault(&vault), sequences(&vault)[0]), (None, 0));
    cut(&vault, then(4));
    assert_eq!(fault(&vault), None);
}

#[test]
fn the_rows_that_go_are_listed_a_few_at_a_time() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    for day in 0..700 {
        place.clock.set(NOW + day * DAY);
        vault.log_failed_unlocks(day).unwrap();
        block_on(vault.write_log()).unwrap();
    }
    let size = state(&vault).size;
    place.clock.set(then(701));
    place.host.store.reads.take();
    let done = cut(&vault, then(600));
    // Those of the first day, and of each of the others one.
    assert_eq!(done.entries, 603);
    let most = place.host.store.reads.take().into_iter().max();
    assert!(most.is_some_and(|most| most < 300), "{most:?}");
    assert_eq!(rows(&place).len() as u64, size - 603 + 1);
    assert_eq!((fault(&vault), sequences(&vault)[0]), (None, 603));
}

#[test]
fn a_retention_and_a_receiver_hold_a_cut_back() {
    let (_place, vault) = days(10);
    let log = state(&vault).log;
    block_on(vault.start_audit(Some(false), Some(Duration::parse("P6D").unwrap()))).unwrap();
    assert_eq!(state(&vault).retain, Some(6 * DAY));
    // A start that says nothing of it leaves it, and so of what it is said before each use.
    block_on(vault.stop_audit()).unwrap();
    block_on(vault.start_audit(Some(true), None)).unwrap();
    assert_eq!(state(&vault).retain, Some(6 * DAY));
    let size = state(&vault).size;
    block_on(vault.start_audit(None, None)).unwrap();
    assert_eq!(state(&vault).size, size);
    let six = Some(Duration::parse("P6D").unwrap());
    block_on(vault.start_audit(None, six)).unwrap();
    assert_eq!(state(&vault).size, size);
    assert!(state(&vault).fail_closed);
    block_on(vault.stop_audit()).unwrap();
    block_on(vault.start_audit(None, None)).unwrap();
    let now = state(&vault);
    assert_eq!((now.fail_closed, now.retain), (true, Some(6 * DAY)));
    let done = cut(&vault, then(9));
    assert_eq!(
        (done.first, done.held),
        (first_of(3), Some(CutHeld::Retention))
    );

    let shipped = |next| {
        [Shipped {
            log: log.clone(),
            next,
        }]
    };
    block_on(vault.start_audit(Some(false), Some(Duration::parse("PT0S").unwrap()))).unwrap();
    assert_eq!(state(&vault).retain, None);
    // A row is cut as a whole.
    let held = block_on(vault.cut_audit(then(8), &shipped(first_of(6) - 1))).unwrap();
    assert_eq!(
        (held.first, held.held),
        (first_of(5), Some(CutHeld::Shipping))
    );
    let none = block_on(vault.cut_audit(then(8), &shipped(0))).unwrap();
    assert_eq!((none.entries, none.held), (0, Some(CutHeld::Shipping)));
    // The one that has least counts, and who was sent another log has nothing of this one.
    let other = Shipped {
        log: "aaaaaaaaaaaaaaaaaaaaaA".parse().unwrap(),
        next: 1000,
    };
    let both = [shipped(first_of(8))[0].clone(), other];
    assert_eq!(
        block_on(vault.cut_audit(then(8), &both)).unwrap().entries,
        0
    );
    let done = block_on(vault.cut_audit(then(8), &shipped(first_of(8)))).unwrap();
    assert_eq!((done.first, done.held), (first_of(8), None));
    assert_eq!(fault(&vault), None);
}

fn renew(vault: &Open) {
    let factors = block_on(vault.factors()).unwrap();
    let (id, present) = (factors[1].id.clone(), passphrase(PHRASE));
    let revoked =
        vault.revoke_compromised_factor(id.as_str(), &present, Others::default(), &NOBODY);
    block_on(revoked).unwrap();
}

#[test]
fn an_earlier_log_goes_as_a_whole_with_its_keys_or_stays() {
    let (place, vault) = days(4);
    let first = state(&vault).log;
    renew(&vault);
    for day in 4..8 {
        more(&place, &vault, day);
    }
    let second = state(&vault).log;
    assert_eq!(place.rows_of(RecordType::AuditKey).len(), 4);
    // All of it must be older.
    let none = cut(&vault, then(3));
    assert_eq!(
        (none.entries, none.logs, entries(&vault, Some(&first)).len()),
        (0, 0, 43)
    );
    let behind = [Shipped {
        log: first.clone(),
        next: 42,
    }];
    let held = block_on(vault.cut_audit(then(5), &behind)).unwrap();
    assert_eq!((held.entries, held.held), (0, Some(CutHeld::Shipping)));
    let later = [Shipped {
        log: second.clone(),
        next: 0,
    }];
    let done = block_on(vault.cut_audit(then(6), &later)).unwrap();
    assert_eq!((done.logs, done.entries, done.first), (1, 43, 0));
    assert_eq!(done.held, Some(CutHeld::Shipping));
    assert_eq!(place.rows_of(RecordType::AuditKey).len(), 2);
    assert!(
        rows(&place)
            .iter()
            .all(|row| row.record_id.id == second.as_str())
    );
    let said = entries(&vault, None).pop().unwrap().entry.cut.unwrap();
    assert_eq!(
        (said.size, said.logs.len(), &said.logs[0].log),
        (0, 1, &first)
    );
    let named = EntryQuery {
        log: Some(first),
        ..EntryQuery::default()
    };
    let refused = block_on(vault.query_audit(&named)).err();
    assert!(matches!(refused, Some(Error::Argument(_))), "{refused:?}");
    assert_eq!((state(&vault).cut, fault(&vault)), (None, None));
    // Then those of the next one.
    let done = cut(&vault, then(6));
    assert_eq!((done.logs, done.first > 0), (0, true));
    assert_eq!(fault(&vault), None);
    vault.forget();
    let vault = place.unlock().unwrap();
    block_on(vault.survey()).unwrap();
    assert_eq!(fault(&vault), None);
}

#[test]
fn a_log_that_was_cut_is_read_when_another_came_after_it_too() {
    let (_place, vault) = days(6);
    let kept = checkpoint(&vault);
    let (first, done) = (state(&vault).log, cut(&vault, then(3)));
    renew(&vault);
    create(&vault, "letters");
    let verified = block_on(vault.verify_audit(Some(&kept), None, &[])).unwrap();
    assert_eq!((verified.log, verified.fault), (first.clone(), None));
    assert_eq!(verified.cut.map(|cut| cut.size), Some(done.first));
    assert_eq!(entries(&vault, Some(&first))[0].sequence, done.first);
    let proven = block_on(vault.prove_entry(done.first, Some(&first))).unwrap();
    let proof = LogProof::parse(proven.proof.as_bytes()).unwrap();
    let verifier = NoteVerifier::parse(&proven.verifier).unwrap();
    assert!(proof.verify(proven.entry.as_bytes(), &verifier).is_ok());
    // It goes with what is left of it.
    let gone = block_on(vault.cut_audit(then(9), &[])).unwrap();
    assert_eq!((gone.logs, gone.held), (1, None));
    assert_eq!(entries(&vault, None).len(), 1);
    assert_eq!(fault(&vault), None);
}

#[test]
fn another_tab_reads_on_and_two_that_cut_at_once_are_both_right() {
    let (place, one) = days(8);
    let other = place.unlock().unwrap();
    let kept = checkpoint(&other);
    cut(&one, then(3));
    assert_eq!(sequences(&other)[0], first_of(3));
    let verified = block_on(other.verify_audit(Some(&kept), None, &[])).unwrap();
    assert_eq!(verified.fault, None);
    cut(&other, then(5));
    cut(&one, then(4));
    proves(&one, first_of(5));
    seal(&one, "photos", "1").unwrap();
    assert_eq!((fault(&one), sequences(&one)[0]), (None, first_of(5)));
    assert_eq!(fault(&other), None);
}

#[test]
fn a_log_that_is_stopped_or_fails_closed_is_cut_and_a_copy_has_nothing_to_cut() {
    let (place, vault) = days(6);
    block_on(vault.stop_audit()).unwrap();
    cut(&vault, then(3));
    let last = entries(&vault, None).pop().unwrap();
    assert_eq!(
        (&*last.entry.operation, state(&vault).stopped),
        ("cutAudit", true)
    );
    assert_eq!(fault(&vault), None);
    let file = backup(&vault);
    block_on(vault.start_audit(Some(true), None)).unwrap();
    cut(&vault, then(4));
    assert!(state(&vault).fail_closed);
    assert_eq!((fault(&vault), sequences(&vault)[0]), (None, first_of(4)));
    let rows = place.rows_of(RecordType::Audit).len();

    // Its log is that of another device, and stopped: none of its entries are there.
    let (there, copy) = elsewhere(&file);
    assert_eq!(
        (
            cut(&copy, then(9)).entries,
            there.rows_of(RecordType::Audit).len()
        ),
        (0, 0)
    );
    block_on(copy.start_audit(Some(false), None)).unwrap();
    assert_eq!(cut(&copy, NOW).entries, 0);
    assert_eq!((fault(&copy), sequences(&copy)[0]), (None, 0));
    // Its own are cut, though the log before has keys there and no entries.
    assert!(there.rows_of(RecordType::AuditKey).len() > 2);
    assert!(cut(&copy, then(9)).first > 0);
    assert_eq!(fault(&copy), None);
    assert_eq!(place.rows_of(RecordType::Audit).len(), rows);
}

#[test]
fn the_head_does_not_go_back_before_a_cut() {
    let (place, vault) = days(6);
    let before = place.rows();
    cut(&vault, then(3));
    let other = place.unlock().unwrap();
    place.replay(&before);
    let refused = block_on(other.audit_state()).err();
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
}

/// That what is asked for by the index is what there is.
fn is_found(vault: &Open) {
    let all = entries(vault, None);
    for (operation, error) in [
        ("encryptValue", None),
        ("failUnlock", None),
        ("unlock", None),
    ] {
        let sought = EntryQuery {
            operation: Some(operation.into()),
            error,
            limit: Some(1000),
            ..EntryQuery::default()
        };
        let mut found = block_on(vault.query_audit(&sought)).unwrap().entries;
        found.reverse();
        let expected: Vec<_> = all
            .iter()
            .filter(|logged| &*logged.entry.operation == operation)
            .cloned()
            .collect();
        let expected = &expected[expected.len().saturating_sub(1000)..];
        assert_eq!(found, expected, "{operation}");
    }
}

#[test]
fn the_index_tells_nothing_of_what_was_cut_and_everything_of_the_rest() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let grow = |size: u64| {
        while state(&vault).size < size {
            place.clock.set(place.clock.get() + 1000);
            for _ in 0..49 {
                vault.log_failed_unlocks(1).unwrap();
            }
            seal(&vault, "photos", "1").unwrap();
            block_on(vault.write_log()).unwrap();
        }
        while block_on(vault.tick()).unwrap().next == Some(place.clock.get()) {}
    };
    let nodes = || {
        let nodes = place.rows_of(RecordType::AuditIndex).into_iter();
        nodes.map(|row| row.record_id.version).collect::<Vec<_>>()
    };
    let named = |number: u64| format!("1.{number:016}");
    grow(3200);
    assert_eq!(nodes(), [named(0), named(1), named(2)]);
    let size_of = |number: u64| {
        let mut nodes = place.rows_of(RecordType::AuditIndex).into_iter();
        let node = nodes.find(|row| row.record_id.version == named(number));
        node.unwrap().bytes.len()
    };
    let (straddles, later) = (size_of(1), size_of(2));
    // In the second block.
    let half = entries(&vault, None)[1500].entry.at;
    let done = cut(&vault, half);
    assert!((1400..1501).contains(&done.first), "{}", done.first);
    assert_eq!(nodes(), [named(1), named(2)]);
    assert!(
        size_of(1) < straddles * 3 / 4 && size_of(2) == later,
        "it has what is left"
    );
    is_found(&vault);
    for sequence in [done.first, 1600, 2047, 2048, 3000] {
        proves(&vault, sequence);
    }
    // In the last one, which has no node yet: it is made of what is left, and leads to the root.
    let late = entries(&vault, None);
    let late = late.iter().find(|logged| logged.sequence == 3150).unwrap();
    let done = cut(&vault, late.entry.at);
    assert!((3073..3150).contains(&done.first), "{}", done.first);
    assert_eq!(nodes(), [] as [String; 0]);
    is_found(&vault);
    grow(5200);
    assert_eq!(nodes(), [named(3), named(4)]);
    place.host.store.reads.take();
    is_found(&vault);
    for sequence in [done.first, 3500, 4095, 4096, 5000] {
        proves(&vault, sequence);
    }
    // It is made use of, and nobody finds fault with it.
    let doubted = nodes();
    let before = place.rows_of(RecordType::AuditIndex);
    while block_on(vault.tick()).unwrap().next == Some(place.clock.get()) {}
    assert_eq!(
        (place.rows_of(RecordType::AuditIndex), nodes()),
        (before, doubted)
    );
    let sought = EntryQuery {
        operation: Some("never".into()),
        ..EntryQuery::default()
    };
    place.host.store.reads.take();
    assert!(
        block_on(vault.query_audit(&sought))
            .unwrap()
            .entries
            .is_empty()
    );
    let read: usize = place.host.store.reads.take().into_iter().sum();
    assert!(read < 30, "{read} rows");
    assert_eq!(fault(&vault), None);
    // All but the cut itself.
    let size = state(&vault).size;
    place.clock.set(place.clock.get() + 1000);
    let done = cut(&vault, place.clock.get());
    assert_eq!((done.first, sequences(&vault)), (size, vec![size]));
    proves(&vault, size);
    assert_eq!(fault(&vault), None);
}

#[test]
fn a_cut_is_no_use_for_a_checkpoint_whose_entries_are_gone() {
    let (_place, vault) = days(3);
    let kept = checkpoint(&vault);
    let opened = Checkpoint::open(
        kept.as_bytes(),
        &NoteVerifier::parse(&block_on(vault.audit_checkpoint()).unwrap().verifier).unwrap(),
    );
    assert!(opened.is_ok());
    for day in 3..6 {
        more(&_place, &vault, day);
    }
    cut(&vault, then(5));
    let refused = block_on(vault.verify_audit(Some(&kept), None, &[])).err();
    assert!(matches!(refused, Some(Error::Argument(_))), "{refused:?}");
    assert_eq!(fault(&vault), None);
}

/// Renewed so many times, with a day of entries in each log.
fn renewed(times: u64) -> (Place, Open, Vec<LogId>) {
    let (place, vault) = days(1);
    let mut logs = vec![state(&vault).log];
    for at in 1..=times {
        if at > 1 {
            let (present, new) = (passphrase(PHRASE), passphrase("one more phrase"));
            block_on(vault.add_factor(&present, &new, None, &NOBODY)).unwrap();
        }
        renew(&vault);
        more(&place, &vault, at);
        logs.push(state(&vault).log);
    }
    (place, vault, logs)
}

#[test]
fn a_store_that_empties_a_former_log_has_no_cut_pass_over_it() {
    for (times, emptied) in [(1, 0), (2, 0), (2, 1)] {
        let (place, vault, logs) = renewed(times);
        let gone = rows(&place).into_iter().map(|row| row.record_id);
        let gone: Vec<_> = gone
            .filter(|row| row.id == logs[emptied].as_str())
            .collect();
        assert!(!gone.is_empty());
        place.write_unnoticed(&[], &gone);
        let left = rows(&place).len();
        let refused = block_on(vault.cut_audit(then(9), &[])).err();
        assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
        assert_eq!(state(&vault).cut, None, "{times} {emptied}");
        assert!(rows(&place).len() >= left);
        assert_eq!(place.rows_of(RecordType::AuditKey).len(), logs.len() * 2);
    }
}

#[test]
fn a_log_that_went_by_a_cut_holds_up_no_later_one() {
    let (place, vault, logs) = renewed(2);
    // The first one alone.
    let done = cut(&vault, then(1));
    assert_eq!((done.logs, done.first), (1, 0));
    assert_eq!(cut(&vault, then(1)).entries, 0);
    let done = cut(&vault, then(9));
    assert_eq!((done.logs, done.log == logs[2]), (1, true));
    assert!(done.first > 0);
    assert_eq!(
        (fault(&vault), place.rows_of(RecordType::AuditKey).len()),
        (None, 2)
    );
}

#[test]
fn a_store_that_lies_about_its_sequence_at_any_time_leaves_a_vault_that_opens() {
    let mut at = 0;
    loop {
        let (place, vault) = days(4);
        let place = Rc::new(place);
        place.host.store.reads.take();
        let (reads, told) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
        let (count, lied, there) = (Rc::clone(&reads), Rc::clone(&told), Rc::clone(&place));
        let lies = move || {
            if count.replace(count.get() + 1) == at {
                lied.set(true);
                there.write(&[], &[]);
            }
        };
        place.host.store.before_reads.replace(Some(Box::new(lies)));
        let done = block_on(vault.cut_audit(then(3), &[]));
        place.host.store.before_reads.take();
        vault.forget();
        let vault = place.unlock();
        assert!(vault.is_ok(), "read {at}: {:?}, {done:?}", vault.err());
        let vault = vault.unwrap();
        assert_eq!(fault(&vault), None, "read {at}: {done:?}");
        block_on(vault.survey()).unwrap();
        if !told.get() {
            assert!(at > 3, "{at} reads");
            return;
        }
        at += 1;
    }
}

#[test]
fn of_two_tabs_that_cut_former_logs_at_once_one_says_so() {
    let (place, one, logs) = renewed(1);
    let other = place.unlock().unwrap();
    let held = Shipped {
        log: logs[1].clone(),
        next: 0,
    };
    let (kept, both) = (held.clone(), Rc::new(Cell::new(0)));
    let done = Rc::clone(&both);
    place.host.store.meanwhile.replace(Some(Box::new(move || {
        done.set(block_on(other.cut_audit(then(9), &[kept])).unwrap().logs);
    })));
    // It has nothing that waits, so that its first commit is that of the cut.
    let cut = block_on(one.cut_audit(then(9), core::slice::from_ref(&held))).unwrap();
    assert_eq!((both.get(), cut.logs, cut.entries), (1, 0, 0));
    let said = entries(&one, None).into_iter();
    let said = said.filter(|logged| logged.entry.cut.is_some());
    assert_eq!((said.count(), fault(&one)), (1, None));
}

#[test]
fn a_retention_that_another_tab_sets_meanwhile_holds_a_cut_back() {
    let (place, one) = days(8);
    let other = place.unlock().unwrap();
    block_on(other.write_log()).unwrap();
    block_on(one.audit_state()).unwrap();
    place.host.store.meanwhile.replace(Some(Box::new(move || {
        let retain = Duration::parse("P1Y").unwrap();
        block_on(other.start_audit(Some(false), Some(retain))).unwrap();
    })));
    let done = block_on(one.cut_audit(then(6), &[])).unwrap();
    assert_eq!((done.entries, done.held), (0, Some(CutHeld::Retention)));
    assert_eq!((fault(&one), state(&one).cut), (None, None));
}
