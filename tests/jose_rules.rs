//! The rules of an envelope: what may stand in one, each rule with a test that breaks it.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value as Json, json};
use strongroom::{
    Context,
    base::{InputError, Kid, Secret, SystemEntropy, base64},
    jose::{AgreementKey, Envelope, Error, Identity, Jwk, Kek, Recipient, Result, unwrap, wrap},
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

fn with_protected(edit: impl FnOnce(&mut Json)) -> Result<Envelope> {
    edited(|json| {
        let protected = base64::decode(
            json["protected"].as_str().unwrap(),
            InputError::Malformed(""),
        )
        .unwrap();
        let mut protected: Json = serde_json::from_slice(&protected).unwrap();
        edit(&mut protected);
        json["protected"] = base64::encode(protected.to_string().as_bytes()).into();
    })
}

fn malformed<T, E: Into<Error>>(outcome: core::result::Result<T, E>) -> bool {
    matches!(outcome.map_err(Into::into), Err(Error::Malformed(_)))
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
fn every_binary_member_has_its_length_and_canonical_form() {
    let set = |pointer: &str, bytes: usize| {
        edited(|json| *json.pointer_mut(pointer).unwrap() = base64::encode(&vec![0; bytes]).into())
    };
    for (pointer, length) in [
        ("/iv", 12),
        ("/tag", 16),
        ("/recipients/0/encrypted_key", 40),
    ] {
        assert!(set(pointer, length).is_ok(), "{pointer}");
        for other in [0, length - 4, length - 1, length + 1, 2 * length] {
            assert!(malformed(set(pointer, other)), "{pointer} {other}");
        }
    }
    for pointer in [
        "/protected",
        "/iv",
        "/tag",
        "/ciphertext",
        "/recipients/0/encrypted_key",
    ] {
        for spoil in ["=", "\n", "+", "/", "%3D", "\u{e9}"] {
            let outcome = edited(|json| {
                let member = json.pointer_mut(pointer).unwrap();
                *member = format!("{}{spoil}", member.as_str().unwrap()).into();
            });
            assert!(malformed(outcome), "{pointer} {spoil:?}");
        }
        for bad in [json!(null), json!(1), json!([]), json!({})] {
            assert!(malformed(edited(|json| *json
                .pointer_mut(pointer)
                .unwrap() = bad)));
        }
    }
}

#[test]
fn duplicates_hide_neither_in_the_protected_header_nor_in_an_ephemeral_key() {
    let inside = edited(|json| {
        let protected = base64::decode(
            json["protected"].as_str().unwrap(),
            InputError::Malformed(""),
        )
        .unwrap();
        let text = String::from_utf8(protected).unwrap();
        let twice = text.replacen('{', r#"{"enc":"A256GCM","#, 1);
        json["protected"] = base64::encode(twice.as_bytes()).into();
    });
    assert!(malformed(inside));
    let pair = AgreementKey::generate(&ENTROPY).unwrap();
    let bytes = seal(&dek(), &[pair.public().into()]).bytes().to_vec();
    let text = String::from_utf8(bytes).unwrap();
    let twice = text.replacen(r#""crv":"#, r#""crv":"P-256","\u0063rv":"#, 1);
    assert_ne!(twice, text);
    assert!(malformed(Envelope::parse(twice.as_bytes())));
}

#[test]
fn what_would_take_much_memory_is_refused_while_it_is_read() {
    for item in ["[]", "[[0],[0]]", r#"{"":{}}"#] {
        let items = vec![item; (Envelope::MAX_BYTES - 100) / (item.len() + 1)].join(",");
        for text in [
            format!(r#"{{"recipients":[{items}]}}"#),
            format!(r#"{{"protected":[{items}]}}"#),
        ] {
            let outcome = Envelope::parse(text.as_bytes());
            assert!(matches!(outcome, Err(Error::TooLarge(_))), "{item}");
        }
        let header =
            base64::encode(format!(r#"{{"enc":[{}]}}"#, &items[..items.len() / 2]).as_bytes());
        let outcome = Envelope::parse(json!({ "protected": header }).to_string().as_bytes());
        assert!(outcome.is_err(), "{item}");
    }
}

#[test]
fn only_one_json_object_is_an_envelope() {
    let text = String::from_utf8(seal(&dek(), &[kek("a").into()]).bytes().to_vec()).unwrap();
    for bad in [
        String::new(),
        "null".into(),
        "[]".into(),
        "\"x\"".into(),
        format!("[{text}]"),
        format!("{text}{text}"),
        format!("\u{feff}{text}"),
        format!("{text},"),
    ] {
        assert!(malformed(Envelope::parse(bad.as_bytes())), "{bad}");
    }
    assert!(malformed(Envelope::parse(
        &[b"\xff", text.as_bytes()].concat()
    )));
}

#[test]
fn both_forms_at_once_are_refused() {
    for (name, value) in [
        ("header", json!({ "alg": "A256KW", "kid": "b" })),
        ("encrypted_key", json!(base64::encode(&[0; 40]))),
    ] {
        assert!(malformed(edited(|json| json[name] = value)), "{name}");
    }
}

#[test]
fn a_record_commits_to_no_key_and_no_context() {
    let as_record = |extra: Option<&str>| {
        with_protected(|protected| {
            *protected = json!({ "enc": "A256GCM", "cty": "json" });
            if let Some(name) = extra {
                protected[name] = base64::encode(&[0; 32]).into();
            }
        })
    };
    assert!(as_record(None).is_ok());
    for extra in ["jkt", "ctx"] {
        assert!(malformed(as_record(Some(extra))), "{extra}");
    }
}
