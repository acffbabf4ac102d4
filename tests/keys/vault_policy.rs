//! What a vault's policy refuses: operations on the vault itself, and on every key besides the key's own policy.

use std::{cell::RefCell, rc::Rc};

use pollster::block_on;
use strongroom::{
    Context, Error, Result,
    base::{Local, PolicyRule, SystemEntropy},
    factors::{
        Answer, Challenge, FactorPort, NewCredential, Passkey, Present, PrfAnswer, PrfRequest,
        RecoveryKit, Together,
    },
    jose::Jwk,
    keys::{KeyAction, Operation, Purpose},
    records::{CredentialId, FactorKind, FactorPair},
    store::RecordType,
    vault::{EntryQuery, Others, PolicyRefusal, SkippedRecord, Vault},
};

use crate::{
    fixture::{
        DAY, NOW, Open, PHRASE, Place, Told, create, create_for, encrypt, key, manage, name, open,
        options, passphrase, rotate, seal,
    },
    inventory::{given, keep, shred, untrack},
    merge::{NOBODY, backup, elsewhere, merge, merge_with, of_earlier_vault_key},
    organisation::Signer,
    passkey::{Desk, passkey},
    policy::{attempt, governed, key_for, policy},
};

const WITHIN: u64 = 5 * 60 * 1000;

fn refused<T>(rule: PolicyRule) -> Result<T> {
    Err(Error::VaultPolicy(rule))
}

fn try_set(vault: &Open, text: &str) -> Result<()> {
    block_on(vault.set_policy(Some(&policy(text)))).map(drop)
}

fn set(vault: &Open, text: &str) {
    try_set(vault, text).unwrap();
}

fn listing(operation: Operation) -> String {
    format!(r#"{{"operations":["{}"]}}"#, operation.as_str())
}

fn can(vault: &Open, operation: Operation) -> Option<PolicyRule> {
    let refused = block_on(vault.can_do(operation)).unwrap();
    refused.map(|refused| {
        assert_eq!(refused.whose(), "vault");
        refused.rule()
    })
}

fn can_use(vault: &Open, operation: Operation, key: &str) -> Option<PolicyRefusal> {
    block_on(vault.can(operation, key, &Context::none())).unwrap()
}

/// A vault that a passphrase, a passkey and a kit open, with a key "photos" and an object of which it keeps the header.
pub fn furnished() -> (Place, Open, String) {
    let place = Place::with(Box::new(Desk::default()));
    let kit = RecoveryKit::generate(&SystemEntropy).unwrap();
    let factors: [&dyn Present; 3] = [&passphrase(PHRASE), &passkey(), &kit];
    let vault = block_on(Vault::create(place.host.clone(), name(), &factors)).unwrap();
    create(&vault, "photos");
    let (object, _) = keep(&vault, "photos");
    (place, vault, object)
}

/// Every operation on a vault, by its name in a policy.
pub fn attempt_on_vault(
    vault: &Open,
    operation: Operation,
    object: &str,
    file: &[u8],
) -> Result<()> {
    use Operation as Of;
    let (present, new) = (passphrase(PHRASE), passphrase("another one"));
    let passkey_id = || {
        let factors = block_on(vault.factors()).unwrap();
        factors[1].id.to_string()
    };
    match operation {
        Of::CreateKey => block_on(vault.add_key(&options("fresh"), None)).map(drop),
        Of::ImportKey => {
            let jwk =
                Jwk::parse(br#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#);
            block_on(vault.add_key(&options("fresh"), Some(&jwk.unwrap()))).map(drop)
        }
        Of::CreateSession => block_on(vault.create_session(&options("fresh"), DAY)).map(drop),
        Of::AddFactor => block_on(vault.add_factor(&present, &new, None, &NOBODY)).map(drop),
        Of::RenameFactor => {
            let called = "called".to_owned().try_into().unwrap();
            block_on(vault.rename_factor(&passkey_id(), Some(called))).map(drop)
        }
        Of::ReplaceFactor => {
            block_on(vault.replace_factor(&passkey_id(), &present, &new, None, &NOBODY)).map(drop)
        }
        Of::RevokeFactor => {
            block_on(vault.revoke_factor(&passkey_id(), &present, &NOBODY)).map(drop)
        }
        Of::RequireFactors => {
            let pair = FactorPair::new(&[FactorKind::Passphrase, FactorKind::Passkey]).unwrap();
            let both = Together::new(Box::new(present), Box::new(passkey()));
            block_on(vault.require_factors(Some(pair), &both, &NOBODY)).map(drop)
        }
        Of::RotateVaultKey => block_on(vault.rotate_vault_key()).map(drop),
        Of::Backup => block_on(vault.backup()).map(drop),
        Of::Merge => merge(vault, file).map(drop),
        Of::Track => {
            let header = encrypt(vault, "photos", "hello").header;
            let header = given(&header).unwrap();
            block_on(vault.track(&header, None, None, None)).map(drop)
        }
        Of::Untrack => untrack(vault, object, true),
        Of::Shred => shred(vault, object).map(drop),
        Of::StartAudit => block_on(vault.start_audit(Some(true), None)),
        Of::StopAudit => block_on(vault.stop_audit()),
        Of::CutAudit => block_on(vault.cut_audit(NOW, &[])).map(drop),
        Of::SetVaultPolicy => block_on(vault.set_policy(None)).map(drop),
        Of::SetOrganisation => {
            let acme = Signer::new();
            block_on(vault.set_organisation(&acme.policy(1, ""), &acme.id())).map(drop)
        }
        of_key => unreachable!("{of_key:?}"),
    }
}

#[test]
fn an_operation_on_the_vault_is_done_where_it_is_listed_and_nowhere_else() {
    for operation in Operation::OF_VAULT {
        let (place, vault, object) = furnished();
        let (_other, theirs) = elsewhere(&backup(&vault));
        create(&theirs, "theirs");
        let file = backup(&theirs);
        set(&vault, r#"{"operations":["encrypt"]}"#);
        assert_eq!(can(&vault, operation), Some(PolicyRule::Operations));
        let rows = place.rows();
        let attempted = attempt_on_vault(&vault, operation, &object, &file);
        assert_eq!(attempted, refused(PolicyRule::Operations), "{operation:?}");
        let now = place.rows();
        let is_log = |kind| matches!(kind, RecordType::Audit | RecordType::Head);
        let all = rows.iter().chain(&now);
        for row in all.filter(|row| !is_log(row.record_id.kind)) {
            assert_eq!(rows.contains(row), now.contains(row), "{operation:?}");
        }
    }
    for operation in Operation::OF_VAULT {
        let (_place, vault, object) = furnished();
        let (_other, theirs) = elsewhere(&backup(&vault));
        create(&theirs, "theirs");
        let file = backup(&theirs);
        let lists = [listing(operation).trim_end_matches("]}"), r#","encrypt"]}"#].concat();
        set(&vault, &lists);
        assert_eq!(can(&vault, operation), None);
        let attempted = attempt_on_vault(&vault, operation, &object, &file);
        assert_eq!(attempted, Ok(()), "{operation:?}");
    }
}

#[test]
fn what_opens_a_vault_or_only_reads_is_never_refused() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    set(&vault, r#"{"operations":["verify"]}"#);
    block_on(vault.authenticate(&passphrase(PHRASE), &NOBODY)).unwrap();
    block_on(vault.list_keys(&Default::default())).unwrap();
    block_on(vault.vital_signs()).unwrap();
    block_on(vault.factors()).unwrap();
    block_on(vault.rehearse(&passphrase(PHRASE), &NOBODY)).unwrap();
    block_on(vault.query_audit(&EntryQuery::default())).unwrap();
    block_on(vault.write_log()).unwrap();
    block_on(vault.tick()).unwrap();
    assert!(block_on(vault.policies()).unwrap().is_some());
    drop(vault.lock());
    place.unlock().unwrap();
}

#[test]
fn a_vaults_policy_binds_every_operation_on_every_key() {
    for operation in Operation::OF_KEYS {
        let place = Place::new();
        let (vault, made) = governed(&place, "{}");
        let alias = key_for(operation);
        set(&vault, r#"{"operations":["setVaultPolicy"]}"#);
        let vaults = PolicyRefusal::Vault(PolicyRule::Operations);
        assert_eq!(can_use(&vault, operation, alias), Some(vaults));
        let before = key(&vault, alias);
        let attempted = attempt(&vault, operation, alias, &made);
        assert_eq!(attempted, refused(PolicyRule::Operations), "{operation:?}");
        assert_eq!(key(&vault, alias), before);
        // Both policies have to allow it.
        set(
            &vault,
            &[
                r#"{"operations":["setVaultPolicy",""#,
                operation.as_str(),
                r#""]}"#,
            ]
            .concat(),
        );
        assert_eq!(can_use(&vault, operation, alias), None);
        let attempted = attempt(&vault, operation, alias, &made);
        assert!(!matches!(
            attempted,
            Err(Error::VaultPolicy(_) | Error::Policy(_))
        ));
    }
}

#[test]
fn the_keys_own_policy_goes_on_to_refuse() {
    let place = Place::new();
    let (vault, made) = governed(&place, r#"{"operations":["decrypt"]}"#);
    set(&vault, r#"{"requireReason":["decrypt","encrypt"]}"#);
    let try_to = |operation| attempt(&vault, operation, "photos", &made);
    assert_eq!(
        try_to(Operation::Encrypt),
        Err(Error::Policy(PolicyRule::Operations))
    );
    assert_eq!(
        try_to(Operation::Decrypt),
        refused(PolicyRule::RequireReason)
    );
    let why = vault.because(Some("asked for"));
    assert_eq!(attempt(&why, Operation::Decrypt, "photos", &made), Ok(()));
}

#[test]
fn a_context_that_the_vault_requires_is_asked_of_every_key_that_has_one() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    create_for(&vault, "seal", Purpose::Sign);
    let bare = seal(&vault, "photos", "1").unwrap();
    set(&vault, r#"{"context":{"required":{"tenant":"42"}}}"#);
    assert_eq!(open(&vault, &bare), refused(PolicyRule::Context));
    assert_eq!(seal(&vault, "photos", "1"), refused(PolicyRule::Context));
    let tenant = Context::try_from([("tenant", "42")]).unwrap();
    let value = block_on(vault.encrypt_value("photos", b"1", &tenant)).unwrap();
    block_on(vault.decrypt_value(&value, &tenant)).unwrap();
    // As for a key with such a rule: what leaves the vault would be bound by nothing.
    let export = block_on(vault.dangerously_export("photos", None, &passphrase(PHRASE)));
    assert_eq!(export.map(drop), refused(PolicyRule::Context));
    block_on(vault.sign("seal", None, b"text")).unwrap();
    block_on(vault.dangerously_export("seal", None, &passphrase(PHRASE))).unwrap();
    rotate(&vault, "photos");
}

#[test]
fn a_person_is_asked_for_before_the_vault_changes() {
    let (place, vault, object) = furnished();
    set(
        &vault,
        r#"{"freshFactor":{"within":"PT5M","operations":["createKey","rotateVaultKey","rotate","addFactor"]},
            "secondFactor":{"within":"PT5M","operations":["stopAudit","setVaultPolicy"]}}"#,
    );
    let try_to = |operation| attempt_on_vault(&vault, operation, &object, &[]);
    place.pass(WITHIN + 1);
    for operation in [Operation::CreateKey, Operation::RotateVaultKey] {
        assert_eq!(can(&vault, operation), Some(PolicyRule::FreshFactor));
        assert_eq!(try_to(operation), refused(PolicyRule::FreshFactor));
    }
    let rotation = KeyAction::Rotate { waits: false };
    assert_eq!(
        manage(&vault, "photos", &rotation).err(),
        Some(Error::VaultPolicy(PolicyRule::FreshFactor))
    );
    // What presents a factor itself needs no other.
    try_to(Operation::AddFactor).unwrap();
    try_to(Operation::CreateKey).unwrap();
    for operation in [Operation::StopAudit, Operation::SetVaultPolicy] {
        assert_eq!(try_to(operation), refused(PolicyRule::SecondFactor));
    }
    block_on(vault.authenticate(&passkey(), &NOBODY)).unwrap();
    try_to(Operation::StopAudit).unwrap();
    try_to(Operation::SetVaultPolicy).unwrap();
}

#[test]
fn nobody_enrols_a_passkey_for_what_is_refused() {
    let place = Place::with(Box::new(Desk::default()));
    let factors: [&dyn Present; 1] = [&passphrase(PHRASE)];
    let vault = block_on(Vault::create(place.host.clone(), name(), &factors)).unwrap();
    set(&vault, r#"{"operations":["encrypt"]}"#);
    let fresh = passkey();
    let added = block_on(vault.add_factor(&passphrase(PHRASE), &fresh, None, &NOBODY));
    assert_eq!(added.map(drop), refused(PolicyRule::Operations));
    // The desk has made none: it would know it.
    let known = block_on(vault.identify_factor(&passkey()));
    assert!(known.is_err());
}

#[test]
fn a_policy_is_changed_under_the_one_before_and_stays_for_good_where_that_says_so() {
    let place = Place::new();
    let vault = place.create();
    assert!(block_on(vault.policies()).unwrap().is_none());
    set(&vault, r#"{"requireReason":["setVaultPolicy"]}"#);
    assert_eq!(try_set(&vault, "{}"), refused(PolicyRule::RequireReason));
    try_set(
        &vault.because(Some("review")),
        r#"{"operations":["encrypt"]}"#,
    )
    .unwrap();
    let policies = block_on(vault.policies()).unwrap().unwrap();
    assert_eq!((policies.version, policies.applied.len()), (2, 1));
    for vault in [&vault, &place.unlock().unwrap()] {
        let why = vault.because(Some("I want to"));
        assert_eq!(try_set(&why, "{}"), refused(PolicyRule::Operations));
        let gone = block_on(why.set_policy(None)).map(drop);
        assert_eq!(gone, refused(PolicyRule::Operations));
    }
}

#[test]
fn rules_of_one_key_are_none_of_a_vaults_and_the_other_way_round() {
    let vault = Place::new().create();
    create(&vault, "photos");
    for text in [r#"{"maximumUses":1}"#, r#"{"minimumVersion":2}"#] {
        assert!(matches!(try_set(&vault, text), Err(Error::Argument(_))));
    }
    for text in [
        r#"{"operations":["encrypt","backup"]}"#,
        r#"{"requireReason":["addFactor"]}"#,
        r#"{"freshFactor":{"within":"PT5M","operations":["merge"]}}"#,
        r#"{"secondFactor":{"within":"PT5M","operations":["setVaultPolicy"]}}"#,
    ] {
        let action = KeyAction::SetPolicy(Some(Box::new(policy(text))));
        let set = manage(&vault, "photos", &action).map(drop);
        assert!(matches!(set, Err(Error::Argument(_))), "{text}");
    }
}

#[test]
fn a_store_takes_no_policy_away_and_brings_none_back() {
    let place = Place::new();
    let vault = place.create();
    set(&vault, r#"{"operations":["setVaultPolicy"]}"#);
    let row = place.rows_of(RecordType::Policy).remove(0);
    place.write(&[], core::slice::from_ref(&row.record_id));
    assert!(place.is_refused());
    place.write(core::slice::from_ref(&row), &[]);
    let vault = place.unlock().unwrap();
    set(&vault, r#"{"operations":["setVaultPolicy","encrypt"]}"#);
    place.write(&[row], &[]);
    assert!(place.is_refused());
}

#[test]
fn another_tab_obeys_a_policy_as_soon_as_it_changes_something() {
    let place = Place::new();
    let (vault, other) = (place.create(), place.unlock().unwrap());
    create(&other, "photos");
    set(&vault, r#"{"operations":["setVaultPolicy"]}"#);
    let made = block_on(other.add_key(&options("more"), None));
    assert_eq!(made.map(drop), refused(PolicyRule::Operations));
    assert_eq!(seal(&other, "photos", "1"), refused(PolicyRule::Operations));
}

#[test]
fn two_copies_that_set_policies_apart_obey_both_once_they_are_merged() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    set(&vault, r#"{"reviewEvery":"P1Y"}"#);
    let (_other, theirs) = elsewhere(&backup(&vault));
    set(&vault, r#"{"requireReason":["rotate"]}"#);
    set(
        &theirs,
        r#"{"operations":["rotate","setVaultPolicy","merge","backup"]}"#,
    );
    assert!(merge(&vault, &backup(&theirs)).unwrap().policy);
    let policies = block_on(vault.policies()).unwrap().unwrap();
    assert_eq!(policies.applied.len(), 2);
    let rotation = KeyAction::Rotate { waits: false };
    let turn = |vault: &Open| manage(vault, "photos", &rotation).map(drop);
    assert_eq!(turn(&vault), refused(PolicyRule::RequireReason));
    assert_eq!(turn(&vault.because(Some("due"))), Ok(()));
    assert_eq!(seal(&vault, "photos", "1"), refused(PolicyRule::Operations));
    // One policy takes the place of both, and the merge that is repeated changes nothing.
    set(&vault, "{}");
    merge(&vault, &backup(&theirs)).unwrap();
    assert_eq!(
        block_on(vault.policies()).unwrap().unwrap().applied.len(),
        1
    );
    assert_eq!(turn(&vault), Ok(()));
}

#[test]
fn a_backup_of_an_earlier_vault_key_brings_no_policy() {
    let (_place, vault, file, _) = of_earlier_vault_key();
    let (_other, theirs) = elsewhere(&file);
    set(&theirs, r#"{"operations":["backup"]}"#);
    let report = merge_with(&vault, &backup(&theirs), PHRASE).unwrap();
    assert!(!report.proven);
    assert!(block_on(vault.policies()).unwrap().is_none());
}

#[test]
fn a_policy_is_there_under_the_next_vault_key_and_after_a_compromise() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    set(
        &vault,
        r#"{"operations":["rotateVaultKey","revokeFactor","setVaultPolicy"]}"#,
    );
    block_on(vault.rotate_vault_key()).unwrap();
    let is_there = |vault: &Open| {
        assert_eq!(seal(vault, "photos", "1"), refused(PolicyRule::Operations));
    };
    is_there(&vault);
    let id = block_on(vault.factors()).unwrap()[1].id.to_string();
    let present = passphrase(PHRASE);
    block_on(vault.revoke_compromised_factor(&id, &present, Others::default(), &NOBODY)).unwrap();
    is_there(&vault);
    is_there(&place.unlock().unwrap());
}

#[test]
fn a_review_that_is_overdue_is_told() {
    let place = Place::new();
    let vault = place.create();
    set(&vault, r#"{"reviewEvery":"P1D"}"#);
    let overdue = || block_on(vault.vital_signs()).unwrap().overdue_reviews;
    assert_eq!(overdue(), 0);
    place.pass(DAY);
    assert_eq!(overdue(), 1);
    set(&vault, r#"{"reviewEvery":"P1D"}"#);
    assert_eq!(overdue(), 0);
}

#[test]
fn a_refusal_and_a_change_are_entries() {
    let place = Place::new();
    let vault = place.create();
    set(
        &vault.because(Some("new rules")),
        r#"{"operations":["encrypt"]}"#,
    );
    let refusal = block_on(vault.because(Some("please")).rotate_vault_key());
    assert!(refusal.is_err());
    block_on(vault.write_log()).unwrap();
    let entries = block_on(vault.query_audit(&EntryQuery::default()))
        .unwrap()
        .entries;
    let told: Vec<_> = entries
        .iter()
        .map(|logged| &logged.entry)
        .map(|entry| {
            (
                &*entry.operation,
                entry.rule.as_deref(),
                entry.reason.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        told[0],
        ("rotateVaultKey", Some("operations"), Some("please"))
    );
    assert_eq!(told[1], ("setVaultPolicy", None, Some("new rules")));
}

/// A desk at which a passkey takes a while to be made.
struct Slow(Desk, Rc<dyn Fn()>);

impl FactorPort for Slow {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        self.0.answer(challenge)
    }

    fn new_credential<'a>(
        &'a self,
        passkey: &'a Passkey,
        new: NewCredential<'a>,
    ) -> Local<'a, Result<CredentialId>> {
        (self.1)();
        self.0.new_credential(passkey, new)
    }

    fn evaluate_prf<'a>(
        &'a self,
        passkey: &'a Passkey,
        request: PrfRequest<'a>,
    ) -> Local<'a, Result<PrfAnswer>> {
        self.0.evaluate_prf(passkey, request)
    }
}

#[test]
fn who_takes_their_time_to_make_a_passkey_was_asked_before() {
    let pass: Rc<RefCell<Option<Rc<Place>>>> = Rc::default();
    let wait = Rc::clone(&pass);
    let slow = Slow(
        Desk::default(),
        Rc::new(move || {
            if let Some(place) = &*wait.borrow() {
                place.pass(WITHIN + 1);
            }
        }),
    );
    let place = Rc::new(Place::with(Box::new(slow)));
    let factors: [&dyn Present; 1] = [&passphrase(PHRASE)];
    let vault = block_on(Vault::create(place.host.clone(), name(), &factors)).unwrap();
    set(
        &vault,
        r#"{"freshFactor":{"within":"PT5M","operations":["addFactor"]}}"#,
    );
    *pass.borrow_mut() = Some(Rc::clone(&place));
    block_on(vault.add_factor(&passphrase(PHRASE), &passkey(), None, &NOBODY)).unwrap();
    assert_eq!(
        can(&vault, Operation::AddFactor),
        Some(PolicyRule::FreshFactor)
    );
    pass.take();
}

#[test]
fn nobody_presents_a_factor_for_what_another_rule_refuses() {
    let (place, vault, object) = furnished();
    let (_other, theirs) = elsewhere(&backup(&vault));
    let file = backup(&theirs);
    set(&vault, r#"{"operations":["decrypt"]}"#);
    place.take_events();
    let asked = |operation| {
        let wrong = passphrase("no factor of this vault");
        let new = passphrase("another one");
        let id = block_on(vault.factors()).unwrap()[1].id.to_string();
        match operation {
            Operation::AddFactor => {
                block_on(vault.add_factor(&wrong, &new, None, &NOBODY)).map(drop)
            }
            Operation::ReplaceFactor => {
                block_on(vault.replace_factor(&id, &wrong, &new, None, &NOBODY)).map(drop)
            }
            Operation::RevokeFactor => {
                block_on(vault.revoke_factor(&id, &wrong, &NOBODY)).map(drop)
            }
            Operation::Export => {
                block_on(vault.dangerously_export("photos", None, &wrong)).map(drop)
            }
            Operation::Merge => merge_with(&vault, &file, "no factor").map(drop),
            _ => unreachable!(),
        }
    };
    for operation in [
        Operation::AddFactor,
        Operation::ReplaceFactor,
        Operation::RevokeFactor,
        Operation::Export,
        Operation::Merge,
    ] {
        assert_eq!(
            asked(operation),
            refused(PolicyRule::Operations),
            "{operation:?}"
        );
        let named = |told: &&Told| told.operation.starts_with(operation.as_str());
        let told = place.take_events();
        assert_eq!(told.iter().filter(named).count(), 1, "{operation:?}");
    }
    let id = block_on(vault.factors()).unwrap()[1].id.to_string();
    let (wrong, others) = (passphrase("no factor of this vault"), Others::default());
    let revoked = block_on(vault.revoke_compromised_factor(&id, &wrong, others, &NOBODY));
    assert_eq!(revoked.map(drop), refused(PolicyRule::Operations));
    let _ = object;
}

#[test]
fn both_policies_ask_for_everything_else_before_they_ask_for_a_factor() {
    let place = Place::new();
    let (vault, made) = governed(
        &place,
        r#"{"freshFactor":{"within":"PT5M","operations":["decrypt"]},"operations":["decrypt","rotate"]}"#,
    );
    set(
        &vault,
        r#"{"freshFactor":{"within":"PT5M","operations":["destroy","rotate"]},"requireReason":["decrypt"]}"#,
    );
    place.pass(WITHIN + 1);
    let try_to = |operation| attempt(&vault, operation, "photos", &made);
    let theirs = Err(Error::Policy(PolicyRule::Operations));
    assert_eq!(try_to(Operation::Destroy), theirs, "and not freshFactor");
    assert_eq!(
        try_to(Operation::Decrypt),
        refused(PolicyRule::RequireReason)
    );
    for operation in [Operation::Destroy, Operation::Decrypt, Operation::Rotate] {
        let told = can_use(&vault, operation, "photos").map(PolicyRefusal::rule);
        let ended = try_to(operation).err();
        let rule = match ended {
            Some(Error::Policy(rule) | Error::VaultPolicy(rule)) => rule,
            other => unreachable!("{other:?}"),
        };
        assert_eq!(told, Some(rule), "{operation:?}");
    }
}

#[test]
fn policies_that_would_be_too_many_leave_the_rest_of_a_merge_alone() {
    let place = Place::new();
    let vault = place.create();
    let (_other, theirs) = elsewhere(&backup(&vault));
    create(&theirs, "theirs");
    for _ in 0..501 {
        set(&vault, "{}");
        set(&theirs, "{}");
    }
    let before = block_on(vault.policies()).unwrap();
    let report = merge(&vault, &backup(&theirs)).unwrap();
    assert_eq!((report.keys.len(), report.policy), (1, false));
    assert_eq!(report.skipped.len(), 1);
    assert_eq!(report.skipped[0].record, SkippedRecord::Policy);
    assert_eq!(block_on(vault.policies()).unwrap(), before);
}
