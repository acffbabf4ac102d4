//! What a key's policy refuses, whichever way a caller goes about it.

use pollster::block_on;
use strongroom::{
    Context, Error, Result,
    base::{InputError, Object, PolicyRule, Timestamp},
    jose::{Envelope, Jwk},
    keys::{KeyAction, KeyOptions, KeyRecord, Operation, Policy, Purpose},
    object::{Encryption, FileMetadata, body::RustEngine},
    store::RecordType,
    vault::{DecryptOptions, Header, PolicyRefusal, RewrapOptions},
};

use crate::{
    fixture::{
        NOW, OTHER_PHRASE, Open, PHRASE, Place, create, key, manage, options, passphrase, record,
        rotate,
    },
    merge::{backup, elsewhere, merge, merge_with},
    uploads::pin,
};

pub fn policy(text: &str) -> Policy {
    let members = Object::parse(text.as_bytes(), InputError::Malformed("a test"));
    Policy::parse(members.unwrap()).unwrap()
}

fn add(vault: &Open, alias: &str, purpose: Purpose, text: &str) -> Box<KeyRecord> {
    let options = KeyOptions {
        purpose,
        policy: Some(policy(text)),
        ..options(alias)
    };
    record(block_on(vault.add_key(&options, None)).unwrap())
}

fn set(vault: &Open, alias: &str, text: Option<&str>) -> Result<Box<KeyRecord>> {
    let policy = text.map(|text| Box::new(policy(text)));
    Ok(manage(vault, alias, &KeyAction::SetPolicy(policy))?.key)
}

fn tenant(value: &str) -> Context {
    Context::try_from([("tenant", value)]).unwrap()
}

fn begin(vault: &Open, key: &str, context: &Context) -> Result<Encryption<RustEngine>> {
    let file = FileMetadata {
        size: Some(0),
        ..FileMetadata::default()
    };
    block_on(vault.encrypt(key, context, Some(&file)))
}

fn read(vault: &Open, header: &Envelope, context: &Context) -> Result<()> {
    let how = DecryptOptions::default();
    block_on(vault.decrypt_object(&Header::Given(header.clone()), context, &how)).map(drop)
}

fn rewrap(vault: &Open, header: &Envelope, to: Option<&str>) -> Result<Envelope> {
    let how = RewrapOptions {
        to,
        ..RewrapOptions::default()
    };
    let rewrapped = block_on(vault.rewrap(&Header::Given(header.clone()), &how))?;
    Ok(rewrapped.header.unwrap_or_else(|| header.clone()))
}

fn refused<T>(rule: PolicyRule) -> Result<T> {
    Err(Error::Policy(rule))
}

/// Every operation on a key, by its name in a policy. `key` is of a purpose that it works with.
pub fn attempt(vault: &Open, operation: Operation, key: &str, made: &Made) -> Result<()> {
    use Operation as Of;
    let none = Context::none();
    let manage = |action| manage(vault, key, &action).map(drop);
    match operation {
        Of::Encrypt => begin(vault, key, &none).map(drop),
        Of::Decrypt => read(vault, &made.header, &none),
        Of::EncryptValue => block_on(vault.encrypt_value(key, b"1", &none)).map(drop),
        Of::DecryptValue => block_on(vault.decrypt_value(&made.value, &none)).map(drop),
        Of::Rewrap => rewrap(vault, &made.header, None).map(drop),
        Of::Sign => block_on(vault.sign(key, None, b"text")).map(drop),
        Of::Verify => block_on(vault.verify(&made.token, None)).map(drop),
        Of::Export => block_on(vault.dangerously_export(key, None, &passphrase(PHRASE))).map(drop),
        Of::Rotate => manage(KeyAction::Rotate { waits: false }),
        Of::Activate => manage(KeyAction::Activate(None)),
        Of::Suspend => manage(KeyAction::Suspend(None)),
        Of::Resume => manage(KeyAction::Resume(None)),
        Of::Revoke => manage(KeyAction::Revoke {
            version: None,
            compromised: true,
        }),
        Of::ScheduleDestroy => manage(KeyAction::ScheduleDestroy {
            version: None,
            after: None,
            force: false,
        }),
        Of::CancelDestroy => manage(KeyAction::CancelDestroy(None)),
        Of::Destroy => manage(KeyAction::Destroy {
            version: None,
            force: true,
        }),
        Of::Update => manage(KeyAction::Update {
            alias: None,
            labels: None,
            rotate_every: Some(None),
        }),
        Of::SetPolicy => manage(KeyAction::SetPolicy(None)),
        of_vault => unreachable!("{of_vault:?}"),
    }
}

/// What the keys of a vault have made.
pub struct Made {
    header: Envelope,
    value: String,
    token: String,
}

/// A vault with a key that encrypts and one that signs, both of that policy, and what they made before they had it.
pub fn governed(place: &Place, text: &str) -> (Open, Made) {
    let vault = place.create();
    create(&vault, "photos");
    let signing = KeyOptions {
        purpose: Purpose::Sign,
        ..options("seal")
    };
    block_on(vault.add_key(&signing, None)).unwrap();
    let none = Context::none();
    let made = Made {
        header: begin(&vault, "photos", &none).unwrap().header,
        value: block_on(vault.encrypt_value("photos", b"1", &none)).unwrap(),
        token: block_on(vault.sign("seal", None, b"text")).unwrap(),
    };
    for alias in ["photos", "seal"] {
        set(&vault, alias, Some(text)).unwrap();
    }
    (vault, made)
}

pub fn key_for(operation: Operation) -> &'static str {
    match operation {
        Operation::Sign | Operation::Verify => "seal",
        _ => "photos",
    }
}

#[test]
fn an_operation_that_is_not_listed_is_refused_and_changes_nothing() {
    for listed in Operation::OF_KEYS {
        let place = Place::new();
        let text = format!(r#"{{"operations":["{}"]}}"#, listed.as_str());
        let (vault, made) = governed(&place, &text);
        let before = key(&vault, "photos");
        for operation in Operation::OF_KEYS {
            let alias = key_for(operation);
            let can = block_on(vault.can(operation, alias, &Context::none())).unwrap();
            if operation == listed {
                assert_eq!(can, None);
                continue;
            }
            assert_eq!(can, Some(PolicyRefusal::Key(PolicyRule::Operations)));
            let attempted = attempt(&vault, operation, alias, &made);
            assert_eq!(attempted, refused(PolicyRule::Operations), "{operation:?}");
        }
        assert_eq!(key(&vault, "photos"), before);
        // What is listed is refused by nothing but the state of a version.
        let attempted = attempt(&vault, listed, key_for(listed), &made);
        assert!(!matches!(attempted, Err(Error::Policy(_))), "{listed:?}");
    }
}

#[test]
fn a_refusal_is_told_and_nothing_is_counted() {
    let place = Place::new();
    let (vault, made) = governed(&place, r#"{"operations":["encrypt"]}"#);
    place.take_events();
    let usage = || block_on(vault.find_key("photos")).unwrap().usage.total();
    let before = usage();
    let _ = read(&vault, &made.header, &Context::none());
    let events = place.take_events();
    let told = events.iter().find(|event| event.operation == "decrypt");
    let told = told.unwrap();
    assert_eq!(told.error, Some(Error::Policy(PolicyRule::Operations)));
    assert!(told.used.is_empty());
    assert_eq!(usage(), before);
}

#[test]
fn a_new_key_is_under_its_policy_from_the_beginning() {
    let place = Place::new();
    let vault = place.create();
    let made = add(
        &vault,
        "photos",
        Purpose::Encrypt,
        r#"{"operations":["encrypt"]}"#,
    );
    assert_eq!(made.policy.as_ref().map(|all| all.version), Some(1));
    let vault = place.unlock().unwrap();
    let object = begin(&vault, "photos", &Context::none()).unwrap();
    let opened = read(&vault, &object.header, &Context::none());
    assert_eq!(opened, refused(PolicyRule::Operations));
    // An imported one too.
    let material =
        Jwk::parse(br#"{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"#);
    let imported = KeyOptions {
        policy: Some(policy(r#"{"operations":["encrypt"]}"#)),
        ..options("imported")
    };
    block_on(vault.add_key(&imported, Some(&material.unwrap()))).unwrap();
    let sealed = block_on(vault.encrypt_value("imported", b"1", &Context::none()));
    assert_eq!(sealed, refused(PolicyRule::Operations));
}

#[test]
fn a_context_is_asked_of_objects_values_and_uploads() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (none, ours, theirs) = (Context::none(), tenant("42"), tenant("43"));
    let before = begin(&vault, "photos", &theirs).unwrap();
    let upload = begin(&vault, "photos", &theirs).unwrap();
    pin(&vault, &upload).unwrap();
    let value = block_on(vault.encrypt_value("photos", b"1", &theirs)).unwrap();
    let good = block_on(vault.encrypt_value("photos", b"1", &ours)).unwrap();
    set(
        &vault,
        "photos",
        Some(r#"{"context":{"required":{"tenant":"42"}}}"#),
    )
    .unwrap();

    let rule = PolicyRule::Context;
    assert_eq!(read(&vault, &before.header, &theirs), refused(rule));
    assert_eq!(
        begin(&vault, "photos", &theirs).err(),
        Some(Error::Policy(rule))
    );
    assert_eq!(
        begin(&vault, "photos", &none).err(),
        Some(Error::Policy(rule))
    );
    let resumed = block_on(vault.resume(upload.id.as_str(), &theirs, 0));
    assert_eq!(resumed.err(), Some(Error::Policy(rule)));
    assert_eq!(
        block_on(vault.decrypt_value(&value, &theirs)).err(),
        Some(Error::Policy(rule))
    );
    // Among others that are admitted, at every place.
    for pairs in [
        [(&*good, &ours), (&*value, &theirs)],
        [(&*value, &theirs), (&*good, &ours)],
    ] {
        let opened = block_on(vault.decrypt_values(&pairs, false));
        assert_eq!(opened.err(), Some(Error::Policy(rule)));
    }
    let pairs: [(&[u8], &Context); 2] = [(b"1", &ours), (b"2", &none)];
    let sealed = block_on(vault.encrypt_values("photos", &pairs));
    assert_eq!(sealed, refused(rule));
    // To claim the right one opens nothing that is bound to another.
    assert_eq!(read(&vault, &before.header, &ours), Err(Error::Context));

    let object = begin(&vault, "photos", &ours).unwrap();
    assert_eq!(read(&vault, &object.header, &ours), Ok(()));
    assert!(block_on(vault.decrypt_value(&good, &ours)).is_ok());
    let exported = block_on(vault.dangerously_export("photos", None, &passphrase(PHRASE)));
    assert_eq!(exported.err(), Some(Error::Policy(rule)));
}

#[test]
fn a_sidecar_has_no_names_that_the_caller_did_not_give() {
    let place = Place::new();
    let vault = place.create();
    let text = r#"{"context":{"required":{"tenant":"*"},"only":[]}}"#;
    add(&vault, "photos", Purpose::Encrypt, text);
    let parent = begin(&vault, "photos", &tenant("1")).unwrap();
    let sidecar = strongroom::base::Sidecar::new(parent.id, "thumbnail").unwrap();
    let beside = tenant("1").of_sidecar(sidecar).unwrap();
    let object = begin(&vault, "photos", &beside).unwrap();
    assert_eq!(read(&vault, &object.header, &beside), Ok(()));
    let more = Context::try_from([("tenant", "1"), ("more", "2")]).unwrap();
    let begun = begin(&vault, "photos", &more);
    assert_eq!(begun.err(), Some(Error::Policy(PolicyRule::Context)));
}

#[test]
fn rewrapping_takes_nothing_out_from_under_a_policy() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "free");
    let rules = r#"{"operations":["encrypt","rewrap","rotate","setPolicy"]}"#;
    add(&vault, "photos", Purpose::Encrypt, rules);
    let header = begin(&vault, "photos", &Context::none()).unwrap().header;
    // Within the key it is what the policy lists; to another key it would open there.
    rotate(&vault, "photos");
    let moved = rewrap(&vault, &header, None).unwrap();
    assert_ne!(moved.bytes(), header.bytes());
    let out = rewrap(&vault, &header, Some("free"));
    assert_eq!(out.err(), Some(Error::Policy(PolicyRule::Operations)));
    // Nor into a key that does not encrypt.
    let free = begin(&vault, "free", &Context::none()).unwrap().header;
    set(
        &vault,
        "photos",
        Some(r#"{"operations":["rewrap","setPolicy"]}"#),
    )
    .unwrap();
    let into = rewrap(&vault, &free, Some("photos"));
    assert_eq!(into.err(), Some(Error::Policy(PolicyRule::Operations)));
    set(
        &vault,
        "photos",
        Some(r#"{"context":{"required":{"tenant":"42"}}}"#),
    )
    .unwrap();
    for (header, to) in [(&header, "free"), (&free, "photos")] {
        let moved = rewrap(&vault, header, Some(to));
        assert_eq!(moved.err(), Some(Error::Policy(PolicyRule::Context)));
    }
    set(&vault, "photos", None).unwrap();
    assert!(rewrap(&vault, &header, Some("free")).is_ok());
}

#[test]
fn an_earlier_version_opens_nothing_whichever_way() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let none = Context::none();
    let object = begin(&vault, "photos", &none).unwrap();
    let kept = block_on(vault.encrypt_kept("photos", &none, None)).unwrap();
    pin(&vault, &object).unwrap();
    let value = block_on(vault.encrypt_value("photos", b"1", &none)).unwrap();
    let first = rotate(&vault, "photos").versions[0].id.to_string();
    set(&vault, "photos", Some(r#"{"minimumVersion":2}"#)).unwrap();
    let rule = PolicyRule::MinimumVersion;
    assert_eq!(read(&vault, &object.header, &none), refused(rule));
    assert_eq!(
        rewrap(&vault, &object.header, None).err(),
        Some(Error::Policy(rule))
    );
    let kept = Header::Kept(kept.id.as_str().to_owned());
    let moved = block_on(vault.rewrap(&kept, &RewrapOptions::default()));
    assert_eq!(moved.err(), Some(Error::Policy(rule)));
    let resumed = block_on(vault.resume(object.id.as_str(), &none, 0));
    assert_eq!(resumed.err(), Some(Error::Policy(rule)));
    assert_eq!(
        block_on(vault.decrypt_value(&value, &none)).err(),
        Some(Error::Policy(rule))
    );
    let exported = block_on(vault.dangerously_export("photos", Some(&first), &passphrase(PHRASE)));
    assert_eq!(exported.err(), Some(Error::Policy(rule)));
    let newer = begin(&vault, "photos", &none).unwrap();
    assert_eq!(read(&vault, &newer.header, &none), Ok(()));
}

#[test]
fn a_clock_at_the_bounds_is_within_them() {
    let place = Place::new();
    let vault = place.create();
    let (first, last) = (NOW.millis() + 1000, NOW.millis() + 2000);
    let text = format!(r#"{{"notBefore":{first},"notAfter":{last}}}"#);
    add(&vault, "photos", Purpose::Encrypt, &text);
    let used = |millis| {
        place.clock.set(Timestamp::from_millis(millis));
        begin(&vault, "photos", &Context::none()).map(drop)
    };
    assert_eq!(used(first - 1), refused(PolicyRule::NotBefore));
    assert_eq!(used(first), Ok(()));
    assert_eq!(used(last), Ok(()));
    assert_eq!(used(last + 1), refused(PolicyRule::NotAfter));
    // A clock that is set back is believed: see the threat model.
    assert_eq!(used(last), Ok(()));
    // What changes the key is not bound by its times.
    assert_eq!(used(last + 1), refused(PolicyRule::NotAfter));
    rotate(&vault, "photos");
    set(&vault, "photos", None).unwrap();
    assert_eq!(used(last + 1), Ok(()));
}

#[test]
fn a_reason_is_given_by_the_handle_and_kept_in_the_history() {
    let place = Place::new();
    let text = r#"{"requireReason":["decrypt","rotate","export"]}"#;
    let (vault, made) = governed(&place, text);
    let none = Context::none();
    let rule = PolicyRule::RequireReason;
    assert_eq!(read(&vault, &made.header, &none), refused(rule));
    let rotation = KeyAction::Rotate { waits: false };
    assert_eq!(
        manage(&vault, "photos", &rotation).err(),
        Some(Error::Policy(rule))
    );
    let blank = vault.because(Some(" "));
    assert_eq!(read(&blank, &made.header, &none), refused(rule));
    let asked = vault.because(Some("ticket 7"));
    assert_eq!(read(&asked, &made.header, &none), Ok(()));
    let rotated = manage(&asked, "photos", &rotation).unwrap().key;
    let steps = &rotated.primary_version().history;
    assert_eq!(steps[0].reason.as_deref(), Some("ticket 7"));
    // The one vault is locked by whichever handle.
    let locked = asked.lock();
    assert_eq!(read(&vault, &made.header, &none), Err(Error::Locked));
    drop(locked);
}

#[test]
fn a_policy_is_changed_under_the_old_one_and_counted() {
    let place = Place::new();
    let vault = place.create();
    add(
        &vault,
        "photos",
        Purpose::Encrypt,
        r#"{"operations":["encrypt","setPolicy"]}"#,
    );
    place.clock.set(NOW + 5);
    let changed = set(&vault, "photos", Some(r#"{"operations":["encrypt"]}"#)).unwrap();
    let policies = changed.policy.as_ref().unwrap();
    assert_eq!((policies.version, policies.changed), (2, NOW + 5));
    assert_eq!((policies.applied.len(), policies.superseded.len()), (1, 1));
    // It lists no change of a policy: neither another one nor none.
    for other in [None, Some("{}")] {
        let set = set(&vault, "photos", other);
        assert_eq!(set.err(), Some(Error::Policy(PolicyRule::Operations)));
    }
    assert_eq!(key(&vault, "photos").policy.as_ref(), Some(policies));
}

#[test]
fn a_rule_that_no_use_of_the_key_could_meet_is_no_policy_of_it() {
    let place = Place::new();
    let vault = place.create();
    let text = r#"{"context":{"required":{"tenant":"42"}}}"#;
    let signing = KeyOptions {
        purpose: Purpose::Sign,
        policy: Some(policy(text)),
        ..options("seal")
    };
    let made = block_on(vault.add_key(&signing, None));
    assert!(matches!(made, Err(Error::Argument(_))), "{made:?}");
}

#[test]
fn the_key_record_of_before_the_policy_is_not_believed() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let before = place.rows_of(RecordType::Key);
    set(&vault, "photos", Some(r#"{"operations":["encrypt"]}"#)).unwrap();
    drop(vault);
    let genuine = place.rows();
    place.write(&before, &[]);
    let refused = match place.unlock() {
        Ok(vault) => block_on(vault.find_key("photos")).map(drop).err(),
        Err(error) => Some(error),
    };
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
    place.replay(&genuine);
    let vault = place.unlock().unwrap();
    assert!(key(&vault, "photos").policy.is_some());
}

#[test]
fn another_tab_sees_a_policy_when_it_looks() {
    let place = Place::new();
    let vault = place.create();
    add(
        &vault,
        "photos",
        Purpose::Encrypt,
        r#"{"operations":["setPolicy"]}"#,
    );
    let other = place.unlock().unwrap();
    assert!(begin(&other, "photos", &Context::none()).is_err());
    // What was refused by what was read before is asked again of what is there now.
    set(&vault, "photos", None).unwrap();
    assert!(begin(&other, "photos", &Context::none()).is_ok());
    set(&vault, "photos", Some(r#"{"operations":["setPolicy"]}"#)).unwrap();
    block_on(other.tick()).unwrap();
    assert!(begin(&other, "photos", &Context::none()).is_err());
}

#[test]
fn a_backup_of_before_the_policy_does_not_loosen_it() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let unbound = backup(&vault);
    let text = r#"{"operations":["encrypt","setPolicy"]}"#;
    set(&vault, "photos", Some(text)).unwrap();
    let bound = backup(&vault);
    merge(&vault, &unbound).unwrap();
    assert_eq!(
        key(&vault, "photos").policy.as_ref().unwrap().applied.len(),
        1
    );
    let sealed = block_on(vault.encrypt_value("photos", b"1", &Context::none()));
    assert_eq!(sealed, refused(PolicyRule::Operations));
    // The other way around, what was superseded does not come back.
    set(&vault, "photos", None).unwrap();
    merge(&vault, &bound).unwrap();
    assert!(block_on(vault.encrypt_value("photos", b"1", &Context::none())).is_ok());
    assert_eq!(key(&vault, "photos").policy.as_ref().unwrap().version, 2);
    // And what proves nothing loosens nothing.
    set(&vault, "photos", Some(text)).unwrap();
    block_on(vault.rotate_vault_key()).unwrap();
    let _ = merge_with(&vault, &unbound, OTHER_PHRASE).unwrap();
    let sealed = block_on(vault.encrypt_value("photos", b"1", &Context::none()));
    assert_eq!(sealed, refused(PolicyRule::Operations));
}

#[test]
fn two_policies_that_were_set_apart_both_apply_until_another_is_set() {
    let place = Place::new();
    let ours = place.create();
    let first = r#"{"operations":["encrypt","decrypt","setPolicy"]}"#;
    add(&ours, "photos", Purpose::Encrypt, first);
    let (there, theirs) = elsewhere(&backup(&ours));
    set(
        &ours,
        "photos",
        Some(r#"{"operations":["encrypt","setPolicy"]}"#),
    )
    .unwrap();
    // Twice there: how often it was set decides nothing.
    there.clock.set(NOW + 1);
    set(
        &theirs,
        "photos",
        Some(r#"{"operations":["decrypt","setPolicy"]}"#),
    )
    .unwrap();
    set(
        &theirs,
        "photos",
        Some(r#"{"operations":["decrypt","setPolicy"],"requireReason":["setPolicy"]}"#),
    )
    .unwrap();
    let (ours_before, theirs_before) = (backup(&ours), backup(&theirs));
    merge(&ours, &theirs_before).unwrap();
    merge(&theirs, &ours_before).unwrap();
    assert_eq!(key(&ours, "photos").policy, key(&theirs, "photos").policy);
    let both = key(&ours, "photos").policy.unwrap();
    assert_eq!((both.applied.len(), both.version), (2, 3));
    let begun = begin(&ours, "photos", &Context::none());
    assert_eq!(begun.err(), Some(Error::Policy(PolicyRule::Operations)));
    let told = block_on(ours.find_key("photos")).unwrap().to_json();
    assert!(told.get("policy").is_some() && told.get("conflictingPolicies").is_some());
    // To resolve it is an operation under both.
    let resolved = set(&ours, "photos", Some(first));
    assert_eq!(
        resolved.err(),
        Some(Error::Policy(PolicyRule::RequireReason))
    );
    set(&ours.because(Some("agreed")), "photos", Some(first)).unwrap();
    assert!(begin(&ours, "photos", &Context::none()).is_ok());
    // It stays resolved, whoever still has both.
    merge(&ours, &backup(&theirs)).unwrap();
    merge(&theirs, &backup(&ours)).unwrap();
    assert_eq!(key(&ours, "photos").policy, key(&theirs, "photos").policy);
    assert!(begin(&theirs, "photos", &Context::none()).is_ok());
}

#[test]
fn what_is_due_and_what_protects_the_vault_is_done_whatever_a_policy_lists() {
    let place = Place::new();
    let vault = place.create();
    let periodic = KeyOptions {
        rotate_every: Some(crate::fixture::period("P1D")),
        policy: Some(policy(r#"{"operations":["encrypt"]}"#)),
        ..options("photos")
    };
    block_on(vault.add_key(&periodic, None)).unwrap();
    place.pass(crate::fixture::DAY);
    let report = block_on(vault.tick()).unwrap();
    assert_eq!(report.rotated.len(), 1);
    block_on(vault.rotate_vault_key()).unwrap();
    let policies = key(&vault, "photos").policy.unwrap();
    assert_eq!((policies.applied.len(), policies.version), (1, 1));
}

#[test]
fn whoever_had_an_earlier_vault_key_binds_nobody_by_a_policy() {
    let place = Place::new();
    let vault = place.create();
    let (_other, theirs) = elsewhere(&backup(&vault));
    let rules = r#"{"operations":["verify"]}"#;
    add(&theirs, "payments", Purpose::Encrypt, rules);
    let file = backup(&theirs);
    block_on(vault.rotate_vault_key()).unwrap();
    merge_with(&vault, &file, PHRASE).unwrap();
    assert_eq!(key(&vault, "payments").policy, None);
    // Its alias is not taken for good.
    let destroy = KeyAction::Destroy {
        version: None,
        force: true,
    };
    manage(&vault, "payments", &destroy).unwrap();
    create(&vault, "payments");
}

#[test]
fn a_review_is_overdue_once_its_time_has_passed() {
    let place = Place::new();
    let vault = place.create();
    add(
        &vault,
        "photos",
        Purpose::Encrypt,
        r#"{"reviewEvery":"P1D"}"#,
    );
    let overdue = || block_on(vault.vital_signs()).unwrap().overdue_reviews;
    assert_eq!(overdue(), 0);
    place.clock.set(NOW + (crate::fixture::DAY - 1));
    assert_eq!(overdue(), 0);
    place.clock.set(NOW + crate::fixture::DAY);
    assert_eq!(overdue(), 1);
    set(&vault, "photos", Some(r#"{"reviewEvery":"P1D"}"#)).unwrap();
    assert_eq!(overdue(), 0);
    // Nobody could set a policy of a key that is destroyed.
    place.clock.set(NOW + 3 * crate::fixture::DAY);
    assert_eq!(overdue(), 1);
    let destroy = KeyAction::Destroy {
        version: None,
        force: true,
    };
    manage(&vault, "photos", &destroy).unwrap();
    assert_eq!(overdue(), 0);
}
