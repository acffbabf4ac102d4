//! What a view must neither learn nor do: of keys that it does not list, and of the vault that it is of.

use pollster::block_on;
use strongroom::{
    Context, Error, Result,
    base::{Kid, ObjectId, Sidecar, SystemEntropy},
    factors::ReloadPeriod,
    jose::{Envelope, Identity, Kek, Recipient, rewrap as wrap_again},
    keys::{KeyAction, Operation, Purpose},
    vault::{DecryptOptions, Header, RewrapOptions},
};

use crate::{
    audit::{audited, entries},
    fixture::{
        DAY, NOW, Open, PHRASE, Place, create, create_for, create_session, encrypt, key, manage,
        options, passphrase, rotate,
    },
    inventory::{given, keep, rewrap, rewrap_kept, stored, track},
    this_device::Browser,
    view::{ALL, divided, outside, stored_rows, view},
};

/// The context of a sidecar.
fn of(parent: &str) -> Context {
    let parent: ObjectId = parent.parse().unwrap();
    let sidecar = Sidecar::new(parent, "thumbnail").unwrap();
    Context::none().of_sidecar(sidecar).unwrap()
}

#[test]
fn a_sidecar_is_moved_whatever_key_its_parent_is_under() {
    let (_place, vault, seen) = divided();
    let (parent, _) = keep(&vault, "secrets");
    let kept = block_on(vault.encrypt_kept("photos", &of(&parent), None)).unwrap();
    let tracked = block_on(vault.encrypt("photos", &of(&parent), None)).unwrap();
    track(&vault, tracked.header.bytes(), "a place");
    rotate(&vault, "photos");
    assert!(
        rewrap_kept(&seen, kept.id.as_str())
            .unwrap()
            .header
            .is_some()
    );
    let moved = rewrap(&seen, tracked.header.bytes(), None).unwrap();
    let header = Header::Given(moved.header.unwrap());
    assert_eq!(block_on(seen.rewrapped(&header)), Ok(true));
    // A new one is not attached to it.
    let made = block_on(seen.encrypt_kept("photos", &of(&parent), None));
    assert_eq!(made.map(drop), Err(Error::NoObject));
}

#[test]
fn nothing_is_attached_to_what_may_come_to_be_another_keys() {
    let (place, vault, seen) = divided();
    let later = encrypt(&vault, "secrets", "hello");
    let rows = stored_rows(&place);
    let attach = |vault: &Open, parent: &str| {
        block_on(vault.encrypt_kept("photos", &of(parent), None)).map(drop)
    };
    assert_eq!(attach(&seen, &later.id), Err(Error::NoObject));
    assert!(rows == stored_rows(&place));
    assert_eq!(attach(&vault, &later.id), Ok(()));
    assert_eq!(attach(&view(&vault, &ALL, None), &later.id), Ok(()));
    let (ours, _) = keep(&vault, "photos");
    assert_eq!(attach(&seen, &ours), Ok(()));
}

#[test]
fn nothing_tells_which_objects_of_other_keys_there_are() {
    let (place, vault, seen) = divided();
    let [there, not_there] = ["there", "not there"].map(|text| encrypt(&vault, "secrets", text));
    track(&vault, &there.header, "a place");
    let (kept, _) = keep(&vault, "secrets");
    let rows = stored_rows(&place);
    for header in [&there.header, &not_there.header] {
        let header = given(header).unwrap();
        assert_eq!(block_on(seen.rewrapped(&header)), Ok(false));
    }
    let kept = Header::Given(block_on(vault.kept_header(&kept)).unwrap());
    assert_eq!(block_on(seen.rewrapped(&kept)), Ok(false));
    assert!(rows == stored_rows(&place));
}

/// A header of an object of `photos`, whose recipient is said to be another one.
fn forged(vault: &Open, header: &[u8], kid: &str) -> Envelope {
    let record = key(vault, "photos");
    let ours = Kid::of_version(&record.id, &record.primary);
    let text = core::str::from_utf8(header).unwrap();
    let forged = text.replace(ours.as_str(), kid);
    assert_ne!(forged, text);
    Envelope::parse(forged.as_bytes()).unwrap()
}

#[test]
fn a_forged_header_does_not_tell_which_other_keys_and_versions_there_are() {
    let (_place, vault, seen) = divided();
    let object = encrypt(&vault, "photos", "hello");
    track(&vault, &object.header, "here");
    let secrets = key(&vault, "secrets");
    let there = Kid::of_version(&secrets.id, &secrets.primary);
    let no_version = format!("{}.AAAAAAAAAAAAAAAAAAAAAA", secrets.id.as_str());
    let no_key = "AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA";
    for kid in [there.as_str(), &no_version, no_key] {
        let header = forged(&vault, &object.header, kid);
        assert_eq!(stored(&seen, &header), Err(Error::NoKey), "{kid}");
    }
    // The vault itself tells them apart.
    let told = |kid: &str| stored(&vault, &forged(&vault, &object.header, kid));
    assert_eq!(told(there.as_str()), Err(Error::Decrypt));
    assert_eq!(told(&no_version), Err(Error::NoVersion));
    assert_eq!(told(no_key), Err(Error::NoKey));
}

#[test]
fn a_compromised_version_does_not_tell_which_objects_of_other_keys_there_are() {
    let (_place, vault, seen) = divided();
    let [there, not_there] = ["there", "not there"].map(|text| encrypt(&vault, "photos", text));
    for object in [&there, &not_there] {
        track(&vault, &object.header, "here");
    }
    let to = RewrapOptions {
        to: Some("secrets"),
        ..RewrapOptions::default()
    };
    let moved = block_on(vault.rewrap(&given(&there.header).unwrap(), &to)).unwrap();
    stored(&vault, &moved.header.unwrap()).unwrap();
    block_on(vault.untrack(&not_there.id, false)).unwrap();
    rotate(&vault, "photos");
    let action = KeyAction::Revoke {
        version: Some(key(&vault, "photos").versions[0].id.to_string()),
        compromised: true,
    };
    manage(&vault, "photos", &action).unwrap();
    for object in [&there, &not_there] {
        let moved = rewrap(&seen, &object.header, None);
        assert_eq!(moved.map(drop), Err(Error::Unsigned));
    }
}

#[test]
fn what_signs_no_file_is_in_the_audit_log() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    create_for(&vault, "seal", Purpose::Sign);
    let last = |vault: &Open| {
        block_on(vault.write_log()).unwrap();
        let entry = entries(vault).pop().unwrap().entry;
        let keys: Vec<_> = entry.keys.iter().map(|named| named.key.clone()).collect();
        (entry.operation, entry.error, keys)
    };
    let reads = view(&vault, &[Operation::Verify], Some(&["seal"]));
    assert_eq!(block_on(reads.check_signs("seal")), outside());
    let told = |error: &str, alias: &str| {
        let error = Some(error.to_owned());
        (
            "sign".to_owned(),
            error,
            vec![key(&vault, alias).id.clone()],
        )
    };
    assert_eq!(last(&vault), told("ERR_POLICY", "seal"));
    assert_eq!(block_on(reads.check_signs("photos")), Err(Error::NoKey));
    assert_eq!(last(&vault), told("ERR_NO_KEY", "photos"));
    assert_eq!(block_on(vault.check_signs("photos")), Err(Error::Purpose));
    assert_eq!(last(&vault), told("ERR_PURPOSE", "photos"));
    // What is not refused is told of when it is signed.
    let before = entries(&vault).len();
    assert_eq!(block_on(vault.check_signs("seal")), Ok(()));
    block_on(vault.write_log()).unwrap();
    assert_eq!(entries(&vault).len(), before);
}

#[test]
fn nothing_tells_what_the_sessions_keys_are_called() {
    let (_place, vault, seen) = divided();
    create_session(&vault, &options("short"), DAY).unwrap();
    let named = |alias: &str| KeyAction::Update {
        alias: Some(alias.parse().unwrap()),
        labels: None,
        rotate_every: None,
    };
    let reads = view(&vault, &[Operation::Decrypt], Some(&["photos"]));
    for alias in ["short", "long"] {
        let action = named(alias);
        assert_eq!(
            manage(&seen, "secrets", &action).map(drop),
            Err(Error::NoKey)
        );
        assert_eq!(manage(&reads, "photos", &action).map(drop), outside());
    }
    let taken = manage(&vault, "photos", &named("short"));
    assert_eq!(taken.map(drop), Err(Error::KeyExists));
}

#[test]
fn what_needs_no_transaction_is_no_views_either() {
    let (place, vault, seen) = divided();
    let session = create_session(&vault, &options("short"), DAY).unwrap();
    assert_eq!(seen.end_session(session.as_str()), outside());
    block_on(vault.find_key("short")).unwrap();
    assert_eq!(seen.seen().map(drop), outside());
    assert_eq!(seen.identity().map(drop), outside());
    assert_eq!(seen.log_failed_unlocks(3), outside());
    assert_eq!(seen.log_vain_kms_calls(3), outside());
    let period = ReloadPeriod {
        since: NOW,
        until: NOW,
    };
    let kept = block_on(seen.prepare_reload(&Browser::default(), period));
    assert_eq!(kept.map(drop), outside());
    let secrets = key(&vault, "secrets").id.clone();
    let usage = block_on(seen.written_usage(&secrets));
    assert_eq!(usage.map(drop), Err(Error::NoKey));
    seen.forget();
    assert_eq!(block_on(seen.lock_and_log()), outside());
    drop(seen.lock());
    assert_eq!(block_on(vault.find_key("photos")).map(drop), Ok(()));
    drop(vault.lock());
    assert!(place.unlock().is_ok());
}

#[test]
fn an_object_of_another_key_does_not_take_a_place() {
    let (_place, vault, seen) = divided();
    let [ours, twice] = ["ours", "again"].map(|text| encrypt(&vault, "photos", text));
    let theirs = encrypt(&vault, "secrets", "theirs");
    track(&vault, &ours.header, "a place");
    track(&vault, &theirs.header, "a place");
    let ask = |vault: &Open| -> Result<()> {
        let options = DecryptOptions {
            tracked: Some("a place".to_owned()),
            ..DecryptOptions::default()
        };
        block_on(vault.decrypt(&ours.header, &Context::none(), &options)).map(drop)
    };
    assert_eq!(ask(&seen), Ok(()));
    assert!(matches!(ask(&vault), Err(Error::Argument(_))));
    track(&vault, &twice.header, "a place");
    assert!(matches!(ask(&seen), Err(Error::Argument(_))));
}

#[test]
fn the_audit_log_names_other_keys_only_of_what_failed() {
    let place = Place::new();
    let vault = audited(&place);
    for alias in ["photos", "secrets", "seal"] {
        create(&vault, alias);
    }
    let kek = |alias: &str| {
        let jwk = block_on(vault.dangerously_export(alias, None, &passphrase(PHRASE))).unwrap();
        Kek::from_jwk(&jwk).unwrap()
    };
    let object = encrypt(&vault, "photos", "hello");
    let Header::Given(envelope) = given(&object.header).unwrap() else {
        unreachable!("it was given")
    };
    let to: [Recipient; 2] = [kek("secrets").into(), kek("photos").into()];
    let opens = [Identity::Kek(kek("photos"))];
    let both = wrap_again(&envelope, &opens, &to, &SystemEntropy).unwrap();
    let read = |alias: &str| {
        let seen = view(&vault, &[Operation::Decrypt], Some(&[alias]));
        let options = DecryptOptions {
            allow_unsigned: true,
            ..DecryptOptions::default()
        };
        let header = Header::Given(both.clone());
        let opened = block_on(seen.decrypt_object(&header, &Context::none(), &options)).map(drop);
        block_on(vault.write_log()).unwrap();
        let entry = entries(&vault).pop().unwrap().entry;
        let mut keys: Vec<_> = entry.keys.iter().map(|named| named.key.clone()).collect();
        keys.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        (opened, keys)
    };
    let ids = |aliases: &[&str]| {
        let mut ids: Vec<_> = aliases
            .iter()
            .map(|alias| key(&vault, alias).id.clone())
            .collect();
        ids.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        ids
    };
    assert_eq!(read("photos"), (Ok(()), ids(&["photos"])));
    assert_eq!(
        read("seal"),
        (Err(Error::NoKey), ids(&["photos", "secrets"]))
    );
}
