//! Unlocks that survive a reload, by two halves: what each of them opens alone, and what ends them.

use std::rc::Rc;

use pollster::block_on;
use serde_json::Value as Json;
use strongroom::{
    Error, Result,
    base::{DeviceFault, InputError, Secret, Timestamp, base64},
    factors::{ReloadPeriod, ThisDevice},
    jose::{Envelope, Identity, Kek},
    store::Row,
    vault::{ExpectedVault, Others, Vault},
};

use crate::{
    fixture::{NOW, OTHER_PHRASE, Open, PHRASE, Place, ago, create, name, passphrase},
    this_device::Browser,
};

const MINUTE: u64 = 60 * 1000;
/// Characters of the tab's half.
const HALF: usize = 43;
const PERIOD: ReloadPeriod = ReloadPeriod {
    since: NOW,
    until: Timestamp::from_millis(NOW.millis() + 10 * MINUTE),
};

/// A vault that is open, the browser that has a key to it, and what the tab keeps.
fn kept() -> (Place, Browser, Open, String) {
    let (place, browser) = (Place::new(), Browser::default());
    let vault = place.create();
    create(&vault, "photos");
    let kept = prepare(&vault, &browser).unwrap();
    (place, browser, vault, kept)
}

fn prepare(vault: &Open, browser: &Browser) -> Result<String> {
    block_on(vault.prepare_reload(browser, PERIOD))
}

fn resumed(place: &Place, browser: &Browser, kept: &str) -> Result<(Open, ReloadPeriod)> {
    resumed_as(place, browser, kept, &ExpectedVault::default())
}

fn resumed_as(
    place: &Place,
    browser: &Browser,
    kept: &str,
    expected: &ExpectedVault,
) -> Result<(Open, ReloadPeriod)> {
    let vault = block_on(Vault::open(place.host.clone(), name()))?;
    block_on(vault.reopen(browser, kept, expected, 15 * MINUTE))
}

fn refusal(place: &Place, browser: &Browser, kept: &str) -> Error {
    resumed(place, browser, kept).err().expect("it opened")
}

/// What stands beside the wrapped key, with another text in the place of one.
fn changed(kept: &str, [from, to]: [&str; 2]) -> String {
    let (half, envelope) = kept.split_at(HALF);
    let mut envelope: Json = serde_json::from_str(envelope).unwrap();
    let aad = aad(kept);
    assert_eq!(aad.matches(from).count(), 1, "{from} in {aad}");
    envelope["aad"] = base64::encode(aad.replace(from, to).as_bytes()).into();
    format!("{half}{envelope}")
}

fn aad(kept: &str) -> String {
    let envelope: Json = serde_json::from_str(&kept[HALF..]).unwrap();
    let malformed = InputError::Malformed("base64");
    let aad = base64::decode(envelope["aad"].as_str().unwrap(), malformed).unwrap();
    String::from_utf8(aad).unwrap()
}

#[test]
fn a_reload_opens_the_vault_writes_nothing_and_keeps_its_deadline() {
    let (place, browser, vault, kept) = kept();
    let (rows, identity) = (place.rows(), vault.identity().unwrap());
    drop(vault);
    place.clock.set(NOW + 9 * MINUTE);
    let (vault, period) = resumed(&place, &browser, &kept).unwrap();
    assert_eq!(period, PERIOD);
    assert_eq!(vault.identity().unwrap(), identity);
    assert!(block_on(vault.find_key("photos")).is_ok());
    assert_eq!(place.rows(), rows, "no pin, no date of a rehearsal");
    create(&vault, "letters");

    // Once more, by another key of the device and another half, to the same deadline.
    let again = block_on(vault.prepare_reload(&browser, period)).unwrap();
    assert_ne!(again[..HALF], kept[..HALF]);
    assert!(resumed(&place, &browser, &again).is_ok());
    place.clock.set(PERIOD.until);
    assert_eq!(
        refusal(&place, &browser, &again),
        Error::ThisDevice(DeviceFault::Expired)
    );
}

#[test]
fn the_half_of_the_tab_opens_nothing_alone() {
    let (place, browser, _, kept) = kept();
    let keys = browser.keys.take();
    let missing = Error::ThisDevice(DeviceFault::Missing);
    assert_eq!(refusal(&place, &browser, &kept), missing);

    // Nor is it the key of the envelope, whatever else it is tried as.
    let envelope = Envelope::parse(&kept.as_bytes()[HALF..]).unwrap();
    let half = base64::decode(&kept[..HALF], InputError::Malformed("half")).unwrap();
    let kid = envelope.entries().next().unwrap().kid().clone();
    let kek = Identity::Kek(Kek::new(kid, Secret::from_slice(&half).unwrap()));
    let none = strongroom::Context::none();
    assert!(strongroom::jose::unwrap(&envelope, &[kek], &none).is_err());

    // Another key of the device under that name.
    let (name, mut secret) = keys[0].clone();
    secret[0] ^= 1;
    browser.keys.replace(vec![(name, secret)]);
    assert_eq!(refusal(&place, &browser, &kept), Error::Decrypt);
    browser.keys.replace(keys);
    assert!(resumed(&place, &browser, &kept).is_ok());
}

#[test]
fn the_key_of_the_device_opens_nothing_alone() {
    let (place, browser, _, kept) = kept();
    let other = base64::encode(&[7; 32]);
    let forged = other + &kept[HALF..];
    assert_eq!(refusal(&place, &browser, &forged), Error::Decrypt);
    for cut in ["", &kept[..HALF], &kept[HALF..], &kept[..kept.len() - 1]] {
        assert!(resumed(&place, &browser, cut).is_err(), "{cut}");
    }
}

#[test]
fn the_halves_of_another_vault_open_nothing() {
    let (place, browser, _, own) = kept();
    let (elsewhere, other, _, foreign) = kept();
    let keys = other.keys.borrow().clone();
    browser.keys.borrow_mut().extend(keys);
    let refused = Error::Integrity("another vault than expected");
    assert_eq!(refusal(&place, &browser, &foreign), refused);
    // The store puts the other vault in this one's place.
    place.replay(&elsewhere.rows());
    assert_eq!(refusal(&place, &browser, &own), refused);
    assert!(resumed(&place, &browser, &foreign).is_ok());
}

#[test]
fn what_the_tab_kept_cannot_be_changed() {
    let (place, browser, vault, kept) = kept();
    let member = |name: &str, value: u64| format!("\"{name}\":{value}");
    let (since, until) = (NOW.millis(), PERIOD.until.millis());
    let (identity, seen) = (
        vault.identity().unwrap().to_string(),
        vault.seen().unwrap().0,
    );
    let other = base64::encode(&[9; 32]);
    let changes = [
        [member("until", until), member("until", until + 4 * MINUTE)],
        [member("since", since), member("since", since + 1)],
        [member("written", since), member("written", 0)],
        [member("generation", 1), member("generation", 2)],
        [seen, format!("1.{other}")],
        [identity, other],
    ];
    let same = changed(&kept, ["{\"vault\":{", "{\"vault\":{"]);
    place.clock.set(NOW + MINUTE);
    assert!(resumed(&place, &browser, &same).is_ok());
    for [from, to] in &changes {
        let forged = changed(&kept, [from, to]);
        assert_eq!(refusal(&place, &browser, &forged), Error::Decrypt, "{to}");
    }
    place.clock.set(NOW + 11 * MINUTE);
    let later = changed(&kept, [&changes[0][0], &changes[0][1]]);
    assert_eq!(refusal(&place, &browser, &later), Error::Decrypt);
}

#[test]
fn a_clock_that_stands_behind_the_time_of_writing_opens_nothing() {
    let (place, browser, _, kept) = kept();
    place.clock.set(ago(1));
    let behind = Error::ThisDevice(DeviceFault::Clock);
    assert_eq!(refusal(&place, &browser, &kept), behind);

    // A reload moves that time: the clock cannot be put back to before it.
    place.clock.set(NOW + 5 * MINUTE);
    let (vault, period) = resumed(&place, &browser, &kept).unwrap();
    let again = block_on(vault.prepare_reload(&browser, period)).unwrap();
    place.clock.set(NOW + 4 * MINUTE);
    assert_eq!(refusal(&place, &browser, &again), behind);
}

#[test]
fn a_new_vault_key_ends_it_though_the_old_halves_are_planted_back() {
    let rotations: [fn(&Open); 4] = [
        |vault| assert!(block_on(vault.rotate_vault_key()).is_ok()),
        |vault| {
            let id = other_factor(vault);
            assert!(
                block_on(vault.revoke_factor(&id, &passphrase(PHRASE), &|_, _| Ok(()))).is_ok()
            );
        },
        |vault| {
            let (id, new) = (other_factor(vault), passphrase("another one"));
            let phrase = passphrase(PHRASE);
            let replaced = vault.replace_factor(&id, &phrase, &new, None, &|_, _| Ok(()));
            assert!(block_on(replaced).is_ok());
        },
        |vault| {
            let (id, phrase, others) = (other_factor(vault), passphrase(PHRASE), Others::default());
            let ended = vault.revoke_compromised_factor(&id, &phrase, others, &|_, _| Ok(()));
            assert!(block_on(ended).is_ok());
        },
    ];
    for rotate in rotations {
        let (place, browser, vault, kept) = kept();
        rotate(&vault);
        let refused = refusal(&place, &browser, &kept);
        assert!(
            matches!(refused, Error::Rotated | Error::Integrity(_)),
            "{refused:?}"
        );
        let fresh = prepare(&vault, &browser).unwrap();
        assert!(resumed(&place, &browser, &fresh).is_ok());
    }
}

fn other_factor(vault: &Open) -> String {
    let other = block_on(vault.identify_factor(&passphrase(OTHER_PHRASE)));
    other.unwrap().0.id.to_string()
}

#[test]
fn an_older_copy_of_the_store_is_told_though_it_has_the_same_vault_key() {
    let (place, browser, vault, _) = kept();
    let old = place.rows();
    create(&vault, "letters");
    let kept = prepare(&vault, &browser).unwrap();
    place.replay(&old);
    let refused = refusal(&place, &browser, &kept);
    assert!(matches!(refused, Error::Integrity(_)), "{refused:?}");
}

#[test]
fn an_older_generation_of_the_store_is_told() {
    let (place, browser, vault, older) = kept();
    let old = place.rows();
    block_on(vault.rotate_vault_key()).unwrap();
    let kept = prepare(&vault, &browser).unwrap();
    place.replay(&old);
    let refused = refusal(&place, &browser, &kept);
    assert!(matches!(refused, Error::Integrity(_)), "{refused:?}");
    // Both of them older: who knows a later head is told.
    let expected = ExpectedVault {
        identity: None,
        seen: Some(vault.seen().unwrap()),
    };
    let refused = resumed_as(&place, &browser, &older, &expected).err();
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
}

#[test]
fn an_identity_that_is_expected_is_compared() {
    let (place, browser, vault, kept) = kept();
    let (other, _, foreign, _) = self::kept();
    drop(other);
    let with = |vault: &Open| ExpectedVault {
        identity: Some(vault.identity().unwrap()),
        seen: None,
    };
    assert!(resumed_as(&place, &browser, &kept, &with(&vault)).is_ok());
    let refused = resumed_as(&place, &browser, &kept, &with(&foreign)).err();
    let expected = Error::Integrity("another vault than expected");
    assert_eq!(refused, Some(expected));
}

#[test]
fn a_store_that_was_changed_opens_no_more_by_a_reload_than_by_a_factor() {
    let (place, browser, _, kept) = kept();
    for row in place.rows() {
        let mut bytes = row.bytes.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let spoilt = Row {
            bytes,
            ..row.clone()
        };
        place.write_unnoticed(&[spoilt], &[]);
        assert!(resumed(&place, &browser, &kept).is_err());
        place.write_unnoticed(&[row], &[]);
    }
    assert!(resumed(&place, &browser, &kept).is_ok());
}

#[test]
fn a_vault_that_a_reload_opened_still_asks_for_a_person() {
    let (place, browser, _, kept) = kept();
    let (vault, _) = resumed(&place, &browser, &kept).unwrap();
    let needed = Some(Error::PersonNeeded(["passphrase"].into()));
    let mine = ThisDevice::new(Rc::clone(&place.host.clock));
    let (new, watch) = (passphrase("another one"), |_, _| Ok(()));
    let (wrong, id) = (passphrase("a guess"), other_factor(&vault));
    for (present, refused) in [
        (&mine as &dyn strongroom::factors::Present, needed),
        (&wrong, Some(Error::WrongFactor)),
    ] {
        let added = block_on(vault.add_factor(present, &new, None, &watch));
        assert_eq!(added.err(), refused);
        let revoked = block_on(vault.revoke_factor(&id, present, &watch));
        assert_eq!(revoked.err(), refused);
        let exported = block_on(vault.dangerously_export("photos", None, present));
        assert_eq!(exported.err(), refused);
    }
}

#[test]
fn nothing_is_made_for_longer_than_minutes_or_for_a_time_that_is_over() {
    let (place, browser, vault, _) = kept();
    let before = browser.keys.borrow().len();
    for (since, until) in [
        (NOW, NOW + (15 * MINUTE + 1)),
        (ago(15 * MINUTE), NOW),
        (NOW + 1, NOW + MINUTE),
    ] {
        let period = ReloadPeriod { since, until };
        let refused = block_on(vault.prepare_reload(&browser, period));
        assert_eq!(refused, Err(Error::ThisDevice(DeviceFault::Expired)));
    }
    assert_eq!(browser.keys.borrow().len(), before);
    vault.forget();
    assert_eq!(prepare(&vault, &browser), Err(Error::Locked));
    assert_eq!(place.host.clock.now(), NOW);
}

#[test]
fn who_wants_it_for_less_gets_it_for_less() {
    let (place, browser, _, kept) = kept();
    let resume = |lasts| {
        let vault = block_on(Vault::open(place.host.clone(), name())).unwrap();
        let opened = block_on(vault.reopen(&browser, &kept, &ExpectedVault::default(), lasts));
        opened.map(|(_, period)| period)
    };
    place.clock.set(NOW + 2 * MINUTE);
    let until = NOW + 3 * MINUTE;
    assert_eq!(resume(3 * MINUTE), Ok(ReloadPeriod { until, ..PERIOD }));
    assert_eq!(
        resume(2 * MINUTE),
        Err(Error::ThisDevice(DeviceFault::Expired))
    );
}

#[test]
fn the_text_holds_no_key_and_says_what_it_is_for() {
    let (place, _, vault, kept) = kept();
    let about: Json = serde_json::from_str(&aad(&kept)).unwrap();
    let mut members: Vec<_> = about.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["key", "period", "seen", "vault", "written"]);
    assert_eq!(about["vault"]["vault"], vault.id().as_str());
    assert_eq!(about["written"], NOW.millis());
    let envelope = Envelope::parse(&kept.as_bytes()[HALF..]).unwrap();
    assert!(envelope.has_sole_recipient());
    let stored = Envelope::parse(&vault_key(&place).bytes).unwrap();
    assert_eq!(envelope.jkt(), stored.jkt());
}

fn vault_key(place: &Place) -> Row {
    let rows = place.rows_of(strongroom::store::RecordType::VaultKey);
    rows.into_iter().next().unwrap()
}
