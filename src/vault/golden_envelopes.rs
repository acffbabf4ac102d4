//! Golden writers of what a vault protects: objects with their bodies, values, signatures.

use std::rc::Rc;

use pollster::block_on;
use serde_json::Value as Json;

use super::golden_records::{
    drawn::Drawn,
    support::{Fixture, base64_of, resigned},
};
use crate::{
    base::{Context, Entropy, InputError, Object, Result, Sidecar, SystemEntropy},
    jose::{self, Envelope, Identity, Jwk, Kek, Value},
    object::{FileMetadata, attached, body::RustEngine, decrypt_object, encrypt_object},
};

fn text(json: &Json) -> &str {
    json.as_str().expect("text")
}

/// The context that an entry of the manifest has, and what it is a sidecar of.
fn context(entry: &Json) -> Context {
    let members = entry["context"].as_object().into_iter().flatten();
    let members = members.map(|(name, value)| (name.clone(), text(value).to_owned()));
    let context = Context::new(members).expect("a context");
    let Some(of) = entry.get("sidecar") else {
        return context;
    };
    let parent = text(&of["parent"]).parse().expect("an id");
    let sidecar = Sidecar::new(parent, text(&of["name"])).expect("a name");
    context.of_sidecar(sidecar).expect("a sidecar's context")
}

/// An object's header and body, wherever the header is.
fn parts(fixture: &Fixture, object: &Json) -> (Vec<u8>, Vec<u8>) {
    let files: Vec<_> = object["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(text)
        .collect();
    let first = Fixture::file(files[0]);
    if let Some(header) = files.get(1) {
        return (Fixture::file(header), first);
    }
    if files[0].ends_with(".srm") {
        let (prefix, rest) = first.split_at(attached::PREFIX);
        let (header, body) = rest.split_at(attached::header_len(prefix).expect("a prefix"));
        return (header.to_vec(), body.to_vec());
    }
    (fixture.kept_header(text(&object["id"])), first)
}

/// The version that a header's only recipient is.
fn recipient(fixture: &Fixture, header: &[u8]) -> Kek {
    let header: Json = serde_json::from_slice(header).expect("JSON");
    let kid = text(&header["recipients"][0]["header"]["kid"]);
    Kek::from_jwk(&fixture.version(kid)).expect("a KEK")
}

/// The version that a compact token names.
fn version(fixture: &Fixture, token: &str) -> Jwk {
    let header = base64_of(token.split('.').next().expect("a header"));
    let header: Json = serde_json::from_slice(&header).expect("JSON");
    fixture.version(text(&header["kid"]))
}

#[test]
fn every_object_is_written_as_it_was() {
    let fixture = Fixture::read();
    for (name, object) in fixture.manifest["objects"].as_object().expect("objects") {
        let (header, body) = parts(&fixture, object);
        let (kek, context) = (recipient(&fixture, &header), context(object));
        let (engine, identity) = (Rc::new(RustEngine), [Identity::Kek(kek.clone())]);
        let envelope = Envelope::parse(&header).expect("a header");
        let opened = decrypt_object(Rc::clone(&engine), &envelope, &identity, &context, None);
        let decryptor = opened.expect("its own version").decryptor;
        let mut plain = block_on(decryptor.push(body.clone())).expect("a body");
        plain.extend(block_on(decryptor.finish()).expect("its end"));
        let plain = plain.concat();

        let unwrapped = jose::unwrap(&envelope, &identity, &context).expect("a DEK");
        // EXPOSE: the writer is given the DEK again.
        let dek = unwrapped.jwk.secret().expect("a symmetric key").expose();
        let drawn = Drawn::new(&[dek, &body[1..33], &body[33..40]]);
        let drawn = drawn.and(&Drawn::of(&header, &kek));
        let file = Object::parse(object["metadata"].to_string().as_bytes(), MALFORMED);
        let file = FileMetadata::parse(file.expect("JSON")).expect("metadata");
        let write = |entropy: &dyn Entropy| -> Result<Vec<u8>> {
            let to = [kek.clone().into()];
            let made = encrypt_object(Rc::clone(&engine), entropy, &to, &context, Some(&file))?;
            let mut written = made.header.bytes().to_vec();
            written.extend(block_on(made.encryptor.push(plain.clone()))?.concat());
            written.extend(block_on(made.encryptor.finish())?.concat());
            Ok(written)
        };
        assert!(drawn.gives(&[header, body].concat(), write), "{name}");
    }
}

#[test]
fn an_attached_objects_prefix_is_written_as_it_was() {
    let file = Fixture::file("attached.srm");
    let length = attached::header_len(&file[..attached::PREFIX]).expect("a prefix");
    let whole = attached::PREFIX + length;
    let header = Envelope::parse(&file[attached::PREFIX..whole]).expect("a header");
    assert_eq!(attached::prefix(&header), file[..whole]);
}

#[test]
fn every_value_is_written_as_it_was() {
    let fixture = Fixture::read();
    let values = fixture.manifest["values"].as_array().expect("values");
    let mut sealed = Vec::new();
    for value in values {
        let (token, context) = (text(&value["token"]), context(value));
        let kek = Kek::from_jwk(&version(&fixture, token)).expect("a KEK");
        let json = Value::parse(token).and_then(|value| value.open(&kek, &context));
        let (json, drawn) = (json.expect("its own"), Drawn::of(token.as_bytes(), &kek));
        let write = |entropy: &dyn Entropy| {
            Ok(jose::encrypt_value(&kek, &json, &context, entropy)?.into_bytes())
        };
        assert!(drawn.gives(token.as_bytes(), write), "{token}");
        sealed.push((kek, json, context, drawn, token));
    }
    // Those that were encrypted together.
    let together = &sealed[2..];
    let tokens: Vec<_> = together.iter().map(|(.., token)| *token).collect();
    let given: Vec<_> = together
        .iter()
        .map(|(_, json, context, ..)| (json.as_slice(), context))
        .collect();
    let drawn = together
        .iter()
        .fold(Drawn::default(), |all, (.., drawn, _)| all.and(drawn));
    let write = |entropy: &dyn Entropy| {
        let tokens = jose::encrypt_values(&together[0].0, &given, entropy)?;
        Ok(tokens.join(" ").into_bytes())
    };
    assert!(drawn.gives(tokens.join(" ").as_bytes(), write));
}

#[test]
fn every_signature_is_written_as_it_was() {
    let fixture = Fixture::read();
    let signed = &fixture.manifest["signed"];
    let all = fixture.manifest["protectedBy"]["sign"].as_array();
    // The first version's material was destroyed.
    let others = all.expect("signatures").iter().skip(1);
    let mut tokens = vec![(&signed["token"], &signed["payload"], signed["typ"].as_str())];
    tokens.extend(others.map(|one| (&one["data"], &one["text"], None)));
    assert_eq!(tokens.len(), 6);
    for (token, payload, typ) in tokens {
        let jwk = version(&fixture, text(token));
        let payload = text(payload).as_bytes();
        let written = jose::sign_named(&jwk.kid(), typ, payload, &jwk, &SystemEntropy);
        let written = resigned(
            text(token).as_bytes(),
            written.expect("a token").into_bytes(),
        );
        assert_eq!(written, text(token).as_bytes());
    }
}

const MALFORMED: InputError = InputError::Malformed("metadata");
