//! Recovery shares: how many open a vault, what is told of the others, and what a store can do with their record.

use pollster::block_on;
use serde_json::{Value as Json, json};
use strongroom::{
    Error, Result,
    base::{InputError, ShareFault, SystemEntropy, base64},
    factors::{FactorName, Present, RecoveryKit, RecoveryShares},
    store::{RecordType, Row},
    vault::{CompromisedFactor, FactorInfo, Others, Vault},
};

use crate::fixture::{NOW, OTHER_PHRASE, Open, PHRASE, Place, create, name, passphrase};

const NOBODY: fn(u64, u64) -> Result<()> = |_, _| Ok(());

fn split(threshold: u8, shares: u8) -> RecoveryShares {
    RecoveryShares::split(threshold, shares, &SystemEntropy).unwrap()
}

/// These shares of a set, counted from 0, as they are typed.
fn of(set: &RecoveryShares, places: &[usize]) -> RecoveryShares {
    typed(&[(set, places)])
}

fn typed(given: &[(&RecoveryShares, &[usize])]) -> RecoveryShares {
    let mut words = Vec::new();
    for (set, places) in given {
        let all: Vec<_> = set.mnemonics().collect();
        words.extend(places.iter().map(|place| all[*place].to_uppercase()));
    }
    RecoveryShares::from_mnemonics(words.iter().map(String::as_str)).unwrap()
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

fn refusal(place: &Place, present: &dyn Present) -> Option<Error> {
    unlock(place, present).err()
}

fn list(vault: &Open) -> Vec<FactorInfo> {
    block_on(vault.factors()).unwrap()
}

fn add(vault: &Open, present: &dyn Present, new: &dyn Present) -> Result<FactorInfo> {
    block_on(vault.add_factor(present, new, None, &NOBODY))
}

/// Replaces a factor by the passphrase.
fn replace(vault: &Open, id: &str, new: &dyn Present) {
    let present = passphrase(PHRASE);
    block_on(vault.replace_factor(id, &present, new, None, &NOBODY)).unwrap();
}

fn revoke(vault: &Open, id: &str, others: Others<'_>) -> Result<CompromisedFactor> {
    block_on(vault.revoke_compromised_factor(id, &passphrase(PHRASE), others, &NOBODY))
}

const fn fault(fault: ShareFault) -> Option<Error> {
    Some(Error::RecoveryShares(fault))
}

fn aad(row: &Row) -> Json {
    let envelope: Json = serde_json::from_slice(&row.bytes).unwrap();
    let aad = envelope["aad"].as_str().unwrap();
    let bytes = base64::decode(aad, InputError::Malformed("an address")).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// A record with another address, which whoever can write to the store makes.
fn readdressed(row: &Row, address: &Json) -> Row {
    let mut envelope: Json = serde_json::from_slice(&row.bytes).unwrap();
    envelope["aad"] = base64::encode(address.to_string().as_bytes()).into();
    Row {
        bytes: envelope.to_string().into_bytes(),
        ..row.clone()
    }
}

fn record_of_shares(place: &Place) -> Row {
    let rows = place.rows();
    let own =
        |row: &&Row| row.record_id.kind == RecordType::Factor && aad(row)["shares"].is_object();
    rows.iter().find(own).unwrap().clone()
}

#[test]
fn any_threshold_of_shares_opens_the_vault() {
    let set = split(2, 3);
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &set]);
    let shares = list(&vault).remove(1);
    assert_eq!(
        (shares.kind.as_str(), shares.known),
        ("recovery-shares", true)
    );
    let told = shares.shares.unwrap();
    assert_eq!((told.threshold(), told.shares()), (2, 3));
    drop(vault);
    for places in [&[0, 1][..], &[2, 0], &[1, 2], &[2, 1, 0]] {
        assert!(unlock(&place, &of(&set, places)).is_ok(), "{places:?}");
    }
    let address = aad(&record_of_shares(&place));
    let members: Vec<_> = address["shares"].as_object().unwrap().keys().collect();
    assert_eq!(members, ["id", "identifier", "shares", "threshold"]);
}

#[test]
fn shares_alone_are_enough_for_a_vault_and_a_single_one_too() {
    let (several, alone) = (split(3, 3), split(1, 1));
    for (set, places) in [(&several, &[2, 1, 0][..]), (&alone, &[0])] {
        let (place, vault) = vault_of(&[set]);
        drop(vault);
        assert!(unlock(&place, &of(set, places)).is_ok());
        assert_eq!(refusal(&place, &passphrase(PHRASE)), Some(Error::NoFactor));
    }
}

#[test]
fn too_few_shares_are_told_how_many_are_missing() {
    let set = split(4, 5);
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &set]);
    for (places, missing) in [(&[4][..], 3), (&[4, 1], 2), (&[4, 1, 0], 1)] {
        let few = of(&set, places);
        assert_eq!(refusal(&place, &few), fault(ShareFault::Missing(missing)));
        let asked = block_on(vault.rehearse(&few, &NOBODY)).err();
        assert_eq!(asked, fault(ShareFault::Missing(missing)));
    }
    let none = RecoveryShares::from_mnemonics([]).unwrap();
    assert_eq!(refusal(&place, &none), fault(ShareFault::Missing(1)));
}

#[test]
fn a_share_of_another_set_is_named_whichever_is_more() {
    let (set, strange) = (split(3, 5), split(3, 5));
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &set]);
    drop(vault);
    // One of the vault's, and two of another: those two are the strange ones.
    for (given, odd) in [
        (typed(&[(&set, &[0]), (&strange, &[1, 2])]), 2),
        (typed(&[(&strange, &[1, 2]), (&set, &[0])]), 1),
        (typed(&[(&set, &[0, 3]), (&strange, &[1])]), 3),
        // Enough of each, and too few of another.
        (typed(&[(&set, &[0, 1, 2]), (&strange, &[0, 1, 2])]), 4),
        (of(&strange, &[3, 4]), 1),
    ] {
        assert_eq!(refusal(&place, &given), fault(ShareFault::OtherSet(odd)));
    }
    // Of two sets that are both strange, that of most is meant.
    let third = split(3, 5);
    let both = typed(&[(&third, &[0]), (&strange, &[1, 2])]);
    assert_eq!(refusal(&place, &both), fault(ShareFault::OtherSet(1)));
    // A whole other set opens another vault.
    let whole = of(&strange, &[0, 1, 2]);
    assert_eq!(refusal(&place, &whole), Some(Error::WrongFactor));
    let (elsewhere, _) = vault_of(&[&passphrase(PHRASE)]);
    assert_eq!(refusal(&elsewhere, &whole), Some(Error::NoFactor));
}

#[test]
fn a_share_that_is_there_twice_is_named() {
    let set = split(2, 3);
    let (place, _) = vault_of(&[&set]);
    let twice = refusal(&place, &of(&set, &[1, 1]));
    assert_eq!(twice, fault(ShareFault::Twice(2)));
    let twice = refusal(&place, &of(&set, &[0, 1, 0]));
    assert_eq!(twice, fault(ShareFault::Twice(3)));
}

#[test]
fn shares_are_added_rehearsed_replaced_and_revoked() {
    let (first, second) = (split(2, 3), split(3, 4));
    let (place, vault) = vault_of(&[&passphrase(PHRASE)]);
    let added = add(&vault, &passphrase(PHRASE), &first).unwrap();
    let two = of(&first, &[2, 0]);
    let rehearsed = block_on(vault.rehearse(&two, &NOBODY)).unwrap();
    assert_eq!((&rehearsed.id, rehearsed.rehearsed), (&added.id, Some(NOW)));
    let (identified, generation) = block_on(vault.identify_factor(&first)).unwrap();
    assert_eq!((identified.id, generation), (added.id.clone(), 1));

    replace(&vault, added.id.as_str(), &second);
    assert!(unlock(&place, &of(&second, &[0, 1, 3])).is_ok());
    assert_eq!(refusal(&place, &two), Some(Error::KitReplaced(NOW)));
    // Fewer of a replaced set tell no secret, and so not which set it was.
    assert_eq!(
        refusal(&place, &of(&first, &[0])),
        fault(ShareFault::OtherSet(1))
    );

    let left = list(&vault)[1].id.clone();
    let present = of(&second, &[1, 2, 3]);
    block_on(vault.revoke_factor(left.as_str(), &present, &NOBODY)).unwrap();
    for gone in [&two, &present] {
        assert_eq!(refusal(&place, gone), Some(Error::KitReplaced(NOW)));
    }
    assert!(unlock(&place, &passphrase(PHRASE)).is_ok());
}

#[test]
fn a_set_opens_the_vault_once_only() {
    let set = split(2, 2);
    let place = Place::new();
    let both: [&dyn Present; 2] = [&set, &set];
    let twice = block_on(Vault::create(place.host.clone(), name(), &both));
    assert!(matches!(twice.err(), Some(Error::Argument(_))));
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &set]);
    let before = place.rows();
    let added = add(&vault, &passphrase(PHRASE), &set);
    assert!(matches!(added, Err(Error::Argument(_))), "{added:?}");
    assert_eq!(place.rows(), before);
}

#[test]
fn a_compromised_revocation_replaces_the_shares_in_the_same_step() {
    let (old, new, kit) = (
        split(2, 3),
        split(2, 3),
        RecoveryKit::generate(&SystemEntropy).unwrap(),
    );
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &passphrase(OTHER_PHRASE), &old]);
    let factors = list(&vault);
    let (lost, papers) = (factors[1].id.as_str(), factors[2].id.as_str());
    let called: FactorName = "with my sisters".parse().unwrap();
    block_on(vault.rename_factor(papers, Some(called.clone()))).unwrap();
    let before = place.rows();
    for kit in [
        None,
        Some(&passphrase("a third one") as &dyn Present),
        Some(&old),
    ] {
        let others = Others { kit, keep: None };
        let stays = revoke(&vault, lost, others);
        assert!(matches!(stays, Err(Error::Argument(_))), "{stays:?}");
    }
    assert_eq!(place.rows(), before);

    let others = Others {
        kit: Some(&new),
        keep: None,
    };
    let done = revoke(&vault, lost, others).unwrap();
    assert_eq!(done.remaining, []);
    let factors = list(&vault);
    assert_eq!((factors.len(), factors[1].pinned), (2, true));
    assert_eq!(factors[1].name, Some(called));
    // They know the new identity: nothing is to be compared.
    let opened = unlock(&place, &of(&new, &[0, 2])).unwrap();
    assert_eq!(opened.identity().unwrap(), done.identity);
    block_on(opened.survey()).unwrap();
    assert_eq!(
        refusal(&place, &of(&old, &[0, 2])),
        Some(Error::KitReplaced(NOW))
    );

    // A kit may come in their place, and they stay where they are what is presented.
    add(&opened, &of(&new, &[0, 2]), &passphrase(OTHER_PHRASE)).unwrap();
    let lost = list(&opened)[2].id.clone();
    let (present, others) = (of(&new, &[0, 1]), Others::default());
    let revoked = opened.revoke_compromised_factor(lost.as_str(), &present, others, &NOBODY);
    let remaining = block_on(revoked).unwrap().remaining;
    assert_eq!(remaining.len(), 1);
    let vault = unlock(&place, &present).unwrap();
    add(&vault, &present, &passphrase(OTHER_PHRASE)).unwrap();
    let lost = list(&vault).pop().unwrap().id;
    let others = Others {
        kit: Some(&kit),
        keep: None,
    };
    let identity = vault.identity().unwrap();
    let expected = strongroom::vault::ExpectedVault {
        identity: Some(identity),
        seen: None,
    };
    block_on(vault.confirm(&passphrase(PHRASE), &expected)).unwrap();
    revoke(&vault, lost.as_str(), others).unwrap();
    assert_eq!(refusal(&place, &present), Some(Error::KitReplaced(NOW)));
    assert!(unlock(&place, &kit).is_ok());
}

#[test]
fn a_record_beside_the_sets_that_says_the_same_is_told_and_does_not_hide_it() {
    let set = split(2, 3);
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &set]);
    drop(vault);
    let own = record_of_shares(&place);
    for id in ["A".repeat(43), format!("{}8", "z".repeat(42))] {
        let mut address = aad(&own);
        address["id"] = id.clone().into();
        let mut planted = readdressed(&own, &address);
        planted.record_id.id = id;
        place.write(&[planted.clone()], &[]);
        let opened = refusal(&place, &of(&set, &[0, 1]));
        assert!(matches!(opened, Some(Error::Integrity(_))), "{opened:?}");
        place.write(&[], &[planted.record_id]);
        assert!(unlock(&place, &of(&set, &[0, 1])).is_ok());
    }
}

/// What stands in clear can be changed by who can write to the store. It opens nothing then, and no fewer shares do.
#[test]
fn a_changed_record_opens_nothing() {
    let (set, strange) = (split(3, 5), split(2, 3));
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &set]);
    let (_, elsewhere) = vault_of(&[&passphrase(PHRASE), &strange]);
    drop(elsewhere);
    let own = record_of_shares(&place);
    let changed = |member: &str, value: Json| {
        let mut address = aad(&own);
        address["shares"][member] = value;
        place.write(&[readdressed(&own, &address)], &[]);
    };
    let (enough, few) = (of(&set, &[0, 1, 2]), of(&set, &[0, 1]));
    let first = &aad(&own)["shares"]["identifier"];
    let other = (first.as_u64().unwrap() + 1) % 32768;
    let cases = [
        ("threshold", json!(2)),
        ("shares", json!(4)),
        ("identifier", json!(other)),
        ("id", json!("AAAAAAAAAAAAAAAAAAAAAA")),
    ];
    for (member, value) in cases {
        changed(member, value);
        assert_eq!(
            refusal(&place, &enough),
            Some(Error::WrongFactor),
            "{member}"
        );
        let told = refusal(&place, &few);
        assert!(
            matches!(told, Some(Error::RecoveryShares(_))),
            "{member}: {told:?}"
        );
        // Where the vault is open, it is told as what it is.
        let told = block_on(vault.rehearse(&enough, &NOBODY)).err();
        assert!(
            matches!(told, Some(Error::Integrity(_))),
            "{member}: {told:?}"
        );
    }
    // Out of the bounds, nothing of it is used.
    for (member, value) in [
        ("threshold", json!(1)),
        ("threshold", json!(6)),
        ("threshold", json!(0)),
        ("shares", json!(17)),
        ("shares", json!(2)),
        ("identifier", json!(32768)),
        ("identifier", json!(-1)),
        ("id", json!("")),
        ("more", json!(1)),
    ] {
        changed(member, value.clone());
        let told = refusal(&place, &enough);
        let refused = matches!(told, Some(Error::Integrity(_) | Error::Malformed(_)));
        assert!(refused, "{member} {value}: {told:?}");
    }
    place.write(&[own], &[]);
    assert!(unlock(&place, &enough).is_ok());
}

/// The record of another vault's set, or of the set that was replaced, in the place of the vault's.
#[test]
fn a_swapped_record_opens_nothing() {
    let (set, next) = (split(2, 3), split(2, 3));
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &set]);
    let before = place.rows();
    let old = record_of_shares(&place);
    replace(&vault, list(&vault)[1].id.as_str(), &next);
    let new = record_of_shares(&place);

    // Beside the new one: the statement does not name it.
    place.write(core::slice::from_ref(&old), &[]);
    let told = refusal(&place, &of(&set, &[0, 1]));
    assert!(matches!(told, Some(Error::Integrity(_))), "{told:?}");
    place.write(&[], core::slice::from_ref(&old.record_id));

    // In its place, under its name.
    let mut address = aad(&old);
    address["id"] = new.record_id.id.clone().into();
    let mut swapped = readdressed(&old, &address);
    swapped.record_id = new.record_id.clone();
    place.write(&[swapped], &[]);
    for shares in [of(&set, &[0, 1]), of(&next, &[0, 1])] {
        assert!(unlock(&place, &shares).is_err());
    }
    place.write(&[new], &[]);
    assert!(unlock(&place, &of(&next, &[0, 1])).is_ok());

    // The whole vault of before opens by the old set, as every copy does; the open one refuses it.
    assert!(unlock(&Place::of(&before), &of(&set, &[1, 2])).is_ok());
    place.replay(&before);
    let told = block_on(vault.rehearse(&of(&set, &[1, 2]), &NOBODY)).err();
    assert!(
        matches!(told, Some(Error::Integrity(_) | Error::Rotated)),
        "{told:?}"
    );
}

#[test]
fn shares_open_a_backup_and_nothing_older_than_it_names() {
    let (old, new) = (split(2, 2), split(2, 2));
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &old]);
    replace(&vault, list(&vault)[1].id.as_str(), &new);
    block_on(vault.rotate_vault_key()).unwrap();
    let backup = block_on(vault.backup()).unwrap();
    let other = "copy".parse().unwrap();
    let copy = block_on(Vault::restore(place.host.clone(), &backup, Some(other))).unwrap();
    let told = block_on(copy.unlock(&old, None)).err();
    assert_eq!(told, Some(Error::KitReplaced(NOW)));
    let copy = block_on(Vault::open(place.host.clone(), "copy".parse().unwrap())).unwrap();
    assert!(block_on(copy.unlock(&of(&new, &[1, 0]), None)).is_ok());
}
