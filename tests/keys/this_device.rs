//! Devices whose keys are made up: browsers that keep a key and apply it.

use std::{cell::RefCell, rc::Rc};

use pollster::block_on;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use strongroom::{
    Error, Result,
    base::{DeviceFault, Duration, InputError, Local, Secret, SystemEntropy, base64},
    factors::{
        Answer, Challenge, DeviceOutput, FactorPort, Present, RecoveryKit, ThisDevice, argon2id,
    },
    records::DeviceKey,
    store::{RecordType, Row},
    vault::{FactorInfo, Others, Vault},
};

use crate::fixture::{
    DAY, NOW, OTHER_PHRASE, Open, PHRASE, Place, Quick, create, name, passphrase,
};

/// The keys of a browser: each a secret of its own, by its name.
pub type Keys = Rc<RefCell<Vec<(String, [u8; 32])>>>;

#[derive(Clone, Default)]
pub struct Browser {
    pub keys: Keys,
    /// How often a key was asked for.
    asked: Rc<RefCell<usize>>,
    /// The key that is not applied, since the clock stands before what is noted beside it.
    pub behind: Rc<RefCell<String>>,
}

impl FactorPort for Browser {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        Quick.answer(challenge)
    }

    fn new_device_key<'a>(&'a self, key: &'a DeviceKey) -> Local<'a, Result<()>> {
        let mut keys = self.keys.borrow_mut();
        let secret = argon2id(
            key.id.to_text().as_bytes(),
            b"a salt of eight bytes",
            8,
            1,
            1,
        );
        keys.push((key.id.to_text(), *secret.unwrap().expose()));
        Box::pin(async { Ok(()) })
    }

    fn device_output<'a>(&'a self, key: &'a DeviceKey) -> Local<'a, Result<Option<DeviceOutput>>> {
        *self.asked.borrow_mut() += 1;
        if *self.behind.borrow() == key.id.to_text() {
            return Box::pin(async { Err(Error::ThisDevice(DeviceFault::Clock)) });
        }
        let keys = self.keys.borrow();
        let own = keys.iter().find(|(id, _)| *id == key.id.to_text());
        let output = own.map(|(_, secret)| {
            let output = Sha256::new()
                .chain_update(secret)
                .chain_update(key.input.as_bytes());
            DeviceOutput::new(Secret::from_slice(&output.finalize()).unwrap())
        });
        Box::pin(async { Ok(output) })
    }

    fn forget_device_key<'a>(&'a self, key: &'a DeviceKey) -> Local<'a, ()> {
        let mut keys = self.keys.borrow_mut();
        keys.retain(|(id, _)| *id != key.id.to_text());
        Box::pin(async {})
    }
}

impl Browser {
    fn asked(&self) -> usize {
        self.asked.take()
    }
}

fn device(place: &Place) -> ThisDevice {
    ThisDevice::new(Rc::clone(&place.host.clock))
}

fn new_device(place: &Place) -> ThisDevice {
    device(place).lasting(Some(Duration::parse("P30D").unwrap()))
}

/// A vault that a passphrase and a device open.
fn vault() -> (Place, Browser, Open, FactorInfo) {
    let browser = Browser::default();
    let place = Place::with(Box::new(browser.clone()));
    let phrase = passphrase(PHRASE);
    let device = new_device(&place);
    let factors: [&dyn Present; 2] = [&phrase, &device];
    let vault = block_on(Vault::create(place.host.clone(), name(), &factors)).unwrap();
    let own = block_on(vault.factors()).unwrap().remove(1);
    browser.asked();
    (place, browser, vault, own)
}

/// What is known of a device.
pub fn sample() -> FactorInfo {
    vault().3
}

fn unlock(place: &Place, present: &dyn Present) -> Result<Open> {
    let vault = block_on(Vault::open(place.host.clone(), name())).unwrap();
    block_on(vault.unlock(present, None))
}

fn by_device(place: &Place) -> Option<Error> {
    unlock(place, &device(place)).err()
}

const fn fault(fault: DeviceFault) -> Option<Error> {
    Some(Error::ThisDevice(fault))
}

fn add(vault: &Open, present: &dyn Present, new: &dyn Present) -> Result<FactorInfo> {
    block_on(vault.add_factor(present, new, None, &|_, _| Ok(())))
}

fn revoke(vault: &Open, id: &str, present: &dyn Present) -> Result<()> {
    block_on(vault.revoke_factor(id, present, &|_, _| Ok(()))).map(|_| ())
}

#[test]
fn a_device_opens_the_vault_without_a_person_until_its_deadline() {
    let (place, _, vault, own) = vault();
    assert_eq!((own.kind.as_str(), own.known), ("this-device", true));
    let key = own.device.unwrap();
    assert_eq!(key.enrolled, NOW);
    assert_eq!(key.expires, NOW + 30 * DAY);
    create(&vault, "photos");
    assert_eq!(by_device(&place), None);

    place.clock.set(NOW + (30 * DAY - 1));
    assert_eq!(by_device(&place), None);
    place.clock.set(crate::fixture::ago(1));
    assert_eq!(by_device(&place), fault(DeviceFault::Clock));
    assert!(unlock(&place, &passphrase(PHRASE)).is_ok());
    place.clock.set(NOW + 30 * DAY);
    assert_eq!(by_device(&place), fault(DeviceFault::Expired));
    assert!(unlock(&place, &passphrase(PHRASE)).is_ok());
}

/// Its key goes: a clock that is put back after that opens nothing.
#[test]
fn a_device_that_was_found_expired_stays_so() {
    let (place, browser, vault, _) = vault();
    add(&vault, &passphrase(PHRASE), &new_device(&place)).unwrap();
    place.clock.set(NOW + 10 * DAY);
    add(&vault, &passphrase(PHRASE), &new_device(&place)).unwrap();

    // One still opens it, and nothing is asked of the others.
    place.clock.set(NOW + 31 * DAY);
    assert_eq!(by_device(&place), None);
    assert_eq!(browser.keys.borrow().len(), 3);
    place.clock.set(NOW + 41 * DAY);
    assert_eq!(by_device(&place), fault(DeviceFault::Expired));
    assert!(browser.keys.borrow().is_empty());
    place.clock.set(NOW + 20 * DAY);
    assert_eq!(by_device(&place), fault(DeviceFault::Missing));
    place.clock.set(NOW + 41 * DAY);
    assert_eq!(by_device(&place), fault(DeviceFault::Expired));
}

#[test]
fn a_record_that_claims_to_have_expired_takes_no_key_away() {
    let (place, browser, ..) = vault();
    let original = place.rows_of(RecordType::Factor);
    let expired = forged(&place, None, |device| {
        device["expires"] = (NOW + 1).millis().into();
    });
    place.write(&[expired], &[]);
    place.clock.set(NOW + DAY);
    assert_eq!(by_device(&place), Some(Error::WrongFactor));
    assert_eq!(browser.keys.borrow().len(), 1);
    place.write(&original, &[]);
    assert_eq!(by_device(&place), None);
}

/// The browser compares the clock with what it has noted; a key that was added since has a note of its own.
#[test]
fn a_key_of_which_the_browser_says_that_the_clock_was_put_back_keeps_no_other_from_opening() {
    let (place, browser, vault, own) = vault();
    browser.behind.replace(own.device.unwrap().id.to_text());
    assert_eq!(by_device(&place), fault(DeviceFault::Clock));
    add(&vault, &passphrase(PHRASE), &new_device(&place)).unwrap();
    assert_eq!(by_device(&place), None);
}

#[test]
fn a_device_is_enrolled_for_a_time_alone() {
    let (place, browser, vault, _) = vault();
    let before = (place.rows(), browser.keys.borrow().len());
    for lasts in [None, Some(Duration::parse("P0D").unwrap())] {
        let endless = device(&place).lasting(lasts);
        let refused = add(&vault, &passphrase(PHRASE), &endless).err();
        assert!(matches!(refused, Some(Error::Argument(_))), "{refused:?}");
    }
    assert_eq!((place.rows(), browser.keys.borrow().len()), before);
}

#[test]
fn a_device_proves_no_person() {
    let (place, browser, vault, own) = vault();
    create(&vault, "photos");
    let (mine, before) = (device(&place), place.rows());
    let phrase = block_on(vault.factors()).unwrap().remove(0);
    let watch = |_, _| Ok(());
    let kit = RecoveryKit::generate(&SystemEntropy).unwrap();
    let needed = Some(Error::PersonNeeded(["passphrase"].into()));

    assert_eq!(add(&vault, &mine, &kit).err(), needed);
    assert_eq!(revoke(&vault, phrase.id.as_str(), &mine).err(), needed);
    assert_eq!(revoke(&vault, own.id.as_str(), &mine).err(), needed);
    let other = passphrase(OTHER_PHRASE);
    let replaced = vault.replace_factor(own.id.as_str(), &mine, &other, None, &watch);
    assert_eq!(block_on(replaced).err(), needed);
    let others = Others::default();
    let stolen = vault.revoke_compromised_factor(phrase.id.as_str(), &mine, others, &watch);
    assert_eq!(block_on(stolen).err(), needed);
    let exported = block_on(vault.dangerously_export("photos", None, &mine));
    assert_eq!(exported.err(), needed);
    assert_eq!(place.rows(), before);
    assert_eq!(browser.asked(), 0, "its key is not even asked");
    let told = place.events.borrow().last().unwrap().clone();
    assert_eq!((told.operation, told.error), ("exportKey", needed));

    // What tells only that it opens the vault is told of a device too.
    assert!(block_on(vault.rehearse(&mine, &watch)).is_ok());
    add(&vault, &passphrase(PHRASE), &kit).unwrap();
    let kinds = ["passphrase", "recovery-kit"].into();
    let refused = revoke(&vault, own.id.as_str(), &mine);
    assert_eq!(refused, Err(Error::PersonNeeded(kinds)));
}

#[test]
fn a_vault_is_never_left_with_devices_alone() {
    let browser = Browser::default();
    let place = Place::with(Box::new(browser.clone()));
    let mine = new_device(&place);
    let made = block_on(Vault::create(place.host.clone(), name(), &[&mine]));
    assert_eq!(made.err(), Some(Error::NoneStandsAlone));
    assert!(browser.keys.borrow().is_empty());

    let (place, _, vault, own) = self::vault();
    let phrase = block_on(vault.factors()).unwrap().remove(0);
    let revoked = revoke(&vault, phrase.id.as_str(), &passphrase(PHRASE));
    assert_eq!(revoked, Err(Error::NoneStandsAlone));
    let mine = new_device(&place);
    let (id, watch) = (phrase.id.as_str(), |_, _| Ok(()));
    let replaced = block_on(vault.replace_factor(id, &passphrase(PHRASE), &mine, None, &watch));
    assert_eq!(replaced.err(), Some(Error::NoneStandsAlone));
    revoke(&vault, own.id.as_str(), &passphrase(PHRASE)).unwrap();
}

#[test]
fn a_device_that_was_revoked_opens_nothing_though_its_old_record_is_put_back() {
    let (place, browser, vault, own) = vault();
    let old = place.rows_of(RecordType::Factor);
    revoke(&vault, own.id.as_str(), &passphrase(PHRASE)).unwrap();
    assert_eq!(browser.keys.borrow().len(), 1, "its key is still there");
    assert_eq!(by_device(&place), fault(DeviceFault::Missing));
    let device = old.into_iter().find(|row| aad(row)["device"].is_object());
    place.write(&[device.unwrap()], &[]);
    let refused = by_device(&place);
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
}

#[test]
fn a_copy_without_the_key_and_a_key_without_a_record_say_what_to_do() {
    let (place, browser, vault, _) = vault();
    let keys = browser.keys.take();
    assert_eq!(by_device(&place), fault(DeviceFault::Missing));
    let Some(error) = by_device(&place) else {
        panic!("it opened");
    };
    assert!(error.to_string().contains("add this device again"));
    assert_eq!(error.code(), "ERR_THIS_DEVICE");

    // It is added again, beside the one whose key is gone.
    add(&vault, &passphrase(PHRASE), &new_device(&place)).unwrap();
    assert_eq!(by_device(&place), None);

    let (elsewhere, other, ..) = self::vault();
    other.keys.replace(keys);
    assert_eq!(by_device(&elsewhere), fault(DeviceFault::Missing));
}

/// The device's record with another enrolment, under another id if one is given.
fn forged(place: &Place, id: Option<&str>, change: impl FnOnce(&mut Json)) -> Row {
    let rows = place.rows_of(RecordType::Factor);
    let mut planted = rows
        .into_iter()
        .find(|row| aad(row)["device"].is_object())
        .unwrap();
    let mut envelope: Json = serde_json::from_slice(&planted.bytes).unwrap();
    let mut address = aad(&planted);
    change(&mut address["device"]);
    if let Some(id) = id {
        address["id"] = id.into();
        planted.record_id.id = id.to_owned();
    }
    envelope["aad"] = base64::encode(address.to_string().as_bytes()).into();
    planted.bytes = envelope.to_string().into_bytes();
    planted
}

#[test]
fn a_record_that_the_store_changed_opens_nothing() {
    let forgeries: [fn(&mut Json); 5] = [
        |device| device["expires"] = (NOW + 300 * DAY).millis().into(),
        |device| device["enrolled"] = 0.into(),
        |device| device["input"] = base64::encode(&[9; 32]).into(),
        |device| device["expires"] = "never".into(),
        |device| device["kind"] = "passphrase".into(),
    ];
    for forge in forgeries {
        let (place, ..) = vault();
        place.write(&[forged(&place, None, forge)], &[]);
        place.clock.set(NOW + 29 * DAY);
        assert!(by_device(&place).is_some());
        place.clock.set(NOW + 31 * DAY);
        assert!(by_device(&place).is_some());
    }

    // By its deadline alone, moved after it has passed.
    let (place, ..) = vault();
    place.clock.set(NOW + 31 * DAY);
    let later = (NOW + 90 * DAY).millis();
    let moved = forged(&place, None, |device| device["expires"] = later.into());
    place.write(&[moved], &[]);
    assert_eq!(by_device(&place), Some(Error::WrongFactor));
}

#[test]
fn a_planted_record_is_told_and_many_are_not_asked_for() {
    let (place, browser, ..) = vault();
    let twin = forged(&place, Some(&"A".repeat(43)), |device| {
        device["input"] = base64::encode(&[9; 32]).into();
    });
    place.write(std::slice::from_ref(&twin), &[]);
    let refused = by_device(&place);
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
    place.write(&[], &[twin.record_id]);
    assert_eq!(by_device(&place), None);
    browser.asked();

    let many: Vec<_> = (0..32_u8)
        .map(|at| {
            let id = base64::encode(&[at; 32]);
            let key = base64::encode(&[at; 16]);
            forged(&place, Some(&id), |device| device["id"] = key.into())
        })
        .collect();
    place.write(&many, &[]);
    let refused = by_device(&place);
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
    assert_eq!(browser.asked(), 0);
}

#[test]
fn the_record_of_another_vault_opens_nothing() {
    let (place, browser, _, own) = vault();
    let (elsewhere, other, ..) = vault();
    // One browser has both keys.
    browser
        .keys
        .borrow_mut()
        .extend(other.keys.borrow().clone());
    let foreign = elsewhere.rows_of(RecordType::Factor);
    let foreign = foreign.iter().find(|row| aad(row)["device"].is_object());
    let mut foreign = foreign.unwrap().clone();
    place.write(&[foreign.clone()], &[]);
    assert!(by_device(&place).is_some());
    place.write(&[], &[foreign.record_id.clone()]);
    foreign.record_id.id = own.id.to_string();
    place.write(&[foreign], &[]);
    let refused = by_device(&place);
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
}

#[test]
fn of_several_devices_the_one_that_is_here_opens_the_vault() {
    let (place, browser, vault, first) = vault();
    let here = browser.keys.take();
    let second = add(&vault, &passphrase(PHRASE), &new_device(&place)).unwrap();
    assert_eq!(by_device(&place), None);
    let other = device(&place).of(Some(first.id.to_string()));
    assert_eq!(unlock(&place, &other).err(), fault(DeviceFault::Missing));
    browser.keys.replace(here);
    assert_eq!(by_device(&place), None);

    // One is revoked from elsewhere: by a tab that has not its key.
    revoke(&vault, first.id.as_str(), &passphrase(PHRASE)).unwrap();
    assert_eq!(by_device(&place), fault(DeviceFault::Missing));
    let named = device(&place).of(Some(second.id.to_string()));
    assert_eq!(unlock(&place, &named).err(), fault(DeviceFault::Missing));
}

#[test]
fn a_record_holds_what_its_challenge_needs_and_nothing_else() {
    let (place, _, _, own) = vault();
    let rows = place.rows_of(RecordType::Factor);
    let asked = rows.iter().map(aad).find(|aad| aad["device"].is_object());
    let key = own.device.unwrap();
    let expected = json!({
        "id": key.id.to_text(),
        "input": base64::encode(key.input.as_bytes()),
        "enrolled": NOW.millis(),
        "expires": (NOW + 30 * DAY).millis(),
    });
    assert_eq!(asked.unwrap()["device"], expected);
}

#[test]
fn nothing_is_enrolled_where_no_key_can_be_kept() {
    let place = Place::new();
    let factors: [&dyn Present; 2] = [&passphrase(PHRASE), &new_device(&place)];
    let made = block_on(Vault::create(place.host.clone(), name(), &factors));
    assert!(matches!(made.err(), Some(Error::Unsupported(_))));
    assert!(place.rows().is_empty());
}

fn aad(row: &Row) -> Json {
    let envelope: Json = serde_json::from_slice(&row.bytes).unwrap();
    let aad = envelope["aad"].as_str().unwrap();
    let bytes = base64::decode(aad, InputError::Malformed("an address")).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
