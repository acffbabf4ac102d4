//! What a view of a vault gives: some operations on some keys, and nothing else.

use pollster::block_on;
use strongroom::{
    Context, Error, Result,
    base::{Kid, ObjectId, PolicyRule, Sidecar, SystemEntropy},
    jose::{Identity, Kek, Recipient, rewrap as wrap_again},
    keys::{KeyAction, KeyQuery, Operation, Purpose},
    store::{RecordType, Row},
    vault::{DecryptOptions, EntryQuery, Header, ObjectQuery, PolicyRefusal, RewrapOptions},
};

use crate::{
    audit::{audited, entries},
    fixture::{
        DAY, NOW, Open, PHRASE, Place, create, create_for, create_session, decrypt, encrypt, key,
        manage, open, options, passphrase, rotate, seal,
    },
    inventory::{given, keep, open_kept, rewrap, rewrap_kept, stored, track},
    merge::NOBODY,
    policy::{attempt, governed, key_for, policy},
    uploads::{begun, pin},
    vault_policy::{attempt_on_vault, furnished},
};

pub const ALL: [Operation; 17] = [
    Operation::Encrypt,
    Operation::Decrypt,
    Operation::EncryptValue,
    Operation::DecryptValue,
    Operation::Rewrap,
    Operation::Sign,
    Operation::Verify,
    Operation::Rotate,
    Operation::Activate,
    Operation::Suspend,
    Operation::Resume,
    Operation::Revoke,
    Operation::ScheduleDestroy,
    Operation::CancelDestroy,
    Operation::Destroy,
    Operation::Update,
    Operation::SetPolicy,
];

fn try_view(vault: &Open, operations: &[Operation], keys: Option<&[&str]>) -> Result<Open> {
    let keys = keys.map(|keys| keys.iter().map(|&key| key.to_owned()).collect::<Vec<_>>());
    block_on(vault.view(operations, keys.as_deref()))
}

pub fn view(vault: &Open, operations: &[Operation], keys: Option<&[&str]>) -> Open {
    try_view(vault, operations, keys).unwrap()
}

/// All rows but those of the audit log, in which refusals are written.
pub fn stored_rows(place: &Place) -> Vec<Row> {
    use RecordType as Of;
    let mut rows = place.rows();
    rows.retain(|row| !matches!(row.record_id.kind, Of::Audit | Of::AuditKey | Of::Head));
    rows
}

pub fn outside<T>() -> Result<T> {
    Err(Error::OutsideView)
}

fn aliases(vault: &Open) -> Vec<String> {
    let keys = block_on(vault.keys()).unwrap().into_iter();
    keys.map(|info| info.key.alias.as_str().to_owned())
        .collect()
}

fn can(vault: &Open, operation: Operation, key: &str) -> Result<Option<PolicyRefusal>> {
    block_on(vault.can(operation, key, &Context::none()))
}

#[test]
fn a_view_does_what_it_lists_and_nothing_else() {
    for listed in ALL {
        let place = Place::new();
        let (vault, made) = governed(&place, "{}");
        let seen = view(&vault, &[listed], None);
        let before = key(&vault, "photos");
        for operation in Operation::OF_KEYS {
            let alias = key_for(operation);
            if operation == listed {
                assert_eq!(can(&seen, operation, alias), Ok(None));
                continue;
            }
            assert_eq!(can(&seen, operation, alias), Ok(Some(PolicyRefusal::View)));
            let attempted = attempt(&seen, operation, alias, &made);
            assert_eq!(attempted, outside(), "{operation:?}");
        }
        assert_eq!(key(&vault, "photos"), before);
        // What is listed is refused by nothing but the state of a version.
        let attempted = attempt(&seen, listed, key_for(listed), &made);
        assert_ne!(attempted, outside(), "{listed:?}");
        // The vault's own handle is as it was.
        assert_eq!(can(&vault, Operation::Export, "seal"), Ok(None));
    }
}

#[test]
fn no_operation_on_the_vault_itself_is_a_views() {
    let (place, vault, object) = furnished();
    let seen = view(&vault, &ALL, None);
    let rows = stored_rows(&place);
    for operation in Operation::OF_VAULT {
        let attempted = attempt_on_vault_of(&seen, &vault, operation, &object);
        assert_eq!(attempted, outside(), "{operation:?}");
        let refused = block_on(seen.can_do(operation));
        assert_eq!(refused, Ok(Some(PolicyRefusal::View)));
    }
    // Nor is what only reads of it.
    assert_eq!(block_on(seen.factors()).map(drop), outside());
    assert_eq!(block_on(seen.vital_signs()).map(drop), outside());
    assert_eq!(block_on(seen.policies()).map(drop), outside());
    assert_eq!(block_on(seen.head()).map(drop), outside());
    assert_eq!(block_on(seen.list_uploads()).map(drop), outside());
    assert_eq!(
        block_on(seen.list_objects(&ObjectQuery::first(9))).map(drop),
        outside()
    );
    assert_eq!(
        block_on(seen.query_audit(&EntryQuery::default())).map(drop),
        outside()
    );
    let draft = policy(r#"{"operations":["encrypt"]}"#);
    let trial = block_on(seen.try_policy("photos", &draft, NOW));
    assert_eq!(trial.map(drop), outside());
    let upload = begun(&vault, "photos");
    let upload_id = upload.id.as_str().to_owned();
    assert_eq!(pin(&seen, &upload), outside());
    let resumed = block_on(seen.resume(&upload_id, &Context::none(), 0));
    assert_eq!(resumed.map(drop), outside());
    assert!(rows == stored_rows(&place));
}

/// As on the vault: what a call needs that is known to the vault alone is taken from there.
fn attempt_on_vault_of(
    seen: &Open,
    vault: &Open,
    operation: Operation,
    object: &str,
) -> Result<()> {
    let id = || block_on(vault.factors()).unwrap()[1].id.to_string();
    let present = passphrase(PHRASE);
    match operation {
        Operation::RenameFactor => block_on(seen.rename_factor(&id(), None)).map(drop),
        Operation::ReplaceFactor => {
            let new = passphrase("another one");
            let id = id();
            let replaced = seen.replace_factor(&id, &present, &new, None, &NOBODY);
            block_on(replaced).map(drop)
        }
        Operation::RevokeFactor => block_on(seen.revoke_factor(&id(), &present, &NOBODY)).map(drop),
        Operation::Track => {
            let header = encrypt(vault, "photos", "hello").header;
            block_on(seen.track(&given(&header).unwrap(), None, None, None)).map(drop)
        }
        other => attempt_on_vault(seen, other, object, &[]),
    }
}

/// A vault with a key "photos", which a view is for, and a key "secrets", which it is not for.
pub fn divided() -> (Place, Open, Open) {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    create(&vault, "secrets");
    create_for(&vault, "seal", Purpose::Sign);
    let seen = view(&vault, &ALL, Some(&["photos"]));
    (place, vault, seen)
}

#[test]
fn a_key_that_is_not_listed_is_not_there() {
    let (place, vault, seen) = divided();
    assert_eq!(aliases(&seen), ["photos"]);
    let query = KeyQuery::default();
    let listed = block_on(seen.list_keys(&query)).unwrap();
    assert_eq!((listed.keys.len(), listed.next), (1, None));
    let secrets = key(&vault, "secrets");
    let value = seal(&vault, "secrets", "1").unwrap();
    let token = block_on(vault.sign("seal", None, b"text")).unwrap();
    let object = encrypt(&vault, "secrets", "hello");
    let rows = stored_rows(&place);
    for name in ["secrets", secrets.id.as_str()] {
        assert_eq!(block_on(seen.find_key(name)).map(drop), Err(Error::NoKey));
        assert_eq!(block_on(seen.key(name)).map(drop), Err(Error::NoKey));
        assert_eq!(can(&seen, Operation::Encrypt, name), Err(Error::NoKey));
        assert_eq!(seal(&seen, name, "1"), Err(Error::NoKey));
        let begun = block_on(seen.encrypt(name, &Context::none(), None));
        assert_eq!(begun.map(drop), Err(Error::NoKey));
        let kept = block_on(seen.encrypt_kept(name, &Context::none(), None));
        assert_eq!(kept.map(drop), Err(Error::NoKey));
        for action in [
            KeyAction::Rotate { waits: false },
            KeyAction::SetPolicy(None),
            KeyAction::Destroy {
                version: None,
                force: true,
            },
        ] {
            assert_eq!(manage(&seen, name, &action).map(drop), Err(Error::NoKey));
        }
    }
    assert_eq!(
        block_on(seen.sign("seal", None, b"x")).map(drop),
        Err(Error::NoKey)
    );
    assert_eq!(block_on(seen.check_signs("seal")), Err(Error::NoKey));
    assert_eq!(
        block_on(seen.verify(&token, None)).map(drop),
        Err(Error::NoKey)
    );
    assert_eq!(
        block_on(seen.verify(&token, Some("seal"))).map(drop),
        Err(Error::NoKey)
    );
    assert_eq!(open(&seen, &value), Err(Error::NoKey));
    assert_eq!(
        decrypt(&seen, &object.header, &object.body),
        Err(Error::NoKey)
    );
    // It is as for a name that no key has.
    assert_eq!(
        block_on(seen.find_key("nothing")).map(drop),
        Err(Error::NoKey)
    );
    assert!(rows == stored_rows(&place));
    assert_eq!(open(&vault, &value).unwrap(), "1");
}

#[test]
fn nothing_tells_in_which_state_a_key_is_that_is_not_listed() {
    let (_place, vault, seen) = divided();
    let value = seal(&vault, "secrets", "1").unwrap();
    let object = encrypt(&vault, "secrets", "hello");
    manage(&vault, "secrets", &KeyAction::Suspend(None)).unwrap();
    assert!(matches!(open(&vault, &value), Err(Error::State(_))));
    assert_eq!(open(&seen, &value), Err(Error::NoKey));
    let opened = decrypt(&seen, &object.header, &object.body);
    assert_eq!(opened, Err(Error::NoKey));
    assert_eq!(seal(&seen, "secrets", "1"), Err(Error::NoKey));
}

#[test]
fn a_header_that_the_vault_keeps_is_for_who_decrypts() {
    let (_place, vault, seen) = divided();
    let (kept, _) = keep(&vault, "photos");
    let writes = view(&vault, &[Operation::Encrypt], Some(&["photos"]));
    assert_eq!(block_on(writes.kept_header(&kept)).map(drop), outside());
    assert_eq!(block_on(seen.kept_header(&kept)).map(drop), Ok(()));
}

#[test]
fn no_header_comes_from_another_key_or_goes_to_one() {
    let (place, vault, seen) = divided();
    let (ours, theirs) = (
        encrypt(&vault, "photos", "ours"),
        encrypt(&vault, "secrets", "theirs"),
    );
    let rows = stored_rows(&place);
    let secrets = key(&vault, "secrets");
    for to in ["secrets", secrets.id.as_str()] {
        assert_eq!(
            rewrap(&seen, &ours.header, Some(to)).map(drop),
            Err(Error::NoKey)
        );
    }
    for to in [None, Some("photos")] {
        assert_eq!(
            rewrap(&seen, &theirs.header, to).map(drop),
            Err(Error::NoKey)
        );
    }
    assert!(rows == stored_rows(&place));
    rotate(&vault, "photos");
    assert!(rewrap(&seen, &ours.header, None).unwrap().header.is_some());
}

#[test]
fn a_move_to_another_key_decrypts_and_encrypts() {
    let (_place, vault, _) = divided();
    let object = encrypt(&vault, "photos", "hello");
    let keys = Some(&["photos", "secrets"][..]);
    for missing in [Operation::Rewrap, Operation::Decrypt, Operation::Encrypt] {
        let mut operations = vec![Operation::Rewrap, Operation::Decrypt, Operation::Encrypt];
        operations.retain(|operation| *operation != missing);
        let seen = view(&vault, &operations, keys);
        let moved = rewrap(&seen, &object.header, Some("secrets"));
        assert_eq!(moved.map(drop), outside(), "{missing:?}");
    }
}

#[test]
fn an_object_of_the_inventory_under_another_key_is_not_there() {
    let (place, vault, seen) = divided();
    let (kept, body) = keep(&vault, "secrets");
    let tracked = encrypt(&vault, "secrets", "hello");
    track(&vault, &tracked.header, "a place");
    let ours = encrypt(&vault, "photos", "ours");
    track(&vault, &ours.header, "our place");
    let twice = encrypt(&vault, "secrets", "again");
    track(&vault, &twice.header, "twice");
    let thrice = encrypt(&vault, "secrets", "again");
    track(&vault, &thrice.header, "twice");
    let rows = stored_rows(&place);
    let ask = |vault: &Open, named: &str| {
        let options = DecryptOptions {
            tracked: Some(named.to_owned()),
            ..DecryptOptions::default()
        };
        block_on(vault.decrypt(&ours.header, &Context::none(), &options)).map(drop)
    };
    for named in ["a place", tracked.id.as_str(), &kept, "twice", "nowhere"] {
        assert_eq!(ask(&seen, named), Err(Error::NoObject), "{named}");
    }
    assert_eq!(ask(&vault, "a place"), Err(Error::Decrypt));
    assert_eq!(ask(&seen, "our place"), Ok(()));
    let options = DecryptOptions::default();
    let header = Header::Kept(kept.clone());
    let opened = block_on(seen.decrypt_object(&header, &Context::none(), &options));
    assert_eq!(opened.map(drop), Err(Error::NoObject));
    assert_eq!(
        block_on(seen.kept_header(&kept)).map(drop),
        Err(Error::NoObject)
    );
    assert_eq!(rewrap_kept(&seen, &kept).map(drop), Err(Error::NoObject));
    // A sidecar would be attached to it.
    let parent: ObjectId = kept.parse().unwrap();
    let attached = Sidecar::new(parent, "thumbnail").unwrap();
    let context = Context::none().of_sidecar(attached).unwrap();
    let made = block_on(seen.encrypt_kept("photos", &context, None));
    assert_eq!(made.map(drop), Err(Error::NoObject));
    assert!(rows == stored_rows(&place));
    assert_eq!(open_kept(&vault, &kept, &body).unwrap(), "hello");
}

#[test]
fn the_inventory_is_told_nothing_of_other_keys_and_nothing_without_rewrap() {
    let (place, vault, seen) = divided();
    let theirs = encrypt(&vault, "secrets", "theirs");
    track(&vault, &theirs.header, "there");
    let ours = encrypt(&vault, "photos", "ours");
    track(&vault, &ours.header, "here");
    rotate(&vault, "photos");
    rotate(&vault, "secrets");
    let to = RewrapOptions {
        to: Some("secrets"),
        ..RewrapOptions::default()
    };
    let moved_away = block_on(vault.rewrap(&given(&ours.header).unwrap(), &to)).unwrap();
    let renewed = rewrap(&vault, &theirs.header, None).unwrap();
    let moved_here = block_on(vault.rewrap(
        &given(&theirs.header).unwrap(),
        &RewrapOptions {
            to: Some("photos"),
            ..RewrapOptions::default()
        },
    ))
    .unwrap();
    let own = rewrap(&vault, &ours.header, None).unwrap();
    let rows = stored_rows(&place);
    for (rewrapped, told) in [
        (&moved_away, Err(Error::NoKey)),
        // As of an object that the inventory has not.
        (&renewed, Ok(())),
        (&moved_here, Ok(())),
    ] {
        let header = rewrapped.header.as_ref().unwrap();
        assert_eq!(stored(&seen, header), told);
    }
    let reads = view(&vault, &[Operation::Decrypt], Some(&["photos"]));
    assert_eq!(stored(&reads, own.header.as_ref().unwrap()), outside());
    assert!(rows == stored_rows(&place));
    stored(&seen, own.header.as_ref().unwrap()).unwrap();
    assert!(rows != stored_rows(&place));
}

#[test]
fn of_several_recipients_the_one_that_is_listed_opens() {
    let (_place, vault, _) = divided();
    let kek = |alias: &str| {
        let jwk = block_on(vault.dangerously_export(alias, None, &passphrase(PHRASE))).unwrap();
        Kek::from_jwk(&jwk).unwrap()
    };
    let object = encrypt(&vault, "photos", "hello");
    let Header::Given(envelope) = given(&object.header).unwrap() else {
        unreachable!("it was given")
    };
    let to: [Recipient; 2] = [kek("photos").into(), kek("secrets").into()];
    let opens = [Identity::Kek(kek("photos"))];
    let both = wrap_again(&envelope, &opens, &to, &SystemEntropy).unwrap();
    let read = |seen: &Open| {
        let options = DecryptOptions {
            allow_unsigned: true,
            ..DecryptOptions::default()
        };
        let header = Header::Given(both.clone());
        let opened = block_on(seen.decrypt_object(&header, &Context::none(), &options));
        opened.map(|opened| opened.id.as_str().to_owned())
    };
    for alias in ["photos", "secrets"] {
        let seen = view(&vault, &[Operation::Decrypt], Some(&[alias]));
        assert_eq!(read(&seen), Ok(object.id.clone()));
    }
    let neither = view(&vault, &[Operation::Decrypt], Some(&["seal"]));
    assert_eq!(read(&neither), Err(Error::NoKey));
    let writes = view(&vault, &[Operation::Encrypt], Some(&["photos"]));
    assert_eq!(read(&writes), outside());
}

#[test]
fn a_body_under_another_key_does_not_continue() {
    let (_place, vault, seen) = divided();
    let check = |vault: &Open, made: &Kid| block_on(vault.check_under_way(made, false));
    let kid = |alias: &str| {
        let record = key(&vault, alias);
        Kid::of_version(&record.id, &record.primary)
    };
    assert_eq!(check(&vault, &kid("secrets")), Ok(()));
    assert_eq!(check(&seen, &kid("secrets")), Err(Error::NoKey));
    assert_eq!(check(&seen, &kid("photos")), Ok(()));
}

#[test]
fn a_view_keeps_its_keys_by_their_ids() {
    let (_place, vault, seen) = divided();
    let renamed = |from: &str, to: &str| {
        let action = KeyAction::Update {
            alias: Some(to.parse().unwrap()),
            labels: None,
            rotate_every: None,
        };
        manage(&vault, from, &action).unwrap();
    };
    renamed("photos", "pictures");
    renamed("secrets", "photos");
    assert_eq!(aliases(&seen), ["pictures"]);
    assert_eq!(seal(&seen, "photos", "1"), Err(Error::NoKey));
    seal(&seen, "pictures", "1").unwrap();
    // A key that was made later is none of them.
    create(&vault, "later");
    assert_eq!(seal(&seen, "later", "1"), Err(Error::NoKey));
    seal(&view(&vault, &ALL, None), "later", "1").unwrap();
}

#[test]
fn a_sessions_key_is_a_views_where_it_is_listed() {
    let (_place, vault, seen) = divided();
    let id = create_session(&vault, &options("short"), DAY).unwrap();
    let value = seal(&vault, "short", "1").unwrap();
    for name in ["short", id.as_str()] {
        assert_eq!(seal(&seen, name, "1"), Err(Error::NoKey));
    }
    assert_eq!(open(&seen, &value), Err(Error::NoKey));
    let listed = view(&vault, &ALL, Some(&["short"]));
    assert_eq!(open(&listed, &value).unwrap(), "1");
    assert_eq!(seal(&listed, "photos", "1"), Err(Error::NoKey));
}

#[test]
fn a_view_ends_with_the_vaults_lock() {
    let (place, vault, seen) = divided();
    let value = seal(&seen, "photos", "1").unwrap();
    drop(vault.lock());
    assert_eq!(open(&seen, &value), Err(Error::Locked));
    let again = place.unlock().unwrap();
    assert_eq!(open(&seen, &value), Err(Error::Locked));
    assert_eq!(try_view(&seen, &ALL, None).map(drop), outside());
    assert_eq!(open(&again, &value).unwrap(), "1");
}

#[test]
fn the_policies_of_key_and_vault_bind_a_view_too() {
    let (_place, vault, seen) = divided();
    let bounded = KeyAction::SetPolicy(Some(Box::new(policy(
        r#"{"maximumUses":2,"requireReason":["encryptValue"]}"#,
    ))));
    manage(&vault, "photos", &bounded).unwrap();
    let rule = |rule| Err(Error::Policy(rule));
    assert_eq!(seal(&seen, "photos", "1"), rule(PolicyRule::RequireReason));
    let why = seen.because(Some("asked for"));
    seal(&why, "photos", "1").unwrap();
    seal(&vault.because(Some("too")), "photos", "1").unwrap();
    // The uses of both are counted together.
    assert_eq!(seal(&why, "photos", "1"), rule(PolicyRule::MaximumUses));
    assert_eq!(seal(&why, "secrets", "1"), Err(Error::NoKey));
    let vaults = policy(r#"{"operations":["decryptValue"]}"#);
    block_on(vault.set_policy(Some(&vaults))).unwrap();
    assert_eq!(
        seal(&why, "photos", "1").err(),
        Some(Error::VaultPolicy(PolicyRule::Operations))
    );
    // Its own limits are told first.
    let reads = view(&vault, &[Operation::DecryptValue], None);
    assert_eq!(seal(&reads, "photos", "1"), outside());
}

#[test]
fn what_is_refused_to_a_view_is_in_the_audit_log() {
    let place = Place::new();
    let vault = audited(&place);
    create(&vault, "photos");
    create(&vault, "secrets");
    let seen = view(&vault, &[Operation::EncryptValue], Some(&["photos"]));
    let value = seal(&seen.because(Some("why")), "photos", "1").unwrap();
    assert_eq!(open(&seen, &value), outside());
    assert_eq!(seal(&seen, "secrets", "1"), Err(Error::NoKey));
    assert_eq!(block_on(seen.backup()).map(drop), outside());
    block_on(vault.write_log()).unwrap();
    let told: Vec<_> = entries(&vault)
        .into_iter()
        .rev()
        .take(4)
        .map(|logged| {
            let entry = logged.entry;
            let keys = entry
                .keys
                .iter()
                .map(|named| named.key.clone())
                .collect::<Vec<_>>();
            (entry.operation, entry.error, entry.rule, entry.reason, keys)
        })
        .collect();
    let [photos, secrets] = ["photos", "secrets"].map(|alias| vec![key(&vault, alias).id.clone()]);
    let rule = Some("operations".to_owned());
    let policy = Some("ERR_POLICY".to_owned());
    let none = Some("ERR_NO_KEY".to_owned());
    let expected = [
        (
            "backup".to_owned(),
            policy.clone(),
            rule.clone(),
            None,
            vec![],
        ),
        ("encryptValue".to_owned(), none, None, None, secrets),
        (
            "decryptValue".to_owned(),
            policy,
            rule,
            None,
            photos.clone(),
        ),
        (
            "encryptValue".to_owned(),
            None,
            None,
            Some("why".to_owned()),
            photos,
        ),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_view_is_for_operations_on_keys_that_are_there() {
    let (place, vault, seen) = divided();
    let rows = stored_rows(&place);
    for operations in [
        &[][..],
        &[Operation::Export],
        &[Operation::Encrypt, Operation::Backup],
    ] {
        let made = try_view(&vault, operations, None).err();
        assert!(matches!(made, Some(Error::Argument(_))), "{operations:?}");
    }
    assert!(matches!(
        try_view(&vault, &ALL, Some(&[])).err(),
        Some(Error::Argument(_))
    ));
    assert_eq!(
        try_view(&vault, &ALL, Some(&["photos", "nothing"])).err(),
        Some(Error::NoKey)
    );
    // A view of a view would be one more thing to get wrong.
    for keys in [None, Some(&["photos"][..]), Some(&["secrets"])] {
        assert_eq!(
            try_view(&seen, &[Operation::Encrypt], keys).map(drop),
            outside()
        );
    }
    assert!(rows == stored_rows(&place));
}
