//! What named keys are and sign: pairs that carry a key's and a version's id.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value as Json, json};
use strongroom::{
    Context,
    base::{InputError, KeyId, Kid, Secret, SystemEntropy, VersionId, base64},
    jose::{
        AgreementKey, Error, Foreign, Identity, Jwk, Named, Recipient, Result, Signed, SigningKey,
        sign, sign_named, unwrap, wrap,
    },
};

const ENTROPY: SystemEntropy = SystemEntropy;

fn kid() -> Kid {
    let key = KeyId::generate(&ENTROPY).unwrap();
    Kid::of_version(&key, &VersionId::generate(&ENTROPY).unwrap())
}

fn pair(kid: &Kid, r#use: &str, alg: &str) -> Jwk {
    let jwk = Jwk::generate_p256(&ENTROPY).unwrap();
    jwk.with("use", r#use)
        .with("alg", alg)
        .with("kid", kid.as_str())
}

fn signer(kid: &Kid) -> Jwk {
    pair(kid, "sig", "ES256")
}

/// A key that signs, its JWK, and a token of it.
fn signed() -> (Kid, Jwk, String) {
    let kid = kid();
    let jwk = signer(&kid);
    let token = sign_named(&kid, Some("receipt+jws"), b"payload", &jwk, &SystemEntropy).unwrap();
    (kid, jwk, token)
}

fn malformed<T>(outcome: Result<T>) -> bool {
    matches!(outcome, Err(Error::Malformed(_)))
}

fn header(token: &str) -> Json {
    let (header, _) = token.split_once('.').unwrap();
    serde_json::from_slice(&base64::decode(header, InputError::Malformed("")).unwrap()).unwrap()
}

#[test]
fn a_generated_pair_is_not_described() {
    let jwk: Json = serde_json::from_str(&Jwk::generate_p256(&ENTROPY).unwrap().to_json()).unwrap();
    let names: Vec<&String> = jwk.as_object().unwrap().keys().collect();
    assert_eq!(names, ["crv", "d", "kty", "x", "y"]);
    assert_ne!(
        *Jwk::generate_p256(&ENTROPY).unwrap().to_json(),
        *Jwk::generate_p256(&ENTROPY).unwrap().to_json()
    );
}

#[test]
fn a_described_pair_comes_back_as_it_was() {
    let kid = kid();
    let same = |one: &Jwk, two: &Jwk| {
        let json = |jwk: &Jwk| serde_json::from_str::<Json>(&jwk.to_json()).unwrap();
        assert_eq!(json(one), json(two));
    };
    let jwk = signer(&kid);
    same(&SigningKey::from_jwk(&jwk).unwrap().to_jwk(), &jwk);
    let jwk = pair(&kid, "enc", "ECDH-ES+A256KW");
    same(&AgreementKey::from_jwk(&jwk).unwrap().to_jwk(), &jwk);
    same(&Jwk::parse(jwk.to_json().as_bytes()).unwrap(), &jwk);
    // And one without a name gets none.
    let jwk = SigningKey::generate(&ENTROPY).unwrap().to_jwk();
    assert!(jwk.member("kid").is_none());
    same(&SigningKey::from_jwk(&jwk).unwrap().to_jwk(), &jwk);
    let jwk = AgreementKey::generate(&ENTROPY).unwrap().to_jwk();
    assert!(jwk.member("kid").is_none() && jwk.member("alg").is_none());
    same(&AgreementKey::from_jwk(&jwk).unwrap().to_jwk(), &jwk);
}

#[test]
fn what_is_wrapped_to_a_public_half_carries_and_opens_by_the_versions_kid() {
    let kid = kid();
    let jwk = pair(&kid, "enc", "ECDH-ES+A256KW");
    let recipient = Recipient::from_jwk(&jwk.public().unwrap()).unwrap();
    let identity = Identity::from_jwk(&jwk).unwrap();
    assert_eq!(identity.kid(), &kid);
    let dek = Jwk::oct(Secret::generate(&ENTROPY).unwrap());
    let envelope = wrap(&dek, &[recipient], &Context::none(), None, &ENTROPY).unwrap();
    assert!(envelope.find(&kid).is_some());
    let opened = unwrap(&envelope, &[identity], &Context::none()).unwrap();
    assert_eq!(
        (opened.by, opened.jwk.thumbprint()),
        (kid, dek.thumbprint())
    );
}

#[test]
fn a_named_signature_is_verified_by_the_public_half() {
    let (kid, jwk, token) = signed();
    assert_eq!(
        header(&token),
        json!({ "alg": "ES256", "kid": kid.as_str(), "typ": "receipt+jws" })
    );
    let named = Named::parse(&token).unwrap();
    assert_eq!((named.kid(), named.typ()), (&kid, Some("receipt+jws")));
    for key in [jwk.public().unwrap(), jwk] {
        assert_eq!(named.verify(&key), Ok(&b"payload"[..]));
    }
}

#[test]
fn typ_may_be_missing_and_the_payload_empty() {
    let kid = kid();
    let jwk = signer(&kid);
    let token = sign_named(&kid, None, b"", &jwk, &SystemEntropy).unwrap();
    assert_eq!(
        header(&token),
        json!({ "alg": "ES256", "kid": kid.as_str() })
    );
    let named = Named::parse(&token).unwrap();
    assert_eq!(named.typ(), None);
    assert_eq!(named.verify(&jwk), Ok(&b""[..]));
}

#[test]
fn another_key_or_a_key_of_another_name_or_use_verifies_nothing() {
    let (kid, jwk, token) = signed();
    let named = Named::parse(&token).unwrap();
    let decrypt = Err(Error::Decrypt);
    assert_eq!(named.verify(&signer(&kid)), decrypt);
    assert_eq!(named.verify(&jwk.clone().with("kid", "other")), decrypt);
    assert!(matches!(
        named.verify(&jwk.clone().with("use", "enc")),
        Err(Error::Unsupported(_))
    ));
    assert!(matches!(
        named.verify(&Jwk::oct(Secret::generate(&ENTROPY).unwrap())),
        Err(Error::Unsupported(_))
    ));
    // A public key without a name is whatever its owner says it is.
    let bare: Json = serde_json::from_str(&jwk.public().unwrap().to_json()).unwrap();
    let bare = json!({ "kty": "EC", "crv": "P-256", "x": bare["x"], "y": bare["y"] });
    let bare = Jwk::parse(bare.to_string().as_bytes()).unwrap();
    assert_eq!(named.verify(&bare), Ok(&b"payload"[..]));
}

#[test]
fn a_typ_of_the_vaults_own_is_refused() {
    let (kid, jwk, token) = signed();
    let long = "x".repeat(257);
    for bad in [
        "sr-",
        "sr-vault+jws",
        "SR-Vault+jws",
        "application/sr-backup+jws",
        "Application/Sr-x",
        long.as_str(),
    ] {
        let refused = sign_named(&kid, Some(bad), b"payload", &jwk, &SystemEntropy);
        assert!(matches!(refused, Err(Error::Argument(_))), "{bad}");
        let mut header = header(&token);
        header["typ"] = bad.into();
        let (_, rest) = token.split_once('.').unwrap();
        let header = base64::encode(header.to_string().as_bytes());
        let read = Named::parse(&[header.as_str(), rest].join(".")).map(drop);
        assert!(matches!(read, Err(Error::Unsupported(_))), "{bad}");
    }
    for good in ["", "sr", "srx", "JWT", "application/sr", "é-", &long[..256]] {
        let token = sign_named(&kid, Some(good), b"payload", &jwk, &SystemEntropy).unwrap();
        let named = Named::parse(&token).unwrap();
        assert_eq!(named.typ(), Some(good));
        assert!(named.verify(&jwk).is_ok(), "{good}");
    }
}

#[test]
fn a_named_header_holds_exactly_what_it_should() {
    let (_, _, token) = signed();
    let (_, rest) = token.split_once('.').unwrap();
    let parse = |edit: &dyn Fn(&mut Json)| {
        let mut header = header(&token);
        edit(&mut header);
        let header = base64::encode(header.to_string().as_bytes());
        Named::parse(&[header.as_str(), rest].join(".")).map(drop)
    };
    assert_eq!(parse(&|_| ()), Ok(()));
    for extra in ["crit", "b64", "jku", "x5u", "x5c", "jwk", "cty", "x"] {
        assert!(
            malformed(parse(&|header| header[extra] = "x".into())),
            "{extra}"
        );
    }
    for missing in ["alg", "kid"] {
        let outcome = parse(&|header| drop(header.as_object_mut().unwrap().remove(missing)));
        assert!(malformed(outcome), "{missing}");
    }
    for name in ["alg", "kid", "typ"] {
        for bad in [json!(null), json!(1), json!(["ES256"]), json!({})] {
            assert!(
                malformed(parse(&|header| header[name] = bad.clone())),
                "{name}"
            );
        }
    }
    for bad in ["", &"x".repeat(Kid::MAX_BYTES + 1)] {
        assert!(malformed(parse(&|header| header["kid"] = bad.into())));
    }
    for alg in ["none", "None", "hs256", "RS256", "ES384", "es256", ""] {
        let outcome = parse(&|header| header["alg"] = alg.into());
        assert!(matches!(outcome, Err(Error::Unsupported(_))), "{alg}");
    }
}

#[test]
fn every_flipped_bit_and_truncation_of_a_named_signature_is_refused() {
    let (_, jwk, token) = signed();
    let verify = |token: &[u8]| -> Result<()> {
        let token = core::str::from_utf8(token).map_err(|_| Error::Malformed("JWS"))?;
        Named::parse(token)?.verify(&jwk).map(drop)
    };
    assert_eq!(verify(token.as_bytes()), Ok(()));
    for at in 0..token.len() {
        assert!(verify(&token.as_bytes()[..at]).is_err(), "cut to {at}");
        for bit in 0..8 {
            let mut flipped = token.clone().into_bytes();
            flipped[at] ^= 1 << bit;
            assert!(verify(&flipped).is_err(), "byte {at} bit {bit}");
        }
    }
    let parts: Vec<&str> = token.split('.').collect();
    for signature in [[0; 64], [0xff; 64]] {
        let forged = [parts[0], parts[1], &base64::encode(&signature)].join(".");
        let named = Named::parse(&forged).unwrap();
        assert_eq!(named.verify(&jwk), Err(Error::Decrypt));
    }
    for length in [0, 63, 65, 70] {
        let short = [parts[0], parts[1], &base64::encode(&vec![1; length])].join(".");
        assert!(malformed(Named::parse(&short)), "{length}");
    }
    let more = [&token, ".", ""].concat();
    for bad in ["", ".", "..", "...", &parts[..2].join("."), &more] {
        assert!(malformed(Named::parse(bad)), "{bad}");
    }
}

#[test]
fn statements_and_named_signatures_are_never_taken_for_one_another() {
    let (kid, jwk, _) = signed();
    let key = SigningKey::from_jwk(&jwk).unwrap();
    let named = sign_named(&kid, Some("any"), b"payload", &jwk, &SystemEntropy).unwrap();
    assert!(malformed(Signed::parse(&named, "any")));
    for typ in ["any", "sr-vault+jws"] {
        assert!(malformed(Named::parse(
            &sign(typ, b"payload", &key, &SystemEntropy).unwrap()
        )));
    }
}

#[test]
fn a_large_payload_or_token_is_refused() {
    let (kid, jwk, _) = signed();
    const LIMIT: usize = 1024 * 1024;
    for length in [LIMIT / 4 * 3 + 1, LIMIT / 4 * 3, LIMIT, 4 * LIMIT] {
        let refused = sign_named(&kid, None, &vec![0; length], &jwk, &SystemEntropy);
        assert!(matches!(refused, Err(Error::TooLarge(_))), "{length}");
    }
    let largest = sign_named(
        &kid,
        None,
        &vec![0; LIMIT / 4 * 3 - 300],
        &jwk,
        &SystemEntropy,
    )
    .unwrap();
    assert!(Named::parse(&largest).unwrap().verify(&jwk).is_ok());
    let long = "A".repeat(LIMIT + 1);
    assert!(matches!(Named::parse(&long), Err(Error::TooLarge(_))));
}

/// A secret that signs, its JWK, and a token of it.
fn authenticated() -> (Kid, Jwk, String) {
    let kid = kid();
    let jwk = Jwk::oct(Secret::generate(&ENTROPY).unwrap())
        .with("use", "sig")
        .with("alg", "HS256")
        .with("kid", kid.as_str());
    let token = sign_named(&kid, Some("receipt+jws"), b"payload", &jwk, &SystemEntropy).unwrap();
    (kid, jwk, token)
}

#[test]
fn a_secret_verifies_what_it_signed() {
    let (kid, jwk, token) = authenticated();
    assert_eq!(
        header(&token),
        json!({ "alg": "HS256", "kid": kid.as_str(), "typ": "receipt+jws" })
    );
    let verify = |token: &[u8]| -> Result<()> {
        let token = core::str::from_utf8(token).map_err(|_| Error::Decrypt)?;
        Named::parse(token)?.verify(&jwk).map(drop)
    };
    assert_eq!(verify(token.as_bytes()), Ok(()));
    for at in 0..token.len() {
        assert!(verify(&token.as_bytes()[..at]).is_err(), "cut to {at}");
        for bit in 0..8 {
            let mut flipped = token.clone().into_bytes();
            flipped[at] ^= 1 << bit;
            assert!(verify(&flipped).is_err(), "byte {at} bit {bit}");
        }
    }
}

#[test]
fn the_key_says_which_algorithm_verifies_and_the_token_does_not() {
    let (kid, pair, token) = signed();
    let public = pair.public().unwrap();
    // RFC 8725 §2.1: a public key, which everybody has, in the place of the secret of an HMAC.
    let x = base64::decode_array(
        public_member(&public, "x").as_str(),
        InputError::Malformed("x"),
    );
    let x: [u8; 32] = x.unwrap();
    let as_secret = Secret::try_fill(|bytes| {
        bytes.copy_from_slice(&x);
        Ok::<_, Error>(())
    });
    let as_secret = Jwk::oct(as_secret.unwrap())
        .with("alg", "HS256")
        .with("kid", kid.as_str());
    let forged = sign_named(&kid, None, b"pay Bob 6", &as_secret, &SystemEntropy).unwrap();
    assert_eq!(
        Named::parse(&forged).unwrap().verify(&pair),
        Err(Error::Decrypt)
    );
    assert_eq!(
        Named::parse(&forged).unwrap().verify(&public),
        Err(Error::Decrypt)
    );
    assert_eq!(
        Named::parse(&token).unwrap().verify(&as_secret),
        Err(Error::Decrypt)
    );
    for alg in ["none", "HS512", "ES512", "RS256"] {
        let (_, rest) = token.split_once('.').unwrap();
        let header = json!({ "alg": alg, "kid": kid.as_str() }).to_string();
        let other = [base64::encode(header.as_bytes()).as_str(), rest].join(".");
        assert!(
            matches!(Named::parse(&other), Err(Error::Unsupported(_))),
            "{alg}"
        );
    }
}

#[test]
fn a_secret_for_something_else_signs_and_verifies_nothing() {
    let (kid, jwk, token) = authenticated();
    let secret = || Jwk::oct(jwk.secret().unwrap().clone()).with("kid", kid.as_str());
    for other in [
        secret(),
        secret().with("alg", "A256KW"),
        secret().with("alg", "HS256").with("use", "enc"),
    ] {
        let refused = sign_named(&kid, None, b"payload", &other, &SystemEntropy);
        assert!(matches!(refused, Err(Error::Unsupported(_))));
        let refused = Named::parse(&token).unwrap().verify(&other).map(drop);
        assert!(matches!(refused, Err(Error::Unsupported(_))));
    }
    let public = signer(&kid).public().unwrap();
    let refused = sign_named(&kid, None, b"payload", &public, &SystemEntropy);
    assert!(matches!(refused, Err(Error::Argument(_))));
}

fn public_member(jwk: &Jwk, name: &str) -> String {
    let members: Json = serde_json::from_str(&jwk.to_json()).unwrap();
    members[name].as_str().unwrap().to_owned()
}

#[test]
fn what_others_sign_is_verified_by_the_key_that_the_reader_holds() {
    // RFC 7515 appendix A.3.
    let jwk = br#"{"kty":"EC","crv":"P-256",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    let jwk = Jwk::parse(jwk).unwrap();
    let token = "eyJhbGciOiJFUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
        cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
        DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA\
        pmWQxfKTUJqPP3-Kg6NU1Q";
    let read = Foreign::parse(token).unwrap();
    assert_eq!(read.typ(), None);
    assert!(read.verify(&jwk).unwrap().starts_with(b"{\"iss\":\"joe\""));
    let (_, other, _) = signed();
    assert_eq!(read.verify(&other), Err(Error::Decrypt));
    let (_, secret, _) = authenticated();
    assert!(matches!(read.verify(&secret), Err(Error::Unsupported(_))));

    let (_, rest) = token.split_once('.').unwrap();
    let with = |header: Json| {
        let header = base64::encode(header.to_string().as_bytes());
        Foreign::parse(&[header.as_str(), rest].join(".")).map(drop)
    };
    let stranger = json!({ "alg": "ES256", "kid": 7, "jwk": {}, "jku": "https://example.com" });
    assert_eq!(
        with(stranger),
        Ok(()),
        "what a reader does not know is passed over"
    );
    for refused in [
        json!({ "alg": "none" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": ["ES256"] }),
        json!({ "typ": "JWT" }),
        json!({ "alg": "ES256", "crit": ["exp"], "exp": 1 }),
        json!({ "alg": "ES256", "b64": false }),
        json!({ "alg": "ES256", "typ": "sr-vault+jws" }),
        json!({ "alg": "ES256", "typ": 7 }),
    ] {
        let outcome = with(refused.clone());
        assert!(matches!(outcome, Err(Error::Unsupported(_))), "{refused}");
    }
}
