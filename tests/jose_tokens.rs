//! Compact tokens: values and signed statements.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value as Json, json};
use strongroom::{
    Context,
    base::{InputError, Kid, Secret, SystemEntropy, Thumbprint, base64},
    jose::{
        Envelope, Error, Jwk, Kek, Result, Signed, SigningKey, Value, encrypt_value, sign, wrap,
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

fn malformed<T>(outcome: Result<T>) -> bool {
    matches!(outcome, Err(Error::Malformed(_)))
}

fn value() -> (Kek, String) {
    let kek = kek("a");
    let token = encrypt_value(&kek, br#""text""#, &context(), &ENTROPY).unwrap();
    (kek, token)
}

#[test]
fn a_values_header_holds_exactly_what_it_should() {
    let (_, token) = value();
    let (header, rest) = token.split_once('.').unwrap();
    let header: Json =
        serde_json::from_slice(&base64::decode(header, InputError::Malformed("")).unwrap())
            .unwrap();
    let parse = |header: &Json| {
        let header = base64::encode(header.to_string().as_bytes());
        Value::parse(&format!("{header}.{rest}")).map(drop)
    };
    assert_eq!(parse(&header), Ok(()));
    for extra in ["jkt", "cty", "typ", "zip", "crit", "epk", "jwk"] {
        let mut header = header.clone();
        header[extra] = "x".into();
        assert!(malformed(parse(&header)), "{extra}");
    }
    for missing in ["alg", "enc", "kid"] {
        let mut header = header.clone();
        header.as_object_mut().unwrap().remove(missing);
        assert!(malformed(parse(&header)), "{missing}");
    }
    for (name, other) in [("alg", "dir"), ("alg", "A128KW"), ("enc", "A128GCM")] {
        let mut header = header.clone();
        header[name] = other.into();
        assert!(
            matches!(parse(&header), Err(Error::Unsupported(_))),
            "{other}"
        );
    }
}

#[test]
fn every_flipped_bit_and_truncation_of_a_value_is_refused() {
    let (kek, token) = value();
    let open = |token: &[u8]| -> Result<()> {
        let token = core::str::from_utf8(token).map_err(|_| Error::Malformed("value"))?;
        Value::parse(token)?.open(&kek, &context()).map(drop)
    };
    assert_eq!(open(token.as_bytes()), Ok(()));
    for at in 0..token.len() {
        assert!(open(&token.as_bytes()[..at]).is_err());
        for bit in 0..8 {
            let mut flipped = token.clone().into_bytes();
            flipped[at] ^= 1 << bit;
            assert!(open(&flipped).is_err(), "byte {at} bit {bit}");
        }
    }
    assert!(open([token.as_bytes(), b"."].concat().as_slice()).is_err());
}

#[test]
fn a_large_value_is_refused_before_it_is_written() {
    let outcome = encrypt_value(
        &kek("a"),
        &vec![b'1'; 1024 * 1024],
        &Context::none(),
        &ENTROPY,
    );
    assert!(matches!(outcome, Err(Error::TooLarge(_))));
}

#[test]
fn a_statement_is_verified_against_who_should_have_signed() {
    let (key, other) = (
        SigningKey::generate(&ENTROPY).unwrap(),
        SigningKey::generate(&ENTROPY).unwrap(),
    );
    let token = sign("sr-vault+jws", b"payload", &key, &SystemEntropy).unwrap();
    let signed = Signed::parse(&token, "sr-vault+jws").unwrap();
    assert_eq!(signed.verify(&key.thumbprint()), Ok(&b"payload"[..]));
    assert_eq!(signed.verify(&other.thumbprint()), Err(Error::Decrypt));
    assert_eq!(
        signed.verify(&Thumbprint::from_hash([0; 32])),
        Err(Error::Decrypt)
    );
}

#[test]
fn a_statement_of_another_typ_or_alg_is_refused() {
    let key = SigningKey::generate(&ENTROPY).unwrap();
    let token = sign("sr-vault+jws", b"payload", &key, &SystemEntropy).unwrap();
    for typ in ["sr-backup+jws", "JWT", ""] {
        assert!(
            matches!(Signed::parse(&token, typ), Err(Error::Unsupported(_))),
            "{typ}"
        );
    }
    let (header, rest) = token.split_once('.').unwrap();
    let header: Json =
        serde_json::from_slice(&base64::decode(header, InputError::Malformed("")).unwrap())
            .unwrap();
    let parse = |header: &Json| {
        let header = base64::encode(header.to_string().as_bytes());
        Signed::parse(&format!("{header}.{rest}"), "sr-vault+jws").map(drop)
    };
    assert_eq!(parse(&header), Ok(()));
    for alg in ["none", "HS256", "RS256", "ES384"] {
        let mut header = header.clone();
        header["alg"] = alg.into();
        assert!(
            matches!(parse(&header), Err(Error::Unsupported(_))),
            "{alg}"
        );
    }
    for extra in ["crit", "b64", "jku", "x5u", "kid"] {
        let mut header = header.clone();
        header[extra] = "x".into();
        assert!(malformed(parse(&header)), "{extra}");
    }
}

#[test]
fn every_flipped_bit_and_truncation_of_a_statement_is_refused() {
    let key = SigningKey::generate(&ENTROPY).unwrap();
    let token = sign("sr-vault+jws", b"payload", &key, &SystemEntropy)
        .unwrap()
        .into_bytes();
    let verify = |token: &[u8]| -> Result<()> {
        let token = core::str::from_utf8(token).map_err(|_| Error::Malformed("JWS"))?;
        Signed::parse(token, "sr-vault+jws")?
            .verify(&key.thumbprint())
            .map(drop)
    };
    assert_eq!(verify(&token), Ok(()));
    for at in 0..token.len() {
        assert!(verify(&token[..at]).is_err(), "cut to {at}");
        for bit in 0..8 {
            let mut flipped = token.clone();
            flipped[at] ^= 1 << bit;
            assert!(verify(&flipped).is_err(), "byte {at} bit {bit}");
        }
    }
}

#[test]
fn a_value_and_an_envelope_are_never_taken_for_one_another() {
    let (kek, token) = value();
    let parts: Vec<&str> = token.split('.').collect();
    assert!(malformed(Envelope::parse(token.as_bytes())));
    // The same parts in JSON, in both forms.
    let bare = json!({
        "protected": parts[0], "encrypted_key": parts[1],
        "iv": parts[2], "ciphertext": parts[3], "tag": parts[4],
    });
    let mut headed = bare.clone();
    headed["header"] = json!({ "alg": "A256KW", "kid": "a" });
    for json in [bare, headed] {
        assert!(malformed(Envelope::parse(json.to_string().as_bytes())));
    }
    // And an envelope's parts in compact form.
    let envelope = wrap(&dek(), &[kek.into()], &Context::none(), None, &ENTROPY).unwrap();
    let json: Json = serde_json::from_slice(envelope.bytes()).unwrap();
    let part = |pointer: &str| json.pointer(pointer).unwrap().as_str().unwrap();
    let token = [
        part("/protected"),
        part("/recipients/0/encrypted_key"),
        part("/iv"),
        part("/ciphertext"),
        part("/tag"),
    ]
    .join(".");
    assert!(malformed(Value::parse(&token)));
}

#[test]
fn a_value_opens_under_its_context_key_and_kid_only() {
    let key = Secret::generate(&ENTROPY).unwrap();
    let named = |kid: &str| Kek::new(Kid::new(kid).unwrap(), key.clone());
    let kek = named("a");
    let token = encrypt_value(&kek, br#""text""#, &context(), &ENTROPY).unwrap();
    let value = Value::parse(&token).unwrap();
    assert_eq!(value.kid(), kek.kid());
    assert_eq!(*value.open(&kek, &context()).unwrap(), br#""text""#);
    for other in [
        Context::none(),
        Context::try_from([("album", "43")]).unwrap(),
    ] {
        assert_eq!(value.open(&kek, &other).unwrap_err(), Error::Context);
    }
    assert_eq!(
        value.open(&named("b"), &context()).unwrap_err(),
        Error::Decrypt
    );
    let stranger = Kek::new(Kid::new("a").unwrap(), Secret::generate(&ENTROPY).unwrap());
    assert_eq!(
        value.open(&stranger, &context()).unwrap_err(),
        Error::Decrypt
    );
}

#[test]
fn every_value_draws_a_fresh_cek_and_iv() {
    let kek = kek("a");
    let seal = || encrypt_value(&kek, b"1", &Context::none(), &ENTROPY).unwrap();
    let (one, two) = (seal(), seal());
    for (index, (one, two)) in one.split('.').zip(two.split('.')).enumerate() {
        assert_eq!(one == two, index == 0, "part {index}");
    }
}

#[test]
fn a_large_value_or_statement_is_refused_before_it_is_read() {
    let long = "A".repeat(1024 * 1024 + 1);
    assert!(matches!(Value::parse(&long), Err(Error::TooLarge(_))));
    assert!(matches!(
        Signed::parse(&long, "sr-vault+jws"),
        Err(Error::TooLarge(_))
    ));
}

#[test]
fn a_statements_key_is_bare_and_public() {
    let key = SigningKey::generate(&ENTROPY).unwrap();
    let token = sign("sr-vault+jws", b"payload", &key, &SystemEntropy).unwrap();
    let (header, rest) = token.split_once('.').unwrap();
    let header: Json =
        serde_json::from_slice(&base64::decode(header, InputError::Malformed("")).unwrap())
            .unwrap();
    let names: Vec<&String> = header.as_object().unwrap().keys().collect();
    assert_eq!(names, ["alg", "jwk", "typ"]);
    let parse = |edit: &dyn Fn(&mut Json)| {
        let mut header = header.clone();
        edit(&mut header);
        let header = base64::encode(header.to_string().as_bytes());
        Signed::parse(&format!("{header}.{rest}"), "sr-vault+jws").map(drop)
    };
    assert_eq!(parse(&|_| ()), Ok(()));
    for extra in ["kid", "use", "alg", "ext"] {
        assert!(malformed(
            parse(&|header| header["jwk"][extra] = "x".into())
        ));
    }
    let private: Json = serde_json::from_str(&key.to_jwk().to_json()).unwrap();
    assert!(malformed(parse(
        &|header| header["jwk"]["d"] = private["d"].clone()
    )));
    for bad in [
        json!(null),
        json!("x"),
        json!({ "kty": "oct", "k": "AAAA" }),
    ] {
        assert!(malformed(parse(&|header| header["jwk"] = bad.clone())));
    }
    for missing in ["alg", "typ", "jwk"] {
        let outcome = parse(&|header| drop(header.as_object_mut().unwrap().remove(missing)));
        assert!(malformed(outcome), "{missing}");
    }
}

#[test]
fn a_signature_of_another_length_or_payload_is_refused() {
    let key = SigningKey::generate(&ENTROPY).unwrap();
    let token = sign("sr-vault+jws", b"payload", &key, &SystemEntropy).unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    for length in [0, 63, 65, 70] {
        let short = [parts[0], parts[1], &base64::encode(&vec![1; length])].join(".");
        assert!(malformed(Signed::parse(&short, "sr-vault+jws")), "{length}");
    }
    for signature in [[0; 64], [0xff; 64]] {
        let forged = [parts[0], parts[1], &base64::encode(&signature)].join(".");
        let signed = Signed::parse(&forged, "sr-vault+jws").unwrap();
        assert_eq!(signed.verify(&key.thumbprint()), Err(Error::Decrypt));
    }
    let other = [parts[0], &base64::encode(b"other"), parts[2]].join(".");
    let signed = Signed::parse(&other, "sr-vault+jws").unwrap();
    assert_eq!(signed.verify(&key.thumbprint()), Err(Error::Decrypt));
    for bad in [
        "",
        ".",
        "..",
        "...",
        &parts[..2].join("."),
        &format!("{token}."),
    ] {
        assert!(malformed(Signed::parse(bad, "sr-vault+jws")), "{bad}");
    }
}
