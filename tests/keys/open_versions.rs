//! Versions stay in memory for a second after their last use, and what they may do is asked each time.

use pollster::block_on;
use strongroom::{
    Error, Result,
    keys::{KeyAction, Purpose},
};

use crate::fixture::{
    Open, Place, create, create_for, key, manage, open, place_without_timers, rotate, seal,
};

/// Milliseconds that a version stays.
const KEPT: u64 = 1000;

#[test]
fn a_version_stays_for_a_second_after_its_last_use_and_is_wiped_then() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    assert_eq!(vault.open_versions(), 0);
    let value = seal(&vault, "photos", "1").unwrap();
    for _ in 0..3 {
        place.pass(KEPT - 1);
        assert_eq!(vault.open_versions(), 1);
        assert_eq!(open(&vault, &value).unwrap(), "1");
    }
    place.pass(KEPT - 1);
    assert_eq!(vault.open_versions(), 1);
    place.pass(1);
    assert_eq!(vault.open_versions(), 0);
    assert_eq!(open(&vault, &value).unwrap(), "1");
    assert_eq!(vault.open_versions(), 1);
}

#[test]
fn each_version_has_a_second_of_its_own() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    create_for(&vault, "orders", Purpose::Sign);
    seal(&vault, "photos", "1").unwrap();
    place.pass(KEPT / 2);
    block_on(vault.sign("orders", None, b"x")).unwrap();
    assert_eq!(vault.open_versions(), 2);
    place.pass(KEPT / 2);
    assert_eq!(vault.open_versions(), 1);
    place.pass(KEPT / 2);
    assert_eq!(vault.open_versions(), 0);
}

#[test]
fn a_clock_that_is_set_back_or_ahead_ends_it() {
    for set in [
        |place: &Place| place.clock.set(crate::fixture::ago(1)),
        |place: &Place| place.clock.set(place.clock.get() + KEPT),
    ] {
        let place = Place::new();
        let vault = place.create();
        create(&vault, "photos");
        create(&vault, "orders");
        seal(&vault, "photos", "1").unwrap();
        set(&place);
        seal(&vault, "orders", "1").unwrap();
        assert_eq!(vault.open_versions(), 1);
    }
}

#[test]
fn under_a_clock_that_stands_still_or_is_slow_none_stays_for_longer() {
    // 0: it stands still, as that of a page that sets `Date.now` in its tests.
    for slow in [0, 2, 1000] {
        for before in [0, 1, KEPT - 1] {
            let place = Place::new();
            let vault = place.create();
            create(&vault, "photos");
            let value = seal(&vault, "photos", "1").unwrap();
            place.pass_slowly(before, slow);
            assert_eq!(open(&vault, &value).unwrap(), "1");
            assert_eq!(vault.open_versions(), 1);
            place.pass_slowly(KEPT, slow);
            assert_eq!(vault.open_versions(), 0, "1 in {slow}, used after {before}");
            // Nor for ever where it is used all the time.
            assert_eq!(open(&vault, &value).unwrap(), "1");
            place.pass_slowly(KEPT, slow);
            assert_eq!(vault.open_versions(), 0);
        }
    }
}

#[test]
fn without_timers_none_stays() {
    let place = place_without_timers();
    let vault = place.create();
    create(&vault, "photos");
    let value = seal(&vault, "photos", "1").unwrap();
    assert_eq!(open(&vault, &value).unwrap(), "1");
    assert_eq!(vault.open_versions(), 0);
}

#[test]
fn only_so_many_stay() {
    let place = Place::new();
    let vault = place.create();
    let aliases: Vec<_> = (0..40).map(|at| format!("key {at}")).collect();
    for alias in &aliases {
        create(&vault, alias);
    }
    for alias in &aliases {
        seal(&vault, alias, "1").unwrap();
    }
    assert_eq!(vault.open_versions(), 32);
    place.pass(KEPT);
    assert_eq!(vault.open_versions(), 0);
}

#[test]
fn locking_wipes_them_at_once() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    seal(&vault, "photos", "1").unwrap();
    vault.forget();
    assert_eq!(vault.open_versions(), 0);
    assert_eq!(seal(&vault, "photos", "2"), Err(Error::Locked));
    place.pass(2 * KEPT);
    assert_eq!(vault.open_versions(), 0);
}

/// What ends the use of a primary version.
fn endings() -> [KeyAction; 3] {
    [
        KeyAction::Suspend(None),
        KeyAction::Revoke {
            version: None,
            compromised: false,
        },
        KeyAction::Destroy {
            version: None,
            force: false,
        },
    ]
}

/// What became of encrypting and decrypting.
fn uses(vault: &Open, value: &str) -> [Option<Error>; 2] {
    [seal(vault, "photos", "2").err(), open(vault, value).err()]
}

#[test]
fn any_change_by_this_handle_wipes_them_at_once() {
    for ending in endings() {
        let place = Place::new();
        let vault = place.create();
        create(&vault, "photos");
        let value = seal(&vault, "photos", "1").unwrap();
        manage(&vault, "photos", &ending).unwrap();
        assert_eq!(vault.open_versions(), 0, "{ending:?}");
        // As a vault says that has never used the version.
        assert_eq!(uses(&vault, &value), uses(&place.unlock().unwrap(), &value));
        assert!(seal(&vault, "photos", "2").is_err(), "{ending:?}");
    }
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    seal(&vault, "photos", "1").unwrap();
    rotate(&vault, "photos");
    assert_eq!(vault.open_versions(), 0);
    seal(&vault, "photos", "1").unwrap();
    block_on(vault.rotate_vault_key()).unwrap();
    assert_eq!(vault.open_versions(), 0);
    assert!(seal(&vault, "photos", "1").is_ok());
}

/// What has a handle take in what another tab wrote.
const NOTICES: [fn(&Open) -> Result<()>; 3] = [
    // What the message of another tab comes to.
    |vault| block_on(vault.tick()).map(drop),
    // A key that it has not heard of.
    |vault| seal(vault, "later", "1").map(drop),
    |vault| block_on(vault.survey()),
];

#[test]
fn what_another_tab_ended_is_refused_as_without_them() {
    for ending in endings() {
        for notice in NOTICES {
            let place = Place::new();
            let author = place.create();
            create(&author, "photos");
            let value = seal(&author, "photos", "1").unwrap();
            // Both have used the version, and one of them has it in memory still.
            let (warm, cold) = (place.unlock().unwrap(), place.unlock().unwrap());
            assert_eq!(uses(&cold, &value), [None, None]);
            place.pass(KEPT);
            assert_eq!(uses(&warm, &value), [None, None]);
            assert_eq!((warm.open_versions(), cold.open_versions()), (1, 0));

            manage(&author, "photos", &ending).unwrap();
            create(&author, "later");
            // Neither has read anything since.
            assert_eq!(uses(&warm, &value), uses(&cold, &value));
            place.pass(KEPT - 1);
            let outcomes = [&warm, &cold].map(|vault| {
                notice(vault).unwrap();
                uses(vault, &value)
            });
            assert_eq!(outcomes[0], outcomes[1], "{ending:?}");
            assert_eq!(outcomes[0], uses(&place.unlock().unwrap(), &value));
            assert!(outcomes[0][0].is_some(), "{ending:?}");
        }
    }
}

#[test]
fn what_another_tab_wrote_wipes_them_at_once() {
    let place = Place::new();
    let (vault, other) = (place.create(), place.unlock().unwrap());
    create(&vault, "photos");
    seal(&vault, "photos", "1").unwrap();
    create(&other, "orders");
    assert_eq!(vault.open_versions(), 1);
    key(&vault, "orders");
    assert_eq!(vault.open_versions(), 0);
    // One that another tab destroyed meanwhile is not opened any more.
    seal(&vault, "photos", "1").unwrap();
    let destroy = KeyAction::Destroy {
        version: None,
        force: false,
    };
    manage(&other, "photos", &destroy).unwrap();
    block_on(vault.tick()).unwrap();
    assert_eq!(vault.open_versions(), 0);
}
