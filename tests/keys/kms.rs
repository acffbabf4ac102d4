//! Escrow by a key that is elsewhere: at a key management service or in a hardware module, which is asked once.

use std::{
    cell::{Cell, RefCell},
    fs,
    rc::Rc,
};

use p256::elliptic_curve::sec1::ToSec1Point;
use pollster::block_on;
use serde_json::{Value as Json, json};
use strongroom::{
    Error, Result,
    base::{InputError, Local, Secret, SystemEntropy, VaultId, base64},
    factors::{
        Answer, Challenge, DeviceOutput, Escrow, EscrowAnswer, EscrowHolder, EscrowRequest,
        FactorPort, Present, Reached,
    },
    jose::{AgreementKey, Jwk, Question, RsaPublicKey},
    records::{DeviceKey, EscrowedKek},
    store::RecordType,
    vault::Vault,
};

use crate::{
    audit::entries,
    fixture::{OTHER_PHRASE, Open, PHRASE, Place, Quick, create, name, open, passphrase, seal},
    oaep::RsaKey,
    this_device::Browser,
};

pub(crate) const ARN: &str = "arn:aws:kms:eu-central-1:111122223333:key/mrk-1";

/// The private key of Wycheproof's vectors of that size.
pub(crate) fn wycheproof(bits: usize) -> Json {
    let file = format!("rsa_oaep_{bits}_sha256_mgf1sha256_test.json");
    let path = format!(
        "{}/tests/vectors/wycheproof/{file}",
        env!("CARGO_MANIFEST_DIR")
    );
    let json: Json = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    json["testGroups"][0]["privateKeyJwk"].clone()
}

fn public(jwk: &Json, kid: Option<&str>) -> Json {
    let mut public = json!({ "kty": "RSA", "n": jwk["n"], "e": jwk["e"] });
    if let Some(kid) = kid {
        public["kid"] = kid.into();
    }
    public
}

pub(crate) fn recipient(bits: usize, kid: Option<&str>) -> Escrow {
    let jwk = public(&wycheproof(bits), kid).to_string();
    Escrow::parse(jwk.as_bytes()).unwrap()
}

/// A service that has one key, and what it was asked.
#[derive(Default)]
pub(crate) struct Service {
    /// Of RSA, with the thumbprint of its public half.
    rsa: Option<Json>,
    /// On P-256.
    agreement: Option<Jwk>,
    /// The thumbprint of the key that it has.
    pub(crate) own: String,
    pub(crate) asked: RefCell<Vec<(usize, Option<String>, &'static str)>>,
    /// Whether it gives something else.
    pub(crate) errs: Cell<bool>,
    /// Whether it gives what it gave first, as who kept that.
    pub(crate) repeats: Cell<bool>,
    pub(crate) first: RefCell<Option<Vec<u8>>>,
    /// Whether it fails.
    pub(crate) fails: Cell<bool>,
    /// Whether its key is disabled.
    pub(crate) refuses: Cell<bool>,
    /// The keys of the browser that asks it, and what that keeps.
    pub(crate) browser: Browser,
    pub(crate) kept: RefCell<Option<(VaultId, DeviceKey, String)>>,
}

#[derive(Clone)]
pub(crate) struct Desk(pub(crate) Rc<Service>);

impl Desk {
    pub(crate) fn with_rsa(bits: usize) -> Self {
        let jwk = wycheproof(bits);
        let key = RsaPublicKey::parse(public(&jwk, None).to_string().as_bytes()).unwrap();
        Self(Rc::new(Service {
            own: key.thumbprint().to_string(),
            rsa: Some(jwk),
            ..Service::default()
        }))
    }

    fn with_p256() -> (Self, Jwk) {
        let jwk = AgreementKey::generate(&SystemEntropy).unwrap().to_jwk();
        let service = Service {
            own: jwk.thumbprint().to_string(),
            agreement: Some(jwk.clone()),
            ..Service::default()
        };
        (Self(Rc::new(service)), jwk)
    }

    pub(crate) fn place(&self) -> Place {
        Place::with(Box::new(self.clone()))
    }

    pub(crate) fn asked(&self) -> usize {
        self.0.asked.take().len()
    }
}

impl FactorPort for Desk {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        Quick.answer(challenge)
    }

    /// Not the service: who encrypts needs nothing but the public key.
    fn rsa_oaep<'a>(
        &'a self,
        key: &'a RsaPublicKey,
        cek: &'a Secret<32>,
    ) -> Local<'a, Result<Vec<u8>>> {
        let members = key.members().text();
        let mut jwk: Json = serde_json::from_str(&members).unwrap();
        jwk["d"] = "AQAB".into();
        // EXPOSE: to encrypt it.
        let encrypted = RsaKey::of(&jwk).encrypt(cek.expose(), &SystemEntropy);
        Box::pin(async move { Ok(encrypted) })
    }

    fn new_device_key<'a>(&'a self, key: &'a DeviceKey) -> Local<'a, Result<()>> {
        self.0.browser.new_device_key(key)
    }

    fn device_output<'a>(&'a self, key: &'a DeviceKey) -> Local<'a, Result<Option<DeviceOutput>>> {
        self.0.browser.device_output(key)
    }

    fn forget_device_key<'a>(&'a self, key: &'a DeviceKey) -> Local<'a, ()> {
        self.0.browser.forget_device_key(key)
    }

    fn reached(&self, error: &Error) -> Reached {
        match error {
            Error::Unsupported("the service is down") => Reached::No,
            error if *error == DISABLED => Reached::Refuses,
            _ => Reached::Unknown,
        }
    }

    fn keep_answer<'a>(
        &'a self,
        vault: &'a VaultId,
        key: &'a DeviceKey,
        text: &'a str,
    ) -> Local<'a, Result<()>> {
        let kept = (vault.clone(), key.clone(), text.to_owned());
        self.0.kept.replace(Some(kept));
        Box::pin(async { Ok(()) })
    }

    fn kept_answer<'a>(&'a self, vault: &'a VaultId) -> Local<'a, Option<String>> {
        let kept = self.0.kept.borrow();
        let own = kept.as_ref().filter(|(of, ..)| of == vault);
        let text = own.map(|(.., text)| text.clone());
        Box::pin(async { text })
    }

    fn forget_answer<'a>(&'a self, _: &'a VaultId) -> Local<'a, ()> {
        self.0.kept.take();
        Box::pin(async {})
    }

    fn ask_escrow<'a>(
        &'a self,
        holder: EscrowHolder,
        requests: Vec<EscrowRequest<'a>>,
    ) -> Local<'a, Result<Option<EscrowAnswer>>> {
        let service = &self.0;
        assert_eq!(holder.number, 7);
        let own = |request: &EscrowRequest<'_>| request.recipient.as_ref() == service.own;
        let Some(which) = requests.iter().position(own) else {
            return Box::pin(async { Ok(None) });
        };
        let request = &requests[which];
        let kid = request.kid.map(ToString::to_string);
        let asked = (requests.len(), kid, request.question.alg());
        service.asked.borrow_mut().push(asked);
        if service.fails.get() {
            return Box::pin(async { Err(Error::Unsupported("the service is down")) });
        }
        if service.refuses.get() {
            return Box::pin(async { Err(DISABLED) });
        }
        let mut answer = match &request.question {
            Question::RsaOaep { encrypted } => RsaKey::of(service.rsa.as_ref().unwrap())
                .decrypt(encrypted, b"")
                .unwrap(),
            Question::EcdhEs { epk } => {
                let epk: Json = serde_json::from_str(&epk.text()).unwrap();
                shared(service.agreement.as_ref().unwrap(), &epk)
            }
        };
        if service.errs.get() {
            answer[0] ^= 1;
        }
        let first = service
            .first
            .borrow_mut()
            .get_or_insert(answer.clone())
            .clone();
        if service.repeats.get() {
            answer = first;
        }
        let answer = Secret::from_slice(&answer).unwrap();
        Box::pin(async move { Ok(Some(EscrowAnswer { which, answer })) })
    }
}

const DISABLED: Error = Error::Unsupported("the key is disabled");

/// What ECDH gives, by the crate itself.
fn shared(private: &Jwk, epk: &Json) -> Vec<u8> {
    let decoded = |text: &Json| base64::decode(text.as_str().unwrap(), InputError::Malformed("b"));
    let private: Json = serde_json::from_str(&private.to_json()).unwrap();
    let secret = p256::SecretKey::from_slice(&decoded(&private["d"]).unwrap()).unwrap();
    let point = [
        vec![4],
        decoded(&epk["x"]).unwrap(),
        decoded(&epk["y"]).unwrap(),
    ]
    .concat();
    let public = p256::PublicKey::from_sec1_bytes(&point).unwrap();
    let product = (p256::ProjectivePoint::from(*public.as_affine()) * *secret.to_nonzero_scalar())
        .to_affine();
    product.to_sec1_point(false).x().unwrap().to_vec()
}

pub(crate) fn key() -> Escrow {
    Escrow::held(EscrowHolder {
        number: 7,
        is_kms: true,
    })
}

fn vault_of(place: &Place, factors: &[&dyn Present]) -> Result<Open> {
    block_on(Vault::create(place.host.clone(), name(), factors))
}

fn unlock(place: &Place, present: &dyn Present) -> Result<Open> {
    place.unlock_noted(present)
}

fn watch(_: u64, _: u64) -> Result<()> {
    Ok(())
}

#[test]
fn a_vault_is_made_by_the_public_key_alone_and_opens_by_one_question() {
    for bits in [2048, 3072, 4096] {
        let desk = Desk::with_rsa(bits);
        let place = desk.place();
        let own = recipient(bits, Some(ARN));
        let vault = vault_of(&place, &[&passphrase(PHRASE), &own]).unwrap();
        create(&vault, "photos");
        let token = seal(&vault, "photos", r#""kept""#).unwrap();
        let listed = block_on(vault.factors()).unwrap().remove(1);
        assert_eq!(listed.kind, "escrow");
        let held = listed.key.unwrap();
        assert_eq!(held.thumbprint.to_string(), desk.0.own);
        assert_eq!(held.kid.unwrap().as_str(), ARN);
        assert_eq!(desk.asked(), 0);
        drop(vault);
        let opened = unlock(&place, &key()).unwrap();
        assert_eq!(open(&opened, &token).unwrap(), r#""kept""#);
        let asked = desk.0.asked.take();
        assert_eq!(asked, [(1, Some(ARN.to_owned()), "RSA-OAEP-256")]);
        assert!(unlock(&place, &passphrase(PHRASE)).is_ok());
        assert_eq!(desk.asked(), 0);
    }
}

#[test]
fn a_key_on_p256_that_is_elsewhere_gives_the_shared_secret() {
    let (desk, jwk) = Desk::with_p256();
    let place = desk.place();
    let own = Escrow::from_jwk(&jwk.public().unwrap().with("kid", ARN)).unwrap();
    let vault = vault_of(&place, &[&passphrase(PHRASE), &own]).unwrap();
    let listed = block_on(vault.factors()).unwrap().remove(1);
    assert_eq!(listed.key.unwrap().kid.unwrap().as_str(), ARN);
    drop(vault);
    assert!(unlock(&place, &key()).is_ok());
    let asked = desk.0.asked.take();
    assert_eq!(asked, [(1, Some(ARN.to_owned()), "ECDH-ES+A256KW")]);
    desk.0.errs.set(true);
    assert_eq!(unlock(&place, &key()).err(), Some(Error::WrongFactor));
    // The private half as a JWK opens it, too.
    assert!(unlock(&place, &Escrow::from_jwk(&jwk).unwrap()).is_ok());
}

#[test]
fn another_answer_another_key_and_a_service_that_fails_open_nothing() {
    let desk = Desk::with_rsa(2048);
    let place = desk.place();
    let (mine, own) = (passphrase(PHRASE), recipient(2048, None));
    drop(vault_of(&place, &[&mine, &own]).unwrap());
    desk.0.errs.set(true);
    assert_eq!(unlock(&place, &key()).err(), Some(Error::WrongFactor));
    // A wrong answer is no reason to ask again.
    assert_eq!(desk.asked(), 1);
    desk.0.errs.set(false);
    desk.0.fails.set(true);
    let down = unlock(&place, &key()).err();
    assert_eq!(down, Some(Error::Unsupported("the service is down")));
    assert_eq!(desk.asked(), 1);
    let public = unlock(&place, &own).err();
    assert!(matches!(public, Some(Error::Argument(_))), "{public:?}");

    let desk = Desk::with_rsa(3072);
    let place = desk.place();
    drop(vault_of(&place, &[&mine, &own]).unwrap());
    assert_eq!(unlock(&place, &key()).err(), Some(Error::WrongFactor));
    assert_eq!(desk.asked(), 0);
    // Whom nobody asks for cannot be enrolled.
    let enrolled = vault_of(&Desk::with_rsa(2048).place(), &[&mine, &key()]).err();
    assert!(matches!(enrolled, Some(Error::Argument(_))), "{enrolled:?}");
}

#[test]
fn one_question_however_many_keys_may_open_it() {
    let desk = Desk::with_rsa(3072);
    let place = desk.place();
    let (first, second) = (recipient(2048, None), recipient(3072, Some(ARN)));
    drop(vault_of(&place, &[&passphrase(PHRASE), &first, &second]).unwrap());
    assert!(unlock(&place, &key()).is_ok());
    assert_eq!(desk.0.asked.take()[0].0, 2);
    let twice = recipient(3072, Some("another name of it"));
    let vault = unlock(&place, &passphrase(PHRASE)).unwrap();
    let added = block_on(vault.add_factor(&passphrase(PHRASE), &twice, None, &watch));
    assert!(matches!(added, Err(Error::Argument(_))), "{added:?}");
    let odd = recipient(4096, Some("a\u{202e}b"));
    let added = block_on(vault.add_factor(&passphrase(PHRASE), &odd, None, &watch));
    assert!(matches!(added, Err(Error::Argument(_))), "{added:?}");
}

/// Somebody who writes to the store puts a second record beside it that names the same key, in the hope of another question.
#[test]
fn of_two_records_of_one_key_none_is_asked_for() {
    let desk = Desk::with_rsa(2048);
    let place = desk.place();
    let own = recipient(2048, None);
    drop(vault_of(&place, &[&passphrase(PHRASE), &own, &recipient(3072, None)]).unwrap());
    let theirs = desk.place();
    drop(vault_of(&theirs, &[&passphrase(PHRASE), &own]).unwrap());
    let row = |place: &Place, bits: usize| {
        let jwk = public(&wycheproof(bits), None).to_string();
        let key = RsaPublicKey::parse(jwk.as_bytes()).unwrap().thumbprint();
        let rows = place.rows_of(RecordType::Factor).into_iter();
        let aad = |bytes: &[u8]| -> Json {
            let json: Json = serde_json::from_slice(bytes).unwrap();
            let aad = base64::decode(json["aad"].as_str().unwrap(), InputError::Malformed("aad"));
            serde_json::from_slice(&aad.unwrap()).unwrap()
        };
        let mut rows = rows.map(|row| (aad(&row.bytes), row));
        rows.find(|(aad, _)| aad["escrow"]["recipient"] == key.as_ref())
            .unwrap()
    };
    let ((own, _), (mut other, mut changed)) = (row(&place, 2048), row(&place, 3072));
    other["escrow"] = own["escrow"].clone();
    let mut envelope: Json = serde_json::from_slice(&changed.bytes).unwrap();
    envelope["aad"] = base64::encode(other.to_string().as_bytes()).into();
    changed.bytes = envelope.to_string().into_bytes();
    place.write(&[changed], &[]);
    let refused = unlock(&place, &key()).err();
    assert!(matches!(refused, Some(Error::Integrity(_))), "{refused:?}");
    assert_eq!(desk.asked(), 0);
}

#[test]
fn it_does_what_any_factor_does() {
    let desk = Desk::with_rsa(2048);
    let place = desk.place();
    let (mine, own) = (passphrase(PHRASE), recipient(2048, Some(ARN)));
    let vault = vault_of(&place, &[&mine]).unwrap();
    let added = block_on(vault.add_factor(&mine, &own, None, &watch)).unwrap();
    block_on(vault.authenticate(&key(), &watch)).unwrap();
    block_on(vault.rehearse(&key(), &watch)).unwrap();
    assert_eq!(desk.asked(), 2);
    // To the same key anew, under another name of it.
    let (id, anew) = (added.id.as_str(), recipient(2048, Some("mrk-2")));
    let anew = block_on(vault.replace_factor(id, &key(), &anew, None, &watch)).unwrap();
    assert_eq!(anew.key.unwrap().kid.unwrap().as_str(), "mrk-2");
    assert_eq!(desk.asked(), 1);
    let backup = block_on(vault.backup()).unwrap();
    drop(vault);
    let elsewhere = desk.place();
    let restored = block_on(Vault::restore(elsewhere.host.clone(), &backup, None)).unwrap();
    let vault = elsewhere.unlock_as(&restored, &key()).unwrap();
    let lost = block_on(vault.factors()).unwrap();
    let lost = lost
        .iter()
        .find(|factor| factor.kind == "passphrase")
        .unwrap();
    let next = passphrase(OTHER_PHRASE);
    block_on(vault.replace_factor(lost.id.as_str(), &key(), &next, None, &watch)).unwrap();
    assert!(unlock(&elsewhere, &next).is_ok());
    assert!(unlock(&elsewhere, &key()).is_ok());
}

#[test]
fn what_a_service_was_asked_is_in_the_log_once_for_each_time() {
    let desk = Desk::with_rsa(2048);
    let place = desk.place();
    let (mine, own) = (passphrase(PHRASE), recipient(2048, Some(ARN)));
    let vault = vault_of(&place, &[&mine, &own]).unwrap();
    let id = block_on(vault.factors()).unwrap().remove(1).id.to_string();
    block_on(vault.write_log()).unwrap();
    drop(vault);
    let vault = unlock(&place, &key()).unwrap();
    block_on(vault.authenticate(&key(), &watch)).unwrap();
    desk.0.errs.set(true);
    block_on(vault.authenticate(&key(), &watch)).unwrap_err();
    desk.0.errs.set(false);
    let module = Escrow::held(EscrowHolder {
        number: 7,
        is_kms: false,
    });
    block_on(vault.authenticate(&module, &watch)).unwrap();
    block_on(vault.write_log()).unwrap();
    let told: Vec<_> = entries(&vault)
        .into_iter()
        .map(|logged| logged.entry)
        .filter(|entry| entry.operation == "askKms")
        .map(|entry| (entry.factor, entry.error))
        .collect();
    let (done, failed) = (
        (Some(id), None),
        (None, Some("ERR_WRONG_FACTOR".to_owned())),
    );
    assert_eq!(told, [done.clone(), done, failed]);
}

#[test]
fn a_record_of_an_earlier_release_has_no_name_and_one_of_another_form_is_refused() {
    let desk = Desk::with_rsa(2048);
    let place = desk.place();
    drop(vault_of(&place, &[&passphrase(PHRASE), &recipient(2048, Some(ARN))]).unwrap());
    let mut found = None;
    for row in place.rows_of(RecordType::Factor) {
        let json: Json = serde_json::from_slice(&row.bytes).unwrap();
        let aad = base64::decode(json["aad"].as_str().unwrap(), InputError::Malformed("aad"));
        let aad: Json = serde_json::from_slice(&aad.unwrap()).unwrap();
        found = aad.get("escrow").cloned().or(found);
    }
    let record = found.unwrap();
    let read = |record: &Json| serde_json::from_value::<EscrowedKek>(record.clone());
    assert_eq!(read(&record).unwrap().kid().unwrap().as_str(), ARN);
    let mut earlier = record.clone();
    earlier.as_object_mut().unwrap().remove("kid");
    assert_eq!(read(&earlier).unwrap().kid(), None);
    for odd in [
        json!(""),
        json!(7),
        json!("a\nb"),
        json!("k".repeat(2049)),
        json!("\u{202e}"),
    ] {
        let mut record = record.clone();
        record["kid"] = odd;
        assert!(read(&record).is_err(), "{record}");
    }
}
