//! What a draft of a policy would have refused, by the log, is what it refuses where it applies.

use pollster::block_on;
use strongroom::{
    Context, Error, Result,
    base::{PolicyRule, Timestamp},
    factors::RecoveryKit,
    keys::{KeyAction, KeyOptions, Operation, Purpose},
    vault::{EntryQuery, PolicyTrial, RewrapOptions},
};

use crate::{
    fixture::{
        DAY, NOW, Open, PHRASE, Place, create, encrypt, manage, open, options, passphrase, rotate,
        seal,
    },
    inventory::given,
    policy::policy,
};

const MINUTE: u64 = 60 * 1000;
const BEGINNING: Timestamp = Timestamp::from_millis(0);

fn trial(vault: &Open, draft: &str) -> PolicyTrial {
    try_policy(vault, draft, BEGINNING).unwrap()
}

fn try_policy(vault: &Open, draft: &str, from: Timestamp) -> Result<PolicyTrial> {
    block_on(vault.try_policy("photos", &policy(draft), from))
}

/// The rules and how many entries each of them would have refused.
fn counts(trial: &PolicyTrial) -> Vec<(PolicyRule, u64)> {
    let refused = trial.refused.iter();
    refused
        .map(|refusal| (refusal.rule, refusal.count))
        .collect()
}

fn present(vault: &Open) {
    block_on(vault.authenticate(&passphrase(PHRASE), &|_, _| Ok(()))).unwrap();
}

/// What is done in the story, and why, where somebody says so.
enum Step {
    Wait(u64),
    Present,
    Seal(Option<&'static str>),
    Rotate(Option<&'static str>),
    Relock,
}

fn act(place: &Place, vault: Open, step: &Step) -> Open {
    match step {
        Step::Wait(millis) => place.pass(*millis),
        Step::Present => present(&vault),
        Step::Seal(reason) => drop(seal(&vault.because(*reason), "photos", "1").unwrap()),
        Step::Rotate(reason) => {
            let turn = KeyAction::Rotate { waits: false };
            manage(&vault.because(*reason), "photos", &turn).unwrap();
        }
        Step::Relock => {
            // Neither entries nor counts that wait are lost.
            block_on(vault.tick()).unwrap();
            block_on(vault.write_log()).unwrap();
            return place.unlock().unwrap();
        }
    }
    vault
}

const STORY: [Step; 16] = [
    Step::Seal(None),
    Step::Wait(4 * MINUTE),
    Step::Seal(Some("why")),
    Step::Rotate(None),
    Step::Wait(2 * MINUTE),
    Step::Seal(Some("  ")),
    Step::Rotate(Some("due")),
    Step::Present,
    Step::Wait(5 * MINUTE),
    Step::Rotate(None),
    Step::Wait(1),
    Step::Seal(None),
    Step::Relock,
    Step::Seal(None),
    Step::Wait(DAY),
    Step::Rotate(Some("later")),
];

const DRAFTS: [&str; 12] = [
    r#"{}"#,
    r#"{"operations":["encryptValue","setPolicy"]}"#,
    r#"{"operations":["rotate","setPolicy"]}"#,
    r#"{"requireReason":["rotate"]}"#,
    r#"{"requireReason":["encryptValue","rotate"]}"#,
    r#"{"notBefore":1790000241000}"#,
    r#"{"notAfter":1790000241000}"#,
    r#"{"minimumVersion":2}"#,
    r#"{"maximumUses":3}"#,
    r#"{"freshFactor":{"within":"PT5M","operations":["rotate","encryptValue"]}}"#,
    r#"{"secondFactor":{"within":"P1D","operations":["rotate"]}}"#,
    r#"{"operations":["rotate","encryptValue","setPolicy"],"requireReason":["rotate"],"maximumUses":4,"freshFactor":{"within":"PT1M","operations":["encryptValue","rotate"]}}"#,
];

/// What the draft refuses at each step, where it applies then.
fn refused_then(draft: &str) -> (Open, Vec<PolicyRule>) {
    let place = Place::new();
    let mut vault = place.create();
    create(&vault, "photos");
    let set =
        |vault: &Open, policy| manage(vault, "photos", &KeyAction::SetPolicy(policy)).map(drop);
    let mut refused = Vec::new();
    for step in &STORY {
        let asked = match step {
            Step::Seal(reason) => Some((Operation::EncryptValue, *reason)),
            Step::Rotate(reason) => Some((Operation::Rotate, *reason)),
            _ => None,
        };
        if let Some((operation, reason)) = asked {
            set(&vault, Some(Box::new(policy(draft)))).unwrap();
            let asking = vault.because(reason);
            let can = block_on(asking.can(operation, "photos", &Context::none()));
            refused.extend(can.unwrap().map(|refusal| refusal.rule()));
            set(&vault, None).unwrap();
        }
        vault = act(&place, vault, step);
    }
    (vault, refused)
}

#[test]
fn a_trial_refuses_what_the_policy_refuses_where_it_applies() {
    for draft in DRAFTS {
        let (vault, refused) = refused_then(draft);
        let mut tried = Vec::new();
        for refusal in trial(&vault, draft).refused {
            let done = |operation| operation != Operation::SetPolicy;
            let entries = refusal.entries.iter().filter(|entry| done(entry.operation));
            tried.extend(entries.map(|entry| (entry.sequence, refusal.rule)));
        }
        tried.sort_by_key(|(sequence, _)| *sequence);
        let tried: Vec<_> = tried.into_iter().map(|(_, rule)| rule).collect();
        assert_eq!(tried, refused, "{draft}");
        // The drafts try something: each but the empty one refuses a part of the story.
        let refuses = refused.len();
        assert!(refuses < 9 && (refuses > 0) == (draft != "{}"), "{draft}");
    }
}

#[test]
fn what_was_refused_or_failed_then_and_what_was_done_before_is_not_looked_at() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    create(&vault, "letters");
    seal(&vault, "photos", "1").unwrap();
    seal(&vault, "letters", "1").unwrap();
    seal(&vault, "nobody's", "1").unwrap_err();
    place.pass(DAY);
    seal(&vault, "photos", "2").unwrap();
    let none = r#"{"operations":["sign"]}"#;
    let all = trial(&vault, none);
    assert_eq!(counts(&all), [(PolicyRule::Operations, 2)]);
    assert_eq!(all.entries, 2);
    let later = Timestamp::from_millis(NOW.millis() + DAY);
    let late = try_policy(&vault, none, later).unwrap();
    assert_eq!(
        (late.entries, counts(&late)),
        (1, vec![(PolicyRule::Operations, 1)])
    );
    assert_eq!(late.from, later);
    let [refusal] = &*late.refused else {
        panic!("{late:?}")
    };
    let [entry] = &*refusal.entries else {
        panic!("{late:?}")
    };
    let query = EntryQuery {
        before: Some(entry.sequence + 1),
        limit: Some(1),
        ..EntryQuery::default()
    };
    let page = block_on(vault.query_audit(&query)).unwrap();
    assert_eq!(page.entries[0].entry.operation, "encryptValue");
    assert_eq!(page.entries[0].entry.at, entry.at);
}

#[test]
fn a_trial_changes_and_writes_nothing() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    seal(&vault, "photos", "1").unwrap();
    block_on(vault.write_log()).unwrap();
    let before = place.rows();
    trial(&vault, r#"{"operations":["sign"],"maximumUses":1}"#);
    block_on(vault.write_log()).unwrap();
    assert_eq!(place.rows(), before);
    seal(&vault, "photos", "2").unwrap();
}

#[test]
fn uses_are_counted_back_from_what_they_are_now_and_many_at_once_with_all() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    seal(&vault, "photos", "1").unwrap();
    let none = Context::none();
    let five: [(&[u8], &Context); 5] = [(b"1", &none); 5];
    block_on(vault.encrypt_values("photos", &five)).unwrap();
    seal(&vault, "photos", "1").unwrap();
    let refused = |most: u64| counts(&trial(&vault, &format!(r#"{{"maximumUses":{most}}}"#)));
    let uses = |count| vec![(PolicyRule::MaximumUses, count)];
    assert_eq!(refused(7), []);
    assert_eq!(refused(6), uses(1));
    assert_eq!(refused(5), uses(2));
    assert_eq!(refused(1), uses(2));
}

#[test]
fn an_earlier_version_is_refused_and_one_of_another_key_is_none() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let token = seal(&vault, "photos", "1").unwrap();
    rotate(&vault, "photos");
    open(&vault, &token).unwrap();
    let tried = trial(&vault, r#"{"minimumVersion":2}"#);
    assert_eq!(counts(&tried), [(PolicyRule::MinimumVersion, 2)]);
    assert_eq!(tried.entries, 3);
}

#[test]
fn what_depends_on_a_context_is_undecided_unless_another_rule_refuses_it() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    seal(&vault, "photos", "1").unwrap();
    rotate(&vault, "photos");
    seal(&vault.because(Some("why")), "photos", "1").unwrap();
    block_on(vault.dangerously_export("photos", None, &passphrase(PHRASE))).unwrap();
    let draft = r#"{"context":{"required":{"tenant":"42"}},"requireReason":["encryptValue"]}"#;
    let tried = trial(&vault, draft);
    assert_eq!(tried.undecided, 1);
    // A key with such a rule is not exported, whatever the context.
    let expected = [(PolicyRule::RequireReason, 1), (PolicyRule::Context, 1)];
    assert_eq!(counts(&tried), expected);
}

#[test]
fn two_kinds_that_were_presented_one_after_the_other_are_two() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let draft = r#"{"secondFactor":{"within":"PT5M","operations":["rotate"]}}"#;
    let words = RecoveryKit::generate(place.host.rng.as_ref()).unwrap();
    block_on(vault.add_factor(&passphrase(PHRASE), &words, None, &|_, _| Ok(()))).unwrap();
    present(&vault);
    rotate(&vault, "photos");
    assert_eq!(
        counts(&trial(&vault, draft)),
        [(PolicyRule::SecondFactor, 1)]
    );
    block_on(vault.authenticate(&words, &|_, _| Ok(()))).unwrap();
    rotate(&vault, "photos");
    assert_eq!(
        counts(&trial(&vault, draft)),
        [(PolicyRule::SecondFactor, 1)]
    );
    place.pass(5 * MINUTE + 1);
    rotate(&vault, "photos");
    assert_eq!(
        counts(&trial(&vault, draft)),
        [(PolicyRule::SecondFactor, 2)]
    );
}

#[test]
fn what_was_presented_before_a_lock_is_forgotten() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let draft = r#"{"secondFactor":{"within":"P1D","operations":["rotate"]}}"#;
    let words = RecoveryKit::generate(place.host.rng.as_ref()).unwrap();
    block_on(vault.add_factor(&passphrase(PHRASE), &words, None, &|_, _| Ok(()))).unwrap();
    present(&vault);
    block_on(vault.authenticate(&words, &|_, _| Ok(()))).unwrap();
    block_on(vault.lock_and_log()).unwrap();
    let vault = place.unlock().unwrap();
    rotate(&vault, "photos");
    assert_eq!(
        counts(&trial(&vault, draft)),
        [(PolicyRule::SecondFactor, 1)]
    );
}

#[test]
fn a_draft_that_no_such_key_can_have_is_refused() {
    let place = Place::new();
    let vault = place.create();
    let signing = KeyOptions {
        purpose: Purpose::Sign,
        ..options("photos")
    };
    block_on(vault.add_key(&signing, None)).unwrap();
    let tried = try_policy(&vault, r#"{"context":{"only":[]}}"#, BEGINNING);
    assert!(matches!(tried, Err(Error::Argument(_))), "{tried:?}");
    let nobody = block_on(vault.try_policy("nobody's", &policy("{}"), BEGINNING));
    assert_eq!(nobody.err(), Some(Error::NoKey));
}

#[test]
fn headers_that_are_moved_are_tried_as_what_they_are_to_the_key() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    create(&vault, "albums");
    let header = given(&encrypt(&vault, "photos", "hello").header).unwrap();
    rotate(&vault, "photos");
    let rewrap = |to| {
        let how = RewrapOptions {
            to,
            ..RewrapOptions::default()
        };
        block_on(vault.rewrap(&header, &how)).unwrap();
    };
    rewrap(None);
    let tried = trial(&vault, r#"{"minimumVersion":2}"#);
    // Which version it was under the log does not say.
    assert_eq!(counts(&tried), [(PolicyRule::MinimumVersion, 1)]);
    assert_eq!(tried.undecided, 1);
    rewrap(Some("albums"));
    rewrap(Some("albums"));
    seal(&vault, "photos", "1").unwrap();
    let refused = |draft| counts(&trial(&vault, draft));
    // Each of the three that follow the first is one use more.
    assert_eq!(refused(r#"{"maximumUses":4}"#), []);
    assert_eq!(
        refused(r#"{"maximumUses":2}"#),
        [(PolicyRule::MaximumUses, 2)]
    );
    let others = r#"{"operations":["encrypt","rewrap","rotate","encryptValue"]}"#;
    assert_eq!(
        refused(others),
        [(PolicyRule::Operations, 2)],
        "decrypt is not listed"
    );
    let context = r#"{"context":{"required":{"tenant":"42"}}}"#;
    let tried = trial(&vault, context);
    assert_eq!(counts(&tried), [(PolicyRule::Context, 2)]);
    // Of the other key it is encrypting.
    let of_albums = |draft| {
        let tried = block_on(vault.try_policy("albums", &policy(draft), BEGINNING));
        counts(&tried.unwrap())
    };
    assert_eq!(
        of_albums(r#"{"operations":["rewrap"]}"#),
        [(PolicyRule::Operations, 2)]
    );
    assert_eq!(of_albums(r#"{"operations":["rewrap","encrypt"]}"#), []);
}
