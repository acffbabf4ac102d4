//! Hours in which a device does without a key management service that it cannot reach: what is kept, what it opens, and what ends it.

use pollster::block_on;
use strongroom::{
    Error, Result,
    factors::{Escrow, EscrowHolder, Present, RecoveryKit, Together},
    keys::{KeyAction, KeyOptions},
    records::{FactorKind, FactorPair, OfflineGrace},
    store::RecordType,
    vault::{ExpectedVault, UnlockReport, Vault},
};

use crate::{
    audit::entries,
    fixture::{
        NOW, OTHER_PHRASE, Open, PHRASE, Place, create, manage, name, options, passphrase, record,
    },
    kms::{Desk, recipient},
    policy::policy,
};

const HOUR: u64 = 60 * 60 * 1000;
const DOWN: Error = Error::Unsupported("the service is down");

fn grace(text: &str) -> OfflineGrace {
    text.to_owned().try_into().unwrap()
}

fn both(phrase: &str) -> Together {
    let gate = Escrow::held(EscrowHolder {
        number: 7,
        is_kms: true,
    });
    Together::new(Box::new(passphrase(phrase)), Box::new(gate.as_gate()))
}

fn watch(_: u64, _: u64) -> Result<()> {
    Ok(())
}

fn unlock(place: &Place, present: &dyn Present) -> Result<(Open, UnlockReport)> {
    let vault = block_on(Vault::open(place.host.clone(), name())).unwrap();
    block_on(vault.unlock_watched(present, &ExpectedVault::default(), &watch))
}

/// A vault whose service was asked once, and cannot be reached now.
fn gated(lasts: Option<&str>) -> (Desk, Place) {
    let kit = RecoveryKit::generate(&strongroom::base::SystemEntropy).unwrap();
    gated_beside(&kit, lasts)
}

fn gated_beside(kit: &RecoveryKit, lasts: Option<&str>) -> (Desk, Place) {
    let desk = Desk::with_rsa(2048);
    let place = desk.place();
    let gate = recipient(2048, None).as_gate();
    let gate = gate.with_grace(lasts.map(grace));
    let pair = FactorPair::new(&[FactorKind::Passphrase, FactorKind::Kms]).unwrap();
    let factors: [&dyn Present; 3] = [&passphrase(PHRASE), &gate, kit];
    let vault = Vault::create_requiring(place.host.clone(), name(), &factors, Some(pair));
    let vault = block_on(vault).unwrap();
    create(&vault, "photos");
    drop(vault);
    assert!(desk.0.kept.borrow().is_none());
    let (_, report) = unlock(&place, &both(PHRASE)).unwrap();
    assert!(!report.graced);
    desk.0.fails.set(true);
    desk.0.asked.take();
    (desk, place)
}

fn is_down(place: &Place) {
    assert_eq!(unlock(place, &both(PHRASE)).err(), Some(DOWN));
}

#[test]
fn a_device_that_asked_opens_the_vault_while_the_service_is_down_and_says_so() {
    let (desk, place) = gated(Some("PT8H"));
    place.clock.set(NOW + (8 * HOUR - 1));
    let (vault, report) = unlock(&place, &both(PHRASE)).unwrap();
    assert!(report.graced);
    assert_eq!(desk.asked(), 1, "it is asked first");
    assert!(block_on(vault.find_key("photos")).is_ok());
    let gate = block_on(vault.factors()).unwrap().remove(1);
    let said = gate.gate.unwrap().offline_grace.unwrap();
    assert_eq!(said.as_str(), "PT8H");
    block_on(vault.write_log()).unwrap();
    let told = entries(&vault).into_iter().map(|logged| logged.entry);
    let told: Vec<_> = told
        .map(|entry| (entry.operation, entry.factor, entry.error))
        .collect();
    let id = Some(gate.id.to_string());
    let asked = told
        .iter()
        .rposition(|(name, ..)| name == "askKms")
        .unwrap();
    assert!(told[asked].2.is_some(), "{told:?}");
    assert_eq!(told.last().unwrap(), &("useGrace".to_owned(), id, None));
    drop(vault);

    // The person's factor is as needed as ever.
    let wrong = unlock(&place, &both(OTHER_PHRASE)).err();
    assert_eq!(wrong, Some(Error::WrongFactor));
    // What is kept goes on from the last answer, and not from the last use.
    place.clock.set(NOW + 8 * HOUR);
    is_down(&place);
    place.clock.set(NOW + HOUR);
    is_down(&place);
    desk.0.fails.set(false);
    assert!(!unlock(&place, &both(PHRASE)).unwrap().1.graced);
    desk.0.fails.set(true);
    place.clock.set(NOW + (9 * HOUR - 1));
    assert!(unlock(&place, &both(PHRASE)).unwrap().1.graced);
}

#[test]
fn it_proves_nobody_and_changes_no_factor() {
    let (desk, place) = gated(Some("PT8H"));
    let (vault, _) = unlock(&place, &both(PHRASE)).unwrap();
    let fresh = KeyOptions {
        policy: Some(policy(
            r#"{"freshFactor":{"within":"PT5M","operations":["rotate"]}}"#,
        )),
        ..options("letters")
    };
    record(block_on(vault.add_key(&fresh, None)).unwrap());
    let turn = || manage(&vault, "letters", &KeyAction::Rotate { waits: false }).map(drop);
    let phrase = both(PHRASE);
    let refused = [
        block_on(vault.authenticate(&phrase, &watch)).err(),
        block_on(vault.rehearse(&phrase, &watch)).err(),
        block_on(vault.dangerously_export("photos", None, &phrase)).err(),
        block_on(vault.add_factor(&phrase, &passphrase(OTHER_PHRASE), None, &watch)).err(),
        block_on(vault.require_factors(None, &phrase, &watch)).err(),
    ];
    for error in refused {
        assert_eq!(error, Some(DOWN));
    }
    let rotated = turn().err();
    assert!(matches!(rotated, Some(Error::Policy(_))), "{rotated:?}");
    desk.0.fails.set(false);
    block_on(vault.authenticate(&phrase, &watch)).unwrap();
    turn().unwrap();
}

#[test]
fn none_is_kept_unless_the_gate_says_so() {
    let (desk, place) = gated(None);
    assert!(desk.0.kept.borrow().is_none());
    assert_eq!(*desk.0.browser.keys.borrow(), []);
    is_down(&place);
}

#[test]
fn a_clock_that_was_put_back_and_a_key_that_is_gone_end_it() {
    let (desk, place) = gated(Some("PT8H"));
    let key = desk.0.kept.borrow().as_ref().unwrap().1.clone();
    desk.0.browser.behind.replace(key.id.to_text());
    is_down(&place);
    desk.0.browser.behind.take();
    assert!(unlock(&place, &both(PHRASE)).is_ok());
    place
        .clock
        .set(strongroom::base::Timestamp::from_millis(NOW.millis() - 1));
    is_down(&place);
    place.clock.set(NOW);
    desk.0.browser.keys.take();
    is_down(&place);
}

#[test]
fn a_new_vault_key_ends_it() {
    let (desk, place) = gated(Some("PT8H"));
    let (vault, _) = unlock(&place, &both(PHRASE)).unwrap();
    block_on(vault.rotate_vault_key()).unwrap();
    drop(vault);
    is_down(&place);
    desk.0.fails.set(false);
    let (vault, _) = unlock(&place, &both(PHRASE)).unwrap();
    let gate = block_on(vault.factors()).unwrap().pop().unwrap();
    assert_eq!(gate.gate.unwrap().offline_grace, Some(grace("PT8H")));
    desk.0.fails.set(true);
    assert!(unlock(&place, &both(PHRASE)).is_ok());
}

#[test]
fn a_service_that_refuses_ends_it() {
    let (desk, place) = gated(Some("PT8H"));
    desk.0.fails.set(false);
    desk.0.refuses.set(true);
    let disabled = unlock(&place, &both(PHRASE)).err();
    assert_eq!(disabled, Some(Error::Unsupported("the key is disabled")));
    desk.0.refuses.set(false);
    desk.0.fails.set(true);
    is_down(&place);
}

#[test]
fn a_refusal_ends_it_whatever_the_service_was_asked_for() {
    let (desk, place) = gated(Some("PT8H"));
    desk.0.fails.set(false);
    let (vault, _) = unlock(&place, &both(PHRASE)).unwrap();
    desk.0.fails.set(true);
    let down = block_on(vault.authenticate(&both(PHRASE), &watch)).err();
    assert_eq!(down, Some(DOWN));
    assert!(desk.0.kept.borrow().is_some());
    desk.0.fails.set(false);
    desk.0.refuses.set(true);
    let disabled = block_on(vault.authenticate(&both(PHRASE), &watch)).err();
    assert_eq!(disabled, Some(Error::Unsupported("the key is disabled")));
    assert!(desk.0.kept.borrow().is_none());
    drop(vault);
    desk.0.refuses.set(false);
    desk.0.fails.set(true);
    is_down(&place);
}

#[test]
fn what_is_kept_of_a_gate_that_has_ended_goes_at_the_next_unlock() {
    for late in [false, true] {
        let kit = RecoveryKit::generate(&strongroom::base::SystemEntropy).unwrap();
        let (desk, place) = gated_beside(&kit, Some("PT8H"));
        drop(unlock(&place, &kit).unwrap());
        assert!(desk.0.kept.borrow().is_some());
        if late {
            place.clock.set(NOW + 8 * HOUR);
        } else {
            // As another device does: this one's answer stays.
            let (vault, _) = unlock(&place, &both(PHRASE)).unwrap();
            block_on(vault.rotate_vault_key()).unwrap();
            drop(vault);
            assert!(desk.0.kept.borrow().is_some());
        }
        drop(unlock(&place, &kit).unwrap());
        assert!(desk.0.kept.borrow().is_none());
    }
}

/// Whoever writes to the device's database lengthens nothing, and gives the vault no answer of another one.
#[test]
fn what_is_kept_is_of_one_gate_and_one_deadline() {
    let (desk, place) = gated(Some("PT8H"));
    let kept = desk.0.kept.take().unwrap();
    let later = kept.1.expires.millis() + HOUR;
    let mut envelope: serde_json::Value = serde_json::from_str(&kept.2).unwrap();
    let malformed = strongroom::base::InputError::Malformed("aad");
    let aad = envelope["aad"].as_str().unwrap().to_owned();
    let aad = strongroom::base::base64::decode(&aad, malformed).unwrap();
    let mut aad: serde_json::Value = serde_json::from_slice(&aad).unwrap();
    let text = |envelope: &mut serde_json::Value, aad: &serde_json::Value| {
        let aad = strongroom::base::base64::encode(aad.to_string().as_bytes());
        envelope["aad"] = aad.into();
        envelope.to_string()
    };
    aad["key"]["expires"] = later.into();
    let put = |text: String| {
        desk.0
            .kept
            .replace(Some((kept.0.clone(), kept.1.clone(), text)))
    };
    put(text(&mut envelope, &aad));
    place.clock.set(NOW + 8 * HOUR);
    is_down(&place);
    aad["key"]["enrolled"] = (NOW.millis() + HOUR).into();
    put(text(&mut envelope, &aad));
    is_down(&place);
    place.clock.set(NOW);
    put("{}".to_owned());
    is_down(&place);
    put(kept.2.clone());
    assert!(unlock(&place, &both(PHRASE)).is_ok());

    // The other vault's gate is to the same key.
    let (others, elsewhere) = gated(Some("PT8H"));
    let theirs = others.0.kept.borrow().clone().unwrap();
    others
        .0
        .kept
        .replace(Some((theirs.0, kept.1.clone(), kept.2.clone())));
    let keys = desk.0.browser.keys.borrow().clone();
    others.0.browser.keys.borrow_mut().extend(keys);
    is_down(&elsewhere);
}

#[test]
fn an_escrow_has_none() {
    let desk = Desk::with_rsa(2048);
    let place = desk.place();
    let escrow = recipient(2048, None);
    let factors: [&dyn Present; 2] = [&passphrase(PHRASE), &escrow];
    let made = Vault::create(place.host.clone(), name(), &factors);
    drop(block_on(made).unwrap());
    assert!(place.unlock_noted(&crate::kms::key()).is_ok());
    assert!(desk.0.kept.borrow().is_none());
    let rows = place.rows_of(RecordType::Factor);
    let says = |row: &strongroom::store::Row| String::from_utf8_lossy(&row.bytes).contains("Grace");
    assert!(!rows.iter().any(says));
}
