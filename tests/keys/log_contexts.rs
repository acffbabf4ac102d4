//! The encryption contexts of the audit log's entries: hashed, found again, and told to nobody.

use pollster::block_on;
use strongroom::{
    Context, Error,
    base::{LogContext, PolicyRule, Sidecar},
    keys::KeyAction,
    store::RecordType,
    vault::{DecryptOptions, EntryQuery, LoggedEntry, Others},
};

use crate::{
    fixture::{Open, PHRASE, Place, create, manage, passphrase},
    merge::NOBODY,
    policy::policy,
};

fn tenant(name: &str) -> Context {
    Context::try_from([("tenant", name)]).unwrap()
}

fn seal_in(vault: &Open, key: &str, contexts: &[&Context]) -> Result<Vec<String>, Error> {
    let values: Vec<_> = contexts
        .iter()
        .map(|context| (&b"1"[..], *context))
        .collect();
    block_on(vault.encrypt_values(key, &values))
}

/// The entries of a context, the first one first.
fn of(vault: &Open, context: &Context) -> Vec<LoggedEntry> {
    let query = EntryQuery {
        context: Some(context.clone()),
        ..EntryQuery::default()
    };
    let mut found = block_on(vault.query_audit(&query)).unwrap().entries;
    found.reverse();
    found
}

fn last(vault: &Open) -> LoggedEntry {
    let query = EntryQuery {
        limit: Some(1),
        ..EntryQuery::default()
    };
    let page = block_on(vault.query_audit(&query)).unwrap();
    page.entries[0].clone()
}

fn hash_of(vault: &Open, context: &Context) -> LogContext {
    of(vault, context)[0].entry.contexts[0].clone()
}

#[test]
fn uses_are_found_by_their_whole_context_and_a_refusal_has_the_one_that_was_tried() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let required = policy(r#"{"context":{"required":{"tenant":"42"}}}"#);
    let set = KeyAction::SetPolicy(Some(Box::new(required)));
    manage(&vault, "photos", &set).unwrap();
    let (own, others) = (tenant("42"), tenant("43"));
    let more = Context::try_from([("tenant", "42"), ("album", "1")]).unwrap();
    let sealed = seal_in(&vault, "photos", &[&own]).unwrap();
    seal_in(&vault, "photos", &[&more]).unwrap();
    let refused = seal_in(&vault, "photos", &[&others]).err();
    assert_eq!(refused, Some(Error::Policy(PolicyRule::Context)));
    block_on(vault.decrypt_value(&sealed[0], &own)).unwrap();
    let refused = block_on(vault.decrypt_value(&sealed[0], &others)).err();
    assert_eq!(refused, Some(Error::Policy(PolicyRule::Context)));

    let told = |context: &Context| {
        let found = of(&vault, context).into_iter();
        let told = found.map(|found| (found.entry.operation, found.entry.rule));
        told.collect::<Vec<_>>()
    };
    let (encrypt, decrypt) = ("encryptValue".to_owned(), "decryptValue".to_owned());
    let rule = Some("context".to_owned());
    assert_eq!(
        told(&own),
        [(encrypt.clone(), None), (decrypt.clone(), None)]
    );
    assert_eq!(told(&more), [(encrypt.clone(), None)]);
    assert_eq!(told(&others), [(encrypt, rule.clone()), (decrypt, rule)]);
    assert_eq!(told(&tenant("44")), []);
    assert_ne!(hash_of(&vault, &own), hash_of(&vault, &others));
    let empty = EntryQuery {
        context: Some(Context::none()),
        ..EntryQuery::default()
    };
    let refused = block_on(vault.query_audit(&empty)).err();
    assert_eq!(
        refused,
        Some(Error::Argument("context (one member at least)"))
    );
    // What the store has says neither.
    let rows = place.rows_of(RecordType::Audit);
    assert!(
        !rows.is_empty()
            && rows
                .iter()
                .all(|row| !format!("{row:?}").contains("tenant"))
    );
    let text = last(&vault).entry.text();
    assert!(!text.contains("tenant") && !text.contains("43"), "{text}");
}

#[test]
fn a_call_has_each_context_of_its_values_once_and_a_key_that_is_not_there_has_them_too() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (one, other, none) = (tenant("1"), tenant("2"), Context::none());
    seal_in(&vault, "photos", &[&one, &none, &other, &one]).unwrap();
    let entry = last(&vault).entry;
    assert_eq!((entry.contexts.len(), entry.more_contexts), (2, None));
    assert_eq!(of(&vault, &one)[0].entry, entry);
    assert_eq!(of(&vault, &other)[0].entry, entry);
    seal_in(&vault, "photos", &[&none]).unwrap();
    assert!(last(&vault).entry.contexts.is_empty());
    assert_eq!(
        seal_in(&vault, "nobody's", &[&one]).err(),
        Some(Error::NoKey)
    );
    assert_eq!(of(&vault, &one).len(), 2);

    let many: Vec<_> = (0..1005).map(|at| tenant(&format!("t{at}"))).collect();
    seal_in(&vault, "photos", &many.iter().collect::<Vec<_>>()).unwrap();
    let entry = last(&vault).entry;
    assert_eq!((entry.contexts.len(), entry.more_contexts), (1000, Some(5)));
    assert_eq!(of(&vault, &tenant("t999")).len(), 1);
}

#[test]
fn an_object_and_its_sidecars_are_found_by_one_context_and_each_entry_has_its_object() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let album = tenant("42");
    let object = block_on(vault.encrypt("photos", &album, None)).unwrap();
    let id = object.header.jkt().unwrap().clone();
    assert_eq!(last(&vault).entry.object.as_ref(), Some(&id));
    let sidecar = album.of_sidecar(Sidecar::new(id.clone(), "thumbnail").unwrap());
    let kept = block_on(vault.encrypt_kept("photos", &sidecar.unwrap(), None)).unwrap();
    assert_eq!(last(&vault).entry.object.as_ref(), kept.header.jkt());
    let header = object.header.as_str().unwrap().as_bytes().to_vec();
    let options = DecryptOptions::default();
    block_on(vault.decrypt(&header, &album, &options)).unwrap();
    assert_eq!(last(&vault).entry.object.as_ref(), Some(&id));
    let refused = block_on(vault.decrypt(&header, &tenant("43"), &options)).err();
    assert_eq!(refused, Some(Error::Context));
    let entry = last(&vault).entry;
    assert_eq!(
        (entry.error.as_deref(), entry.object.as_ref()),
        (Some("ERR_CONTEXT"), Some(&id))
    );
    assert_eq!(of(&vault, &album).len(), 3);
    assert_eq!(of(&vault, &tenant("43")).len(), 1);
}

#[test]
fn another_log_has_other_hashes_and_what_waited_is_hashed_by_the_one_that_it_is_written_to() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let own = tenant("42");
    seal_in(&vault, "photos", &[&own]).unwrap();
    let before = hash_of(&vault, &own);
    // This one waits when the next log begins.
    seal_in(&vault, "photos", &[&own]).unwrap();
    let log = block_on(vault.audit_state()).unwrap().unwrap().log;
    let lost = block_on(vault.factors()).unwrap()[1].id.clone();
    let present = passphrase(PHRASE);
    let revoked =
        vault.revoke_compromised_factor(lost.as_str(), &present, Others::default(), &NOBODY);
    block_on(revoked).unwrap();
    assert_ne!(block_on(vault.audit_state()).unwrap().unwrap().log, log);
    let after = hash_of(&vault, &own);
    assert_ne!(after, before);
    assert_eq!(of(&vault, &own).len(), 1);
    // After a lock and an unlock the same context is found.
    vault.forget();
    let vault = place.unlock().unwrap();
    assert_eq!(hash_of(&vault, &own), after);
}

#[test]
fn a_context_is_found_by_the_index_too() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let sought = tenant("sought");
    for at in 0..2200 {
        let context = if at % 700 == 0 {
            sought.clone()
        } else {
            tenant(&at.to_string())
        };
        seal_in(&vault, "photos", &[&context]).unwrap();
    }
    block_on(vault.write_log()).unwrap();
    while block_on(vault.tick()).unwrap().next == Some(place.clock.get()) {}
    assert_eq!(place.rows_of(RecordType::AuditIndex).len(), 2);
    let found: Vec<_> = of(&vault, &sought)
        .iter()
        .map(|found| found.sequence)
        .collect();
    assert_eq!(found.len(), 4);
    assert_eq!(found[1] - found[0], 700);
}
