//! Recipients of `RSA-OAEP-256`: public keys and entries, against jwcrypto's and Wycheproof's vectors.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod oaep;

use std::fs;

use serde_json::{Value as Json, json};
use strongroom::{
    Context,
    base::{Kid, Secret, SystemEntropy, base64},
    jose::{Draft, Envelope, Error, Identity, Jwk, Kek, Question, RsaPublicKey, unwrap},
};

use oaep::RsaKey;

const SIZES: [usize; 3] = [2048, 3072, 4096];

fn vectors(path: &str) -> Json {
    let path = format!("{}/tests/vectors/{path}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn wycheproof(bits: usize) -> Json {
    let file = format!("wycheproof/rsa_oaep_{bits}_sha256_mgf1sha256_test.json");
    vectors(&file)["testGroups"][0].clone()
}

fn private_jwk(bits: usize) -> Json {
    wycheproof(bits)["privateKeyJwk"].clone()
}

/// The public half of a JWK.
fn public(jwk: &Json) -> Json {
    json!({ "kty": "RSA", "n": jwk["n"], "e": jwk["e"] })
}

fn parse(jwk: &Json) -> Result<RsaPublicKey, Error> {
    RsaPublicKey::parse(jwk.to_string().as_bytes())
}

fn edited(name: &str, value: Json) -> Result<RsaPublicKey, Error> {
    let mut jwk = public(&private_jwk(2048));
    jwk[name] = value;
    parse(&jwk)
}

fn hex(text: &Json) -> Vec<u8> {
    let text = text.as_str().unwrap().as_bytes();
    let pairs = text.chunks(2).map(|pair| str::from_utf8(pair).unwrap());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

#[test]
fn what_the_tests_decrypt_with_is_what_wycheproof_says() {
    let mut seen = [0, 0];
    for bits in SIZES {
        let (group, key) = (wycheproof(bits), RsaKey::of(&private_jwk(bits)));
        for case in group["tests"].as_array().unwrap() {
            let plain = key.decrypt(&hex(&case["ct"]), &hex(&case["label"]));
            let valid = case["result"] == "valid";
            let expected = valid.then(|| hex(&case["msg"]));
            assert_eq!(plain, expected, "{bits}: {}", case["tcId"]);
            seen[usize::from(valid)] += 1;
        }
        let again = key.encrypt(b"a key", &SystemEntropy);
        assert_eq!(key.decrypt(&again, b"").as_deref(), Some(&b"a key"[..]));
    }
    assert!(seen[0] > 40 && seen[1] > 40, "{seen:?}");
}

#[test]
fn entries_of_jwcrypto_open_by_the_answer_and_by_no_other() {
    let mut opened = 0;
    for vector in vectors("jwe/vectors.json")["vectors"].as_array().unwrap() {
        let recipients = vector["recipients"].as_array();
        let rsa = recipients
            .into_iter()
            .flatten()
            .find(|one| one["alg"] == "RSA-OAEP-256");
        let Some(rsa) = rsa else { continue };
        let envelope = Envelope::parse(vector["jwe"].to_string().as_bytes()).unwrap();
        let expected = Jwk::parse(vector["plaintext"].to_string().as_bytes()).unwrap();
        let kid = Kid::new(rsa["kid"].as_str().unwrap()).unwrap();
        let entry = envelope.find(&kid).unwrap();
        let Some(Question::RsaOaep { encrypted }) = entry.question() else {
            panic!("{entry:?}");
        };
        let cek = RsaKey::of(&rsa["jwk"]).decrypt(&encrypted, b"").unwrap();
        let cek = entry.answered(Secret::from_slice(&cek).unwrap()).unwrap();
        assert_eq!(
            envelope.open_with(&cek).unwrap().to_json(),
            expected.to_json()
        );
        let other = entry
            .answered(Secret::from_slice(&[7; 32]).unwrap())
            .unwrap();
        assert_eq!(envelope.open_with(&other).err(), Some(Error::Decrypt));
        opened += 1;
    }
    assert_eq!(opened, 3);
}

/// RFC 7638 §3.1, the example of it.
#[test]
fn the_thumbprint_is_that_of_the_rfc() {
    let n = concat!(
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP",
        "ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY",
        "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0f",
        "M4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    );
    let mut jwk = json!({ "kty": "RSA", "n": n, "e": "AQAB", "kid": "2011-04-29" });
    let key = parse(&jwk).unwrap();
    let expected = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
    assert_eq!(key.thumbprint().as_str(), expected);
    assert_eq!(key.named().map(Kid::as_str), Some("2011-04-29"));
    // RS256 is for signatures.
    jwk["alg"] = "RS256".into();
    assert!(matches!(parse(&jwk), Err(Error::Unsupported(_))));
}

#[test]
fn the_spki_is_that_of_the_private_keys_der() {
    for bits in SIZES {
        let spki = parse(&public(&private_jwk(bits))).unwrap().spki();
        // PKCS #8 has version, algorithm, and a PKCS #1 key whose first numbers are version, modulus and exponent.
        let pkcs8 = hex(&wycheproof(bits)["privateKeyPkcs8"]);
        let numbers = &spki[spki.len() - (bits / 8 + 5 + 5)..];
        let found = pkcs8.windows(numbers.len()).any(|part| part == numbers);
        assert!(found, "{bits}");
        let algorithm = &pkcs8[7..22];
        assert_eq!(&spki[4..19], algorithm, "{bits}");
        // Lengths: the whole, and what is in the bit string.
        let length = |at: usize| usize::from(u16::from_be_bytes([spki[at], spki[at + 1]]));
        assert_eq!((spki[0], spki[1], length(2)), (0x30, 0x82, spki.len() - 4));
        assert_eq!(
            (spki[19], spki[20], length(21)),
            (0x03, 0x82, spki.len() - 23)
        );
        assert_eq!(
            (spki[23], spki[24], spki[25], length(26)),
            (0, 0x30, 0x82, spki.len() - 28)
        );
    }
}

#[test]
fn keys_of_the_sizes_that_services_have_are_read_and_no_others() {
    for bits in SIZES {
        assert!(parse(&public(&private_jwk(bits))).is_ok());
    }
    let number = |bytes: &[u8]| Json::from(base64::encode(bytes));
    let modulus = |bits: usize| {
        let mut bytes = vec![0xff; bits.div_ceil(8)];
        bytes[0] >>= (8 - bits % 8) % 8;
        number(&bytes)
    };
    for bits in [2048, 2049, 3072, 4096] {
        assert!(edited("n", modulus(bits)).is_ok(), "{bits}");
    }
    for bits in [8, 1024, 2047, 4097, 8192] {
        let outcome = edited("n", modulus(bits));
        assert!(
            matches!(outcome, Err(Error::Unsupported(_))),
            "{bits}: {outcome:?}"
        );
    }
    let mut even = vec![0xff; 256];
    even[255] = 0xfe;
    assert!(matches!(
        edited("n", number(&even)),
        Err(Error::Unsupported(_))
    ));
    for exponent in [&[3][..], &[1, 0, 1], &[0xff; 4]] {
        assert!(edited("e", number(exponent)).is_ok(), "{exponent:?}");
    }
    for exponent in [&[1][..], &[2], &[1, 0, 0], &[1, 0, 0, 0, 1]] {
        let outcome = edited("e", number(exponent));
        assert!(
            matches!(outcome, Err(Error::Unsupported(_))),
            "{exponent:?}"
        );
    }
}

#[test]
fn what_is_no_public_rsa_key_is_refused() {
    let jwk = private_jwk(2048);
    assert!(matches!(parse(&jwk), Err(Error::Argument(_))));
    for (name, value) in [("d", json!("AQAB")), ("oth", json!([]))] {
        assert!(
            matches!(edited(name, value), Err(Error::Argument(_))),
            "{name}"
        );
    }
    let padded = format!("AA{}", jwk["n"].as_str().unwrap());
    for (name, value) in [
        ("kty", json!("oct")),
        ("kty", json!(7)),
        ("n", json!("")),
        ("n", json!(7)),
        ("n", json!(padded)),
        ("e", json!("AAEAAQ")),
        ("e", json!("AQAB=")),
        ("e", json!("AQA")),
        ("e", Json::Null),
        ("k", json!("AAAA")),
        ("crv", json!("P-256")),
        ("use", json!("sig")),
        ("alg", json!("RSA-OAEP")),
        ("alg", json!("RS256")),
        ("key_ops", json!(["encrypt", "verify"])),
        ("key_ops", json!("encrypt")),
        ("kid", json!("")),
        ("kid", json!("k".repeat(2049))),
    ] {
        assert!(edited(name, value.clone()).is_err(), "{name}: {value}");
    }
    for (name, value) in [
        ("use", json!("enc")),
        ("alg", json!("RSA-OAEP-256")),
        ("key_ops", json!(["encrypt", "wrapKey"])),
        ("ext", json!(true)),
        ("kid", json!("arn:aws:kms:eu-central-1:1:key/mrk-1")),
    ] {
        assert!(edited(name, value.clone()).is_ok(), "{name}: {value}");
    }
}

fn sealed() -> (Envelope, Jwk, RsaKey) {
    let (key, jwk) = (
        private_jwk(2048),
        Jwk::oct(Secret::generate(&SystemEntropy).unwrap()),
    );
    let (own, private) = (parse(&public(&key)).unwrap(), RsaKey::of(&key));
    let (mut draft, cek) = Draft::new(&jwk, &Context::none(), None, &SystemEntropy).unwrap();
    let kek = Kek::new(
        Kid::new("kek").unwrap(),
        Secret::from_slice(&[1; 32]).unwrap(),
    );
    draft.add(kek.wrap(&cek));
    // A CEK is seen by whoever wraps it: here the platform is given another key, of which the form alone counts.
    let encrypted = private.encrypt(&[9; 32], &SystemEntropy);
    draft.add(own.entry(Kid::new("kms").unwrap(), encrypted).unwrap());
    (draft.finish().unwrap(), jwk, private)
}

#[test]
fn an_entry_is_written_as_it_is_read_and_is_carried_on() {
    let (envelope, jwk, private) = sealed();
    let kek = Kek::new(
        Kid::new("kek").unwrap(),
        Secret::from_slice(&[1; 32]).unwrap(),
    );
    let json: Json = serde_json::from_slice(envelope.bytes()).unwrap();
    let header = json!({ "alg": "RSA-OAEP-256", "kid": "kms" });
    assert_eq!(json["recipients"][1]["header"], header);
    // What the others open does not hang on it.
    let opened = unwrap(&envelope, &[Identity::Kek(kek)], &Context::none()).unwrap();
    assert_eq!(opened.jwk.thumbprint(), jwk.thumbprint());
    assert!(!opened.proves_writer);
    let question = envelope.find(&Kid::new("kms").unwrap()).unwrap().question();
    let Some(Question::RsaOaep { encrypted }) = question else {
        panic!("an entry of RSA");
    };
    assert_eq!(private.decrypt(&encrypted, b""), Some(vec![9; 32]));
}

#[test]
fn an_entry_of_another_form_is_refused() {
    let (envelope, ..) = sealed();
    let edited = |edit: &dyn Fn(&mut Json)| {
        let mut json: Json = serde_json::from_slice(envelope.bytes()).unwrap();
        edit(&mut json["recipients"][1]);
        Envelope::parse(json.to_string().as_bytes())
    };
    assert!(edited(&|_| {}).is_ok());
    for length in [0, 32, 255, 513, 4096] {
        let key = base64::encode(&vec![1; length]);
        let outcome = edited(&|entry| entry["encrypted_key"] = key.clone().into());
        assert!(matches!(outcome, Err(Error::Malformed(_))), "{length}");
    }
    assert!(edited(&|entry| entry["encrypted_key"] = Json::Null).is_err());
    assert!(edited(&|entry| entry["header"]["epk"] = json!({})).is_err());
    assert!(edited(&|entry| entry["header"]["enc"] = "A256GCM".into()).is_err());
    assert!(edited(&|entry| entry["header"]["x5t"] = "a".into()).is_err());
    let key = parse(&public(&private_jwk(3072))).unwrap();
    let short = key.entry(Kid::new("kms").unwrap(), vec![1; 256]).err();
    assert_eq!(short, Some(Error::Miscalculated("an encrypted key")));
}
