//! The policy of an organisation: who may set which, what it refuses, and that nothing takes it back.

use std::rc::Rc;

use pollster::block_on;
use strongroom::{
    Error, Result,
    base::{PolicyRule, SystemEntropy, Thumbprint},
    factors::{Escrow, Present, RecoveryKit},
    jose::{self, Jwk, SigningKey},
    keys::{KeyAction, KeyOptions, KeyRecord, OrganisationPolicy, Period, RequiredFactor},
    store::RecordType,
    vault::{EntryQuery, Others, SkippedRecord, Vault},
};

use crate::{
    fixture::{
        DAY, NOW, OTHER_PHRASE, Open, PHRASE, Place, create, key, manage, name, open, options,
        passphrase, period, record, seal,
    },
    merge::{NOBODY, backup, elsewhere, merge, merge_with, of_earlier_vault_key},
    policy::policy,
    strengthened::Earlier,
};

/// Long after the fixture's clock.
const LATER: u64 = 1_900_000_000_000;

/// An organisation's key, and what it signs.
pub struct Signer(SigningKey);

impl Signer {
    pub fn new() -> Self {
        Self(SigningKey::generate(&SystemEntropy).unwrap())
    }

    pub fn id(&self) -> Thumbprint {
        self.0.thumbprint()
    }

    fn sign_as(&self, typ: &str, payload: &str) -> String {
        jose::sign(typ, payload.as_bytes(), &self.0, &SystemEntropy).unwrap()
    }

    /// A document of the organisation whose first key this is; `more` are members, each with a comma before it.
    fn token(&self, sequence: u64, more: &str) -> String {
        self.token_of(&self.id(), sequence, LATER, more)
    }

    fn token_of(&self, of: &Thumbprint, sequence: u64, until: u64, more: &str) -> String {
        let payload =
            format!(r#"{{"organisation":"{of}","sequence":{sequence},"notAfter":{until}{more}}}"#);
        self.sign_as("sr-policy+jws", &payload)
    }

    pub fn policy(&self, sequence: u64, more: &str) -> OrganisationPolicy {
        OrganisationPolicy::parse(&self.token(sequence, more)).unwrap()
    }

    fn succession(&self, of: &Thumbprint, to: &Self, sequence: u64) -> String {
        let (from, to) = (self.id(), to.id());
        let payload = format!(
            r#"{{"organisation":"{of}","from":"{from}","to":"{to}","sequence":{sequence}}}"#
        );
        self.sign_as("sr-identity+jws", &payload)
    }
}

fn chained(successions: &[&String]) -> String {
    let list: Vec<_> = successions
        .iter()
        .map(|token| format!(r#""{token}""#))
        .collect();
    format!(r#","successions":[{}]"#, list.join(","))
}

/// What refuses all that it can.
const CLOSED: &str = r#","rules":{"operations":["backup"]}"#;

fn refused<T>(rule: PolicyRule) -> Result<T> {
    Err(Error::OrganisationPolicy(rule))
}

fn bound(place: &Place, policy: &OrganisationPolicy) -> Result<Open> {
    let factors: [&dyn Present; 1] = [&passphrase(PHRASE)];
    block_on(Vault::create_under(
        place.host.clone(),
        name(),
        &factors,
        None,
        Some(policy),
    ))
}

fn set(vault: &Open, by: &Signer, policy: &OrganisationPolicy) -> Result<bool> {
    block_on(vault.set_organisation(policy, &by.id())).map(|change| change.changed)
}

fn refresh(vault: &Open, policy: &OrganisationPolicy) -> Result<bool> {
    block_on(vault.refresh_organisation(policy)).map(|change| change.changed)
}

fn in_force(vault: &Open) -> Option<u64> {
    let status = block_on(vault.organisation()).unwrap()?;
    Some(status.organisation.known().unwrap().sequence())
}

#[test]
fn a_vault_is_bound_from_its_beginning_and_by_whoever_opens_it() {
    let (place, acme) = (Place::new(), Signer::new());
    let rules =
        r#","name":"Acme","rules":{"operations":["createKey","encryptValue","decryptValue"]}"#;
    let vault = bound(&place, &acme.policy(1, rules)).unwrap();
    create(&vault, "photos");
    let value = seal(&vault, "photos", "1").unwrap();
    for vault in [&vault, &place.unlock().unwrap()] {
        assert_eq!(open(vault, &value), Ok("1".to_owned()));
        let rotated = block_on(vault.rotate_vault_key()).map(drop);
        assert_eq!(rotated, refused(PolicyRule::Operations));
        // The vault's own policy cannot be set either, where the organisation does not list that.
        let own = block_on(vault.set_policy(Some(&policy("{}")))).map(drop);
        assert_eq!(own, refused(PolicyRule::Operations));
        let status = block_on(vault.organisation()).unwrap().unwrap();
        let known = status.organisation.known().unwrap();
        assert_eq!(
            (known.name(), known.organisation()),
            (Some("Acme"), &acme.id())
        );
    }
}

#[test]
fn what_it_allows_the_vault_and_the_key_can_still_refuse() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = bound(&place, &acme.policy(1, "")).unwrap();
    create(&vault, "photos");
    block_on(vault.set_policy(Some(&policy(r#"{"operations":["encryptValue"]}"#)))).unwrap();
    let value = seal(&vault, "photos", "1").unwrap();
    assert_eq!(
        open(&vault, &value),
        Err(Error::VaultPolicy(PolicyRule::Operations))
    );
}

#[test]
fn what_locks_everything_neither_closes_the_vault_nor_refuses_its_backup() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = bound(
        &place,
        &acme.policy(1, r#","rules":{"operations":["sign"]}"#),
    )
    .unwrap();
    let file = backup(&vault);
    drop(vault.lock());
    let vault = place.unlock().unwrap();
    block_on(vault.factors()).unwrap();
    block_on(vault.vital_signs()).unwrap();
    // Nor what opens it again: the next policy of the organisation.
    assert_eq!(refresh(&vault, &acme.policy(2, "")), Ok(true));
    create(&vault, "photos");
    // A restored copy is bound as its vault was.
    let (_other, copy) = elsewhere(&file);
    assert_eq!(in_force(&copy), Some(1));
}

#[test]
fn a_rule_for_a_backup_is_none() {
    let acme = Signer::new();
    for more in [
        r#","rules":{"requireReason":["backup"]}"#,
        r#","rules":{"freshFactor":{"within":"PT5M","operations":["backup"]}}"#,
        r#","rules":{"secondFactor":{"within":"PT5M","operations":["setOrganisation"]}}"#,
    ] {
        let parsed = OrganisationPolicy::parse(&acme.token(1, more));
        assert!(matches!(parsed, Err(Error::Unsupported(_))), "{more}");
    }
}

#[test]
fn what_is_unknown_or_out_of_bounds_is_no_policy() {
    let acme = Signer::new();
    let id = acme.id();
    let long = format!(r#","name":"{}""#, "x".repeat(257));
    for more in [
        r#","sundial":"noon""#,
        r#","name":"""#,
        r#","name":"a\u0007b""#,
        &long,
        r#","rules":{"sundial":"noon"}"#,
        r#","rules":{"operations":[]}"#,
        r#","rules":{"maximumUses":2}"#,
        r#","rules":null"#,
        r#","rules":{"approval":{"operations":["export"],"approvers":["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]}}"#,
        r#","requiredFactors":[]"#,
        r#","requiredFactors":["passkey","passkey"]"#,
        r#","requiredFactors":["this-device"]"#,
        r#","requiredFactors":["sundial"]"#,
        r#","sequence":2"#,
    ] {
        let parsed = OrganisationPolicy::parse(&acme.token(1, more));
        let known = matches!(parsed, Err(Error::Unsupported(_) | Error::Malformed(_)));
        assert!(known, "{more}: {parsed:?}");
    }
    for payload in [
        format!(r#"{{"organisation":"{id}","sequence":1}}"#),
        format!(r#"{{"organisation":"{id}","notAfter":{LATER}}}"#),
        format!(r#"{{"sequence":1,"notAfter":{LATER}}}"#),
        format!(r#"{{"organisation":"{id}","sequence":0,"notAfter":{LATER}}}"#),
        format!(r#"{{"organisation":"{id}","sequence":1.5,"notAfter":{LATER}}}"#),
        format!(r#"{{"organisation":"{id}","sequence":9007199254740992,"notAfter":{LATER}}}"#),
        format!(r#"{{"organisation":"{id}","sequence":"1","notAfter":{LATER}}}"#),
        format!(r#"{{"organisation":"acme","sequence":1,"notAfter":{LATER}}}"#),
        "[]".to_owned(),
        "garbage".to_owned(),
    ] {
        let parsed = OrganisationPolicy::parse(&acme.sign_as("sr-policy+jws", &payload));
        let known = matches!(parsed, Err(Error::Unsupported(_) | Error::Malformed(_)));
        assert!(known, "{payload}: {parsed:?}");
    }
    let huge = acme.token(1, &format!(r#","name":"{}""#, "x".repeat(64 * 1024)));
    assert!(matches!(
        OrganisationPolicy::parse(&huge),
        Err(Error::TooLarge(_))
    ));
    for text in ["", "<!doctype html>", "a.b.c", "..", "{}"] {
        assert!(OrganisationPolicy::parse(text).is_err(), "{text}");
    }
    // No other kind of signature serves as one.
    let payload = format!(r#"{{"organisation":"{id}","sequence":1,"notAfter":{LATER}}}"#);
    for typ in ["sr-identity+jws", "sr-vault+jws", "JWT"] {
        let parsed = OrganisationPolicy::parse(&acme.sign_as(typ, &payload));
        assert!(matches!(parsed, Err(Error::Unsupported(_))), "{typ}");
    }
}

#[test]
fn a_changed_document_and_one_that_names_another_organisation_are_nobodys() {
    let (acme, other) = (Signer::new(), Signer::new());
    let mut token = acme.token(1, "");
    token.replace_range(token.len() - 8..token.len() - 4, "AAAA");
    assert_eq!(OrganisationPolicy::parse(&token), Err(Error::Decrypt));
    let forged = other.token_of(&acme.id(), 2, LATER, "");
    assert_eq!(OrganisationPolicy::parse(&forged), Err(Error::Decrypt));
}

#[test]
fn only_what_the_pinned_organisation_signed_is_taken() {
    let (place, acme, other) = (Place::new(), Signer::new(), Signer::new());
    let vault = place.create();
    assert_eq!(in_force(&vault), None);
    let theirs = other.policy(1, CLOSED);
    assert_eq!(set(&vault, &acme, &theirs), Err(Error::Decrypt));
    assert!(matches!(refresh(&vault, &theirs), Err(Error::Argument(_))));
    assert_eq!(set(&vault, &acme, &acme.policy(1, "")), Ok(true));
    // Once one binds the vault, no other one does, whatever a page pins.
    assert_eq!(
        set(&vault, &other, &theirs),
        refused(PolicyRule::Organisation)
    );
    assert_eq!(refresh(&vault, &theirs), refused(PolicyRule::Organisation));
    assert_eq!(
        refresh(&vault, &other.policy(9, "")),
        refused(PolicyRule::Organisation)
    );
    assert_eq!(in_force(&vault), Some(1));
}

#[test]
fn a_later_policy_takes_the_place_and_an_older_one_changes_nothing() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = bound(&place, &acme.policy(5, "")).unwrap();
    create(&vault, "photos");
    assert_eq!(refresh(&vault, &acme.policy(7, CLOSED)), Ok(true));
    assert_eq!(seal(&vault, "photos", "1"), refused(PolicyRule::Operations));
    for policy in [acme.policy(5, ""), acme.policy(6, "")] {
        assert_eq!(refresh(&vault, &policy), Ok(false));
        assert_eq!(set(&vault, &acme, &policy), Ok(false));
    }
    assert_eq!(seal(&vault, "photos", "1"), refused(PolicyRule::Operations));
    // The same again, by another signature, is the same; another text of that number is told.
    assert_eq!(refresh(&vault, &acme.policy(7, CLOSED)), Ok(false));
    assert_eq!(
        refresh(&vault, &acme.policy(7, "")),
        refused(PolicyRule::Sequence)
    );
    assert_eq!(in_force(&place.unlock().unwrap()), Some(7));
}

#[test]
fn no_vault_is_created_with_one_that_has_expired_and_where_it_is_it_stays() {
    let (place, acme) = (Place::new(), Signer::new());
    let expired = OrganisationPolicy::parse(&acme.token_of(&acme.id(), 1, 1, "")).unwrap();
    let made = bound(&place, &expired).map(drop);
    assert_eq!(made, refused(PolicyRule::Expired));
    let vault = place.create();
    assert_eq!(set(&vault, &acme, &expired), refused(PolicyRule::Expired));
    create(&vault, "photos");
    assert_eq!(set(&vault, &acme, &acme.policy(1, CLOSED)), Ok(true));
    place.pass(LATER);
    assert_eq!(seal(&vault, "photos", "1"), refused(PolicyRule::Operations));
    backup(&vault);
    drop(vault.lock());
    let vault = place.unlock().unwrap();
    assert_eq!(seal(&vault, "photos", "1"), refused(PolicyRule::Operations));
    // A later one that has expired too is still the later one.
    let next = OrganisationPolicy::parse(&acme.token_of(&acme.id(), 2, 2, "")).unwrap();
    assert_eq!(refresh(&vault, &next), Ok(true));
}

#[test]
fn a_key_is_succeeded_by_one_that_it_signed() {
    let (place, first, second, third) = (Place::new(), Signer::new(), Signer::new(), Signer::new());
    let of = first.id();
    let vault = bound(&place, &first.policy(1, "")).unwrap();
    let to_second = first.succession(&of, &second, 2);
    let to_third = second.succession(&of, &third, 4);
    let by = |signer: &Signer, sequence, links: &[&String]| {
        OrganisationPolicy::parse(&signer.token_of(&of, sequence, LATER, &chained(links)))
    };
    // A device that was away follows two at once.
    let (_other, away) = elsewhere(&backup(&vault));
    let next = by(&second, 2, &[&to_second]).unwrap();
    assert_eq!(refresh(&vault, &next), Ok(true));
    let last = by(&third, 4, &[&to_second, &to_third]).unwrap();
    assert_eq!(refresh(&vault, &last), Ok(true));
    assert_eq!(refresh(&away, &last), Ok(true));
    // Any key of the chain is one that a page can pin.
    for pin in [&first, &second, &third] {
        assert_eq!(set(&vault, pin, &last), Ok(false));
    }
    // The keys before say nothing any more, with whatever number: a page that still has such a policy opens the vault.
    let before = by(&second, 9, &[&to_second]).unwrap();
    for stale in [&first.policy(9, ""), &first.policy(3, ""), &before] {
        assert_eq!(refresh(&vault, stale), Ok(false));
        assert_eq!(join(&vault, &first, stale), Ok(false));
        assert_eq!(in_force(&vault), Some(4));
    }
    // Nor can they name another one.
    let thief = Signer::new();
    let stolen = first.succession(&of, &thief, 2);
    let theirs = by(&thief, 9, &[&stolen]).unwrap();
    assert_eq!(refresh(&vault, &theirs), refused(PolicyRule::Organisation));
    assert_eq!(set(&vault, &second, &theirs), Err(Error::Decrypt));
    assert_eq!(in_force(&vault), Some(4));

    let unlinked = [
        by(&second, 2, &[]),
        by(&third, 4, &[&to_third]),
        by(&third, 4, &[&to_third, &to_second]),
        by(&second, 4, &[&to_second, &to_third]),
        by(&second, 2, &[&thief.succession(&of, &second, 2)]),
        by(&second, 2, &[&first.succession(&thief.id(), &second, 2)]),
        // Of a document before the one that the new key begins with.
        by(&second, 1, &[&to_second]),
        by(&third, 9, &[&to_second, &second.succession(&of, &third, 2)]),
        by(&first, 9, &[&to_second, &second.succession(&of, &first, 3)]),
        by(&second, 2, &[&first.token(2, "")]),
    ];
    for (at, parsed) in unlinked.into_iter().enumerate() {
        assert!(parsed.is_err(), "{at}: {parsed:?}");
    }
}

#[test]
fn the_next_key_has_the_last_word_whatever_the_number_of_the_one_before() {
    let (first, second) = (Signer::new(), Signer::new());
    let of = first.id();
    let to_second = first.succession(&of, &second, 5);
    let by_second = |sequence, more: &str| {
        let more = format!("{}{more}", chained(&[&to_second]));
        OrganisationPolicy::parse(&second.token_of(&of, sequence, LATER, &more)).unwrap()
    };
    // Of the same number and content, and of a lower number than what a thief of the first key has signed.
    for stolen in [5, 9, (1 << 53) - 1] {
        let place = Place::new();
        let vault = bound(&place, &first.policy(stolen, "")).unwrap();
        assert_eq!(refresh(&vault, &by_second(5, "")), Ok(true), "{stolen}");
        let more = first.policy((1 << 53) - 1, CLOSED);
        assert_eq!(refresh(&vault, &more), Ok(false));
        assert_eq!(refresh(&vault, &by_second(6, CLOSED)), Ok(true));
        assert_eq!(refresh(&vault, &by_second(5, "")), Ok(false));
        assert_eq!(in_force(&vault), Some(6));
    }
}

#[test]
fn a_merge_binds_no_vault_by_what_has_expired_or_what_its_own_policy_refuses() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = place.create();
    let (_second, theirs) = elsewhere(&backup(&vault));
    let short = acme.token_of(&acme.id(), 1, place.clock.get().millis() + 1, CLOSED);
    let short = OrganisationPolicy::parse(&short).unwrap();
    set(&theirs, &acme, &short).unwrap();
    let file = backup(&theirs);
    place.clock.set(place.clock.get() + 2);
    assert!(!merge(&vault, &file).unwrap().organisation);
    place.clock.set(NOW);
    let own = policy(r#"{"operations":["merge"]}"#);
    block_on(vault.set_policy(Some(&own))).unwrap();
    assert!(!merge(&vault, &file).unwrap().organisation);
    assert_eq!(in_force(&vault), None);
}

#[test]
fn no_chain_is_longer_than_thirty_two_successions() {
    let keys: Vec<_> = (0..34).map(|_| Signer::new()).collect();
    let of = keys[0].id();
    let links: Vec<_> = (0..33)
        .map(|at| keys[at].succession(&of, &keys[at + 1], at as u64 + 2))
        .collect();
    let parsed = |last: usize| {
        let links: Vec<_> = links[..last].iter().collect();
        OrganisationPolicy::parse(&keys[last].token_of(&of, 50, LATER, &chained(&links)))
    };
    parsed(32).unwrap();
    assert!(parsed(33).is_err());
}

#[test]
fn a_store_takes_no_policy_away_and_brings_none_back() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = bound(&place, &acme.policy(1, "")).unwrap();
    let row = place.rows_of(RecordType::Organisation).remove(0);
    place.write(&[], core::slice::from_ref(&row.record_id));
    assert!(place.is_refused());
    place.write(core::slice::from_ref(&row), &[]);
    drop(vault);
    let vault = place.unlock().unwrap();
    refresh(&vault, &acme.policy(2, CLOSED)).unwrap();
    place.write(&[row], &[]);
    assert!(place.is_refused());
}

#[test]
fn the_vaults_own_policy_refuses_the_first_one_and_no_later_one() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = place.create();
    block_on(vault.set_policy(Some(&policy(r#"{"operations":["setVaultPolicy"]}"#)))).unwrap();
    let first = set(&vault, &acme, &acme.policy(1, ""));
    assert_eq!(first, Err(Error::VaultPolicy(PolicyRule::Operations)));
    block_on(vault.set_policy(None)).unwrap();
    assert_eq!(set(&vault, &acme, &acme.policy(1, "")), Ok(true));
    block_on(vault.set_policy(Some(&policy(r#"{"operations":["encrypt"]}"#)))).unwrap();
    assert_eq!(refresh(&vault, &acme.policy(2, "")), Ok(true));
}

#[test]
fn another_tab_obeys_it_as_soon_as_it_changes_something() {
    let (place, acme) = (Place::new(), Signer::new());
    let (vault, other) = (place.create(), place.unlock().unwrap());
    create(&other, "photos");
    set(&vault, &acme, &acme.policy(1, CLOSED)).unwrap();
    let rotated = block_on(other.rotate_vault_key()).map(drop);
    assert_eq!(rotated, refused(PolicyRule::Operations));
    assert_eq!(seal(&other, "photos", "1"), refused(PolicyRule::Operations));
}

#[test]
fn a_merge_takes_the_later_one_and_none_of_another_organisation() {
    let (place, acme, other) = (Place::new(), Signer::new(), Signer::new());
    let vault = bound(&place, &acme.policy(1, "")).unwrap();
    let before = backup(&vault);
    let (_second, theirs) = elsewhere(&before);
    refresh(&theirs, &acme.policy(3, r#","name":"Acme""#)).unwrap();
    refresh(&vault, &acme.policy(2, "")).unwrap();
    let later = backup(&theirs);
    let report = merge(&vault, &later).unwrap();
    assert!(report.organisation && report.proven);
    assert_eq!(in_force(&vault), Some(3));
    // Neither the same copy again nor an older one changes anything.
    for file in [&later, &before] {
        let report = merge(&vault, file).unwrap();
        assert!(!report.organisation && report.skipped.is_empty());
        assert_eq!(in_force(&vault), Some(3));
    }

    // Two copies that were bound apart.
    let place = Place::new();
    let vault = place.create();
    let (_second, theirs) = elsewhere(&backup(&vault));
    set(&theirs, &other, &other.policy(9, CLOSED)).unwrap();
    let file = backup(&theirs);
    set(&vault, &acme, &acme.policy(1, "")).unwrap();
    let report = merge(&vault, &file).unwrap();
    assert!(!report.organisation);
    let skipped = &report.skipped[0];
    assert_eq!(
        (skipped.record, skipped.reason),
        (SkippedRecord::Organisation, "conflict")
    );
    assert_eq!(in_force(&vault), Some(1));
}

#[test]
fn a_copy_that_no_organisation_binds_is_bound_by_a_merge_and_never_freed_by_one() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = place.create();
    let free = backup(&vault);
    let (_second, theirs) = elsewhere(&free);
    set(&theirs, &acme, &acme.policy(1, CLOSED)).unwrap();
    assert!(merge(&vault, &backup(&theirs)).unwrap().organisation);
    assert_eq!(in_force(&vault), Some(1));
    refresh(
        &vault,
        &acme.policy(2, r#","rules":{"operations":["merge"]}"#),
    )
    .unwrap();
    assert!(!merge(&vault, &free).unwrap().organisation);
    assert_eq!(in_force(&vault), Some(2));
}

#[test]
fn a_backup_of_an_earlier_vault_key_brings_none() {
    let (_place, vault, file, _) = of_earlier_vault_key();
    let (_other, theirs) = elsewhere(&file);
    let acme = Signer::new();
    set(&theirs, &acme, &acme.policy(1, CLOSED)).unwrap();
    let report = merge_with(&vault, &backup(&theirs), PHRASE).unwrap();
    assert!(!report.proven && !report.organisation);
    assert_eq!(in_force(&vault), None);
}

#[test]
fn it_is_there_under_the_next_vault_key_and_after_a_compromise() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = place.create();
    set(&vault, &acme, &acme.policy(4, "")).unwrap();
    block_on(vault.rotate_vault_key()).unwrap();
    let id = block_on(vault.factors()).unwrap()[1].id.to_string();
    let present = passphrase(PHRASE);
    block_on(vault.revoke_compromised_factor(&id, &present, Others::default(), &NOBODY)).unwrap();
    assert_eq!(in_force(&vault), Some(4));
    assert_eq!(in_force(&place.unlock().unwrap()), Some(4));
}

#[test]
fn required_factors_are_given_at_create_and_the_last_one_stays() {
    let (place, acme) = (Place::new(), Signer::new());
    let needs = acme.policy(1, r#","requiredFactors":["recovery","passphrase"]"#);
    assert_eq!(
        bound(&place, &needs).map(drop),
        refused(PolicyRule::RequiredFactors)
    );
    let kit = RecoveryKit::generate(&SystemEntropy).unwrap();
    let (mine, host) = (passphrase(PHRASE), place.host.clone());
    let factors: [&dyn Present; 2] = [&mine, &kit];
    let made = Vault::create_under(host, name(), &factors, None, Some(&needs));
    let vault = block_on(made).unwrap();
    let kit_id = block_on(vault.factors()).unwrap()[1].id.to_string();
    let gone = || block_on(vault.revoke_factor(&kit_id, &mine, &NOBODY)).map(drop);
    assert_eq!(gone(), refused(PolicyRule::RequiredFactors));
    let lost = || {
        let others = Others::default();
        block_on(vault.revoke_compromised_factor(&kit_id, &mine, others, &NOBODY)).map(drop)
    };
    assert_eq!(lost(), refused(PolicyRule::RequiredFactors));
    let other = passphrase(OTHER_PHRASE);
    let replaced = block_on(vault.replace_factor(&kit_id, &mine, &other, None, &NOBODY));
    assert_eq!(replaced.map(drop), refused(PolicyRule::RequiredFactors));
    // Another of its kind takes its place, and then it goes.
    let second = RecoveryKit::generate(&SystemEntropy).unwrap();
    block_on(vault.add_factor(&mine, &second, None, &NOBODY)).unwrap();
    assert_eq!(gone(), Ok(()));
}

#[test]
fn what_an_existing_vault_lacks_is_told_and_keeps_no_other_factor() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = place.create();
    let needs = acme.policy(1, r#","requiredFactors":["passkey","passphrase"]"#);
    set(&vault, &acme, &needs).unwrap();
    let missing = |vault: &Open| {
        let signs = block_on(vault.vital_signs()).unwrap();
        signs.organisation.unwrap().missing
    };
    assert_eq!(missing(&vault), [RequiredFactor::Passkey]);
    // One of two passphrases can go.
    let id = block_on(vault.factors()).unwrap()[1].id.to_string();
    block_on(vault.revoke_factor(&id, &passphrase(PHRASE), &NOBODY)).unwrap();
    assert_eq!(missing(&vault), [RequiredFactor::Passkey]);
}

#[test]
fn refusals_and_changes_are_entries() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = place.create();
    let why = vault.because(Some("joined"));
    block_on(why.set_organisation(&acme.policy(1, CLOSED), &acme.id())).unwrap();
    refresh(&vault, &acme.policy(2, CLOSED)).unwrap();
    assert!(refresh(&vault, &acme.policy(2, "")).is_err());
    assert!(block_on(vault.rotate_vault_key()).is_err());
    block_on(vault.write_log()).unwrap();
    let page = block_on(vault.query_audit(&EntryQuery::default())).unwrap();
    let told = |at: usize| {
        let entry = &page.entries[at].entry;
        let (rule, reason) = (entry.rule.clone(), entry.reason.clone());
        (
            entry.operation.clone(),
            rule.unwrap_or_default(),
            reason.unwrap_or_default(),
        )
    };
    let entry =
        |one: &str, two: &str, three: &str| (one.to_owned(), two.to_owned(), three.to_owned());
    assert_eq!(told(0), entry("rotateVaultKey", "operations", ""));
    assert_eq!(told(1), entry("refreshOrganisation", "sequence", ""));
    assert_eq!(told(2), entry("refreshOrganisation", "", ""));
    assert_eq!(told(3), entry("setOrganisation", "", "joined"));
}

fn every(key: &KeyRecord) -> Option<&str> {
    key.rotate_every.as_ref().map(Period::as_str)
}

#[test]
fn no_key_protects_for_longer_than_the_organisation_says() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = bound(&place, &acme.policy(1, r#","maximumCryptoperiod":"P30D""#)).unwrap();
    let add = |alias: &str, text: Option<&str>| {
        let options = KeyOptions {
            rotate_every: text.map(period),
            ..options(alias)
        };
        block_on(vault.add_key(&options, None)).map(record)
    };
    // Who says nothing gets what is required.
    assert_eq!(every(&add("a", None).unwrap()), Some("P30D"));
    assert_eq!(every(&add("b", Some("P7D")).unwrap()), Some("P7D"));
    let too_long = |outcome: Result<()>| {
        assert_eq!(outcome, refused(PolicyRule::MaximumCryptoperiod));
    };
    too_long(add("c", Some("P31D")).map(drop));
    assert!(block_on(vault.find_key("c")).is_err());
    let update = |every: Option<&str>| {
        let action = KeyAction::Update {
            alias: None,
            labels: None,
            rotate_every: Some(every.map(period)),
        };
        manage(&vault, "b", &action).map(drop)
    };
    too_long(update(None));
    too_long(update(Some("P1Y")));
    assert_eq!(every(&key(&vault, "b")), Some("P7D"));
    update(Some("P30D")).unwrap();
    let session = |ttl| block_on(vault.create_session(&options("s"), ttl)).map(drop);
    too_long(session(31 * DAY));
    session(DAY).unwrap();
    // It is rotated when its time is over, as any key is.
    place.pass(30 * DAY);
    assert_eq!(block_on(vault.tick()).unwrap().rotated.len(), 2);
}

#[test]
fn keys_of_before_that_are_not_rotated_in_time_are_counted() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = place.create();
    create(&vault, "never");
    for (alias, text) in [("seldom", "P1Y"), ("often", "P7D")] {
        let options = KeyOptions {
            rotate_every: Some(period(text)),
            ..options(alias)
        };
        block_on(vault.add_key(&options, None)).unwrap();
    }
    let late = || block_on(vault.vital_signs()).unwrap().late_rotations;
    assert_eq!(late(), 0);
    set(
        &vault,
        &acme,
        &acme.policy(1, r#","maximumCryptoperiod":"P30D""#),
    )
    .unwrap();
    assert_eq!(late(), 2);
    // What is rotated soon was in use for too long all the same.
    place.pass(340 * DAY);
    assert_eq!(late(), 2);
}

#[test]
fn a_merge_brings_no_key_that_protects_for_longer() {
    for sets_it in ["here", "there"] {
        let (place, acme) = (Place::new(), Signer::new());
        let vault = place.create();
        let add = |to: &Open, alias: &str, text: Option<&str>| {
            let options = KeyOptions {
                rotate_every: text.map(period),
                ..options(alias)
            };
            block_on(to.add_key(&options, None)).unwrap();
        };
        add(&vault, "before", Some("P1Y"));
        add(&vault, "often", Some("P7D"));
        let (_second, theirs) = elsewhere(&backup(&vault));
        add(&theirs, "seldom", Some("P1Y"));
        add(&theirs, "never", None);
        add(&theirs, "weekly", Some("P7D"));
        let update = KeyAction::Update {
            alias: None,
            labels: None,
            rotate_every: Some(None),
        };
        manage(&theirs, "often", &update).unwrap();
        manage(&theirs, "before", &KeyAction::Rotate { waits: false }).unwrap();
        let binds = if sets_it == "here" { &vault } else { &theirs };
        set(
            binds,
            &acme,
            &acme.policy(1, r#","maximumCryptoperiod":"P30D""#),
        )
        .unwrap();
        let file = backup(&theirs);
        merge(&vault, &file).unwrap();
        for again in [false, true] {
            let all = ["seldom", "never", "weekly", "often", "before"]
                .map(|alias| every(&key(&vault, alias)).map(str::to_owned));
            let expected = ["P30D", "P30D", "P7D", "P30D", "P1Y"].map(|text| Some(text.to_owned()));
            assert_eq!(all, expected, "{sets_it}, {again}");
            // What was here before is told, and stays.
            assert_eq!(block_on(vault.vital_signs()).unwrap().late_rotations, 1);
            merge(&vault, &file).unwrap();
        }
    }
}

const FOUR_PASSES: &str = r#","minimumArgon2":{"memory":65536,"passes":4}"#;

fn weak(vault: &Open) -> usize {
    let signs = block_on(vault.vital_signs()).unwrap();
    signs.organisation.unwrap().weak.len()
}

#[test]
fn a_new_passphrase_costs_what_the_organisation_says() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = bound(&place, &acme.policy(1, FOUR_PASSES)).unwrap();
    let (mine, other) = (passphrase(PHRASE), passphrase("another one"));
    block_on(vault.add_factor(&mine, &other, None, &NOBODY)).unwrap();
    assert_eq!(weak(&vault), 0);
    let cheap = Earlier(passphrase("a third one"));
    let too_cheap = |outcome: Result<()>| {
        assert_eq!(outcome, refused(PolicyRule::MinimumArgon2));
    };
    too_cheap(block_on(vault.add_factor(&mine, &cheap, None, &NOBODY)).map(drop));
    let id = block_on(vault.factors()).unwrap()[1].id.to_string();
    too_cheap(block_on(vault.replace_factor(&id, &mine, &cheap, None, &NOBODY)).map(drop));
    let elsewhere = Place::new();
    let policy = acme.policy(1, FOUR_PASSES);
    let (host, factors): (_, [&dyn Present; 1]) = (elsewhere.host.clone(), [&cheap]);
    let made = Vault::create_under(host, name(), &factors, None, Some(&policy));
    too_cheap(block_on(made).map(drop));
    assert!(elsewhere.rows().is_empty());
}

#[test]
fn a_passphrase_of_before_is_told_and_costs_enough_after_an_unlock() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = place.create();
    let all = block_on(vault.factors()).unwrap().len();
    set(&vault, &acme, &acme.policy(1, FOUR_PASSES)).unwrap();
    assert_eq!(weak(&vault), all);
    let kit = RecoveryKit::generate(&SystemEntropy).unwrap();
    block_on(vault.add_factor(&passphrase(PHRASE), &kit, None, &NOBODY)).unwrap();
    assert_eq!(weak(&vault), all, "a kit is not tried");
    let vault = place.unlock().unwrap();
    assert_eq!(weak(&vault), all - 1);
    assert_eq!(weak(&place.unlock().unwrap()), all - 1, "once");
}

#[test]
fn periods_costs_and_collectors_out_of_bounds_are_no_policy() {
    let acme = Signer::new();
    let long = format!(r#","collector":"https://{}""#, "x".repeat(2041));
    for more in [
        r#","maximumCryptoperiod":"PT0S""#,
        r#","maximumCryptoperiod":30"#,
        r#","minimumArgon2":{"memory":65536}"#,
        r#","minimumArgon2":{"memory":1024,"passes":3}"#,
        r#","minimumArgon2":{"memory":65536,"passes":1}"#,
        r#","minimumArgon2":{"memory":65536,"passes":3,"lanes":1}"#,
        r#","collector":"http://collector.example/""#,
        r#","collector":"https://a b""#,
        &long,
    ] {
        let parsed = OrganisationPolicy::parse(&acme.token(1, more));
        assert!(matches!(parsed, Err(Error::Unsupported(_))), "{more}");
    }
    let sound = r#","maximumCryptoperiod":"P1Y","collector":"https://collector.example/audit""#;
    assert_eq!(
        acme.policy(1, sound).collector(),
        Some("https://collector.example/audit")
    );
}

fn join(vault: &Open, by: &Signer, policy: &OrganisationPolicy) -> Result<bool> {
    block_on(vault.join_organisation(policy, &by.id())).map(|change| change.changed)
}

#[test]
fn who_opens_a_vault_binds_it_or_brings_a_later_policy() {
    let (place, acme, other) = (Place::new(), Signer::new(), Signer::new());
    let vault = place.create();
    let theirs = other.policy(1, "");
    let wrong = block_on(vault.join_organisation(&theirs, &acme.id())).map(drop);
    assert_eq!(wrong, Err(Error::Decrypt));
    assert_eq!(join(&vault, &acme, &acme.policy(2, "")), Ok(true));
    assert_eq!(join(&vault, &acme, &acme.policy(2, "")), Ok(false));
    assert_eq!(join(&vault, &acme, &acme.policy(1, "")), Ok(false));
    assert_eq!(
        join(&vault, &other, &theirs),
        refused(PolicyRule::Organisation)
    );
    // The vault's own policy cannot keep a later one away.
    block_on(vault.set_policy(Some(&policy(r#"{"operations":["createKey"]}"#)))).unwrap();
    assert_eq!(join(&vault, &acme, &acme.policy(3, "")), Ok(true));
    let free = Place::new().create();
    block_on(free.set_policy(Some(&policy(r#"{"operations":["createKey"]}"#)))).unwrap();
    let kept_free = join(&free, &acme, &acme.policy(1, ""));
    assert!(matches!(kept_free, Err(Error::VaultPolicy(_))));
}

#[test]
fn on_a_full_disk_what_is_bound_opens_and_nothing_else_does() {
    let (place, acme, other) = (Place::new(), Signer::new(), Signer::new());
    let enter = |vault: &Open, by: &Signer, policy: &OrganisationPolicy| {
        block_on(vault.enter_organisation(policy, &by.id())).map(|change| change.changed)
    };
    let vault = bound(&place, &acme.policy(2, "")).unwrap();
    place.host.store.fails.set(true);
    assert_eq!(enter(&vault, &acme, &acme.policy(3, CLOSED)), Ok(false));
    assert_eq!(in_force(&vault), Some(2));
    // Who only asks for the later one is told.
    assert!(matches!(
        join(&vault, &acme, &acme.policy(3, CLOSED)),
        Err(Error::Storage(_) | Error::Store(_))
    ));
    let theirs = other.policy(9, "");
    assert_eq!(
        enter(&vault, &other, &theirs),
        refused(PolicyRule::Organisation)
    );
    assert_eq!(
        enter(&vault, &acme, &acme.policy(2, CLOSED)),
        refused(PolicyRule::Sequence)
    );
    // Another tab binds it to another organisation, and then the disk is full.
    let taken = Place::new();
    let (vault, tab) = (taken.create(), taken.unlock().unwrap());
    let (host, by) = (taken.host.clone(), other.policy(1, ""));
    *taken.host.store.meanwhile.borrow_mut() = Some(Box::new(move || {
        block_on(tab.set_organisation(&by, by.organisation())).unwrap();
        host.store.fails.set(true);
    }));
    assert!(enter(&vault, &acme, &acme.policy(3, "")).is_err());
    assert_eq!(in_force(&vault), Some(1));
    let free = Place::new();
    let vault = free.create();
    free.host.store.fails.set(true);
    assert!(matches!(
        enter(&vault, &acme, &acme.policy(3, "")),
        Err(Error::Storage(_) | Error::Store(_))
    ));
}

#[test]
fn a_signature_is_verified_once_and_what_changes_is_verified_again() {
    let (place, acme) = (Place::new(), Signer::new());
    let vault = bound(&place, &acme.policy(1, "")).unwrap();
    let in_force = || {
        let status = block_on(vault.organisation()).unwrap().unwrap();
        status.organisation
    };
    let first = in_force();
    create(&vault, "photos");
    block_on(vault.set_policy(Some(&policy(r#"{"reviewEvery":"P1Y"}"#)))).unwrap();
    assert!(Rc::ptr_eq(&first, &in_force()), "a commit");
    refresh(&vault, &acme.policy(2, "")).unwrap();
    let second = in_force();
    assert_eq!(second.known().unwrap().sequence(), 2);
    create(&vault, "letters");
    assert!(Rc::ptr_eq(&second, &in_force()));
}

#[test]
fn a_name_that_hides_something_is_no_name() {
    let acme = Signer::new();
    for name in ["Ac\u{200b}me", "\u{202e}emcA"] {
        let parsed = OrganisationPolicy::parse(&acme.token(1, &format!(r#","name":"{name}""#)));
        assert!(matches!(parsed, Err(Error::Unsupported(_))), "{name}");
    }
}

/// A document that names a key for escrow.
fn escrowed(by: &Signer, sequence: u64, key: &Jwk) -> OrganisationPolicy {
    let public = key.public_object().unwrap().text();
    by.policy(sequence, &format!(r#","escrow":{public}"#))
}

#[test]
fn a_vault_is_made_with_the_organisations_own_key_and_keeps_it() {
    let (place, acme) = (Place::new(), Signer::new());
    let [own, other] = [(); 2].map(|()| Jwk::generate_p256(&SystemEntropy).unwrap());
    let recipient = |key: &Jwk| Escrow::from_jwk(&key.public().unwrap()).unwrap();
    let policy = escrowed(&acme, 1, &own);
    let make = |factors: &[&dyn Present]| {
        let host = place.host.clone();
        block_on(Vault::create_under(
            host,
            name(),
            factors,
            None,
            Some(&policy),
        ))
    };
    let mine = passphrase(PHRASE);
    assert_eq!(
        make(&[&mine]).err(),
        refused::<()>(PolicyRule::Escrow).err()
    );
    let wrong = make(&[&mine, &recipient(&other)]).err();
    assert_eq!(wrong, refused::<()>(PolicyRule::Escrow).err());
    let vault = make(&[&mine, &recipient(&own), &passphrase(OTHER_PHRASE)]).unwrap();
    let factors = block_on(vault.factors()).unwrap();
    let (id, stolen) = (factors[1].id.as_str(), factors[2].id.as_str());
    let revoked = block_on(vault.revoke_factor(id, &mine, &NOBODY)).map(drop);
    assert_eq!(revoked, refused(PolicyRule::Escrow));
    // Nor does it go among those that nobody listed.
    let others = Others {
        keep: Some(&[]),
        ..Others::default()
    };
    let revoked = vault.revoke_compromised_factor(stolen, &mine, others, &NOBODY);
    assert_eq!(block_on(revoked).map(drop), refused(PolicyRule::Escrow));
    // Another key takes its place once the policy says so, and nobody adds it by a policy.
    refresh(&vault, &escrowed(&acme, 2, &other)).unwrap();
    let status = || block_on(vault.organisation()).unwrap().unwrap();
    assert!(status().lacks_escrow);
    assert_eq!(block_on(vault.factors()).unwrap().len(), 3);
    let next = recipient(&other);
    block_on(vault.replace_factor(id, &mine, &next, None, &NOBODY)).unwrap();
    assert!(!status().lacks_escrow);
}

#[test]
fn a_key_for_escrow_is_public_on_the_curve_and_says_nothing_else() {
    let acme = Signer::new();
    let key = Jwk::generate_p256(&SystemEntropy).unwrap();
    let public = key.public_object().unwrap().text();
    let private = key.to_json();
    let named = key.public().unwrap().with("kid", "a").to_json();
    for odd in [
        private.as_str(),
        named.as_str(),
        r#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
        r#"{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
        "{}",
        "7",
    ] {
        let read = OrganisationPolicy::parse(&acme.token(1, &format!(r#","escrow":{odd}"#)));
        assert!(matches!(read, Err(Error::Unsupported(_))), "{odd}");
    }
    // Nor is it the key that signs policies.
    let signer = acme.0.to_jwk().bare().public_object().unwrap().text();
    let read = OrganisationPolicy::parse(&acme.token(1, &format!(r#","escrow":{signer}"#)));
    assert!(matches!(read, Err(Error::Unsupported(_))));
    let read = OrganisationPolicy::parse(&acme.token(1, &format!(r#","escrow":{public}"#)));
    assert!(read.is_ok());
}
