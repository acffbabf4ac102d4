//! What is proven while several operations wait for the store side by side.

use std::{cell::Cell, rc::Rc};

use pollster::block_on;

use crate::{
    fixture::{Place, create, seal},
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
