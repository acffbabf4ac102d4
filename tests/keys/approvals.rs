//! Dual control: what a policy lets nobody do alone, and every way around it that was thought of.

use pollster::block_on;
use strongroom::{
    Error, Result,
    approvals::{Approval, ApprovalRequest},
    base::{ApprovalFault, PolicyRule, SystemEntropy, Timestamp},
    jose::{Jwk, SigningKey},
    keys::{KeyAction, KeyOptions, Period, Purpose},
    store::RecordType,
    vault::{EntryQuery, PolicyRefusal, Proposal},
};

use crate::{
    fixture::{DAY, Open, PHRASE, Place, create, key, manage, options, passphrase},
    merge::{backup, elsewhere, merge},
    policy::policy,
};

const DESTROY: KeyAction = KeyAction::Destroy {
    version: None,
    force: false,
};

/// Somebody who may approve, with a vault of their own.
struct Approver {
    _place: Place,
    vault: Open,
    thumbprint: String,
}

fn approver() -> Approver {
    let place = Place::new();
    let vault = place.create();
    let thumbprint = signing_key(&vault, "approvals");
    let told = block_on(vault.approver("approvals")).unwrap();
    assert_eq!(told.as_str(), thumbprint);
    Approver {
        _place: place,
        vault,
        thumbprint,
    }
}

fn signing_key(vault: &Open, alias: &str) -> String {
    let of_sign = KeyOptions {
        purpose: Purpose::Sign,
        ..options(alias)
    };
    block_on(vault.add_key(&of_sign, None)).unwrap();
    exported(vault, alias).thumbprint().as_str().to_owned()
}

fn exported(vault: &Open, alias: &str) -> Jwk {
    block_on(vault.dangerously_export(alias, None, &passphrase(PHRASE))).unwrap()
}

impl Approver {
    fn approve(&self, request: &ApprovalRequest) -> Result<String> {
        // As it travels: a text.
        let request = ApprovalRequest::parse(&request.text())?;
        block_on(self.vault.approve(&request, "approvals"))
    }
}

fn rule(operations: &str, approvers: &[&str], more: &str) -> String {
    let approvers = approvers.join(r#"",""#);
    format!(r#"{{"approval":{{"operations":[{operations}],"approvers":["{approvers}"]{more}}}}}"#)
}

const ALL: &str = r#""destroy","scheduleDestroy","export","setPolicy""#;

/// A vault with a key "payroll" that needs an approval for all that can need one.
fn governed(by: &Approver) -> (Place, Open) {
    let place = Place::new();
    let vault = place.create();
    let governed = KeyOptions {
        policy: Some(policy(&rule(ALL, &[&by.thumbprint], ""))),
        ..options("payroll")
    };
    block_on(vault.add_key(&governed, None)).unwrap();
    (place, vault)
}

fn ask(vault: &Open, action: &KeyAction) -> ApprovalRequest {
    let proposal = Proposal::Key("payroll".to_owned(), action.clone());
    block_on(vault.request_approval(&proposal, DAY)).unwrap()
}

fn open(vault: &Open) -> usize {
    block_on(vault.approval_requests()).unwrap().len()
}

fn act(vault: &Open, action: &KeyAction, approvals: &[String]) -> Result<()> {
    manage(&vault.approved_by(approvals), "payroll", action).map(drop)
}

fn fault<T>(fault: ApprovalFault) -> Result<T> {
    Err(Error::Approval(fault))
}

const UNAPPROVED: Result<()> = Err(Error::Policy(PolicyRule::Approval));

fn set(text: Option<&str>) -> KeyAction {
    KeyAction::SetPolicy(text.map(|text| Box::new(policy(text))))
}

#[test]
fn what_needs_an_approval_is_done_with_it_once_and_told_of_with_who_approved() {
    let actions = [
        KeyAction::ScheduleDestroy {
            version: None,
            after: None,
            force: false,
        },
        set(Some(r#"{"operations":["encrypt"]}"#)),
        DESTROY,
    ];
    for action in actions {
        let by = approver();
        let (place, vault) = governed(&by);
        let rows = place.rows_of(RecordType::Key);
        assert_eq!(act(&vault, &action, &[]), UNAPPROVED);
        let request = ask(&vault, &action);
        assert_eq!(place.rows_of(RecordType::Key), rows);
        let approval = by.approve(&request).unwrap();
        assert_eq!(open(&vault), 1);
        act(&vault, &action, core::slice::from_ref(&approval)).unwrap();
        assert_ne!(place.rows_of(RecordType::Key), rows);
        assert_eq!(open(&vault), 0);
        let again = act(&vault, &action, &[approval]);
        assert!(
            matches!(
                again,
                Err(Error::Approval(ApprovalFault::NotOpen) | Error::NoKey)
            ),
            "{again:?}"
        );

        block_on(vault.write_log()).unwrap();
        let entries = block_on(vault.query_audit(&EntryQuery::default())).unwrap();
        let done = entries.entries.iter().map(|logged| &logged.entry);
        let mut done = done.filter(|entry| entry.operation == action.name());
        let told = done.find(|entry| entry.error.is_none()).unwrap();
        let told: Vec<_> = told.approvers.iter().map(|one| one.as_str()).collect();
        assert_eq!(told, [by.thumbprint.as_str()]);
    }
}

#[test]
fn an_export_is_given_out_once_its_request_is_closed_and_not_where_that_cannot_be_written() {
    let by = approver();
    let (place, vault) = governed(&by);
    let export = |approvals: &[String]| {
        let vault = vault.approved_by(approvals);
        block_on(vault.dangerously_export("payroll", None, &passphrase(PHRASE)))
    };
    assert_eq!(export(&[]).err(), UNAPPROVED.err());
    let proposal = Proposal::Export("payroll".to_owned(), None);
    let request = block_on(vault.request_approval(&proposal, DAY)).unwrap();
    let approval = by.approve(&request).unwrap();
    place.host.store.fails.set(true);
    assert!(export(core::slice::from_ref(&approval)).is_err());
    place.host.store.fails.set(false);
    assert_eq!(open(&vault), 1);
    let jwk = export(core::slice::from_ref(&approval)).unwrap();
    assert!(jwk.to_json().contains("\"k\""));
    assert_eq!(open(&vault), 0);
    assert_eq!(
        export(&[approval]).err(),
        fault::<()>(ApprovalFault::NotOpen).err()
    );
}

#[test]
fn the_vaults_policy_has_the_same_rule_for_itself_and_for_every_key() {
    let by = approver();
    let place = Place::new();
    let vault = place.create();
    create(&vault, "payroll");
    let text = rule(r#""destroy","setVaultPolicy""#, &[&by.thumbprint], "");
    block_on(vault.set_policy(Some(&policy(&text)))).unwrap();
    const REFUSED: Error = Error::VaultPolicy(PolicyRule::Approval);
    assert_eq!(act(&vault, &DESTROY, &[]), Err(REFUSED));
    assert_eq!(block_on(vault.set_policy(None)).err(), Some(REFUSED));
    let can = block_on(vault.can_do(strongroom::keys::Operation::SetVaultPolicy)).unwrap();
    assert_eq!(can, Some(PolicyRefusal::Vault(PolicyRule::Approval)));

    let request = block_on(vault.request_approval(&Proposal::VaultPolicy(None), DAY)).unwrap();
    let approval = by.approve(&request).unwrap();
    let approved = vault.approved_by(&[approval]);
    let other = policy(r#"{"operations":["encrypt"]}"#);
    let refused = block_on(approved.set_policy(Some(&other)));
    assert_eq!(refused.err(), fault::<()>(ApprovalFault::Other).err());
    block_on(approved.set_policy(None)).unwrap();
    act(&vault, &DESTROY, &[]).unwrap();
}

#[test]
fn an_approval_is_of_nothing_but_what_was_asked_for() {
    let by = approver();
    let (_place, vault) = governed(&by);
    create(&vault, "photos");
    let request = ask(&vault, &DESTROY);
    let approval = by.approve(&request).unwrap();
    let version = key(&vault, "payroll").versions[0].id.as_str().to_owned();
    let others = [
        KeyAction::Destroy {
            version: None,
            force: true,
        },
        KeyAction::Destroy {
            version: Some(version),
            force: false,
        },
        KeyAction::ScheduleDestroy {
            version: None,
            after: None,
            force: false,
        },
        set(None),
        set(Some("{}")),
    ];
    for other in others {
        let done = act(&vault, &other, core::slice::from_ref(&approval));
        assert_eq!(done, fault(ApprovalFault::Other), "{other:?}");
    }
    let approved = vault.approved_by(core::slice::from_ref(&approval));
    let because = approved.because(Some("another reason"));
    assert_eq!(act_on(&because, "payroll"), fault(ApprovalFault::Other));
    assert_eq!(act_on(&approved, "photos"), fault(ApprovalFault::Other));
    let rotate = manage(&approved, "payroll", &KeyAction::Rotate { waits: false });
    assert!(matches!(rotate.err(), Some(Error::Argument(_))));
    assert_eq!(open(&vault), 1);
    act(&vault, &DESTROY, &[approval]).unwrap();
}

fn act_on(vault: &Open, key: &str) -> Result<()> {
    manage(vault, key, &DESTROY).map(drop)
}

#[test]
fn an_approval_of_somebody_who_may_not_is_none_and_one_person_is_one() {
    let (by, other, stranger) = (approver(), approver(), approver());
    let place = Place::new();
    let vault = place.create();
    let both = [&*by.thumbprint, &*other.thumbprint];
    let governed = KeyOptions {
        policy: Some(policy(&rule(r#""destroy""#, &both, r#","atLeast":2"#))),
        ..options("payroll")
    };
    block_on(vault.add_key(&governed, None)).unwrap();
    let (first, second) = (ask(&vault, &DESTROY), ask(&vault, &DESTROY));
    let twice = [by.approve(&first).unwrap(), by.approve(&second).unwrap()];
    assert_eq!(act(&vault, &DESTROY, &twice), UNAPPROVED);
    let wrong = [
        by.approve(&first).unwrap(),
        stranger.approve(&first).unwrap(),
    ];
    assert_eq!(act(&vault, &DESTROY, &wrong), UNAPPROVED);
    let right = [by.approve(&first).unwrap(), other.approve(&first).unwrap()];
    act(&vault, &DESTROY, &right).unwrap();
    assert_eq!(open(&vault), 1);
}

#[test]
fn what_has_expired_or_was_cancelled_is_approved_and_used_no_more() {
    let by = approver();
    let (place, vault) = governed(&by);
    let (kept, cancelled) = (ask(&vault, &DESTROY), ask(&vault, &DESTROY));
    let approvals = [&kept, &cancelled].map(|request| by.approve(request).unwrap());
    block_on(vault.cancel_approval(&cancelled.id)).unwrap();
    let again = block_on(vault.cancel_approval(&cancelled.id));
    assert_eq!(again, fault(ApprovalFault::NotOpen));
    let used = act(&vault, &DESTROY, &approvals[1..]);
    assert_eq!(used, fault(ApprovalFault::NotOpen));

    let early = kept.requested.millis() - 10 * 60 * 1000;
    let asked = place.clock.replace(Timestamp::from_millis(early));
    assert_eq!(
        act(&vault, &DESTROY, &approvals[..1]),
        fault(ApprovalFault::NotOpen)
    );
    place.clock.set(asked + (DAY + 1));
    assert_eq!(
        act(&vault, &DESTROY, &approvals[..1]),
        fault(ApprovalFault::NotOpen)
    );
    let late = Approval::sign(&kept, asked + (DAY + 1), &anyone(), &SystemEntropy);
    assert_eq!(late.err(), fault::<()>(ApprovalFault::NotOpen).err());
    assert_eq!(open(&vault), 0);
    // A clock that is set back brings none back, once the vault was looked after.
    block_on(vault.tick()).unwrap();
    place.clock.set(asked);
    assert_eq!(open(&vault), 0);
    let used = act(&vault, &DESTROY, &approvals[..1]);
    assert_eq!(used, fault(ApprovalFault::NotOpen));
}

#[test]
fn a_request_that_has_expired_is_cancelled_all_the_same() {
    let by = approver();
    let (place, vault) = governed(&by);
    let request = ask(&vault, &DESTROY);
    let approval = by.approve(&request).unwrap();
    let asked = place.clock.replace(place.clock.get() + (DAY + 1));
    block_on(vault.cancel_approval(&request.id)).unwrap();
    place.clock.set(asked);
    assert_eq!(
        act(&vault, &DESTROY, &[approval]),
        fault(ApprovalFault::NotOpen)
    );
}

#[test]
fn a_destruction_that_is_scheduled_needs_what_a_destruction_needs() {
    let by = approver();
    let place = Place::new();
    let vault = place.create();
    let governed = KeyOptions {
        policy: Some(policy(&rule(r#""destroy""#, &[&by.thumbprint], ""))),
        ..options("payroll")
    };
    block_on(vault.add_key(&governed, None)).unwrap();
    let soon = KeyAction::ScheduleDestroy {
        version: None,
        after: Some(Period::parse("PT1S").unwrap()),
        force: true,
    };
    assert_eq!(act(&vault, &soon, &[]), UNAPPROVED);
    let approval = by.approve(&ask(&vault, &soon)).unwrap();
    act(&vault, &soon, &[approval]).unwrap();
}

#[test]
fn what_cannot_be_done_or_shows_something_else_is_not_asked_for() {
    let by = approver();
    let (_place, vault) = governed(&by);
    let asked = |vault: &Open, action: KeyAction| {
        let proposal = Proposal::Key("payroll".to_owned(), action);
        block_on(vault.request_approval(&proposal, DAY)).map(drop)
    };
    let too_soon = KeyAction::ScheduleDestroy {
        version: None,
        after: Some(Period::parse("PT1H").unwrap()),
        force: false,
    };
    assert!(matches!(asked(&vault, too_soon), Err(Error::Argument(_))));
    let of_vault = set(Some(r#"{"operations":["setVaultPolicy"]}"#));
    assert!(matches!(asked(&vault, of_vault), Err(Error::Argument(_))));
    let own = signing_key(&vault, "own");
    let own = rule(r#""destroy""#, &[&own], "");
    assert_eq!(asked(&vault, set(Some(&own))), fault(ApprovalFault::OwnKey));
    let own = Proposal::VaultPolicy(Some(Box::new(policy(&own))));
    let own = block_on(vault.request_approval(&own, DAY)).map(drop);
    assert_eq!(own, fault(ApprovalFault::OwnKey));
    let long = "x".repeat(1025);
    for reason in ["two\nlines", "turned \u{202e}round", "\u{200b}", &long] {
        let because = vault.because(Some(reason));
        let refused = asked(&because, DESTROY);
        assert!(matches!(refused, Err(Error::Argument(_))), "{reason:?}");
    }
    let because = vault.because(Some("a reason"));
    let proposal = Proposal::Key("payroll".to_owned(), DESTROY);
    let request = block_on(because.request_approval(&proposal, DAY)).unwrap();
    let hidden = request.text().replace("a reason", "a \u{202e}reason");
    assert!(ApprovalRequest::parse(&hidden).is_err());
    assert_eq!(open(&vault), 1);
}

#[test]
fn what_is_signed_before_or_after_its_request_is_open_does_not_hold() {
    let by = approver();
    let (_place, vault) = governed(&by);
    let request = ask(&vault, &DESTROY);
    let signer = SigningKey::from_jwk(&exported(&by.vault, "approvals")).unwrap();
    let at = request.expires;
    let mut longer = request.clone();
    longer.expires = at + DAY;
    let late = Approval::sign(&longer, at + 1, &signer, &SystemEntropy).unwrap();
    assert_eq!(
        act(&vault, &DESTROY, &[late]),
        fault(ApprovalFault::NotOpen)
    );
}

fn anyone() -> SigningKey {
    SigningKey::generate(&SystemEntropy).unwrap()
}

#[test]
fn a_copy_of_the_vault_takes_no_request_over() {
    let by = approver();
    let (_place, vault) = governed(&by);
    let approval = by.approve(&ask(&vault, &DESTROY)).unwrap();
    let file = backup(&vault);
    let (_copy, restored) = elsewhere(&file);
    assert_eq!(open(&restored), 0);
    let used = act(&restored, &DESTROY, core::slice::from_ref(&approval));
    assert_eq!(used, fault(ApprovalFault::NotOpen));
    // Neither does a merge bring one, or take one away.
    ask(&restored, &DESTROY);
    let theirs = backup(&restored);
    merge(&vault, &theirs).unwrap();
    assert_eq!(open(&vault), 1);
    merge(&restored, &file).unwrap();
    assert_eq!(open(&restored), 1);
    // A new vault key keeps them.
    block_on(vault.rotate_vault_key()).unwrap();
    assert_eq!(open(&vault), 1);
    act(&vault, &DESTROY, &[approval]).unwrap();
}

#[test]
fn nobody_approves_with_a_key_that_the_vault_has() {
    let by = approver();
    let (_place, vault) = governed(&by);
    let own = signing_key(&vault, "own");
    let identity = block_on(async { vault.identity() }).unwrap();
    for thumbprint in [own.as_str(), identity.as_str()] {
        let text = rule(r#""destroy""#, &[&by.thumbprint, thumbprint], "");
        let of_key = KeyOptions {
            policy: Some(policy(&text)),
            ..options("another")
        };
        let made = block_on(vault.add_key(&of_key, None)).map(drop);
        assert_eq!(made, fault(ApprovalFault::OwnKey));
        let set = block_on(vault.set_policy(Some(&policy(&text)))).map(drop);
        assert_eq!(set, fault(ApprovalFault::OwnKey));
    }
    // One that came after the policy.
    let theirs = exported(&by.vault, "approvals");
    let of_sign = KeyOptions {
        purpose: Purpose::Sign,
        ..options("stolen")
    };
    let approval = by.approve(&ask(&vault, &DESTROY)).unwrap();
    block_on(vault.add_key(&of_sign, Some(&theirs))).unwrap();
    let used = act(&vault, &DESTROY, &[approval]);
    assert_eq!(used, fault(ApprovalFault::OwnKey));
    // Whoever approves does so elsewhere.
    let request = ask(&vault, &DESTROY);
    let signed = block_on(vault.approve(&request, "own"));
    assert_eq!(signed.err(), fault::<()>(ApprovalFault::OwnKey).err());
}

#[test]
fn a_changed_request_or_approval_is_refused() {
    let by = approver();
    let (_place, vault) = governed(&by);
    let request = ask(&vault, &DESTROY);
    let text = request.text();
    // Whoever carries the request shows another one to who approves.
    let harmless = text.replace(r#""force":false"#, r#""force":true"#);
    assert_ne!(harmless, text);
    let signed = by
        .approve(&ApprovalRequest::parse(&harmless).unwrap())
        .unwrap();
    assert_eq!(
        act(&vault, &DESTROY, &[signed]),
        fault(ApprovalFault::Forged)
    );
    for (from, to) in [
        ("\"requested\":", "\"requested\": "),
        ("\"force\":false", "\"force\":false,\"more\":1"),
        (
            "strongroom-approval-request-1",
            "strongroom-approval-request-2",
        ),
        ("{\"format\"", "{\"sundial\":1,\"format\""),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        let parsed = ApprovalRequest::parse(&changed);
        let carried = parsed.and_then(|parsed| by.approve(&parsed));
        let used = carried.map(|signed| act(&vault, &DESTROY, &[signed]));
        assert!(!matches!(used, Ok(Ok(()))), "{to}");
    }
    let genuine = by.approve(&request).unwrap();
    let (input, signature) = genuine.rsplit_once('.').unwrap();
    let (_, other) = by
        .approve(&ask(&vault, &DESTROY))
        .unwrap()
        .rsplit_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert_ne!(signature, other);
    let forged = format!("{input}.{other}");
    assert_eq!(
        act(&vault, &DESTROY, &[forged]),
        fault(ApprovalFault::Forged)
    );
    act(&vault, &DESTROY, &[genuine]).unwrap();
}

#[test]
fn a_store_that_brings_a_request_back_is_found() {
    let by = approver();
    let (place, vault) = governed(&by);
    let request = ask(&vault, &set(None));
    let approval = by.approve(&request).unwrap();
    let before = place.rows_of(RecordType::Requests);
    act(&vault, &set(None), &[approval]).unwrap();
    drop(vault.lock());
    place.write(&before, &[]);
    assert!(place.is_refused());
}

#[test]
fn two_tabs_use_an_approval_once() {
    let by = approver();
    let (place, vault) = governed(&by);
    let other = place.unlock().unwrap();
    let action = set(Some(&rule(ALL, &[&by.thumbprint], "")));
    let approval = by.approve(&ask(&vault, &action)).unwrap();
    act(&other, &action, core::slice::from_ref(&approval)).unwrap();
    assert_eq!(
        act(&vault, &action, &[approval]),
        fault(ApprovalFault::NotOpen)
    );
}

#[test]
fn sixteen_are_open_and_no_more() {
    let by = approver();
    let (place, vault) = governed(&by);
    for _ in 0..16 {
        ask(&vault, &DESTROY);
    }
    let proposal = Proposal::Key("payroll".to_owned(), DESTROY);
    let more = block_on(vault.request_approval(&proposal, DAY));
    assert!(matches!(more.err(), Some(Error::TooLarge(_))));
    for wrong in [0, 999, DAY + 1] {
        let asked = block_on(vault.request_approval(&proposal, wrong));
        assert!(matches!(asked.err(), Some(Error::Argument(_))), "{wrong}");
    }
    place.clock.set(place.clock.get() + (DAY + 1));
    ask(&vault, &DESTROY);
    assert_eq!(open(&vault), 1);
}
