//! How often keys are used: counted in memory, written by the tick.

use pollster::block_on;
use strongroom::{
    base::{KeyId, SystemEntropy, Timestamp, VersionId},
    keys::{Purpose, Usage},
    store::RecordType,
};

use crate::fixture::{
    NOW, Open, Place, ago, create, create_for, decrypt, encrypt, key, open, rotate, seal,
};

/// What was written of a key: how often, and when last.
fn written(vault: &Open, id: &KeyId) -> (u64, Timestamp) {
    let usage = block_on(vault.written_usage(id)).unwrap();
    (usage.total(), usage.last)
}

#[test]
fn uses_are_written_by_the_tick_and_not_one_by_one() {
    let place = Place::new();
    let vault = place.create();
    let record = create(&vault, "photos");
    create_for(&vault, "orders", Purpose::Sign);
    place.host.store.commits.take();
    for _ in 0..100 {
        let value = seal(&vault, "photos", "1").unwrap();
        open(&vault, &value).unwrap();
        place.pass(1);
    }
    let token = block_on(vault.sign("orders", None, b"x")).unwrap();
    block_on(vault.verify(&token, None)).unwrap();
    let object = encrypt(&vault, "photos", "hello");
    decrypt(&vault, &object.header, &object.body).unwrap();
    assert!(place.host.store.commits.borrow().is_empty());
    assert_eq!(written(&vault, &record.id), (0, Timestamp::EPOCH));

    block_on(vault.tick()).unwrap();
    assert_eq!(place.host.store.commits.borrow().len(), 1);
    assert_eq!(written(&vault, &record.id), (202, NOW + 100));
    let orders = key(&vault, "orders").id;
    assert_eq!(written(&place.unlock().unwrap(), &orders), (2, NOW + 100));
    assert_eq!(place.rows_of(RecordType::Usage).len(), 2);
    // Nothing was used since.
    block_on(vault.tick()).unwrap();
    assert_eq!(place.host.store.commits.borrow().len(), 1);
}

#[test]
fn each_versions_uses_are_its_own() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let value = seal(&vault, "photos", "1").unwrap();
    let record = rotate(&vault, "photos");
    for _ in 0..3 {
        open(&vault, &value).unwrap();
    }
    seal(&vault, "photos", "2").unwrap();
    block_on(vault.tick()).unwrap();
    let usage = block_on(vault.written_usage(&record.id)).unwrap();
    let of = |at: usize| usage.versions.get(&record.versions[at].id);
    assert_eq!((of(0), of(1)), (Some(&4), Some(&1)));
}

#[test]
fn two_handles_add_up() {
    let place = Place::new();
    let first = place.create();
    let record = create(&first, "photos");
    let second = place.unlock().unwrap();
    let value = seal(&first, "photos", "1").unwrap();
    for vault in [&first, &second] {
        open(vault, &value).unwrap();
    }
    let meanwhile = move || drop(block_on(second.tick()).unwrap());
    let store = &place.host.store;
    store.meanwhile.replace(Some(Box::new(meanwhile)));
    block_on(first.tick()).unwrap();
    assert_eq!(written(&first, &record.id).0, 3);
}

#[test]
fn uses_that_could_not_be_written_are_written_later_and_a_crash_loses_them() {
    let place = Place::new();
    let vault = place.create();
    let record = create(&vault, "photos");
    seal(&vault, "photos", "1").unwrap();
    place.host.store.fails.set(true);
    assert!(block_on(vault.tick()).is_err());
    place.host.store.fails.set(false);
    seal(&vault, "photos", "2").unwrap();
    block_on(vault.tick()).unwrap();
    assert_eq!(written(&vault, &record.id).0, 2);

    seal(&vault, "photos", "3").unwrap();
    drop(vault);
    let again = place.unlock().unwrap();
    block_on(again.tick()).unwrap();
    assert_eq!(written(&again, &record.id).0, 2);
}

#[test]
fn what_fails_is_no_use() {
    let place = Place::new();
    let vault = place.create();
    create_for(&vault, "orders", Purpose::Sign);
    assert!(seal(&vault, "orders", "1").is_err());
    assert!(seal(&vault, "nobody", "1").is_err());
    let token = block_on(vault.sign("orders", None, b"x")).unwrap();
    block_on(vault.tick()).unwrap();
    let forged = [&token[..token.len() - 4], "AAAA"].concat();
    assert!(block_on(vault.verify(&forged, None)).is_err());
    place.host.store.commits.take();
    block_on(vault.tick()).unwrap();
    // The audit log's entry of what failed, and the head.
    assert_eq!(place.host.store.commits.take(), [2]);
}

#[test]
fn a_clock_that_was_set_back_does_not_make_a_key_look_unused() {
    let version = VersionId::generate(&SystemEntropy).unwrap();
    let mut usage = Usage::default();
    usage.note(&version, NOW);
    usage.note(&version, ago(1));
    assert_eq!((usage.last, usage.total()), (NOW, 2));
}
