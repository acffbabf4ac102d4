//! Escrow: an organisation's private key opens a vault that got its public key.

use pollster::block_on;
use serde_json::Value as Json;
use strongroom::{
    Error, Result,
    base::{InputError, Secret, SystemEntropy, base64},
    factors::{Escrow, Passkey, Present, RecoveryKit, Together},
    jose::{AgreementKey, Jwk},
    records::{FactorKind, FactorPair},
    store::{RecordType, Row},
    vault::{ExpectedVault, Others, Vault},
};

use crate::{
    fixture::{OTHER_PHRASE, Open, PHRASE, Place, create, name, open, passphrase, seal},
    passkey::{Desk, passkey},
};

/// An organisation's pair, and its two halves as they are given.
struct Organisation(Jwk);

impl Organisation {
    fn new() -> Self {
        Self(AgreementKey::generate(&SystemEntropy).unwrap().to_jwk())
    }

    /// What a vault is given.
    fn recipient(&self) -> Escrow {
        Escrow::from_jwk(&self.0.public().unwrap()).unwrap()
    }

    /// What opens it.
    fn key(&self) -> Escrow {
        Escrow::from_jwk(&self.0).unwrap()
    }
}

fn vault_of(factors: &[&dyn Present]) -> Result<(Place, Open)> {
    let place = Place::new();
    let vault = block_on(Vault::create(place.host.clone(), name(), factors))?;
    Ok((place, vault))
}

fn unlock(place: &Place, present: &dyn Present) -> Result<Open> {
    place.unlock_noted(present)
}

fn watch(_: u64, _: u64) -> Result<()> {
    Ok(())
}

#[test]
fn the_private_half_opens_the_vault_and_no_other_key_does() {
    let (acme, other) = (Organisation::new(), Organisation::new());
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &acme.recipient()]).unwrap();
    create(&vault, "photos");
    let token = seal(&vault, "photos", r#""kept""#).unwrap();
    let listed = block_on(vault.factors()).unwrap();
    assert_eq!(listed[1].kind, "escrow");
    let key = listed[1].key.as_ref().unwrap();
    assert_eq!(key.thumbprint, acme.0.thumbprint());
    assert_eq!(listed[0].key, None);
    drop(vault);
    let opened = unlock(&place, &acme.key()).unwrap();
    assert_eq!(open(&opened, &token).unwrap(), r#""kept""#);
    assert_eq!(unlock(&place, &other.key()).err(), Some(Error::WrongFactor));
    // The public half is in every vault's configuration.
    let public = unlock(&place, &acme.recipient()).err();
    assert!(matches!(public, Some(Error::Argument(_))), "{public:?}");
    assert!(unlock(&place, &passphrase(PHRASE)).is_ok());
}

#[test]
fn an_escrow_alone_is_no_vault() {
    let acme = Organisation::new();
    let alone = vault_of(&[&acme.recipient()]).err();
    assert_eq!(alone, Some(Error::NoneStandsAlone));
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &acme.recipient()]).unwrap();
    let mine = block_on(vault.factors()).unwrap().remove(0);
    let before = place.rows_of(RecordType::Factor);
    let key = acme.key();
    let revoked = vault.revoke_factor(mine.id.as_str(), &key, &watch);
    assert_eq!(block_on(revoked).err(), Some(Error::NoneStandsAlone));
    assert_eq!(place.rows_of(RecordType::Factor), before);
}

#[test]
fn one_is_added_revoked_and_replaced_by_another_or_anew() {
    let (acme, other) = (Organisation::new(), Organisation::new());
    let (place, vault) = vault_of(&[&passphrase(PHRASE)]).unwrap();
    let mine = passphrase(PHRASE);
    let added = block_on(vault.add_factor(&mine, &acme.recipient(), None, &watch)).unwrap();
    assert!(unlock(&place, &acme.key()).is_ok());
    let twice = block_on(vault.add_factor(&mine, &acme.recipient(), None, &watch));
    assert!(matches!(twice, Err(Error::Argument(_))));
    // To the same key anew: its record and the vault's key are others.
    let (id, anew) = (added.id.as_str(), acme.recipient());
    let anew = block_on(vault.replace_factor(id, &mine, &anew, None, &watch)).unwrap();
    assert_ne!(anew.id, added.id);
    assert!(unlock(&place, &acme.key()).is_ok());
    let (id, to) = (anew.id.as_str(), other.recipient());
    let replaced = block_on(vault.replace_factor(id, &mine, &to, None, &watch)).unwrap();
    assert_eq!(unlock(&place, &acme.key()).err(), Some(Error::WrongFactor));
    assert!(unlock(&place, &other.key()).is_ok());
    // The organisation has the vault: it may do what any factor does.
    let id = replaced.id.as_str();
    block_on(vault.revoke_factor(id, &mine, &watch)).unwrap();
    assert_eq!(unlock(&place, &other.key()).err(), Some(Error::NoFactor));
}

/// Whoever knows the public key makes a vault that it opens, and puts it in another one's place.
#[test]
fn without_its_identity_nothing_is_asked_and_nothing_opened() {
    let acme = Organisation::new();
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &acme.recipient()]).unwrap();
    let identity = place.claimed_identity();
    let backup = block_on(vault.backup()).unwrap();
    drop((place, vault));
    let (forged, theirs) = vault_of(&[&passphrase(OTHER_PHRASE), &acme.recipient()]).unwrap();
    drop(theirs);
    let locked = block_on(Vault::open(forged.host.clone(), name())).unwrap();
    let claimed = forged.claimed_identity();
    let unproven = block_on(locked.unlock(&acme.key(), None)).err();
    assert_eq!(unproven, Some(Error::IdentityUnproven(claimed)));
    let noted = ExpectedVault {
        identity: Some(identity),
        seen: None,
    };
    let opened = block_on(locked.unlock_watched(&acme.key(), &noted, &watch)).err();
    assert!(matches!(opened, Some(Error::Integrity(_))), "{opened:?}");
    let elsewhere = Place::new();
    let restored = block_on(Vault::restore(elsewhere.host.clone(), &backup, None)).unwrap();
    assert!(block_on(restored.unlock_watched(&acme.key(), &noted, &watch)).is_ok());
}

#[test]
fn what_was_lost_is_replaced_by_whoever_has_the_private_half() {
    let acme = Organisation::new();
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &acme.recipient()]).unwrap();
    let backup = block_on(vault.backup()).unwrap();
    drop((place, vault));
    let elsewhere = Place::new();
    let restored = Vault::restore(elsewhere.host.clone(), &backup, None);
    let vault = elsewhere
        .unlock_as(&block_on(restored).unwrap(), &acme.key())
        .unwrap();
    let lost = block_on(vault.factors()).unwrap().remove(0);
    let (id, next) = (lost.id.as_str(), passphrase(OTHER_PHRASE));
    block_on(vault.replace_factor(id, &acme.key(), &next, None, &watch)).unwrap();
    assert!(unlock(&elsewhere, &passphrase(OTHER_PHRASE)).is_ok());
    assert!(unlock(&elsewhere, &passphrase(PHRASE)).is_err());
    // It knows the vault still, whose key was changed.
    assert!(unlock(&elsewhere, &acme.key()).is_ok());
}

#[test]
fn it_opens_a_vault_alone_that_takes_two_factors() {
    let (acme, kit) = (
        Organisation::new(),
        RecoveryKit::generate(&SystemEntropy).unwrap(),
    );
    let place = Place::with(Box::new(Desk::default()));
    let pair = FactorPair::new(&[FactorKind::Passphrase, FactorKind::Passkey]).unwrap();
    let of = |factors: &[&dyn Present]| {
        let host = place.host.clone();
        block_on(Vault::create_requiring(host, name(), factors, Some(pair)))
    };
    let (mine, key) = (passphrase(PHRASE), passkey());
    // Whose vault it is needs a way of their own, when one of the two is lost.
    let without = of(&[&mine, &key, &acme.recipient()]).err();
    assert_eq!(without, Some(Error::LastOfPair("recovery-kit")));
    drop(of(&[&mine, &key, &kit, &acme.recipient()]).unwrap());
    assert!(unlock(&place, &acme.key()).is_ok());
    assert!(unlock(&place, &kit).is_ok());
    assert!(unlock(&place, &passphrase(PHRASE)).is_err());
    let together = |second: Passkey| Together::new(Box::new(acme.key()), Box::new(second));
    let both = unlock(&place, &together(passkey())).err();
    assert!(matches!(both, Some(Error::Argument(_))), "{both:?}");
}

/// After a factor was revoked as compromised it does not know the new identity, until it is presented or added anew.
#[test]
fn it_is_told_of_a_new_identity_by_being_replaced_anew() {
    let acme = Organisation::new();
    let (place, vault) = vault_of(&[
        &passphrase(PHRASE),
        &passphrase(OTHER_PHRASE),
        &acme.recipient(),
    ])
    .unwrap();
    let factors = block_on(vault.factors()).unwrap();
    let (stolen, present) = (factors[1].id.as_str(), passphrase(PHRASE));
    let before = place.claimed_identity();
    let revoked = vault.revoke_compromised_factor(stolen, &present, Others::default(), &watch);
    let revoked = block_on(revoked).unwrap();
    assert_eq!(revoked.remaining.len(), 1);
    assert!(!revoked.remaining[0].pinned);
    let noted = ExpectedVault {
        identity: Some(before),
        seen: None,
    };
    let locked = block_on(Vault::open(place.host.clone(), name())).unwrap();
    let unsure = block_on(locked.unlock_watched(&acme.key(), &noted, &watch)).err();
    assert!(
        matches!(unsure, Some(Error::IdentityChanged { .. })),
        "{unsure:?}"
    );
    let id = revoked.remaining[0].id.as_str();
    let recipient = acme.recipient();
    let anew = vault.replace_factor(id, &present, &recipient, None, &watch);
    assert!(block_on(anew).unwrap().pinned);
    assert!(unlock(&place, &acme.key()).is_ok());
}

/// The store says which key opens a factor, and what that key opens: nothing of it is believed.
#[test]
fn what_the_store_says_of_it_is_held_against_what_was_opened() {
    let (acme, thief) = (Organisation::new(), Organisation::new());
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &acme.recipient()]).unwrap();
    drop(vault);
    let (theirs, vault) = vault_of(&[&passphrase(PHRASE), &thief.recipient()]).unwrap();
    drop(vault);
    let of = |place: &Place| -> Row {
        let rows = place.rows_of(RecordType::Factor).into_iter();
        let text = |row: &Row| String::from_utf8(row.bytes.clone()).unwrap();
        let mut rows = rows.filter(|row| text(row).len() > 1500);
        rows.next().unwrap()
    };
    let (own, strange) = (of(&place), of(&theirs));
    let aad = |row: &Row| -> Json {
        let envelope: Json = serde_json::from_slice(&row.bytes).unwrap();
        let aad = base64::decode(
            envelope["aad"].as_str().unwrap(),
            InputError::Malformed("aad"),
        );
        serde_json::from_slice(&aad.unwrap()).unwrap()
    };
    // The thief's key is named in the address of the vault's own record.
    let mut address = aad(&own);
    address["escrow"] = aad(&strange)["escrow"].clone();
    let mut envelope: Json = serde_json::from_slice(&own.bytes).unwrap();
    envelope["aad"] = base64::encode(address.to_string().as_bytes()).into();
    let mut changed = own;
    changed.bytes = envelope.to_string().into_bytes();
    place.write(&[changed], &[]);
    for present in [acme.key(), thief.key()] {
        assert!(unlock(&place, &present).is_err());
    }
    let opened = unlock(&place, &passphrase(PHRASE)).err();
    assert!(matches!(opened, Some(Error::Integrity(_))), "{opened:?}");
}

#[test]
fn what_is_no_key_for_agreement_is_refused() {
    let acme = Organisation::new();
    for odd in [
        Jwk::oct(Secret::generate(&SystemEntropy).unwrap()),
        acme.0.bare().with("use", "sig"),
        acme.0.bare().with("alg", "ES256"),
    ] {
        assert!(Escrow::from_jwk(&odd).is_err());
    }
    // It is known by its thumbprint, whatever it calls itself.
    let called = Escrow::from_jwk(&acme.0.public().unwrap().with("kid", "acme-2026")).unwrap();
    let (place, vault) = vault_of(&[&passphrase(PHRASE), &called]).unwrap();
    let listed = block_on(vault.factors()).unwrap();
    let key = listed[1].key.as_ref().unwrap();
    assert_eq!(key.thumbprint, acme.0.thumbprint());
    drop(vault);
    assert!(unlock(&place, &acme.key()).is_ok());
}
