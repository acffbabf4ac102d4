//! Who opens an envelope, and what opening it proves.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value as Json, json};
use strongroom::{
    Context,
    base::{InputError, Kid, Secret, SystemEntropy, base64},
    jose::{
        AgreementKey, Content, Draft, Envelope, Error, Identity, Jwk, Kek, Recipient, Result,
        decrypt_record, encrypt_record, unwrap, wrap,
    },
};

const ENTROPY: SystemEntropy = SystemEntropy;

fn secret() -> Secret<32> {
    Secret::generate(&ENTROPY).unwrap()
}

fn kek(kid: &str) -> Kek {
    Kek::new(Kid::new(kid).unwrap(), secret())
}

fn dek() -> Jwk {
    Jwk::oct(secret())
}

fn context() -> Context {
    Context::try_from([("album", "42")]).unwrap()
}

fn seal(jwk: &Jwk, recipients: &[Recipient]) -> Envelope {
    wrap(jwk, recipients, &Context::none(), None, &ENTROPY).unwrap()
}

fn open(envelope: &Envelope, identity: Identity) -> Result<Jwk> {
    unwrap(envelope, core::slice::from_ref(&identity), &Context::none())
        .map(|unwrapped| unwrapped.jwk)
}

fn malformed<T>(outcome: Result<T>) -> bool {
    matches!(outcome, Err(Error::Malformed(_)))
}

#[test]
fn every_recipient_opens_it_alone() {
    let (kek, pair, jwk) = (kek("a"), AgreementKey::generate(&ENTROPY).unwrap(), dek());
    let envelope = seal(&jwk, &[kek.clone().into(), pair.public().into()]);
    for identity in [Identity::Kek(kek), Identity::Agreement(pair)] {
        assert_eq!(
            open(&envelope, identity).unwrap().thumbprint(),
            jwk.thumbprint()
        );
    }
    assert_eq!(
        open(&envelope, Identity::Kek(self::kek("b"))).unwrap_err(),
        Error::Decrypt
    );
}

#[test]
fn the_right_kid_with_another_key_opens_nothing() {
    let envelope = seal(&dek(), &[kek("a").into()]);
    assert_eq!(
        open(&envelope, Identity::Kek(kek("a"))).unwrap_err(),
        Error::Decrypt
    );
}

#[test]
fn the_key_decides_the_algorithm_not_the_message() {
    let pair = AgreementKey::generate(&ENTROPY).unwrap();
    let symmetric = kek(pair.kid().as_str());
    let to_pair = seal(&dek(), &[pair.public().into()]);
    assert_eq!(
        open(&to_pair, Identity::Kek(symmetric.clone())).unwrap_err(),
        Error::Decrypt
    );
    let to_kek = seal(&dek(), &[symmetric.into()]);
    assert_eq!(
        open(&to_kek, Identity::Agreement(pair)).unwrap_err(),
        Error::Decrypt
    );
}

#[test]
fn every_envelope_draws_a_fresh_cek_and_iv() {
    let (kek, jwk) = (kek("a"), dek());
    let texts: Vec<Json> = (0..2)
        .map(|_| serde_json::from_slice(seal(&jwk, &[kek.clone().into()]).bytes()).unwrap())
        .collect();
    assert_eq!(texts[0]["protected"], texts[1]["protected"]);
    for member in ["iv", "ciphertext", "tag"] {
        assert_ne!(texts[0][member], texts[1][member], "{member}");
    }
    assert_ne!(
        texts[0]["recipients"][0]["encrypted_key"],
        texts[1]["recipients"][0]["encrypted_key"]
    );
}

#[test]
fn only_a_sole_symmetric_recipient_proves_the_writer() {
    let (kek, pair) = (kek("a"), AgreementKey::generate(&ENTROPY).unwrap());
    let proves = |recipients: &[Recipient], identity: &Identity| {
        unwrap(
            &seal(&dek(), recipients),
            core::slice::from_ref(identity),
            &Context::none(),
        )
        .unwrap()
        .proves_writer
    };
    let (symmetric, private) = (
        Identity::Kek(kek.clone()),
        Identity::Agreement(pair.clone()),
    );
    assert!(proves(&[kek.clone().into()], &symmetric));
    assert!(!proves(&[pair.public().into()], &private));
    assert!(!proves(&[kek.into(), pair.public().into()], &symmetric));
}

#[test]
fn a_nested_envelope_needs_recipients_of_both() {
    let (outer, inner, jwk) = (kek("outer"), kek("inner"), dek());
    let envelope = wrap(&jwk, &[inner.clone().into()], &context(), None, &ENTROPY).unwrap();
    let (mut draft, cek) = Draft::nested(&envelope, &context(), &ENTROPY).unwrap();
    draft.add(outer.wrap(&cek));
    let nested = draft.finish().unwrap();
    assert_eq!(
        (nested.content(), nested.jkt()),
        (Content::Nested, Some(&jwk.thumbprint()))
    );

    let both = [Identity::Kek(outer), Identity::Kek(inner)];
    let opened = unwrap(&nested, &both, &context()).unwrap();
    assert_eq!(opened.jwk.thumbprint(), jwk.thumbprint());
    for alone in both.chunks(1) {
        assert_eq!(
            unwrap(&nested, alone, &context()).unwrap_err(),
            Error::Decrypt
        );
    }
    assert_eq!(
        unwrap(&nested, &both, &Context::none()).unwrap_err(),
        Error::Context
    );
}

#[test]
fn nesting_ends_at_two() {
    let kek = kek("a");
    let inner = seal(&dek(), &[kek.clone().into()]);
    let (mut draft, cek) = Draft::nested(&inner, &Context::none(), &ENTROPY).unwrap();
    draft.add(kek.wrap(&cek));
    let nested = draft.finish().unwrap();
    assert!(malformed(Draft::nested(
        &nested,
        &Context::none(),
        &ENTROPY
    )));
    let record = encrypt_record(b"{}", &kek, b"x", &ENTROPY).unwrap();
    assert!(malformed(Draft::nested(
        &record,
        &Context::none(),
        &ENTROPY
    )));
}

#[test]
fn the_context_must_be_given_again() {
    let kek = kek("a");
    let envelope = wrap(&dek(), &[kek.clone().into()], &context(), None, &ENTROPY).unwrap();
    let identity = Identity::Kek(kek);
    assert!(unwrap(&envelope, core::slice::from_ref(&identity), &context()).is_ok());
    assert_eq!(
        unwrap(
            &envelope,
            core::slice::from_ref(&identity),
            &Context::none()
        )
        .unwrap_err(),
        Error::Context
    );
}

#[test]
fn one_kind_of_content_never_serves_as_another() {
    let kek = kek("a");
    let key = seal(&dek(), &[kek.clone().into()]);
    let record = encrypt_record(dek().to_json().as_bytes(), &kek, b"x", &ENTROPY).unwrap();
    assert!(decrypt_record(&record, &kek).is_ok());
    assert!(malformed(decrypt_record(&key, &kek)));
    assert!(malformed(open(&record, Identity::Kek(kek))));
}

#[test]
fn a_records_address_is_authenticated() {
    let kek = kek("a");
    let record = encrypt_record(b"{}", &kek, b"here", &ENTROPY).unwrap();
    let mut json: Json = serde_json::from_slice(record.bytes()).unwrap();
    json["aad"] = base64::encode(b"there").into();
    let moved = Envelope::parse(json.to_string().as_bytes()).unwrap();
    assert_eq!(decrypt_record(&moved, &kek).unwrap_err(), Error::Decrypt);
    json.as_object_mut().unwrap().remove("aad");
    let bare = Envelope::parse(json.to_string().as_bytes()).unwrap();
    assert_eq!(decrypt_record(&bare, &kek).unwrap_err(), Error::Decrypt);
}

#[test]
fn every_flipped_bit_of_an_envelope_is_refused() {
    let kek = kek("a");
    let envelope = seal(&dek(), &[kek.clone().into()]);
    for at in 0..envelope.bytes().len() {
        for bit in 0..8 {
            let mut flipped = envelope.bytes().to_vec();
            flipped[at] ^= 1 << bit;
            let outcome = Envelope::parse(&flipped)
                .and_then(|flipped| open(&flipped, Identity::Kek(kek.clone())));
            assert!(outcome.is_err(), "byte {at} bit {bit}");
        }
    }
}

#[test]
fn every_truncation_of_an_envelope_is_refused() {
    let envelope = seal(&dek(), &[kek("a").into()]);
    for length in 0..envelope.bytes().len() {
        assert!(
            Envelope::parse(&envelope.bytes()[..length]).is_err(),
            "{length}"
        );
    }
}

#[test]
fn a_recipient_is_found_by_kid_and_never_by_trial() {
    let key = secret();
    let named = |kid: &str| Kek::new(Kid::new(kid).unwrap(), key.clone());
    let envelope = seal(&dek(), &[named("a").into()]);
    assert!(open(&envelope, Identity::Kek(named("a"))).is_ok());
    // The very same key under other names.
    for other in ["b", "A", "a ", "a\u{301}"] {
        let outcome = open(&envelope, Identity::Kek(named(other)));
        assert_eq!(outcome.unwrap_err(), Error::Decrypt, "{other:?}");
    }
}

#[test]
fn a_kid_of_ones_own_is_used_and_otherwise_the_thumbprint() {
    let pair = AgreementKey::generate(&ENTROPY).unwrap();
    assert_eq!(pair.kid().as_str(), pair.to_jwk().thumbprint().as_str());
    let named = pair.to_jwk().with("kid", "me");
    let again = AgreementKey::from_jwk(&named).unwrap();
    assert_eq!(again.kid().as_str(), "me");
    assert_eq!(again.to_jwk().kid().as_str(), "me");
    let envelope = seal(
        &dek(),
        &[Recipient::from_jwk(&named.public().unwrap()).unwrap()],
    );
    assert!(open(&envelope, Identity::Agreement(again)).is_ok());
    assert_eq!(
        open(&envelope, Identity::Agreement(pair)).unwrap_err(),
        Error::Decrypt
    );
}

#[test]
fn a_context_is_neither_added_nor_dropped_nor_exchanged() {
    let kek = kek("a");
    let identity = Identity::Kek(kek.clone());
    let made =
        |context: &Context| wrap(&dek(), &[kek.clone().into()], context, None, &ENTROPY).unwrap();
    let other = Context::try_from([("album", "43")]).unwrap();
    for (sealed, given) in [
        (Context::none(), context()),
        (context(), Context::none()),
        (context(), other.clone()),
        (other.clone(), context()),
    ] {
        let outcome = unwrap(&made(&sealed), core::slice::from_ref(&identity), &given);
        assert_eq!(outcome.unwrap_err(), Error::Context);
    }
    // An attacker who writes the `ctx` that will be asked for breaks the tag.
    let mut json: Json = serde_json::from_slice(made(&other).bytes()).unwrap();
    let wanted: Json = serde_json::from_slice(made(&context()).bytes()).unwrap();
    json["protected"] = wanted["protected"].clone();
    let forged = Envelope::parse(json.to_string().as_bytes()).unwrap();
    assert_eq!(
        unwrap(&forged, core::slice::from_ref(&identity), &context()).unwrap_err(),
        Error::Decrypt
    );
}

#[test]
fn failures_to_open_are_one_error() {
    let (kek, pair) = (kek("a"), AgreementKey::generate(&ENTROPY).unwrap());
    let envelope = seal(&dek(), &[kek.clone().into(), pair.public().into()]);
    let spoiled = |pointer: &str| {
        let mut json: Json = serde_json::from_slice(envelope.bytes()).unwrap();
        let member = json.pointer_mut(pointer).unwrap();
        let mut bytes =
            base64::decode(member.as_str().unwrap(), InputError::Malformed("")).unwrap();
        bytes[0] ^= 1;
        *member = base64::encode(&bytes).into();
        Envelope::parse(json.to_string().as_bytes()).unwrap()
    };
    let errors = [
        open(&spoiled("/iv"), Identity::Kek(kek.clone())),
        open(&spoiled("/tag"), Identity::Kek(kek.clone())),
        open(&spoiled("/ciphertext"), Identity::Kek(kek.clone())),
        open(&spoiled("/recipients/0/encrypted_key"), Identity::Kek(kek)),
        open(
            &spoiled("/recipients/1/encrypted_key"),
            Identity::Agreement(pair),
        ),
        open(&envelope, Identity::Kek(self::kek("a"))),
        open(&envelope, Identity::Kek(self::kek("stranger"))),
    ];
    for error in errors {
        assert_eq!(error.unwrap_err(), Error::Decrypt);
    }
}

#[test]
fn an_ephemeral_key_is_fresh_for_every_recipient_and_envelope() {
    let pairs = [(); 2].map(|()| AgreementKey::generate(&ENTROPY).unwrap());
    let recipients = pairs.map(|pair| Recipient::from(pair.public()));
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..2 {
        let json: Json = serde_json::from_slice(seal(&dek(), &recipients).bytes()).unwrap();
        for entry in json["recipients"].as_array().unwrap() {
            seen.insert(entry["header"]["epk"]["x"].to_string());
        }
    }
    assert_eq!(seen.len(), 4);
}

#[test]
fn a_record_opens_to_its_sole_recipient_only() {
    let kek = kek("a");
    let record = encrypt_record(b"{}", &kek, b"here", &ENTROPY).unwrap();
    assert_eq!((record.aad(), record.jkt()), (Some(&b"here"[..]), None));
    let mut json: Json = serde_json::from_slice(record.bytes()).unwrap();
    let other = json!({ "header": { "alg": "RSA1_5", "kid": "kms" } });
    json["recipients"].as_array_mut().unwrap().push(other);
    let shared = Envelope::parse(json.to_string().as_bytes()).unwrap();
    assert_eq!(decrypt_record(&shared, &kek).unwrap_err(), Error::Decrypt);
}

#[test]
fn a_nested_envelope_proves_its_writer_only_if_both_do() {
    let (outer, inner) = (kek("outer"), kek("inner"));
    let pair = AgreementKey::generate(&ENTROPY).unwrap();
    let identities = [
        Identity::Kek(outer.clone()),
        Identity::Kek(inner.clone()),
        Identity::Agreement(pair.clone()),
    ];
    let proves = |within: &[Recipient], around: &Recipient| {
        let envelope = seal(&dek(), within);
        let (mut draft, cek) = Draft::nested(&envelope, &Context::none(), &ENTROPY).unwrap();
        draft.add(around.wrap(&cek, &ENTROPY).unwrap());
        let nested = draft.finish().unwrap();
        unwrap(&nested, &identities, &Context::none())
            .unwrap()
            .proves_writer
    };
    assert!(proves(&[inner.clone().into()], &outer.clone().into()));
    assert!(!proves(&[pair.public().into()], &outer.clone().into()));
    assert!(!proves(&[inner.clone().into()], &pair.public().into()));
    let shared = [inner.into(), kek("somebody").into()];
    assert!(!proves(&shared, &outer.into()));
}
