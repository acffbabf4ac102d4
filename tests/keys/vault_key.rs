//! A new vault key: everything is under it, and nothing of the old one counts any more.

use std::rc::Rc;

use pollster::block_on;
use strongroom::{
    Error,
    base::{InputError, Object},
    jose::Envelope,
    keys::Purpose,
    store::{RecordType, Row},
};

use crate::fixture::{
    OTHER_PHRASE, Open, PHRASE, Place, create, create_for, decrypt, encrypt, open, rotate, seal,
};

/// The generation of the vault key that a record is under.
fn generation(row: &Row) -> u64 {
    let envelope = Envelope::parse(&row.bytes).unwrap();
    let malformed = InputError::Malformed("an address");
    let mut address = Object::parse(envelope.aad().unwrap(), malformed.clone()).unwrap();
    address.number("generation", malformed).unwrap()
}

/// A vault of some keys and objects, its vault key rotated; and its rows of before.
fn rotated() -> (Place, Vec<Row>) {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    create_for(&vault, "orders", Purpose::Sign);
    rotate(&vault, "photos");
    let before = place.rows();
    block_on(vault.rotate_vault_key()).unwrap();
    assert_eq!(vault.generation().unwrap(), 2);
    (place, before)
}

fn of_kind(rows: &[Row], kind: RecordType) -> Vec<Row> {
    let of_kind = |row: &&Row| row.record_id.kind == kind;
    rows.iter().filter(of_kind).cloned().collect()
}

#[test]
fn every_record_is_written_anew_under_the_second_generation_but_the_factors() {
    let (place, before) = rotated();
    let after = place.rows();
    assert_eq!(before.len(), after.len());
    for (old, new) in before.iter().zip(&after) {
        assert_eq!(old.record_id, new.record_id);
        if new.record_id.kind == RecordType::Factor {
            assert_eq!(old, new, "no factor is touched");
            continue;
        }
        assert_eq!(new.revision, old.revision + 1);
        assert_ne!(new.bytes, old.bytes);
        if new.record_id.kind != RecordType::Statement {
            assert_eq!((generation(old), generation(new)), (1, 2));
        }
    }
}

#[test]
fn it_is_one_commit() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let factors = place.rows_of(RecordType::Factor).len();
    place.host.store.commits.take();
    block_on(vault.rotate_vault_key()).unwrap();
    let commits = place.host.store.commits.take();
    // And the audit log's entries.
    assert_eq!(commits, [place.rows().len() - factors + 1]);
}

#[test]
fn both_factors_open_it_and_everything_of_before_opens() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (value, object) = (
        seal(&vault, "photos", "1").unwrap(),
        encrypt(&vault, "photos", "hello"),
    );
    for generation in 2..5 {
        block_on(vault.rotate_vault_key()).unwrap();
        for phrase in [PHRASE, OTHER_PHRASE] {
            let vault = place.unlock_with(phrase).unwrap();
            assert_eq!(vault.generation().unwrap(), generation);
            assert_eq!(open(&vault, &value).unwrap(), "1");
            let plain = decrypt(&vault, &object.header, &object.body);
            assert_eq!(plain.unwrap(), "hello");
        }
        // The handle that rotated goes on with the new one.
        create(&vault, &generation.to_string());
        assert_eq!(open(&vault, &value).unwrap(), "1");
    }
}

#[test]
fn an_open_handle_with_the_old_one_is_told_and_opens_again() {
    let place = Place::new();
    let (first, second) = (place.create(), place.unlock().unwrap());
    create(&first, "photos");
    let value = seal(&first, "photos", "1").unwrap();
    assert_eq!(open(&second, &value).unwrap(), "1");
    block_on(first.rotate_vault_key()).unwrap();
    let alias = "videos".parse().unwrap();
    let refused = block_on(second.create_key(&alias)).err();
    assert_eq!(refused, Some(Error::Rotated));
    assert_eq!(refused.unwrap().code(), "ERR_LOCKED");
    let again = block_on(
        second
            .lock()
            .unlock(&crate::fixture::passphrase(PHRASE), None),
    );
    assert_eq!(open(&again.unwrap(), &value).unwrap(), "1");
}

#[test]
fn the_old_vault_keys_envelope_is_refused() {
    let (place, before) = rotated();
    place.write(&of_kind(&before, RecordType::VaultKey), &[]);
    assert_eq!(
        place.unlock().err(),
        Some(Error::Integrity(
            "a vault key that the statement does not name"
        ))
    );
}

#[test]
fn the_old_statement_with_its_vault_key_is_refused_by_a_factor_that_has_seen_a_later_one() {
    let (place, before) = rotated();
    place.unlock().unwrap();
    let mut old = of_kind(&before, RecordType::VaultKey);
    old.extend(of_kind(&before, RecordType::Statement));
    // The factor's record was sealed anew, and the old statement names the one of before.
    place.write(&old, &[]);
    assert!(place.is_refused());
    let mut pinned = of_kind(&place.rows(), RecordType::Factor);
    pinned.retain(|row| row.revision == 2);
    assert_eq!(pinned.len(), 1, "the factor that has unlocked since");

    // Everything of before, but for what that factor remembers.
    place.replay(&before);
    place.write(&pinned, &[]);
    assert_eq!(
        place.unlock().err(),
        Some(Error::Integrity(
            "a statement older than this factor has seen"
        ))
    );
}

#[test]
fn a_replay_of_everything_is_told_only_by_a_head_that_was_kept_elsewhere() {
    let (place, before) = rotated();
    let seen = place.unlock().unwrap().seen();
    place.replay(&before);
    let vault = place.unlock().unwrap();
    assert_eq!(vault.generation().unwrap(), 1);
    let locked = vault.lock();
    let refused =
        block_on(locked.unlock(&crate::fixture::passphrase(PHRASE), Some(&seen.unwrap())));
    assert!(matches!(refused.err(), Some(Error::Integrity(_))));
}

#[test]
fn each_record_of_before_is_refused_where_the_new_one_stood() {
    let (place, before) = rotated();
    let after = place.rows();
    for (old, new) in before.iter().zip(&after) {
        if old == new {
            continue;
        }
        place.write(std::slice::from_ref(old), &[]);
        assert!(place.is_refused(), "{:?}", old.record_id.kind);
        place.write(std::slice::from_ref(new), &[]);
    }
    assert!(place.unlock().is_ok());
}

#[test]
fn an_unlock_lets_its_own_factor_remember_the_generation_and_no_other() {
    let (place, _) = rotated();
    let revisions = || {
        let mut revisions = Vec::new();
        for row in place.rows_of(RecordType::Factor) {
            revisions.push((row.revision, generation(&row)));
        }
        revisions.sort_unstable();
        revisions
    };
    assert_eq!(revisions(), [(1, 1), (1, 1)]);
    place.unlock_with(OTHER_PHRASE).unwrap();
    assert_eq!(revisions(), [(1, 1), (2, 2)]);
    place.unlock_with(OTHER_PHRASE).unwrap();
    assert_eq!(revisions(), [(1, 1), (2, 2)], "once");
    place.unlock().unwrap();
    assert_eq!(revisions(), [(2, 2), (2, 2)]);
}

#[test]
fn an_unlock_whose_commit_another_tab_foiled_remembers_all_the_same() {
    let (place, _) = rotated();
    let other = place.unlock_with(OTHER_PHRASE).unwrap();
    let store = &place.host.store;
    let meanwhile = move || drop(create(&other, "videos"));
    store.meanwhile.replace(Some(Box::new(meanwhile)));
    let vault = place.unlock().unwrap();
    assert_eq!(block_on(vault.keys()).unwrap().len(), 3);
    let pinned: Vec<_> = place
        .rows_of(RecordType::Factor)
        .iter()
        .map(generation)
        .collect();
    assert_eq!(pinned, [2, 2]);
}

/// Another tab writes before each commit, for ever.
fn foil(place: &Rc<Place>, other: Rc<Open>, keys: usize) {
    let again = place.clone();
    let meanwhile = move || {
        create(&other, &format!("key {keys}"));
        foil(&again, other, keys + 1);
    };
    let store = &place.host.store;
    store.meanwhile.replace(Some(Box::new(meanwhile)));
}

#[test]
fn an_unlock_whose_every_commit_another_tab_foils_ends_all_the_same() {
    let (place, _) = rotated();
    let place = Rc::new(place);
    let other = Rc::new(place.unlock_with(OTHER_PHRASE).unwrap());
    foil(&place, other, 0);
    let vault = place.unlock().unwrap();
    place.host.store.meanwhile.take();
    assert!(block_on(vault.keys()).unwrap().len() > 30);
    create(&vault, "videos");
}

#[test]
fn an_unlock_that_cannot_be_remembered_for_want_of_room_opens_the_vault_all_the_same() {
    let (place, _) = rotated();
    let before = place.rows();
    place.host.store.fails.set(true);
    let vault = place.unlock().unwrap();
    assert_eq!(block_on(vault.keys()).unwrap().len(), 2);
    assert!(place.rows() == before);
    place.host.store.fails.set(false);
    place.unlock().unwrap();
    assert!(place.rows() != before, "remembered now");
}

#[test]
fn a_vault_that_somebody_changed_is_not_carried_over() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let record = &place.rows_of(RecordType::Key)[0];
    place.write(&[], std::slice::from_ref(&record.record_id));
    let refused = block_on(vault.rotate_vault_key()).err();
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
}

#[test]
fn a_backup_of_before_restores_with_the_vault_key_of_before() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let value = seal(&vault, "photos", "1").unwrap();
    let backup = block_on(vault.backup()).unwrap();
    block_on(vault.rotate_vault_key()).unwrap();
    place.unlock().unwrap();
    let name = Some("copy".parse().unwrap());
    let restored = block_on(strongroom::vault::Vault::restore(
        std::rc::Rc::clone(&place.host),
        &backup,
        name,
    ));
    let restored = block_on(
        restored
            .unwrap()
            .unlock(&crate::fixture::passphrase(PHRASE), None),
    )
    .unwrap();
    assert_eq!(restored.generation().unwrap(), 1);
    assert_eq!(open(&restored, &value).unwrap(), "1");
}
