//! What the fixture of a release protects, opened.

use std::rc::Rc;

use pollster::block_on;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use strongroom::{
    Context,
    base::{Object, SystemEntropy, VersionState},
    jose::{AgreementKey, AgreementPublicKey, Envelope, Identity, Jwk, Kek, unwrap},
    keys::{KeyRecord, Purpose},
    object::{Decryption, Origin, attached, body::RustEngine, decrypt_object, encrypt_object},
    vault::DecryptOptions,
};

use crate::{
    fixture::{Open, seal},
    release_files::{Release, bytes, context, patterned, text},
};

/// Bytes of plaintext in a piece of an upload: of the first, and of the others.
const PIECES: [usize; 2] = [4 * (262_144 - 16) - 40, 4 * (262_144 - 16)];

/// What opens of what the versions 1 to 6 of a key protected: the state that forbids it, if one does.
pub type Outcomes = [Option<VersionState>; 6];

pub const BEFORE: Outcomes = [
    Some(VersionState::Destroyed),
    Some(VersionState::DestroyScheduled),
    None,
    None,
    Some(VersionState::Suspended),
    None,
];
pub const AFTER: Outcomes = [Some(VersionState::Destroyed), None, None, None, None, None];

pub fn opens_everything(vault: &Open, release: &Release, outcomes: &Outcomes) {
    let manifest = &release.manifest;
    for (name, object) in manifest["objects"].as_object().unwrap() {
        opens_object(vault, release, name, object);
    }
    for value in manifest["values"].as_array().unwrap() {
        let json = block_on(vault.decrypt_value(&text(&value["token"]), &context(value)));
        assert_eq!(
            serde_json::from_slice::<Json>(&json.unwrap()).unwrap(),
            value["json"]
        );
    }
    for (purpose, all) in manifest["protectedBy"].as_object().unwrap() {
        for (one, forbids) in all.as_array().unwrap().iter().zip(outcomes) {
            let (data, expected) = (&one["data"], text(&one["text"]));
            let opened = match purpose.as_str() {
                "encrypt" => opened_value(vault, data),
                "sign" => verified(vault, data),
                _ => opened_share(vault, data),
            };
            match forbids {
                None => assert_eq!(opened, Ok(expected)),
                Some(state) => assert_eq!(opened, Err(state.as_str().to_owned()), "{expected}"),
            }
        }
    }
    let signed = &manifest["signed"];
    let verified = block_on(vault.verify(&text(&signed["token"]), signed["key"].as_str()));
    assert_eq!(verified.unwrap().typ.as_deref(), signed["typ"].as_str());
    assert_eq!(
        payload(&text(&signed["token"])),
        text(&signed["payload"]).into_bytes()
    );
    for upload in manifest["uploads"].as_array().unwrap() {
        resumes(vault, upload);
    }
    opens_without_a_vault(release);
}

fn opens_object(vault: &Open, release: &Release, name: &str, object: &Json) {
    let files: Vec<_> = object["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(text)
        .collect();
    let first = release.file(&files[0]);
    let (header, body) = match (files.get(1), files[0].ends_with(".srm")) {
        (Some(header), _) => (release.file(header), first),
        (None, true) => attached_parts(&first),
        (None, false) => (kept_header(vault, &text(&object["id"])), first),
    };
    let opened = open(vault, &header, &context(object), false).unwrap();
    assert_eq!(
        (opened.id.as_str(), opened.origin),
        (object["id"].as_str().unwrap(), Origin::Own)
    );
    let metadata = opened.metadata.as_ref().unwrap().to_json();
    assert_eq!(parsed(&metadata), object["metadata"], "{name}");
    assert_eq!(
        sha256(&plaintext(opened, body)),
        text(&object["sha256"]),
        "{name}"
    );
}

/// An attached object's header and body.
fn attached_parts(object: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (prefix, rest) = object.split_at(attached::PREFIX);
    let (header, body) = rest.split_at(attached::header_len(prefix).unwrap());
    (header.to_vec(), body.to_vec())
}

fn kept_header(vault: &Open, id: &str) -> Vec<u8> {
    let header = block_on(vault.kept_header(id));
    header.unwrap().bytes().to_vec()
}

fn open(
    vault: &Open,
    header: &[u8],
    context: &Context,
    allow_unsigned: bool,
) -> Result<Decryption<RustEngine>, String> {
    let options = DecryptOptions {
        allow_unsigned,
        ..DecryptOptions::default()
    };
    block_on(vault.decrypt(header, context, &options)).map_err(|error| state_of(&error.to_string()))
}

fn plaintext(opened: Decryption<RustEngine>, body: Vec<u8>) -> Vec<u8> {
    let mut plain = block_on(opened.decryptor.push(body)).unwrap();
    plain.extend(block_on(opened.decryptor.finish()).unwrap());
    plain.concat()
}

fn opened_value(vault: &Open, token: &Json) -> Result<String, String> {
    let (token, context) = (text(token), Context::none());
    // One of the versions is compromised.
    let values = block_on(vault.decrypt_values(&[(&token, &context)], true));
    let values = values.map_err(|error| state_of(&error.to_string()))?;
    Ok(serde_json::from_slice(&values[0].json).unwrap())
}

fn opened_share(vault: &Open, object: &Json) -> Result<String, String> {
    let (header, body) = attached_parts(&bytes(object));
    let opened = open(vault, &header, &Context::none(), true)?;
    Ok(String::from_utf8(plaintext(opened, body)).unwrap())
}

fn verified(vault: &Open, token: &Json) -> Result<String, String> {
    let token = text(token);
    block_on(vault.verify(&token, None)).map_err(|error| state_of(&error.to_string()))?;
    Ok(String::from_utf8(payload(&token)).unwrap())
}

/// The state in "the version is suspended; resume it".
fn state_of(sentence: &str) -> String {
    let rest = sentence.strip_prefix("the version is ").unwrap_or(sentence);
    rest.split(';').next().unwrap().to_owned()
}

/// A compact token's.
fn payload(token: &str) -> Vec<u8> {
    bytes(&json!(token.split('.').nth(1).unwrap()))
}

/// An upload gives the same object again, to the byte.
fn resumes(vault: &Open, upload: &Json) {
    let (id, context) = (text(&upload["token"]), context(upload));
    let resumed = block_on(vault.resume(&id, &context, 0));
    let resumed = resumed.unwrap();
    assert_eq!(resumed.upload.note.as_deref(), upload["note"].as_str());
    assert_eq!(parsed(&resumed.upload.told()), upload["listed"]);
    let plain = patterned(usize::try_from(upload["size"].as_u64().unwrap()).unwrap());
    let mut object = Vec::new();
    if resumed.upload.attached {
        object = attached::prefix(&resumed.header);
    }
    let (first, rest) = plain.split_at(PIECES[0].min(plain.len()));
    let pieces = core::iter::once(first).chain(rest.chunks(PIECES[1]));
    for piece in pieces.map(Some).chain([None]) {
        let digest = piece.map(Sha256::digest).unwrap_or_default();
        let cut = resumed
            .encryptor
            .cut(piece.map(|piece| (piece.to_vec(), &digest[..])));
        let mut turn = cut.unwrap();
        object.extend(turn.ready.take().unwrap_or_default());
        for (segment, input) in core::mem::take(&mut turn.work) {
            object.extend(turn.key().seal(segment, input).unwrap());
        }
        resumed.encryptor.done(turn);
    }
    // Of one whose header the vault keeps, only the body is stored.
    assert_eq!(object.len() as u64, upload["bytes"].as_u64().unwrap());
    assert_eq!(sha256(&object), text(&upload["sha256"]));
}

fn opens_without_a_vault(release: &Release) {
    let of = &release.manifest["standalone"];
    let jwk = |at: usize| Jwk::parse(of["keys"][at].to_string().as_bytes()).unwrap();
    let kek = Kek::from_jwk(&jwk(0)).unwrap();
    let pair = AgreementKey::from_jwk(&jwk(1)).unwrap();
    let (header, body) = attached_parts(&release.file("standalone.srm"));
    let header = Envelope::parse(&header).unwrap();
    for identity in [Identity::Kek(kek), Identity::Agreement(pair.clone())] {
        let engine = Rc::new(RustEngine);
        let opened = decrypt_object(engine, &header, &[identity], &context(of), None).unwrap();
        assert_eq!(opened.id.as_str(), text(&of["id"]));
        assert_eq!(
            plaintext(opened, body.clone()),
            text(&of["text"]).into_bytes()
        );
    }
    let envelope = Envelope::parse(text(&of["envelope"]).as_bytes()).unwrap();
    let unwrapped = unwrap(&envelope, &[Identity::Agreement(pair)], &context(of)).unwrap();
    assert_eq!(unwrapped.jwk.thumbprint(), jwk(0).thumbprint());
}

/// A key does what it is for, and undoes it.
pub fn protects(vault: &Open, key: &KeyRecord) {
    match key.purpose {
        Purpose::Encrypt => {
            let token = seal(vault, &key.id, "\"hello\"").unwrap();
            assert_eq!(opened_value(vault, &json!(token)), Ok("hello".to_owned()));
        }
        Purpose::Sign => {
            let token = block_on(vault.sign(key.id.as_str(), None, b"hello")).unwrap();
            assert_eq!(verified(vault, &json!(token)), Ok("hello".to_owned()));
        }
        Purpose::Mac | Purpose::Verify => unreachable!("the release had no such keys"),
        Purpose::Share => {
            let public = key.primary_version().public.clone().unwrap();
            let jwk = Jwk::parse(public.text().as_bytes()).unwrap();
            let to = [AgreementPublicKey::from_jwk(&jwk).unwrap().into()];
            let (engine, entropy) = (Rc::new(RustEngine), &SystemEntropy);
            let made = encrypt_object(engine, entropy, &to, &Context::none(), None).unwrap();
            let body = block_on(made.encryptor.finish()).unwrap().concat();
            let opened = open(vault, made.header.bytes(), &Context::none(), true).unwrap();
            assert!(plaintext(opened, body).is_empty());
        }
    }
}

fn sha256(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn parsed(object: &Object) -> Json {
    serde_json::from_str(&object.text()).unwrap()
}
