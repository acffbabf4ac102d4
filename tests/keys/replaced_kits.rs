//! Recovery kits that were replaced, and what becomes of the others where a factor is revoked as compromised.

use pollster::block_on;
use strongroom::{
    Error, Result,
    base::SystemEntropy,
    factors::{FactorName, Present, RecoveryKit},
    store::{RecordType, Row},
    vault::{CompromisedFactor, FactorInfo, Others, Vault},
};

use crate::fixture::{NOW, OTHER_PHRASE, Open, PHRASE, Place, create, name, passphrase};

const STOLEN: &str = OTHER_PHRASE;
const PLANTED: &str = "one that the thief has added";
const NOBODY: fn(u64, u64) -> Result<()> = |_, _| Ok(());

fn kit() -> RecoveryKit {
    RecoveryKit::generate(&SystemEntropy).unwrap()
}

fn vault_of(factors: &[&dyn Present]) -> (Place, Open) {
    let place = Place::new();
    let vault = block_on(Vault::create(place.host.clone(), name(), factors)).unwrap();
    create(&vault, "photos");
    (place, vault)
}

fn unlock(place: &Place, present: &dyn Present) -> Result<Open> {
    let vault = block_on(Vault::open(place.host.clone(), name()))?;
    block_on(vault.unlock(present, None))
}

fn add(vault: &Open, present: &dyn Present, new: &dyn Present) -> Result<FactorInfo> {
    block_on(vault.add_factor(present, new, None, &NOBODY))
}

/// Replaces a factor by the passphrase; the id of the new one.
fn replace(vault: &Open, id: &str, new: &dyn Present) -> String {
    let replaced = block_on(vault.replace_factor(id, &passphrase(PHRASE), new, None, &NOBODY));
    replaced.unwrap().id.to_string()
}

fn refusal(place: &Place, present: &dyn Present) -> Option<Error> {
    unlock(place, present).err()
}

fn list(vault: &Open) -> Vec<FactorInfo> {
    block_on(vault.factors()).unwrap()
}

fn ids(factors: &[FactorInfo]) -> Vec<String> {
    factors.iter().map(|factor| factor.id.to_string()).collect()
}

fn revoke(vault: &Open, id: &str, others: Others<'_>) -> Result<CompromisedFactor> {
    block_on(vault.revoke_compromised_factor(id, &passphrase(PHRASE), others, &NOBODY))
}

#[test]
fn a_kit_that_was_replaced_says_so_and_another_vaults_does_not() {
    let (first, second, third, strange) = (kit(), kit(), kit(), kit());
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &first]);
    let id = replace(&vault, list(&vault)[1].id.as_str(), &second);
    assert_eq!(refusal(&place, &first), Some(Error::KitReplaced(NOW)));
    assert_eq!(refusal(&place, &strange), Some(Error::WrongFactor));
    // Also where it is asked for while the vault is open, and where no kit is left.
    let added = add(&vault, &first, &third);
    assert_eq!(added.err(), Some(Error::KitReplaced(NOW)));
    block_on(vault.revoke_factor(&id, &passphrase(PHRASE), &NOBODY)).unwrap();
    for gone in [&first, &second] {
        assert_eq!(refusal(&place, gone), Some(Error::KitReplaced(NOW)));
    }
    assert_eq!(refusal(&place, &strange), Some(Error::NoFactor));

    // One that comes back is a kit like any other.
    add(&vault, &passphrase(PHRASE), &first).unwrap();
    assert!(unlock(&place, &first).is_ok());
    block_on(vault.rotate_vault_key()).unwrap();
    let backup = block_on(vault.backup()).unwrap();
    let other = "copy".parse().unwrap();
    let copy = block_on(Vault::restore(place.host.clone(), &backup, Some(other))).unwrap();
    assert!(block_on(copy.unlock(&first, None)).is_ok());
    let told = block_on(copy.unlock(&second, None));
    assert_eq!(told.err(), Some(Error::KitReplaced(NOW)));
}

#[test]
fn the_latest_kits_that_were_replaced_are_kept() {
    let mut last = kit();
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &last]);
    let mut replaced = Vec::new();
    for _ in 0..34 {
        let (next, id) = (kit(), list(&vault)[1].id.clone());
        replace(&vault, id.as_str(), &next);
        replaced.push(core::mem::replace(&mut last, next));
    }
    for (at, old) in replaced.iter().enumerate() {
        let told = Some(if at < 2 {
            Error::WrongFactor
        } else {
            Error::KitReplaced(NOW)
        });
        assert_eq!(refusal(&place, old), told, "{at}");
    }
}

#[test]
fn a_compromised_revocation_replaces_the_kit_in_the_same_step() {
    let (old, new) = (kit(), kit());
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &passphrase(STOLEN), &old]);
    let [_, lost, paper] = &ids(&list(&vault))[..] else {
        panic!("three factors")
    };
    let called: FactorName = "in the safe".parse().unwrap();
    block_on(vault.rename_factor(paper, Some(called.clone()))).unwrap();
    let before = place.rows();
    // One that stays would ask for a comparison of identities on the day on which nothing else is left.
    let kept = [paper.clone()];
    for keep in [None, Some(&kept[..])] {
        let stays = revoke(&vault, lost, Others { keep, kit: None });
        assert!(matches!(stays, Err(Error::Argument(_))), "{stays:?}");
    }
    let (word, again) = (passphrase("a third one"), &old);
    for kit in [&word as &dyn Present, again] {
        let others = Others {
            kit: Some(kit),
            keep: None,
        };
        let refused = revoke(&vault, lost, others);
        assert!(matches!(refused, Err(Error::Argument(_))), "{refused:?}");
    }
    assert_eq!(place.rows(), before);

    let others = Others {
        keep: Some(&kept),
        kit: Some(&new),
    };
    let done = revoke(&vault, lost, others).unwrap();
    assert_eq!(done.remaining, []);
    let factors = list(&vault);
    assert_eq!((factors.len(), factors[1].pinned), (2, true));
    assert_eq!(factors[1].name, Some(called));
    // It knows the new identity: nothing is to be compared.
    let opened = unlock(&place, &new).unwrap();
    assert_eq!(opened.identity().unwrap(), done.identity);
    block_on(opened.survey()).unwrap();
    assert_eq!(refusal(&place, &old), Some(Error::KitReplaced(NOW)));
}

#[test]
fn a_kit_that_is_presented_stays_and_one_can_be_given_where_there_was_none() {
    let (mine, fresh) = (kit(), kit());
    let (place, vault) = vault_of(&[&passphrase(STOLEN), &mine]);
    let lost = list(&vault)[0].id.clone();
    let others = Others::default();
    let revoked = vault.revoke_compromised_factor(lost.as_str(), &mine, others, &NOBODY);
    assert_eq!(block_on(revoked).unwrap().remaining, []);
    assert!(unlock(&place, &mine).is_ok());

    let (place, vault) = vault_of(&[&passphrase(PHRASE), &passphrase(STOLEN)]);
    let lost = list(&vault)[1].id.clone();
    let others = Others {
        kit: Some(&fresh),
        keep: None,
    };
    revoke(&vault, lost.as_str(), others).unwrap();
    assert!(unlock(&place, &fresh).is_ok());
    assert!(unlock(&place, &passphrase(PHRASE)).is_ok());
}

#[test]
fn what_a_thief_has_added_goes_with_the_factor() {
    let away = passphrase("away");
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &passphrase(STOLEN), &away]);
    let planted = add(&vault, &passphrase(STOLEN), &passphrase(PLANTED)).unwrap();
    add(&vault, &passphrase(STOLEN), &kit()).unwrap();
    let known = ids(&list(&vault));
    let (before, lost) = (place.rows(), known[1].as_str());
    let refused = |keep: &[String]| {
        let others = Others {
            keep: Some(keep),
            kit: None,
        };
        revoke(&vault, lost, others).unwrap_err()
    };
    assert_eq!(refused(&["nobody".to_owned()]), Error::NoFactor);
    assert!(matches!(refused(&[lost.to_owned()]), Error::Argument(_)));
    assert_eq!(place.rows(), before);

    // The one that is presented stays, whether it is named or not.
    let keep = [known[2].clone()];
    let others = Others {
        keep: Some(&keep),
        kit: None,
    };
    let done = revoke(&vault, lost, others).unwrap();
    assert_eq!(ids(&done.remaining), keep);
    assert!(!ids(&list(&vault)).contains(&planted.id.to_string()));
    assert_eq!(list(&vault).len(), 2);
    for gone in [STOLEN, PLANTED] {
        assert_eq!(refusal(&place, &passphrase(gone)), Some(Error::WrongFactor));
    }
    // What it had read is of the old vault key.
    let elsewhere = Place::of(&before);
    assert!(elsewhere.unlock_with(PLANTED).is_ok());
    block_on(unlock(&place, &passphrase(PHRASE)).unwrap().survey()).unwrap();
    let told = refusal(&place, &away);
    assert!(matches!(told, Some(Error::IdentityChanged { .. })));
}

/// Who is told that a paper is an old one throws it away.
#[test]
fn a_store_that_spoils_a_kits_record_is_told_while_the_vault_is_open() {
    let mine = kit();
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &mine]);
    let paper = list(&vault)[1].id.to_string();
    let genuine = place.rows();
    let of_kit = |row: &&Row| row.record_id.kind == RecordType::Factor && row.record_id.id == paper;
    let record = genuine.iter().find(of_kit).unwrap().clone();
    // Another vault of the same kit, which says that it was replaced.
    let (elsewhere, other) = vault_of(&[&passphrase(PHRASE), &mine]);
    replace(&other, list(&other)[1].id.as_str(), &kit());
    let lie = |row: &&Row| row.record_id.kind == RecordType::Statement;
    let mut lie = elsewhere.rows().iter().find(lie).unwrap().clone();
    lie.record_id = genuine
        .iter()
        .find(|row| row.record_id.kind == lie.record_id.kind)
        .unwrap()
        .record_id
        .clone();
    let asked = || block_on(vault.rehearse(&mine, &NOBODY));
    for told in [&[][..], core::slice::from_ref(&lie)] {
        place.write(told, core::slice::from_ref(&record.record_id));
        let told = asked();
        assert!(matches!(told, Err(Error::Integrity(_))), "{told:?}");
        place.replay(&genuine);
    }
    assert!(asked().is_ok());
}
