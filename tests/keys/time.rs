//! What time brings, and what a clock that was set wrong does not.

use pollster::block_on;
use strongroom::{
    Error,
    base::{
        Timestamp,
        VersionState::{Active, Deactivated, DestroyScheduled, Destroyed},
    },
    keys::{KeyAction, KeyOptions, KeyRecord, MaintenanceReport},
};

use crate::fixture::{
    DAY, NOW, Open, Place, ago, create, key, manage, open, options, period, record, rotate, seal,
    version,
};

fn tick(vault: &Open) -> MaintenanceReport {
    block_on(vault.tick()).unwrap()
}

fn create_every(vault: &Open, alias: &str, every: &str) -> Box<KeyRecord> {
    let options = KeyOptions {
        rotate_every: Some(period(every)),
        ..options(alias)
    };
    record(block_on(vault.add_key(&options, None)).unwrap())
}

#[test]
fn a_key_is_rotated_when_it_is_due_and_not_before() {
    let place = Place::new();
    let vault = place.create();
    let record = create_every(&vault, "photos", "P90D");
    let value = seal(&vault, "photos", "1").unwrap();
    tick(&vault);
    assert_eq!(record.due(), Some(NOW + 90 * DAY));
    place.pass(90 * DAY - 1);
    let done = tick(&vault);
    assert_eq!((done.rotated.len(), done.next), (0, Some(NOW + 90 * DAY)));
    place.pass(1);
    assert_eq!(tick(&vault).rotated, [record.id]);

    let rotated = key(&vault, "photos");
    let states: Vec<_> = rotated.versions.iter().map(|one| one.state).collect();
    assert_eq!(states, [Deactivated, Active]);
    let last = version(&rotated, 1).history.last().unwrap();
    assert_eq!((last.by.as_str(), last.at), ("rotateEvery", NOW + 90 * DAY));
    assert_eq!(rotated.due(), Some(NOW + 180 * DAY));
    assert_eq!(open(&vault, &value).unwrap(), "1");
    assert_eq!(
        tick(&vault),
        MaintenanceReport {
            next: rotated.due(),
            ..MaintenanceReport::default()
        }
    );
}

#[test]
fn a_key_that_was_due_long_ago_is_rotated_once() {
    let place = Place::new();
    let vault = place.create();
    create_every(&vault, "photos", "P1D");
    place.pass(400 * DAY);
    assert_eq!(tick(&vault).rotated.len(), 1);
    assert_eq!(tick(&vault).rotated.len(), 0);
    assert_eq!(key(&vault, "photos").versions.len(), 2);
}

#[test]
fn a_clock_that_is_set_back_makes_nothing_due_and_loses_nothing() {
    let place = Place::new();
    let vault = place.create();
    create_every(&vault, "photos", "P90D");
    let schedule = KeyAction::ScheduleDestroy {
        version: None,
        after: None,
        force: false,
    };
    create(&vault, "videos");
    let value = seal(&vault, "photos", "1").unwrap();
    manage(&vault, "videos", &schedule).unwrap();
    tick(&vault);
    for clock in [ago(1), ago(400 * DAY), Timestamp::EPOCH] {
        place.clock.set(clock);
        let done = tick(&vault);
        assert_eq!((done.rotated.len(), done.destroyed.len()), (0, 0));
        assert_eq!(open(&vault, &value).unwrap(), "1");
        // What is done meanwhile bears the date that the clock gives, and counts in its order.
        let rotated = rotate(&vault, "photos");
        assert_eq!(rotated.primary_version().created, clock);
    }
    let again = place.unlock().unwrap();
    assert_eq!(key(&again, "photos").versions.len(), 4);
    assert_eq!(version(&key(&again, "videos"), 1).state, DestroyScheduled);
}

#[test]
fn a_clock_that_is_set_forward_makes_rotation_early_and_harmless() {
    let place = Place::new();
    let vault = place.create();
    create_every(&vault, "photos", "P90D");
    let value = seal(&vault, "photos", "1").unwrap();
    place.pass(10_000 * DAY);
    assert_eq!(tick(&vault).rotated.len(), 1);
    place.clock.set(NOW);
    // The version was made in a future that comes late: nothing is due until then.
    assert!(tick(&vault).rotated.is_empty());
    assert_eq!(open(&vault, &value).unwrap(), "1");
    assert!(seal(&vault, "photos", "2").is_ok());
}

#[test]
fn a_clock_that_is_set_forward_makes_a_scheduled_destruction_early() {
    let place = Place::new();
    let vault = place.create();
    let id = create(&vault, "photos").id;
    let schedule = KeyAction::ScheduleDestroy {
        version: None,
        after: None,
        force: false,
    };
    manage(&vault, "photos", &schedule).unwrap();
    place.pass(30 * DAY - 1);
    let done = tick(&vault);
    assert_eq!((done.destroyed.len(), done.next), (0, Some(NOW + 30 * DAY)));
    place.pass(1);
    assert_eq!(tick(&vault).destroyed.len(), 1);
    place.clock.set(NOW);
    let destroyed = key(&vault, &id);
    assert_eq!(version(&destroyed, 1).state, Destroyed);
    let last = version(&destroyed, 1).history.last().unwrap();
    assert_eq!(
        (last.by.as_str(), last.at),
        ("scheduledDestroy", NOW + 30 * DAY)
    );
}

#[test]
fn a_destruction_that_was_cancelled_does_not_happen() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let value = seal(&vault, "photos", "1").unwrap();
    let schedule = KeyAction::ScheduleDestroy {
        version: None,
        after: None,
        force: false,
    };
    manage(&vault, "photos", &schedule).unwrap();
    assert_eq!(open(&vault, &value), Err(Error::State(DestroyScheduled)));
    manage(&vault, "photos", &KeyAction::CancelDestroy(None)).unwrap();
    place.pass(400 * DAY);
    assert_eq!(tick(&vault), MaintenanceReport::default());
    assert_eq!(open(&vault, &value).unwrap(), "1");
}

#[test]
fn a_version_that_waited_is_due_by_when_it_was_activated() {
    let place = Place::new();
    let vault = place.create();
    create_every(&vault, "photos", "P90D");
    manage(&vault, "photos", &KeyAction::Rotate { waits: true }).unwrap();
    place.pass(80 * DAY);
    let active = manage(&vault, "photos", &KeyAction::Activate(None))
        .unwrap()
        .key;
    assert_eq!(active.due(), Some(NOW + 170 * DAY));
    // A suspension is no fresh start.
    manage(&vault, "photos", &KeyAction::Suspend(None)).unwrap();
    assert_eq!(key(&vault, "photos").due(), None);
    place.pass(DAY);
    let resumed = manage(&vault, "photos", &KeyAction::Resume(None))
        .unwrap()
        .key;
    assert_eq!(resumed.due(), Some(NOW + 170 * DAY));
}

#[test]
fn how_often_a_key_is_rotated_can_be_changed_and_ended() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let every = |every: Option<&str>| KeyAction::Update {
        alias: None,
        labels: None,
        rotate_every: Some(every.map(period)),
    };
    let due = |request| manage(&vault, "photos", &request).unwrap().key.due();
    assert_eq!(due(every(Some("P30D"))), Some(NOW + 30 * DAY));
    assert_eq!(due(every(Some("P1Y"))), Some(NOW + 365 * DAY));
    assert_eq!(due(every(None)), None);
    place.pass(400 * DAY);
    assert_eq!(tick(&vault), MaintenanceReport::default());
}

#[test]
fn a_key_that_protects_nothing_is_not_rotated_by_time() {
    let place = Place::new();
    let vault = place.create();
    create_every(&vault, "suspended", "P1D");
    create_every(&vault, "revoked", "P1D");
    manage(&vault, "suspended", &KeyAction::Suspend(None)).unwrap();
    let revoke = KeyAction::Revoke {
        version: None,
        compromised: true,
    };
    manage(&vault, "revoked", &revoke).unwrap();
    place.pass(400 * DAY);
    assert_eq!(tick(&vault), MaintenanceReport::default());
}

#[test]
fn more_than_are_done_at_once_are_done_soon_after() {
    let place = Place::new();
    let vault = place.create();
    for at in 0..150 {
        create_every(&vault, &format!("key {at}"), "P1D");
    }
    place.pass(DAY);
    let mut rotated = Vec::new();
    for expected in [64, 64, 22, 0] {
        let done = tick(&vault);
        assert_eq!(done.rotated.len(), expected);
        let soon = rotated.len() + expected < 150;
        assert_eq!(done.next == Some(place.clock.get()), soon);
        rotated.extend(done.rotated);
    }
    rotated.sort_unstable();
    rotated.dedup();
    assert_eq!(rotated.len(), 150);
}

#[test]
fn two_handles_that_do_what_is_due_at_once_do_it_once() {
    let place = Place::new();
    let vault = place.create();
    create_every(&vault, "photos", "P1D");
    let other = place.unlock().unwrap();
    place.pass(DAY);
    let meanwhile = move || assert_eq!(tick(&other).rotated.len(), 1);
    let store = &place.host.store;
    store.meanwhile.replace(Some(Box::new(meanwhile)));
    assert!(tick(&vault).rotated.is_empty());
    assert_eq!(key(&vault, "photos").versions.len(), 2);
}
