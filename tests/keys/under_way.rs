//! Bodies that are under way are asked after when something was changed.

use pollster::block_on;
use strongroom::{
    Error,
    base::{Kid, VersionState},
    keys::KeyAction,
};

use crate::fixture::{Place, create, manage, rotate};

#[test]
fn what_another_tab_suspends_stops_here_once_this_one_has_read_it() {
    let place = Place::new();
    let vault = place.create();
    let record = create(&vault, "photos");
    let kid = Kid::of_version(&record.id, &record.primary);
    let check = |writes| block_on(vault.check_under_way(&kid, writes));
    let other = place.unlock().unwrap();
    let epoch = vault.epoch();
    manage(&other, "photos", &KeyAction::Suspend(None)).unwrap();
    assert_eq!(vault.epoch(), epoch);
    block_on(vault.tick()).unwrap();
    assert!(vault.epoch() > epoch);
    let suspended = Err(Error::State(VersionState::Suspended));
    assert_eq!((check(false), check(true)), (suspended.clone(), suspended));
}

#[test]
fn a_change_here_is_told_by_the_epoch_and_a_look_is_not() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let mut epoch = vault.epoch();
    for _ in 0..3 {
        rotate(&vault, "photos");
        assert!(vault.epoch() > epoch);
        epoch = vault.epoch();
        block_on(vault.keys()).unwrap();
        block_on(vault.find_key("photos")).unwrap();
        assert_eq!(vault.epoch(), epoch);
    }
}
