//! Stores that answer what they were not asked, and vaults that follow others of their name.

use std::rc::Rc;

use pollster::block_on;
use strongroom::{
    Error,
    store::{RecordId, RecordType, Row, Sequence, Store},
    vault::Vault,
};

use crate::fixture::{PHRASE, Place, create, name, passphrase};

/// Answers as a store changes them.
type Lie = fn(&mut Vec<Row>);

const LIES: [(&str, Lie); 5] = [
    ("a row more", |rows| {
        let mut more = rows[rows.len() - 1].clone();
        more.record_id.id.push('A');
        rows.push(more);
    }),
    ("a row twice", |rows| rows.insert(0, rows[0].clone())),
    ("in another order", |rows| rows.reverse()),
    ("of another type", |rows| {
        rows[0].record_id.kind = RecordType::Upload
    }),
    ("of another id", |rows| {
        let version = rows[0].record_id.version.clone();
        rows[0].record_id = RecordId {
            version,
            ..RecordId::new(rows[0].record_id.kind, "~")
        };
    }),
];

#[test]
fn rows_that_were_not_asked_for_are_refused() {
    for (what, lie) in LIES {
        let place = Place::new();
        create(&place.create(), "photos");
        place.host.store.lie.set(Some(lie));
        assert!(place.is_refused(), "{what}");
        place.host.store.lie.set(None);
        assert!(place.unlock().is_ok());
    }
}

#[test]
fn a_handle_of_a_deleted_vault_commits_nothing_into_its_successor() {
    let place = Place::new();
    let make = || {
        let host = Rc::clone(&place.host);
        block_on(Vault::create(host, name(), &[&passphrase(PHRASE)])).unwrap()
    };
    let old = make();
    let sequence = || block_on(place.host.store.read(&name(), &[])).unwrap().0;
    let Sequence(first) = sequence();
    assert!((1 << 32..1 << 52).contains(&first));
    block_on(place.host.remove(&name())).unwrap();
    let fresh = make();
    assert_ne!(sequence(), Sequence(first));
    let before = place.rows();
    let refused = block_on(old.create_key(&"stale".parse().unwrap()));
    assert_eq!(refused.err(), Some(Error::NoVault));
    assert!(place.rows() == before);
    create(&fresh, "photos");
    assert_eq!(place.rows_of(RecordType::Key).len(), 1);
}

#[test]
fn a_restored_vault_begins_at_a_sequence_of_its_own() {
    let place = Place::new();
    let backup = block_on(place.create().backup()).unwrap();
    let mut seen = Vec::new();
    for _ in 0..2 {
        block_on(place.host.remove(&name())).unwrap();
        let host = Rc::clone(&place.host);
        drop(block_on(Vault::restore(host, &backup, Some(name()))).unwrap());
        seen.push(block_on(place.host.store.read(&name(), &[])).unwrap().0);
    }
    assert!(seen[0] != seen[1] && seen.iter().all(|&Sequence(first)| first >= 1 << 32));
}
