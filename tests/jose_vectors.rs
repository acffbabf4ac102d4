//! What other implementations wrote: jwcrypto's vectors, and Wycheproof's.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{collections::BTreeMap, fs};

use serde_json::Value as Json;
use strongroom::{
    Context,
    base::Kid,
    jose::{Envelope, Error, Identity, Jwk, Kek, Recipient, Signed, SigningKey, Value, unwrap},
    object::Dek,
};

fn vectors(path: &str) -> Json {
    let path = format!("{}/tests/vectors/{path}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn items(json: &Json) -> &[Json] {
    json.as_array().unwrap()
}

fn context(vector: &Json) -> Context {
    let members: BTreeMap<String, String> =
        serde_json::from_value(vector["context"].clone()).unwrap();
    Context::new(members).unwrap()
}

/// The recipients' keys of a vector, but those for RSA, whose private half is not held here: `jose_rsa.rs` has those.
fn keys(vector: &Json) -> Vec<Jwk> {
    let ours = items(&vector["recipients"])
        .iter()
        .filter(|recipient| recipient["alg"] != "RSA-OAEP-256");
    ours.map(|recipient| Jwk::parse(recipient["jwk"].to_string().as_bytes()).unwrap())
        .collect()
}

#[test]
fn encrypted_jwks_of_jwcrypto_open_to_every_recipient() {
    let (mut envelopes, mut opened) = (0, 0);
    for vector in items(&vectors("jwe/vectors.json")["vectors"]) {
        if vector["kind"] != "general-or-flattened" {
            continue;
        }
        envelopes += 1;
        let envelope = Envelope::parse(vector["jwe"].to_string().as_bytes()).unwrap();
        let expected = Jwk::parse(vector["plaintext"].to_string().as_bytes()).unwrap();
        for key in keys(vector) {
            let identity = Identity::from_jwk(&key).unwrap();
            let unwrapped = unwrap(
                &envelope,
                core::slice::from_ref(&identity),
                &context(vector),
            )
            .unwrap();
            assert_eq!(unwrapped.jwk.to_json(), expected.to_json());
            assert_eq!(envelope.jkt(), Some(&expected.thumbprint()));
            opened += 1;
        }
        let other = Context::try_from([("another", "context")]).unwrap();
        let identity = Identity::from_jwk(&keys(vector)[0]).unwrap();
        assert_eq!(
            unwrap(&envelope, core::slice::from_ref(&identity), &other).unwrap_err(),
            Error::Context
        );
    }
    // Three each for one, two and three recipients, of which the third is RSA.
    assert_eq!((envelopes, opened), (9, 15));
}

#[test]
fn values_of_jwcrypto_open() {
    let mut opened = 0;
    for vector in items(&vectors("jwe/vectors.json")["vectors"]) {
        if vector["kind"] != "compact" {
            continue;
        }
        let value = Value::parse(vector["jwe"].as_str().unwrap()).unwrap();
        let kek = Kek::from_jwk(&keys(vector)[0]).unwrap();
        let text = value.open(&kek, &context(vector)).unwrap();
        assert_eq!(
            text.as_slice(),
            vector["plaintext"].as_str().unwrap().as_bytes()
        );
        opened += 1;
    }
    assert_eq!(opened, 9);
}

/// Every case is compact, so it could only be taken for a value: `A256KW`, `A256GCM`, a `kid`, nothing
/// else in the header. None is all of that, so none is opened, valid or not. (What they try of our
/// algorithms without a `kid` is tried in `src/jose/wycheproof.rs`.)
#[test]
fn wycheproofs_jwes_are_no_values_of_ours() {
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    for group in items(&vectors("wycheproof/json_web_encryption_test.json")["testGroups"]) {
        for case in items(&group["tests"]) {
            let error = Value::parse(case["jwe"].as_str().unwrap()).unwrap_err();
            *refused.entry(error.code()).or_default() += 1;
        }
    }
    // Malformed: a part or the header is missing or broken, or ours but without a `kid`.
    // Unsupported: another `alg` or `enc`.
    let expected = BTreeMap::from([("ERR_MALFORMED", 15), ("ERR_UNSUPPORTED", 124)]);
    assert_eq!(refused, expected);
}

/// Wycheproof's JWKs are for RSA, MACs and signatures, some of them broken. A set is not a key, so they
/// are taken one by one: only an `oct` of 32 bytes or a sound P-256 key is read, and of those none
/// serves as a KEK, a data key or an agreement key, nor, being public or for another use, signs.
#[test]
fn wycheproofs_jwks_serve_as_nothing_they_are_not() {
    let (mut refused, mut useless) = (0, 0);
    for group in items(&vectors("wycheproof/json_web_key_test.json")["testGroups"]) {
        let halves = ["public", "private"].into_iter();
        for jwk in halves.filter_map(|half| group.get(half)).flat_map(flatten) {
            let label = format!("{} {jwk}", group["comment"]);
            let sound = match jwk["kty"].as_str() {
                // 32 bytes are 43 characters, of which the last has two bits that must be zero; one
                // key there has other bits.
                Some("oct") => {
                    let k = jwk["k"].as_str().unwrap();
                    k.len() == 43 && k.ends_with(|last| "AEIMQUYcgkosw048".contains(last))
                }
                Some("EC") => jwk["crv"] == "P-256" && group["comment"] != "invalid_point",
                _ => false,
            };
            let parsed = Jwk::parse(jwk.to_string().as_bytes());
            assert_eq!(parsed.is_ok(), sound, "{label}");
            let Ok(parsed) = parsed else {
                refused += 1;
                continue;
            };
            assert!(Recipient::from_jwk(&parsed).is_err(), "{label}");
            assert!(Identity::from_jwk(&parsed).is_err(), "{label}");
            assert!(Dek::from_jwk(&parsed).is_err(), "{label}");
            assert!(SigningKey::from_jwk(&parsed).is_err(), "{label}");
            useless += 1;
        }
    }
    assert_eq!((refused, useless), (26, 13));
}

/// No JWS of theirs has a `typ` and names its key by value, as statements do.
#[test]
fn wycheproofs_jwss_are_no_statements() {
    let mut refused = 0;
    for group in items(&vectors("wycheproof/json_web_key_test.json")["testGroups"]) {
        for case in items(&group["tests"]) {
            assert!(Signed::parse(case["jws"].as_str().unwrap(), "JWT").is_err());
            refused += 1;
        }
    }
    assert_eq!(refused, 26);
}

fn flatten(jwks: &Json) -> Vec<Json> {
    jwks.get("keys")
        .map_or_else(|| vec![jwks.clone()], |keys| items(keys).to_vec())
}

#[test]
fn a_kid_is_only_ever_compared() {
    let kid = Kid::new("https://example.invalid/key?\u{0}").unwrap();
    assert_eq!(kid.version(), None);
}
