//! Bodies that are under way are asked after when something was changed.

use futures_util::future::join;
use pollster::block_on;
use strongroom::{
    Error,
    base::{Kid, VersionState},
    keys::KeyAction,
    vault::ObjectQuery,
};

use crate::{
    fixture::{Place, create, manage, rotate},
    scale::large,
};

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

#[test]
fn a_read_that_meets_its_own_vaults_rotation_before_that_was_answered_waits_for_the_answer() {
    for place in [Place::new(), Place::of(large())] {
        let vault = match place.unlock() {
            Ok(vault) => vault,
            Err(_) => place.create(),
        };
        let late = || place.host.store.late.set(20);
        late();
        let (rotated, head) = block_on(join(vault.rotate_vault_key(), vault.head()));
        assert_eq!((rotated.map(drop), head.map(drop)), (Ok(()), Ok(())));
        late();
        let first = ObjectQuery::first(1);
        let list = vault.list_objects(&first);
        let (rotated, listed) = block_on(join(vault.rotate_vault_key(), list));
        assert_eq!((rotated.map(drop), listed.map(drop)), (Ok(()), Ok(())));
        let again = place.unlock().unwrap();
        late();
        let (rotated, surveyed) = block_on(join(again.rotate_vault_key(), again.survey()));
        assert_eq!((rotated.map(drop), surveyed), (Ok(()), Ok(())));
        // What was rotated elsewhere is still told.
        assert_eq!(block_on(vault.head()).err(), Some(Error::Rotated));
        assert_eq!(block_on(vault.survey()).err(), Some(Error::Rotated));
    }
}
