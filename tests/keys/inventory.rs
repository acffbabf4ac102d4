//! The inventory: what depends on which version, and what may be destroyed.

use pollster::block_on;
use strongroom::{
    Context, Error, Result,
    base::{InputError, ObjectId, Secret, SystemEntropy, Timestamp, VersionState, base64},
    inventory::{Copies, ObjectPage, Rewrapped, TrackedObject},
    jose::{AgreementKey, Envelope, Jwk, Recipient, wrap},
    keys::KeyAction,
    object::FileMetadata,
    store::RecordType,
    vault::{Header, ObjectQuery, RewrapOptions, Vault},
};

use crate::fixture::{
    DAY, NOW, Open, PHRASE, Place, Sealed, ago, create, decrypt, encrypt, key, manage, passphrase,
    period, rotate, version,
};

/// A header that the caller has.
pub fn given(header: &[u8]) -> Result<Header> {
    Ok(Header::Given(Envelope::parse(header)?))
}

pub fn track(vault: &Open, header: &[u8], location: &str) -> TrackedObject {
    let header = given(header).unwrap();
    block_on(vault.track(&header, None, Some(location), Some(5))).unwrap()
}

/// An object whose header stays in the vault: its id and body.
pub fn keep(vault: &Open, key: &str) -> (String, Vec<u8>) {
    let file = FileMetadata {
        size: Some(5),
        ..FileMetadata::default()
    };
    let object = block_on(vault.encrypt_kept(key, &Context::none(), Some(&file))).unwrap();
    let mut body = block_on(object.encryptor.push(b"hello".to_vec())).unwrap();
    body.extend(block_on(object.encryptor.finish()).unwrap());
    (object.id.as_str().to_owned(), body.concat())
}

pub fn open_kept(vault: &Open, id: &str, body: &[u8]) -> Result<String> {
    let header = block_on(vault.kept_header(id))?;
    decrypt(vault, header.bytes(), body)
}

pub fn rewrap(vault: &Open, header: &[u8], to: Option<&str>) -> Result<Rewrapped> {
    block_on(vault.rewrap(
        &given(header)?,
        &RewrapOptions {
            to,
            ..RewrapOptions::default()
        },
    ))
}

pub fn rewrap_kept(vault: &Open, id: &str) -> Result<Rewrapped> {
    block_on(vault.rewrap(&Header::Kept(id.to_owned()), &RewrapOptions::default()))
}

pub fn stored(vault: &Open, header: &Envelope) -> Result<()> {
    block_on(vault.rewrapped(&Header::Given(header.clone()))).map(drop)
}

pub fn shred(vault: &Open, id: &str) -> Result<Copies> {
    block_on(vault.shred(id))
}

pub fn untrack(vault: &Open, id: &str, force: bool) -> Result<()> {
    block_on(vault.untrack(id, force))
}

fn objects(
    vault: &Open,
    versions: Option<&[&str]>,
    after: Option<&str>,
    limit: usize,
) -> ObjectPage {
    let query = ObjectQuery {
        versions,
        after,
        ..ObjectQuery::first(limit)
    };
    block_on(vault.list_objects(&query)).unwrap()
}

fn destroy(version: impl AsRef<str>, force: bool) -> KeyAction {
    KeyAction::Destroy {
        version: Some(version.as_ref().to_owned()),
        force,
    }
}

#[test]
fn a_tracked_object_is_found_by_the_version_that_it_depends_on() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let first = encrypt(&vault, "photos", "hello");
    rotate(&vault, "photos");
    let second = encrypt(&vault, "photos", "hello");
    let tracked = track(&vault, &first.header, "s3://bucket/1");
    track(&vault, &second.header, "s3://bucket/2");
    let record = key(&vault, "photos");
    let (old, new) = (
        version(&record, 1).id.as_str(),
        version(&record, 2).id.as_str(),
    );
    assert_eq!(
        (
            tracked.id.as_str(),
            tracked.key,
            tracked.version.as_str(),
            tracked.tracked
        ),
        (first.id.as_str(), record.id.clone(), old, NOW)
    );
    assert_eq!((tracked.size, tracked.header), (Some(5), None));
    for vault in [&vault, &place.unlock().unwrap()] {
        for (versions, expected) in [(&[old][..], &first), (&[new], &second)] {
            let page = objects(vault, Some(versions), None, 10);
            assert_eq!(
                (page.total, page.objects[0].id.as_str()),
                (1, expected.id.as_str())
            );
        }
        assert_eq!(objects(vault, Some(&[old, new]), None, 10).total, 2);
        assert_eq!(objects(vault, None, None, 10).total, 2);
        assert_eq!(objects(vault, Some(&["nobody"]), None, 10).total, 0);
    }
}

#[test]
fn tracking_an_object_again_keeps_what_is_not_said_anew() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let object = encrypt(&vault, "photos", "hello");
    track(&vault, &object.header, "here");
    place.pass(DAY);
    let header = given(&object.header).unwrap();
    let again = block_on(vault.track(&header, None, None, None)).unwrap();
    assert_eq!(
        (again.location.as_deref(), again.size, again.tracked),
        (Some("here"), Some(5), NOW)
    );
    assert_eq!(
        track(&vault, &object.header, "there").location.as_deref(),
        Some("there")
    );
    assert_eq!(objects(&vault, None, None, 10).total, 1);
}

#[test]
fn the_id_is_enough_to_say_where_a_tracked_object_is_now() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let object = encrypt(&vault, "photos", "hello");
    let known = || Header::Kept(object.id.clone());
    let unknown = block_on(vault.track(&known(), None, Some("there"), None));
    assert_eq!(unknown.err(), Some(Error::NoObject));
    let first = track(&vault, &object.header, "here");
    let moved = block_on(vault.track(&known(), None, Some("there"), None)).unwrap();
    assert_eq!(moved.location.as_deref(), Some("there"));
    let moved = [moved];
    assert_eq!(objects(&vault, None, None, 10).objects, moved);
    let [moved] = moved;
    assert_eq!(
        (&moved.id, &moved.version, moved.tracked, moved.since),
        (&first.id, &first.version, first.tracked, first.since)
    );
    let other = encrypt(&vault, "photos", "other");
    let wrong = block_on(vault.track(&known(), Some(&other.id), Some("x"), None));
    assert!(wrong.is_err());
}

#[test]
fn what_is_under_none_of_the_vaults_keys_is_not_tracked() {
    let place = Place::new();
    let vault = place.create();
    let stranger = Place::new().create();
    create(&stranger, "photos");
    let object = encrypt(&stranger, "photos", "hello");
    let header = Envelope::parse(&object.header).unwrap();
    let refused = block_on(vault.track(&Header::Given(header.clone()), None, None, None));
    assert_eq!(refused.err(), Some(Error::NoKey));
    assert_eq!(untrack(&vault, &object.id, false), Err(Error::NoObject));
    assert_eq!(shred(&vault, &object.id), Err(Error::NoObject));
}

/// What a hostile store can serve: one object's header with another's id on it.
fn with_the_id_of(header: &[u8], id: &str) -> Envelope {
    let text = String::from_utf8(header.to_vec()).unwrap();
    let mut members: serde_json::Value = serde_json::from_str(&text).unwrap();
    let protected = base64::decode(
        members["protected"].as_str().unwrap(),
        InputError::Malformed(""),
    )
    .unwrap();
    let mut protected: serde_json::Value = serde_json::from_slice(&protected).unwrap();
    protected["jkt"] = id.into();
    members["protected"] = base64::encode(protected.to_string().as_bytes()).into();
    Envelope::parse(members.to_string().as_bytes()).unwrap()
}

#[test]
fn a_header_that_was_changed_moves_no_object_to_another_version() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    create(&vault, "archive");
    let object = encrypt(&vault, "photos", "hello");
    let other = encrypt(&vault, "archive", "hello");
    track(&vault, &object.header, "here");
    let forged = with_the_id_of(&other.header, &object.id);
    let rows = place.rows();
    let tracked = block_on(vault.track(&Header::Given(forged.clone()), None, None, None));
    assert_eq!(tracked.err(), Some(Error::Decrypt));
    assert_eq!(stored(&vault, &forged), Err(Error::Decrypt));
    assert!(place.rows() == rows);
    let old = key(&vault, "photos").primary;
    rotate(&vault, "photos");
    assert_eq!(
        manage(&vault, "photos", &destroy(&old, false)).err(),
        Some(Error::InUse)
    );
}

#[test]
fn an_object_is_tracked_whatever_the_state_of_its_version() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let object = encrypt(&vault, "photos", "hello");
    manage(&vault, "photos", &KeyAction::Suspend(None)).unwrap();
    track(&vault, &object.header, "here");
    let schedule = KeyAction::ScheduleDestroy {
        version: None,
        after: None,
        force: false,
    };
    manage(&vault, "photos", &schedule).unwrap();
    track(&vault, &object.header, "there");
    place.pass(30 * DAY);
    assert!(block_on(vault.tick()).unwrap().destroyed.is_empty());
}

#[test]
fn what_is_said_of_an_object_whose_header_the_vault_keeps_does_not_move_it() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (id, body) = keep(&vault, "photos");
    let kept = block_on(vault.kept_header(&id)).unwrap();
    let record = rotate(&vault, "photos");
    let (old, new) = (
        version(&record, 1).id.as_str(),
        version(&record, 2).id.as_str(),
    );
    let moved = rewrap(&vault, kept.bytes(), None).unwrap().header.unwrap();
    stored(&vault, &moved).unwrap();
    let tracked = track(&vault, moved.bytes(), "here");
    assert_eq!(
        tracked.version.as_str(),
        old,
        "the header that is kept is under it"
    );
    assert_eq!(objects(&vault, Some(&[new]), None, 10).total, 0);
    assert_eq!(
        manage(&vault, "photos", &destroy(old, false)).err(),
        Some(Error::InUse)
    );
    assert_eq!(open_kept(&vault, &id, &body).unwrap(), "hello");
}

#[test]
fn the_only_copy_of_a_header_is_not_forgotten_unless_that_is_forced() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (id, body) = keep(&vault, "photos");
    let rows = place.rows();
    assert_eq!(untrack(&vault, &id, false), Err(Error::InUse));
    assert!(place.rows() == rows);
    assert_eq!(open_kept(&vault, &id, &body).unwrap(), "hello");
    untrack(&vault, &id, true).unwrap();
    assert_eq!(open_kept(&vault, &id, &body), Err(Error::NoObject));
}

#[test]
fn a_kept_object_has_the_size_of_what_is_stored() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (id, body) = keep(&vault, "photos");
    let page = objects(&vault, None, None, 1);
    assert_eq!(
        (page.objects[0].id.as_str(), page.objects[0].size),
        (id.as_str(), Some(body.len() as u64))
    );
}

#[test]
fn objects_come_a_page_at_a_time() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let mut ids = Vec::new();
    for at in 0..7 {
        let object = encrypt(&vault, "photos", "hello");
        track(&vault, &object.header, &at.to_string());
        ids.push(object.id);
    }
    ids.sort_unstable();
    for limit in 1..=8 {
        let (mut found, mut after) = (Vec::new(), None::<ObjectId>);
        loop {
            let page = objects(&vault, None, after.as_ref().map(ObjectId::as_str), limit);
            assert_eq!(page.total, 7);
            found.extend(page.objects.into_iter().map(|object| object.id.to_string()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, ids, "{limit} at a time");
    }
}

#[test]
fn a_rewrapped_header_is_under_the_primary_version_and_opens_the_same_body() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let object = encrypt(&vault, "photos", "hello");
    let skipped = rewrap(&vault, &object.header, None).unwrap();
    assert!(skipped.header.is_none(), "it is there already");
    let record = rotate(&vault, "photos");
    let moved = rewrap(&vault, &object.header, None).unwrap();
    assert_eq!(
        (moved.id.as_str(), &moved.key, &moved.from, &moved.to),
        (
            object.id.as_str(),
            &record.id,
            &version(&record, 1).id,
            &version(&record, 2).id
        )
    );
    let header = moved.header.unwrap();
    assert_eq!(
        decrypt(&vault, header.bytes(), &object.body).unwrap(),
        "hello"
    );
    // The new one does not depend on the old version, and the old one still does.
    manage(&vault, "photos", &destroy(&moved.from, false)).unwrap();
    assert_eq!(
        decrypt(&vault, header.bytes(), &object.body).unwrap(),
        "hello"
    );
    assert_eq!(
        decrypt(&vault, &object.header, &object.body),
        Err(Error::State(VersionState::Destroyed))
    );
}

#[test]
fn a_header_moves_to_another_key_when_it_is_named() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let archive = create(&vault, "archive");
    let object = encrypt(&vault, "photos", "hello");
    let moved = rewrap(&vault, &object.header, Some("archive")).unwrap();
    assert_eq!((moved.key, moved.to), (archive.id, archive.primary));
    assert_eq!(
        rewrap(&vault, &object.header, Some("nobody")).err(),
        Some(Error::NoKey)
    );
    manage(&vault, "archive", &KeyAction::Suspend(None)).unwrap();
    assert_eq!(
        rewrap(&vault, &object.header, Some("archive")).err(),
        Some(Error::State(VersionState::Suspended))
    );
}

#[test]
fn a_header_that_others_open_too_is_not_rewrapped() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    rotate(&vault, "photos");
    let jwk = block_on(vault.dangerously_export("photos", None, &passphrase(PHRASE))).unwrap();
    let friend = AgreementKey::generate(&SystemEntropy).unwrap();
    let to = [Recipient::from_jwk(&jwk).unwrap(), friend.public().into()];
    let dek = Jwk::oct(Secret::generate(&SystemEntropy).unwrap());
    let shared = wrap(&dek, &to, &Context::none(), None, &SystemEntropy).unwrap();
    rotate(&vault, "photos");
    let refused = rewrap(&vault, shared.bytes(), None).err();
    assert!(
        matches!(refused, Some(Error::Unsupported(_))),
        "{refused:?}"
    );
}

#[test]
fn the_inventory_follows_a_header_once_it_was_stored() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let object = encrypt(&vault, "photos", "hello");
    track(&vault, &object.header, "here");
    let record = rotate(&vault, "photos");
    let (old, new) = (
        version(&record, 1).id.as_str(),
        version(&record, 2).id.as_str(),
    );
    let moved = rewrap(&vault, &object.header, None)
        .unwrap()
        .header
        .unwrap();
    assert_eq!(
        objects(&vault, Some(&[old]), None, 10).total,
        1,
        "not stored yet"
    );
    assert_eq!(
        manage(&vault, "photos", &destroy(old, false)).err(),
        Some(Error::InUse)
    );
    stored(&vault, &moved).unwrap();
    stored(&vault, &moved).unwrap();
    assert_eq!(objects(&vault, Some(&[old]), None, 10).total, 0);
    let page = objects(&vault, Some(&[new]), None, 10);
    assert_eq!(page.objects[0].location.as_deref(), Some("here"));
    assert_eq!(place.rows_of(RecordType::Object).len(), 1);
    assert!(manage(&vault, "photos", &destroy(old, false)).is_ok());
    // One that nobody tracks is fine.
    let untracked = encrypt(&vault, "photos", "hello");
    assert_eq!(
        stored(&vault, &Envelope::parse(&untracked.header).unwrap()),
        Ok(())
    );
}

#[test]
fn a_header_that_the_vault_keeps_is_rewrapped_in_one_step() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (id, body) = keep(&vault, "photos");
    assert!(rewrap_kept(&vault, &id).unwrap().header.is_none());
    let record = rotate(&vault, "photos");
    let (old, new) = (
        version(&record, 1).id.as_str(),
        version(&record, 2).id.as_str(),
    );
    rewrap_kept(&vault, &id).unwrap();
    assert_eq!(objects(&vault, Some(&[old]), None, 10).total, 0);
    assert_eq!(objects(&vault, Some(&[new]), None, 10).total, 1);
    manage(&vault, "photos", &destroy(old, false)).unwrap();
    let again = place.unlock().unwrap();
    assert_eq!(open_kept(&again, &id, &body).unwrap(), "hello");
}

#[test]
fn a_version_that_objects_need_is_destroyed_only_by_force() {
    let place = Place::new();
    let vault = place.create();
    let record = create(&vault, "photos");
    let (id, body) = keep(&vault, "photos");
    rotate(&vault, "photos");
    let rows = place.rows();
    for request in [
        destroy(&record.primary, false),
        KeyAction::Destroy {
            version: None,
            force: false,
        },
    ] {
        let refused = manage(&vault, "photos", &request).err();
        assert_eq!(refused, Some(Error::InUse));
    }
    assert!(place.rows() == rows);
    assert_eq!(open_kept(&vault, &id, &body).unwrap(), "hello");
    let managed = manage(&vault, "photos", &destroy(&record.primary, true)).unwrap();
    assert_eq!(managed.consequences.unwrap().objects, 1);
    assert_eq!(
        open_kept(&vault, &id, &body),
        Err(Error::State(VersionState::Destroyed))
    );
}

#[test]
fn a_scheduled_destruction_is_held_back_while_objects_need_the_version() {
    let place = Place::new();
    let vault = place.create();
    let record = create(&vault, "photos");
    let (id, body) = keep(&vault, "photos");
    rotate(&vault, "photos");
    let schedule = |force| KeyAction::ScheduleDestroy {
        version: Some(record.primary.to_string()),
        after: Some(period("P7D")),
        force,
    };
    let managed = manage(&vault, "photos", &schedule(false)).unwrap();
    assert_eq!(managed.consequences.unwrap().objects, 1, "that is told");
    for _ in 0..3 {
        place.pass(7 * DAY);
        assert!(block_on(vault.tick()).unwrap().destroyed.is_empty());
    }
    // It neither opens nor is it gone: cancelled, it opens again, and is rewrapped.
    let forbidden = Err(Error::State(VersionState::DestroyScheduled));
    assert_eq!(open_kept(&vault, &id, &body), forbidden);
    manage(&vault, "photos", &KeyAction::CancelDestroy(None)).unwrap();
    rewrap_kept(&vault, &id).unwrap();
    manage(&vault, "photos", &schedule(false)).unwrap();
    place.pass(7 * DAY);
    let done = block_on(vault.tick()).unwrap();
    assert_eq!(done.destroyed, std::slice::from_ref(&record.id));
    assert_eq!(open_kept(&vault, &id, &body).unwrap(), "hello");
}

#[test]
fn a_scheduled_destruction_that_was_forced_is_not_held_back() {
    let place = Place::new();
    let vault = place.create();
    let record = create(&vault, "photos");
    keep(&vault, "photos");
    let schedule = KeyAction::ScheduleDestroy {
        version: None,
        after: None,
        force: true,
    };
    manage(&vault, "photos", &schedule).unwrap();
    place.pass(30 * DAY);
    assert_eq!(block_on(vault.tick()).unwrap().destroyed, [record.id]);
    assert!(place.rows_of(RecordType::Version).is_empty());
}

#[test]
fn keys_that_are_held_back_keep_no_other_from_what_is_due() {
    let place = Place::new();
    let vault = place.create();
    let schedule = KeyAction::ScheduleDestroy {
        version: None,
        after: None,
        force: false,
    };
    for at in 0..70 {
        let alias = format!("held {at:02}");
        create(&vault, &alias);
        keep(&vault, &alias);
        manage(&vault, &alias, &schedule).unwrap();
    }
    let free = create(&vault, "zebra");
    manage(&vault, "zebra", &schedule).unwrap();
    place.pass(30 * DAY);
    let done = block_on(vault.tick()).unwrap();
    assert_eq!((done.destroyed, done.next), (vec![free.id], None));
}

#[test]
fn an_object_is_shredded_where_the_vault_has_the_only_copy_of_its_header() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let before = block_on(vault.backup()).unwrap();
    let (id, body) = keep(&vault, "photos");
    let copies = shred(&vault, &id).unwrap();
    assert!(copies.is_empty(), "a backup of before does not hold it");
    assert_eq!(open_kept(&vault, &id, &body), Err(Error::NoObject));
    assert!(place.rows_of(RecordType::Object).is_empty());
    assert!(!before.is_empty());
}

#[test]
fn an_object_whose_header_is_elsewhere_is_not_shredded() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let object = encrypt(&vault, "photos", "hello");
    track(&vault, &object.header, "here");
    let copies = shred(&vault, &object.id).unwrap();
    assert!(copies.elsewhere && copies.backups.is_empty());
    assert_eq!(objects(&vault, None, None, 10).total, 1);
    let Sealed { header, body, .. } = &object;
    assert_eq!(decrypt(&vault, header, body).unwrap(), "hello");
}

#[test]
fn an_object_that_a_backup_holds_is_not_shredded_whatever_the_clock_says() {
    for clock in [NOW, NOW + DAY, ago(DAY), Timestamp::EPOCH] {
        let place = Place::new();
        let vault = place.create();
        create(&vault, "photos");
        let (id, body) = keep(&vault, "photos");
        place.clock.set(clock);
        block_on(vault.backup()).unwrap();
        let copies = shred(&vault, &id).unwrap();
        let times: Vec<_> = copies.backups.iter().map(|(at, _)| *at).collect();
        assert_eq!((times, copies.elsewhere), (vec![clock], false));
        assert_eq!(open_kept(&vault, &id, &body).unwrap(), "hello");
        // Its key's destruction is the other way, and says the same.
        let request = KeyAction::Destroy {
            version: None,
            force: true,
        };
        let managed = manage(&vault, "photos", &request).unwrap();
        assert_eq!(managed.consequences.unwrap().backups.len(), 1);
    }
}

#[test]
fn a_vault_that_was_restored_knows_of_the_backup_that_it_comes_from() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (id, body) = keep(&vault, "photos");
    let backup = block_on(vault.backup()).unwrap();
    let elsewhere = Place::new();
    let host = std::rc::Rc::clone(&elsewhere.host);
    drop(block_on(Vault::restore(host, &backup, None)).unwrap());
    let restored = elsewhere.unlock().unwrap();
    let copies = shred(&restored, &id).unwrap();
    assert_eq!(copies.backups.len(), 1);
    assert_eq!(copies, shred(&vault, &id).unwrap());
    assert_eq!(open_kept(&restored, &id, &body).unwrap(), "hello");
}

#[test]
fn a_destruction_tells_the_backups_that_were_made_since_the_version_was() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    place.pass(DAY);
    block_on(vault.backup()).unwrap();
    place.pass(DAY);
    let record = rotate(&vault, "photos");
    place.pass(DAY);
    block_on(vault.backup()).unwrap();
    let told = |request: &KeyAction| {
        let consequences = manage(&vault, "photos", request).unwrap().consequences;
        let backups = consequences.unwrap().backups;
        backups.iter().map(|(at, _)| *at).collect::<Vec<_>>()
    };
    let second = told(&KeyAction::Destroy {
        version: Some(version(&record, 2).id.to_string()),
        force: false,
    });
    assert_eq!(second, [NOW + 3 * DAY]);
    let first = told(&KeyAction::ScheduleDestroy {
        version: Some(version(&record, 1).id.to_string()),
        after: None,
        force: false,
    });
    assert_eq!(first, [NOW + DAY, NOW + 3 * DAY]);
}

#[test]
fn a_revocation_tells_how_many_objects_depend_on_the_version() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    for _ in 0..3 {
        keep(&vault, "photos");
    }
    rotate(&vault, "photos");
    keep(&vault, "photos");
    let request = |version: Option<String>| KeyAction::Revoke {
        version,
        compromised: true,
    };
    let first = version(&key(&vault, "photos"), 1).id.to_string();
    let managed = manage(&vault, "photos", &request(Some(first))).unwrap();
    assert_eq!(managed.consequences.unwrap().objects, 3);
    let managed = manage(&vault, "photos", &request(None)).unwrap();
    assert_eq!(managed.consequences.unwrap().objects, 1);
    let none = manage(&vault, "photos", &KeyAction::Rotate { waits: false }).unwrap();
    assert!(none.consequences.is_none());
}

#[test]
fn what_is_no_longer_tracked_holds_nothing_back() {
    let place = Place::new();
    let vault = place.create();
    let record = create(&vault, "photos");
    let object = encrypt(&vault, "photos", "hello");
    track(&vault, &object.header, "here");
    untrack(&vault, &object.id, false).unwrap();
    assert_eq!(objects(&vault, None, None, 10).total, 0);
    assert_eq!(untrack(&vault, &object.id, false), Err(Error::NoObject));
    assert!(manage(&vault, "photos", &destroy(&record.primary, false)).is_ok());
}
