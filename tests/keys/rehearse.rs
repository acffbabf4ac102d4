//! Rehearsals: a factor is tried while the vault is open, and what an attacker who can write to the store makes of it.

use std::{cell::Cell, rc::Rc};

use pollster::block_on;
use strongroom::{
    Error, Result,
    base::{SystemEntropy, Timestamp},
    factors::{FactorName, InlineFactor, Present, RecoveryKit},
    store::{self, RecordType, Row},
    vault::{ExpectedVault, FactorInfo, Others, Vault},
};

use crate::{
    fixture::{NOW, OTHER_PHRASE, Open, PHRASE, Place, create, name, passphrase},
    release_files::Release,
    scale::large,
};

const NOBODY: fn(u64, u64) -> Result<()> = |_, _| Ok(());
const STOP: fn(u64, u64) -> Result<()> = |_, _| Err(Error::Aborted);

fn kit() -> RecoveryKit {
    RecoveryKit::generate(&SystemEntropy).unwrap()
}

/// A vault that a passphrase and a kit open.
fn with_kit() -> (Place, Rc<Open>, RecoveryKit) {
    let (place, mine) = (Place::new(), kit());
    let factors: [&dyn Present; 2] = [&passphrase(PHRASE), &mine];
    let vault = block_on(Vault::create(place.host.clone(), name(), &factors)).unwrap();
    (place, Rc::new(vault), mine)
}

fn unlock(place: &Place, present: &dyn Present) -> Result<Open> {
    let vault = block_on(Vault::open(place.host.clone(), name()))?;
    block_on(vault.unlock(present, None))
}

fn rehearse(vault: &Open, present: &dyn Present) -> Result<FactorInfo> {
    block_on(vault.rehearse(present, &NOBODY))
}

fn compromise(vault: &Open, stolen: &FactorInfo, present: &dyn Present) {
    let (id, others) = (stolen.id.as_str(), Others::default());
    block_on(vault.revoke_compromised_factor(id, present, others, &NOBODY)).unwrap();
}

fn list(vault: &Open) -> Vec<FactorInfo> {
    block_on(vault.factors()).unwrap()
}

/// When each factor was rehearsed.
fn dates(vault: &Open) -> Vec<Option<Timestamp>> {
    list(vault).iter().map(|factor| factor.rehearsed).collect()
}

/// The kit's own, as the vault lists it.
fn of_kit(vault: &Open) -> FactorInfo {
    let mut factors = list(vault).into_iter();
    factors
        .find(|factor| factor.kind == "recovery-kit")
        .unwrap()
}

fn changed(before: &[Row], after: &[Row]) -> Vec<RecordType> {
    let fresh = after.iter().filter(|row| !before.contains(row));
    fresh.map(|row| row.record_id.kind).collect()
}

#[test]
fn a_rehearsal_notes_its_date_and_changes_nothing_else() {
    use RecordType::{Directory, Head, Page, Recipient};
    let (place, vault, mine) = with_kit();
    create(&vault, "photos");
    let (before, known) = (place.rows(), list(&vault));
    assert_eq!(dates(&vault), [None, None]);
    let told = rehearse(&vault, &mine).unwrap();
    let expected = FactorInfo {
        rehearsed: Some(NOW),
        ..known[1].clone()
    };
    assert_eq!(told, expected);
    assert_eq!(list(&vault), [known[0].clone(), expected]);
    let mut written = changed(&before, &place.rows());
    written.retain(|kind| ![Head, Page, Directory].contains(kind));
    assert_eq!(written, [Recipient]);
    assert_eq!(place.rows().len(), before.len());

    place.clock.set(NOW + 5);
    assert_eq!(rehearse(&vault, &mine).unwrap().rehearsed, Some(NOW + 5));
    rehearse(&vault, &passphrase(PHRASE)).unwrap();
    for again in [place.unlock().unwrap(), unlock(&place, &mine).unwrap()] {
        assert_eq!(dates(&again), [Some(NOW + 5), Some(NOW + 5)]);
        block_on(again.survey()).unwrap();
    }
}

#[test]
fn the_date_survives_what_a_vault_goes_through() {
    let (place, vault, mine) = with_kit();
    let id = rehearse(&vault, &mine).unwrap().id;
    let named: FactorName = "in the safe".parse().unwrap();
    let renamed = block_on(vault.rename_factor(id.as_str(), Some(named))).unwrap();
    assert_eq!(renamed.rehearsed, Some(NOW));
    block_on(vault.rotate_vault_key()).unwrap();
    assert_eq!(of_kit(&vault), renamed);
    // Whose record is sealed again.
    let vault = unlock(&place, &mine).unwrap();
    assert_eq!(of_kit(&vault), renamed);
    let stolen = passphrase("stolen");
    let stolen = block_on(vault.add_factor(&mine, &stolen, None, &NOBODY)).unwrap();
    let present = passphrase(PHRASE);
    rehearse(&vault, &present).unwrap();
    compromise(&vault, &stolen, &mine);
    assert_eq!(dates(&vault), [Some(NOW), Some(NOW)]);
    let pinned: Vec<_> = list(&vault).iter().map(|factor| factor.pinned).collect();
    assert_eq!(pinned, [false, true]);

    let elsewhere = Place::of(&place.rows());
    let restored = unlock(&elsewhere, &mine).unwrap();
    assert_eq!(list(&restored), list(&vault));
    let next = kit();
    let replaced = vault.replace_factor(id.as_str(), &present, &next, None, &NOBODY);
    assert_eq!(block_on(replaced).unwrap().rehearsed, None, "another kit");
}

#[test]
fn a_factor_of_an_earlier_release_is_rehearsed() {
    let release = Release::read("release-0.1");
    let place = Place::with(Box::new(InlineFactor));
    place.clock.set(release.now() + 60_000);
    place.write(&release.rows(), &[]);
    let phrase = passphrase(&release.passphrases()[0]);
    let vault = unlock(&place, &phrase).unwrap();
    assert!(dates(&vault).iter().all(Option::is_none));
    let done = rehearse(&vault, &phrase).unwrap();
    assert_eq!(done.rehearsed, Some(release.now() + 60_000));
    assert!(list(&unlock(&place, &phrase).unwrap()).contains(&done));
}

#[test]
fn a_large_vault_loses_nothing_by_it() {
    let place = Place::of(large());
    let vault = place.unlock().unwrap();
    rehearse(&vault, &passphrase(PHRASE)).unwrap();
    let again = place.unlock().unwrap();
    block_on(again.survey()).unwrap();
    assert_eq!(dates(&again).iter().flatten().count(), 1);
}

#[test]
fn another_kit_is_refused_and_told() {
    let (place, vault, _) = with_kit();
    let before = place.rows();
    place.take_events();
    assert_eq!(rehearse(&vault, &kit()), Err(Error::WrongFactor));
    let told = place.take_events();
    let told: Vec<_> = told
        .iter()
        .map(|event| (event.operation, &event.error))
        .collect();
    assert_eq!(told, [("rehearseFactor", &Some(Error::WrongFactor))]);
    assert_eq!(place.rows(), before);
    assert_eq!(dates(&vault), [None, None]);
}

#[test]
fn a_kit_is_told_from_another_and_nothing_changes() {
    let (place, vault, mine) = with_kit();
    let before = place.rows();
    let told = block_on(vault.identify_factor(&mine)).unwrap();
    assert_eq!(told, (of_kit(&vault), 1));
    assert_eq!(
        block_on(vault.identify_factor(&kit())),
        Err(Error::WrongFactor)
    );
    assert_eq!(place.rows(), before);
    block_on(vault.rotate_vault_key()).unwrap();
    assert_eq!(block_on(vault.identify_factor(&mine)).unwrap().1, 2);
    let present = passphrase(PHRASE);
    block_on(vault.revoke_factor(told.0.id.as_str(), &present, &NOBODY)).unwrap();
    let told = block_on(vault.identify_factor(&mine));
    assert_eq!(told, Err(Error::KitReplaced(NOW)));
}

#[test]
fn a_factor_learns_of_another_identity_by_it() {
    let (place, vault, mine) = with_kit();
    let stolen = passphrase(OTHER_PHRASE);
    let present = passphrase(PHRASE);
    let stolen = block_on(vault.add_factor(&present, &stolen, None, &NOBODY)).unwrap();
    compromise(&vault, &stolen, &mine);
    assert!(matches!(
        unlock(&place, &present),
        Err(Error::IdentityChanged { .. })
    ));
    let told = rehearse(&vault, &present).unwrap();
    assert_eq!((told.pinned, told.rehearsed), (true, Some(NOW)));
    let again = unlock(&place, &present).unwrap();
    assert_eq!(list(&again)[0], told);
    block_on(again.survey()).unwrap();
}

#[test]
fn a_record_that_was_swapped_is_not_rehearsed() {
    let (place, vault, mine) = with_kit();
    let place = Rc::new(place);
    let older = place.rows();
    block_on(vault.rotate_vault_key()).unwrap();
    // The kit's record is written again, with the new generation.
    block_on(vault.confirm(&mine, &ExpectedVault::default())).unwrap();
    drop(unlock(&place, &mine).unwrap());
    let genuine = place.rows();
    let (other_place, _, _) = with_kit();
    let id = of_kit(&vault).id;
    let own =
        |row: &&Row| row.record_id.kind == RecordType::Factor && row.record_id.id == id.as_str();
    let mut strangers = genuine.iter().find(own).unwrap().clone();
    let theirs = other_place.rows_of(RecordType::Factor).remove(1);
    strangers.bytes = theirs.bytes;
    let stale = older.iter().find(own).unwrap().clone();
    assert!(!genuine.contains(&stale));
    for swapped in [strangers, stale] {
        // For one read alone, or from then on.
        for (at, restored) in [(0, true), (1, true), (2, true), (0, false)] {
            let (store, reads) = (Rc::clone(&place), Cell::new(0));
            let (puts, genuine_again) = (swapped.clone(), genuine.clone());
            let swap = move || {
                let now = reads.replace(reads.get() + 1);
                if now == at {
                    store.write_unnoticed(core::slice::from_ref(&puts), &[]);
                } else if restored && now == at + 1 {
                    store.write_unnoticed(&genuine_again, &[]);
                }
            };
            place.host.store.before_reads.replace(Some(Box::new(swap)));
            let told = rehearse(&vault, &mine);
            place.host.store.before_reads.take();
            place.write_unnoticed(&genuine, &[]);
            // A read that nobody needed changes nothing.
            match told {
                Ok(_) => {
                    assert!(at > 0, "{at}");
                    place.replay(&genuine);
                    break;
                }
                told => assert!(matches!(told, Err(Error::Integrity(_))), "{at}: {told:?}"),
            }
            assert_eq!(place.rows(), genuine);
        }
    }
}

#[test]
fn a_date_that_is_put_back_is_told() {
    let (place, vault, mine) = with_kit();
    rehearse(&vault, &mine).unwrap();
    let older = place.rows();
    place.clock.set(NOW + 1000);
    rehearse(&vault, &mine).unwrap();
    let (newer, seen) = (place.rows(), vault.seen().unwrap());
    for row in older.iter().filter(|row| !newer.contains(row)) {
        let place = Place::of(&newer);
        place.write(core::slice::from_ref(row), &[]);
        assert!(place.is_refused(), "{:?}", row.record_id);
    }
    place.replay(&older);
    assert!(matches!(
        block_on(vault.factors()),
        Err(Error::Integrity(_))
    ));
    let told = rehearse(&vault, &mine);
    assert!(matches!(told, Err(Error::Integrity(_))), "{told:?}");
    assert_eq!(place.rows(), older);
    // To somebody who knows nothing of it, the whole vault of before is what it was.
    assert_eq!(of_kit(&unlock(&place, &mine).unwrap()).rehearsed, Some(NOW));
    let locked = block_on(Vault::open(place.host.clone(), name())).unwrap();
    let told = block_on(locked.unlock(&mine, Some(&seen)));
    assert!(matches!(told, Err(Error::Integrity(_))));
}

#[test]
fn a_kit_that_was_revoked_is_not_rehearsed() {
    let (place, vault, mine) = with_kit();
    let (before, id) = (place.rows(), of_kit(&vault).id);
    let present = passphrase(PHRASE);
    block_on(vault.revoke_factor(id.as_str(), &present, &NOBODY)).unwrap();
    let after = place.rows();
    let told = rehearse(&vault, &mine);
    assert_eq!(told, Err(Error::KitReplaced(NOW)));
    assert_eq!(place.rows(), after);
    // With its records put back.
    let own = |row: &&Row| row.record_id.id == id.as_str();
    let own: Vec<_> = before.iter().filter(own).cloned().collect();
    assert_eq!(own.len(), 2);
    place.write(&own, &[]);
    let told = rehearse(&vault, &mine);
    assert!(matches!(told, Err(Error::Integrity(_))), "{told:?}");
}

#[test]
fn a_kit_that_is_revoked_while_it_is_asked_is_not_rehearsed() {
    let (place, vault, mine) = with_kit();
    let id = of_kit(&vault).id;
    let same = Rc::clone(&vault);
    let once = Cell::new(true);
    let revoke = move || {
        if once.take() {
            let present = passphrase(PHRASE);
            block_on(same.revoke_factor(id.as_str(), &present, &NOBODY)).unwrap();
        }
    };
    place.host.store.after_reads.replace(Some(Box::new(revoke)));
    assert_eq!(rehearse(&vault, &mine), Err(Error::NoFactor));
    place.host.store.after_reads.take();
    assert_eq!(dates(&place.unlock().unwrap()), [None]);
}

#[test]
fn a_vault_key_that_this_tab_rotates_meanwhile_is_the_one_that_is_opened() {
    let (place, vault, mine) = with_kit();
    let same = Rc::clone(&vault);
    let once = Cell::new(true);
    let rotate = move || {
        if once.take() {
            block_on(same.rotate_vault_key()).unwrap();
        }
    };
    place.host.store.after_reads.replace(Some(Box::new(rotate)));
    assert_eq!(rehearse(&vault, &mine).unwrap().rehearsed, Some(NOW));
    place.host.store.after_reads.take();
    assert_eq!(vault.generation().unwrap(), 2);
    let again = unlock(&place, &mine).unwrap();
    assert_eq!(of_kit(&again).rehearsed, Some(NOW));
    block_on(again.survey()).unwrap();
}

#[test]
fn a_vault_key_that_another_tab_rotates_meanwhile_is_not_this_ones() {
    for at in 0..3 {
        let (place, vault, mine) = with_kit();
        let other = place.unlock().unwrap();
        let rotate = move || {
            block_on(other.rotate_vault_key()).unwrap();
        };
        if at == 2 {
            *place.host.store.meanwhile.borrow_mut() = Some(Box::new(rotate));
        } else {
            let (reads, other) = (Cell::new(0), Cell::new(Some(rotate)));
            let at_read = move || {
                if reads.replace(reads.get() + 1) == at
                    && let Some(rotate) = other.take()
                {
                    rotate();
                }
            };
            place
                .host
                .store
                .before_reads
                .replace(Some(Box::new(at_read)));
        }
        assert_eq!(rehearse(&vault, &mine), Err(Error::Rotated), "{at}");
        place.host.store.before_reads.take();
        let again = place.unlock().unwrap();
        assert_eq!(
            (again.generation().unwrap(), of_kit(&again).rehearsed),
            (2, None)
        );
        assert!(rehearse(&again, &mine).is_ok());
    }
}

#[test]
fn a_name_that_another_tab_gives_meanwhile_is_kept() {
    let (place, vault, mine) = with_kit();
    let (other, id) = (place.unlock().unwrap(), of_kit(&vault).id);
    let named: FactorName = "in the safe".parse().unwrap();
    let theirs = named.clone();
    *place.host.store.meanwhile.borrow_mut() = Some(Box::new(move || {
        block_on(other.rename_factor(id.as_str(), Some(theirs))).unwrap();
    }));
    let told = rehearse(&vault, &mine).unwrap();
    assert_eq!(
        (told.name.clone(), told.rehearsed),
        (Some(named), Some(NOW))
    );
    assert_eq!(of_kit(&place.unlock().unwrap()), told);
}

#[test]
fn a_commit_that_is_refused_or_stopped_changes_nothing() {
    let (place, vault, mine) = with_kit();
    let before = place.rows();
    place.host.store.fails.set(true);
    assert!(matches!(rehearse(&vault, &mine), Err(Error::Storage(_))));
    place.host.store.fails.set(false);
    assert_eq!(block_on(vault.rehearse(&mine, &STOP)), Err(Error::Aborted));
    assert_eq!(place.rows(), before);
    assert_eq!(dates(&vault), [None, None]);
    place.host.store.commits.take();
    assert!(rehearse(&vault, &mine).is_ok());
    assert_eq!(place.host.store.commits.take().len(), 1, "one commit");
}

#[test]
fn a_store_that_commits_and_says_that_it_did_not_has_the_date() {
    for error in [store::Error::Conflict, store::Error::NoAnswer] {
        let (place, vault, mine) = with_kit();
        let once_more = error == store::Error::Conflict;
        *place.host.store.fails_after.borrow_mut() = Some(error);
        assert_eq!(rehearse(&vault, &mine).is_ok(), once_more);
        assert_eq!(of_kit(&vault).rehearsed, Some(NOW));
        let again = unlock(&place, &mine).unwrap();
        assert_eq!(of_kit(&again).rehearsed, Some(NOW));
        block_on(again.survey()).unwrap();
    }
}
