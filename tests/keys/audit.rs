//! The audit log: what is put to it, when that is durable, and what tells that it was changed.

use pollster::block_on;
use strongroom::{
    Error, Result,
    audit::{Checkpoint, CompactRange, ConsistencyProof, LogProof, NoteVerifier, TreeHash},
    base::{KeyId, PolicyRule},
    jose::{Envelope, Signed},
    keys::KeyAction,
    store::{self, RecordType, Row, Sequence, Store},
    vault::{
        EntryPage, EntryQuery, Header, LogFault, LogState, LoggedEntry, Others, RewrapOptions,
    },
};

use crate::{
    fixture::{
        Open, PHRASE, Place, create, create_session, decrypt, encrypt, key, manage, name, open,
        options, passphrase, rotate, seal,
    },
    merge::{NOBODY, backup, elsewhere, merge},
    policy::policy,
    scale::large,
};

/// A vault whose log has begun: its first row has two entries.
pub fn audited(place: &Place) -> Open {
    let vault = place.create();
    block_on(vault.write_log()).unwrap();
    vault
}

fn query(vault: &Open, query: &EntryQuery) -> EntryPage {
    block_on(vault.query_audit(query)).unwrap()
}

/// All entries, the first one first.
pub fn entries(vault: &Open) -> Vec<LoggedEntry> {
    let all = EntryQuery {
        limit: Some(1000),
        ..EntryQuery::default()
    };
    let mut page = query(vault, &all);
    assert_eq!(page.next, None);
    page.entries.reverse();
    page.entries
}

fn operations(vault: &Open) -> Vec<String> {
    let operations = entries(vault).into_iter();
    operations.map(|logged| logged.entry.operation).collect()
}

fn state(vault: &Open) -> LogState {
    block_on(vault.audit_state()).unwrap().unwrap()
}

fn fault(vault: &Open, seen: Option<&str>) -> Option<LogFault> {
    block_on(vault.verify_audit(seen, None, &[])).unwrap().fault
}

fn checkpoint(vault: &Open) -> String {
    block_on(vault.audit_checkpoint()).unwrap().note
}

fn log_rows(place: &Place) -> Vec<Row> {
    place.rows_of(RecordType::Audit)
}

#[test]
fn a_log_begins_by_itself_with_its_first_entry_and_one_that_was_stopped_stays_so() {
    let place = Place::new();
    let vault = place.create();
    assert!(log_rows(&place).is_empty());
    place.host.store.fails.set(true);
    assert_eq!(block_on(vault.audit_state()), Ok(None));
    place.host.store.fails.set(false);
    assert_eq!((state(&vault).size, state(&vault).waiting), (2, 0));
    seal(&vault, "nobody's", "1").unwrap_err();
    block_on(vault.stop_audit()).unwrap();
    create(&vault, "photos");
    seal(&vault, "photos", "1").unwrap();
    block_on(vault.write_log()).unwrap();
    drop(vault);

    let vault = place.unlock().unwrap();
    seal(&vault, "photos", "1").unwrap();
    block_on(vault.tick()).unwrap();
    assert!(state(&vault).stopped);
    let all = ["beginAudit", "unlock", "encryptValue", "stopAudit"];
    assert_eq!(operations(&vault), all);
    assert_eq!(log_rows(&place).len(), 2);
    assert_eq!(place.rows_of(RecordType::AuditKey).len(), 2);
}

#[test]
fn every_use_change_and_refusal_is_an_entry_with_its_key_and_reason() {
    let place = Place::new();
    let vault = audited(&place);
    let photos = create(&vault, "photos");
    let object = encrypt(&vault, "photos", "a file");
    assert!(decrypt(&vault, &object.header, &object.body).is_ok());
    let set = KeyAction::SetPolicy(Some(Box::new(policy(r#"{"operations":["decrypt"]}"#))));
    manage(&vault.because(Some("ticket 7")), "photos", &set).unwrap();
    let refused = seal(&vault, "photos", "1").err();
    assert_eq!(refused, Some(Error::Policy(PolicyRule::Operations)));
    assert_eq!(seal(&vault, "nobody's", "1").err(), Some(Error::NoKey));

    let logged = entries(&vault);
    let told: Vec<_> = logged
        .iter()
        .map(|LoggedEntry { sequence, entry }| {
            let error = entry.error.as_deref().unwrap_or_default();
            assert!(entry.keys.iter().all(|named| named.key == photos.id));
            (*sequence, &*entry.operation, error, entry.keys.len())
        })
        .collect();
    assert_eq!(
        told,
        [
            (0, "beginAudit", "", 0),
            (1, "unlock", "", 0),
            (2, "createKey", "", 1),
            (3, "encrypt", "", 1),
            (4, "decrypt", "", 1),
            (5, "setPolicy", "", 1),
            (6, "encryptValue", "ERR_POLICY", 1),
            (7, "encryptValue", "ERR_NO_KEY", 0),
        ]
    );
    let of = |at: usize| &logged[at].entry;
    assert_eq!(of(4).keys[0].version.as_ref(), Some(&photos.primary));
    assert_eq!((of(4).keys[0].uses, of(5).keys[0].uses), (Some(1), None));
    assert!(of(4).object.is_some());
    assert_eq!(of(5).reason.as_deref(), Some("ticket 7"));
    assert_eq!(of(6).rule.as_deref(), Some("operations"));
    assert_eq!(fault(&vault, None), None);
}

#[test]
fn what_changes_something_or_exports_is_durable_before_it_gives_anything_and_other_uses_wait() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    let (value, before) = (seal(&vault, "photos", "1").unwrap(), log_rows(&place).len());
    open(&vault, &value).unwrap();
    assert_eq!((state(&vault).waiting, log_rows(&place).len()), (2, before));
    block_on(vault.dangerously_export("photos", None, &passphrase(PHRASE))).unwrap();
    assert_eq!(
        (state(&vault).waiting, log_rows(&place).len()),
        (0, before + 1)
    );
    open(&vault, &value).unwrap();
    // The tab is killed: what waited is lost, and nothing else.
    drop(vault);
    let vault = place.unlock().unwrap();
    let all = operations(&vault);
    let rest = ["encryptValue", "decryptValue", "exportKey", "unlock"];
    assert_eq!(all[3..], rest);
    assert_eq!(fault(&vault, None), None);
}

#[test]
fn an_export_whose_entry_cannot_be_written_gives_nothing() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    place.host.store.fails.set(true);
    let export = block_on(vault.dangerously_export("photos", None, &passphrase(PHRASE)));
    assert!(matches!(export, Err(Error::Storage(_))), "{export:?}");
    place.host.store.fails.set(false);
    block_on(vault.dangerously_export("photos", None, &passphrase(PHRASE))).unwrap();
}

#[test]
fn a_log_that_fails_closed_has_each_use_written_before_anything_comes_of_it() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    block_on(vault.start_audit(Some(true), None)).unwrap();
    assert!(state(&vault).fail_closed);
    let before = state(&vault).size;
    let value = seal(&vault, "photos", "1").unwrap();
    assert_eq!((state(&vault).size, state(&vault).waiting), (before + 1, 0));
    place.host.store.fails.set(true);
    assert!(matches!(open(&vault, &value), Err(Error::Storage(_))));
    // A list is no use, and a refusal stays one.
    block_on(vault.keys()).unwrap();
    assert_eq!(seal(&vault, "nobody's", "1").err(), Some(Error::NoKey));
    place.host.store.fails.set(false);
    open(&vault, &value).unwrap();
    // Only who says so takes it away.
    block_on(vault.start_audit(None, None)).unwrap();
    assert!(state(&vault).fail_closed);
    block_on(vault.start_audit(Some(false), None)).unwrap();
    assert!(!state(&vault).fail_closed);
    place.host.store.fails.set(true);
    open(&vault, &value).unwrap();
    place.host.store.fails.set(false);
    assert_eq!(fault(&vault, None), None);
}

#[test]
fn unlocks_and_factors_are_entries_and_so_is_a_factor_that_was_wrong() {
    let place = Place::new();
    drop(audited(&place));
    let vault = place.unlock().unwrap();
    vault.log_vain_kms_calls(2).unwrap();
    vault.log_failed_unlocks(3).unwrap();
    create(&vault, "photos");
    let wrong = passphrase("wrong");
    let wrong = block_on(vault.dangerously_export("photos", None, &wrong));
    assert_eq!(wrong.err(), Some(Error::WrongFactor));
    let factors = block_on(vault.factors()).unwrap();
    let lost = factors[1].id.as_str();
    block_on(vault.revoke_factor(lost, &passphrase(PHRASE), &NOBODY)).unwrap();
    block_on(vault.write_log()).unwrap();
    vault.forget();

    let vault = place.unlock().unwrap();
    let logged = entries(&vault);
    let told = logged[2..].iter().map(|LoggedEntry { entry, .. }| {
        let error = entry.error.as_deref().unwrap_or_default();
        (
            &*entry.operation,
            error,
            entry.factor.as_deref(),
            entry.failed,
        )
    });
    let own = Some(factors[0].id.as_str());
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ("unlock", "", own, None),
            ("askKms", "", None, Some(2)),
            ("failUnlock", "", None, Some(3)),
            ("createKey", "", None, None),
            ("exportKey", "ERR_WRONG_FACTOR", None, None),
            ("revokeFactor", "", Some(lost), None),
            ("unlock", "", own, None),
        ]
    );
    assert_eq!(fault(&vault, None), None);
}

#[test]
fn a_use_waits_for_the_log_where_a_thousand_entries_wait_unless_the_store_takes_none() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    let value = seal(&vault, "photos", "1").unwrap();
    let before = log_rows(&place).len();
    for _ in 0..1023 {
        open(&vault, &value).unwrap();
    }
    // 64 in a row.
    assert_eq!(log_rows(&place).len(), before + 16);
    assert_eq!(state(&vault).waiting, 0);

    // While the store takes nothing, they wait.
    place.host.store.fails.set(true);
    for _ in 0..1030 {
        open(&vault, &value).unwrap();
    }
    assert_eq!(state(&vault).waiting, 1030);
    place.host.store.fails.set(false);
    block_on(vault.write_log()).unwrap();
    assert_eq!(
        (state(&vault).waiting, state(&vault).size),
        (0, 3 + 1024 + 1030)
    );
    assert_eq!(fault(&vault, None), None);
}

#[test]
fn two_tabs_write_one_log() {
    let place = Place::new();
    let one = audited(&place);
    let other = place.unlock().unwrap();
    create(&one, "photos");
    for at in 0..5 {
        create(&one, &format!("one {at}"));
        create(&other, &format!("other {at}"));
        seal(&other, "photos", "1").unwrap();
    }
    let sequences: Vec<_> = entries(&other)
        .iter()
        .map(|logged| logged.sequence)
        .collect();
    assert_eq!(sequences, (0..19).collect::<Vec<_>>());
    assert_eq!((fault(&one, None), fault(&other, None)), (None, None));
    assert_eq!(place.rows_of(RecordType::AuditKey).len(), 2);
}

#[test]
fn a_query_filters_and_goes_on_where_the_page_before_ended() {
    let place = Place::new();
    let vault = audited(&place);
    let (photos, letters) = (create(&vault, "photos"), create(&vault, "letters"));
    for at in 0..150 {
        let key = if at % 3 == 0 { "letters" } else { "photos" };
        seal(&vault, key, "1").unwrap();
    }
    let named = |key: &KeyId, limit, before| {
        let asked = EntryQuery {
            key: Some(key.clone()),
            operation: Some("encryptValue".into()),
            limit: Some(limit),
            before,
            ..EntryQuery::default()
        };
        query(&vault, &asked)
    };
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = named(&letters.id, 7, before);
        found.extend(page.entries.iter().map(|logged| logged.sequence));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    // The latest first, each once.
    let expected: Vec<_> = (0..150)
        .filter(|at| at % 3 == 0)
        .map(|at| at + 4)
        .rev()
        .collect();
    assert_eq!(found, expected);
    assert_eq!(named(&photos.id, 1000, None).entries.len(), 100);
    for limit in [0, 1001] {
        let asked = EntryQuery {
            limit: Some(limit),
            ..EntryQuery::default()
        };
        let refused = block_on(vault.query_audit(&asked)).err();
        assert_eq!(refused, Some(Error::Argument("limit (1 to 1000)")));
    }
}

#[test]
fn a_new_vault_key_leaves_the_log_and_a_compromise_begins_another() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    let first = state(&vault).log;
    block_on(vault.rotate_vault_key()).unwrap();
    seal(&vault, "photos", "1").unwrap();
    assert_eq!(
        operations(&vault)[2..],
        ["createKey", "rotateVaultKey", "encryptValue"]
    );
    assert_eq!(
        (state(&vault).log, fault(&vault, None)),
        (first.clone(), None)
    );

    let last = checkpoint(&vault);
    let factors = block_on(vault.factors()).unwrap();
    let (id, present) = (factors[1].id.clone(), passphrase(PHRASE));
    let revoked =
        vault.revoke_compromised_factor(id.as_str(), &present, Others::default(), &NOBODY);
    block_on(revoked).unwrap();
    let now = entries(&vault);
    let begins = now[0].entry.begins.clone().unwrap();
    let after = begins.after.unwrap();
    assert_eq!((begins.log, after.log), (state(&vault).log, first.clone()));
    assert!(last.contains(&format!("\n{}\n{}\n", after.size, after.root)));
    assert_eq!(now[1].entry.operation, "revokeFactor");
    let now_log = state(&vault).log;
    assert_ne!(now_log, first);
    assert_eq!(fault(&vault, None), None);
    // The one before is there as it was left.
    let verified = block_on(vault.verify_audit(Some(&last), None, &[])).unwrap();
    assert_eq!((&verified.log, verified.fault), (&first, None));
    assert_eq!(verified.intact, verified.checkpoint.size);
    let of_first = EntryQuery {
        log: Some(first.clone()),
        ..EntryQuery::default()
    };
    let before = query(&vault, &of_first).entries;
    assert_eq!(before[0].entry.operation, "encryptValue");
    let proven = block_on(vault.prove_entry(0, Some(&first))).unwrap();
    let verifier = NoteVerifier::parse(&proven.verifier).unwrap();
    let proof = LogProof::parse(proven.proof.as_bytes()).unwrap();
    assert!(proof.verify(proven.entry.as_bytes(), &verifier).is_ok());
    let mut row = place.rows_of(RecordType::Audit).into_iter();
    let row = row.rfind(|row| row.record_id.id == first.as_str()).unwrap();
    place.write_unnoticed(&[], core::slice::from_ref(&row.record_id));
    assert_eq!(fault(&vault, Some(&last)), Some(LogFault::Entries));
    place.write_unnoticed(&[row], &[]);
    let other = block_on(vault.verify_audit(Some(&last), Some(&now_log), &[])).err();
    assert_eq!(
        other,
        Some(Error::Argument("lastCheckpoint (of another log)"))
    );
    let forged = last.replace(first.as_str(), now_log.as_str());
    let refused = block_on(vault.verify_audit(Some(&forged), None, &[])).err();
    assert_eq!(refused, Some(Error::Decrypt));
    let nobodys = last.replace(first.as_str(), "aaaaaaaaaaaaaaaaaaaaaA");
    let refused = block_on(vault.verify_audit(Some(&nobodys), None, &[])).err();
    assert!(matches!(refused, Some(Error::Argument(_))), "{refused:?}");
    drop(vault);
    let vault = place.unlock().unwrap();
    block_on(vault.survey()).unwrap();
    assert_eq!(entries(&vault).len(), 3);
}

#[test]
fn a_restored_copy_begins_a_log_of_its_own_and_a_merge_takes_none() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    let file = backup(&vault);
    let (there, copy) = elsewhere(&file);
    assert!(log_rows(&there).is_empty());
    seal(&copy, "photos", "1").unwrap();
    let now = entries(&copy);
    let begins = now[0].entry.begins.clone().unwrap();
    assert_eq!(begins.after.map(|after| after.log), Some(state(&vault).log));
    assert_eq!(now[1].entry.operation, "unlock");
    assert_eq!(now[2].entry.operation, "encryptValue");
    assert_eq!(fault(&copy, None), None);

    create(&copy, "letters");
    let (mine, before) = (state(&vault).log, state(&vault).size);
    merge(&vault, &backup(&copy)).unwrap();
    key(&vault, "letters");
    assert_eq!((state(&vault).log, state(&vault).size), (mine, before + 1));
    assert_eq!(operations(&vault).last().map(String::as_str), Some("merge"));
    assert_eq!(fault(&vault, None), None);
    assert_eq!(place.rows_of(RecordType::AuditKey).len(), 2);
}

#[test]
fn a_vault_that_is_rotated_on_another_device_first_begins_its_log_in_that_commit() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    let (there, copy) = elsewhere(&backup(&vault));
    block_on(copy.rotate_vault_key()).unwrap();
    drop(copy);
    let copy = there.unlock().unwrap();
    block_on(copy.survey()).unwrap();
    let all = ["beginAudit", "unlock", "rotateVaultKey", "unlock"];
    assert_eq!(operations(&copy), all);
    // The same device writes on.
    create(&copy, "letters");
    assert_eq!(operations(&copy)[4..], ["createKey"]);
    assert_eq!(fault(&copy, None), None);
}

#[test]
fn a_log_that_is_stopped_while_a_factor_is_compromised_goes_on_under_other_keys() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    block_on(vault.stop_audit()).unwrap();
    let first = state(&vault).log;
    let factors = block_on(vault.factors()).unwrap();
    let (id, present) = (factors[1].id.clone(), passphrase(PHRASE));
    let revoked =
        vault.revoke_compromised_factor(id.as_str(), &present, Others::default(), &NOBODY);
    block_on(revoked).unwrap();
    assert!(state(&vault).stopped);
    create(&vault, "letters");
    block_on(vault.start_audit(Some(false), None)).unwrap();
    assert_ne!(state(&vault).log, first);
    assert_eq!(operations(&vault), ["beginAudit", "startAudit"]);
    let begins = entries(&vault)[0].entry.begins.clone().unwrap();
    assert_eq!(begins.after.map(|after| after.log), Some(first));
    assert_eq!(fault(&vault, None), None);
}

#[test]
fn a_rewrap_is_an_entry_of_its_object_and_a_session_of_its_key() {
    let place = Place::new();
    let vault = audited(&place);
    let photos = create(&vault, "photos");
    let object = encrypt(&vault, "photos", "a file");
    rotate(&vault, "photos");
    let header = Header::Given(Envelope::parse(&object.header).unwrap());
    let rewrapped = block_on(vault.rewrap(&header, &RewrapOptions::default())).unwrap();
    let session = create_session(&vault, &options("tab"), 60_000).unwrap();
    let logged = entries(&vault);
    let [rewrap, made] = &logged[logged.len() - 2..] else {
        panic!("no entries")
    };
    assert_eq!(rewrap.entry.operation, "rewrap");
    assert_eq!(rewrap.entry.object, Some(rewrapped.id));
    assert_eq!(rewrap.entry.keys[0].key, photos.id);
    assert_eq!(made.entry.operation, "createSession");
    assert_eq!(made.entry.keys[0].key, session);
}

#[test]
fn entries_of_a_commit_of_which_the_store_said_that_it_failed_are_there_once() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    let value = seal(&vault, "photos", "1").unwrap();
    let failed = store::Error::NoAnswer;
    place.host.store.fails_after.replace(Some(failed));
    assert!(block_on(vault.write_log()).is_err());
    assert_eq!(state(&vault).waiting, 0);
    open(&vault, &value).unwrap();
    let all = operations(&vault);
    assert_eq!(all[3..], ["encryptValue", "decryptValue"]);
    assert_eq!(fault(&vault, None), None);
}

#[test]
fn a_stop_of_which_the_store_said_that_it_failed_is_one() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    seal(&vault, "photos", "1").unwrap();
    let failed = store::Error::NoAnswer;
    place.host.store.fails_after.replace(Some(failed));
    assert!(block_on(vault.stop_audit()).is_err());
    seal(&vault, "photos", "1").unwrap();
    assert!(state(&vault).stopped);
    block_on(vault.start_audit(Some(false), None)).unwrap();
    let all = ["encryptValue", "stopAudit", "startAudit"];
    assert_eq!(operations(&vault)[3..], all);
    assert_eq!(fault(&vault, None), None);
}

#[test]
fn a_change_that_the_store_refuses_is_an_entry_that_says_so() {
    let place = Place::new();
    let vault = audited(&place);
    place.host.store.fails.set(true);
    let made = block_on(vault.create_key(&"photos".parse().unwrap()));
    assert!(matches!(made, Err(Error::Storage(_))));
    place.host.store.fails.set(false);
    let last = entries(&vault).pop().unwrap().entry;
    assert_eq!(
        (&*last.operation, last.error.as_deref()),
        ("createKey", Some("ERR_STORAGE"))
    );
}

#[test]
fn what_waits_in_another_tab_when_the_log_is_stopped_is_not_written() {
    let place = Place::new();
    let one = audited(&place);
    create(&one, "photos");
    let other = place.unlock().unwrap();
    seal(&other, "photos", "1").unwrap();
    block_on(one.stop_audit()).unwrap();
    block_on(other.find_key("photos")).unwrap();
    assert_eq!(other.waiting_entries(), 0);
    let before = place.sequence();
    block_on(other.write_log()).unwrap();
    block_on(other.tick()).unwrap();
    seal(&other, "photos", "1").unwrap();
    block_on(other.start_audit(Some(false), None)).unwrap();
    assert!(place.sequence() > before);
    assert_eq!(operations(&other)[3..], ["stopAudit", "startAudit"]);
}

#[test]
fn a_log_that_was_stopped_goes_on_when_it_is_started() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    block_on(vault.stop_audit()).unwrap();
    block_on(vault.stop_audit()).unwrap();
    seal(&vault, "photos", "1").unwrap();
    create(&vault, "letters");
    assert!(state(&vault).stopped);
    block_on(vault.start_audit(Some(false), None)).unwrap();
    seal(&vault, "photos", "1").unwrap();
    let all = [
        "beginAudit",
        "unlock",
        "createKey",
        "stopAudit",
        "startAudit",
        "encryptValue",
    ];
    assert_eq!(operations(&vault), all);
    assert_eq!(fault(&vault, None), None);
}

#[test]
fn a_large_vault_has_one_too() {
    let place = Place::of(large());
    let vault = place.unlock().unwrap();
    rotate(&vault, "key 007");
    seal(&vault, "key 007", "1").unwrap();
    block_on(vault.rotate_vault_key()).unwrap();
    drop(vault);
    let vault = place.unlock().unwrap();
    block_on(vault.survey()).unwrap();
    let all = [
        "beginAudit",
        "unlock",
        "rotate",
        "encryptValue",
        "rotateVaultKey",
        "unlock",
    ];
    assert_eq!(operations(&vault), all);
    assert_eq!(fault(&vault, None), None);
}

/// A log of many rows, and what a store can do to it.
fn attacked(attack: impl Fn(&Place, &[Row])) -> (Place, Open, String) {
    let place = Place::new();
    let vault = audited(&place);
    for at in 0..10 {
        create(&vault, &format!("key {at}"));
    }
    let seen = checkpoint(&vault);
    let rows = log_rows(&place);
    attack(&place, &rows);
    drop(vault);
    let vault = place.unlock().unwrap();
    (place, vault, seen)
}

fn found(attack: impl Fn(&Place, &[Row])) -> Result<(Option<LogFault>, u64)> {
    let (_place, vault, seen) = attacked(attack);
    let verified = block_on(vault.verify_audit(Some(&seen), None, &[]))?;
    Ok((verified.fault, verified.intact))
}

#[test]
fn entries_that_are_taken_away_changed_or_moved_are_told_with_their_place() {
    let at = |row: &Row, other: &Row| Row {
        record_id: other.record_id.clone(),
        ..row.clone()
    };
    assert_eq!(found(|_, _| ()), Ok((None, 13)));
    let entries = |intact| Ok((Some(LogFault::Entries), intact));
    // The first row has two entries, and each other one.
    assert_eq!(
        found(|place, rows| place.write_unnoticed(&[], &[rows[4].record_id.clone()])),
        entries(5)
    );
    assert_eq!(
        found(|place, rows| place.write_unnoticed(&[], &[rows[10].record_id.clone()])),
        entries(11)
    );
    assert_eq!(
        found(|place, rows| place.write_unnoticed(&[at(&rows[5], &rows[4])], &[])),
        entries(5)
    );
    assert_eq!(
        found(|place, rows| {
            let swapped = [at(&rows[5], &rows[4]), at(&rows[4], &rows[5])];
            place.write_unnoticed(&swapped, &[]);
        }),
        entries(5)
    );
    let changed = |place: &Place, rows: &[Row]| {
        let mut row = rows[3].clone();
        let at = row.bytes.len() - 60;
        row.bytes[at] = if row.bytes[at] == b'A' { b'B' } else { b'A' };
        place.write_unnoticed(&[row], &[]);
    };
    assert_eq!(found(changed), entries(4));
    // Not shown either.
    let (_place, vault, _) = attacked(changed);
    let shown = block_on(vault.query_audit(&EntryQuery::default()));
    assert!(matches!(shown, Err(Error::Integrity(_))), "{shown:?}");
}

impl Place {
    fn sequence(&self) -> Sequence {
        block_on(self.host.store.read(&name(), &[])).unwrap().0
    }
}

/// A vault at a moment, with its log.
fn all_rows(place: &Place) -> Vec<Row> {
    [place.rows(), log_rows(place)].concat()
}

#[test]
fn a_log_that_was_set_back_with_its_vault_is_told_by_a_checkpoint_that_was_kept() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    let before = (place.sequence(), all_rows(&place));
    rotate(&vault, "photos");
    let other = checkpoint(&vault);
    rotate(&vault, "photos");
    let seen = checkpoint(&vault);
    drop(vault);
    place.go_back(&before);
    let vault = place.unlock().unwrap();
    assert_eq!(fault(&vault, None), None);
    assert_eq!(fault(&vault, Some(&seen)), Some(LogFault::RolledBack));
    // It has gone on since, with its unlock in the place of a rotation.
    let verified = block_on(vault.verify_audit(Some(&other), None, &[])).unwrap();
    assert_eq!(
        (verified.fault, verified.intact),
        (Some(LogFault::Forked), 0)
    );
}

#[test]
fn a_row_of_a_commit_that_the_store_denied_is_no_entry() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    let before = (place.sequence(), all_rows(&place));
    drop(vault);
    let vault = place.unlock().unwrap();
    seal(&vault, "photos", "\"denied\"").unwrap();
    block_on(vault.write_log()).unwrap();
    let denied = log_rows(&place).pop().unwrap();
    drop(vault);
    place.go_back(&before);
    // The same log goes on from there, and the store puts the other row into the new one's place.
    let vault = place.unlock().unwrap();
    rotate(&vault, "photos");
    assert_eq!(log_rows(&place).pop().unwrap().record_id, denied.record_id);
    assert_eq!(fault(&vault, None), None);
    place.write_unnoticed(&[denied], &[]);
    let vault = place.unlock().unwrap();
    assert_eq!(fault(&vault, None), Some(LogFault::Tree));
}

#[test]
fn an_entry_is_proven_to_whoever_has_the_key_alone() {
    let place = Place::new();
    let vault = audited(&place);
    for at in 0..10 {
        create(&vault, &format!("key {at}"));
    }
    seal(&vault, "key 3", "1").unwrap();
    for sequence in [0, 1, 5, 12] {
        let proven = block_on(vault.prove_entry(sequence, None)).unwrap();
        let verifier = NoteVerifier::parse(&proven.verifier).unwrap();
        let proof = LogProof::parse(proven.proof.as_bytes()).unwrap();
        let told = proof.verify(proven.entry.as_bytes(), &verifier).unwrap();
        assert_eq!((proof.index, told.size), (sequence, 13));
        assert!(proof.verify(b"{}", &verifier).is_err());

        let certificate = Signed::parse(&proven.certificate, "sr-audit+jws").unwrap();
        let payload = certificate.verify(&vault.identity().unwrap()).unwrap();
        let said: serde_json::Value = serde_json::from_slice(payload).unwrap();
        assert_eq!(said["verifier"], proven.verifier);
        assert_eq!(said["log"], state(&vault).log.as_str());
    }
    let none = block_on(vault.prove_entry(13, None)).err();
    assert_eq!(
        none,
        Some(Error::Argument("sequence (the log has no such entry)"))
    );
}

#[test]
fn nothing_of_the_log_is_in_the_clear() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    let reason = vault.because(Some("a telling reason"));
    seal(&reason, "photos", "1").unwrap();
    block_on(vault.write_log()).unwrap();
    for row in all_rows(&place) {
        let text = String::from_utf8_lossy(&row.bytes).into_owned();
        for told in ["encryptValue", "telling", "createKey", "salt"] {
            assert!(
                !text.contains(told),
                "{told} in {}",
                row.record_id.kind.as_str()
            );
        }
    }
}

#[test]
fn a_lock_forgets_all_keys_at_once_and_then_writes_what_waits() {
    for large_one in [false, true] {
        let place = if large_one {
            Place::of(large())
        } else {
            Place::new()
        };
        let vault = if large_one {
            place.unlock().unwrap()
        } else {
            audited(&place)
        };
        let key = if large_one { "key 007" } else { "photos" };
        if !large_one {
            create(&vault, key);
        }
        seal(&vault, key, "1").unwrap();
        let (reads, sequence) = (&place.host.store.reads, place.sequence());
        reads.take();
        let writing = vault.lock_and_log();
        assert_eq!(vault.seen().err(), Some(Error::Locked));
        assert_eq!(block_on(vault.audit_state()).err(), Some(Error::Locked));
        assert_eq!((place.sequence(), reads.take().len()), (sequence, 1));
        block_on(writing).unwrap();
        assert!(reads.take().is_empty());

        let again = place.unlock().unwrap();
        let all = operations(&again);
        let rest = ["encryptValue", "lock", "unlock"];
        assert_eq!(all[all.len() - 3..], rest);
        assert_eq!(fault(&again, None), None);
    }
}

#[test]
fn a_lock_that_comes_too_late_for_the_log_changes_nothing() {
    let place = Place::new();
    let vault = audited(&place);
    let other = place.unlock().unwrap();
    let writing = vault.lock_and_log();
    create(&other, "photos");
    let before = all_rows(&place);
    assert!(block_on(writing).is_err());
    assert!(all_rows(&place) == before);
    assert_eq!(fault(&other, None), None);

    // What the store has done is not known: what is in memory may be older.
    let failed = store::Error::NoAnswer;
    place.host.store.fails_after.replace(Some(failed));
    block_on(other.create_key(&"letters".parse().unwrap())).unwrap_err();
    let sequence = place.sequence();
    block_on(other.lock_and_log()).unwrap();
    assert_eq!(place.sequence(), sequence);
    // None is written where the log was stopped, and a vault without anything to tell is locked.
    let vault = place.unlock().unwrap();
    block_on(vault.stop_audit()).unwrap();
    let before = all_rows(&place);
    block_on(vault.lock_and_log()).unwrap();
    assert!(all_rows(&place) == before);
}

#[test]
fn a_lock_while_a_change_is_under_way_leaves_the_log_as_one_of_both_wrote_it() {
    let place = Place::new();
    let vault = std::rc::Rc::new(audited(&place));
    create(&vault, "photos");
    let (locked, writing) = (
        vault.clone(),
        std::rc::Rc::new(core::cell::RefCell::new(None)),
    );
    let kept = writing.clone();
    place.host.store.meanwhile.replace(Some(Box::new(move || {
        kept.replace(Some(Box::pin(locked.lock_and_log())));
    })));
    let made = block_on(vault.create_key(&"letters".parse().unwrap()));
    assert_eq!(made.err(), Some(Error::Locked));
    let lock = writing.take().unwrap();
    let _late = block_on(lock);
    let again = place.unlock().unwrap();
    assert_eq!(fault(&again, None), None);
    let all = operations(&again);
    assert!(all.iter().any(|operation| operation == "lock"), "{all:?}");
}

#[test]
fn what_another_tab_puts_to_the_log_alone_drops_nothing_here() {
    for large_one in [false, true] {
        let place = if large_one {
            Place::of(large())
        } else {
            Place::new()
        };
        let one = if large_one {
            place.unlock().unwrap()
        } else {
            audited(&place)
        };
        create(&one, "photos");
        block_on(one.write_log()).unwrap();
        let other = place.unlock().unwrap();
        block_on(other.write_log()).unwrap();
        block_on(one.tick()).unwrap();
        let value = seal(&one, "photos", "1").unwrap();
        let (epoch, elsewhere) = (one.epoch(), one.elsewhere().unwrap());
        let keys = block_on(one.keys()).unwrap().len();
        block_on(other.find_key("photos")).unwrap();
        seal(&other, "photos", "2").unwrap();
        block_on(other.write_log()).unwrap();
        place.host.store.reads.take();
        block_on(one.tick()).unwrap();
        // The core alone, once for what is due and once for the log.
        let core = place.host.store.reads.take();
        assert!(core.iter().all(|rows| *rows < 20), "{core:?}");
        assert_eq!((one.epoch(), one.elsewhere().unwrap()), (epoch, elsewhere));
        assert_eq!(block_on(one.keys()).unwrap().len(), keys);
        place.host.store.reads.take();
        assert_eq!(open(&one, &value).unwrap(), "1");
        assert!(place.host.store.reads.take().is_empty());
        assert_eq!((fault(&one, None), fault(&other, None)), (None, None));
        // What is more than the log is taken in.
        create(&other, "letters");
        block_on(one.tick()).unwrap();
        assert_eq!(block_on(one.keys()).unwrap().len(), keys + 1);
        assert!(one.epoch() > epoch && one.elsewhere().unwrap() > elsewhere);
    }
}

#[test]
fn a_backup_lacks_none_of_the_log() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    let lacks = |vault: &Open| {
        let signs = block_on(vault.vital_signs()).unwrap();
        signs.backup.map(|backup| backup.changes)
    };
    backup(&vault);
    assert_eq!(lacks(&vault), Some(0));
    for _ in 0..3 {
        seal(&vault, "photos", "1").unwrap();
        block_on(vault.write_log()).unwrap();
        block_on(vault.tick()).unwrap();
        drop(place.unlock().unwrap());
    }
    block_on(vault.stop_audit()).unwrap();
    assert_eq!(lacks(&vault), Some(0));
    block_on(vault.start_audit(Some(false), None)).unwrap();
    create(&vault, "letters");
    assert_eq!(lacks(&vault), Some(1));
    block_on(vault.write_log()).unwrap();
    assert_eq!(lacks(&vault), Some(1));
    backup(&vault);
    assert_eq!(lacks(&vault), Some(0));
}

#[test]
fn a_log_is_read_and_a_tick_does_its_work_while_the_store_takes_nothing() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    block_on(vault.tick()).unwrap();
    seal(&vault, "nobody's", "1").unwrap_err();
    place.host.store.fails.set(true);
    block_on(vault.tick()).unwrap();
    let all = ["beginAudit", "unlock", "createKey"];
    assert_eq!(operations(&vault), all);
    assert_eq!(fault(&vault, None), None);
    assert_eq!(state(&vault).waiting, 1);
    place.host.store.fails.set(false);
    assert_eq!(operations(&vault)[3..], ["encryptValue"]);
}

/// All of a log by slices of 64, as somebody copies it who goes on where the last one ended.
fn copied(vault: &Open, query: &EntryQuery) -> (Vec<LoggedEntry>, Vec<TreeHash>, usize) {
    let asked = EntryQuery {
        limit: Some(64),
        ..query.clone()
    };
    let (mut entries, mut leaves, mut slices, mut next) = (Vec::new(), Vec::new(), 0, Some(0));
    while let Some(first) = next {
        let slice = block_on(vault.read_log(&asked, first)).unwrap();
        assert!(slice.leaves.len() <= 64);
        entries.extend(slice.entries);
        leaves.extend(slice.leaves);
        slices += 1;
        next = slice.next;
    }
    (entries, leaves, slices)
}

#[test]
fn slices_give_a_log_in_its_order_each_entry_once() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    // Rows of one entry, of some, and of 64.
    for many in [3, 1, 64, 20, 64, 2] {
        for _ in 0..many {
            seal(&vault, "photos", "1").unwrap();
        }
        create(&vault, &format!("after {many} of {}", state(&vault).size));
    }
    let (found, leaves, slices) = copied(&vault, &EntryQuery::default());
    assert_eq!(found, entries(&vault));
    let size = state(&vault).size;
    assert_eq!((leaves.len() as u64, slices > 3), (size, true));
    let root = CompactRange::of_leaves(&leaves).root().to_base64();
    assert_eq!(checkpoint(&vault).split('\n').nth(2), Some(&*root));

    let created = EntryQuery {
        operation: Some("createKey".into()),
        ..EntryQuery::default()
    };
    let (found, all, _) = copied(&vault, &created);
    assert_eq!((found.len(), all), (7, leaves.clone()));

    // From each entry on, wherever in its row it stands.
    for first in 0..=size {
        let slice = block_on(vault.read_log(&EntryQuery::default(), first)).unwrap();
        assert_eq!(slice.leaves, leaves[first as usize..]);
        let numbers: Vec<_> = slice.entries.iter().map(|logged| logged.sequence).collect();
        assert_eq!(numbers, (first..size).collect::<Vec<_>>());
    }
    let refused = block_on(vault.read_log(&EntryQuery::default(), size + 1)).err();
    let fewer = Error::Argument("first (the log has fewer entries)");
    assert_eq!(refused, Some(fewer));
    for limit in [0, 63, 1001] {
        let asked = EntryQuery {
            limit: Some(limit),
            ..EntryQuery::default()
        };
        let refused = block_on(vault.read_log(&asked, 0)).err();
        assert_eq!(refused, Some(Error::Argument("limit (64 to 1000)")));
    }
}

#[test]
fn a_slice_with_a_row_that_is_missing_or_moved_is_refused() {
    let place = Place::new();
    let vault = audited(&place);
    for at in 0..6 {
        create(&vault, &format!("key {at}"));
    }
    let all = EntryQuery::default();
    let rows = log_rows(&place);
    for row in &rows {
        place.write_unnoticed(&[], std::slice::from_ref(&row.record_id));
        assert!(block_on(vault.read_log(&all, 0)).is_err());
        place.write_unnoticed(std::slice::from_ref(row), &[]);
    }
    let mut moved = rows[3].clone();
    moved.record_id = rows[2].record_id.clone();
    place.write_unnoticed(&[moved], &[]);
    let refused = block_on(vault.read_log(&all, 0)).err();
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
}

#[test]
fn a_batch_leads_from_the_tree_before_it_to_the_signed_root() {
    let place = Place::new();
    let vault = audited(&place);
    for at in 0..200 {
        create(&vault, &format!("key {at}"));
    }
    let (mut tree, mut next) = (CompactRange::empty(), Some(0));
    while let Some(first) = next {
        let batch = block_on(vault.log_batch(first, Some(64), None)).unwrap();
        let verifier = NoteVerifier::parse(&batch.signed.verifier).unwrap();
        let signed = Checkpoint::open(batch.signed.note.as_bytes(), &verifier).unwrap();
        assert_eq!((signed.size, batch.slice.size), (202, 202));
        for leaf in &batch.slice.leaves {
            tree.append(*leaf).unwrap();
        }
        let size = first + batch.slice.leaves.len() as u64;
        assert_eq!(batch.proof.is_empty(), size == signed.size);
        let proof = ConsistencyProof::new(batch.proof).unwrap();
        let (older, newer) = ((size, &tree.root()), (signed.size, &signed.root));
        proof.verify(older, newer).unwrap();
        let changed = TreeHash([7; 32]);
        proof.verify((size, &changed), newer).unwrap_err();
        next = batch.slice.next;
    }
    // A gap is told by the batch that it is in, and where what proves others is missing with it.
    let rows = log_rows(&place);
    place.write_unnoticed(&[], std::slice::from_ref(&rows[150].record_id));
    for (first, is_given) in [(0, true), (100, false), (136, false), (160, true)] {
        let batch = block_on(vault.log_batch(first, Some(64), None));
        assert_eq!(batch.is_ok(), is_given, "{first}");
    }
}

#[test]
fn a_store_that_forgets_entries_that_it_took_is_told_by_the_tab_that_wrote_them() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    let before = (place.sequence(), all_rows(&place));
    seal(&vault, "photos", "1").unwrap();
    block_on(vault.write_log()).unwrap();
    place.go_back(&before);
    // Another tab goes on from there.
    let other = place.unlock().unwrap();
    block_on(other.write_log()).unwrap();
    create(&other, "letters");
    let refused = block_on(vault.keys()).err();
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
}

#[test]
fn a_checkpoint_lacks_nothing_that_was_done() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    seal(&vault, "photos", "1").unwrap();
    place.host.store.fails.set(true);
    let refused = block_on(vault.audit_checkpoint()).err();
    assert!(matches!(refused, Some(Error::Storage(_))), "{refused:?}");
    place.host.store.fails.set(false);
    assert_eq!(
        block_on(vault.audit_checkpoint()).unwrap().checkpoint.size,
        4
    );
}
