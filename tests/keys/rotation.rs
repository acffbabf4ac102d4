//! Keys are rotated, and nothing that was encrypted is lost.

use pollster::block_on;
use strongroom::{
    Error,
    base::VersionState::{Active, Deactivated, PreActive, Suspended},
    keys::KeyAction,
    store::RecordType,
};

use crate::fixture::{
    NOW, Open, Place, create, decrypt, encrypt, key, kid_of, manage, open, rotate, seal, version,
};

#[test]
fn a_rotated_key_protects_under_a_new_version_and_opens_what_the_old_one_protected() {
    let place = Place::new();
    let vault = place.create();
    let first = create(&vault, "photos");
    let (value, object) = (
        seal(&vault, "photos", "1").unwrap(),
        encrypt(&vault, "photos", "hello"),
    );
    place.pass(1000);
    let rotated = rotate(&vault, "photos");
    assert_eq!(
        (rotated.id.as_str(), rotated.versions.len()),
        (first.id.as_str(), 2)
    );
    let (old, new) = (version(&rotated, 1), version(&rotated, 2));
    assert_eq!((old.state, new.state), (Deactivated, Active));
    assert_eq!((old.number, new.number), (1, 2));
    assert_eq!((old.created, new.created), (NOW, NOW + 1000));
    assert_eq!(rotated.primary, new.id);

    for vault in [&vault, &place.unlock().unwrap()] {
        let fresh = seal(vault, "photos", "2").unwrap();
        assert_eq!(
            kid_of(&fresh),
            [first.id.as_str(), new.id.as_str()].join(".")
        );
        assert_eq!(open(vault, &fresh).unwrap(), "2");
        assert_eq!(open(vault, &value).unwrap(), "1");
        let plain = decrypt(vault, &object.header, &object.body);
        assert_eq!(plain.unwrap(), "hello");
    }
}

#[test]
fn a_version_that_waits_does_nothing_until_it_is_activated() {
    let place = Place::new();
    let vault = place.create();
    let first = create(&vault, "photos");
    let waiting = manage(&vault, "photos", &KeyAction::Rotate { waits: true })
        .unwrap()
        .key;
    assert_eq!(waiting.primary, first.primary);
    let states: Vec<_> = waiting.versions.iter().map(|one| one.state).collect();
    assert_eq!(states, [Active, PreActive]);
    let value = seal(&vault, "photos", "1").unwrap();
    assert_eq!(
        kid_of(&value),
        [first.id.as_str(), first.primary.as_str()].join(".")
    );

    // The newest one that waits, unless another is named.
    manage(&vault, "photos", &KeyAction::Rotate { waits: true }).unwrap();
    let active = manage(&vault, "photos", &KeyAction::Activate(None))
        .unwrap()
        .key;
    let states: Vec<_> = active.versions.iter().map(|one| one.state).collect();
    assert_eq!(states, [Deactivated, PreActive, Active]);
    assert_eq!(active.primary, version(&active, 3).id);
    let named = KeyAction::Activate(Some(version(&active, 2).id.to_string()));
    let active = manage(&vault, "photos", &named).unwrap().key;
    let states: Vec<_> = active.versions.iter().map(|one| one.state).collect();
    assert_eq!(states, [Deactivated, Active, Deactivated]);
    assert_eq!(open(&vault, &value).unwrap(), "1");
}

#[test]
fn a_suspended_primary_stays_suspended_when_the_key_is_rotated() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let value = seal(&vault, "photos", "1").unwrap();
    manage(&vault, "photos", &KeyAction::Suspend(None)).unwrap();
    let rotated = rotate(&vault, "photos");
    let states: Vec<_> = rotated.versions.iter().map(|one| one.state).collect();
    assert_eq!(states, [Suspended, Active]);
    assert_eq!(open(&vault, &value), Err(Error::State(Suspended)));
}

/// What the vault that was open first wrote, and what it knows of: everything opens.
fn everything_opens(vault: &Open, values: &[String], objects: &[crate::fixture::Sealed]) {
    for (at, value) in values.iter().enumerate() {
        assert_eq!(open(vault, value).unwrap(), at.to_string());
    }
    for object in objects {
        let plain = decrypt(vault, &object.header, &object.body);
        assert_eq!(plain.unwrap(), object.id[..0].to_owned() + "hello");
    }
}

#[test]
fn the_classic_disaster_a_rotation_by_somebody_who_has_not_loaded_everything_loses_nothing() {
    let place = Place::new();
    let first = place.create();
    let (mut values, mut objects) = (Vec::new(), Vec::new());
    for at in 0..6 {
        let alias = format!("key {at}");
        create(&first, &alias);
        values.push(seal(&first, &alias, &at.to_string()).unwrap());
        objects.push(encrypt(&first, &alias, "hello"));
        for _ in 0..at {
            rotate(&first, &alias);
        }
    }
    // Its rows are not read again after this: the first hears of nothing that the second does.
    let second = place.unlock().unwrap();
    block_on(second.rotate_vault_key()).unwrap();
    let third = place.unlock().unwrap();
    for at in [0, 3, 5] {
        // The third has read none of the keys; the second has rows of before its own rotation.
        rotate(&third, format!("key {at}"));
        rotate(&second, format!("key {at}"));
    }
    create(&third, "key 6");
    values.push(seal(&third, "key 6", "6").unwrap());

    // The first has the old vault key. It says so, whatever it is asked, and writes nothing.
    let before = place.rows();
    assert_eq!(
        manage(&first, "key 1", &KeyAction::Rotate { waits: false }).err(),
        Some(Error::Rotated)
    );
    assert_eq!(block_on(first.keys()).err(), Some(Error::Rotated));
    assert_eq!(block_on(first.rotate_vault_key()), Err(Error::Rotated));
    assert_eq!(block_on(first.backup()).err(), Some(Error::Rotated));
    assert!(place.rows() == before);

    for vault in [&second, &third, &place.unlock().unwrap()] {
        everything_opens(vault, &values, &objects);
        let versions: usize = block_on(vault.keys())
            .unwrap()
            .iter()
            .map(|key| key.key.versions.len())
            .sum();
        assert_eq!(
            versions,
            7 + 15 + 6,
            "of seven keys and twenty-one rotations"
        );
    }
    assert_eq!(place.rows_of(RecordType::Version).len(), 28);
}

#[test]
fn two_handles_that_rotate_a_key_at_once_make_two_versions() {
    let place = Place::new();
    let first = place.create();
    create(&first, "photos");
    let second = place.unlock().unwrap();
    let values = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let made = std::rc::Rc::clone(&values);
    place.host.store.meanwhile.replace(Some(Box::new(move || {
        rotate(&second, "photos");
        made.borrow_mut()
            .push(seal(&second, "photos", "1").unwrap());
    })));
    let rotated = rotate(&first, "photos");
    let states: Vec<_> = rotated.versions.iter().map(|one| one.state).collect();
    assert_eq!(states, [Deactivated, Deactivated, Active]);
    assert_eq!(open(&first, &values.borrow()[0]).unwrap(), "1");
}

#[test]
fn a_rotation_that_the_store_has_no_room_for_leaves_the_key_as_it_was() {
    let place = Place::new();
    let vault = place.create();
    let record = create(&vault, "photos");
    let value = seal(&vault, "photos", "1").unwrap();
    let before = place.rows();
    place.host.store.fails.set(true);
    let full = Some(Error::Storage("it is full"));
    let request = KeyAction::Rotate { waits: false };
    assert_eq!(manage(&vault, "photos", &request).err(), full);
    assert_eq!(block_on(vault.rotate_vault_key()).err(), full);
    place.host.store.fails.set(false);
    assert!(place.rows() == before);
    for vault in [&vault, &place.unlock().unwrap()] {
        assert_eq!(key(vault, "photos"), record);
        assert_eq!(open(vault, &value).unwrap(), "1");
    }
    rotate(&vault, "photos");
}
