//! Operations that are watched: how far they are is told, and they stop before they commit.

use std::cell::{Cell, RefCell};

use pollster::block_on;
use strongroom::{
    Error, Result,
    vault::{ExpectedVault, Vault},
};

use crate::fixture::{Open, PHRASE, Place, create, name, passphrase, seal};

/// Keys of the vault: it has more records than a part has.
const KEYS: u64 = 200;

fn vault_of_many() -> (Place, Open) {
    let place = Place::new();
    let vault = place.create();
    for at in 0..KEYS {
        create(&vault, &format!("key-{at}"));
    }
    place.take_events();
    (place, vault)
}

/// What a run was told, which grows to all there is.
fn total_of(run: impl FnOnce(&dyn Fn(u64, u64) -> Result<()>)) -> u64 {
    let told = RefCell::new(Vec::new());
    run(&|done, total| {
        told.borrow_mut().push((done, total));
        Ok(())
    });
    let told = told.into_inner();
    let (last, total) = *told.last().unwrap();
    assert_eq!(last, total);
    assert!(told.len() > 1, "several parts");
    assert!(told.windows(2).all(|two| two[0].0 < two[1].0));
    assert!(told.iter().all(|&(_, of)| of == total));
    total
}

#[test]
fn records_are_counted_to_the_last() {
    let (place, vault) = vault_of_many();
    let backup = RefCell::new(Vec::new());
    let given = total_of(|watch| {
        backup.replace(block_on(vault.backup_watched(watch)).unwrap());
    });
    let rotated = Cell::new(0);
    let sealed = total_of(|watch| {
        rotated.set(
            block_on(vault.rotate_vault_key_watched(watch))
                .unwrap()
                .records,
        );
    });
    assert_eq!(sealed, rotated.get());
    let other = Place::new();
    let written = total_of(|watch| {
        let backup = backup.borrow();
        let restored = Vault::restore_watched(other.host.clone(), &backup, Some(name()), watch);
        drop(block_on(restored).unwrap());
    });
    assert_eq!(written, given);
    assert_eq!(other.rows().len() as u64, given);
    let locked = block_on(Vault::open(place.host.clone(), name())).unwrap();
    let steps = total_of(|watch| {
        let (phrase, any) = (passphrase(PHRASE), ExpectedVault::default());
        let unlocked = locked.unlock_watched(&phrase, &any, watch);
        drop(block_on(unlocked).unwrap());
    });
    assert_eq!(steps, 2);
}

/// Stops at a part, counted from 1.
fn stops_at(part: u32) -> impl Fn(u64, u64) -> Result<()> {
    let seen = Cell::new(0);
    move |_, _| {
        seen.set(seen.get() + 1);
        if seen.get() < part {
            Ok(())
        } else {
            Err(Error::Aborted)
        }
    }
}

#[test]
fn what_is_stopped_changes_nothing_and_is_told_once() {
    let (place, vault) = vault_of_many();
    let backup = block_on(vault.backup()).unwrap();
    let before = place.rows();
    for part in 1..=2 {
        place.take_events();
        let rotated = block_on(vault.rotate_vault_key_watched(&stops_at(part)));
        assert_eq!(rotated, Err(Error::Aborted));
        let events = place.take_events();
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].operation, "rotateVaultKey");
        assert_eq!(events[0].error, Some(Error::Aborted));
        let (present, new, stop) = (passphrase(PHRASE), passphrase("a new one"), stops_at(1));
        let added = vault.add_factor(&present, &new, None, &stop);
        assert_eq!(block_on(added), Err(Error::Aborted));
        let given = block_on(vault.backup_watched(&stops_at(part)));
        assert_eq!(given, Err(Error::Aborted));
        assert_eq!(place.rows(), before);
        let other = Place::new();
        let stop = stops_at(part);
        let restored = Vault::restore_watched(other.host.clone(), &backup, Some(name()), &stop);
        assert_eq!(block_on(restored).map(drop), Err(Error::Aborted));
        assert!(other.rows().is_empty());
    }
    assert_eq!(vault.generation().unwrap(), 1);
    assert_eq!(block_on(vault.rotate_vault_key()).unwrap().generation, 2);
    assert_eq!(place.unlock().unwrap().generation().unwrap(), 2);
}

#[test]
fn what_watches_may_use_the_vault_and_lock_it() {
    for rotates in [false, true] {
        let (place, vault) = vault_of_many();
        let before = place.rows();
        let locks = |_, _| {
            seal(&vault, "key-0", "1")?;
            vault.forget();
            Ok(())
        };
        let ended = if rotates {
            block_on(vault.rotate_vault_key_watched(&locks)).map(drop)
        } else {
            block_on(vault.backup_watched(&locks)).map(drop)
        };
        assert_eq!(ended, Err(Error::Locked));
        assert_eq!(vault.open_versions(), 0);
        assert_eq!(place.rows(), before);
    }
}
