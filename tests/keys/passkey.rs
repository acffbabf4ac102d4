//! Passkeys, asked of authenticators that are made up.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use pollster::block_on;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use strongroom::{
    Error, Result,
    base::{InputError, Local, PasskeyFault, Secret, SystemEntropy, base64},
    factors::{
        Answer, Challenge, FactorPort, NewCredential, Passkey, Present, PrfAnswer, PrfOutput,
        PrfRequest, RecoveryKit,
    },
    records::{CredentialId, RpId},
    store::{RecordType, Row},
    vault::{FactorInfo, Others, Vault},
};

use crate::fixture::{Open, PHRASE, Place, Quick, name, passphrase};

const HOST: &str = "app.example";

/// An authenticator: a PRF of its own for each credential that it has.
#[derive(Default)]
pub struct Authenticator {
    pub credentials: RefCell<Vec<Vec<u8>>>,
    /// What it was asked: how many credentials were named each time.
    pub asked: RefCell<Vec<usize>>,
    excluded: RefCell<Vec<usize>>,
    users: RefCell<Vec<[u8; 32]>>,
    /// Whether its PRF gives something else each time.
    pub unstable: Cell<bool>,
    /// Whether it claims to be one of the credentials that it was not asked for.
    strays: Cell<bool>,
}

#[derive(Clone, Default)]
pub struct Desk(pub Rc<Authenticator>);

impl FactorPort for Desk {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        Quick.answer(challenge)
    }

    fn new_credential<'a>(
        &'a self,
        _: &'a Passkey,
        new: NewCredential<'a>,
    ) -> Local<'a, Result<CredentialId>> {
        let Self(own) = self;
        own.excluded.borrow_mut().push(new.exclude.len());
        own.users.borrow_mut().push(new.user);
        let mut credentials = own.credentials.borrow_mut();
        let id = vec![credentials.len() as u8 + 1; 16];
        credentials.push(id.clone());
        Box::pin(async move { CredentialId::new(id) })
    }

    fn evaluate_prf<'a>(
        &'a self,
        _: &'a Passkey,
        request: PrfRequest<'a>,
    ) -> Local<'a, Result<PrfAnswer>> {
        let Self(own) = self;
        own.asked.borrow_mut().push(request.credentials.len());
        let known = |id: &[u8]| own.credentials.borrow().iter().any(|one| one == id);
        let mut asked = request.credentials.iter();
        let which = asked.position(|credential| known(credential.id.as_bytes()));
        let which = if own.strays.get() { Some(7) } else { which };
        let credential = which.and_then(|which| request.credentials.get(which));
        let credential = credential.or(request.credentials.first());
        let mut hash = Sha256::new();
        if let Some(credential) = credential {
            hash.update(credential.id.as_bytes());
            hash.update(credential.input.as_bytes());
        }
        if own.unstable.get() {
            hash.update([own.asked.borrow().len() as u8]);
        }
        let output = Secret::from_slice(&hash.finalize()).unwrap();
        Box::pin(async move {
            // What a browser throws then, it does not say.
            let which = which.ok_or(Error::Unsupported("no such credential"))?;
            let output = PrfOutput::new(output);
            Ok(PrfAnswer { which, output })
        })
    }
}

pub fn passkey() -> Passkey {
    of(HOST)
}

fn of(host: &str) -> Passkey {
    Passkey::new(RpId::try_from(host.to_owned()).unwrap(), 0)
}

fn kit() -> RecoveryKit {
    RecoveryKit::generate(&SystemEntropy).unwrap()
}

fn create(factors: &[&dyn Present]) -> (Place, Desk, Result<Open>) {
    let desk = Desk::default();
    let place = Place::with(Box::new(desk.clone()));
    let made = block_on(Vault::create(place.host.clone(), name(), factors));
    (place, desk, made)
}

/// A vault that a passphrase and a passkey open.
fn vault() -> (Place, Desk, Open, FactorInfo) {
    let (place, desk, vault) = create(&[&passphrase(PHRASE), &passkey()]);
    let vault = vault.unwrap();
    let own = block_on(vault.factors()).unwrap().remove(1);
    desk.0.asked.take();
    (place, desk, vault, own)
}

/// What is known of a passkey.
pub fn sample() -> FactorInfo {
    vault().3
}

fn unlock(place: &Place, present: &dyn Present) -> Result<Open> {
    let vault = block_on(Vault::open(place.host.clone(), name())).unwrap();
    block_on(vault.unlock(present, None))
}

fn add(vault: &Open, new: &dyn Present) -> Result<FactorInfo> {
    block_on(vault.add_factor(&passphrase(PHRASE), new, None, &|_, _| Ok(())))
}

fn replace(vault: &Open, id: &str, present: &dyn Present, new: &dyn Present) -> Result<FactorInfo> {
    block_on(vault.replace_factor(id, present, new, None, &|_, _| Ok(())))
}

fn revoke(vault: &Open, id: &str, present: &dyn Present) -> Result<()> {
    block_on(vault.revoke_factor(id, present, &|_, _| Ok(()))).map(|_| ())
}

fn revoke_compromised(vault: &Open, id: &str, present: &dyn Present) -> Result<()> {
    let revoked = vault.revoke_compromised_factor(id, present, Others::default(), &|_, _| Ok(()));
    block_on(revoked).map(|_| ())
}

#[test]
fn a_passkey_opens_the_vault_by_one_gesture_for_all_of_its_passkeys() {
    let (place, desk, vault, own) = vault();
    assert_eq!((own.kind.as_str(), own.known), ("passkey", true));
    let added = add(&vault, &passkey()).unwrap();
    assert_eq!(*desk.0.excluded.borrow(), [0, 1]);
    let users = desk.0.users.borrow().clone();
    assert!(users[0] != users[1] && users[0] != [0; 32]);
    assert_ne!(added.credential, own.credential);
    desk.0.asked.take();

    // The authenticator that is there has the second one.
    desk.0.credentials.borrow_mut().remove(0);
    assert!(unlock(&place, &passkey()).is_ok());
    assert_eq!(desk.0.asked.take(), [2]);
    let named = passkey().of(Some(added.id.to_string()));
    assert!(unlock(&place, &named).is_ok());
    assert_eq!(desk.0.asked.take(), [1]);
    let other = passkey().of(Some(own.id.to_string()));
    assert!(unlock(&place, &other).is_err());
}

#[test]
fn two_assertions_agree_before_a_passkey_is_enrolled() {
    let (place, desk, vault, _) = vault();
    let before = place.rows();
    desk.0.unstable.set(true);
    let unstable = Err(Error::Passkey(PasskeyFault::Unstable));
    assert_eq!(add(&vault, &passkey()), unstable);
    assert_eq!(desk.0.asked.take(), [1, 1]);
    assert_eq!(place.rows(), before);
}

#[test]
fn a_credential_that_was_not_asked_for_opens_nothing() {
    let (place, desk, ..) = vault();
    desk.0.strays.set(true);
    assert_eq!(unlock(&place, &passkey()).err(), Some(Error::WrongFactor));
}

#[test]
fn an_output_of_another_authenticator_opens_nothing() {
    let (place, desk, _, own) = vault();
    let id = own.credential.unwrap().id;
    // It calls its own credential as the vault's is called.
    desk.0.credentials.replace(vec![id.as_bytes().to_vec()]);
    desk.0.unstable.set(true);
    assert_eq!(unlock(&place, &passkey()).err(), Some(Error::WrongFactor));
}

#[test]
fn passkeys_alone_make_no_vault_and_none_is_left_with_them() {
    let mine = passkey();
    let two: [&dyn Present; 2] = [&mine, &mine];
    for factors in [&two[..1], &two] {
        let (place, desk, made) = create(factors);
        assert_eq!(made.err(), Some(Error::NoneStandsAlone));
        assert!(desk.0.users.borrow().is_empty(), "nobody was asked");
        assert!(place.rows().is_empty());
    }

    let (place, desk, vault, own) = vault();
    let phrase = block_on(vault.factors()).unwrap().remove(0);
    let before = place.rows();
    let id = phrase.id.as_str();
    let refused = Err(Error::NoneStandsAlone);
    assert_eq!(revoke(&vault, id, &mine), refused);
    assert_eq!(revoke_compromised(&vault, id, &mine), refused);
    desk.0.asked.take();
    let replaced = replace(&vault, id, &passphrase(PHRASE), &mine);
    assert_eq!(replaced.map(|_| ()), refused);
    assert!(desk.0.asked.borrow().is_empty(), "nobody was asked");
    assert_eq!(place.rows(), before);

    // A kit beside it is enough, and it is the passkey's turn to go.
    add(&vault, &kit()).unwrap();
    revoke(&vault, id, &mine).unwrap();
    assert!(unlock(&place, &passkey()).is_ok());
    revoke(&vault, own.id.as_str(), &mine).unwrap();
    assert_eq!(unlock(&place, &mine).err(), Some(Error::NoFactor));
}

/// Two tabs, each of which takes away one of the two factors that may stand alone.
#[test]
fn another_tab_does_not_leave_a_vault_with_passkeys_alone() {
    let mine = kit();
    let (place, _, made) = create(&[&passphrase(PHRASE), &passkey(), &mine]);
    let (here, there) = (made.unwrap(), unlock(&place, &passphrase(PHRASE)).unwrap());
    let factors = block_on(here.factors()).unwrap();
    let (phrase, kit) = (factors[0].id.to_string(), factors[2].id.to_string());
    place.host.store.meanwhile.replace(Some(Box::new(move || {
        revoke(&there, &kit, &passphrase(PHRASE)).unwrap();
    })));
    let revoked = revoke(&here, &phrase, &mine);
    assert!(revoked.is_err(), "the vault key was rotated meanwhile");
    let here = unlock(&place, &passphrase(PHRASE)).unwrap();
    let revoked = revoke(&here, &phrase, &passkey());
    assert_eq!(revoked, Err(Error::NoneStandsAlone));
}

#[test]
fn a_passkey_is_replaced_on_the_same_authenticator() {
    let (place, desk, vault, own) = vault();
    let replaced = replace(&vault, own.id.as_str(), &passkey(), &passkey()).unwrap();
    // Otherwise the authenticator would refuse, having the old one.
    assert_eq!(*desk.0.excluded.borrow(), [0, 0]);
    assert!(unlock(&place, &passkey()).is_ok());
    desk.0.credentials.borrow_mut().remove(1);
    assert!(unlock(&place, &passkey()).is_err());
    assert_ne!(replaced.credential, own.credential);
}

#[test]
fn passkeys_of_another_relying_party_are_not_asked_for() {
    let (place, desk, vault, _) = vault();
    let refused = unlock(&place, &of("other.example")).err();
    let fault = PasskeyFault::OtherRelyingParty(HOST.into());
    assert_eq!(refused, Some(Error::Passkey(fault)));
    assert!(desk.0.asked.borrow().is_empty());

    // Beside one of its own, it is left out.
    let other = of("other.example");
    add(&vault, &other).unwrap();
    assert_eq!(*desk.0.excluded.borrow(), [0, 0]);
    desk.0.asked.take();
    assert!(unlock(&place, &other).is_ok());
    assert_eq!(desk.0.asked.take(), [1]);
}

/// The passkey's record with another enrolment, under another id if one is given.
fn forged(place: &Place, id: Option<&str>, change: impl FnOnce(&mut Json)) -> Row {
    let rows = place.rows();
    let own =
        |row: &&Row| row.record_id.kind == RecordType::Factor && aad(row)["passkey"].is_object();
    let mut planted = rows.iter().find(own).unwrap().clone();
    let mut envelope: Json = serde_json::from_slice(&planted.bytes).unwrap();
    let mut address = aad(&planted);
    change(&mut address["passkey"]);
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
    let other = base64::encode(&[9; 32]);
    let forgeries: [fn(&mut Json, &str); 4] = [
        |passkey, other| passkey["input"] = other.into(),
        |passkey, _| passkey["id"] = base64::encode(&[2; 16]).into(),
        |passkey, _| passkey["rpId"] = "evil.example".into(),
        |passkey, _| passkey["input"] = "AAAA".into(),
    ];
    for forge in forgeries {
        let (place, desk, ..) = vault();
        // The authenticator has a second credential, which is no factor of this vault.
        desk.0.credentials.borrow_mut().push(vec![2; 16]);
        let row = forged(&place, None, |passkey| forge(passkey, &other));
        place.write(&[row], &[]);
        let refused = unlock(&place, &passkey()).err();
        assert!(refused.is_some());
        assert!(unlock(&place, &of("evil.example")).is_err());
    }
}

#[test]
fn a_planted_record_is_told_and_hides_none() {
    let (place, desk, vault, _) = vault();
    drop(vault);
    let ids = ["A".repeat(43), format!("{}8", "z".repeat(42))];
    for id in &ids {
        // The same credential with another input: which of the two is asked, nobody could tell.
        let other = base64::encode(&[9; 32]);
        let twin = forged(&place, Some(id), |passkey| passkey["input"] = other.into());
        place.write(std::slice::from_ref(&twin), &[]);
        let refused = unlock(&place, &passkey()).err();
        assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
        assert!(desk.0.asked.take().is_empty(), "nobody was asked");
        place.write(&[], &[twin.record_id]);

        // Another credential of the same authenticator.
        desk.0.credentials.borrow_mut().push(vec![9; 16]);
        let other = base64::encode(&[9; 16]);
        let planted = forged(&place, Some(id), |passkey| passkey["id"] = other.into());
        place.write(std::slice::from_ref(&planted), &[]);
        assert!(unlock(&place, &passkey()).is_err());
        desk.0.asked.take();
        place.write(&[], &[planted.record_id]);
        assert!(unlock(&place, &passkey()).is_ok());
        desk.0.asked.take();
    }

    let many: Vec<_> = (0..32_u8)
        .map(|at| {
            let other = base64::encode(&[100 + at; 16]);
            let id = base64::encode(&[at; 32]);
            forged(&place, Some(&id), |passkey| passkey["id"] = other.into())
        })
        .collect();
    place.write(&many, &[]);
    let refused = unlock(&place, &passkey()).err();
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
    assert!(desk.0.asked.take().is_empty(), "nobody was asked");
    assert!(
        unlock(&place, &passphrase(PHRASE)).is_err(),
        "nor does it open by another"
    );
}

#[test]
fn the_record_of_another_vault_opens_nothing() {
    let (place, _, _, own) = vault();
    let (elsewhere, ..) = vault();
    let foreign = elsewhere.rows_of(RecordType::Factor);
    let foreign = foreign.iter().find(|row| aad(row)["passkey"].is_object());
    let mut foreign = foreign.unwrap().clone();
    place.write(&[foreign.clone()], &[]);
    assert!(unlock(&place, &passkey()).is_err());
    place.write(&[], &[foreign.record_id.clone()]);
    foreign.record_id.id = own.id.to_string();
    place.write(&[foreign], &[]);
    let refused = unlock(&place, &passkey()).err();
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
}

#[test]
fn a_record_holds_what_its_challenge_needs_and_nothing_else() {
    let (place, _, _, own) = vault();
    let rows = place.rows_of(RecordType::Factor);
    let asked = rows.iter().map(aad).find(|aad| aad["passkey"].is_object());
    let asked = asked.unwrap()["passkey"].clone();
    let credential = own.credential.unwrap();
    let expected = json!({
        "id": base64::encode(credential.id.as_bytes()),
        "input": base64::encode(credential.input.as_bytes()),
        "rpId": HOST,
    });
    assert_eq!(asked, expected);
}

#[test]
fn nothing_is_asked_of_authenticators_where_there_are_none() {
    let place = Place::new();
    let factors: [&dyn Present; 2] = [&passphrase(PHRASE), &passkey()];
    let made = block_on(Vault::create(place.host.clone(), name(), &factors));
    assert!(matches!(made.err(), Some(Error::Unsupported(_))));
}

fn aad(row: &Row) -> Json {
    let envelope: Json = serde_json::from_slice(&row.bytes).unwrap();
    let aad = envelope["aad"].as_str().unwrap();
    let bytes = base64::decode(aad, InputError::Malformed("an address")).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
