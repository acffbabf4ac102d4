//! A key management service as a gate: nobody opens the vault without it, and it opens nothing by itself.

use std::collections::BTreeSet;

use pollster::block_on;
use serde_json::Value as Json;
use strongroom::{
    Error, Result,
    base::SystemEntropy,
    factors::{Escrow, EscrowHolder, Present, RecoveryKit, Together},
    records::{FactorKind, FactorPair},
    store::RecordType,
    vault::{FactorInfo, Vault},
};

use crate::{
    audit::entries,
    fixture::{OTHER_PHRASE, Open, PHRASE, Place, create, name, open, passphrase, seal},
    kms::{ARN, Desk, recipient},
    passkey::passkey,
};

fn pair() -> FactorPair {
    FactorPair::new(&[FactorKind::Passphrase, FactorKind::Kms]).unwrap()
}

/// The service, to be asked.
fn gate() -> Escrow {
    Escrow::held(EscrowHolder {
        number: 7,
        is_kms: true,
    })
    .as_gate()
}

/// Its public key, for a vault to get.
fn public(bits: usize) -> Escrow {
    recipient(bits, Some(ARN)).as_gate()
}

fn with(phrase: &str) -> Together {
    Together::new(Box::new(passphrase(phrase)), Box::new(gate()))
}

fn make(place: &Place, factors: &[&dyn Present], pair: Option<FactorPair>) -> Result<Open> {
    let made = Vault::create_requiring(place.host.clone(), name(), factors, pair);
    block_on(made)
}

fn unlock(place: &Place, present: &dyn Present) -> Result<Open> {
    let vault = block_on(Vault::open(place.host.clone(), name())).unwrap();
    block_on(vault.unlock(present, None))
}

fn watch(_: u64, _: u64) -> Result<()> {
    Ok(())
}

fn kit() -> RecoveryKit {
    RecoveryKit::generate(&SystemEntropy).unwrap()
}

fn listed(vault: &Open, kind: &str) -> FactorInfo {
    let all = block_on(vault.factors()).unwrap();
    all.into_iter().find(|factor| factor.kind == kind).unwrap()
}

/// The kinds that the stored envelope of the vault key is for.
fn recipients(place: &Place, vault: &Open) -> BTreeSet<String> {
    let row = place.rows_of(RecordType::VaultKey).remove(0);
    let envelope: Json = serde_json::from_slice(&row.bytes).unwrap();
    let factors = block_on(vault.factors()).unwrap();
    let kind = |kid: &str| {
        let factor = factors.iter().find(|factor| factor.id.as_str() == kid);
        factor.unwrap().kind.clone()
    };
    let entries = envelope["recipients"].as_array().unwrap().iter();
    let kids = entries.map(|entry| kind(entry["header"]["kid"].as_str().unwrap()));
    kids.collect()
}

fn kinds<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}

fn argument<T>(given: Result<T>) {
    let error = given.err();
    assert!(matches!(error, Some(Error::Argument(_))), "{error:?}");
}

#[test]
fn it_takes_both_and_each_unlock_is_one_question() {
    let desk = Desk::with_rsa(3072);
    let (place, kit) = (desk.place(), kit());
    let factors: [&dyn Present; 3] = [&passphrase(PHRASE), &public(3072), &kit];
    let vault = make(&place, &factors, Some(pair())).unwrap();
    create(&vault, "photos");
    let token = seal(&vault, "photos", r#""kept""#).unwrap();
    let info = listed(&vault, "kms");
    assert_eq!(info.escrow_kid.unwrap().as_str(), ARN);
    let required = block_on(vault.required()).unwrap().unwrap();
    assert_eq!(required.kinds(), [FactorKind::Kms, FactorKind::Passphrase]);
    // Whoever has the service's key opens the outer envelope alone: what is in it is for the passphrase.
    assert_eq!(recipients(&place, &vault), kinds(["kms", "recovery-kit"]));
    drop(vault);
    assert_eq!(desk.asked(), 0);

    let opened = unlock(&place, &with(PHRASE)).unwrap();
    assert_eq!(open(&opened, &token).unwrap(), r#""kept""#);
    assert_eq!(desk.asked(), 1);
    drop(opened);

    for (alone, missing) in [
        (Box::new(passphrase(PHRASE)) as Box<dyn Present>, "kms"),
        (Box::new(gate()), "passphrase"),
    ] {
        let refused = unlock(&place, alone.as_ref()).err();
        assert_eq!(refused, Some(Error::SecondFactor(missing)));
    }
    assert_eq!(desk.asked(), 0);
    // The kit needs nobody's leave.
    assert!(unlock(&place, &kit).is_ok());
    assert_eq!(desk.asked(), 0);
    assert_eq!(
        unlock(&place, &with(OTHER_PHRASE)).err(),
        Some(Error::WrongFactor)
    );
    assert_eq!(desk.asked(), 1);
}

#[test]
fn a_service_that_says_no_stops_every_unlock_that_must_ask_it() {
    let desk = Desk::with_rsa(2048);
    let (place, kit) = (desk.place(), kit());
    let factors: [&dyn Present; 3] = [&passphrase(PHRASE), &public(2048), &kit];
    drop(make(&place, &factors, Some(pair())).unwrap());
    desk.0.fails.set(true);
    // Whether the passphrase is the right one is not told, in whichever order they are given.
    let swapped = |phrase| Together::new(Box::new(gate()), Box::new(passphrase(phrase)));
    for phrase in [PHRASE, OTHER_PHRASE] {
        for both in [with(phrase), swapped(phrase)] {
            let down = Some(Error::Unsupported("the service is down"));
            assert_eq!(unlock(&place, &both).err(), down);
        }
    }
    assert!(unlock(&place, &kit).is_ok());
    desk.0.fails.set(false);
    desk.0.errs.set(true);
    let wrong = Some(Error::WrongFactor);
    assert_eq!(unlock(&place, &with(PHRASE)).err(), wrong);
    desk.0.errs.set(false);
    assert!(unlock(&place, &with(PHRASE)).is_ok());
    // Another key than the one that is pinned is not asked.
    let other = Desk::with_rsa(3072);
    let elsewhere = other.place();
    drop(make(&elsewhere, &factors, Some(pair())).unwrap());
    assert_eq!(unlock(&elsewhere, &with(PHRASE)).err(), wrong);
    assert_eq!(other.asked(), 0);
}

#[test]
fn until_it_is_required_it_opens_nothing_and_is_asked_for_nothing() {
    let desk = Desk::with_rsa(2048);
    let (place, mine, kit) = (desk.place(), passphrase(PHRASE), kit());
    let vault = make(&place, &[&mine, &kit], None).unwrap();
    create(&vault, "photos");
    let token = seal(&vault, "photos", r#""kept""#).unwrap();
    let own = block_on(vault.add_factor(&mine, &public(2048), None, &watch)).unwrap();
    assert_eq!((own.kind.as_str(), own.known), ("kms", true));
    let alone = kinds(["passphrase", "recovery-kit"]);
    assert_eq!(recipients(&place, &vault), alone);
    // It proves nobody, and does not do what a person does.
    let person = block_on(vault.authenticate(&gate(), &watch)).err();
    assert!(matches!(person, Some(Error::PersonNeeded(_))), "{person:?}");
    argument(unlock(&place, &gate()));
    argument(unlock(&place, &with(PHRASE)));
    assert_eq!(desk.0.asked.take().len(), 1);
    assert!(unlock(&place, &mine).is_ok());

    // Both are shown to open before it takes both.
    let one = block_on(vault.require_factors(Some(pair()), &mine, &watch)).err();
    assert_eq!(one, Some(Error::SecondFactor("kms")));
    desk.0.errs.set(true);
    let wrong = block_on(vault.require_factors(Some(pair()), &with(PHRASE), &watch)).err();
    assert_eq!(wrong, Some(Error::WrongFactor));
    desk.0.errs.set(false);
    assert!(unlock(&place, &mine).is_ok());
    block_on(vault.require_factors(Some(pair()), &with(PHRASE), &watch)).unwrap();
    assert_eq!(recipients(&place, &vault), kinds(["kms", "recovery-kit"]));
    assert_eq!(
        unlock(&place, &mine).err(),
        Some(Error::SecondFactor("kms"))
    );
    let vault = unlock(&place, &with(PHRASE)).unwrap();
    assert_eq!(open(&vault, &token).unwrap(), r#""kept""#);
    let revoked = block_on(vault.revoke_factor(own.id.as_str(), &with(PHRASE), &watch)).err();
    assert_eq!(revoked, Some(Error::LastOfPair("kms")));

    // And no more.
    block_on(vault.require_factors(None, &with(PHRASE), &watch)).unwrap();
    assert_eq!(recipients(&place, &vault), alone);
    assert!(unlock(&place, &mine).is_ok());
    argument(unlock(&place, &gate()));
    block_on(vault.revoke_factor(own.id.as_str(), &mine, &watch)).unwrap();
    assert!(unlock(&place, &mine).is_ok());
}

#[test]
fn it_can_be_replaced_and_goes_along_in_a_backup() {
    let desk = Desk::with_rsa(2048);
    let (place, kit) = (desk.place(), kit());
    let factors: [&dyn Present; 3] = [&passphrase(PHRASE), &public(2048), &kit];
    let vault = make(&place, &factors, Some(pair())).unwrap();
    let id = listed(&vault, "kms").id;
    let again = public(2048);
    block_on(vault.replace_factor(id.as_str(), &with(PHRASE), &again, None, &watch)).unwrap();
    assert!(unlock(&place, &with(PHRASE)).is_ok());
    let backup = block_on(vault.backup()).unwrap();
    let elsewhere = desk.place();
    let restored = Vault::restore(elsewhere.host.clone(), &backup, None);
    let restored = block_on(restored).unwrap();
    assert_eq!(
        block_on(restored.unlock(&passphrase(PHRASE), None)).err(),
        Some(Error::SecondFactor("kms"))
    );
    assert!(unlock(&elsewhere, &with(PHRASE)).is_ok());
}

/// Who may open one vault in an emergency must not be who lets everybody into it.
#[test]
fn a_key_of_a_service_has_one_use() {
    let desk = Desk::with_rsa(2048);
    let (mine, kit) = (passphrase(PHRASE), kit());
    let escrow = recipient(2048, Some("another name of it"));
    let both: [&dyn Present; 4] = [&mine, &public(2048), &escrow, &kit];
    argument(make(&desk.place(), &both, Some(pair())));
    let vault = make(&desk.place(), &[&mine, &kit, &escrow], None).unwrap();
    argument(block_on(vault.add_factor(
        &mine,
        &public(2048),
        None,
        &watch,
    )));
    // Nor does it change its use where it takes its own place.
    let id = listed(&vault, "escrow").id;
    let gate = public(2048);
    argument(block_on(vault.replace_factor(
        id.as_str(),
        &mine,
        &gate,
        None,
        &watch,
    )));
    let vault = make(&desk.place(), &[&mine, &public(2048), &kit], Some(pair())).unwrap();
    argument(block_on(vault.add_factor(
        &with(PHRASE),
        &escrow,
        None,
        &watch,
    )));
}

#[test]
fn the_log_names_the_gate() {
    let desk = Desk::with_rsa(2048);
    let (place, kit) = (desk.place(), kit());
    let factors: [&dyn Present; 3] = [&passphrase(PHRASE), &public(2048), &kit];
    drop(make(&place, &factors, Some(pair())).unwrap());
    let vault = unlock(&place, &with(PHRASE)).unwrap();
    block_on(vault.write_log()).unwrap();
    let id = listed(&vault, "kms").id.to_string();
    let told = entries(&vault).into_iter().map(|logged| logged.entry);
    let mut asked = told.filter(|entry| entry.operation == "askKms");
    assert_eq!(asked.next().unwrap().factor, Some(id));
    assert!(asked.next().is_none());
}

/// Who kept what the service gave, and has the passphrase, opens the vault until the gate is another one.
#[test]
fn a_gate_that_is_replaced_takes_no_answer_of_before() {
    let desk = Desk::with_rsa(2048);
    let (place, kit) = (desk.place(), kit());
    let factors: [&dyn Present; 3] = [&passphrase(PHRASE), &public(2048), &kit];
    let vault = make(&place, &factors, Some(pair())).unwrap();
    drop(unlock(&place, &with(PHRASE)).unwrap());
    desk.0.repeats.set(true);
    assert!(unlock(&place, &with(PHRASE)).is_ok());
    desk.0.repeats.set(false);
    let (id, anew) = (listed(&vault, "kms").id, public(2048));
    let both = with(PHRASE);
    block_on(vault.replace_factor(id.as_str(), &both, &anew, None, &watch)).unwrap();
    desk.0.repeats.set(true);
    assert_eq!(
        unlock(&place, &with(PHRASE)).err(),
        Some(Error::WrongFactor)
    );
    desk.0.repeats.set(false);
    assert!(unlock(&place, &with(PHRASE)).is_ok());
}

#[test]
fn a_vault_that_does_not_ask_it_is_not_made_with_it() {
    let desk = Desk::with_rsa(2048);
    let (mine, kit) = (passphrase(PHRASE), kit());
    argument(make(&desk.place(), &[&mine, &public(2048), &kit], None));
    let people = FactorPair::new(&[FactorKind::Passphrase, FactorKind::Passkey]).unwrap();
    let factors: [&dyn Present; 4] = [&mine, &passkey(), &public(2048), &kit];
    argument(make(&desk.place(), &factors, Some(people)));
    let paperless = make(&desk.place(), &[&mine, &public(2048)], Some(pair())).err();
    assert_eq!(paperless, Some(Error::LastOfPair("recovery-kit")));
    let gateless = make(&desk.place(), &[&mine, &kit], Some(pair())).err();
    assert_eq!(gateless, Some(Error::LastOfPair("kms")));
}
