//! The factors of a vault: added, named, replaced and revoked; and what an attacker who can write to the store makes of it.

use std::{cell::Cell, rc::Rc};

use pollster::block_on;
use strongroom::{
    Error, Result,
    base::{InputError, Local, SystemEntropy, base64},
    factors::{Answer, Challenge, FactorName, FactorPort, Present},
    store::{RecordType, Row},
    vault::FactorInfo,
};

use crate::{
    fixture::{
        OTHER_PHRASE, Open, PHRASE, Place, Quick, create, genesis, name, open, passphrase, seal,
    },
    material::Chosen,
    scale::large,
};

const NEW: &str = "a new passphrase";
const NOBODY: fn(u64, u64) -> Result<()> = |_, _| Ok(());

fn called(text: &str) -> Option<FactorName> {
    Some(text.parse().unwrap())
}

fn list(vault: &Open) -> Vec<FactorInfo> {
    block_on(vault.factors()).unwrap()
}

fn add(vault: &Open, phrase: &str) -> Result<FactorInfo> {
    let (present, phrase) = (passphrase(PHRASE), passphrase(phrase));
    block_on(vault.add_factor(&present, &phrase, called("spare"), &NOBODY))
}

fn revoke(vault: &Open, id: &str, present: &str) -> Result<u64> {
    let present = passphrase(present);
    block_on(vault.revoke_factor(id, &present, &NOBODY)).map(|rotated| rotated.records)
}

fn replace(vault: &Open, id: &str, present: &str, phrase: &str) -> Result<FactorInfo> {
    let (present, phrase) = (passphrase(present), passphrase(phrase));
    block_on(vault.replace_factor(id, &present, &phrase, None, &NOBODY))
}

/// The id of the factor that a passphrase is, by trying: all others are revoked.
fn id_of(rows: &[Row], phrase: &str) -> String {
    let vault = Place::of(rows).unlock_with(phrase).unwrap();
    let mut ids = list(&vault).into_iter().map(|factor| factor.id.to_string());
    let stays = |id: &String| revoke_others(rows, id).unlock_with(phrase).is_ok();
    ids.find(stays).unwrap()
}

fn revoke_others(rows: &[Row], id: &str) -> Place {
    let place = Place::of(rows);
    for phrase in [PHRASE, OTHER_PHRASE, NEW] {
        let Ok(vault) = place.unlock_with(phrase) else {
            continue;
        };
        for other in list(&vault).iter().filter(|other| other.id.as_str() != id) {
            revoke(&vault, other.id.as_str(), phrase).unwrap();
        }
        return place;
    }
    place
}

#[test]
fn a_passphrase_that_is_added_opens_and_the_vault_key_stays() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let token = seal(&vault, "photos", "a value").unwrap();
    let added = add(&vault, NEW).unwrap();
    assert_eq!((added.kind.as_str(), added.known), ("passphrase", true));
    assert_eq!(added.name, called("spare"));
    assert!(added.added.is_some());
    assert_eq!(list(&vault).len(), 3);
    assert!(list(&vault).contains(&added));
    assert_eq!(vault.generation().unwrap(), 1);
    for phrase in [PHRASE, OTHER_PHRASE, NEW] {
        let again = place.unlock_with(phrase).unwrap();
        assert_eq!(list(&again), list(&vault));
        assert_eq!(open(&again, &token).unwrap(), "a value");
    }
}

#[test]
fn a_tab_that_is_open_follows_what_is_added() {
    let place = Place::new();
    let (vault, other) = (place.create(), place.unlock().unwrap());
    add(&vault, NEW).unwrap();
    assert_eq!(list(&other).len(), 3);
    create(&other, "photos");
    assert_eq!(block_on(vault.find_key("photos")).map(|_| ()), Ok(()));
    assert!(add(&other, "one more").is_ok());
    assert_eq!(list(&vault).len(), 4);
}

#[test]
fn a_factor_that_is_revoked_opens_no_more_and_locks_the_other_tabs() {
    let place = Place::new();
    let (vault, other) = (place.create(), place.unlock().unwrap());
    create(&vault, "photos");
    let token = seal(&vault, "photos", "a value").unwrap();
    let id = id_of(&place.rows(), OTHER_PHRASE);
    let records = place.rows().len() as u64;
    // The vault key, the statement, and all others but the two records of the factor that leaves.
    assert_eq!(revoke(&vault, &id, PHRASE).unwrap(), records - 2);
    assert_eq!(place.rows().len() as u64, records - 2);
    assert_eq!(vault.generation().unwrap(), 2);
    assert_eq!(list(&vault).len(), 1);
    assert_eq!(
        block_on(other.find_key("photos")).map(|_| ()),
        Err(Error::Rotated)
    );
    assert!(matches!(
        place.unlock_with(OTHER_PHRASE),
        Err(Error::WrongFactor)
    ));
    let again = place.unlock().unwrap();
    assert_eq!(open(&again, &token).unwrap(), "a value");
    assert_eq!(list(&again), list(&vault));
    create(&again, "more");
}

#[test]
fn a_passphrase_is_changed() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let id = id_of(&place.rows(), PHRASE);
    let named = block_on(vault.rename_factor(&id, called("my laptop"))).unwrap();
    assert_eq!(named.name, called("my laptop"));
    let replaced = replace(&vault, &id, PHRASE, NEW).unwrap();
    assert_ne!(replaced.id.as_str(), id);
    assert_eq!(replaced.name, called("my laptop"), "it keeps its name");
    assert_eq!(list(&vault).len(), 2);
    assert_eq!(vault.generation().unwrap(), 2);
    assert!(matches!(place.unlock(), Err(Error::WrongFactor)));
    for phrase in [NEW, OTHER_PHRASE] {
        let again = place.unlock_with(phrase).unwrap();
        assert!(list(&again).contains(&replaced));
        block_on(again.survey()).unwrap();
        assert!(block_on(again.find_key("photos")).is_ok());
    }
    assert_eq!(
        replace(&vault, &id, NEW, "x").map(|_| ()),
        Err(Error::NoFactor)
    );
}

#[test]
fn a_name_is_taken_away_and_nothing_else_changes() {
    let place = Place::new();
    let vault = place.create();
    let added = add(&vault, NEW).unwrap();
    let unnamed = block_on(vault.rename_factor(added.id.as_str(), None)).unwrap();
    assert_eq!(
        unnamed,
        FactorInfo {
            name: None,
            ..added
        }
    );
    assert!(list(&place.unlock_with(NEW).unwrap()).contains(&unnamed));
    let nobody = block_on(vault.rename_factor("nobody", None));
    assert_eq!(nobody, Err(Error::NoFactor));
}

#[test]
fn the_last_factor_stays() {
    let place = Place::of(&genesis(&SystemEntropy, &[PHRASE]));
    let vault = place.unlock().unwrap();
    let id = list(&vault).remove(0).id;
    let before = place.rows();
    assert_eq!(revoke(&vault, id.as_str(), PHRASE), Err(Error::LastFactor));
    assert_eq!(place.rows(), before);
    add(&vault, NEW).unwrap();
    revoke(&vault, id.as_str(), PHRASE).unwrap();
    assert!(place.unlock_with(NEW).is_ok());
}

#[test]
fn there_are_32_at_most() {
    let place = Place::of(&genesis(&SystemEntropy, &[PHRASE]));
    let vault = place.unlock().unwrap();
    for at in 1..32 {
        add(&vault, &format!("passphrase {at}")).unwrap();
    }
    let before = place.rows();
    assert!(matches!(add(&vault, NEW), Err(Error::TooLarge(_))));
    assert_eq!(place.rows(), before);
    assert!(place.unlock_with("passphrase 31").is_ok());

    let phrases: Vec<_> = (0..33).map(|at| passphrase(&format!("{at}"))).collect();
    let host = Place::new().host.clone();
    let phrases: Vec<_> = phrases
        .iter()
        .map(|phrase| phrase as &dyn Present)
        .collect();
    let made = block_on(strongroom::vault::Vault::create(host, name(), &phrases));
    assert!(matches!(made.map(drop), Err(Error::TooLarge(_))));
}

#[test]
fn a_new_name_is_seen_and_an_unseen_one_changes_nothing() {
    let place = Place::new();
    let vault = place.create();
    let (before, id) = (place.rows(), list(&vault).remove(0).id);
    let unseen = || called("a\u{202e}b");
    let named = block_on(vault.rename_factor(id.as_str(), unseen()));
    assert!(matches!(named, Err(Error::Argument(_))));
    let (present, phrase) = (passphrase(PHRASE), passphrase(NEW));
    let added = block_on(vault.add_factor(&present, &phrase, unseen(), &NOBODY));
    assert!(matches!(added, Err(Error::Argument(_))));
    assert_eq!(place.rows(), before);
}

#[test]
fn a_vault_keys_record_that_no_statement_names_is_no_rotation() {
    let place = Place::new();
    let vault = place.create();
    let of_another = Place::new();
    of_another.create();
    let mut forged = place.rows_of(RecordType::VaultKey);
    let theirs = of_another.rows_of(RecordType::VaultKey);
    forged[0].bytes.clone_from(&theirs[0].bytes);
    place.write(&forged, &[]);
    let told = block_on(vault.factors());
    assert!(matches!(told, Err(Error::Integrity(_))), "{told:?}");
}

/// Everything that asks for a factor once more.
type Asking = (&'static str, fn(&Open, &str, &str) -> Result<()>);

const ASKING: [Asking; 4] = [
    ("add", |vault, present, _| {
        let (present, phrase) = (passphrase(present), passphrase(NEW));
        block_on(vault.add_factor(&present, &phrase, None, &NOBODY)).map(|_| ())
    }),
    ("replace", |vault, present, id| {
        replace(vault, id, present, NEW).map(|_| ())
    }),
    ("revoke", |vault, present, id| {
        revoke(vault, id, present).map(|_| ())
    }),
    ("rehearse", |vault, present, _| {
        block_on(vault.rehearse(&passphrase(present), &NOBODY)).map(|_| ())
    }),
];

#[test]
fn without_a_factor_that_is_there_nothing_changes() {
    for (what, ask) in ASKING {
        let place = Place::new();
        let vault = place.create();
        let id = list(&vault).remove(0).id;
        let before = place.rows();
        let refused = ask(&vault, "another vault's", id.as_str());
        assert_eq!(refused, Err(Error::WrongFactor), "{what}");
        assert_eq!(place.rows(), before, "{what}");
    }
}

#[test]
fn an_intruders_vault_in_this_ones_place_does_not_open_the_gate() {
    for (what, ask) in ASKING {
        for at in 0..4 {
            let place = Rc::new(Place::new());
            let vault = place.create();
            let (genuine, id) = (place.rows(), list(&vault).remove(0).id);
            intrude(&place, &vault, at);
            let refused = ask(&vault, "intruder", id.as_str());
            let told = matches!(refused, Err(Error::Integrity(_) | Error::WrongFactor));
            assert!(told, "{what}, at read {at}: {refused:?}");
            place.host.store.before_reads.take();
            place.replay(&genuine);
            assert_eq!(list(&place.unlock().unwrap()).len(), 2);
        }
    }
}

/// While a read finds another vault of the same id, which the intruder's passphrase opens.
fn intrude(place: &Rc<Place>, vault: &Open, at: u32) {
    let (genuine, store, reads) = (place.rows(), Rc::clone(place), Cell::new(0));
    let id = base64::decode_array(vault.id().as_str(), InputError::Malformed("an id")).unwrap();
    let intruders = genesis(&Chosen(Cell::new(Some(id))), &["intruder"]);
    let swap = move || {
        let now = reads.replace(reads.get() + 1);
        if now == at {
            store.replay(&intruders);
        } else if now == at + 1 {
            store.replay(&genuine);
        }
    };
    place.host.store.before_reads.replace(Some(Box::new(swap)));
}

#[test]
fn the_old_record_with_the_old_passphrase_opens_no_later_vault_key() {
    use RecordType::{Factor, Head, Recipient, Statement, VaultKey};
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (before, id) = (place.rows(), id_of(&place.rows(), OTHER_PHRASE));
    replace(&vault, &id, PHRASE, NEW).unwrap();
    let after = place.rows();
    let of = |kinds: &[RecordType]| -> Vec<Row> {
        let of = |row: &&Row| kinds.contains(&row.record_id.kind);
        before.iter().filter(of).cloned().collect()
    };
    for kinds in [
        &[Factor][..],
        &[Factor, Recipient],
        &[Factor, Statement],
        &[Factor, Statement, VaultKey],
        &[Factor, Recipient, Statement, VaultKey],
        &[Factor, Recipient, Statement, VaultKey, Head],
    ] {
        let place = Place::of(&after);
        place.write(&of(kinds), &[]);
        for phrase in [PHRASE, OTHER_PHRASE, NEW] {
            let opened = place.unlock_with(phrase);
            assert!(
                matches!(opened, Err(Error::Integrity(_) | Error::WrongFactor)),
                "{kinds:?} {phrase}"
            );
        }
    }
    // The whole vault of before is what it was: only what is kept outside the store tells.
    let seen = vault.seen().unwrap();
    place.replay(&before);
    assert!(place.unlock_with(OTHER_PHRASE).is_ok());
    let again = block_on(strongroom::vault::Vault::open(place.host.clone(), name())).unwrap();
    let refused = block_on(again.unlock(&passphrase(OTHER_PHRASE), Some(&seen)));
    assert!(matches!(refused, Err(Error::Integrity(_))));
}

#[test]
fn a_large_vault_loses_nothing() {
    let place = Place::of(large());
    let vault = place.unlock().unwrap();
    let added = add(&vault, NEW).unwrap();
    let id = id_of_large(&place, &vault, added.id.as_str());
    replace(&vault, &id, PHRASE, "another").unwrap();
    let again = place.unlock_with(NEW).unwrap();
    block_on(again.survey()).unwrap();
    for alias in ["key 000", "key 399"] {
        assert!(block_on(again.find_key(alias)).is_ok());
    }
    revoke(&again, added.id.as_str(), NEW).unwrap();
    block_on(again.survey()).unwrap();
    let last = place.unlock_with("another").unwrap();
    block_on(last.survey()).unwrap();
    assert_eq!(list(&last).len(), 2);
}

/// One that was there before.
fn id_of_large(place: &Place, vault: &Open, added: &str) -> String {
    assert_eq!(place.rows_of(RecordType::Factor).len(), 3);
    let mut factors = list(vault).into_iter();
    let first = factors.find(|factor| factor.id.as_str() != added);
    first.unwrap().id.to_string()
}

#[test]
fn what_fails_or_is_stopped_changes_nothing() {
    let place = Place::new();
    let vault = place.create();
    create(&vault, "photos");
    let (before, id) = (place.rows(), list(&vault).remove(0).id);
    let stop = |_: u64, _: u64| Err(Error::Aborted);
    let revoked = block_on(vault.revoke_factor(id.as_str(), &passphrase(PHRASE), &stop));
    assert_eq!(revoked.map(|_| ()), Err(Error::Aborted));
    assert_eq!(place.rows(), before);
    for (what, ask) in ASKING {
        place.host.store.fails.set(true);
        assert!(ask(&vault, PHRASE, id.as_str()).is_err(), "{what}");
        place.host.store.fails.set(false);
        assert_eq!(place.rows(), before, "{what}");
    }
    assert_eq!(list(&vault).len(), 2);
    create(&vault, "more");
}

#[test]
fn a_factor_that_another_tab_revoked_adds_none() {
    let place = Place::new();
    let vault = place.create();
    let rows = place.rows();
    let id = id_of(&rows, PHRASE);
    let meanwhile = place.unlock_with(OTHER_PHRASE).unwrap();
    *place.host.store.meanwhile.borrow_mut() = Some(Box::new(move || {
        revoke(&meanwhile, &id, OTHER_PHRASE).unwrap();
    }));
    assert_eq!(add(&vault, NEW).map(|_| ()), Err(Error::Rotated));
    assert!(matches!(place.unlock_with(NEW), Err(Error::WrongFactor)));
}

#[test]
fn a_store_that_commits_and_says_that_it_did_not_adds_one_factor() {
    for error in [
        strongroom::store::Error::Conflict,
        strongroom::store::Error::NoAnswer,
    ] {
        let place = Place::new();
        let vault = place.create();
        *place.host.store.fails_after.borrow_mut() = Some(error.clone());
        let added = add(&vault, NEW);
        let told = added.is_ok() == matches!(error, strongroom::store::Error::Conflict);
        assert!(told, "{error:?}: {added:?}");
        for phrase in [PHRASE, OTHER_PHRASE, NEW] {
            let again = place.unlock_with(phrase);
            let again = again.unwrap_or_else(|refused| panic!("{error:?} {added:?}: {refused:?}"));
            assert_eq!(list(&again).len(), 3, "{error:?}");
            block_on(again.survey()).unwrap();
        }
        assert_eq!(list(&vault).len(), 3);
    }
}

#[test]
fn a_name_that_another_tab_takes_away_does_not_come_back() {
    let place = Place::new();
    let (vault, other) = (place.create(), place.unlock().unwrap());
    let id = id_of(&place.rows(), PHRASE);
    block_on(vault.rename_factor(&id, called("old"))).unwrap();
    let theirs = id.clone();
    *place.host.store.meanwhile.borrow_mut() = Some(Box::new(move || {
        block_on(other.rename_factor(&theirs, called("new"))).unwrap();
    }));
    assert_eq!(
        replace(&vault, &id, PHRASE, NEW).unwrap().name,
        called("new")
    );
}

#[test]
fn two_tabs_that_revoke_each_others_factor_leave_one() {
    let place = Place::new();
    let (vault, other) = (place.create(), place.unlock_with(OTHER_PHRASE).unwrap());
    let (mine, theirs) = (
        id_of(&place.rows(), PHRASE),
        id_of(&place.rows(), OTHER_PHRASE),
    );
    *place.host.store.meanwhile.borrow_mut() = Some(Box::new(move || {
        revoke(&other, &mine, OTHER_PHRASE).unwrap();
    }));
    assert_eq!(revoke(&vault, &theirs, PHRASE), Err(Error::Rotated));
    let last = place.unlock_with(OTHER_PHRASE).unwrap();
    assert_eq!(list(&last).len(), 1);
    block_on(last.survey()).unwrap();
}

#[test]
fn what_is_restored_has_the_factors_and_counts_of_its_backup() {
    for rows in [genesis(&SystemEntropy, &[PHRASE]), large().to_vec()] {
        let place = Place::of(&rows);
        let vault = place.unlock().unwrap();
        let added = add(&vault, NEW).unwrap();
        let swapped = replace(&vault, added.id.as_str(), PHRASE, "another").unwrap();
        let first = list(&vault).remove(0).id;
        for present in [PHRASE, "another"] {
            let elsewhere = Place::new();
            let (backup, host) = (block_on(vault.backup()).unwrap(), elsewhere.host.clone());
            let restored = strongroom::vault::Vault::restore(host, &backup, Some(name()));
            drop(block_on(restored).unwrap());
            let again = elsewhere.unlock_with("another").unwrap();
            assert_eq!(list(&again), list(&vault));
            block_on(again.survey()).unwrap();
            let gone = elsewhere.unlock_with(NEW);
            assert!(matches!(gone, Err(Error::WrongFactor)));
            if present == PHRASE {
                revoke(&vault, first.as_str(), present).unwrap();
            } else {
                assert!(matches!(elsewhere.unlock(), Err(Error::WrongFactor)));
            }
        }
        assert!(list(&vault).contains(&swapped));
    }
}

/// A thief has `OTHER_PHRASE`, and a store that gives the copy of before to whom it likes.
#[test]
fn the_factor_that_revoked_another_does_not_open_the_copy_of_before() {
    for leaves in ["revoked", "replaced"] {
        let place = Place::new();
        let vault = place.create();
        let (id, before) = (id_of(&place.rows(), OTHER_PHRASE), place.rows());
        match leaves {
            "revoked" => revoke(&vault, &id, PHRASE).map(drop).unwrap(),
            _ => replace(&vault, &id, PHRASE, NEW).map(drop).unwrap(),
        }
        drop(vault);
        // The thief opens the copy for good, but it is the copy alone.
        let old = Place::of(&before);
        assert!(old.unlock_with(OTHER_PHRASE).is_ok());
        let own: Vec<_> = place.rows_of(RecordType::Factor);
        let mut mixed = before;
        for row in &mut mixed {
            if let Some(now) = own.iter().find(|now| now.record_id == row.record_id) {
                row.clone_from(now);
            }
        }
        // A store keeps the presented factor's new record at most; with the old one nobody knows better but by what was
        // seen.
        let refused = Place::of(&mixed).unlock_with(PHRASE).map(drop);
        assert!(
            matches!(refused, Err(Error::Integrity(_))),
            "{leaves}: {refused:?}"
        );
        assert!(place.unlock().is_ok());
    }
}

/// Counts what it is asked.
struct Counted(Rc<Cell<u32>>);

impl FactorPort for Counted {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        self.0.set(self.0.get() + 1);
        Quick.answer(challenge)
    }
}

/// Each record is one more derivation, which may take a gigabyte.
#[test]
fn more_records_than_a_vault_has_factors_derive_nothing() {
    let asked = Rc::new(Cell::new(0));
    let place = Place::with(Box::new(Counted(asked.clone())));
    drop(place.create());
    let own = place.rows_of(RecordType::Factor).swap_remove(0);
    let planted: Vec<_> = (0..32_u8)
        .map(|at| under_id(&own, &base64::encode(&[at; 32])))
        .collect();
    place.write(&planted, &[]);
    asked.set(0);
    let refused = place.unlock_with("a guess").map(drop);
    assert!(matches!(refused, Err(Error::Integrity(_))), "{refused:?}");
    assert_eq!(asked.get(), 0);
}

/// A factor's record under another id.
fn under_id(row: &Row, id: &str) -> Row {
    let mut envelope: serde_json::Value = serde_json::from_slice(&row.bytes).unwrap();
    let aad = base64::decode(
        envelope["aad"].as_str().unwrap(),
        InputError::Malformed("aad"),
    );
    let mut address: serde_json::Value = serde_json::from_slice(&aad.unwrap()).unwrap();
    address["id"] = id.into();
    envelope["aad"] = base64::encode(address.to_string().as_bytes()).into();
    let mut planted = row.clone();
    planted.record_id.id = id.to_owned();
    planted.bytes = envelope.to_string().into_bytes();
    planted
}
