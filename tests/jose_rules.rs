//! The rules of an envelope, each with a test that breaks it.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value as Json, json};
use strongroom::{
    Context, Error, Result,
    jose::{
        AgreementKey, Content, Draft, Envelope, Identity, Jwk, Kek, Recipient, Signed, SigningKey,
        Value, open_record, seal_record, seal_value, sign, unwrap, wrap,
    },
    vocabulary::{Kid, Secret, SystemEntropy, Thumbprint, base64},
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
    unwrap(envelope, &[&identity], &Context::none()).map(|unwrapped| unwrapped.jwk)
}

/// An envelope for one KEK, its JSON edited.
fn edited(edit: impl FnOnce(&mut Json)) -> Result<Envelope> {
    let envelope = seal(&dek(), &[kek("a").into()]);
    let mut json: Json = serde_json::from_slice(envelope.bytes()).unwrap();
    edit(&mut json);
    Envelope::parse(json.to_string().as_bytes())
}

fn with_protected(edit: impl FnOnce(&mut Json)) -> Result<Envelope> {
    edited(|json| {
        let protected = base64::decode(json["protected"].as_str().unwrap(), "").unwrap();
        let mut protected: Json = serde_json::from_slice(&protected).unwrap();
        edit(&mut protected);
        json["protected"] = base64::encode(protected.to_string().as_bytes()).into();
    })
}

fn with_header(edit: impl FnOnce(&mut Json)) -> Result<Envelope> {
    edited(|json| edit(&mut json["recipients"][0]["header"]))
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
fn the_protected_header_holds_exactly_what_it_should() {
    assert!(with_protected(|_| ()).is_ok());
    for extra in [
        "alg", "kid", "zip", "crit", "typ", "apu", "apv", "epk", "p2c", "b64",
    ] {
        assert!(
            malformed(with_protected(|protected| protected[extra] = json!("x"))),
            "{extra}"
        );
    }
    for missing in ["enc", "cty", "jkt"] {
        let outcome =
            with_protected(|protected| drop(protected.as_object_mut().unwrap().remove(missing)));
        assert!(malformed(outcome), "{missing}");
    }
}

#[test]
fn another_enc_or_cty_is_refused() {
    for enc in ["A128GCM", "A256CBC-HS512", "a256gcm", ""] {
        let outcome = with_protected(|protected| protected["enc"] = enc.into());
        assert!(matches!(outcome, Err(Error::Unsupported(_))), "{enc}");
    }
    for cty in ["jwk", "JWT", "application/jwk+json", "jwk-set+json"] {
        let outcome = with_protected(|protected| protected["cty"] = cty.into());
        assert!(matches!(outcome, Err(Error::Unsupported(_))), "{cty}");
    }
}

#[test]
fn jkt_and_ctx_are_hashes() {
    for name in ["jkt", "ctx"] {
        for bad in [json!("AAAA"), json!(1), json!(null), json!("?".repeat(43))] {
            assert!(
                malformed(with_protected(|protected| protected[name] = bad)),
                "{name}"
            );
        }
    }
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
fn no_member_is_smuggled_beside_the_known_ones() {
    for extra in ["unprotected", "crit", "zip", "header", "encrypted_key", "x"] {
        assert!(
            malformed(edited(|json| json[extra] = json!({ "alg": "dir" }))),
            "{extra}"
        );
    }
    assert!(malformed(edited(
        |json| json["recipients"][0]["x"] = json!(1)
    )));
    for missing in ["protected", "recipients", "iv", "ciphertext", "tag"] {
        assert!(
            malformed(edited(|json| drop(
                json.as_object_mut().unwrap().remove(missing)
            ))),
            "{missing}"
        );
    }
}

#[test]
fn duplicate_members_are_refused() {
    let bytes = seal(&dek(), &[kek("a").into()]).bytes().to_vec();
    let text = String::from_utf8(bytes).unwrap();
    let twice = text.replacen('{', r#"{"tag":"AAAAAAAAAAAAAAAAAAAAAA","#, 1);
    assert!(malformed(Envelope::parse(twice.as_bytes())));
    let twice = text.replacen(r#""kid":"#, r#""kid":"b","kid":"#, 1);
    assert_ne!(twice, text);
    assert!(malformed(Envelope::parse(twice.as_bytes())));
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
        "RSA-OAEP-256",
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
    let opened = unwrap(&envelope, &[&Identity::Kek(kek)], &Context::none()).unwrap();
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
fn limits_are_checked() {
    let oversize = vec![b' '; Envelope::MAX_BYTES + 1];
    assert!(matches!(
        Envelope::parse(&oversize),
        Err(Error::TooLarge(_))
    ));
    let crowd = |count| {
        edited(|json| {
            let entry = json["recipients"][0].clone();
            let entries = (0..count).map(|n| {
                let mut entry = entry.clone();
                entry["header"]["kid"] = n.to_string().into();
                entry
            });
            json["recipients"] = entries.collect::<Vec<_>>().into();
        })
    };
    assert!(crowd(Envelope::MAX_RECIPIENTS).is_ok());
    assert!(matches!(
        crowd(Envelope::MAX_RECIPIENTS + 1),
        Err(Error::TooLarge(_))
    ));
    assert!(malformed(crowd(0)));
    assert!(matches!(
        wrap(&dek(), &[], &Context::none(), None, &ENTROPY),
        Err(Error::Argument(_))
    ));
    let kid = Kid::new("x".repeat(Kid::MAX_BYTES + 1));
    assert!(malformed(kid));
}

#[test]
fn the_flattened_form_is_read_and_the_general_form_written() {
    let (kek, jwk) = (kek("a"), dek());
    let envelope = seal(&jwk, &[kek.clone().into()]);
    let mut json: Json = serde_json::from_slice(envelope.bytes()).unwrap();
    let entry = json.as_object_mut().unwrap().remove("recipients").unwrap()[0].take();
    json["header"] = entry["header"].clone();
    json["encrypted_key"] = entry["encrypted_key"].clone();
    let flattened = Envelope::parse(json.to_string().as_bytes()).unwrap();
    assert_eq!(
        open(&flattened, Identity::Kek(kek)).unwrap().thumbprint(),
        jwk.thumbprint()
    );
}

#[test]
fn bytes_are_kept_as_they_were_read() {
    let envelope = seal(&dek(), &[kek("a").into()]);
    let spaced = [b" ", envelope.bytes(), b"\n"].concat();
    assert_eq!(Envelope::parse(&spaced).unwrap().bytes(), spaced);
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
        unwrap(&seal(&dek(), recipients), &[identity], &Context::none())
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

    let (outer, inner) = (Identity::Kek(outer), Identity::Kek(inner));
    let opened = unwrap(&nested, &[&outer, &inner], &context()).unwrap();
    assert_eq!(opened.jwk.thumbprint(), jwk.thumbprint());
    for alone in [&outer, &inner] {
        assert_eq!(
            unwrap(&nested, &[alone], &context()).unwrap_err(),
            Error::Decrypt
        );
    }
    assert_eq!(
        unwrap(&nested, &[&outer, &inner], &Context::none()).unwrap_err(),
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
    let record = seal_record(b"{}", &kek, b"x", &ENTROPY).unwrap();
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
    assert!(unwrap(&envelope, &[&identity], &context()).is_ok());
    assert_eq!(
        unwrap(&envelope, &[&identity], &Context::none()).unwrap_err(),
        Error::Context
    );
}

#[test]
fn one_kind_of_content_never_serves_as_another() {
    let kek = kek("a");
    let key = seal(&dek(), &[kek.clone().into()]);
    let record = seal_record(dek().to_json().as_bytes(), &kek, b"x", &ENTROPY).unwrap();
    assert!(open_record(&record, &kek).is_ok());
    assert!(malformed(open_record(&key, &kek)));
    assert!(malformed(open(&record, Identity::Kek(kek))));
}

#[test]
fn a_records_address_is_authenticated() {
    let kek = kek("a");
    let record = seal_record(b"{}", &kek, b"here", &ENTROPY).unwrap();
    let mut json: Json = serde_json::from_slice(record.bytes()).unwrap();
    json["aad"] = base64::encode(b"there").into();
    let moved = Envelope::parse(json.to_string().as_bytes()).unwrap();
    assert_eq!(open_record(&moved, &kek).unwrap_err(), Error::Decrypt);
    json.as_object_mut().unwrap().remove("aad");
    let bare = Envelope::parse(json.to_string().as_bytes()).unwrap();
    assert_eq!(open_record(&bare, &kek).unwrap_err(), Error::Decrypt);
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

fn value() -> (Kek, String) {
    let kek = kek("a");
    let token = seal_value(&kek, br#""text""#, &context(), &ENTROPY).unwrap();
    (kek, token)
}

#[test]
fn a_values_header_holds_exactly_what_it_should() {
    let (_, token) = value();
    let (header, rest) = token.split_once('.').unwrap();
    let header: Json = serde_json::from_slice(&base64::decode(header, "").unwrap()).unwrap();
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
    let outcome = seal_value(
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
    let token = sign("sr-vault+jws", b"payload", &key);
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
    let token = sign("sr-vault+jws", b"payload", &key);
    for typ in ["sr-backup+jws", "JWT", ""] {
        assert!(
            matches!(Signed::parse(&token, typ), Err(Error::Unsupported(_))),
            "{typ}"
        );
    }
    let (header, rest) = token.split_once('.').unwrap();
    let header: Json = serde_json::from_slice(&base64::decode(header, "").unwrap()).unwrap();
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
fn every_flipped_bit_of_a_statement_is_refused() {
    let key = SigningKey::generate(&ENTROPY).unwrap();
    let token = sign("sr-vault+jws", b"payload", &key).into_bytes();
    for at in 0..token.len() {
        let mut flipped = token.clone();
        flipped[at] ^= 1 << (at % 8);
        let verified = core::str::from_utf8(&flipped)
            .map_err(|_| Error::Malformed("JWS"))
            .and_then(|text| {
                Signed::parse(text, "sr-vault+jws")?
                    .verify(&key.thumbprint())
                    .map(<[u8]>::to_vec)
            });
        assert!(verified.is_err(), "byte {at}");
    }
}
