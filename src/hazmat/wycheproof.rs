//! Project Wycheproof's vectors, as far as they fit the narrow functions of this module: 256-bit
//! keys, 96-bit nonces, 128-bit tags, P-256.

use serde_json::Value as Json;

use super::{TagMismatch, aes_gcm::AesGcm, aes_kw::AesKw, hash::hkdf_sha256, p256};
use crate::base::{InputError, Secret, base64};

fn tests(json: &str) -> Vec<(Json, Json)> {
    let file: Json = serde_json::from_str(json).expect("a vector file");
    let groups = file["testGroups"].as_array().expect("groups").clone();
    let expand = |group: Json| {
        let tests = group["tests"].as_array().expect("tests").clone();
        tests.into_iter().map(move |test| (group.clone(), test))
    };
    groups.into_iter().flat_map(expand).collect()
}

fn hex(test: &Json, name: &str) -> Vec<u8> {
    let text = test[name].as_str().expect("a hexadecimal member");
    let pairs = (0..text.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal"))
        .collect()
}

fn secret(test: &Json, name: &str) -> Option<Secret<32>> {
    Secret::from_slice(&hex(test, name)).ok()
}

#[test]
fn aes_gcm_agrees() {
    let mut tried = 0;
    for (_, test) in tests(include_str!(
        "../../tests/vectors/wycheproof/aes_gcm_test.json"
    )) {
        let (Some(key), Ok(nonce)) = (secret(&test, "key"), hex(&test, "iv").try_into()) else {
            continue;
        };
        let Ok(tag) = hex(&test, "tag").try_into() else {
            continue;
        };
        let (aad, plain, cipher) = (hex(&test, "aad"), hex(&test, "msg"), hex(&test, "ct"));
        let mut buffer = cipher.clone();
        let opened = AesGcm::new(&key).open(&nonce, &aad, &mut buffer, &tag);
        if test["result"] == "valid" {
            assert_eq!((opened, &buffer), (Ok(()), &plain), "{}", test["tcId"]);
            assert_eq!(AesGcm::new(&key).seal(&nonce, &aad, &mut buffer), Ok(tag));
            assert_eq!(buffer, cipher, "{}", test["tcId"]);
        } else {
            assert_eq!(
                (opened, buffer),
                (Err(TagMismatch), cipher),
                "{}",
                test["tcId"]
            );
        }
        tried += 1;
    }
    assert_eq!(tried, 66);
}

#[test]
fn aes_kw_agrees() {
    let mut tried = 0;
    for (_, test) in tests(include_str!(
        "../../tests/vectors/wycheproof/aes_wrap_test.json"
    )) {
        let (Some(kek), Ok(wrapped)) = (secret(&test, "key"), hex(&test, "ct").try_into()) else {
            continue;
        };
        let (kek, id) = (AesKw::new(&kek), &test["tcId"]);
        let unwrapped = kek.unwrap(&wrapped);
        // Side by side with itself, as often as to make more than one batch.
        let many = kek.unwrap_all(&[wrapped; 21]);
        if test["result"] == "valid" {
            let key = secret(&test, "msg").expect("40 bytes wrap 32");
            assert_eq!(unwrapped, Ok(key.clone()), "{id}");
            assert_eq!(kek.wrap(&key), wrapped, "{id}");
            assert_eq!(many, Ok(vec![key.clone(); 21]), "{id}");
            assert_eq!(kek.wrap_all([&key; 21].into_iter()), [wrapped; 21], "{id}");
        } else {
            assert_eq!(unwrapped, Err(TagMismatch), "{id}");
            assert_eq!(many, Err(TagMismatch), "{id}");
        }
        tried += 1;
    }
    assert_eq!(tried, 16);
}

/// Our keys never come as ASN.1, so only the uncompressed points of P-256 are taken out of it: what
/// stands behind this fixed prefix.
const SPKI: &str = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

#[test]
fn ecdh_agrees() {
    let mut tried = 0;
    for (_, test) in tests(include_str!(
        "../../tests/vectors/wycheproof/ecdh_secp256r1_test.json"
    )) {
        let public = test["public"].as_str().expect("a public key");
        let Some(point) = public.strip_prefix(SPKI).filter(|point| point.len() == 128) else {
            continue;
        };
        let half = |range| {
            hex(&serde_json::json!({ "half": point[range] }), "half")
                .try_into()
                .expect("32 bytes")
        };
        let private = hex(&test, "private");
        let scalar: Vec<u8> = private
            .iter()
            .copied()
            .skip_while(|byte| *byte == 0)
            .collect();
        let padded = [vec![0; 32 - scalar.len()], scalar].concat();
        let scalar =
            Secret::from_slice(&padded).and_then(|scalar| p256::Scalar::from_secret(&scalar));
        let shared =
            p256::Point::new(&half(0..64), &half(64..128)).and_then(|point| scalar?.agree(&point));
        // "Acceptable" is about the ASN.1: such a point may be refused, but never agreed on wrongly.
        let agreed = shared.as_ref().ok() == secret(&test, "shared").as_ref();
        match test["result"].as_str() {
            Some("valid") => assert!(agreed, "{}", test["tcId"]),
            Some("acceptable") => assert!(agreed || shared.is_err(), "{}", test["tcId"]),
            _ => assert!(shared.is_err(), "{}", test["tcId"]),
        }
        tried += 1;
    }
    assert_eq!(tried, 349);
}

#[test]
fn ecdsa_agrees() {
    let mut tried = 0;
    for (group, test) in tests(include_str!(
        "../../tests/vectors/wycheproof/ecdsa_secp256r1_sha256_p1363_test.json"
    )) {
        let jwk = &group["publicKeyJwk"];
        let half = |name: &str| {
            base64::decode_array(
                jwk[name].as_str().unwrap_or_default(),
                InputError::Malformed("coordinate"),
            )
        };
        let (Ok(x), Ok(y)) = (half("x"), half("y")) else {
            continue;
        };
        let point = p256::Point::new(&x, &y).expect("a public key on the curve");
        let message = hex(&test, "msg");
        // A signature of another length never reaches the primitive.
        let verified = hex(&test, "sig")
            .try_into()
            .is_ok_and(|signature| point.verify(&message, &signature));
        assert_eq!(verified, test["result"] == "valid", "{}", test["tcId"]);
        tried += 1;
    }
    assert_eq!(tried, 252);
}

#[test]
fn hkdf_agrees() {
    let mut tried = 0;
    for (_, test) in tests(include_str!(
        "../../tests/vectors/wycheproof/hkdf_sha256_test.json"
    )) {
        let (Some(ikm), okm) = (secret(&test, "ikm"), hex(&test, "okm")) else {
            continue;
        };
        // A longer output begins with the 32 bytes of the first block.
        let Some(expected) = okm.first_chunk::<32>() else {
            continue;
        };
        let derived =
            hkdf_sha256(&ikm, &hex(&test, "salt"), &hex(&test, "info")).expect("32 bytes");
        assert_eq!(derived.expose(), expected, "{}", test["tcId"]);
        tried += 1;
    }
    assert_eq!(tried, 30);
}
