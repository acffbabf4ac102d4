//! What a recipient of an object cannot do with the content encryption key that it learns: write anything that the vault takes
//! for its own.

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use pollster::block_on;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use strongroom::{
    Context, Error,
    base::{Secret, SystemEntropy, base64},
    jose::{Envelope, Jwk, Question},
    object::Covers,
    vault::{DecryptOptions, Header, RewrapOptions},
};

use crate::{
    fixture::{Open, PHRASE, create, passphrase, rotate},
    kms::wycheproof,
    oaep::RsaKey,
    recipients::{
        Shared, friend, header_json, of_json, public, rsa, share, share_under, signed, vault,
    },
};

/// The content encryption key, as a service has it that answers for one of the recipients.
fn cek(header: &Envelope) -> [u8; 32] {
    let entry = header.find(rsa().kid()).unwrap();
    let Some(Question::RsaOaep { encrypted }) = entry.question() else {
        panic!("another algorithm");
    };
    let cek = RsaKey::of(&wycheproof(3072)).decrypt(&encrypted, b"");
    cek.unwrap().try_into().unwrap()
}

/// Protected header, IV, ciphertext and tag of what a recipient writes under it.
fn written(cek: &[u8; 32], protected: &Json, plain: &[u8]) -> [String; 4] {
    let (protected, iv) = (base64::encode(protected.to_string().as_bytes()), [7; 12]);
    let (msg, aad) = (plain, protected.as_bytes());
    let cipher = Aes256Gcm::new(&(*cek).into());
    let mut text = cipher.encrypt(&iv.into(), Payload { msg, aad }).unwrap();
    let tag = text.split_off(plain.len());
    [
        protected.clone(),
        base64::encode(&iv),
        base64::encode(&text),
        base64::encode(&tag),
    ]
}

fn own_entry(shared: &Shared) -> Json {
    header_json(&shared.header)["recipients"][0].clone()
}

fn envelope([protected, iv, ciphertext, tag]: [String; 4], recipients: Json) -> Envelope {
    of_json(&json!({
        "protected": protected, "recipients": recipients, "iv": iv, "ciphertext": ciphertext, "tag": tag,
    }))
}

/// The header cut to the vault's own entry, which whoever stores it can do.
fn alone(shared: &Shared) -> Envelope {
    let mut header = header_json(&shared.header);
    header["recipients"].as_array_mut().unwrap().truncate(1);
    of_json(&header)
}

/// A header around a key that the recipient made, for the vault alone.
fn another(shared: &Shared) -> Envelope {
    let jwk = Jwk::oct(Secret::generate(&SystemEntropy).unwrap());
    let protected =
        json!({ "cty": "jwk+json", "enc": "A256GCM", "jkt": jwk.thumbprint().as_str() });
    let parts = written(&cek(&shared.header), &protected, jwk.to_json().as_bytes());
    envelope(parts, json!([own_entry(shared)]))
}

/// The same, within an envelope for others too.
fn nested(shared: &Shared) -> Envelope {
    let inner = another(shared);
    let jkt = inner.jkt().unwrap().as_str();
    let protected = json!({ "cty": "jose+json", "enc": "A256GCM", "jkt": jkt });
    let parts = written(&cek(&shared.header), &protected, inner.bytes());
    envelope(parts, header_json(&shared.header)["recipients"].clone())
}

fn shared(vault: &Open) -> Shared {
    let others = [rsa(), public(&friend())];
    share(vault, &others, 5, Covers::Content).unwrap()
}

/// Nobody gets to use it as an object of the vault's, nor as one that anybody wrote.
fn is_refused(vault: &Open, header: &Envelope) {
    let given = Header::Given(header.clone());
    let expect = header.jkt().cloned();
    for allow_unsigned in [false, true] {
        for expect in [None, expect.clone()] {
            let options = DecryptOptions {
                allow_unsigned,
                expect,
                ..DecryptOptions::default()
            };
            let opened = block_on(vault.decrypt_object(&given, &Context::none(), &options));
            assert_eq!(opened.err(), Some(Error::Decrypt));
        }
    }
    let tracked = block_on(vault.track(&given, None, None, None));
    assert_eq!(tracked.err(), Some(Error::Decrypt));
}

/// Under the next version of its key it is none of the vault's either, nor under another key.
fn is_not_carried_on(vault: &Open, header: &Envelope) {
    let given = Header::Given(header.clone());
    for to in [None, Some("films")] {
        for expect in [None, header.jkt().cloned()] {
            let options = RewrapOptions {
                to,
                expect,
                ..RewrapOptions::default()
            };
            let moved = block_on(vault.rewrap(&given, &options));
            assert_eq!(moved.err(), Some(Error::Decrypt));
        }
    }
}

#[test]
fn a_shared_header_that_was_cut_to_the_vaults_own_entry_opens_to_nobody() {
    let (_, vault) = vault();
    let shared = shared(&vault);
    let cut = alone(&shared);
    is_refused(&vault, &cut);
    // Also of an object that the inventory names.
    let whole = signed(&shared.header, &shared.signature).unwrap();
    let tracked = block_on(vault.track(&whole, None, Some("here"), None)).unwrap();
    is_refused(&vault, &cut);
    let options = DecryptOptions {
        tracked: Some(tracked.id.to_string()),
        ..DecryptOptions::default()
    };
    let given = Header::Given(cut.clone());
    let opened = block_on(vault.decrypt_object(&given, &Context::none(), &options));
    assert_eq!(opened.err(), Some(Error::Decrypt));
    assert_eq!(
        block_on(vault.rewrapped(&given)).err(),
        Some(Error::Decrypt)
    );
}

#[test]
fn a_recipient_writes_no_header_for_the_vault_alone() {
    let (_, vault) = vault();
    let shared = shared(&vault);
    is_refused(&vault, &another(&shared));
    let nested = Header::Given(nested(&shared));
    for allow_unsigned in [false, true] {
        let options = DecryptOptions {
            allow_unsigned,
            ..DecryptOptions::default()
        };
        let opened = block_on(vault.decrypt_object(&nested, &Context::none(), &options));
        assert_eq!(opened.err(), Some(Error::Decrypt));
    }
}

#[test]
fn a_recipient_writes_no_value_of_the_vaults() {
    let (_, vault) = vault();
    let shared = shared(&vault);
    let own = own_entry(&shared);
    let cek = cek(&shared.header);
    for context in [json!({}), json!({ "row": "1" })] {
        let mut protected =
            json!({ "alg": "A256KW", "enc": "A256GCM", "kid": own["header"]["kid"] });
        let text = |value: &Json| value.as_str().unwrap().to_owned();
        let members = context.as_object().unwrap().iter();
        let members = members.map(|(name, value)| (name.clone(), text(value)));
        let context = Context::new(members).unwrap();
        if !context.is_empty() {
            protected["ctx"] = json!(base64::encode(&Sha256::digest(context.canonical())));
        }
        let [protected, iv, text, tag] = written(&cek, &protected, b"\"forged\"");
        let key = own["encrypted_key"].as_str().unwrap();
        let token = [&protected, key, &iv, &text, &tag].join(".");
        for allow_unsigned in [false, true] {
            let values = [(token.as_str(), &context)];
            let opened = block_on(vault.decrypt_values(&values, allow_unsigned));
            assert_eq!(opened.err(), Some(Error::Decrypt));
        }
    }
}

#[test]
fn a_rewrap_makes_nothing_the_vaults_own_that_a_recipient_wrote() {
    let (_, vault) = vault();
    create(&vault, "films");
    let shared = shared(&vault);
    rotate(&vault, "photos");
    is_not_carried_on(&vault, &alone(&shared));
    is_not_carried_on(&vault, &another(&shared));
    // What was signed again stands no more alone than before.
    let header = signed(&shared.header, &shared.signature).unwrap();
    let moved = block_on(vault.rewrap(&header, &RewrapOptions::default())).unwrap();
    let mut again = shared;
    again.header = moved.header.unwrap();
    again.signature = moved.signature.unwrap();
    rotate(&vault, "photos");
    for forged in [alone(&again), another(&again)] {
        is_refused(&vault, &forged);
        is_not_carried_on(&vault, &forged);
    }
}

/// A header around the key of one object, by the entries of another one.
fn moved(one: &Shared, by: &Shared) -> Envelope {
    let entry = one.header.find(rsa().kid()).unwrap();
    let key = Secret::from_slice(&cek(&one.header)).unwrap();
    let jwk = one.header.open_with(&entry.answered(key).unwrap()).unwrap();
    let protected = json!({ "cty": "jwk+json", "enc": "A256GCM", "jkt": one.id.as_str() });
    let parts = written(&cek(&by.header), &protected, jwk.to_json().as_bytes());
    envelope(parts, header_json(&by.header)["recipients"].clone())
}

#[test]
fn what_is_not_signed_is_not_entered_into_the_inventory_nor_moved_there() {
    let (_, vault) = vault();
    create(&vault, "films");
    let shared = shared(&vault);
    let bare = Header::Given(shared.header.clone());
    let entered = block_on(vault.track(&bare, None, None, None));
    assert_eq!(entered.err(), Some(Error::Unsigned));
    let whole = signed(&shared.header, &shared.signature).unwrap();
    let tracked = block_on(vault.track(&whole, None, Some("here"), None)).unwrap();
    let others = [rsa(), public(&friend())];
    let film = share_under(&vault, "films", &others, 5, Covers::Content).unwrap();
    let forged = Header::Given(moved(&shared, &film));
    let allowing = DecryptOptions {
        allow_unsigned: true,
        ..DecryptOptions::default()
    };
    // It opens, by the other key, to the object that is known.
    let opened = block_on(vault.decrypt_object(&forged, &Context::none(), &allowing)).unwrap();
    assert_eq!(opened.id, shared.id);
    assert_eq!(block_on(vault.rewrapped(&forged)), Ok(false));
    let again = block_on(vault.track(&forged, None, Some("there"), None)).unwrap();
    assert_eq!((again.key, again.version), (tracked.key, tracked.version));
    // What the vault signed does move it.
    let key = rotate(&vault, "photos");
    let moved = block_on(vault.rewrap(&whole, &RewrapOptions::default())).unwrap();
    let (header, signature) = (moved.header.unwrap(), moved.signature.unwrap());
    assert_eq!(
        block_on(vault.rewrapped(&Header::Given(header.clone()))),
        Ok(false)
    );
    let stored = signed(&header, &signature).unwrap();
    assert_eq!(block_on(vault.rewrapped(&stored)), Ok(true));
    let known = block_on(vault.track(&stored, None, None, None)).unwrap();
    assert_eq!(known.version, key.primary);
}

/// What another program wrote for a version and for somebody else, by the version's key as any library would.
#[test]
fn what_another_program_wrote_for_a_version_and_others_opens_unsigned() {
    let (_, vault) = vault();
    let key = crate::fixture::key(&vault, "photos");
    let exported = block_on(vault.dangerously_export("photos", None, &passphrase(PHRASE)));
    let jwk = exported.unwrap();
    assert!(jwk.kid().as_str().starts_with(key.id.as_str()));
    let to = [
        strongroom::jose::Recipient::from_jwk(&jwk).unwrap(),
        friend().public().into(),
    ];
    let dek = Jwk::oct(Secret::generate(&SystemEntropy).unwrap());
    let header = strongroom::jose::wrap(&dek, &to, &Context::none(), None, &SystemEntropy).unwrap();
    let given = Header::Given(header);
    let asked =
        block_on(vault.decrypt_object(&given, &Context::none(), &DecryptOptions::default()));
    assert_eq!(asked.err(), Some(Error::Unsigned));
    let allowing = DecryptOptions {
        allow_unsigned: true,
        ..DecryptOptions::default()
    };
    assert!(block_on(vault.decrypt_object(&given, &Context::none(), &allowing)).is_ok());
}
