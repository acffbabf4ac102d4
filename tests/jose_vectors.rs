//! What other implementations wrote: jwcrypto's vectors, and Wycheproof's.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{collections::BTreeMap, fs};

use serde_json::Value as Json;
use strongroom::{
    Context, Error,
    jose::{Envelope, Identity, Jwk, Kek, Value, unwrap},
    vocabulary::{Kid, base64},
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

/// The recipients' keys of a vector, but those for RSA, which are not implemented yet.
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
            let unwrapped = unwrap(&envelope, &[&identity], &context(vector)).unwrap();
            assert_eq!(unwrapped.jwk.to_json(), expected.to_json());
            assert_eq!(envelope.jkt(), Some(&expected.thumbprint()));
            opened += 1;
        }
        let other = Context::try_from([("another", "context")]).unwrap();
        let identity = Identity::from_jwk(&keys(vector)[0]).unwrap();
        assert_eq!(
            unwrap(&envelope, &[&identity], &other).unwrap_err(),
            Error::Context
        );
    }
    assert!(
        envelopes >= 9 && opened > envelopes,
        "{envelopes} envelopes, opened {opened} times"
    );
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
    assert!(opened >= 9);
}

/// Every case is compact, so it could only be taken for a value: `A256KW`, `A256GCM`, a `kid`, nothing
/// else in the header. Whatever is of another algorithm is refused, valid or not.
#[test]
fn wycheproofs_jwes_are_opened_when_ours_and_refused_otherwise() {
    let (mut opened, mut refused) = (0, 0);
    for group in items(&vectors("wycheproof/json_web_encryption_test.json")["testGroups"]) {
        let key = Jwk::parse(group["private"].to_string().as_bytes());
        for case in items(&group["tests"]) {
            let token = case["jwe"].as_str().unwrap();
            let text = key.clone().and_then(|key| {
                let value = Value::parse(token)?;
                // The group's key, whatever it says to be for, under the name that the message gives.
                let secret = key.secret().cloned().ok_or(Error::Decrypt)?;
                value.open(&Kek::new(value.kid().clone(), secret), &Context::none())
            });
            let label = format!("{} {}", case["tcId"], case["comment"]);
            if let Ok(text) = text {
                assert_eq!(case["result"], "valid", "{label}");
                assert_eq!(hex(&text), case["pt"].as_str().unwrap(), "{label}");
                opened += 1;
            } else {
                assert!(case["result"] == "invalid" || !is_ours(token), "{label}");
                refused += 1;
            }
        }
    }
    assert!(refused > 120, "{refused} refused, {opened} opened");
}

fn is_ours(token: &str) -> bool {
    let header =
        base64::decode(token.split('.').next().unwrap_or_default(), "").unwrap_or_default();
    let header: Json = serde_json::from_slice(&header).unwrap_or_default();
    let members = header.as_object().map_or(0, serde_json::Map::len);
    header["alg"] == "A256KW"
        && header["enc"] == "A256GCM"
        && header["kid"].is_string()
        && members == 3
}

/// Wycheproof's JWKs are for signing and MACs. A set is not a key, so the keys are taken one by one:
/// what is malformed there must not parse here, and nothing that is for a MAC or a signature may
/// become a KEK.
#[test]
fn wycheproofs_jwks_are_refused_where_they_are_not_ours() {
    let mut seen = 0;
    for group in items(&vectors("wycheproof/json_web_key_test.json")["testGroups"]) {
        for jwk in ["public", "private"]
            .iter()
            .filter_map(|half| group.get(*half))
            .flat_map(flatten)
        {
            seen += 1;
            let parsed = Jwk::parse(jwk.to_string().as_bytes());
            let label = format!("{} {jwk}", group["comment"]);
            match jwk["kty"].as_str() {
                Some("oct") | Some("EC") => {}
                _ => assert!(parsed.is_err(), "{label}"),
            }
            let Ok(parsed) = parsed else { continue };
            if jwk["alg"] != "A256KW" || jwk["use"] != "enc" {
                assert!(Kek::from_jwk(&parsed).is_err(), "{label}");
            }
        }
        if ["invalid_point", "wrong_curve", "wrong_kty"]
            .contains(&group["comment"].as_str().unwrap_or_default())
        {
            let broken: Vec<_> = ["public", "private"]
                .iter()
                .filter_map(|half| group.get(*half))
                .flat_map(flatten)
                .collect();
            assert!(
                broken
                    .iter()
                    .any(|jwk| Jwk::parse(jwk.to_string().as_bytes()).is_err()),
                "{}",
                group["comment"]
            );
        }
    }
    assert!(seen > 20, "{seen} keys");
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
