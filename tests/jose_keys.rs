//! Keys: what a JWK may be, and what a key may be used for.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value as Json, json};
use strongroom::{
    base::{Secret, SystemEntropy, base64},
    jose::{AgreementKey, Error, Identity, Jwk, Kek, Recipient, SigningKey},
};

const ENTROPY: SystemEntropy = SystemEntropy;

fn dek() -> Jwk {
    Jwk::oct(Secret::generate(&ENTROPY).unwrap())
}

#[test]
fn jwks_are_read_strictly() {
    let (x, y) = {
        let jwk: Json =
            serde_json::from_str(&AgreementKey::generate(&ENTROPY).unwrap().to_jwk().to_json())
                .unwrap();
        (jwk["x"].clone(), jwk["y"].clone())
    };
    let k = base64::encode(&[7; 32]);
    let accepts = |jwk: Json| Jwk::parse(jwk.to_string().as_bytes()).is_ok();
    assert!(accepts(json!({ "kty": "oct", "k": k })));
    assert!(accepts(
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })
    ));
    let refused = [
        json!({ "k": k }),
        json!({ "kty": "oct" }),
        json!({ "kty": "oct", "k": base64::encode(&[7; 31]) }),
        json!({ "kty": "oct", "k": base64::encode(&[7; 33]) }),
        json!({ "kty": "oct", "k": format!("{k}=") }),
        json!({ "kty": "oct", "k": k, "x": x }),
        json!({ "kty": "oct", "k": k, "kid": 1 }),
        json!({ "kty": "RSA", "n": k, "e": "AQAB" }),
        json!({ "kty": "OKP", "crv": "X25519", "x": x }),
        json!({ "kty": "EC", "crv": "P-384", "x": x, "y": y }),
        json!({ "kty": "EC", "crv": "P-256", "x": x }),
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": x }),
        json!({ "kty": "EC", "crv": "P-256", "x": base64::encode(&[0; 32]), "y": base64::encode(&[0; 32]) }),
        json!({ "kty": "EC", "crv": "P-256", "x": base64::encode(&[1; 31]), "y": y }),
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "d": k }),
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "d": base64::encode(&[0; 32]) }),
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "d": base64::encode(&[0xff; 32]) }),
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "k": k }),
    ];
    for jwk in refused {
        assert!(!accepts(jwk.clone()), "{jwk}");
    }
    assert!(Jwk::parse(format!(r#"{{"kty":"oct","k":"{k}","k":"{k}"}}"#).as_bytes()).is_err());
}

#[test]
fn a_thumbprint_is_that_of_the_rfc() {
    // RFC 7638 has an RSA example only; this pair is the EC key of RFC 7517 appendix A.1, whose
    // thumbprint was computed with jwcrypto 1.6.1.
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "kid": "1", "use": "enc",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    });
    let jwk = Jwk::parse(jwk.to_string().as_bytes()).unwrap();
    assert_eq!(
        jwk.thumbprint().as_str(),
        "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s"
    );
    assert_eq!(jwk.kid().as_str(), "1");
}

#[test]
fn a_key_serves_one_use() {
    let (agree, sign_key) = (
        AgreementKey::generate(&ENTROPY).unwrap(),
        SigningKey::generate(&ENTROPY).unwrap(),
    );
    assert!(AgreementKey::from_jwk(&agree.to_jwk()).is_ok());
    assert!(SigningKey::from_jwk(&sign_key.to_jwk()).is_ok());
    assert!(matches!(
        SigningKey::from_jwk(&agree.to_jwk()),
        Err(Error::Unsupported(_))
    ));
    assert!(matches!(
        AgreementKey::from_jwk(&sign_key.to_jwk()),
        Err(Error::Unsupported(_))
    ));
    assert!(matches!(
        Recipient::from_jwk(&sign_key.to_jwk()),
        Err(Error::Unsupported(_))
    ));
    let content_key = dek().with("alg", "A256GCM");
    assert!(matches!(
        Kek::from_jwk(&content_key),
        Err(Error::Unsupported(_))
    ));
    assert!(matches!(
        Identity::from_jwk(&agree.to_jwk().public().unwrap()),
        Err(Error::Argument(_))
    ));
}

#[test]
fn debug_shows_no_key() {
    let jwk = Jwk::oct(Secret::from_slice(&[0xab; 32]).unwrap());
    let kek = Kek::from_jwk(&jwk).unwrap();
    let pair = AgreementKey::generate(&ENTROPY).unwrap();
    let shown = format!(
        "{jwk:?} {kek:?} {pair:?} {:?}",
        SigningKey::generate(&ENTROPY).unwrap()
    );
    let d: Json = serde_json::from_str(&pair.to_jwk().to_json()).unwrap();
    for secret in [
        "171, 171",
        "abab",
        &base64::encode(&[0xab; 32]),
        d["d"].as_str().unwrap(),
    ] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_keys_description_is_well_typed() {
    let k = base64::encode(&[7; 32]);
    let with = |name: &str, value: Json| {
        let mut jwk = json!({ "kty": "oct", "k": k });
        jwk[name] = value;
        Jwk::parse(jwk.to_string().as_bytes())
    };
    assert!(with("key_ops", json!(["wrapKey", "unwrapKey"])).is_ok());
    assert!(with("ext", json!(true)).is_ok());
    for (name, bad) in [
        ("use", json!(["enc"])),
        ("alg", json!(["A256KW"])),
        ("alg", json!(null)),
        ("kid", json!({})),
        ("kid", json!("")),
        ("key_ops", json!("wrapKey")),
        ("key_ops", json!([7])),
        ("key_ops", json!(["wrapKey", "wrapKey"])),
    ] {
        assert!(
            matches!(with(name, bad.clone()), Err(Error::Malformed(_))),
            "{name} {bad}"
        );
    }
}

#[test]
fn a_description_that_contradicts_the_use_is_refused() {
    let wraps = |name: &str, value: Json| {
        let mut jwk = json!({ "kty": "oct", "k": base64::encode(&[7; 32]) });
        jwk[name] = value;
        Kek::from_jwk(&Jwk::parse(jwk.to_string().as_bytes()).unwrap())
    };
    assert!(wraps("use", json!("enc")).is_ok());
    assert!(wraps("alg", json!("A256KW")).is_ok());
    assert!(wraps("key_ops", json!(["unwrapKey"])).is_ok());
    for (name, other) in [
        ("use", json!("sig")),
        ("alg", json!("HS256")),
        ("alg", json!("A256GCM")),
        ("alg", json!("dir")),
        ("key_ops", json!(["wrapKey", "encrypt"])),
        ("key_ops", json!(["sign"])),
    ] {
        let outcome = wraps(name, other.clone());
        assert!(
            matches!(outcome, Err(Error::Unsupported(_))),
            "{name} {other}"
        );
    }
}

#[test]
fn a_public_half_says_nothing_private() {
    let pair = AgreementKey::generate(&ENTROPY).unwrap().to_jwk();
    let described = pair
        .with("kid", "me")
        .with("alg", "ECDH-ES+A256KW")
        .with("pin", "1234");
    let public: Json = serde_json::from_str(&described.public().unwrap().to_json()).unwrap();
    let names: Vec<&String> = public.as_object().unwrap().keys().collect();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert!(!described.public().unwrap().is_secret());
    assert!(dek().public().is_none());
}

#[test]
fn a_description_never_replaces_the_material() {
    let jwk = dek();
    let odd = jwk
        .clone()
        .with("k", base64::encode(&[0; 32]))
        .with("kty", "EC");
    assert_eq!(odd.thumbprint(), jwk.thumbprint());
    assert_eq!(*odd.to_json(), *jwk.to_json());
}

#[test]
fn a_key_comes_back_as_it_was_written() {
    let pair = AgreementKey::generate(&ENTROPY).unwrap().to_jwk();
    for jwk in [dek().with("kid", "a"), pair.public().unwrap(), pair] {
        let again = Jwk::parse(jwk.to_json().as_bytes()).unwrap();
        assert_eq!(*again.to_json(), *jwk.to_json());
        assert_eq!(again.thumbprint(), jwk.thumbprint());
        assert_eq!(again.is_secret(), jwk.is_secret());
    }
}

#[test]
fn an_error_shows_nothing_of_the_key() {
    let k = base64::encode(&[0xab; 31]);
    let error = Jwk::parse(json!({ "kty": "oct", "k": k }).to_string().as_bytes()).unwrap_err();
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(!shown.contains(&k[..8]), "{shown}");
    }
}
