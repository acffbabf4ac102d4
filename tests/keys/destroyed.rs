//! Keys all of whose versions are destroyed: no longer listed, their aliases free.

use pollster::block_on;
use strongroom::{
    Error,
    base::{KeyId, VersionState},
    keys::{KeyAction, KeyQuery},
    vault::Vault,
};

use crate::{
    fixture::{
        DAY, Open, Place, create, create_session, key, manage, name, open, options, period, rotate,
        seal, version,
    },
    scale::large,
};

const DESTROY: KeyAction = KeyAction::Destroy {
    version: None,
    force: false,
};

fn listed(vault: &Open) -> Vec<String> {
    let keys = block_on(vault.keys()).unwrap();
    keys.iter().map(|info| info.key.alias.to_string()).collect()
}

/// That a key's alias is free once it is destroyed, in whichever handle.
fn frees_its_alias(place: &Place, alias: &str) {
    let vault = place.unlock().unwrap();
    let before = listed(&vault);
    let gone = key(&vault, alias);
    manage(&vault, alias, &DESTROY).unwrap();
    for vault in [&vault, &place.unlock().unwrap()] {
        assert_eq!(listed(vault).len(), before.len() - 1);
        assert!(!listed(vault).contains(&alias.to_owned()));
        assert_eq!(block_on(vault.key(alias)).err(), Some(Error::NoKey));
        assert_eq!(seal(vault, alias, "1").err(), Some(Error::NoKey));
        assert_eq!(key(vault, &gone.id).alias, gone.alias, "what it was called");
    }
    let another = create(&vault, alias);
    assert_ne!(another.id, gone.id);
    let value = seal(&vault, alias, "1").unwrap();
    for vault in [&vault, &place.unlock().unwrap()] {
        assert_eq!(listed(vault), before);
        assert_eq!(key(vault, alias).id, another.id);
        assert_eq!(key(vault, &gone.id).id, gone.id);
        assert_eq!(open(vault, &value).unwrap(), "1");
        assert_eq!(block_on(vault.survey()), Ok(()));
    }
}

#[test]
fn a_destroyed_key_is_not_listed_and_its_alias_is_free() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    rotate(&vault, "photos");
    create(&vault, "videos");
    frees_its_alias(&place, "photos");
    frees_its_alias(&place, "photos");
}

#[test]
fn so_it_is_in_a_large_vault() {
    let place = Place::of(large());
    frees_its_alias(&place, "key 007");
    frees_its_alias(&place, "key 007");
}

/// The ids of all keys, destroyed ones among them, in pages of so many.
fn all(vault: &Open, limit: usize) -> Vec<KeyId> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let query = KeyQuery {
            destroyed: true,
            after,
            limit,
            ..KeyQuery::default()
        };
        let page = block_on(vault.list_keys(&query)).unwrap();
        ids.extend(page.keys.iter().map(|info| info.key.id.clone()));
        after = page.next;
        if after.is_none() {
            return ids;
        }
    }
}

#[test]
fn destroyed_keys_of_one_alias_are_listed_where_they_are_asked_for() {
    let place = Place::new();
    let vault = place.create();
    let mut made: Vec<_> = (0..5)
        .map(|_| {
            let id = create(&vault, "photos").id;
            manage(&vault, "photos", &DESTROY).unwrap();
            id
        })
        .collect();
    made.push(create(&vault, "photos").id);
    made.sort();
    made.insert(0, create(&vault, "another").id);
    made.push(create(&vault, "videos").id);
    for vault in [&vault, &place.unlock().unwrap()] {
        for limit in [1, 2, 3, 100] {
            assert_eq!(all(vault, limit), made, "{limit} at a time");
        }
        assert_eq!(listed(vault), ["another", "photos", "videos"]);
    }
}

#[test]
fn a_key_of_which_a_version_is_left_keeps_its_alias() {
    let vault = Place::new().create();
    create(&vault, "photos");
    let rotated = rotate(&vault, "photos");
    let primary = KeyAction::Destroy {
        version: Some(rotated.primary.to_string()),
        force: false,
    };
    manage(&vault, "photos", &primary).unwrap();
    let left = key(&vault, "photos");
    assert_eq!(left.primary_version().state, VersionState::Destroyed);
    assert_eq!(version(&left, 1).state, VersionState::Deactivated);
    assert_eq!(listed(&vault), ["photos"]);
    let taken = block_on(vault.create_key(&left.alias)).err();
    assert_eq!(taken, Some(Error::KeyExists));
    rotate(&vault, "photos");
    assert!(seal(&vault, "photos", "1").is_ok());
}

#[test]
fn its_alias_is_free_once_the_time_of_a_scheduled_destruction_has_come() {
    let place = Place::new();
    let vault = place.create();
    let id = create(&vault, "photos").id;
    let schedule = KeyAction::ScheduleDestroy {
        version: None,
        after: Some(period("P2D")),
        force: false,
    };
    manage(&vault, "photos", &schedule).unwrap();
    assert_eq!(listed(&vault), ["photos"]);
    place.pass(2 * DAY);
    assert_eq!(block_on(vault.tick()).unwrap().destroyed.len(), 1);
    assert!(listed(&vault).is_empty());
    assert_ne!(create(&vault, "photos").id, id);
    let report = block_on(vault.tick()).unwrap();
    assert!(report.destroyed.is_empty());
}

#[test]
fn another_key_takes_its_alias_and_it_takes_none() {
    let place = Place::new();
    let vault = place.create();
    let gone = create(&vault, "photos").id;
    let other = create(&vault, "videos").id;
    manage(&vault, &gone, &DESTROY).unwrap();
    let rename = |key: &KeyId, alias: &str| {
        let update = KeyAction::Update {
            alias: Some(alias.parse().unwrap()),
            labels: None,
            rotate_every: None,
        };
        manage(&vault, key, &update)
    };
    rename(&other, "photos").unwrap();
    assert_eq!(key(&vault, "photos").id, other);
    let refused = rename(&gone, "pictures").err();
    assert_eq!(refused, Some(VersionState::Destroyed.forbids()));
    rename(&other, "pictures").unwrap();
    create_session(&vault, &options("photos"), DAY).unwrap();
}

#[test]
fn another_tab_finds_its_alias_free() {
    let place = Place::new();
    let (first, second) = (place.create(), place.unlock().unwrap());
    let gone = create(&first, "photos").id;
    assert_eq!(key(&second, "photos").id, gone);
    manage(&first, "photos", &DESTROY).unwrap();
    let made = create(&second, "photos").id;
    assert_ne!(made, gone);
    assert_eq!(listed(&first), ["photos"]);
    assert_eq!(block_on(first.find_key("photos")).unwrap().key.id, made);
    manage(&second, "photos", &DESTROY).unwrap();
    assert_eq!(block_on(first.find_key("photos")).err(), Some(Error::NoKey));
}

#[test]
fn a_backup_brings_back_what_was_destroyed_after_it_and_keeps_what_was_before() {
    let place = Place::new();
    let vault = place.create();
    let gone = create(&vault, "photos").id;
    manage(&vault, "photos", &DESTROY).unwrap();
    let later = create(&vault, "photos").id;
    let backup = block_on(vault.backup()).unwrap();
    manage(&vault, "photos", &DESTROY).unwrap();
    let elsewhere = Place::new();
    let host = std::rc::Rc::clone(&elsewhere.host);
    drop(block_on(Vault::restore(host, &backup, Some(name()))).unwrap());
    let restored = elsewhere.unlock().unwrap();
    assert_eq!(key(&restored, "photos").id, later);
    assert_eq!(listed(&restored), ["photos"]);
    let mut both = vec![gone, later];
    both.sort();
    assert_eq!(all(&restored, 100), both);
}

#[test]
fn the_next_vault_key_leaves_its_alias_free() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    manage(&vault, "photos", &DESTROY).unwrap();
    block_on(vault.rotate_vault_key()).unwrap();
    for vault in [&vault, &place.unlock().unwrap()] {
        assert!(listed(vault).is_empty());
        assert_eq!(all(vault, 100).len(), 1);
    }
    create(&vault, "photos");
}
