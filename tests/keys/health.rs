//! What a vault knows of how well it is kept.

use pollster::block_on;
use strongroom::{
    Result,
    base::{SystemEntropy, Timestamp},
    factors::{Present, RecoveryKit},
    vault::{LastBackup, Vault, VitalSigns},
};

use crate::fixture::{NOW, Open, PHRASE, Place, create, name, passphrase};

const NOBODY: fn(u64, u64) -> Result<()> = |_, _| Ok(());

fn signs(vault: &Open) -> VitalSigns {
    block_on(vault.vital_signs()).unwrap()
}

fn later(milliseconds: u64) -> Timestamp {
    Timestamp::from_millis(NOW.millis() + milliseconds)
}

#[test]
fn a_new_vault_knows_when_its_factors_were_added_and_of_no_backup() {
    let place = Place::new();
    let mine = RecoveryKit::generate(&SystemEntropy).unwrap();
    let factors: [&dyn Present; 2] = [&passphrase(PHRASE), &mine];
    let vault = block_on(Vault::create(place.host.clone(), name(), &factors)).unwrap();
    let told = signs(&vault);
    assert_eq!(told.factors, block_on(vault.factors()).unwrap());
    let added: Vec<_> = told.factors.iter().map(|factor| factor.added).collect();
    assert_eq!(added, [Some(NOW), Some(NOW)]);
    assert_eq!((told.backup, told.latest), (None, Some(NOW)));

    place.pass(1000);
    block_on(vault.rehearse(&mine, &NOBODY)).unwrap();
    assert_eq!(signs(&vault).latest, Some(later(1000)));
}

#[test]
fn a_vault_of_an_earlier_release_does_not_know_when_its_factors_were_added() {
    let told = signs(&Place::new().create());
    assert!(told.factors.iter().all(|factor| factor.added.is_none()));
    assert_eq!(told.latest, None);
}

#[test]
fn what_was_written_since_the_last_backup_is_counted() {
    let place = Place::new();
    let vault = place.create();
    let backup = |made| Some(LastBackup { made, changes: 0 });
    block_on(vault.backup()).unwrap();
    assert_eq!(signs(&vault).backup, backup(NOW));
    assert_eq!(signs(&place.unlock().unwrap()).backup, backup(NOW));
    create(&vault, "photos");
    create(&vault, "letters");
    assert_eq!(signs(&vault).backup.map(|last| last.changes), Some(2));

    place.pass(5000);
    let file = block_on(vault.backup()).unwrap();
    assert_eq!(signs(&vault).backup, backup(later(5000)));
    assert_eq!(signs(&vault).latest, Some(later(5000)));

    // What is restored from it knows of it.
    let elsewhere = Place::new();
    let restored = block_on(Vault::restore(elsewhere.host.clone(), &file, None)).unwrap();
    let restored = block_on(restored.unlock(&passphrase(PHRASE), None)).unwrap();
    assert_eq!(signs(&restored).backup, backup(later(5000)));
}
