//! Keys that live in memory alone.

use pollster::block_on;
use strongroom::{
    Context, Error,
    base::KeyId,
    keys::{KeyAction, KeyOptions, Purpose},
    store::RecordType,
};

use crate::fixture::{
    NOW, Open, Place, ago, create, create_session, key, manage, open, options, seal,
};

const HOUR: u64 = 60 * 60 * 1000;

fn session(vault: &Open, alias: &str) -> KeyId {
    create_session(vault, &options(alias), HOUR).unwrap()
}

#[test]
fn a_sessions_key_encrypts_and_is_never_stored() {
    let place = Place::new();
    let vault = place.create();
    block_on(vault.write_log()).unwrap();
    let records = || {
        let mut rows = place.rows();
        rows.retain(|row| row.record_id.kind != RecordType::Head);
        rows
    };
    let before = records();
    let record = session(&vault, "upload");
    for named in ["upload", record.as_str()] {
        let value = seal(&vault, named, "1").unwrap();
        assert_eq!(open(&vault, &value).unwrap(), "1");
    }
    block_on(vault.tick()).unwrap();
    assert!(records() == before);
    assert!(block_on(vault.keys()).unwrap().is_empty());
}

#[test]
fn it_ends_at_its_time() {
    let place = Place::new();
    let vault = place.create();
    let record = session(&vault, "upload");
    let value = seal(&vault, "upload", "1").unwrap();
    place.pass(HOUR - 1);
    assert_eq!(open(&vault, &value).unwrap(), "1");
    assert_eq!(vault.end_sessions(), (Vec::new(), Some(NOW + HOUR)));
    place.pass(1);
    assert_eq!(open(&vault, &value), Err(Error::NoKey));
    assert_eq!(seal(&vault, "upload", "2"), Err(Error::NoKey));
    assert_eq!(vault.end_sessions(), (vec![record], None));
    // It does not come back with the clock.
    place.clock.set(NOW);
    assert_eq!(open(&vault, &value), Err(Error::NoKey));
}

#[test]
fn it_ends_when_told() {
    let place = Place::new();
    let vault = place.create();
    let (first, second) = (session(&vault, "first"), session(&vault, "second"));
    let value = seal(&vault, "first", "1").unwrap();
    vault.end_session(first.as_str()).unwrap();
    vault.end_session(first.as_str()).unwrap();
    assert_eq!(open(&vault, &value), Err(Error::NoKey));
    assert_eq!(key(&vault, "second").id, second);
}

#[test]
fn it_is_not_managed_as_what_is_stored() {
    let place = Place::new();
    let vault = place.create();
    let record = session(&vault, "upload");
    for name in [record.as_str(), "upload"] {
        let refused = manage(&vault, name, &KeyAction::Rotate { waits: false }).err();
        assert!(matches!(refused, Some(Error::Argument(_))), "{refused:?}");
    }
}

#[test]
fn it_ends_with_the_unlocked_state() {
    let place = Place::new();
    let vault = place.create();
    session(&vault, "upload");
    let value = seal(&vault, "upload", "1").unwrap();
    assert_eq!(
        open(&place.unlock().unwrap(), &value),
        Err(Error::NoKey),
        "nor has another handle ever had it"
    );
    drop(vault.lock());
    assert_eq!(open(&place.unlock().unwrap(), &value), Err(Error::NoKey));
}

#[test]
fn a_clock_that_is_set_back_to_before_its_beginning_ends_it() {
    let place = Place::new();
    let vault = place.create();
    let record = session(&vault, "upload");
    place.clock.set(ago(1));
    assert_eq!(seal(&vault, "upload", "1"), Err(Error::NoKey));
    assert_eq!(vault.end_sessions().0, [record]);
}

#[test]
fn it_signs_and_verifies_too() {
    let place = Place::new();
    let vault = place.create();
    let options = KeyOptions {
        purpose: Purpose::Sign,
        ..options("receipts")
    };
    let record = create_session(&vault, &options, HOUR).unwrap();
    let token = block_on(vault.sign("receipts", None, b"1")).unwrap();
    let verified = block_on(vault.verify(&token, None)).unwrap();
    assert_eq!(verified.key, record);
    assert_eq!(seal(&vault, "receipts", "1"), Err(Error::Purpose));
}

#[test]
fn an_alias_is_the_vaults_or_a_sessions_so_that_nothing_comes_under_a_key_that_ends_unmeant() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    create(&vault, "videos");
    session(&vault, "upload");
    for taken in ["photos", "upload"] {
        let refused = create_session(&vault, &options(taken), HOUR);
        assert_eq!(refused, Err(Error::KeyExists));
    }
    let alias = "upload".parse().unwrap();
    let refused = block_on(vault.create_key(&alias)).err();
    assert_eq!(refused, Some(Error::KeyExists));
    let rename = KeyAction::Update {
        alias: Some(alias.clone()),
        labels: None,
        rotate_every: None,
    };
    let refused = manage(&vault, "videos", &rename).err();
    assert_eq!(refused, Some(Error::KeyExists));
    // It is free once the session's key has ended.
    place.pass(HOUR);
    assert!(block_on(vault.create_key(&alias)).is_ok());
}

#[test]
fn a_key_of_the_vaults_that_another_handle_made_meanwhile_comes_first() {
    let place = Place::new();
    let (vault, other) = (place.create(), place.unlock().unwrap());
    let ended = session(&vault, "photos");
    let kept = create(&other, "photos");
    block_on(vault.keys()).unwrap();
    assert_eq!(key(&vault, "photos").id, kept.id);
    let value = seal(&vault, "photos", "1").unwrap();
    assert_eq!(key(&vault, &ended).id, ended);
    assert_eq!(open(&other, &value).unwrap(), "1");
}

#[test]
fn nothing_that_is_kept_comes_under_it() {
    let place = Place::new();
    let vault = place.create();
    let record = session(&vault, "upload");
    let kept = block_on(vault.encrypt_kept("upload", &Context::none(), None));
    assert_eq!(kept.map(drop), Err(Error::NoKey));
    let request = KeyAction::Rotate { waits: false };
    assert_eq!(
        manage(&vault, &record, &request).err(),
        Some(Error::Argument("a key of the session, which only ends"))
    );
}

#[test]
fn its_uses_are_counted_while_it_lives_and_written_nowhere() {
    let place = Place::new();
    let vault = place.create();
    let record = session(&vault, "upload");
    seal(&vault, "upload", "1").unwrap();
    let found = block_on(vault.find_key(record.as_str())).unwrap();
    assert_eq!(found.usage.total(), 1);
    assert_eq!(found.expires, Some(NOW + HOUR));

    vault.end_session(record.as_str()).unwrap();
    block_on(vault.tick()).unwrap();
    let second = session(&vault, "upload");
    seal(&vault, "upload", "1").unwrap();
    place.pass(HOUR);
    assert_eq!(vault.end_sessions().0, [second]);
    block_on(vault.tick()).unwrap();
    assert!(place.rows_of(RecordType::Usage).is_empty());
}
