//! What is told of a vault that somebody changed from outside, and when.

use std::{cell::Cell, rc::Rc};

use pollster::block_on;
use strongroom::{
    Error,
    keys::KeyAction,
    store::{RecordType, Row},
};

use crate::{
    fixture::{Place, create, manage, name, rotate, seal},
    scale::large,
};

const UNACCOUNTED: Error = Error::Integrity("records that the head does not account for");

/// One row of a kind, none of which the tests use otherwise.
fn one_of(rows: &[Row], kind: RecordType) -> Row {
    let of_kind = |row: &&Row| row.record_id.kind == kind;
    rows.iter().rfind(of_kind).unwrap().clone()
}

/// Opens a changed vault, uses it, and has it surveyed.
#[track_caller]
fn is_told_by_the_survey_and_not_before(place: &Place) {
    let vault = place.unlock().unwrap();
    create(&vault, "another");
    place.take_events();
    assert_eq!(block_on(vault.survey()), Err(UNACCOUNTED));
    assert_eq!(told(place), [("survey", Some(UNACCOUNTED))]);
    assert!(!vault.surveyed().unwrap());
    // It stays so, whatever is written meanwhile.
    create(&vault, "one more");
    assert_eq!(block_on(vault.survey()), Err(UNACCOUNTED));
    assert_eq!(block_on(place.unlock().unwrap().survey()), Err(UNACCOUNTED));
}

/// What the platform was told of since it was asked last.
fn told(place: &Place) -> Vec<(&'static str, Option<Error>)> {
    let events = place.take_events().into_iter();
    events.map(|told| (told.operation, told.error)).collect()
}

#[test]
fn a_whole_vault_is_found_whole_and_no_more_is_read_after_that() {
    let place = Place::of(large());
    let vault = place.unlock().unwrap();
    seal(&vault, "key 001", "1").unwrap();
    rotate(&vault, "key 002");
    place.take_events();
    assert_eq!(block_on(vault.survey()), Ok(()));
    assert_eq!(told(&place), [("survey", None)]);
    assert!(vault.surveyed().unwrap());
    place.host.store.reads.take();
    block_on(vault.survey()).unwrap();
    assert!(place.host.store.reads.take().iter().all(|rows| *rows < 500));
}

#[test]
fn a_removed_row_of_a_large_vault_is_told_by_the_survey() {
    for kind in [RecordType::Key, RecordType::Version, RecordType::Catalog] {
        let place = Place::of(large());
        place.write(&[], &[one_of(large(), kind).record_id]);
        is_told_by_the_survey_and_not_before(&place);
    }
}

#[test]
fn a_row_of_a_large_vault_that_is_put_back_to_what_it_was_is_told_by_the_survey() {
    let place = Place::of(large());
    let vault = place.unlock().unwrap();
    let revoke = KeyAction::Revoke {
        version: None,
        compromised: true,
    };
    let record = manage(&vault, "key 399", &revoke).unwrap().key;
    let of_before = large().iter().find(|row| {
        row.record_id.kind == RecordType::Key && row.record_id.id == record.id.as_str()
    });
    place.write(&[of_before.unwrap().clone()], &[]);
    // Not even until then does the key pass for one that was never revoked.
    let used = seal(&place.unlock().unwrap(), "key 399", "1").map(drop);
    assert_eq!(used, Err(UNACCOUNTED));
    is_told_by_the_survey_and_not_before(&place);
}

#[test]
fn a_revived_row_of_a_large_vault_is_told_by_the_survey() {
    let place = Place::of(large());
    let vault = place.unlock().unwrap();
    let destroy = KeyAction::Destroy {
        version: None,
        force: false,
    };
    let record = manage(&vault, "key 399", &destroy).unwrap().key;
    let revived = large().iter().find(|row| {
        row.record_id.kind == RecordType::Version && row.record_id.id == record.id.as_str()
    });
    place.write(&[revived.unwrap().clone()], &[]);
    is_told_by_the_survey_and_not_before(&place);
}

#[test]
fn a_row_that_was_written_past_an_open_large_vault_is_told_by_its_survey() {
    let place = Place::of(large());
    let vault = place.unlock().unwrap();
    create(&vault, "another");
    place.write(&[], &[one_of(large(), RecordType::Version).record_id]);
    assert_eq!(block_on(vault.survey()), Err(UNACCOUNTED));
}

#[test]
fn a_small_vault_that_was_changed_does_not_open() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let before = place.rows();
    let record = rotate(&vault, "photos");
    let after = place.rows();
    let version = |row: &Row| row.record_id.version == record.versions[0].id.as_str();
    for (changed, gone) in [
        // Removed, put back to what it was, revived.
        (
            Vec::new(),
            vec![
                after
                    .iter()
                    .find(|row| version(row))
                    .unwrap()
                    .record_id
                    .clone(),
            ],
        ),
        (vec![one_of(&before, RecordType::Key)], Vec::new()),
        (vec![one_of(large(), RecordType::Version)], Vec::new()),
    ] {
        place.write(&changed, &gone);
        assert_eq!(place.unlock().err(), Some(UNACCOUNTED));
        place.replay(&after);
    }
    assert!(place.unlock().is_ok());
}

#[test]
fn an_open_small_vault_that_was_changed_says_so_each_time() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    place.write(&[], &[one_of(&place.rows(), RecordType::Version).record_id]);
    for _ in 0..3 {
        assert_eq!(block_on(vault.keys()).err(), Some(UNACCOUNTED));
        let alias = "videos".parse().unwrap();
        assert_eq!(block_on(vault.create_key(&alias)).err(), Some(UNACCOUNTED));
    }
}

/// Lets another handle do something before each of so many of the next reads.
fn before_reads(place: &Place, times: u32, act: impl Fn(u32) + 'static) {
    let left = Cell::new(times);
    let before = move || {
        if let Some(next) = left.get().checked_sub(1) {
            left.set(next);
            act(next);
        }
    };
    let store = &place.host.store;
    store.before_reads.replace(Some(Box::new(before)));
}

#[test]
fn a_vault_that_others_write_meanwhile_is_surveyed_all_the_same() {
    for times in [1, 7, 1000] {
        let place = Rc::new(Place::of(large()));
        let (vault, other) = (place.unlock().unwrap(), place.unlock().unwrap());
        before_reads(&place, times, move |at| {
            if at % 2 == 0 {
                create(&other, &format!("new {at}"));
            } else {
                rotate(&other, "key 001");
            }
        });
        assert_eq!(block_on(vault.survey()), Ok(()), "{times}");
    }
}

#[test]
fn a_change_from_outside_is_told_though_others_write_meanwhile() {
    let place = Place::of(large());
    let (vault, other) = (place.unlock().unwrap(), place.unlock().unwrap());
    place.write(&[], &[one_of(large(), RecordType::Version).record_id]);
    before_reads(&place, 1000, move |at| {
        drop(create(&other, &format!("new {at}")))
    });
    assert_eq!(block_on(vault.survey()), Err(UNACCOUNTED));
}

#[test]
fn a_vault_key_that_is_rotated_meanwhile_is_no_change_from_outside() {
    for at in 0..60 {
        let place = Place::of(large());
        let (vault, other) = (place.unlock().unwrap(), place.unlock().unwrap());
        let reads = Cell::new(0);
        let store = &place.host.store;
        store.before_reads.replace(Some(Box::new(move || {
            if reads.replace(reads.get() + 1) == at {
                block_on(other.rotate_vault_key()).unwrap();
            }
        })));
        match block_on(vault.survey()) {
            Err(Error::Rotated) => {}
            Ok(()) if at > 20 => return,
            other => panic!("{other:?}, rotated before read {at}"),
        }
    }
    panic!("the survey never ended before the rotation");
}

#[test]
fn a_survey_of_a_vault_that_is_removed_or_replaced_meanwhile_ends() {
    for replaced in [false, true] {
        for at in [0, 1, 10, 22] {
            let place = Rc::new(Place::of(large()));
            let vault = place.unlock().unwrap();
            let (reads, host) = (Cell::new(0), Rc::downgrade(&place));
            let store = &place.host.store;
            store.before_reads.replace(Some(Box::new(move || {
                if reads.replace(reads.get() + 1) == at {
                    let place = host.upgrade().unwrap();
                    block_on(place.host.remove(&name())).unwrap();
                    if replaced {
                        place.create();
                    }
                }
            })));
            // Another vault at the same sequence looks like rows that nobody accounts for.
            let outcome = block_on(vault.survey());
            let told = matches!(outcome, Err(Error::NoVault | Error::Integrity(_)));
            assert!(told, "{outcome:?}, replaced: {replaced}, read {at}");
        }
    }
}
