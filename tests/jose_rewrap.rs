//! The same content under other keys.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::Value as Json;
use strongroom::{
    Context,
    base::{Kid, Secret, SystemEntropy},
    jose::{
        AgreementKey, Content, Draft, Envelope, Error, Identity, Jwk, Kek, Recipient, Result,
        decrypt_record, encrypt_record, reseal, rewrap, unwrap, wrap,
    },
};

const ENTROPY: SystemEntropy = SystemEntropy;

fn kek(kid: &str) -> Kek {
    Kek::new(Kid::new(kid).unwrap(), Secret::generate(&ENTROPY).unwrap())
}

fn pair() -> AgreementKey {
    AgreementKey::generate(&ENTROPY).unwrap()
}

fn dek() -> Jwk {
    let jwk = Jwk::oct(Secret::generate(&ENTROPY).unwrap());
    jwk.with("name", "a \u{1f5dd} file").with("alg", "x")
}

fn context() -> Context {
    Context::try_from([("album", "42")]).unwrap()
}

fn header(jwk: &Jwk, recipients: &[Recipient]) -> Envelope {
    wrap(jwk, recipients, &context(), None, &ENTROPY).unwrap()
}

fn moved(envelope: &Envelope, from: impl Into<Identity>, to: &[Recipient]) -> Result<Envelope> {
    rewrap(envelope, &[from.into()], to, &ENTROPY)
}

fn resealed(envelope: &Envelope, from: &Kek, to: &Kek, address: &[u8]) -> Result<Envelope> {
    let records = [(envelope.clone(), address.to_vec())];
    reseal(&records, from, to, &ENTROPY).map(|mut all| all.remove(0))
}

fn opened(envelope: &Envelope, identity: Identity) -> String {
    let unwrapped = unwrap(envelope, &[identity], &context()).unwrap();
    unwrapped.jwk.to_json().to_string()
}

fn member(envelope: &Envelope, pointer: &str) -> Json {
    let json: Json = serde_json::from_slice(envelope.bytes()).unwrap();
    json.pointer(pointer).unwrap().clone()
}

#[test]
fn a_header_goes_from_one_key_to_others_and_stays_the_same_key_under_the_same_context() {
    let (old, new, to) = (kek("old"), kek("new"), pair());
    let jwk = dek();
    let before = header(&jwk, &[old.clone().into()]);
    let recipients = [new.clone().into(), to.public().into()];
    let after = moved(&before, old.clone(), &recipients).unwrap();
    for identity in [Identity::Kek(new), Identity::Agreement(to)] {
        assert_eq!(opened(&after, identity), *jwk.to_json());
    }
    assert_eq!(after.jkt(), before.jkt());
    assert!(after.find(old.kid()).is_none());
    assert_eq!(after.aad(), None);
    assert_eq!(after.check_context(&Context::none()), Err(Error::Context));
    assert_eq!(member(&after, "/protected"), member(&before, "/protected"));
    for fresh in ["/iv", "/ciphertext", "/tag"] {
        assert_ne!(member(&after, fresh), member(&before, fresh), "{fresh}");
    }
}

#[test]
fn a_header_to_a_public_key_goes_to_another_pair_but_never_becomes_ones_own() {
    let (old, new) = (pair(), pair());
    let jwk = dek();
    let before = header(&jwk, &[old.public().into()]);
    let after = moved(&before, old.clone(), &[new.public().into()]).unwrap();
    let unwrapped = unwrap(&after, &[new.clone().into()], &context()).unwrap();
    assert_eq!(*unwrapped.jwk.to_json(), *jwk.to_json());
    assert!(!unwrapped.proves_writer);
    let own = kek("own");
    let refused = moved(&before, old.clone(), &[own.clone().into()]);
    assert_eq!(refused.unwrap_err(), Error::Unsigned);
    let both = [own.clone().into(), new.public().into()];
    let shared = moved(&before, old, &both).unwrap();
    let unwrapped = unwrap(&shared, &[own.into()], &context()).unwrap();
    assert!(!unwrapped.proves_writer);
}

#[test]
fn no_recipient_is_lost() {
    let (one, two) = (kek("one"), kek("two"));
    let shared = header(&dek(), &[one.clone().into(), two.clone().into()]);
    let refused = rewrap(
        &shared,
        &[one.into(), two.into()],
        &[kek("new").into()],
        &ENTROPY,
    );
    assert_eq!(
        refused.unwrap_err(),
        Error::Unsupported("a header with other recipients")
    );
}

#[test]
fn what_does_not_open_or_is_no_objects_header_is_refused() {
    let (old, new) = (kek("old"), kek("new"));
    let before = header(&dek(), &[old.clone().into()]);
    for stranger in [kek("old"), kek("new"), kek("other")] {
        let refused = moved(&before, stranger, &[new.clone().into()]);
        assert_eq!(refused.unwrap_err(), Error::Decrypt);
    }
    assert_eq!(
        rewrap(&before, &[], &[new.clone().into()], &ENTROPY).unwrap_err(),
        Error::Decrypt
    );
    assert!(matches!(
        moved(&before, old.clone(), &[]),
        Err(Error::Argument(_))
    ));
    let twice = [new.clone().into(), new.clone().into()];
    assert!(matches!(
        moved(&before, old.clone(), &twice),
        Err(Error::Malformed(_))
    ));
    let record = encrypt_record(b"{}", &old, b"address", &ENTROPY).unwrap();
    let version = wrap(
        &dek(),
        &[old.clone().into()],
        &Context::none(),
        Some(b"address"),
        &ENTROPY,
    );
    for other in [record, version.unwrap()] {
        assert!(matches!(
            moved(&other, old.clone(), &[new.clone().into()]),
            Err(Error::Malformed(_))
        ));
    }
    let (mut draft, cek) = Draft::nested(&before, &context(), &ENTROPY).unwrap();
    draft.add(old.wrap(&cek));
    let nested = draft.finish().unwrap();
    assert!(matches!(
        moved(&nested, old, &[new.into()]),
        Err(Error::Unsupported(_))
    ));
}

#[test]
fn every_flipped_bit_of_a_header_is_refused() {
    let (old, new) = (kek("old"), kek("new"));
    let bytes = header(&dek(), &[old.clone().into()]).bytes().to_vec();
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        let outcome = Envelope::parse(&flipped)
            .and_then(|envelope| moved(&envelope, old.clone(), &[new.clone().into()]));
        assert!(outcome.is_err(), "byte {at}");
    }
}

#[test]
fn a_record_goes_to_another_key_and_address() {
    let (old, new) = (kek("old"), kek("new"));
    let json = br#"{ "any": "text" }"#;
    let before = encrypt_record(json, &old, b"address 1", &ENTROPY).unwrap();
    let after = resealed(&before, &old, &new, b"address 2").unwrap();
    assert_eq!(*decrypt_record(&after, &new).unwrap(), json);
    assert_eq!(
        (after.aad(), after.content()),
        (Some(&b"address 2"[..]), Content::Record)
    );
    assert_eq!(decrypt_record(&after, &old), Err(Error::Decrypt));
    assert!(after.has_sole_recipient());
    for fresh in ["/iv", "/ciphertext", "/tag"] {
        assert_ne!(member(&after, fresh), member(&before, fresh), "{fresh}");
    }
}

#[test]
fn a_versions_material_goes_to_another_key_and_address() {
    let (old, new, jwk) = (kek("old"), kek("new"), dek());
    let to = [old.clone().into()];
    let before = wrap(&jwk, &to, &Context::none(), Some(b"address 1"), &ENTROPY).unwrap();
    let after = resealed(&before, &old, &new, b"address 2").unwrap();
    let unwrapped = unwrap(&after, &[new.into()], &Context::none()).unwrap();
    assert_eq!(*unwrapped.jwk.to_json(), *jwk.to_json());
    assert!(unwrapped.proves_writer);
    assert_eq!(after.aad(), Some(&b"address 2"[..]));
    assert_eq!(member(&after, "/protected"), member(&before, "/protected"));
}

#[test]
fn a_record_of_another_key_or_of_several_is_refused() {
    let (old, new) = (kek("old"), kek("new"));
    let record = encrypt_record(b"{}", &old, b"a", &ENTROPY).unwrap();
    for stranger in [kek("old"), kek("new")] {
        assert_eq!(
            resealed(&record, &stranger, &new, b"a").unwrap_err(),
            Error::Decrypt
        );
    }
    let shared = header(&dek(), &[old.clone().into(), new.clone().into()]);
    assert_eq!(
        resealed(&shared, &old, &new, b"a").unwrap_err(),
        Error::Decrypt
    );
    let huge = vec![b'x'; Envelope::MAX_BYTES];
    assert!(matches!(
        resealed(&record, &old, &new, &huge),
        Err(Error::TooLarge(_))
    ));
}

#[test]
fn many_records_go_together_and_each_to_its_own_address() {
    let (old, new) = (kek("old"), kek("new"));
    for many in 0..=9_u8 {
        let records = records(many, &old);
        let after = reseal(&records, &old, &new, &ENTROPY).unwrap();
        assert_eq!(after.len(), records.len());
        for (n, envelope) in (0..many).zip(&after) {
            assert_eq!(envelope.aad(), Some(&[b'a', n][..]));
            assert_eq!(*decrypt_record(envelope, &new).unwrap(), [b'x', n]);
        }
    }
}

#[test]
fn one_record_of_another_key_keeps_all_where_they_are() {
    let (old, new) = (kek("old"), kek("new"));
    for at in 0..9 {
        let mut records = records(9, &old);
        records[at].0 = encrypt_record(b"{}", &kek("old"), b"a", &ENTROPY).unwrap();
        let refused = reseal(&records, &old, &new, &ENTROPY);
        assert_eq!(refused.unwrap_err(), Error::Decrypt);
    }
}

/// The n-th holds `x` and its number; `a` and that number is where it goes.
fn records(many: u8, kek: &Kek) -> Vec<(Envelope, Vec<u8>)> {
    let seal = |n| encrypt_record(&[b'x', n], kek, b"before", &ENTROPY).unwrap();
    (0..many).map(|n| (seal(n), vec![b'a', n])).collect()
}
