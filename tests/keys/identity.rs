//! A factor that somebody else has, with an older copy of the vault: what is made anew, who goes on, and what that person can
//! still make of it.

use std::rc::Rc;

use pollster::block_on;
use strongroom::{
    Error, Result,
    base::{SystemEntropy, Thumbprint, VersionState},
    keys::{KeyAction, KeyOptions, Purpose},
    store::{RecordType, Row},
    vault::{Backup, CompromisedFactor, ExpectedVault, FactorInfo, Others, Vault},
};

use crate::{
    fixture::{
        OTHER_PHRASE, Open, PHRASE, Place, create, create_for, genesis, key, kid_of, manage, name,
        open, passphrase, rotate, seal,
    },
    scale::large,
};

/// The passphrase that others have.
const STOLEN: &str = OTHER_PHRASE;
/// One that is not there when that is found out.
const AWAY: &str = "in the safe";
const NOBODY: fn(u64, u64) -> Result<()> = |_, _| Ok(());

fn list(vault: &Open) -> Vec<FactorInfo> {
    block_on(vault.factors()).unwrap()
}

fn revoke(vault: &Open, id: &str, present: &str) -> Result<CompromisedFactor> {
    block_on(vault.revoke_compromised_factor(id, &passphrase(present), Others::default(), &NOBODY))
}

fn unlock(place: &Place, phrase: &str, identity: Option<&Thumbprint>) -> Result<Open> {
    let vault = block_on(Vault::open(Rc::clone(&place.host), name()))?;
    let expected = ExpectedVault {
        identity: identity.cloned(),
        seen: None,
    };
    let unlocked = block_on(vault.unlock_watched(&passphrase(phrase), &expected, &NOBODY));
    unlocked.map(|(vault, _)| vault)
}

fn refused(opened: Result<Open>) -> Error {
    opened.err().unwrap_or_else(|| panic!("it opens"))
}

/// Whether an unlock is refused before anything is opened: by whose statement it is.
fn is_forged(opened: Result<Open>) -> bool {
    let told = opened.err();
    let by_another = Error::Integrity("a statement by another identity");
    told == Some(by_another) || told == Some(Error::Integrity("another vault in this one's place"))
}

/// A vault of three passphrases, one of which was stolen with a copy, and is revoked.
struct Robbed {
    place: Place,
    vault: Open,
    /// What was stolen.
    copy: Vec<Row>,
    old: Thumbprint,
    done: CompromisedFactor,
    /// A value that was made before.
    token: String,
}

/// The factors of a new vault are listed in the order of its passphrases.
fn with_three() -> (Place, Open) {
    let place = Place::of(&genesis(&SystemEntropy, &[PHRASE, STOLEN, AWAY]));
    let vault = place.unlock().unwrap();
    create(&vault, "photos");
    (place, vault)
}

impl Robbed {
    fn new() -> Self {
        let (place, vault) = with_three();
        let token = seal(&vault, "photos", "a value").unwrap();
        let (copy, old) = (place.rows(), vault.identity().unwrap());
        let id = list(&vault).remove(1).id;
        let done = revoke(&vault, id.as_str(), PHRASE).unwrap();
        Self {
            place,
            vault,
            copy,
            old,
            done,
            token,
        }
    }

    /// What the thief has made in the vault's place, with the factors' records as they are now.
    fn put(&self, forged: &[Row], now: &[Row]) {
        let of_factors = |row: &&Row| row.record_id.kind == RecordType::Factor;
        let factors: Vec<_> = now.iter().filter(of_factors).cloned().collect();
        self.place.replay(forged);
        self.place.write(&factors, &[]);
    }

    /// What the thief makes of the copy, with the identity and everything else that is in it.
    fn forged(&self, forge: impl FnOnce(&Open)) -> Vec<Row> {
        let elsewhere = Place::of(&self.copy);
        let vault = elsewhere.unlock_with(STOLEN).unwrap();
        forge(&vault);
        for at in 0..3 {
            create(&vault, &format!("later {at}"));
            block_on(vault.rotate_vault_key()).unwrap();
        }
        elsewhere.rows()
    }
}

#[test]
fn everything_that_the_copy_holds_is_made_anew() {
    let robbed = Robbed::new();
    let (vault, done) = (&robbed.vault, &robbed.done);
    assert_eq!((done.generation, done.keys, done.versions), (2, 1, 1));
    assert_eq!(vault.generation().unwrap(), 2);
    assert_eq!(vault.identity().unwrap(), done.identity);
    assert_ne!(done.identity, robbed.old);
    assert_eq!(done.remaining.len(), 1);
    assert_eq!(list(vault)[1], done.remaining[0]);
    let pinned: Vec<_> = list(vault).iter().map(|factor| factor.pinned).collect();
    assert_eq!(pinned, [true, false]);

    let photos = key(vault, "photos");
    assert_eq!(photos.versions[0].state, VersionState::Compromised);
    assert_eq!(photos.primary_version().number, 2);
    assert_eq!(open(vault, &robbed.token), Err(Error::Unsigned));
    let token = seal(vault, "photos", "another").unwrap();
    assert!(kid_of(&token).ends_with(photos.primary.as_str()));

    // Who was asked then goes on without a question.
    for (again, alias) in [(&robbed.place.unlock().unwrap(), "a"), (vault, "b")] {
        block_on(again.survey()).unwrap();
        assert_eq!(open(again, &token).unwrap(), "another");
        create(again, alias);
    }
    assert_eq!(block_on(vault.keys()).unwrap().len(), 3);
    assert!(matches!(
        robbed.place.unlock_with(STOLEN),
        Err(Error::WrongFactor)
    ));
}

#[test]
fn a_factor_that_was_away_goes_on_once_the_identities_were_compared() {
    let robbed = Robbed::new();
    let (place, new) = (&robbed.place, &robbed.done.identity);
    let before = place.rows();
    let changed = Error::IdentityChanged {
        pinned: robbed.old.clone(),
        identity: new.clone(),
    };
    assert_eq!(refused(place.unlock_with(AWAY)), changed);
    assert_eq!(refused(unlock(place, AWAY, Some(&robbed.old))), changed);
    let strangers = Place::new().create().identity().unwrap();
    for phrase in [AWAY, PHRASE] {
        let opened = unlock(place, phrase, Some(&strangers));
        assert!(matches!(opened, Err(Error::Integrity(_))));
    }
    let stale = refused(unlock(place, PHRASE, Some(&robbed.old)));
    assert_eq!(
        stale, changed,
        "what a caller kept may be older than the factor"
    );
    assert_eq!(place.rows(), before);

    let vault = unlock(place, AWAY, Some(new)).unwrap();
    assert!(list(&vault).iter().all(|factor| factor.pinned));
    for phrase in [AWAY, PHRASE] {
        let again = place.unlock_with(phrase).unwrap();
        block_on(again.survey()).unwrap();
    }
    assert!(unlock(place, AWAY, Some(new)).is_ok());
}

#[test]
fn what_the_old_identity_signs_is_refused() {
    let robbed = Robbed::new();
    let (place, new) = (&robbed.place, &robbed.done.identity);
    let genuine = place.rows();
    let forged = robbed.forged(|_| ());
    robbed.put(&forged, &genuine);
    for known in [None, Some(&robbed.old), Some(new)] {
        assert!(
            is_forged(unlock(place, PHRASE, known)),
            "it pins the new one"
        );
    }
    assert!(is_forged(unlock(place, AWAY, Some(new))));
    let told = block_on(robbed.vault.factors());
    assert!(matches!(told, Err(Error::Integrity(_))), "{told:?}");

    // With its old records a factor is as it was: only what is kept outside the store tells.
    place.replay(&forged);
    assert!(place.unlock().is_ok());
    assert!(is_forged(unlock(place, PHRASE, Some(new))));

    place.replay(&genuine);
    drop(unlock(place, AWAY, Some(new)).unwrap());
    let pinned = place.rows();
    robbed.put(&forged, &pinned);
    assert!(is_forged(place.unlock_with(AWAY)));

    // Whatever of it is put among what is there now.
    for row in &forged {
        let place = Place::of(&pinned);
        place.write(core::slice::from_ref(row), &[]);
        for phrase in [PHRASE, AWAY] {
            let opened = place.unlock_with(phrase);
            assert!(
                matches!(
                    opened,
                    Err(Error::Integrity(_) | Error::WrongFactor | Error::IdentityChanged { .. })
                ),
                "{:?}: {:?}",
                row.record_id,
                opened.err()
            );
        }
    }
}

#[test]
fn a_successor_that_a_thief_names_is_not_followed() {
    let robbed = Robbed::new();
    let (place, new) = (&robbed.place, &robbed.done.identity);
    let forged = robbed.forged(|thief| {
        // Mine goes as if it were the one that was stolen: the one that is away is still wrapped to.
        let mine = list(thief).remove(0).id;
        revoke(thief, mine.as_str(), STOLEN).unwrap();
    });
    let genuine = place.rows();
    place.replay(&forged);
    let changed = refused(place.unlock_with(AWAY));
    assert!(matches!(&changed, Error::IdentityChanged { identity, .. } if identity != new));
    let asked = unlock(place, AWAY, Some(new));
    assert!(matches!(asked, Err(Error::Integrity(_))));
    assert!(block_on(robbed.vault.factors()).is_err());

    place.replay(&genuine);
    drop(unlock(place, AWAY, Some(new)).unwrap());
    robbed.put(&forged, &place.rows());
    for phrase in [AWAY, PHRASE] {
        assert!(is_forged(place.unlock_with(phrase)), "it pins the new one");
    }
}

#[test]
fn a_succession_that_the_old_identity_did_not_sign_is_none() {
    let robbed = Robbed::new();
    let another = Robbed::new();
    let after = robbed.place.rows();
    let of = |rows: &[Row]| -> Row {
        let mut found = rows
            .iter()
            .filter(|row| row.record_id.kind == RecordType::Succession);
        found.next().unwrap().clone()
    };
    let mut strangers = of(&after);
    strangers.bytes = of(&another.place.rows()).bytes;
    for (puts, deletes) in [
        (vec![strangers], vec![]),
        (vec![], vec![of(&after).record_id]),
    ] {
        let place = Place::of(&after);
        place.write(&puts, &deletes);
        assert!(is_forged(place.unlock_with(AWAY)));
        assert!(place.is_refused());
    }
}

#[test]
fn another_tab_is_locked_and_takes_no_identity_over() {
    let (place, vault) = with_three();
    let tab = unlock(&place, PHRASE, None).unwrap();
    let id = list(&vault).remove(1).id;
    revoke(&vault, id.as_str(), PHRASE).unwrap();
    let asked = block_on(tab.confirm(&passphrase(AWAY), &ExpectedVault::default()));
    assert_eq!(asked, Err(Error::Rotated));
    let asked = block_on(tab.confirm(&passphrase(PHRASE), &ExpectedVault::default()));
    assert_eq!(asked, Err(Error::Rotated));
    let told = block_on(tab.find_key("photos")).map(|_| ());
    assert_eq!(told, Err(Error::Rotated));
    assert_ne!(tab.identity().unwrap(), vault.identity().unwrap());
}

#[test]
fn a_factor_is_asked_for_once_while_the_vault_is_open() {
    let robbed = Robbed::new();
    let (vault, new) = (&robbed.vault, &robbed.done.identity);
    let added =
        block_on(vault.add_factor(&passphrase(AWAY), &passphrase("one more"), None, &NOBODY));
    assert!(added.unwrap().pinned);
    assert!(robbed.place.unlock_with("one more").is_ok());
    let another = ExpectedVault {
        identity: Some(robbed.old.clone()),
        seen: None,
    };
    let refused = block_on(vault.confirm(&passphrase(AWAY), &another));
    assert!(matches!(refused, Err(Error::Integrity(_))));
    assert!(list(vault).iter().any(|factor| !factor.pinned));
    let expected = ExpectedVault {
        identity: Some(new.clone()),
        seen: Some(vault.seen().unwrap()),
    };
    let told = block_on(vault.confirm(&passphrase(AWAY), &expected)).unwrap();
    assert_eq!(
        (told.behind, told.superseded),
        (1, Some(robbed.old.clone()))
    );
    assert!(told.factor.pinned && list(vault).iter().all(|factor| factor.pinned));
    block_on(robbed.place.unlock_with(AWAY).unwrap().survey()).unwrap();
}

#[test]
fn each_identity_leads_to_the_next() {
    let (place, vault) = with_three();
    let old = vault.identity().unwrap();
    let stolen = list(&vault).remove(1).id;
    revoke(&vault, stolen.as_str(), PHRASE).unwrap();
    for at in 0..3 {
        let next = passphrase(&format!("the next, {at}"));
        let added = block_on(vault.add_factor(&passphrase(PHRASE), &next, None, &NOBODY)).unwrap();
        let done = revoke(&vault, added.id.as_str(), PHRASE).unwrap();
        assert_eq!(done.generation, at + 3);
        let changed = Error::IdentityChanged {
            pinned: old.clone(),
            identity: done.identity.clone(),
        };
        assert_eq!(refused(place.unlock_with(AWAY)), changed);
    }
    assert_eq!(place.rows_of(RecordType::Succession).len(), 4);
    assert_eq!(key(&vault, "photos").versions.len(), 5);
    let new = vault.identity().unwrap();
    drop(unlock(&place, AWAY, Some(&new)).unwrap());
    for phrase in [AWAY, PHRASE] {
        block_on(place.unlock_with(phrase).unwrap().survey()).unwrap();
    }
}

#[test]
fn no_more_successions_are_kept_than_are_followed() {
    let (place, vault) = with_three();
    for at in 0..34 {
        let next = passphrase(&format!("the next, {at}"));
        let added = block_on(vault.add_factor(&passphrase(PHRASE), &next, None, &NOBODY)).unwrap();
        revoke(&vault, added.id.as_str(), PHRASE).unwrap();
    }
    assert_eq!(place.rows_of(RecordType::Succession).len(), 32);
    block_on(place.unlock().unwrap().survey()).unwrap();
    assert!(is_forged(place.unlock_with(AWAY)));
    // It is asked for where the vault is open already, or replaced.
    assert!(block_on(vault.confirm(&passphrase(AWAY), &ExpectedVault::default())).is_err());
    let away = list(&vault)
        .into_iter()
        .find(|factor| !factor.pinned)
        .unwrap();
    let fresh = passphrase("a fresh one");
    let present = passphrase(PHRASE);
    block_on(vault.replace_factor(away.id.as_str(), &present, &fresh, None, &NOBODY)).unwrap();
    assert!(place.unlock_with("a fresh one").is_ok());
}

#[test]
fn every_state_of_a_version_has_its_rule() {
    let (place, vault) = with_three();
    create_for(&vault, "signs", Purpose::Sign);
    create_for(&vault, "shares", Purpose::Share);
    create(&vault, "suspended");
    manage(&vault, "suspended", &KeyAction::Suspend(None)).unwrap();
    create(&vault, "waits");
    manage(&vault, "waits", &KeyAction::Rotate { waits: true }).unwrap();
    create(&vault, "doomed");
    let doom = KeyAction::ScheduleDestroy {
        version: None,
        after: None,
        force: false,
    };
    manage(&vault, "doomed", &doom).unwrap();
    create(&vault, "gone");
    let destroy = KeyAction::Destroy {
        version: None,
        force: false,
    };
    let gone = manage(&vault, "gone", &destroy).unwrap().key;
    rotate(&vault, "photos");
    let options = KeyOptions::named("of the session".parse().unwrap());
    let session = block_on(vault.create_session(&options, 60_000))
        .unwrap()
        .key;
    let id = list(&vault).remove(1).id;
    let done = revoke(&vault, id.as_str(), PHRASE).unwrap();
    // photos, signs, shares and waits protect; of photos and waits there were two versions.
    assert_eq!((done.keys, done.versions), (4, 8));
    assert!(
        block_on(vault.key(session.id.as_str())).is_ok(),
        "it is in no copy"
    );
    assert!(seal(&vault, "of the session", "a value").is_ok());
    for vault in [vault, place.unlock().unwrap()] {
        for alias in ["photos", "signs", "shares", "waits"] {
            let key = key(&vault, alias);
            assert_eq!(key.primary_version().state, VersionState::Active, "{alias}");
            let others = key
                .versions
                .iter()
                .filter(|version| version.id != key.primary);
            for version in others {
                assert_eq!(version.state, VersionState::Compromised, "{alias}");
            }
        }
        let suspended = key(&vault, "suspended");
        assert_eq!(suspended.versions.len(), 1);
        assert_eq!(suspended.versions[0].state, VersionState::Compromised);
        let doomed = key(&vault, "doomed");
        assert_eq!(doomed.versions[0].state, VersionState::DestroyScheduled);
        assert!(doomed.versions[0].compromised_at().is_some());
        assert_eq!(key(&vault, gone.id.as_str()), gone);
    }
}

#[test]
fn a_large_vault_is_renewed_and_old_rows_stay_out() {
    let place = Place::of(large());
    let vault = place.unlock().unwrap();
    block_on(vault.add_factor(&passphrase(PHRASE), &passphrase(AWAY), None, &NOBODY)).unwrap();
    let before = place.rows();
    let id = list(&vault).remove(1).id;
    let done = revoke(&vault, id.as_str(), PHRASE).unwrap();
    assert_eq!(
        (done.keys, done.versions, done.remaining.len()),
        (400, 400, 1)
    );
    let after = place.rows();
    block_on(vault.survey()).unwrap();
    let again = place.unlock().unwrap();
    block_on(again.survey()).unwrap();
    for vault in [&vault, &again] {
        assert_eq!(block_on(vault.keys()).unwrap().len(), 400);
        assert_eq!(key(vault, "key 399").versions.len(), 2);
        rotate(vault, "key 007");
        assert!(matches!(
            block_on(vault.create_key(&"key 008".parse().unwrap())),
            Err(Error::KeyExists)
        ));
    }
    block_on(place.unlock().unwrap().survey()).unwrap();
    drop(unlock(&place, AWAY, Some(&done.identity)).unwrap());

    for kind in [
        RecordType::Mac,
        RecordType::Index,
        RecordType::Identity,
        RecordType::Head,
        RecordType::Recipient,
    ] {
        let place = Place::of(&after);
        let old: Vec<_> = before
            .iter()
            .filter(|row| row.record_id.kind == kind)
            .cloned()
            .collect();
        place.write(&old, &[]);
        assert!(place.is_refused(), "{kind:?}");
    }
    for kind in [
        RecordType::Catalog,
        RecordType::Key,
        RecordType::Version,
        RecordType::Page,
    ] {
        let place = Place::of(&after);
        let old: Vec<_> = before
            .iter()
            .filter(|row| row.record_id.kind == kind)
            .cloned()
            .collect();
        place.write(&old, &[]);
        let found = place.unlock().and_then(|vault| {
            block_on(vault.survey())?;
            Ok(())
        });
        assert!(
            matches!(found, Err(Error::Integrity(_))),
            "{kind:?}: {found:?}"
        );
    }
}

#[test]
fn it_is_done_wholly_or_not_at_all() {
    let (place, vault) = with_three();
    let (before, id) = (place.rows(), list(&vault).remove(1).id);
    let stop = |_: u64, _: u64| Err(Error::Aborted);
    let stopped = block_on(vault.revoke_compromised_factor(
        id.as_str(),
        &passphrase(PHRASE),
        Others::default(),
        &stop,
    ));
    assert_eq!(stopped, Err(Error::Aborted));
    place.host.store.fails.set(true);
    assert!(revoke(&vault, id.as_str(), PHRASE).is_err());
    place.host.store.fails.set(false);
    assert_eq!(
        revoke(&vault, id.as_str(), "wrong"),
        Err(Error::WrongFactor)
    );
    assert_eq!(revoke(&vault, "nobody", PHRASE), Err(Error::NoFactor));
    let itself = revoke(&vault, id.as_str(), STOLEN);
    assert!(matches!(itself, Err(Error::Argument(_))));
    assert_eq!(place.rows(), before);
    let done = revoke(&vault, id.as_str(), PHRASE).unwrap();
    assert_eq!(vault.identity().unwrap(), done.identity);
}

#[test]
fn the_last_factor_is_not_revoked() {
    let place = Place::of(&genesis(&SystemEntropy, &[PHRASE]));
    let vault = place.unlock().unwrap();
    let id = list(&vault).remove(0).id;
    assert_eq!(revoke(&vault, id.as_str(), PHRASE), Err(Error::LastFactor));
}

#[test]
fn a_store_that_commits_and_says_that_it_did_not_has_one_vault() {
    for error in [
        strongroom::store::Error::Conflict,
        strongroom::store::Error::NoAnswer,
    ] {
        let (place, vault) = with_three();
        let id = list(&vault).remove(1).id;
        *place.host.store.fails_after.borrow_mut() = Some(error.clone());
        assert!(revoke(&vault, id.as_str(), PHRASE).is_err(), "{error:?}");
        let told = block_on(vault.find_key("photos")).map(|_| ());
        assert_eq!(told, Err(Error::Rotated), "{error:?}");
        let again = place.unlock().unwrap();
        block_on(again.survey()).unwrap();
        assert_eq!(key(&again, "photos").versions.len(), 2);
        assert!(matches!(
            place.unlock_with(AWAY),
            Err(Error::IdentityChanged { .. })
        ));
    }
}

#[test]
fn a_key_that_another_tab_makes_meanwhile_is_renewed_too() {
    let (place, vault) = with_three();
    let (other, id) = (place.unlock().unwrap(), list(&vault).remove(1).id);
    *place.host.store.meanwhile.borrow_mut() = Some(Box::new(move || {
        create(&other, "meanwhile");
    }));
    let done = revoke(&vault, id.as_str(), PHRASE).unwrap();
    assert_eq!((done.keys, done.versions), (2, 2));
    assert_eq!(key(&vault, "meanwhile").versions.len(), 2);
    assert_eq!(place.rows_of(RecordType::Succession).len(), 1);
    block_on(place.unlock().unwrap().survey()).unwrap();
}

#[test]
fn a_backup_is_held_to_the_identity_that_signs_now() {
    let (place, vault) = with_three();
    let early = block_on(vault.backup()).unwrap();
    let id = list(&vault).remove(1).id;
    let done = revoke(&vault, id.as_str(), PHRASE).unwrap();
    let late = block_on(vault.backup()).unwrap();
    let restore = |backup: &[u8]| {
        let expected = ExpectedVault {
            identity: Some(done.identity.clone()),
            seen: None,
        };
        let elsewhere = Place::new();
        let host = Rc::clone(&elsewhere.host);
        let restored = Vault::restore_expected(host, backup, Some(name()), &expected, &NOBODY);
        block_on(restored).map(|_| elsewhere)
    };
    assert!(matches!(
        restore(&early).map(|_| ()),
        Err(Error::Integrity(_))
    ));
    let elsewhere = restore(&late).unwrap_or_else(|error| panic!("{error:?}"));
    block_on(elsewhere.unlock().unwrap().survey()).unwrap();
    assert!(matches!(
        elsewhere.unlock_with(AWAY),
        Err(Error::IdentityChanged { .. })
    ));
    assert!(unlock(&elsewhere, AWAY, Some(&done.identity)).is_ok());
    // An older copy in the place of the vault.
    let seen = vault.seen().unwrap();
    place.replay(&Backup::read(&early).unwrap().into_rows());
    let locked = block_on(Vault::open(Rc::clone(&place.host), name())).unwrap();
    let refused = block_on(locked.unlock(&passphrase(AWAY), Some(&seen)));
    assert!(matches!(refused, Err(Error::Integrity(_))));
}
