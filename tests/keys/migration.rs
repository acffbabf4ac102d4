//! Vaults of the first release: `tests/vectors/first-release` is one.

use std::{fs, rc::Rc};

use pollster::block_on;
use serde_json::Value as Json;
use strongroom::{
    Context, Error,
    base::VersionState::{Active, Deactivated, DestroyScheduled},
    factors::InlineFactor,
    keys::{KeyAction, KeyQuery},
    object::attached,
    store::{RecordId, RecordType, Row},
    vault::{Backup, DecryptOptions},
};

use crate::fixture::{
    Open, Place, create, decrypt, encrypt, key, kid_of, manage, open, rotate, seal, version,
};

fn file(name: &str) -> Vec<u8> {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/first-release/");
    fs::read([vectors, name].concat()).unwrap()
}

fn told() -> Json {
    serde_json::from_slice(&file("sample.json")).unwrap()
}

fn rows() -> Vec<Row> {
    Backup::read(&file("backup.json")).unwrap().into_rows()
}

fn phrase() -> String {
    // The package brings passphrases to NFC; the crate takes bytes.
    let told = told();
    let phrase = told["passphrase"].as_str().unwrap();
    phrase.replace("e\u{308}", "\u{eb}")
}

/// A place with the vault as the first release left it.
fn old() -> Place {
    let place = Place::with(Box::new(InlineFactor));
    place.write(&rows(), &[]);
    place
}

fn unlock(place: &Place) -> strongroom::Result<Open> {
    place.unlock_with(&phrase())
}

fn context(of: &str) -> Context {
    let told = told();
    let members = told[of]["context"].as_object().unwrap().iter();
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    Context::new(members.map(|(name, value)| (name.clone(), text(value)))).unwrap()
}

/// That what the first release encrypted opens.
fn opens_what_it_encrypted(vault: &Open) {
    let token = String::from_utf8(file("value.jwe")).unwrap();
    let value = block_on(vault.decrypt_value(&token, &context("value"))).unwrap();
    let value: Json = serde_json::from_slice(&value).unwrap();
    assert_eq!(value, told()["value"]["json"]);
    let (attached, options) = (file("attached.srm"), DecryptOptions::default());
    let (prefix, rest) = attached.split_at(attached::PREFIX);
    let (header, body) = rest.split_at(attached::header_len(prefix).unwrap());
    let object = block_on(vault.decrypt(header, &context("attached"), &options)).unwrap();
    assert_eq!(object.id.as_str(), told()["attached"]["id"]);
    let mut plain = block_on(object.decryptor.push(body.to_vec())).unwrap();
    plain.extend(block_on(object.decryptor.finish()).unwrap());
    assert_eq!(plain.concat(), "Grüße aus dem Browser".as_bytes());
}

#[test]
fn it_is_what_the_first_release_wrote() {
    let mut kinds: Vec<_> = rows()
        .iter()
        .map(|row| row.record_id.kind.as_str())
        .collect();
    kinds.sort_unstable();
    let expected = "factor head identity key key mac recipient statement vault-key version version";
    assert_eq!(kinds.join(" "), expected);
}

#[test]
fn its_backup_restores_and_opens() {
    let place = Place::with(Box::new(InlineFactor));
    let (host, backup) = (Rc::clone(&place.host), file("backup.json"));
    let name = Some(crate::fixture::name());
    let restored = block_on(strongroom::vault::Vault::restore(host, &backup, name)).unwrap();
    let vault = block_on(restored.unlock(&crate::fixture::passphrase(&phrase()), None)).unwrap();
    opens_what_it_encrypted(&vault);
    assert_eq!(vault.id().as_str(), told()["vault"]);
}

#[test]
fn an_unlock_upgrades_it_in_one_commit_that_leaves_its_keys_alone() {
    let place = old();
    let before = place.rows();
    let vault = unlock(&place).unwrap();
    // An index key, the head, and a shard for each of the two keys, which seldom is the same.
    let shards = place.rows_of(RecordType::Catalog).len();
    assert_eq!(place.host.store.commits.take(), [2 + shards]);
    opens_what_it_encrypted(&vault);
    let after = place.rows();
    for row in &before {
        let same = after.contains(row);
        assert_eq!(
            same,
            row.record_id.kind != RecordType::Head,
            "{:?}",
            row.record_id.kind
        );
    }
    let fresh: Vec<_> = after
        .iter()
        .filter(|row| before.iter().all(|old| old.record_id != row.record_id))
        .map(|row| row.record_id.kind)
        .collect();
    assert_eq!(fresh[..shards], vec![RecordType::Catalog; shards]);
    assert_eq!(fresh[shards..], [RecordType::Index]);
    assert_eq!(block_on(vault.survey()), Ok(()));

    let again = unlock(&place).unwrap();
    assert!(place.host.store.commits.take().is_empty(), "once");
    assert!(place.rows() == after);
    opens_what_it_encrypted(&again);
}

#[test]
fn keys_without_a_history_live_on() {
    let place = old();
    let vault = unlock(&place).unwrap();
    let photos = key(&vault, "photos");
    let first = version(&photos, 1);
    assert_eq!((first.state, first.history.len()), (Active, 0));
    let cancel = manage(
        &vault,
        "photos",
        &KeyAction::CancelDestroy(Some(first.id.to_string())),
    );
    assert_eq!(cancel.err(), Some(Error::Transition(Active, Active)));

    let value = seal(&vault, "photos", "1").unwrap();
    assert_eq!(
        kid_of(&value),
        [photos.id.as_str(), photos.primary.as_str()].join(".")
    );
    let object = encrypt(&vault, "photos", "hello");
    let rotated = rotate(&vault, "photos");
    assert_eq!(version(&rotated, 1).state, Deactivated);
    assert_eq!(version(&rotated, 1).history.len(), 1);
    let schedule = KeyAction::ScheduleDestroy {
        version: Some(first.id.to_string()),
        after: None,
        force: false,
    };
    let scheduled = manage(&vault, "photos", &schedule).unwrap().key;
    assert_eq!(version(&scheduled, 1).state, DestroyScheduled);
    let cancelled = manage(&vault, "photos", &KeyAction::CancelDestroy(None)).unwrap();
    assert_eq!(version(&cancelled.key, 1).state, Deactivated);
    create(&vault, "videos");
    block_on(vault.rotate_vault_key()).unwrap();

    let again = unlock(&place).unwrap();
    opens_what_it_encrypted(&again);
    assert_eq!(open(&again, &value).unwrap(), "1");
    assert_eq!(
        decrypt(&again, &object.header, &object.body).unwrap(),
        "hello"
    );
    let query = KeyQuery {
        prefix: Some("photo".to_owned()),
        ..KeyQuery::default()
    };
    let page = block_on(again.list_keys(&query));
    assert_eq!(page.unwrap().keys.len(), 1);
    assert!(block_on(again.backup()).is_ok());
}

#[test]
fn an_unlock_that_is_interrupted_before_it_upgraded_leaves_the_old_vault() {
    let place = old();
    let before = place.rows();
    place.host.store.fails.set(true);
    assert_eq!(unlock(&place).err(), Some(Error::Storage("it is full")));
    assert!(place.rows() == before);
    place.host.store.fails.set(false);
    opens_what_it_encrypted(&unlock(&place).unwrap());
}

#[test]
fn two_tabs_that_upgrade_it_at_once_upgrade_it_once() {
    let place = Rc::new(old());
    let other = Rc::downgrade(&place);
    let meanwhile = move || {
        let vault = unlock(&other.upgrade().unwrap()).unwrap();
        create(&vault, "videos");
    };
    let store = &place.host.store;
    store.meanwhile.replace(Some(Box::new(meanwhile)));
    let vault = unlock(&place).unwrap();
    assert_eq!(
        store.commits.take().len(),
        2,
        "the other's upgrade, and its key"
    );
    let aliases: Vec<_> = block_on(vault.keys())
        .unwrap()
        .into_iter()
        .map(|key| key.key.alias.to_string())
        .collect();
    assert_eq!(aliases, ["another", "photos", "videos"]);
}

#[test]
fn one_that_was_changed_from_outside_is_not_upgraded() {
    let lost = |kind: RecordType| {
        let of_kind = |row: &&Row| row.record_id.kind == kind;
        rows().iter().find(of_kind).unwrap().record_id.clone()
    };
    for kind in [RecordType::Key, RecordType::Version] {
        let place = old();
        place.write(&[], &[lost(kind)]);
        let before = place.rows();
        let refused = unlock(&place).err();
        assert!(matches!(refused, Some(Error::Integrity(_))), "{kind:?}");
        assert!(place.rows() == before);
    }
}

#[test]
fn an_upgraded_vault_is_not_taken_back_to_what_it_was_before_a_head_that_was_seen() {
    let place = old();
    let vault = unlock(&place).unwrap();
    let seen = vault.seen().unwrap();
    let before: Vec<RecordId> = place.rows().into_iter().map(|row| row.record_id).collect();
    place.write(&[], &before);
    place.write(&rows(), &[]);
    let passphrase = crate::fixture::passphrase(&phrase());
    let refused = block_on(vault.lock().unlock(&passphrase, Some(&seen)));
    assert!(matches!(refused.err(), Some(Error::Integrity(_))));
}
