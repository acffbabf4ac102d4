//! Files that somebody else had in hand: none of them brings back what was taken away, or proves what it must not.

use std::cell::Cell;

use pollster::block_on;
use strongroom::{
    Error, Result,
    base::{Entropy, InputResult, SystemEntropy, VersionState},
    keys::{KeyAction, KeyOptions, Purpose},
    store::{RecordType, Row},
    vault::{Others, SkippedRecord},
};

use crate::{
    fixture::{
        OTHER_PHRASE, Open, PHRASE, Place, create, create_for, genesis, key, manage, open, options,
        passphrase, period, record, rotate, seal, version,
    },
    merge::{NOBODY, backup, elsewhere, merge, merge_with, of_earlier_vault_key, state},
};

/// The passphrase that others have.
const STOLEN: &str = OTHER_PHRASE;

/// What a refused file leaves: what was there.
fn is_refused(place: &Place, vault: &Open, file: &[u8], phrase: Option<&str>) -> Error {
    let (rows, commits) = (place.rows(), place.host.store.commits.borrow().len());
    let merged = match phrase {
        Some(phrase) => merge_with(vault, file, phrase),
        None => merge(vault, file),
    };
    assert!(place.rows() == rows, "something was written");
    assert_eq!(place.host.store.commits.borrow().len(), commits);
    merged.err().unwrap_or_else(|| panic!("it was merged"))
}

fn factor_ids(vault: &Open) -> Vec<String> {
    let factors = block_on(vault.factors()).unwrap();
    factors.iter().map(|factor| factor.id.to_string()).collect()
}

/// Draws the same id for a vault as another one has, and what follows at random.
struct SameId(Cell<Option<[u8; 16]>>);

impl Entropy for SameId {
    fn fill(&self, buffer: &mut [u8]) -> InputResult<()> {
        match self.0.take() {
            Some(id) if buffer.len() == id.len() => {
                buffer.copy_from_slice(&id);
                Ok(())
            }
            _ => SystemEntropy.fill(buffer),
        }
    }
}

#[test]
fn another_vaults_backup_is_refused_before_a_factor_is_asked() {
    let (place, other) = (Place::new(), Place::new());
    let (vault, theirs) = (place.create(), other.create());
    create(&theirs, "photos");
    let file = backup(&theirs);
    for phrase in [None, Some(PHRASE), Some("not its own")] {
        let refused = is_refused(&place, &vault, &file, phrase);
        assert_eq!(refused, Error::Integrity("a backup of another vault"));
    }
}

#[test]
fn a_vault_that_somebody_made_with_our_id_is_refused() {
    let place = Place::new();
    let id = [7; 16];
    let made = |id| genesis(&SameId(Cell::new(Some(id))), &[PHRASE, OTHER_PHRASE]);
    place.write(&made(id), &[]);
    let vault = place.unlock().unwrap();
    let forger = Place::of(&made(id));
    let forged = forger.unlock().unwrap();
    assert_eq!(forged.id(), vault.id());
    create(&forged, "photos");
    for rotations in 0..2 {
        for _ in 0..rotations {
            block_on(forged.rotate_vault_key()).unwrap();
        }
        let file = backup(&forged);
        for phrase in [None, Some(PHRASE)] {
            let refused = is_refused(&place, &vault, &file, phrase);
            assert_eq!(refused, Error::Integrity("a backup of another vault"));
        }
    }
}

/// A vault of which somebody had a copy and a factor, that was revoked as compromised since; and what they made of the
/// copy.
fn robbed(forge: impl FnOnce(&Open)) -> (Place, Open, Vec<u8>) {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let stolen = Place::of(&place.rows());
    let thief = stolen.unlock_with(STOLEN).unwrap();
    forge(&thief);
    let file = backup(&thief);
    let id = factor_ids(&vault).remove(1);
    let present = passphrase(PHRASE);
    let done = vault.revoke_compromised_factor(&id, &present, Others::default(), &NOBODY);
    block_on(done).unwrap();
    (place, vault, file)
}

#[test]
fn what_was_made_with_an_identity_that_was_succeeded_proves_nothing() {
    let values = Cell::new(Vec::new());
    let (place, vault, file) = robbed(|thief| {
        create(thief, "invoices");
        rotate(thief, "photos");
        create_for(thief, "orders", Purpose::Sign);
        let order = block_on(thief.sign("orders", None, b"pay me")).unwrap();
        let value = |alias| seal(thief, alias, "\"forged\"").unwrap();
        values.set(vec![value("invoices"), value("photos"), order]);
    });
    let values = values.take();
    let (identity, primary) = (vault.identity().unwrap(), key(&vault, "photos").primary);
    let report = merge_with(&vault, &file, STOLEN).unwrap();
    assert!(!report.proven && report.changed.is_empty());
    assert_eq!((report.keys.len(), report.versions.len()), (2, 3));
    assert_eq!(vault.identity().unwrap(), identity);
    assert_eq!(key(&vault, "photos").primary, primary);
    assert_eq!(open(&vault, &values[0]), Err(Error::Unsigned));
    assert_eq!(open(&vault, &values[1]), Err(Error::Unsigned));
    let signed = block_on(vault.verify(&values[2], Some("orders")));
    assert_eq!(signed.err(), Some(Error::Unsigned));
    assert!(matches!(
        seal(&vault, "invoices", "1"),
        Err(Error::State(_))
    ));
    assert!(matches!(place.unlock_with(STOLEN), Err(Error::WrongFactor)));
}

#[test]
fn a_thief_who_counts_the_vault_key_up_is_not_followed() {
    let (place, vault, file) = robbed(|thief| {
        for _ in 0..4 {
            block_on(thief.rotate_vault_key()).unwrap();
        }
    });
    for phrase in [None, Some(STOLEN), Some(PHRASE)] {
        let refused = is_refused(&place, &vault, &file, phrase);
        assert_eq!(refused, Error::Integrity("a backup of another vault"));
    }
}

#[test]
fn a_later_vault_key_of_our_own_identity_is_not_taken_over() {
    let place = Place::new();
    let vault = place.create();
    let (_other, theirs) = elsewhere(&backup(&vault));
    create(&theirs, "photos");
    block_on(theirs.rotate_vault_key()).unwrap();
    let file = backup(&theirs);
    for phrase in [None, Some(PHRASE)] {
        let refused = is_refused(&place, &vault, &file, phrase);
        assert!(matches!(refused, Error::Argument(_)), "{refused:?}");
    }
    // The other way round it gives what it has.
    create(&vault, "ours");
    assert_eq!(
        merge_with(&theirs, &backup(&vault), PHRASE)
            .unwrap()
            .keys
            .len(),
        1
    );
}

#[test]
fn a_factor_that_was_revoked_does_not_come_back() {
    let place = Place::new();
    let vault = place.create();
    let file = backup(&vault);
    let id = factor_ids(&vault).remove(1);
    block_on(vault.revoke_factor(&id, &passphrase(PHRASE), &NOBODY)).unwrap();
    let (left, generation) = (factor_ids(&vault), vault.generation());
    for phrase in [PHRASE, OTHER_PHRASE] {
        let report = merge_with(&vault, &file, phrase).unwrap();
        let skipped = &report.skipped[0];
        assert_eq!(
            (skipped.record, &*skipped.id),
            (SkippedRecord::Factor, &*id)
        );
        assert_eq!(factor_ids(&vault), left);
        assert_eq!(vault.generation(), generation);
        let unlocked = place.unlock_with(OTHER_PHRASE);
        assert!(matches!(unlocked, Err(Error::WrongFactor)));
        assert!(place.unlock().is_ok());
    }
}

#[test]
fn an_older_primary_an_older_alias_and_an_older_period_do_not_come_back() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    manage(&vault, "photos", &KeyAction::Rotate { waits: true }).unwrap();
    rotate(&vault, "photos");
    let file = backup(&vault);
    // The waiting version is older than the primary.
    manage(&vault, "photos", &KeyAction::Activate(None)).unwrap();
    let update = KeyAction::Update {
        alias: Some("pictures".parse().unwrap()),
        labels: None,
        rotate_every: Some(Some(period("P30D"))),
    };
    manage(&vault, "photos", &update).unwrap();
    let now = key(&vault, "pictures");
    assert_eq!(now.primary_version().number, 2);
    let report = merge(&vault, &file).unwrap();
    assert!(report.changed.is_empty() && report.renamed.is_empty());
    assert_eq!(key(&vault, "pictures"), now);
    assert!(seal(&vault, "pictures", "1").is_ok());
}

#[test]
fn an_earlier_vault_key_changes_no_state_and_no_primary_of_ours() {
    let place = Place::new();
    let vault = place.create();
    let photos = create(&vault, "photos");
    let (_other, theirs) = elsewhere(&backup(&vault));
    // All that could harm: the version is destroyed, the key has another name, a primary and a period of theirs.
    rotate(&theirs, "photos");
    let first = photos.versions[0].id.to_string();
    let destroy = KeyAction::Destroy {
        version: Some(first),
        force: true,
    };
    manage(&theirs, "photos", &destroy).unwrap();
    let update = KeyAction::Update {
        alias: Some("taken over".parse().unwrap()),
        labels: None,
        rotate_every: Some(Some(period("PT1S"))),
    };
    manage(&theirs, "photos", &update).unwrap();
    let alias = create(&theirs, "photos");
    let every = KeyOptions {
        rotate_every: Some(period("PT1S")),
        ..options("due at once")
    };
    record(block_on(theirs.add_key(&every, None)).unwrap());
    let file = backup(&theirs);
    block_on(vault.rotate_vault_key()).unwrap();
    let value = seal(&vault, "photos", "1").unwrap();

    let report = merge_with(&vault, &file, PHRASE).unwrap();
    assert!(report.changed.is_empty());
    let now = key(&vault, "photos");
    assert_eq!(
        (now.id.clone(), now.primary.clone()),
        (photos.id, photos.primary)
    );
    assert_eq!(state(&vault, "photos", 1), VersionState::Active);
    assert_eq!(now.rotate_every, None);
    assert_eq!(open(&vault, &value).unwrap(), "1");
    // A key of theirs takes no alias of ours, and is never rotated by itself.
    assert_eq!(report.renamed.len(), 1);
    assert_eq!(report.renamed[0].key, alias.id);
    place.clock.set(place.clock.get() + 10_000);
    assert!(block_on(vault.tick()).unwrap().rotated.is_empty());
}

#[test]
fn a_forged_a_missing_and_another_files_signature_are_refused() {
    let place = Place::new();
    let vault = place.create();
    let file = backup(&vault);
    create(&vault, "photos");
    let later = backup(&vault);
    let text = String::from_utf8(later).unwrap();
    let seal_of = |text: &str| {
        let from = text.find("\"seal\":\"").unwrap() + 8;
        text[from..].split('"').next().unwrap().to_owned()
    };
    let (own, earlier) = (
        seal_of(&text),
        seal_of(core::str::from_utf8(&file).unwrap()),
    );
    let parts: Vec<_> = own.split('.').collect();
    let unsigned = [parts[0], parts[1], ""].join(".");
    let other_typ = {
        let rows = place.rows_of(RecordType::Statement);
        String::from_utf8(rows[0].bytes.clone()).unwrap()
    };
    for seal in ["", &earlier, &unsigned, &other_typ, parts[1]] {
        let forged = text.replace(&own, seal);
        let refused = is_refused(&place, &vault, forged.as_bytes(), Some(PHRASE));
        let told = matches!(
            refused,
            Error::Integrity(_) | Error::Malformed(_) | Error::Unsupported(_) | Error::Decrypt
        );
        assert!(told, "{refused:?}");
    }
    let missing = text.replace(&format!(",\"seal\":\"{own}\""), "");
    assert_ne!(missing, text);
    let refused = is_refused(&place, &vault, missing.as_bytes(), Some(PHRASE));
    assert!(matches!(refused, Error::Malformed(_)), "{refused:?}");
    // A record of another file, under this one's seal.
    let rows = |text: &str| text.find("\"revision\":1").unwrap();
    let mut changed = text.clone();
    changed.replace_range(rows(&text)..rows(&text) + 12, "\"revision\":9");
    let refused = is_refused(&place, &vault, changed.as_bytes(), Some(PHRASE));
    assert!(matches!(refused, Error::Integrity(_)), "{refused:?}");
}

#[test]
fn a_truncated_file_and_one_of_a_newer_release_are_refused() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let file = backup(&vault);
    for end in [0, 1, file.len() / 2, file.len() - 1] {
        let refused = is_refused(&place, &vault, &file[..end], Some(PHRASE));
        assert!(matches!(refused, Error::Malformed(_)), "{refused:?}");
    }
    let text = String::from_utf8(file).unwrap();
    for (from, to) in [("backup-1", "backup-2"), ("\"identity\"", "\"escrow\"")] {
        let newer = text.replacen(from, to, 1);
        assert_ne!(newer, text);
        let refused = is_refused(&place, &vault, newer.as_bytes(), Some(PHRASE));
        assert!(matches!(refused, Error::Unsupported(_)), "{refused:?}");
    }
    let huge = vec![b' '; 256 * 1024 * 1024 + 1];
    let refused = is_refused(&place, &vault, &huge, Some(PHRASE));
    assert!(matches!(refused, Error::TooLarge(_)), "{refused:?}");
}

#[test]
fn a_locked_vault_merges_nothing_and_the_gate_tells_of_each_refusal() {
    let (place, vault, file, _) = of_earlier_vault_key();
    place.take_events();
    assert!(matches!(merge(&vault, &file), Err(Error::Argument(_))));
    merge_with(&vault, &file, PHRASE).unwrap();
    let told: Vec<_> = place
        .take_events()
        .into_iter()
        .map(|event| (event.operation, event.error.is_some()))
        .collect();
    assert_eq!(told, [("merge", true), ("merge", false)]);
    vault.forget();
    assert_eq!(merge_with(&vault, &file, PHRASE).err(), Some(Error::Locked));
}

#[test]
fn a_vault_key_that_is_rotated_while_the_factor_is_asked_makes_the_file_prove_nothing() {
    let place = Place::new();
    let vault = place.create();
    let (_other, theirs) = elsewhere(&backup(&vault));
    create(&theirs, "theirs");
    let file = backup(&theirs);
    // It is of the same vault key when it is opened, and of an earlier one when it is taken in.
    let tab = place.unlock().unwrap();
    *place.host.store.meanwhile.borrow_mut() = Some(Box::new(move || {
        block_on(tab.rotate_vault_key()).unwrap();
    }));
    let merged: Result<_> = merge(&vault, &file);
    assert_eq!(merged.err(), Some(Error::Rotated));
    let again = place.unlock().unwrap();
    let report = merge_with(&again, &file, PHRASE).unwrap();
    assert!(!report.proven);
    assert!(version(&key(&again, "theirs"), 1).unproven);
    let rows: Vec<Row> = place.rows_of(RecordType::Key);
    assert_eq!(rows.len(), 1);
}

#[test]
fn a_forged_version_that_calls_itself_compromised_verifies_nothing() {
    let order = Cell::new(String::new());
    let (_place, vault, file) = robbed(|thief| {
        create_for(thief, "orders", Purpose::Sign);
        order.set(block_on(thief.sign("orders", None, b"pay me")).unwrap());
        let compromised = KeyAction::Revoke {
            version: None,
            compromised: true,
        };
        manage(thief, "orders", &compromised).unwrap();
    });
    merge_with(&vault, &file, STOLEN).unwrap();
    assert_eq!(state(&vault, "orders", 1), VersionState::Compromised);
    let order = order.take();
    for expected in [None, Some("orders")] {
        let signed = block_on(vault.verify(&order, expected));
        assert_eq!(signed.err(), Some(Error::Unsigned));
    }
}

/// A vault whose key "orders" was destroyed and made anew, and a copy of it in which the old one was rotated instead.
fn destroyed_here() -> (Place, Open, Place, Open) {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "orders");
    let (other, theirs) = elsewhere(&backup(&vault));
    rotate(&theirs, "orders");
    let destroy = KeyAction::Destroy {
        version: None,
        force: true,
    };
    manage(&vault, "orders", &destroy).unwrap();
    create(&vault, "orders");
    (place, vault, other, theirs)
}

#[test]
fn a_destroyed_key_does_not_come_back_out_of_a_backup_that_proves_nothing() {
    let (_place, vault, _other, theirs) = destroyed_here();
    let (file, orders) = (backup(&theirs), key(&vault, "orders").id);
    block_on(vault.rotate_vault_key()).unwrap();
    let report = merge_with(&vault, &file, STOLEN).unwrap();
    assert!(report.versions.is_empty() && report.renamed.is_empty());
    assert!(
        report
            .skipped
            .iter()
            .any(|left| left.record == SkippedRecord::Key)
    );
    assert_eq!(key(&vault, "orders").id, orders);
}

#[test]
fn a_key_that_comes_back_takes_no_alias_that_was_given_since() {
    let (_place, vault, _other, theirs) = destroyed_here();
    let (orders, old) = (key(&vault, "orders").id, key(&theirs, "orders").id);
    let (ours, file) = (backup(&vault), backup(&theirs));
    let report = merge(&vault, &file).unwrap();
    assert_eq!(report.renamed.len(), 1);
    merge(&theirs, &ours).unwrap();
    for vault in [&vault, &theirs] {
        assert_eq!(key(vault, "orders").id, orders);
        let back = block_on(vault.find_key(old.as_str())).unwrap();
        assert_ne!(back.key.alias.as_str(), "orders");
        assert!(!back.key.is_destroyed());
    }
}
