//! The rules of an envelope: what may stand in a recipient's entry, each rule with a test that breaks
//! it.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value as Json, json};
use strongroom::{
    Context,
    base::{Kid, Secret, SystemEntropy, base64},
    jose::{
        AgreementKey, Draft, Envelope, Error, Identity, Jwk, Kek, Recipient, Result, unwrap, wrap,
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

fn seal(jwk: &Jwk, recipients: &[Recipient]) -> Envelope {
    wrap(jwk, recipients, &Context::none(), None, &ENTROPY).unwrap()
}

fn open(envelope: &Envelope, identity: Identity) -> Result<Jwk> {
    unwrap(envelope, core::slice::from_ref(&identity), &Context::none())
        .map(|unwrapped| unwrapped.jwk)
}

/// An envelope for one KEK, its JSON edited.
fn edited(edit: impl FnOnce(&mut Json)) -> Result<Envelope> {
    let envelope = seal(&dek(), &[kek("a").into()]);
    let mut json: Json = serde_json::from_slice(envelope.bytes()).unwrap();
    edit(&mut json);
    Envelope::parse(json.to_string().as_bytes())
}

fn malformed<T>(outcome: Result<T>) -> bool {
    matches!(outcome, Err(Error::Malformed(_)))
}

fn with_header(edit: impl FnOnce(&mut Json)) -> Result<Envelope> {
    edited(|json| edit(&mut json["recipients"][0]["header"]))
}

/// An envelope for one key pair, its recipient's header edited.
fn with_agreement_header(edit: impl FnOnce(&mut Json)) -> Result<Envelope> {
    let pair = AgreementKey::generate(&ENTROPY).unwrap();
    let envelope = seal(&dek(), &[pair.public().into()]);
    let mut json: Json = serde_json::from_slice(envelope.bytes()).unwrap();
    edit(&mut json["recipients"][0]["header"]);
    Envelope::parse(json.to_string().as_bytes())
}

#[test]
fn a_recipients_header_holds_exactly_what_it_should() {
    assert!(with_header(|_| ()).is_ok());
    for extra in [
        "apu", "apv", "p2s", "epk", "enc", "cty", "jkt", "ctx", "crit", "zip", "typ", "x5u", "jku",
    ] {
        assert!(
            malformed(with_header(|header| header[extra] = json!("x"))),
            "{extra}"
        );
    }
    for missing in ["alg", "kid"] {
        let outcome = with_header(|header| drop(header.as_object_mut().unwrap().remove(missing)));
        assert!(malformed(outcome), "{missing}");
    }
    assert!(malformed(with_header(|header| header["kid"] = json!(""))));
    assert!(malformed(with_header(|header| header["kid"] = json!(7))));
}

#[test]
fn duplicate_kids_are_refused() {
    assert!(malformed(edited(|json| {
        let first = json["recipients"][0].clone();
        json["recipients"].as_array_mut().unwrap().push(first);
    })));
    let kek = kek("a");
    let outcome = wrap(
        &dek(),
        &[kek.clone().into(), kek.into()],
        &Context::none(),
        None,
        &ENTROPY,
    );
    assert!(malformed(outcome));
}

#[test]
fn an_entry_of_another_algorithm_is_skipped() {
    let (kek, jwk) = (kek("a"), dek());
    let envelope = seal(&jwk, &[kek.clone().into()]);
    let mut json: Json = serde_json::from_slice(envelope.bytes()).unwrap();
    for alg in [
        "RSA-OAEP",
        "RSA1_5",
        "dir",
        "none",
        "PBES2-HS256+A128KW",
        "A128KW",
        "ECDH-ES",
    ] {
        let other =
            json!({ "header": { "alg": alg, "kid": alg, "p2c": 1 }, "encrypted_key": "AAAA" });
        json["recipients"].as_array_mut().unwrap().push(other);
    }
    let envelope = Envelope::parse(json.to_string().as_bytes()).unwrap();
    let opened = unwrap(&envelope, &[Identity::Kek(kek)], &Context::none()).unwrap();
    assert_eq!(opened.jwk.thumbprint(), jwk.thumbprint());
    assert!(!opened.proves_writer, "the others could have written it");
    for alg in ["dir", "none"] {
        assert_eq!(
            open(&envelope, Identity::Kek(self::kek(alg))).unwrap_err(),
            Error::Decrypt
        );
    }
}

#[test]
fn an_agreements_header_holds_its_ephemeral_key_and_nothing_else() {
    assert!(with_agreement_header(|_| ()).is_ok());
    for extra in ["apu", "apv", "enc", "cty", "crit", "zip", "p2c", "x"] {
        let outcome = with_agreement_header(|header| header[extra] = json!("AAAA"));
        assert!(malformed(outcome), "{extra}");
    }
    for bad in [json!(null), json!("x"), json!([]), json!({}), json!(7)] {
        assert!(malformed(with_agreement_header(
            |header| header["epk"] = bad
        )));
    }
    let missing =
        with_agreement_header(|header| drop(header.as_object_mut().unwrap().remove("epk")));
    assert!(malformed(missing));
}

#[test]
fn an_ephemeral_key_is_a_bare_public_point_on_the_curve() {
    for (name, other) in [("kid", "x"), ("use", "enc"), ("alg", "ECDH-ES+A256KW")] {
        let outcome = with_agreement_header(|header| header["epk"][name] = json!(other));
        assert!(malformed(outcome), "{name}");
    }
    let private: Json =
        serde_json::from_str(&AgreementKey::generate(&ENTROPY).unwrap().to_jwk().to_json())
            .unwrap();
    let with_its_half = with_agreement_header(|header| {
        header["epk"] = private.clone();
        drop(header["epk"].as_object_mut().unwrap().remove("use"));
    });
    assert!(malformed(with_its_half));
    let symmetric = json!({ "kty": "oct", "k": base64::encode(&[1; 32]) });
    assert!(malformed(with_agreement_header(
        |header| header["epk"] = symmetric
    )));
    let off_the_curve =
        with_agreement_header(|header| header["epk"]["y"] = header["epk"]["x"].clone());
    assert!(malformed(off_the_curve));
    for zeros in [31, 32, 33] {
        let outcome = with_agreement_header(|header| {
            header["epk"]["x"] = base64::encode(&vec![0; zeros]).into();
        });
        assert!(malformed(outcome), "{zeros}");
    }
    for (name, other) in [("crv", "P-384"), ("crv", "X25519"), ("kty", "OKP")] {
        let outcome = with_agreement_header(|header| header["epk"][name] = json!(other));
        assert!(matches!(outcome, Err(Error::Unsupported(_))), "{other}");
    }
}

#[test]
fn a_skipped_entry_obeys_the_rules_for_all() {
    let with_other = |name: &str| {
        edited(|json| {
            let other = json!({ "header": { "alg": "HPKE-9", "kid": "b", name: "x" } });
            json["recipients"].as_array_mut().unwrap().push(other);
        })
    };
    assert!(with_other("ek").is_ok());
    for never in ["crit", "zip", "apu", "apv", "enc", "cty", "jkt", "ctx"] {
        assert!(malformed(with_other(never)), "{never}");
    }
    let duplicate = edited(|json| {
        let other = json!({ "header": { "alg": "HPKE-9", "kid": "a" } });
        json["recipients"].as_array_mut().unwrap().push(other);
    });
    assert!(malformed(duplicate));
}

#[test]
fn a_skipped_entry_is_not_carried_into_another_envelope() {
    let envelope = edited(|json| {
        let other = json!({ "header": { "alg": "RSA1_5", "kid": "kms" } });
        json["recipients"] = json!([other]);
    })
    .unwrap();
    let (mut draft, _) = Draft::new(&dek(), &Context::none(), None, &ENTROPY).unwrap();
    draft.add(envelope.entries().next().unwrap().clone());
    assert!(matches!(draft.finish(), Err(Error::Argument(_))));
}
