//! What is proven while several operations wait for the store side by side, and while the store lies about what it did.

use std::{cell::Cell, rc::Rc};

use pollster::block_on;
use strongroom::{
    Error, Result,
    keys::KeyAction,
    store::{RecordType, Row},
};

use crate::{
    fixture::{Open, Place, create, manage, seal},
    scale::large,
};

/// Does something before one of the reads to come, counted from 0.
fn before_read(place: &Place, which: usize, act: impl Fn() + 'static) {
    let count = Cell::new(0);
    let before = move || {
        if count.replace(count.get() + 1) == which {
            act();
        }
    };
    place
        .host
        .store
        .before_reads
        .replace(Some(Box::new(before)));
}

#[test]
fn a_read_that_was_overtaken_by_another_tab_is_repeated() {
    let place = Rc::new(Place::of(large()));
    let vault = Rc::new(place.unlock().unwrap());
    let (others, same) = (Rc::clone(&place), Rc::clone(&vault));
    // The shard, the key with its page, then the version, which that page proves.
    before_read(&place, 2, move || {
        create(&others.unlock().unwrap(), "from another tab");
        block_on(same.head()).unwrap();
    });
    assert_eq!(seal(&vault, "key 007", "1").map(drop), Ok(()));
}

#[test]
fn a_change_that_the_store_forgot_is_not_taken_as_done() {
    let place = Rc::new(Place::of(large()));
    let vault = Rc::new(place.unlock().unwrap());
    seal(&vault, "key 007", "1").unwrap();
    let (store, same) = (Rc::clone(&place), Rc::clone(&vault));
    place.host.store.forgets.set(true);
    place.host.store.meanwhile.replace(Some(Box::new(move || {
        // As if another tab had written.
        store.write(&[], &[]);
        block_on(same.head()).unwrap();
    })));
    let suspended = manage(&vault, "key 007", &KeyAction::Suspend(None)).map(drop);
    assert!(
        matches!(suspended, Err(Error::Integrity(_))),
        "{suspended:?}"
    );
}

#[test]
fn a_store_that_takes_some_rows_of_a_rotation_and_says_that_it_committed_is_not_believed() {
    let place = Place::of(large());
    let vault = place.unlock().unwrap();
    place.host.store.takes_one_part.set(true);
    let rotated = block_on(vault.rotate_vault_key()).map(drop);
    assert!(matches!(rotated, Err(Error::Storage(_))), "{rotated:?}");
    assert_eq!(vault.generation(), Ok(1));
}

/// Rows of the catalog that differ once a key was made, and stand among the first that are listed.
fn refused_shard() -> (Option<Row>, Row) {
    let first = |rows: &[Row]| rows.iter().take(16).cloned().collect::<Vec<_>>();
    for at in 0.. {
        let place = Place::of(large());
        let before = first(&place.rows_of(RecordType::Catalog));
        create(&place.unlock().unwrap(), &format!("ghost {at}"));
        let after = first(&place.rows_of(RecordType::Catalog));
        if let Some(new) = after.iter().find(|row| !before.contains(row)) {
            let old = before.iter().find(|row| row.record_id == new.record_id);
            return (old.cloned(), new.clone());
        }
    }
    unreachable!()
}

fn listed(vault: &Open) -> Result<usize> {
    block_on(vault.keys()).map(|keys| keys.len())
}

#[test]
fn a_shard_of_a_commit_that_was_refused_is_not_listed() {
    let (old, refused) = refused_shard();
    let place = Rc::new(Place::of(large()));
    let vault = place.unlock().unwrap();
    place.write_unnoticed(core::slice::from_ref(&refused), &[]);
    let store = Rc::clone(&place);
    // The core, the first shards, then the next.
    before_read(&place, 2, move || match &old {
        Some(old) => store.write(core::slice::from_ref(old), &[]),
        None => store.write(&[], core::slice::from_ref(&refused.record_id)),
    });
    assert_eq!(listed(&vault), Ok(400));
}
