//! A backup that is united with the vault it is of: what comes, what stays, and what is told of it.

use std::{cell::Cell, rc::Rc};

use pollster::block_on;
use strongroom::{
    Context, Error, Result,
    api::RestoreReport,
    base::{Object, VersionState},
    factors::Present,
    jose::Envelope,
    keys::{KeyAction, KeyRecord},
    store::{RecordType, Row},
    vault::{
        Backup, DecryptOptions, ExpectedVault, Header, MergeReport, ObjectQuery, SkippedRecord,
        Vault,
    },
};

use crate::fixture::{
    OTHER_PHRASE, Open, PHRASE, Place, create, decrypt, encrypt, key, manage, name, open,
    passphrase, rotate, seal, version,
};
use crate::inventory::track;

pub const NOBODY: fn(u64, u64) -> Result<()> = |_, _| Ok(());

pub fn backup(vault: &Open) -> Vec<u8> {
    block_on(vault.backup()).unwrap()
}

pub fn merge(vault: &Open, file: &[u8]) -> Result<MergeReport> {
    block_on(vault.merge(file, None, &NOBODY))
}

pub fn merge_with(vault: &Open, file: &[u8], phrase: &str) -> Result<MergeReport> {
    let factor = passphrase(phrase);
    let present: &dyn Present = &factor;
    block_on(vault.merge(file, Some(present), &NOBODY))
}

/// The same vault on another device, as the file has it.
pub fn elsewhere(file: &[u8]) -> (Place, Open) {
    let place = Place::of(Backup::read(file).unwrap().rows());
    let vault = place.unlock().unwrap();
    (place, vault)
}

pub fn state(vault: &Open, alias: &str, number: usize) -> VersionState {
    version(&key(vault, alias), number).state
}

fn revoke(compromised: bool) -> KeyAction {
    KeyAction::Revoke {
        version: None,
        compromised,
    }
}

const DESTROY_FIRST: fn(&KeyRecord) -> KeyAction = |key| KeyAction::Destroy {
    version: Some(key.versions[0].id.as_str().to_owned()),
    force: true,
};

fn count(vault: &Open) -> usize {
    let found = block_on(vault.list_objects(&ObjectQuery::first(1000)));
    found.unwrap().objects.len()
}

#[test]
fn keys_versions_and_objects_of_both_are_there_afterwards_and_open() {
    let place = Place::new();
    let ours = place.create();
    create(&ours, "shared");
    let (_other, theirs) = elsewhere(&backup(&ours));
    create(&theirs, "theirs");
    rotate(&theirs, "shared");
    let (value, newer) = (
        seal(&theirs, "theirs", "1").unwrap(),
        seal(&theirs, "shared", "2").unwrap(),
    );
    let object = encrypt(&theirs, "theirs", "a file");
    track(&theirs, &object.header, "bucket/a");
    create(&ours, "ours");

    let before = place.host.store.commits.borrow().len();
    let report = merge(&ours, &backup(&theirs)).unwrap();
    assert_eq!(
        place.host.store.commits.borrow().len(),
        before + 1,
        "one commit"
    );
    assert!(report.proven && report.skipped.is_empty());
    assert_eq!((report.keys.len(), report.versions.len()), (1, 2));
    assert_eq!(report.changed.len(), 1, "the old primary is deactivated");
    assert_eq!((report.objects, report.tombstones), (1, 0));
    assert_eq!(open(&ours, &value).unwrap(), "1");
    assert_eq!(open(&ours, &newer).unwrap(), "2");
    assert_eq!(
        decrypt(&ours, &object.header, &object.body).unwrap(),
        "a file"
    );
    assert_eq!(count(&ours), 1);
    assert_eq!(key(&ours, "shared").primary, key(&theirs, "shared").primary);
    assert!(seal(&ours, "ours", "3").is_ok());
    // Nothing is left to do, and another unlock finds it whole.
    let again = merge(&ours, &backup(&theirs)).unwrap();
    assert!(again.keys.is_empty() && again.versions.is_empty() && again.changed.is_empty());
    let unlocked = place.unlock().unwrap();
    assert_eq!(open(&unlocked, &value).unwrap(), "1");
    assert_eq!(unlocked.generation(), Ok(1));
}

#[test]
fn a_merge_that_finds_everything_here_commits_nothing() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let file = backup(&vault);
    let (commits, rows) = (place.host.store.commits.borrow().len(), place.rows());
    let report = merge(&vault, &file).unwrap();
    assert!(report.keys.is_empty() && report.versions.is_empty() && report.objects == 0);
    assert_eq!(place.host.store.commits.borrow().len(), commits);
    assert!(place.rows() == rows);
}

#[test]
fn an_older_state_does_not_come_back() {
    let place = Place::new();
    let vault = place.create();
    for alias in ["deactivated", "compromised", "suspended", "destroyed"] {
        create(&vault, alias);
    }
    let file = backup(&vault);
    manage(&vault, "deactivated", &revoke(false)).unwrap();
    manage(&vault, "compromised", &revoke(true)).unwrap();
    manage(&vault, "suspended", &KeyAction::Suspend(None)).unwrap();
    rotate(&vault, "destroyed");
    let destroyed = DESTROY_FIRST(&key(&vault, "destroyed"));
    manage(&vault, "destroyed", &destroyed).unwrap();
    let rows = place.rows_of(RecordType::Version).len();

    let report = merge(&vault, &file).unwrap();
    assert!(report.changed.is_empty() && report.versions.is_empty());
    assert_eq!(report.tombstones, 1);
    assert_eq!(
        place.rows_of(RecordType::Version).len(),
        rows,
        "no material comes back"
    );
    assert_eq!(state(&vault, "deactivated", 1), VersionState::Deactivated);
    assert_eq!(state(&vault, "compromised", 1), VersionState::Compromised);
    assert_eq!(state(&vault, "suspended", 1), VersionState::Suspended);
    assert_eq!(state(&vault, "destroyed", 1), VersionState::Destroyed);
    assert_eq!(state(&vault, "destroyed", 2), VersionState::Active);
}

#[test]
fn what_was_done_elsewhere_is_done_here_and_what_it_destroyed_is_erased() {
    let place = Place::new();
    let ours = place.create();
    for alias in ["deactivated", "compromised", "destroyed"] {
        create(&ours, alias);
    }
    let value = seal(&ours, "destroyed", "1").unwrap();
    let (_other, theirs) = elsewhere(&backup(&ours));
    manage(&theirs, "deactivated", &revoke(false)).unwrap();
    manage(&theirs, "compromised", &revoke(true)).unwrap();
    rotate(&theirs, "destroyed");
    let destroyed = DESTROY_FIRST(&key(&theirs, "destroyed"));
    manage(&theirs, "destroyed", &destroyed).unwrap();

    let report = merge(&ours, &backup(&theirs)).unwrap();
    assert_eq!(report.changed.len(), 3);
    assert_eq!(state(&ours, "deactivated", 1), VersionState::Deactivated);
    assert_eq!(state(&ours, "compromised", 1), VersionState::Compromised);
    assert_eq!(state(&ours, "destroyed", 1), VersionState::Destroyed);
    assert!(matches!(open(&ours, &value), Err(Error::State(_))));
    assert_eq!(place.rows_of(RecordType::Version).len(), 3);
    // It is compromised here by more changes than there, and stays so.
    assert_eq!(merge(&theirs, &backup(&ours)).unwrap().changed.len(), 0);
}

#[test]
fn two_keys_of_one_alias_live_on_and_the_older_one_keeps_it() {
    let place = Place::new();
    let ours = place.create();
    let (other, theirs) = elsewhere(&backup(&ours));
    other.clock.set(other.clock.get() + 5);
    let (first, second) = (create(&ours, "photos"), create(&theirs, "photos"));
    let theirs_file = backup(&theirs);
    let value = seal(&theirs, "photos", "1").unwrap();
    let report = merge(&theirs, &backup(&ours)).unwrap();
    assert_eq!(report.renamed.len(), 1);
    assert_eq!(key(&theirs, "photos").id, first.id);
    let renamed = format!("photos ({})", &second.id.as_str()[..8]);
    assert_eq!(key(&theirs, &renamed).id, second.id);
    assert_eq!(open(&theirs, &value).unwrap(), "1");

    merge(&ours, &theirs_file).unwrap();
    assert_eq!(key(&ours, "photos").id, first.id);
    assert_eq!(key(&ours, &renamed).id, second.id);
}

#[test]
fn aliases_that_two_keys_have_exchanged_are_exchanged_here_too() {
    let place = Place::new();
    let ours = place.create();
    let (a, b) = (create(&ours, "a"), create(&ours, "b"));
    let (_other, theirs) = elsewhere(&backup(&ours));
    for (id, alias) in [(&a.id, "c"), (&b.id, "a"), (&a.id, "b")] {
        let update = KeyAction::Update {
            alias: Some(alias.parse().unwrap()),
            labels: None,
            rotate_every: None,
        };
        manage(&theirs, id.as_str(), &update).unwrap();
    }
    merge(&ours, &backup(&theirs)).unwrap();
    assert_eq!((key(&ours, "b").id, key(&ours, "a").id), (a.id, b.id));
}

#[test]
fn use_counts_add_up_and_backups_are_known_here() {
    let place = Place::new();
    let ours = place.create();
    create(&ours, "photos");
    let (_other, theirs) = elsewhere(&backup(&ours));
    use_often(&theirs, 3);
    use_often(&ours, 1);
    let known = place.rows_of(RecordType::Backup).len();
    let file = backup(&theirs);
    merge(&ours, &file).unwrap();
    assert_eq!(uses(&ours), 4);
    assert_eq!(place.rows_of(RecordType::Backup).len(), known + 1);
}

fn use_often(vault: &Open, times: u64) {
    for _ in 0..times {
        seal(vault, "photos", "1").unwrap();
    }
    block_on(vault.tick()).unwrap();
}

fn uses(vault: &Open) -> u64 {
    block_on(vault.find_key("photos")).unwrap().usage.total()
}

#[test]
fn what_two_copies_counted_before_they_parted_counts_once() {
    let place = Place::new();
    let ours = place.create();
    create(&ours, "photos");
    use_often(&ours, 5);
    let before = backup(&ours);
    let (_second, second) = elsewhere(&before);
    let (_third, third) = elsewhere(&before);
    for (vault, times) in [(&ours, 1), (&second, 10), (&third, 100)] {
        use_often(vault, times);
    }
    // Once more, and by way of a third copy, nothing is counted again.
    for _ in 0..2 {
        merge(&third, &backup(&second)).unwrap();
        merge(&ours, &backup(&second)).unwrap();
        merge(&ours, &backup(&third)).unwrap();
        merge(&second, &backup(&ours)).unwrap();
    }
    assert_eq!((uses(&ours), uses(&second)), (116, 116));
    // Each goes on with its own counter, after the merge and in a later session.
    use_often(&second, 1000);
    let again = place.unlock().unwrap();
    use_often(&again, 10_000);
    merge(&again, &backup(&second)).unwrap();
    assert_eq!(uses(&again), 11_116);
}

#[test]
fn a_copy_that_is_restored_twice_counts_twice() {
    let place = Place::new();
    let ours = place.create();
    create(&ours, "photos");
    use_often(&ours, 5);
    // Its own backup, in a database of its own each time: were the device restored too, the larger count would hide the
    // smaller one.
    let file = backup(&ours);
    let (_first, first) = elsewhere(&file);
    use_often(&first, 7);
    let (_second, second) = elsewhere(&file);
    use_often(&second, 3);
    merge(&first, &backup(&second)).unwrap();
    assert_eq!(uses(&first), 15);
    merge(&ours, &backup(&first)).unwrap();
    assert_eq!(uses(&ours), 15);
}

/// A vault whose vault key was rotated since the backup, in which there is a version that the vault does not have.
pub fn of_earlier_vault_key() -> (Place, Open, Vec<u8>, String) {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (_other, theirs) = elsewhere(&backup(&vault));
    rotate(&theirs, "photos");
    create(&theirs, "theirs");
    let value = seal(&theirs, "photos", "1").unwrap();
    let object = encrypt(&theirs, "theirs", "a file");
    track(&theirs, &object.header, "bucket/a");
    let file = backup(&theirs);
    block_on(vault.rotate_vault_key()).unwrap();
    (place, vault, file, value)
}

#[test]
fn a_backup_of_an_earlier_vault_key_gives_what_is_missing_and_that_proves_nothing() {
    let (place, vault, file, value) = of_earlier_vault_key();
    assert!(matches!(merge(&vault, &file), Err(Error::Argument(_))));
    assert_eq!(
        merge_with(&vault, &file, "another").err(),
        Some(Error::WrongFactor)
    );
    let primary = key(&vault, "photos").primary;

    let report = merge_with(&vault, &file, OTHER_PHRASE).unwrap();
    assert!(!report.proven && report.changed.is_empty());
    assert_eq!(
        (report.generation, report.keys.len(), report.versions.len()),
        (1, 1, 2)
    );
    assert!(
        report
            .versions
            .iter()
            .all(|added| added.state == VersionState::Deactivated)
    );
    let photos = key(&vault, "photos");
    assert_eq!(
        (photos.primary.clone(), photos.versions.len()),
        (primary, 2)
    );
    assert!(version(&photos, 2).unproven && !version(&photos, 1).unproven);
    assert_eq!(state(&vault, "theirs", 1), VersionState::Deactivated);
    assert!(matches!(seal(&vault, "theirs", "1"), Err(Error::State(_))));
    // It opens where that is accepted, and nowhere else.
    assert_eq!(open(&vault, &value), Err(Error::Unsigned));
    let accepted = [(value.as_str(), &Context::none())];
    let accepted = block_on(vault.decrypt_values(&accepted, true)).unwrap();
    assert_eq!(accepted[0].json.as_slice(), b"1");
    assert_eq!(count(&vault), 0, "the inventory would prove who wrote it");
    assert!(
        report
            .skipped
            .iter()
            .any(|left| left.record == SkippedRecord::Object)
    );
    // The backup is known, since a destruction does not reach it.
    assert_eq!(place.rows_of(RecordType::Backup).len(), 2);
    let again = merge_with(&vault, &file, PHRASE).unwrap();
    assert!(again.keys.is_empty() && again.versions.is_empty());
    assert_eq!(place.rows_of(RecordType::Backup).len(), 2);
    assert!(rotate(&vault, "theirs").primary_version().state.protects());
    assert!(place.unlock().is_ok());
}

#[test]
fn an_object_under_an_unproven_version_is_ours_only_where_it_is_named() {
    let place = Place::new();
    let vault = place.create();
    let (_other, theirs) = elsewhere(&backup(&vault));
    create(&theirs, "theirs");
    let object = encrypt(&theirs, "theirs", "a file");
    let file = backup(&theirs);
    block_on(vault.rotate_vault_key()).unwrap();
    merge_with(&vault, &file, PHRASE).unwrap();
    let opened = |options: &DecryptOptions| {
        block_on(vault.decrypt(&object.header, &Context::none(), options)).err()
    };
    assert_eq!(opened(&DecryptOptions::default()), Some(Error::Unsigned));
    let named = DecryptOptions {
        expect: Some(object.id.parse().unwrap()),
        ..DecryptOptions::default()
    };
    assert_eq!(opened(&named), None);
    // Nor is it entered into the inventory, where it would be proven.
    let header = Header::Given(Envelope::parse(&object.header).unwrap());
    let refused = block_on(vault.track(&header, None, None, None));
    assert_eq!(refused.err(), Some(Error::Unsigned));
}

#[test]
fn a_fork_of_the_same_number_is_another_vault_key() {
    let place = Place::new();
    let ours = place.create();
    create(&ours, "photos");
    let (_other, theirs) = elsewhere(&backup(&ours));
    for vault in [&ours, &theirs] {
        block_on(vault.rotate_vault_key()).unwrap();
    }
    create(&theirs, "theirs");
    let file = backup(&theirs);
    assert!(matches!(merge(&ours, &file), Err(Error::Argument(_))));
    let report = merge_with(&ours, &file, PHRASE).unwrap();
    assert!(!report.proven);
    assert_eq!((report.generation, report.keys.len()), (2, 1));
}

#[test]
fn what_watches_is_told_of_the_records_and_stops_it_before_anything_is_written() {
    let place = Place::new();
    let ours = place.create();
    let (_other, theirs) = elsewhere(&backup(&ours));
    for at in 0..4 {
        create(&theirs, &format!("key {at}"));
    }
    let (file, rows) = (backup(&theirs), place.rows());
    for last in 1..=2 {
        let told = Cell::new(0);
        let watch = |_, _| {
            told.set(told.get() + 1);
            if told.get() == last {
                Err(Error::Aborted)
            } else {
                Ok(())
            }
        };
        let stopped = block_on(ours.merge(&file, None, &watch));
        assert_eq!(stopped.err(), Some(Error::Aborted));
        assert!(place.rows() == rows);
    }
    let last = Cell::new((0, 0));
    let watch = |done, total| {
        last.set((done, total));
        Ok(())
    };
    block_on(ours.merge(&file, None, &watch)).unwrap();
    let total = Backup::read(&file).unwrap().rows().len() as u64;
    assert_eq!(last.get(), (total, total));
}

#[test]
fn another_tab_that_is_faster_loses_nothing() {
    let place = Place::new();
    let ours = place.create();
    let (_other, theirs) = elsewhere(&backup(&ours));
    create(&theirs, "theirs");
    let file = backup(&theirs);
    let tab = place.unlock().unwrap();
    *place.host.store.meanwhile.borrow_mut() = Some(Box::new(move || {
        create(&tab, "of the other tab");
    }));
    merge(&ours, &file).unwrap();
    let fresh = place.unlock().unwrap();
    assert!(block_on(fresh.key("theirs")).is_ok());
    assert!(block_on(fresh.key("of the other tab")).is_ok());
}

#[test]
fn a_large_vault_is_merged_too() {
    let place = Place::new();
    let ours = place.create();
    let (_other, theirs) = elsewhere(&backup(&ours));
    for at in 0..600 {
        create(&theirs, &format!("key {at}"));
    }
    let report = merge(&ours, &backup(&theirs)).unwrap();
    assert_eq!(report.keys.len(), 600);
    let unlocked = place.unlock().unwrap();
    block_on(unlocked.survey()).unwrap();
    assert!(seal(&unlocked, "key 599", "1").is_ok());
}

#[test]
fn backups_of_release_0_1_are_still_restored_and_merged() {
    let bytes: &[u8] = include_bytes!("../vectors/release-0.1/backup.json");
    let file = Backup::read(bytes).unwrap();
    assert!(file.rows().len() > 10);
    let place = Place::new();
    let host = Rc::clone(&place.host);
    assert!(block_on(Vault::restore(host, bytes, Some(name()))).is_ok());
    let rows: Vec<Row> = place.rows();
    assert_eq!(rows.len(), file.rows().len());
}

#[test]
fn a_restored_backup_warns_of_what_comes_back_unless_a_head_proves_that_nothing_does() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let file = Backup::read(&backup(&vault)).unwrap();
    let codes = |expected: &ExpectedVault| {
        let report = Object::encode(&RestoreReport::of(&file, expected));
        let text = report.text();
        text.contains("\"older-states-return\"")
    };
    assert!(codes(&ExpectedVault::default()));
    let seen = ExpectedVault {
        identity: None,
        seen: Some(block_on(vault.head()).unwrap()),
    };
    assert!(!codes(&seen));
    assert_eq!(
        (file.generation(), file.identity()),
        (1, &vault.identity().unwrap())
    );
}
