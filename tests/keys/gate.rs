//! What the gate promises of operations that run at the same time, that fail, and that are still waiting when the
//! vault is locked.

use std::{cell::Cell, future::Future, io, pin::pin, rc::Rc, task::Poll};

use futures_util::future::join_all;
use pollster::block_on;
use strongroom::{
    Error,
    base::{Cause, VersionState},
    keys::KeyAction,
    store,
};

use crate::fixture::{Place, create, key, manage, options, passphrase, seal};

#[test]
fn three_hundred_keys_created_at_once_are_three_hundred_keys() {
    let place = Place::new();
    let vault = place.create();
    let aliases: Vec<String> = (0..300).map(|at| format!("key {at:03}")).collect();
    let made = aliases.iter().map(|alias| {
        let alias = alias.parse().unwrap();
        let vault = &vault;
        async move { vault.create_key(&alias).await }
    });
    for made in block_on(join_all(made)) {
        made.unwrap();
    }
    let listed = block_on(vault.keys()).unwrap();
    let listed: Vec<_> = listed
        .iter()
        .map(|info| info.key.alias.to_string())
        .collect();
    assert_eq!(listed, aliases);
    let events = place.take_events();
    assert!(events.iter().all(|event| event.error.is_none()));
    assert_eq!(events.len(), 301, "one of each, and of the list");
}

#[test]
fn what_changes_waits_for_its_turn_and_what_reads_does_not() {
    let place = Place::new();
    let vault = Rc::new(place.create());
    create(&vault, "photos");
    let other = Rc::clone(&vault);
    let meanwhile = move || {
        seal(&other, "photos", "1").unwrap();
        let (alias, video) = ("videos".parse().unwrap(), Cell::new(false));
        let waiting = pin!(async {
            other.create_key(&alias).await.unwrap();
            video.set(true);
        });
        block_on(polled_once(waiting));
        assert!(!video.get(), "another operation has its turn");
    };
    place
        .host
        .store
        .meanwhile
        .replace(Some(Box::new(meanwhile)));
    create(&vault, "letters");
    create(&vault, "films");
    assert_eq!(block_on(vault.keys()).unwrap().len(), 3);
}

#[test]
fn a_factor_is_asked_while_other_operations_change_the_vault() {
    let place = Place::new();
    let vault = Rc::new(place.create());
    create(&vault, "photos");
    let other = Rc::clone(&vault);
    let before = Cell::new(0);
    let read = move || {
        // The first read is that of the record that the factor opens.
        if before.replace(before.get() + 1) == 0 {
            drop(manage(&other, "photos", &KeyAction::Rotate { waits: false }).unwrap());
        }
    };
    place.host.store.before_reads.replace(Some(Box::new(read)));
    block_on(vault.dangerously_export("photos", None, &passphrase(crate::fixture::PHRASE)))
        .unwrap();
    assert_eq!(key(&vault, "photos").versions.len(), 2);
}

#[test]
fn a_factor_that_was_refused_and_a_lost_race_are_told_once() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    place.take_events();
    let wrong = passphrase("wrong");
    assert!(block_on(vault.dangerously_export("photos", None, &wrong)).is_err());
    let told = place.take_events();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].operation, told[0].error.clone()),
        ("exportKey", Some(Error::WrongFactor))
    );

    // Another tab is faster each time.
    place.host.store.conflicts.set(true);
    let alias = "videos".parse().unwrap();
    assert_eq!(
        block_on(vault.create_key(&alias)).err(),
        Some(Error::Conflict)
    );
    let told = place.take_events();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].operation, told[0].error.clone()),
        ("createKey", Some(Error::Conflict))
    );
}

#[test]
fn whatever_waits_when_the_vault_is_locked_ends_with_that_error() {
    let place = Place::new();
    let vault = Rc::new(place.create());
    create(&vault, "photos");
    let value = seal(&vault, "photos", "1").unwrap();
    place.take_events();
    let locked = Rc::clone(&vault);
    place
        .host
        .store
        .meanwhile
        .replace(Some(Box::new(move || locked.forget())));
    let rotated = manage(&vault, "photos", &KeyAction::Rotate { waits: false });
    assert_eq!(rotated.err(), Some(Error::Locked));
    assert_eq!(place.take_events()[0].error, Some(Error::Locked));

    for refused in [
        block_on(vault.keys()).map(drop),
        block_on(vault.create_key(&"videos".parse().unwrap())).map(drop),
        crate::fixture::open(&vault, &value).map(drop),
        block_on(vault.create_session(&options("session"), 1000)).map(drop),
        block_on(vault.survey()),
        vault.generation().map(drop),
    ] {
        assert_eq!(refused, Err(Error::Locked));
    }
    let again = place.unlock().unwrap();
    let first = key(&again, "photos").versions[0].state;
    assert!(matches!(
        first,
        VersionState::Active | VersionState::Deactivated
    ));
}

#[test]
fn a_rotation_of_the_vault_key_stops_when_the_vault_is_locked() {
    let place = Place::of(crate::scale::large());
    let vault = Rc::new(place.unlock().unwrap());
    let locked = Rc::clone(&vault);
    place
        .host
        .store
        .meanwhile
        .replace(Some(Box::new(move || locked.forget())));
    assert_eq!(
        block_on(vault.rotate_vault_key()).err(),
        Some(Error::Locked)
    );
    assert_eq!(
        place.unlock().unwrap().generation(),
        Ok(1),
        "nothing was committed"
    );
}

/// What a store may fail with that has committed nevertheless.
fn failures() -> [store::Error; 7] {
    let cause = || Cause::new(io::Error::other("the answer was lost"));
    [
        store::Error::Storage("an answer of another kind"),
        store::Error::Store(cause()),
        store::Error::NoAnswer,
        store::Error::Quota(cause()),
        store::Error::NoStorage(cause()),
        store::Error::Integrity("a row that stands elsewhere"),
        store::Error::Unsupported("a row of a later release"),
    ]
}

#[test]
fn after_a_store_failed_nothing_is_done_before_it_was_read_again() {
    for failure in failures() {
        let place = Place::new();
        let vault = place.create();
        create(&vault, "photos");
        seal(&vault, "photos", "1").unwrap();
        let store = &place.host.store;
        store.fails_after.replace(Some(failure.clone()));
        let suspended = manage(&vault, "photos", &KeyAction::Suspend(None));
        assert_eq!(suspended.err(), Some(failure.clone().into()));
        let refused = seal(&vault, "photos", "2");
        let expected = Error::State(VersionState::Suspended);
        assert_eq!(refused.err(), Some(expected), "{failure:?}");
        // Once is enough.
        let reads = store.reads.borrow().len();
        assert!(seal(&vault, "photos", "3").is_err());
        assert_eq!(store.reads.borrow().len(), reads, "{failure:?}");
    }
}

#[test]
fn a_read_that_began_before_a_store_failed_does_not_settle_what_became_of_the_commit() {
    let place = Place::new();
    let vault = Rc::new(place.create());
    create(&vault, "photos");
    let store = &place.host.store;
    store.fails_after.replace(Some(store::Error::NoAnswer));
    assert!(block_on(vault.create_key(&"first".parse().unwrap())).is_err());
    // While the answers that it is read for are on their way, another commit fails.
    let (other, read) = (Rc::clone(&vault), Cell::new(0));
    let host = Rc::clone(&place.host);
    let after = move || {
        if read.replace(read.get() + 1) == 1 {
            host.store.fails_after.replace(Some(store::Error::NoAnswer));
            let suspended = manage(&other, "photos", &KeyAction::Suspend(None));
            assert_eq!(suspended.err(), Some(Error::NoAnswer));
        }
    };
    store.after_reads.replace(Some(Box::new(after)));
    drop(seal(&vault, "photos", "1"));
    let refused = seal(&vault, "photos", "2");
    assert_eq!(refused.err(), Some(Error::State(VersionState::Suspended)));
}

/// A future is polled once, and left as it is then.
async fn polled_once(mut future: core::pin::Pin<&mut impl Future<Output = ()>>) {
    core::future::poll_fn(|context| {
        let _ = future.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
}
