//! Keys that are used as often as their policy says: each use is counted before anything comes of it.

use pollster::block_on;
use strongroom::{
    Context, Error,
    base::PolicyRule,
    jose::Envelope,
    keys::{KeyAction, Operation},
    vault::{Header, PolicyRefusal, RewrapOptions},
};

use crate::{
    fixture::{Open, PHRASE, Place, create, encrypt, manage, open, passphrase, rotate, seal},
    merge::{backup, elsewhere, merge},
    policy::policy,
};

const SPENT: Error = Error::Policy(PolicyRule::MaximumUses);

fn allow(vault: &Open, uses: u64) {
    let text = format!(r#"{{"maximumUses":{uses}}}"#);
    let set = KeyAction::SetPolicy(Some(Box::new(policy(&text))));
    manage(vault, "photos", &set).unwrap();
}

/// A vault with a key that is used so often.
fn vault_with(place: &Place, uses: u64) -> Open {
    let vault = place.create();
    create(&vault, "photos");
    allow(&vault, uses);
    vault
}

fn uses(vault: &Open) -> u64 {
    block_on(vault.find_key("photos")).unwrap().usage.total()
}

fn can(vault: &Open, operation: Operation) -> Option<PolicyRefusal> {
    block_on(vault.can(operation, "photos", &Context::none())).unwrap()
}

#[test]
fn every_use_is_written_before_anything_comes_of_it_and_one_too_many_is_refused() {
    let place = Place::new();
    let vault = vault_with(&place, 4);
    let value = seal(&vault, "photos", "1").unwrap();
    let object = encrypt(&vault, "photos", "a file");
    // A tab that is killed has written nothing since, and every use is known all the same.
    drop(vault);
    let vault = place.unlock().unwrap();
    assert_eq!(uses(&vault), 2);
    open(&vault, &value).unwrap();
    assert_eq!(can(&vault, Operation::Export), None);
    block_on(vault.dangerously_export("photos", None, &passphrase(PHRASE))).unwrap();

    assert_eq!(open(&vault, &value).err(), Some(SPENT));
    assert_eq!(seal(&vault, "photos", "2").err(), Some(SPENT));
    let export = block_on(vault.dangerously_export("photos", None, &passphrase(PHRASE)));
    assert_eq!(export.err(), Some(SPENT));
    let header = Header::Given(Envelope::parse(&object.header).unwrap());
    let rewrap = |to| {
        let how = RewrapOptions {
            to,
            ..RewrapOptions::default()
        };
        block_on(vault.rewrap(&header, &how))
    };
    // To another key it would open there as often as one likes.
    create(&vault, "notes");
    assert_eq!(rewrap(Some("notes")).err(), Some(SPENT));
    assert_eq!(
        can(&vault, Operation::Decrypt),
        Some(PolicyRefusal::Key(PolicyRule::MaximumUses))
    );
    // A new version is the same key; what changes the key is no use of it.
    rotate(&vault, "photos");
    assert_eq!(seal(&vault, "photos", "2").err(), Some(SPENT));
    assert!(rewrap(None).unwrap().header.is_some());
    block_on(vault.tick()).unwrap();
    assert_eq!((uses(&vault), uses(&place.unlock().unwrap())), (4, 4));
    allow(&vault, 6);
    open(&vault, &value).unwrap();
    rewrap(Some("notes")).unwrap();
    assert_eq!(open(&vault, &value).err(), Some(SPENT));
}

#[test]
fn a_use_that_cannot_be_written_gives_nothing() {
    let place = Place::new();
    let vault = vault_with(&place, 2);
    let value = seal(&vault, "photos", "1").unwrap();
    place.host.store.fails.set(true);
    assert!(matches!(open(&vault, &value), Err(Error::Storage(_))));
    place.host.store.fails.set(false);
    assert_eq!(uses(&vault), 1);
    open(&vault, &value).unwrap();
    assert_eq!(open(&vault, &value).err(), Some(SPENT));
}

#[test]
fn tabs_share_what_is_left() {
    let place = Place::new();
    let first = vault_with(&place, 3);
    let second = place.unlock().unwrap();
    let value = seal(&first, "photos", "1").unwrap();
    // Another tab is faster, between this one's look at the counts and its commit.
    let theirs = value.clone();
    let other = place.unlock().unwrap();
    let meanwhile = move || drop(open(&other, &theirs).unwrap());
    place
        .host
        .store
        .meanwhile
        .replace(Some(Box::new(meanwhile)));
    open(&second, &value).unwrap();
    for vault in [&first, &second, &place.unlock().unwrap()] {
        assert_eq!(open(vault, &value).err(), Some(SPENT));
        assert_eq!(uses(vault), 3);
    }
}

#[test]
fn of_many_values_each_is_a_use_and_those_that_are_too_many_are_all_refused() {
    let place = Place::new();
    let vault = vault_with(&place, 3);
    let none = Context::none();
    let values: Vec<(&[u8], &Context)> = vec![(b"1", &none); 4];
    let sealed = block_on(vault.encrypt_values("photos", &values));
    assert_eq!(sealed.err(), Some(SPENT));
    assert_eq!(uses(&vault), 0);
    place.host.store.commits.take();
    block_on(vault.encrypt_values("photos", &values[..3])).unwrap();
    assert_eq!(
        (uses(&vault), place.host.store.commits.take().len()),
        (3, 1)
    );
}

#[test]
fn uses_before_the_policy_count_and_none_counts_twice() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    create(&vault, "notes");
    let value = seal(&vault, "photos", "1").unwrap();
    seal(&vault, "notes", "1").unwrap();
    // Not written yet.
    allow(&vault, 3);
    open(&vault, &value).unwrap();
    assert_eq!(uses(&vault), 2);
    block_on(vault.tick()).unwrap();
    assert_eq!(uses(&place.unlock().unwrap()), 2);
    open(&vault, &value).unwrap();
    assert_eq!(open(&vault, &value).err(), Some(SPENT));
    allow(&vault, 1);
    assert_eq!(open(&vault, &value).err(), Some(SPENT));
}

#[test]
fn copies_that_were_apart_add_up_and_a_backup_of_before_gives_no_use_back() {
    let place = Place::new();
    let ours = vault_with(&place, 3);
    let value = seal(&ours, "photos", "1").unwrap();
    let before = backup(&ours);
    let (_other, theirs) = elsewhere(&before);
    for vault in [&ours, &theirs] {
        for _ in 0..2 {
            open(vault, &value).unwrap();
        }
        assert_eq!(open(vault, &value).err(), Some(SPENT));
    }
    merge(&ours, &before).unwrap();
    assert_eq!(open(&ours, &value).err(), Some(SPENT));
    // Each had its own two: together they are more than the policy admits.
    merge(&ours, &backup(&theirs)).unwrap();
    assert_eq!(uses(&ours), 5);
    allow(&ours, 6);
    open(&ours, &value).unwrap();
    assert_eq!(open(&ours, &value).err(), Some(SPENT));
}
