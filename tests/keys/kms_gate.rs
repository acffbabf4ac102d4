//! A key management service as a gate: nobody opens the vault without it, and it opens nothing by itself.

use std::{collections::BTreeSet, rc::Rc};

use pollster::block_on;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use strongroom::{
    Error, Result,
    base::{InputError, SystemEntropy, base64},
    factors::{Escrow, EscrowHolder, Present, RecoveryKit, Together},
    jose::{SigningKey, sign},
    records::{FactorKind, FactorPair},
    store::{RecordType, Row},
    vault::{ExpectedVault, FactorInfo, Others, Vault},
};

use crate::{
    audit::entries,
    fixture::{OTHER_PHRASE, Open, PHRASE, Place, create, name, open, passphrase, seal},
    kms::{ARN, Desk, key, recipient},
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
    assert_eq!(info.key.unwrap().kid.unwrap().as_str(), ARN);
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
    // The new vault key is for another pair of the same gate.
    let gone = block_on(vault.revoke_factor(own.id.as_str(), &with(PHRASE), &watch)).err();
    assert_eq!(gone, Some(Error::NoFactor));
    let id = || listed(&vault, "kms").id;
    let revoked = block_on(vault.revoke_factor(id().as_str(), &with(PHRASE), &watch)).err();
    assert_eq!(revoked, Some(Error::LastOfPair("kms")));

    // And no more.
    block_on(vault.require_factors(None, &with(PHRASE), &watch)).unwrap();
    assert_eq!(recipients(&place, &vault), alone);
    assert!(unlock(&place, &mine).is_ok());
    argument(unlock(&place, &gate()));
    block_on(vault.revoke_factor(id().as_str(), &mine, &watch)).unwrap();
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

/// A vault that asks the service, whose key opens a photo's token, and the answer that somebody kept: the last one.
struct Kept {
    desk: Desk,
    place: Rc<Place>,
    kit: Rc<RecoveryKit>,
    vault: Open,
    token: String,
}

impl Kept {
    fn new() -> Self {
        let desk = Desk::with_rsa(2048);
        let (place, kit) = (Rc::new(desk.place()), Rc::new(kit()));
        let escrow = recipient(3072, None);
        let factors: [&dyn Present; 4] = [&passphrase(PHRASE), &public(2048), &*kit, &escrow];
        let vault = make(&place, &factors, Some(pair())).unwrap();
        create(&vault, "photos");
        let token = seal(&vault, "photos", r#""kept""#).unwrap();
        let (id, name) = (listed(&vault, "kms").id, "the cloud's".parse().unwrap());
        block_on(vault.rename_factor(id.as_str(), Some(name))).unwrap();
        Self {
            desk,
            place,
            kit,
            vault,
            token,
        }
    }

    /// Holds what a rotation leaves of the gate against what it was, and the answer of before against what it opens.
    fn ends_with(mut self, asks: usize, rotate: impl Fn(&Open)) {
        let both = with(PHRASE);
        self.desk.0.first.take();
        drop(unlock(&self.place, &both).unwrap());
        self.desk.0.repeats.set(true);
        drop(unlock(&self.place, &both).unwrap());
        self.desk.0.repeats.set(false);
        let (before, generation) = (listed(&self.vault, "kms"), self.vault.generation());
        self.desk.0.asked.take();
        rotate(&self.vault);
        assert_eq!(self.desk.asked(), asks, "by who is presented alone");
        assert!(self.vault.generation().unwrap() > generation.unwrap());
        let now = listed(&self.vault, "kms");
        assert_ne!(now.id, before.id);
        let described = |info: &FactorInfo| (info.name.clone(), info.added, info.key.clone());
        assert_eq!(described(&now), described(&before));
        assert!(now.name.is_some() && now.pinned);
        self.desk.0.repeats.set(true);
        let kept = self.place.unlock_noted(&both).err();
        assert_eq!(kept, Some(Error::WrongFactor));
        self.desk.0.repeats.set(false);
        self.vault = self.place.unlock_noted(&both).unwrap();
        let token = seal(&self.vault, "photos", "1").unwrap();
        assert_eq!(open(&self.vault, &token).unwrap(), "1");
    }
}

/// Whoever kept an answer has the gate of that time: each new vault key is for another one, to the same key of the service.
#[test]
fn a_new_vault_key_ends_the_answers_of_before_and_asks_nobody() {
    let kept = Kept::new();
    let (place, kit, token) = (kept.place.clone(), kept.kit.clone(), kept.token.clone());
    let others = |vault: &Open| {
        let all = block_on(vault.factors()).unwrap().into_iter();
        let ids = all.filter(|factor| factor.kind != "kms").map(|one| one.id);
        ids.collect::<BTreeSet<_>>()
    };
    let stay = others(&kept.vault);
    kept.ends_with(0, |vault| {
        block_on(vault.rotate_vault_key()).unwrap();
    });
    let vault = unlock(&place, &*kit).unwrap();
    assert_eq!(others(&vault), stay);
    assert_eq!(open(&vault, &token).unwrap(), r#""kept""#);
}

#[test]
fn so_does_a_factor_that_leaves() {
    Kept::new().ends_with(2, |vault| {
        let own = block_on(vault.add_factor(&with(PHRASE), &self::kit(), None, &watch)).unwrap();
        block_on(vault.revoke_factor(own.id.as_str(), &with(PHRASE), &watch)).unwrap();
    });
}

#[test]
fn so_does_a_factor_that_comes_in_anothers_place() {
    Kept::new().ends_with(1, |vault| {
        let id = listed(vault, "recovery-kit").id;
        let kit = self::kit();
        block_on(vault.replace_factor(id.as_str(), &with(PHRASE), &kit, None, &watch)).unwrap();
    });
}

#[test]
fn so_does_a_vault_that_takes_one_factor_for_a_while() {
    Kept::new().ends_with(2, |vault| {
        block_on(vault.require_factors(None, &with(PHRASE), &watch)).unwrap();
        block_on(vault.require_factors(Some(pair()), &with(PHRASE), &watch)).unwrap();
    });
}

#[test]
fn so_does_a_factor_that_is_compromised_and_the_gate_knows_who_signs() {
    Kept::new().ends_with(1, |vault| {
        let (id, own) = (listed(vault, "escrow").id, self::kit());
        let others = Others {
            keep: None,
            kit: Some(&own),
        };
        let both = with(PHRASE);
        let done = block_on(vault.revoke_compromised_factor(id.as_str(), &both, others, &watch));
        assert_eq!(done.unwrap().remaining, []);
    });
}

/// Where somebody else is presented, the gate is not among those that are still to be told who signs.
#[test]
fn a_gate_that_was_not_presented_knows_who_signs_too() {
    let kept = Kept::new();
    let kit = kept.kit.clone();
    kept.ends_with(0, |vault| {
        let (id, own) = (listed(vault, "escrow").id, self::kit());
        let others = Others {
            keep: None,
            kit: Some(&own),
        };
        let done = block_on(vault.revoke_compromised_factor(id.as_str(), &*kit, others, &watch));
        let remaining = done.unwrap().remaining;
        let kinds: Vec<_> = remaining.iter().map(|one| one.kind.as_str()).collect();
        assert_eq!(kinds, ["passphrase"]);
    });
}

/// The gate's record, with another ciphertext in what its key opens.
fn spoiled(place: &Place, member: &str) -> Row {
    let text = |bytes: &[u8]| -> Json { serde_json::from_slice(bytes).unwrap() };
    let decoded = |text: &Json| {
        base64::decode(text.as_str().unwrap(), InputError::Malformed("base64url")).unwrap()
    };
    let rows = place.rows_of(RecordType::Factor).into_iter();
    let mut rows = rows.map(|row| (text(&decoded(&text(&row.bytes)["aad"])), row));
    let (mut aad, mut row) = rows.find(|(aad, _)| aad.get(member).is_some()).unwrap();
    let mut kek = text(aad[member]["kek"].as_str().unwrap().as_bytes());
    let mut tag = decoded(&kek["tag"]);
    tag[0] ^= 1;
    kek["tag"] = base64::encode(&tag).into();
    aad[member]["kek"] = kek.to_string().into();
    let mut envelope = text(&row.bytes);
    envelope["aad"] = base64::encode(aad.to_string().as_bytes()).into();
    row.bytes = envelope.to_string().into_bytes();
    row
}

/// The statement as an identity of somebody else signs it, for the records that there are.
fn forged_statement(place: &Place) -> Row {
    let mut row = place.rows_of(RecordType::Statement).remove(0);
    let text = String::from_utf8(row.bytes).unwrap();
    let payload = text.split('.').nth(1).unwrap();
    let payload = base64::decode(payload, InputError::Malformed("base64url")).unwrap();
    let mut statement: Json = serde_json::from_slice(&payload).unwrap();
    let key = SigningKey::generate(&SystemEntropy).unwrap();
    statement["identity"] = key.thumbprint().to_string().into();
    for factor in place.rows_of(RecordType::Factor) {
        let entries = statement["factors"].as_array_mut().unwrap();
        let entry = entries
            .iter_mut()
            .find(|one| one["kid"] == *factor.record_id.id);
        entry.unwrap()["record"] = base64::encode(&Sha256::digest(&factor.bytes)).into();
    }
    let statement = statement.to_string();
    let signed = sign("sr-vault+jws", statement.as_bytes(), &key, &SystemEntropy);
    row.bytes = signed.unwrap().into_bytes();
    row
}

fn integrity<T>(given: Result<T>) {
    let error = given.err();
    assert!(matches!(error, Some(Error::Integrity(_))), "{error:?}");
}

/// Each question may cost, and is in the organisation's log: who writes to the store asks none.
#[test]
fn a_record_that_was_spoiled_costs_no_question() {
    let desk = Desk::with_rsa(2048);
    let (place, kit) = (desk.place(), kit());
    let factors: [&dyn Present; 3] = [&passphrase(PHRASE), &public(2048), &kit];
    let vault = make(&place, &factors, Some(pair())).unwrap();
    let swapped = |phrase| Together::new(Box::new(gate()), Box::new(passphrase(phrase)));
    let whole = place.rows();
    place.write_unnoticed(&[spoiled(&place, "kms")], &[]);
    for both in [
        with(PHRASE),
        with(OTHER_PHRASE),
        swapped(PHRASE),
        swapped(OTHER_PHRASE),
    ] {
        integrity(unlock(&place, &both));
        integrity(block_on(vault.authenticate(&both, &watch)));
    }
    // Signed by somebody else: whoever has the passphrase, or noted the identity, sees that.
    place.write_unnoticed(&[forged_statement(&place)], &[]);
    for both in [with(PHRASE), swapped(PHRASE)] {
        integrity(unlock(&place, &both));
    }
    let shut = block_on(Vault::open(place.host.clone(), name())).unwrap();
    let expected = ExpectedVault {
        identity: Some(vault.identity().unwrap()),
        seen: None,
    };
    let both = with(OTHER_PHRASE);
    integrity(block_on(shut.unlock_watched(&both, &expected, &watch)));
    assert_eq!(desk.asked(), 0);
    place.write_unnoticed(&whole, &[]);
    assert!(unlock(&place, &with(PHRASE)).is_ok());
    assert_eq!(desk.asked(), 1);
}

#[test]
fn nor_does_that_of_an_escrow() {
    let desk = Desk::with_rsa(2048);
    let place = desk.place();
    let escrow = recipient(2048, None);
    let vault = make(&place, &[&passphrase(PHRASE), &escrow], None).unwrap();
    place.write_unnoticed(&[spoiled(&place, "escrow")], &[]);
    let shut = block_on(Vault::open(place.host.clone(), name())).unwrap();
    let expected = ExpectedVault {
        identity: Some(vault.identity().unwrap()),
        seen: None,
    };
    let refused = || {
        integrity(block_on(shut.unlock_watched(&key(), &expected, &watch)));
    };
    refused();
    place.write_unnoticed(&[forged_statement(&place)], &[]);
    refused();
    assert_eq!(desk.asked(), 0);
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
