//! A database of release 0.1: `tests/vectors/release-0.1`. Every later release opens, uses, rotates, backs up
//! and restores it.

use std::rc::Rc;

use pollster::block_on;
use serde_json::{Value as Json, json};
use strongroom::{
    Error,
    base::{Object, VersionState},
    factors::InlineFactor,
    keys::{KeyAction, KeyQuery},
    vault::{ObjectQuery, Vault},
};

use crate::{
    fixture::{DAY, Open, Place, create, key, manage, name, passphrase, rotate},
    release_files::{Release, text},
    release_open::{AFTER, BEFORE, opens_everything, parsed, protects},
};

const RELEASE: &str = "release-0.1";

/// A place with the database, a minute after it was written.
fn place(release: &Release) -> Place {
    let place = Place::with(Box::new(InlineFactor));
    place.clock.set(release.now() + 60_000);
    place.write(&release.rows(), &[]);
    place
}

fn unlock(release: &Release, place: &Place) -> Open {
    place.unlock_with(&release.passphrases()[0]).unwrap()
}

#[test]
fn it_holds_a_record_of_every_type_and_its_backup_the_same() {
    let release = Release::read(RELEASE);
    let mut rows = release.rows();
    let mut kinds: Vec<_> = rows.iter().map(|row| row.record_id.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 16);
    rows.sort_by(|a, b| a.record_id.cmp(&b.record_id));
    assert!(rows == release.backup_rows());
}

#[test]
fn it_opens_by_each_passphrase_and_gives_what_it_protected() {
    let release = Release::read(RELEASE);
    for phrase in release.passphrases().iter().rev() {
        let place = place(&release);
        let vault = place.unlock_with(phrase).unwrap();
        assert_eq!(vault.id().as_str(), release.manifest["vault"]);
        assert_eq!(block_on(vault.survey()), Ok(()));
        lists_what_it_listed(&vault, &release);
        opens_everything(&vault, &release, &BEFORE);
    }
}

#[test]
fn it_lives_on_and_restores_from_its_backups() {
    let release = Release::read(RELEASE);
    let place = place(&release);
    let vault = unlock(&release, &place);
    let active = |key: &&Json| key["state"] == "active";
    let keys = release.manifest["keys"].as_array().unwrap().iter();
    for alias in keys.filter(active).map(|key| text(&key["alias"])) {
        protects(&vault, &key(&vault, &alias));
        rotate(&vault, &alias);
        protects(&vault, &key(&vault, &alias));
    }
    for purpose in ["encrypt", "share", "sign"] {
        let alias = format!("every-{purpose}");
        let id = |number: usize| Some(key(&vault, &alias).versions[number - 1].id.to_string());
        manage(&vault, &alias, &KeyAction::CancelDestroy(id(2))).unwrap();
        manage(&vault, &alias, &KeyAction::Resume(id(5))).unwrap();
        manage(&vault, &alias, &KeyAction::Activate(id(7))).unwrap();
        protects(&vault, &key(&vault, &alias));
    }
    block_on(vault.rotate_vault_key()).unwrap();
    opens_everything(&vault, &release, &AFTER);
    let backup = block_on(vault.backup()).unwrap();
    drop(vault);
    opens_everything(&unlock(&release, &place), &release, &AFTER);

    for (backup, outcomes) in [(backup, &AFTER), (release.file("backup.json"), &BEFORE)] {
        let free = Place::with(Box::new(InlineFactor));
        free.clock.set(place.clock.get());
        let host = Rc::clone(&free.host);
        let restored = block_on(Vault::restore(host, &backup, Some(name()))).unwrap();
        let phrase = passphrase(&release.passphrases()[1]);
        let vault = block_on(restored.unlock(&phrase, None)).unwrap();
        opens_everything(&vault, &release, outcomes);
    }
}

#[test]
fn what_was_scheduled_comes_in_its_time() {
    let release = Release::read(RELEASE);
    let place = place(&release);
    place.pass(31 * 365 * DAY);
    let vault = unlock(&release, &place);
    let rotated = block_on(vault.tick()).unwrap().rotated;
    assert_eq!(rotated, [key(&vault, "photos").id]);
    place.pass(20 * 365 * DAY);
    let (doomed, signs) = (key(&vault, "doomed").id, key(&vault, "every-sign").id);
    block_on(vault.tick()).unwrap();
    for (id, number) in [(doomed, 1), (signs, 2)] {
        let key = key(&vault, &id);
        let state = key.versions[number - 1].state;
        assert_eq!(state, VersionState::Destroyed, "{}", key.alias);
    }
    assert_eq!(block_on(vault.survey()), Ok(()));
}

#[test]
fn a_key_that_it_destroyed_leaves_the_list_and_frees_its_alias() {
    let release = Release::read(RELEASE);
    let place = place(&release);
    let vault = unlock(&release, &place);
    let all = release.manifest["keys"].as_array().unwrap();
    let gone = all.iter().find(|key| key["alias"] == "gone").unwrap();
    let listed = || block_on(vault.keys()).unwrap().len();
    assert_eq!(listed(), all.len() - 1);
    assert_eq!(block_on(vault.key("gone")).err(), Some(Error::NoKey));
    let created = create(&vault, "gone");
    assert_ne!(json!(created.id.as_str()), gone["id"]);
    assert_eq!(key(&vault, text(&gone["id"])).alias.as_str(), "gone");
    assert_eq!(listed(), all.len());
    assert_eq!(block_on(vault.survey()), Ok(()));
}

fn lists_what_it_listed(vault: &Open, release: &Release) {
    let all = KeyQuery {
        destroyed: true,
        ..KeyQuery::default()
    };
    let keys = block_on(vault.list_keys(&all)).unwrap().keys;
    let keys: Vec<Json> = keys.iter().map(|key| told(&key.to_json())).collect();
    assert_eq!(json!(keys), release.manifest["keys"]);

    let objects = block_on(vault.list_objects(&ObjectQuery::first(100))).map(|page| page.objects);
    let objects: Vec<Json> = objects
        .unwrap()
        .iter()
        .map(|one| parsed(&one.told()))
        .collect();
    assert_eq!(json!(objects), release.manifest["inventory"]);
}

/// What the manifest keeps of a key.
fn told(key: &Object) -> Json {
    let mut key = parsed(key);
    for version in key["versions"].as_array_mut().unwrap() {
        let steps = version["history"].as_array().unwrap().iter();
        let steps = steps.map(|step| json!([step["state"], step["by"], step["reason"]]));
        let history: Vec<_> = steps.collect();
        version["history"] = json!(history);
        keep(version, &["id", "number", "state", "uses", "history"]);
    }
    key["rotateEvery"] = key["rotateEvery"].take();
    let kept = [
        "id",
        "alias",
        "purpose",
        "state",
        "primary",
        "labels",
        "rotateEvery",
        "uses",
        "versions",
    ];
    keep(&mut key, &kept);
    key
}

fn keep(json: &mut Json, names: &[&str]) {
    let members = json.as_object_mut().unwrap();
    members.retain(|name, _| names.contains(&name.as_str()));
}
