//! Recovery kits, and which of a vault's factors is asked.

use std::{cell::Cell, rc::Rc};

use pollster::block_on;
use serde_json::Value as Json;
use strongroom::{
    Error, Result,
    base::{InputError, Local, SystemEntropy, base64},
    factors::{Answer, Challenge, FactorPort, Passphrase, Present, RecoveryKit},
    store::{RecordType, Row},
    vault::Vault,
};

use crate::fixture::{Open, PHRASE, Place, Quick, name, passphrase};

/// Counts what is stretched.
struct Counted(Rc<Cell<usize>>);

impl FactorPort for Counted {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        self.0.set(self.0.get() + 1);
        Quick.answer(challenge)
    }
}

fn kit() -> RecoveryKit {
    RecoveryKit::generate(&SystemEntropy).unwrap()
}

/// A vault of these factors, and how often something is stretched.
fn vault_of(factors: &[&dyn Present]) -> (Place, Open, Rc<Cell<usize>>) {
    let stretched = Rc::new(Cell::new(0));
    let place = Place::with(Box::new(Counted(Rc::clone(&stretched))));
    let made = Vault::create(place.host.clone(), name(), factors);
    let vault = block_on(made).unwrap();
    stretched.set(0);
    (place, vault, stretched)
}

fn unlock(place: &Place, present: &dyn Present) -> Result<Open> {
    let vault = block_on(Vault::open(place.host.clone(), name())).unwrap();
    block_on(vault.unlock(present, None))
}

#[test]
fn a_kit_opens_the_vault_and_nothing_is_stretched() {
    let (mine, strange) = (kit(), kit());
    let (place, vault, stretched) = vault_of(&[&passphrase(PHRASE), &mine]);
    let kinds: Vec<_> = block_on(vault.factors()).unwrap();
    assert_eq!(kinds[1].kind, "recovery-kit");
    assert!(kinds[1].known);
    drop(vault);
    assert!(unlock(&place, &mine).is_ok());
    assert_eq!(unlock(&place, &strange).err(), Some(Error::WrongFactor));
    assert_eq!(stretched.get(), 0);
    // Nor is a kit's record tried with a passphrase.
    assert!(unlock(&place, &passphrase("wrong")).is_err());
    assert_eq!(stretched.get(), 1);
}

#[test]
fn a_kind_that_the_vault_does_not_have_is_told() {
    let (place, _, stretched) = vault_of(&[&kit()]);
    assert_eq!(
        unlock(&place, &passphrase(PHRASE)).err(),
        Some(Error::NoFactor)
    );
    let (place, ..) = vault_of(&[&passphrase(PHRASE)]);
    assert_eq!(unlock(&place, &kit()).err(), Some(Error::NoFactor));
    assert_eq!(stretched.get(), 0);
}

#[test]
fn a_kit_is_added_replaced_and_revoked() {
    let (first, second) = (kit(), kit());
    let (place, vault, _) = vault_of(&[&passphrase(PHRASE)]);
    let added =
        block_on(vault.add_factor(&passphrase(PHRASE), &first, None, &|_, _| Ok(()))).unwrap();
    assert_eq!(added.kind, "recovery-kit");
    assert!(unlock(&place, &first).is_ok());
    let id = added.id.as_str();
    let replaced = vault.replace_factor(id, &first, &second, None, &|_, _| Ok(()));
    let replaced = block_on(replaced).unwrap();
    assert!(unlock(&place, &second).is_ok());
    block_on(vault.revoke_factor(replaced.id.as_str(), &second, &|_, _| Ok(()))).unwrap();
    for gone in [&first, &second] {
        let told = unlock(&place, gone).err();
        assert!(matches!(told, Some(Error::KitReplaced(_))), "{told:?}");
    }
    assert!(unlock(&place, &passphrase(PHRASE)).is_ok());
}

#[test]
fn of_several_passphrases_the_named_one_is_asked() {
    let (place, vault, stretched) = vault_of(&[
        &passphrase(PHRASE),
        &passphrase("second"),
        &passphrase("third"),
    ]);
    let third = block_on(vault.factors()).unwrap().remove(2);
    let named = |text: &str| -> Passphrase { passphrase(text).of(Some(third.id.to_string())) };
    assert!(unlock(&place, &named("third")).is_ok());
    assert_eq!(stretched.replace(0), 1);
    assert_eq!(
        unlock(&place, &named(PHRASE)).err(),
        Some(Error::WrongFactor)
    );
    assert_eq!(stretched.replace(0), 1);
    let nobody = passphrase(PHRASE).of(Some("nobody".to_owned()));
    assert_eq!(unlock(&place, &nobody).err(), Some(Error::NoFactor));
    assert_eq!(stretched.get(), 0);
}

#[test]
fn a_kit_opens_the_vault_once_only() {
    let mine = kit();
    let place = Place::new();
    let both: [&dyn Present; 2] = [&mine, &mine];
    let twice = block_on(Vault::create(place.host.clone(), name(), &both));
    assert!(matches!(twice.err(), Some(Error::Argument(_))));
    let (place, vault, _) = vault_of(&[&passphrase(PHRASE), &mine]);
    let before = place.rows();
    let added = block_on(vault.add_factor(&passphrase(PHRASE), &mine, None, &|_, _| Ok(())));
    assert!(matches!(added, Err(Error::Argument(_))));
    let first = block_on(vault.factors()).unwrap().remove(0);
    let replaced = vault.replace_factor(first.id.as_str(), &mine, &mine, None, &|_, _| Ok(()));
    assert!(matches!(block_on(replaced), Err(Error::Argument(_))));
    assert_eq!(place.rows(), before);
}

#[test]
fn a_record_beside_the_kits_that_says_the_same_is_told_and_does_not_hide_it() {
    let mine = kit();
    let (place, vault, _) = vault_of(&[&passphrase(PHRASE), &mine]);
    drop(vault);
    let rows = place.rows();
    let own = |row: &&Row| row.record_id.kind == RecordType::Factor && aad(row)["kit"].is_object();
    let own = rows.iter().find(own).unwrap();
    for id in ["A".repeat(43), format!("{}8", "z".repeat(42))] {
        let mut planted = own.clone();
        let mut envelope: Json = serde_json::from_slice(&planted.bytes).unwrap();
        let mut address = aad(own);
        address["id"] = id.clone().into();
        envelope["aad"] = base64::encode(address.to_string().as_bytes()).into();
        planted.bytes = envelope.to_string().into_bytes();
        planted.record_id.id = id;
        place.write(&[planted.clone()], &[]);
        let opened = unlock(&place, &mine).err();
        assert!(matches!(opened, Some(Error::Integrity(_))), "{opened:?}");
        place.write(&[], &[planted.record_id]);
        assert!(unlock(&place, &mine).is_ok());
    }
}

fn aad(row: &Row) -> Json {
    let envelope: Json = serde_json::from_slice(&row.bytes).unwrap();
    let aad = envelope["aad"].as_str().unwrap();
    let bytes = base64::decode(aad, InputError::Malformed("an address")).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
