//! Operations that a policy allows to who presented a factor lately, and what counts as that.

use pollster::block_on;
use strongroom::{
    Context, Error, Result,
    base::{Duration, PolicyRule, SystemEntropy},
    factors::{Passkey, Present, RecoveryKit, ReloadPeriod, ThisDevice, Together},
    keys::{KeyAction, KeyOptions, Operation},
    records::{FactorKind, FactorPair},
    vault::{EntryQuery, ExpectedVault, FactorInfo, Others, PolicyRefusal, Vault},
};

use crate::{
    fixture::{
        DAY, NOW, OTHER_PHRASE, Open, PHRASE, Place, create, key, manage, name, options,
        passphrase, place_without_timers, record, rotate,
    },
    merge::{backup, elsewhere, merge},
    passkey::{Desk, passkey},
    policy::{attempt, governed, key_for, policy},
    this_device::Browser,
};

const MINUTE: u64 = 60 * 1000;
const WITHIN: u64 = 5 * MINUTE;
const FRESH: Error = Error::Policy(PolicyRule::FreshFactor);
const SECOND: Error = Error::Policy(PolicyRule::SecondFactor);
const ROTATION: &str = r#"{"freshFactor":{"within":"PT5M","operations":["rotate","setPolicy"]}}"#;

fn authenticate(vault: &Open, present: &dyn Present) -> Result<FactorInfo> {
    block_on(vault.authenticate(present, &|_, _| Ok(())))
}

fn again(vault: &Open) {
    authenticate(vault, &passphrase(PHRASE)).unwrap();
}

/// A new version of the key "photos".
fn turn(vault: &Open) -> Result<()> {
    manage(vault, "photos", &KeyAction::Rotate { waits: false }).map(drop)
}

fn can_turn(vault: &Open) -> Option<PolicyRefusal> {
    block_on(vault.can(Operation::Rotate, "photos", &Context::none())).unwrap()
}

fn add(vault: &Open, text: &str) {
    let options = KeyOptions {
        policy: Some(policy(text)),
        ..options("photos")
    };
    record(block_on(vault.add_key(&options, None)).unwrap());
}

/// A vault whose key "photos" has that policy, unlocked a while ago.
fn stale(text: &str) -> (Place, Open) {
    let place = Place::new();
    let vault = place.create();
    add(&vault, text);
    place.pass(WITHIN + 1);
    (place, vault)
}

fn unlock(place: &Place, present: &dyn Present) -> Open {
    let vault = block_on(Vault::open(place.host.clone(), name())).unwrap();
    block_on(vault.unlock(present, None)).unwrap()
}

#[test]
fn every_operation_that_is_named_is_refused_until_a_person_proves_themselves() {
    for operation in Operation::OF_KEYS {
        let place = Place::new();
        let rule = format!(
            r#"{{"freshFactor":{{"within":"PT5M","operations":["{}"]}}}}"#,
            operation.as_str()
        );
        let (vault, made) = governed(&place, &rule);
        let alias = key_for(operation);
        let can = || block_on(vault.can(operation, alias, &Context::none())).unwrap();
        assert_eq!(can(), None);
        place.pass(WITHIN);
        assert_eq!(can(), None, "the bound is within");
        place.pass(1);
        assert_eq!(can(), Some(PolicyRefusal::Key(PolicyRule::FreshFactor)));
        let before = key(&vault, alias);
        // An export asks for a factor itself.
        if operation != Operation::Export {
            let attempted = attempt(&vault, operation, alias, &made);
            assert_eq!(attempted, Err(FRESH), "{operation:?}");
            assert_eq!(key(&vault, alias), before);
        }
        for other in Operation::OF_KEYS {
            let can = block_on(vault.can(other, alias, &Context::none()));
            assert_eq!(can.unwrap().is_some(), other == operation);
        }
        again(&vault);
        assert_eq!(can(), None);
        let attempted = attempt(&vault, operation, alias, &made);
        assert!(!matches!(attempted, Err(Error::Policy(_))), "{operation:?}");
    }
}

#[test]
fn what_is_refused_all_the_same_asks_nobody_for_a_factor() {
    let (_place, vault) = stale(
        r#"{"operations":["encryptValue","rotate"],"requireReason":["rotate"],"notAfter":1,
            "freshFactor":{"within":"PT5M","operations":["rotate","encryptValue","destroy"]}}"#,
    );
    let can = |operation| block_on(vault.can(operation, "photos", &Context::none())).unwrap();
    assert_eq!(
        can(Operation::Destroy),
        Some(PolicyRefusal::Key(PolicyRule::Operations))
    );
    assert_eq!(
        can(Operation::Rotate),
        Some(PolicyRefusal::Key(PolicyRule::RequireReason))
    );
    assert_eq!(
        can(Operation::EncryptValue),
        Some(PolicyRefusal::Key(PolicyRule::NotAfter))
    );
    assert_eq!(
        can_turn(&vault.because(Some("due"))),
        Some(PolicyRefusal::Key(PolicyRule::FreshFactor))
    );
}

#[test]
fn what_proves_no_person_does_not_count() {
    let browser = Browser::default();
    let place = Place::with(Box::new(browser.clone()));
    let month = Duration::parse("P30D").unwrap();
    let device = || ThisDevice::new(place.host.clock.clone());
    let own = device().lasting(Some(month));
    let factors: [&dyn Present; 2] = [&passphrase(PHRASE), &own];
    let vault = block_on(Vault::create(place.host.clone(), name(), &factors)).unwrap();
    add(&vault, ROTATION);
    // Whoever makes a vault has chosen its factors, and presented none.
    assert_eq!(turn(&vault), Err(FRESH));

    let by_device = unlock(&place, &device());
    assert_eq!(turn(&by_device), Err(FRESH));
    let refused = authenticate(&by_device, &device()).err();
    assert!(
        matches!(refused, Some(Error::PersonNeeded(_))),
        "{refused:?}"
    );
    let confirmed = block_on(by_device.confirm(&device(), &ExpectedVault::default()));
    assert!(confirmed.is_ok());
    let rehearsed = block_on(by_device.rehearse(&passphrase(PHRASE), &|_, _| Ok(())));
    assert!(rehearsed.is_ok());
    assert!(block_on(by_device.identify_factor(&passphrase(PHRASE))).is_ok());
    assert_eq!(turn(&by_device), Err(FRESH));

    // A person has unlocked it before the page was loaded again.
    let by_person = unlock(&place, &passphrase(PHRASE));
    turn(&by_person).unwrap();
    let until = NOW + 10 * MINUTE;
    let kept = block_on(by_person.prepare_reload(&browser, ReloadPeriod { since: NOW, until }));
    let shut = block_on(Vault::open(place.host.clone(), name())).unwrap();
    let expected = ExpectedVault::default();
    let reopened = block_on(shut.reopen(&browser, &kept.unwrap(), &expected, 15 * MINUTE));
    let reopened = reopened.unwrap().0;
    assert_eq!(turn(&reopened), Err(FRESH));
    again(&reopened);
    assert_eq!(turn(&reopened), Ok(()));
}

#[test]
fn each_call_that_a_person_presents_a_factor_to_counts() {
    let (place, vault) = stale(ROTATION);
    let pass = || {
        place.pass(WITHIN + 1);
        assert_eq!(turn(&vault), Err(FRESH));
    };
    assert_eq!(turn(&vault), Err(FRESH));
    block_on(vault.confirm(&passphrase(PHRASE), &ExpectedVault::default())).unwrap();
    turn(&vault).unwrap();
    pass();
    let kit = RecoveryKit::generate(&SystemEntropy).unwrap();
    let present = passphrase(PHRASE);
    block_on(vault.add_factor(&present, &kit, None, &|_, _| Ok(()))).unwrap();
    turn(&vault).unwrap();
    pass();
    create(&vault, "free");
    block_on(vault.dangerously_export("free", None, &present)).unwrap();
    turn(&vault).unwrap();
    pass();
    assert_eq!(authenticate(&vault, &kit).unwrap().kind, "recovery-kit");
    turn(&vault).unwrap();
    pass();
    // A factor of a backup opens that.
    let file = backup(&vault);
    block_on(vault.merge(&file, Some(&present), &|_, _| Ok(()))).unwrap();
    assert_eq!(turn(&vault), Err(FRESH));
}

#[test]
fn a_factor_that_does_not_open_the_vault_proves_nothing() {
    let (place, vault) = stale(ROTATION);
    let wrong = authenticate(&vault, &passphrase("a guess")).err();
    assert_eq!(wrong, Some(Error::WrongFactor));
    let kit = RecoveryKit::generate(&SystemEntropy).unwrap();
    assert_eq!(authenticate(&vault, &kit).err(), Some(Error::NoFactor));
    assert_eq!(turn(&vault), Err(FRESH));
    // Another vault in this one's place, which the same passphrase opens.
    let other = Place::new();
    other.create();
    let ours = place.rows();
    place.replay(&other.rows());
    let stranger = authenticate(&vault, &passphrase(PHRASE)).err();
    assert_eq!(stranger, Some(Error::NoVault));
    place.replay(&ours);
    assert_eq!(
        can_turn(&vault),
        Some(PolicyRefusal::Key(PolicyRule::FreshFactor))
    );
}

#[test]
fn what_was_proved_ends_with_the_unlock_and_is_no_other_tabs() {
    let (place, vault) = stale(ROTATION);
    let other = place.unlock_with(OTHER_PHRASE).unwrap();
    place.pass(WITHIN + 1);
    again(&vault);
    assert_eq!(turn(&other), Err(FRESH));
    turn(&vault).unwrap();
    // A handle for a reason is the same unlock.
    turn(&vault.because(Some("due"))).unwrap();
    vault.forget();
    assert_eq!(turn(&vault), Err(Error::Locked));
    assert_eq!(
        authenticate(&vault, &passphrase(PHRASE)).err(),
        Some(Error::Locked)
    );
}

#[test]
fn a_clock_that_is_set_makes_nothing_fresh() {
    let (place, vault) = stale(ROTATION);
    place.clock.set(NOW);
    assert_eq!(turn(&vault), Err(FRESH), "as when it was unlocked");
    again(&vault);
    // Back by as much as has passed, again and again.
    for _ in 0..5 {
        place.pass(MINUTE);
        turn(&vault).unwrap();
        place.clock.set(NOW);
    }
    place.pass(1);
    assert_eq!(turn(&vault), Err(FRESH));
    again(&vault);
    place.clock.set(crate::fixture::ago(DAY));
    assert_eq!(
        turn(&vault),
        Err(FRESH),
        "by more than clocks are corrected"
    );
    again(&vault);
    place.pass_slowly(WITHIN + 1, 0);
    assert_eq!(turn(&vault), Err(FRESH), "a clock that stands still");
    again(&vault);
    // A machine that slept.
    place.clock.set(place.clock.get() + (WITHIN + 1));
    assert_eq!(turn(&vault), Err(FRESH));
}

#[test]
fn what_was_seen_to_be_over_stays_so_whatever_is_made_of_the_clock() {
    for look in [
        |vault: &Open| drop(turn(vault)),
        |vault: &Open| drop(block_on(vault.tick())),
        |vault: &Open| drop(block_on(vault.probe())),
    ] {
        let (place, vault) = stale(ROTATION);
        again(&vault);
        // A machine that slept, of which the steady count knows nothing.
        let then = place.clock.get();
        place.clock.set(then + (WITHIN + 1));
        look(&vault);
        place.clock.set(then);
        assert_eq!(turn(&vault), Err(FRESH));
        // Nor does what nobody knew the age of count again.
        again(&vault);
        place.clock.set(crate::fixture::ago(DAY));
        look(&vault);
        place.clock.set(then);
        assert_eq!(turn(&vault), Err(FRESH));
    }
}

#[test]
fn a_factor_that_was_revoked_or_replaced_has_proved_nothing() {
    let (_place, vault) = stale(ROTATION);
    let ours = block_on(vault.factors()).unwrap();
    let mine = authenticate(&vault, &passphrase(PHRASE)).unwrap();
    turn(&vault).unwrap();
    let own = ours.iter().find(|factor| factor.id == mine.id).unwrap();
    let watch = |_, _| Ok(());
    let (old, new) = (passphrase(PHRASE), passphrase("a new one"));
    block_on(vault.replace_factor(own.id.as_str(), &old, &new, None, &watch)).unwrap();
    assert_eq!(turn(&vault), Err(FRESH));
    let replaced = authenticate(&vault, &new).unwrap();
    turn(&vault).unwrap();
    let others = Others {
        keep: None,
        kit: None,
    };
    let present = passphrase(OTHER_PHRASE);
    let revoked = vault.revoke_compromised_factor(replaced.id.as_str(), &present, others, &watch);
    block_on(revoked).unwrap();
    // The one that was presented stays.
    turn(&vault).unwrap();
    let second = r#"{"secondFactor":{"within":"PT5M","operations":["rotate"]}}"#;
    let set = KeyAction::SetPolicy(Some(Box::new(policy(second))));
    manage(&vault, "photos", &set).unwrap();
    assert_eq!(turn(&vault), Err(SECOND));
}

#[test]
fn two_factors_are_of_two_kinds_and_both_fresh() {
    let (place, vault) =
        stale(r#"{"secondFactor":{"within":"PT5M","operations":["rotate","export"]}}"#);
    let kit = RecoveryKit::generate(&SystemEntropy).unwrap();
    let present = passphrase(PHRASE);
    block_on(vault.add_factor(&present, &kit, None, &|_, _| Ok(()))).unwrap();
    // Two passphrases are two of one kind, and one twice is one.
    again(&vault);
    authenticate(&vault, &passphrase(OTHER_PHRASE)).unwrap();
    assert_eq!(turn(&vault), Err(SECOND));
    assert_eq!(
        can_turn(&vault),
        Some(PolicyRefusal::Key(PolicyRule::SecondFactor))
    );
    let export = || block_on(vault.dangerously_export("photos", None, &present)).map(drop);
    assert_eq!(export(), Err(SECOND));
    authenticate(&vault, &kit).unwrap();
    turn(&vault).unwrap();
    place.pass(WITHIN + 1);
    assert_eq!(turn(&vault), Err(SECOND));
    again(&vault);
    assert_eq!(turn(&vault), Err(SECOND), "the kit is of before");
    authenticate(&vault, &kit).unwrap();
    assert_eq!(export(), Ok(()));
}

#[test]
fn a_vault_that_takes_two_factors_is_given_both() {
    let (desk, kit) = (
        Desk::default(),
        RecoveryKit::generate(&SystemEntropy).unwrap(),
    );
    let place = Place::with(Box::new(desk));
    let pair = FactorPair::new(&[FactorKind::Passphrase, FactorKind::Passkey]).unwrap();
    let own: Passkey = passkey();
    let factors: [&dyn Present; 3] = [&passphrase(PHRASE), &own, &kit];
    let made = Vault::create_requiring(place.host.clone(), name(), &factors, Some(pair));
    let vault = block_on(made).unwrap();
    add(
        &vault,
        r#"{"secondFactor":{"within":"PT5M","operations":["rotate"]}}"#,
    );
    assert_eq!(turn(&vault), Err(SECOND));
    let alone = authenticate(&vault, &passphrase(PHRASE)).err();
    assert_eq!(alone, Some(Error::SecondFactor("passkey")));
    authenticate(&vault, &kit).unwrap();
    assert_eq!(turn(&vault), Err(SECOND), "what opens it alone is one kind");
    place.pass(WITHIN + 1);
    let both = Together::new(Box::new(passphrase(PHRASE)), Box::new(passkey()));
    authenticate(&vault, &both).unwrap();
    turn(&vault).unwrap();
    let both = Together::new(Box::new(passphrase(PHRASE)), Box::new(passkey()));
    turn(&unlock(&place, &both)).unwrap();
}

#[test]
fn who_has_the_vault_take_two_factors_has_presented_both() {
    let place = Place::with(Box::new(Desk::default()));
    let (own, kit) = (passkey(), RecoveryKit::generate(&SystemEntropy).unwrap());
    let factors: [&dyn Present; 3] = [&passphrase(PHRASE), &own, &kit];
    let vault = block_on(Vault::create(place.host.clone(), name(), &factors)).unwrap();
    add(
        &vault,
        r#"{"secondFactor":{"within":"PT5M","operations":["rotate"]}}"#,
    );
    assert_eq!(turn(&vault), Err(SECOND));
    let pair = FactorPair::new(&[FactorKind::Passphrase, FactorKind::Passkey]).unwrap();
    let both = || Together::new(Box::new(passphrase(PHRASE)), Box::new(passkey()));
    block_on(vault.require_factors(Some(pair), &both(), &|_, _| Ok(()))).unwrap();
    turn(&vault).unwrap();
    place.pass(WITHIN + 1);
    assert_eq!(turn(&vault), Err(SECOND));
    block_on(vault.require_factors(None, &both(), &|_, _| Ok(()))).unwrap();
    turn(&vault).unwrap();
}

#[test]
fn each_authentication_is_an_entry_and_none_counts_before_it_is_written() {
    let (place, vault) = stale(ROTATION);
    block_on(vault.start_audit(Some(false), None)).unwrap();
    place.take_events();
    let written = || block_on(vault.audit_state()).unwrap().unwrap().size;
    let before = written();
    authenticate(&vault, &passphrase("a guess")).unwrap_err();
    let own = authenticate(&vault, &passphrase(PHRASE)).unwrap();
    assert_eq!(written(), before + 2);
    place.pass(WITHIN + 1);
    turn(&vault).unwrap_err();
    place.host.store.fails.set(true);
    let unwritten = authenticate(&vault, &passphrase(PHRASE));
    assert!(
        matches!(unwritten, Err(Error::Store(_) | Error::Storage(_))),
        "{unwritten:?}"
    );
    assert_eq!(
        can_turn(&vault),
        Some(PolicyRefusal::Key(PolicyRule::FreshFactor))
    );
    place.host.store.fails.set(false);
    let told: Vec<_> = place
        .take_events()
        .into_iter()
        .map(|told| told.operation)
        .collect();
    assert_eq!(
        told.iter().filter(|told| **told == "authenticate").count(),
        3
    );
    let page = block_on(vault.query_audit(&EntryQuery {
        limit: Some(100),
        ..EntryQuery::default()
    }));
    let mut entries: Vec<_> = page
        .unwrap()
        .entries
        .into_iter()
        .map(|logged| logged.entry)
        .collect();
    entries.reverse();
    let told: Vec<_> = entries
        .iter()
        .filter(|entry| ["authenticate", "rotate"].contains(&&*entry.operation))
        .map(|entry| {
            (
                &*entry.operation,
                entry.error.as_deref(),
                entry.rule.as_deref(),
                entry.factor.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        told[..3],
        [
            ("authenticate", Some("ERR_WRONG_FACTOR"), None, None),
            ("authenticate", None, None, Some(own.id.as_str())),
            ("rotate", Some("ERR_POLICY"), Some("freshFactor"), None),
        ]
    );
}

#[test]
fn nothing_is_written_for_it_where_the_log_is_stopped() {
    let (place, vault) = stale(ROTATION);
    block_on(vault.stop_audit()).unwrap();
    let (rows, commits) = (place.rows(), place.host.store.commits.borrow().len());
    again(&vault);
    assert_eq!(place.host.store.commits.borrow().len(), commits);
    assert_eq!(place.rows(), rows);
}

#[test]
fn two_copies_that_ask_for_other_things_both_apply() {
    let place = Place::new();
    let ours = place.create();
    add(&ours, "{}");
    let (_there, theirs) = elsewhere(&backup(&ours));
    let set = |vault: &Open, text| {
        let set = KeyAction::SetPolicy(Some(Box::new(policy(text))));
        manage(vault, "photos", &set).unwrap();
    };
    set(
        &ours,
        r#"{"freshFactor":{"within":"PT10M","operations":["rotate"]}}"#,
    );
    set(
        &theirs,
        r#"{"secondFactor":{"within":"PT5M","operations":["rotate"]}}"#,
    );
    merge(&ours, &backup(&theirs)).unwrap();
    assert_eq!(turn(&ours), Err(SECOND));
    place.pass(2 * WITHIN + 1);
    let refused = turn(&ours);
    assert!(
        refused == Err(FRESH) || refused == Err(SECOND),
        "{refused:?}"
    );
    again(&ours);
    assert_eq!(turn(&ours), Err(SECOND));
}

#[test]
fn a_policy_that_asks_for_a_factor_to_be_changed_is_not_loosened_without() {
    let (_place, vault) = stale(ROTATION);
    let loosen = || manage(&vault, "photos", &KeyAction::SetPolicy(None)).map(drop);
    assert_eq!(loosen(), Err(FRESH));
    again(&vault);
    assert_eq!(loosen(), Ok(()));
    rotate(&vault, "photos");
}

#[test]
fn a_clock_without_a_steady_one_is_believed_while_it_goes_on() {
    let place = place_without_timers();
    let vault = place.create();
    add(&vault, ROTATION);
    place.clock.set(NOW + WITHIN);
    turn(&vault).unwrap();
    place.clock.set(crate::fixture::ago(1));
    assert_eq!(turn(&vault), Err(FRESH));
}
