//! Signatures of contents that are too large to be held, and what they are none of.

use pollster::block_on;
use strongroom::{
    Error, Result,
    base::{InputError, SystemEntropy, VersionState, base64},
    jose::{ContentDigest, ContentHasher, Jwk, NamedContent, SigningKey, sign},
    keys::{KeyAction, KeyOptions, Purpose},
    vault::Verified,
};

use crate::fixture::{Open, Place, create, create_for, manage, options, rotate};

const CONTENT: &[u8] = b"more than a page can hold";
const TYP: &str = "sr-digest+jws";

/// What a content is known by that comes in pieces of so many bytes.
fn digest(content: &[u8], piece: usize) -> ContentDigest {
    let mut hasher = ContentHasher::default();
    content.chunks(piece).for_each(|piece| hasher.update(piece));
    hasher.finish()
}

fn sign_content(vault: &Open, key: &str) -> Result<String> {
    block_on(vault.sign_content(key, &digest(CONTENT, 7)))
}

/// Holds a content, in pieces, to what a token says of it.
fn verify(vault: &Open, token: &str, key: Option<&str>, content: &[u8]) -> Result<Verified> {
    let (verified, mut check) = block_on(vault.verify_content(token, key))?;
    for piece in content.chunks(10) {
        check.update(piece)?;
    }
    check.finish()?;
    Ok(verified)
}

fn refusal(vault: &Open, token: &str, key: Option<&str>, content: &[u8]) -> Option<Error> {
    verify(vault, token, key, content).err()
}

/// A vault with a key of each purpose that signs.
fn vault(place: &Place) -> Open {
    let vault = place.create();
    create_for(&vault, "releases", Purpose::Sign);
    create_for(&vault, "caches", Purpose::Mac);
    vault
}

fn parts(token: &str) -> [String; 3] {
    let parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    parts.try_into().unwrap()
}

fn decoded(part: &str) -> String {
    String::from_utf8(base64::decode(part, InputError::Malformed("")).unwrap()).unwrap()
}

#[test]
fn a_content_is_signed_by_its_digest_and_verified_however_it_is_cut() {
    let place = Place::new();
    let vault = vault(&place);
    for (key, alg) in [("releases", "ES256"), ("caches", "HS256")] {
        let token = sign_content(&vault, key).unwrap();
        let [header, payload, _] = parts(&token);
        let kid = NamedContent::parse(&token).unwrap().kid().to_string();
        assert_eq!(
            decoded(&header),
            format!(r#"{{"alg":"{alg}","kid":"{kid}","typ":"{TYP}"}}"#)
        );
        // What `sha256sum` prints.
        let hex = "99adb865d1deba741600f97772fee284e42f1cbdcf39b0c129f63141a40681ea";
        assert_eq!(
            decoded(&payload),
            format!(r#"{{"digest":"sha256:{hex}","size":25}}"#)
        );
        let verified = verify(&vault, &token, Some(key), CONTENT).unwrap();
        assert_eq!(verified.state, VersionState::Active);
        assert_eq!(verified.typ, None);
        assert!(verify(&vault, &token, None, CONTENT).is_ok());
    }
}

#[test]
fn another_content_is_refused() {
    let place = Place::new();
    let vault = vault(&place);
    let token = sign_content(&vault, "releases").unwrap();
    let mut turned = CONTENT.to_vec();
    turned[12] ^= 1;
    let longer = [CONTENT, b"!"].concat();
    let others: [&[u8]; 5] = [&turned, &longer, &CONTENT[..24], &CONTENT[1..], b""];
    for other in others {
        assert_eq!(refusal(&vault, &token, None, other), Some(Error::Decrypt));
    }
}

#[test]
fn a_digest_or_size_that_was_put_into_a_token_is_refused() {
    let place = Place::new();
    let vault = vault(&place);
    for key in ["releases", "caches"] {
        let [header, payload, signature] = parts(&sign_content(&vault, key).unwrap());
        let other = digest(b"less than that", 100);
        let own = decoded(&payload);
        let size = own.replace(r#""size":25"#, r#""size":14"#);
        let whole = format!(r#"{{"digest":"{}","size":14}}"#, other.digest());
        let swapped = format!(r#"{{"digest":"{}","size":25}}"#, other.digest());
        for forged in [size, whole, swapped] {
            let forged_payload = base64::encode(forged.as_bytes());
            let token = [&*header, &forged_payload, &signature].join(".");
            let refused = refusal(&vault, &token, None, b"less than that");
            assert_eq!(refused, Some(Error::Decrypt), "{forged}");
        }
    }
}

/// A payload of bytes can say what a content's does: only the `typ` tells them apart.
#[test]
fn a_signature_over_bytes_is_none_over_a_content_and_the_reverse() {
    let place = Place::new();
    let vault = vault(&place);
    let other = Some(Error::Unsupported("a JWS of another typ"));
    let none = Some(Error::Unsupported("a JWS that signs no file"));
    for key in ["releases", "caches"] {
        let content = sign_content(&vault, key).unwrap();
        for expected in [None, Some(key)] {
            let refused = block_on(vault.verify(&content, expected)).err();
            assert_eq!(refused, other);
        }
        let said = decoded(&parts(&content)[1]);
        for typ in [None, Some("digest+jws"), Some("xsr-digest+jws")] {
            let bytes = block_on(vault.sign(key, typ, said.as_bytes())).unwrap();
            assert!(block_on(vault.verify(&bytes, Some(key))).is_ok());
            for expected in [None, Some(key)] {
                assert_eq!(refusal(&vault, &bytes, expected, CONTENT), none);
            }
        }
        // The header of the one before the payload and signature of the other.
        let bytes = block_on(vault.sign(key, None, said.as_bytes())).unwrap();
        let ([header, ..], [_, payload, signature]) = (parts(&content), parts(&bytes));
        let mixed = [header, payload, signature].join(".");
        assert_eq!(refusal(&vault, &mixed, None, CONTENT), Some(Error::Decrypt));
    }
    for typ in [TYP, "SR-digest+jws", "application/sr-digest+jws"] {
        let refused = block_on(vault.sign("releases", Some(typ), CONTENT));
        assert!(matches!(refused, Err(Error::Argument(_))), "{typ}");
    }
}

/// Whoever has the key can sign what we never would: a `typ` in other letters is neither kind, and what is no digest is none.
#[test]
fn what_a_holder_of_the_key_signed_wrongly_is_refused() {
    let place = Place::new();
    let vault = vault(&place);
    let said = decoded(&parts(&sign_content(&vault, "releases").unwrap())[1]);
    let pair = SigningKey::generate(&SystemEntropy).unwrap();
    let public = pair.to_jwk().public().unwrap();
    let theirs = KeyOptions {
        purpose: Purpose::Verify,
        ..options("theirs")
    };
    block_on(vault.add_key(&theirs, Some(&public))).unwrap();
    let signed =
        |typ: &str, payload: &str| sign(typ, payload.as_bytes(), &pair, &SystemEntropy).unwrap();
    let by = Some("theirs");
    assert_eq!(refusal(&vault, &signed(TYP, &said), by, CONTENT), None);
    for typ in [
        "SR-digest+jws",
        "application/sr-digest+jws",
        "sr-digest",
        "",
    ] {
        let token = signed(typ, &said);
        let refused = refusal(&vault, &token, by, CONTENT);
        assert!(matches!(refused, Some(Error::Unsupported(_))), "{typ}");
    }
    let sha512 = said.replace("sha256:", "sha512:");
    let more = said.replace('{', r#"{"name":"a","#);
    let doubled = said.replace('{', r#"{"size":25,"#);
    let text = said.replace("25", "\"25\"");
    for payload in ["", "{}", "[]", &sha512, &more, &doubled, &text] {
        let token = signed(TYP, payload);
        let refused = refusal(&vault, &token, by, CONTENT);
        assert!(matches!(refused, Some(Error::Malformed(_))), "{payload}");
    }
}

#[test]
fn somebody_elses_signature_of_a_content_is_verified_with_their_key_alone() {
    let place = Place::new();
    let ours = vault(&place);
    let (elsewhere, stranger) = (Place::new(), Place::new());
    let them = vault(&elsewhere);
    let token = sign_content(&them, "releases").unwrap();
    let record = block_on(them.key("releases")).unwrap();
    let public = record.primary_version().public.clone().unwrap();
    let public = Jwk::parse(public.text().as_bytes()).unwrap();
    let theirs = KeyOptions {
        purpose: Purpose::Verify,
        ..options("theirs")
    };
    block_on(ours.add_key(&theirs, Some(&public))).unwrap();
    assert_eq!(refusal(&ours, &token, Some("theirs"), CONTENT), None);
    assert_eq!(
        refusal(&ours, &token, Some("theirs"), b"another"),
        Some(Error::Decrypt)
    );
    assert_eq!(refusal(&ours, &token, None, CONTENT), Some(Error::NoKey));
    let others = sign_content(&vault(&stranger), "releases").unwrap();
    for token in [others, sign_content(&ours, "releases").unwrap()] {
        let refused = refusal(&ours, &token, Some("theirs"), CONTENT);
        assert_eq!(refused, Some(Error::Decrypt));
    }
    let bytes = block_on(them.sign("releases", None, CONTENT)).unwrap();
    let refused = refusal(&ours, &bytes, Some("theirs"), CONTENT);
    assert!(matches!(refused, Some(Error::Unsupported(_))));
    let refused = block_on(ours.verify(&token, Some("theirs")));
    assert!(matches!(refused.err(), Some(Error::Unsupported(_))));
}

#[test]
fn purposes_and_states_hold_as_for_bytes_and_are_told_before_the_content_is_read() {
    let place = Place::new();
    let vault = vault(&place);
    create(&vault, "photos");
    let asked = |key: &str| block_on(vault.check_signs(key)).err();
    assert_eq!(asked("releases"), None);
    for (key, error) in [("photos", Error::Purpose), ("nobody", Error::NoKey)] {
        assert_eq!(asked(key), Some(error.clone()));
        assert_eq!(sign_content(&vault, key), Err(error));
    }
    let token = sign_content(&vault, "releases").unwrap();
    assert_eq!(
        refusal(&vault, &token, Some("caches"), CONTENT),
        Some(Error::Decrypt)
    );
    rotate(&vault, "releases");
    let old = verify(&vault, &token, None, CONTENT).unwrap();
    assert_eq!(old.state, VersionState::Deactivated);
    manage(&vault, "releases", &KeyAction::Suspend(None)).unwrap();
    let suspended = Some(Error::State(VersionState::Suspended));
    assert_eq!(asked("releases"), suspended);
    assert_eq!(sign_content(&vault, "releases").err(), suspended);
}

#[test]
fn a_use_is_counted_and_a_question_is_not() {
    let place = Place::new();
    let vault = vault(&place);
    let uses = || {
        let info = block_on(vault.find_key("releases")).unwrap();
        info.usage.total()
    };
    block_on(vault.check_signs("releases")).unwrap();
    assert_eq!(uses(), 0);
    let token = sign_content(&vault, "releases").unwrap();
    assert_eq!(uses(), 1);
    verify(&vault, &token, None, CONTENT).unwrap();
    assert_eq!(uses(), 2);
}
