//! One event for each operation, whatever became of it.

use pollster::block_on;
use strongroom::{
    Context, Error,
    base::{KeyId, VersionId},
    keys::{KeyAction, Purpose},
};

use crate::fixture::{
    NOW, PHRASE, Place, Told, create, create_for, create_session, decrypt, encrypt, key, manage,
    name, open, options, passphrase, rotate, seal,
};
use crate::inventory::given;

fn told(operation: &'static str, used: &[(&KeyId, &VersionId)]) -> Vec<Told> {
    vec![Told {
        operation,
        used: used
            .iter()
            .map(|(key, version)| ((*key).clone(), (*version).clone()))
            .collect(),
        at: NOW,
        error: None,
    }]
}

#[test]
fn each_operation_is_told_once_with_its_name_and_the_versions_that_it_used() {
    let place = Place::new();
    let vault = place.create();
    assert!(place.take_events().is_empty(), "unlocking is none of them");
    let photos = create(&vault, "photos");
    assert_eq!(place.take_events(), told("createKey", &[]));
    let of_photos = [(&photos.id, &photos.primary)];

    let value = seal(&vault, "photos", "1").unwrap();
    assert_eq!(place.take_events(), told("encryptValue", &of_photos));
    open(&vault, &value).unwrap();
    assert_eq!(place.take_events(), told("decryptValue", &of_photos));
    let object = encrypt(&vault, "photos", "hello");
    assert_eq!(place.take_events(), told("encrypt", &of_photos));
    decrypt(&vault, &object.header, &object.body).unwrap();
    assert_eq!(place.take_events(), told("decrypt", &of_photos));

    let orders = create_for(&vault, "orders", Purpose::Sign);
    place.take_events();
    let of_orders = [(&orders.id, &orders.primary)];
    let token = block_on(vault.sign("orders", None, b"x")).unwrap();
    assert_eq!(place.take_events(), told("sign", &of_orders));
    block_on(vault.verify(&token, None)).unwrap();
    assert_eq!(place.take_events(), told("verify", &of_orders));

    rotate(&vault, "photos");
    assert_eq!(place.take_events(), told("rotate", &[]));
    open(&vault, &value).unwrap();
    assert_eq!(place.take_events(), told("decryptValue", &of_photos));
    block_on(vault.dangerously_export("orders", None, &passphrase(PHRASE))).unwrap();
    assert_eq!(place.take_events(), told("exportKey", &of_orders));

    let header = given(&object.header).unwrap();
    block_on(vault.track(&header, None, None, None)).unwrap();
    assert_eq!(place.take_events(), told("track", &[]));
    block_on(vault.encrypt_kept("photos", &Context::none(), None)).unwrap();
    let primary = key(&vault, "photos").primary;
    assert_eq!(place.take_events()[0].used, [(photos.id.clone(), primary)]);

    for (name, request) in [
        ("suspend", KeyAction::Suspend(None)),
        ("resume", KeyAction::Resume(None)),
        (
            "scheduleDestroy",
            KeyAction::ScheduleDestroy {
                version: None,
                after: None,
                force: false,
            },
        ),
        ("cancelDestroy", KeyAction::CancelDestroy(None)),
        (
            "destroy",
            KeyAction::Destroy {
                version: None,
                force: true,
            },
        ),
    ] {
        manage(&vault, "photos", &request).unwrap();
        assert_eq!(place.take_events(), told(name, &[]));
    }
    block_on(vault.backup()).unwrap();
    assert_eq!(place.take_events(), told("backup", &[]));
    block_on(vault.rotate_vault_key()).unwrap();
    assert_eq!(place.take_events(), told("rotateVaultKey", &[]));
    block_on(vault.tick()).unwrap();
    assert_eq!(place.take_events(), told("tick", &[]));
    let session = create_session(&vault, &options("upload"), 1000).unwrap();
    assert_eq!(place.take_events(), told("createSession", &[]));
    vault.end_session(session.as_str()).unwrap();
    assert_eq!(place.take_events(), told("endSession", &[]));
}

#[test]
fn a_look_whether_the_vault_is_there_reads_one_row_and_is_no_use_of_it() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (rows, store) = (place.rows(), &place.host.store);
    place.take_events();
    store.reads.take();
    block_on(vault.probe()).unwrap();
    assert_eq!(store.reads.take(), [1]);
    assert!(place.take_events().is_empty());
    assert_eq!(place.rows(), rows);
    block_on(place.host.remove(&name())).unwrap();
    assert_eq!(block_on(vault.probe()), Err(Error::NoVault));
    vault.forget();
    assert_eq!(block_on(vault.probe()), Err(Error::Locked));
    assert!(place.take_events().is_empty());
}

#[test]
fn one_that_fails_is_told_with_its_error() {
    let place = Place::new();
    let vault = place.create();
    let photos = create(&vault, "photos");
    let value = seal(&vault, "photos", "1").unwrap();
    manage(&vault, "photos", &KeyAction::Suspend(None)).unwrap();
    place.take_events();
    let only = || {
        let events = place.take_events();
        assert_eq!(events.len(), 1);
        (events[0].operation, events[0].error.clone())
    };
    let suspended = photos.primary_version().state;
    assert_eq!(suspended.as_str(), "active", "as it was");
    assert!(open(&vault, &value).is_err());
    assert_eq!(only().0, "decryptValue");
    assert!(seal(&vault, "nobody", "1").is_err());
    assert_eq!(only(), ("encryptValue", Some(Error::NoKey)));
    let alias = "photos".parse().unwrap();
    assert!(block_on(vault.create_key(&alias)).is_err());
    assert_eq!(only(), ("createKey", Some(Error::KeyExists)));
    place.host.store.fails.set(true);
    let full = Some(Error::Storage("it is full"));
    assert!(block_on(vault.create_key(&"videos".parse().unwrap())).is_err());
    assert_eq!(only(), ("createKey", full.clone()));
    assert!(block_on(vault.rotate_vault_key()).is_err());
    assert_eq!(only(), ("rotateVaultKey", full));
}

#[test]
fn one_that_is_run_again_is_told_once() {
    let place = Place::new();
    let vault = place.create();
    let other = place.unlock().unwrap();
    let meanwhile = move || drop(create(&other, "videos"));
    let store = &place.host.store;
    store.meanwhile.replace(Some(Box::new(meanwhile)));
    create(&vault, "photos");
    let events = place.take_events();
    assert_eq!(events.len(), 2, "one of each handle");
    assert!(events.iter().all(|event| event.operation == "createKey"));
}

#[test]
fn one_that_finds_the_vault_key_rotated_or_the_vault_gone_is_told_too() {
    let place = Place::new();
    let (first, second) = (place.create(), place.unlock().unwrap());
    block_on(second.rotate_vault_key()).unwrap();
    place.take_events();
    assert!(block_on(first.keys()).is_err());
    let events = place.take_events();
    assert_eq!(
        (events.len(), events[0].error.clone()),
        (1, Some(Error::Rotated))
    );
    block_on(place.host.remove(&crate::fixture::name())).unwrap();
    assert!(block_on(second.keys()).is_err());
    let events = place.take_events();
    assert_eq!(
        (events.len(), events[0].error.clone()),
        (1, Some(Error::NoVault))
    );
}
