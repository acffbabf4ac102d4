//! Golden writers of what is wrapped to public keys, whose ephemeral keys nobody can recover: written with values
//! that are given, once, by the code of release 0.1. `tests/vectors/golden/agreed.json` has them by their roles.

use serde_json::{Value as Json, json};

use super::{
    drawn::Drawn,
    support::{Fixture, base64_of, vector},
};
use crate::{
    base::{Context, Entropy, Result, base64},
    jose::{self, Draft, Envelope, Jwk, Recipient},
};

/// Of the folder of vectors.
const FILE: &str = "golden/agreed.json";

/// What is drawn, and what comes of it.
type Case<'a> = (
    &'a str,
    usize,
    Box<dyn Fn(&dyn Entropy) -> Result<Vec<u8>> + 'a>,
);

/// Each with how many ephemeral keys it draws.
fn cases(fixture: &Fixture) -> Vec<Case<'_>> {
    let of = &fixture.manifest["standalone"];
    let jwk = move |at: usize| Jwk::parse(of["keys"][at].to_string().as_bytes());
    let members = of["context"].as_object().expect("a context").iter();
    let members = members.map(|(name, value)| (name.clone(), value.as_str().expect("text").into()));
    let context = Context::new(members).expect("a context");
    let inner = of["envelope"].as_str().expect("an envelope").to_owned();
    let bound = context.clone();
    let wrapped = move |entropy: &dyn Entropy| {
        let to = [
            Recipient::from_jwk(&jwk(0)?)?,
            Recipient::from_jwk(&jwk(1)?)?,
        ];
        let envelope = jose::wrap(&jwk(0)?, &to, &bound, None, entropy)?;
        Ok(envelope.bytes().to_vec())
    };
    let nested = move |entropy: &dyn Entropy| {
        let inner = Envelope::parse(inner.as_bytes())?;
        let (mut draft, cek) = Draft::nested(&inner, &context, entropy)?;
        draft.add(Recipient::from_jwk(&jwk(1)?)?.wrap(&cek, entropy)?);
        Ok(draft.finish()?.bytes().to_vec())
    };
    let vault_key = |entropy: &dyn Entropy| fixture.vault_key_to_its_factors(entropy);
    vec![
        ("the vault key, to both factors", 2, Box::new(vault_key)),
        ("a key, to a KEK and a pair", 1, Box::new(wrapped)),
        ("an envelope in another one, to a pair", 1, Box::new(nested)),
    ]
}

fn given(case: &Json, ephemeral: usize) -> Drawn {
    let value = |json: &Json| base64_of(json.as_str().expect("base64url"));
    let ephemeral = (0..ephemeral).map(|at| value(&case["ephemeral"][at]));
    let mut values = vec![value(&case["cek"]), value(&case["iv"])];
    values.extend(ephemeral);
    let values: Vec<_> = values.iter().map(Vec::as_slice).collect();
    Drawn::new(&values)
}

#[test]
fn what_is_wrapped_to_public_keys_is_written_as_it_was() {
    let fixture = Fixture::read();
    if std::env::var_os("STRONGROOM_GOLDEN").is_some() {
        return write(&cases(&fixture));
    }
    let vectors: Json = serde_json::from_slice(&vector(FILE)).expect("JSON");
    for (name, ephemeral, writer) in cases(&fixture) {
        let case = &vectors[name];
        let envelope = case["envelope"].as_str().expect("an envelope");
        let drawn = given(case, ephemeral);
        assert!(drawn.gives(envelope.as_bytes(), writer), "{name}");
    }
}

/// Writes the file, with values that count up.
fn write(cases: &[Case]) {
    let mut vectors = serde_json::Map::new();
    for (name, ephemeral, writer) in cases {
        let counted = |role: u8, length: u8| {
            let bytes: Vec<u8> = (0..length).map(|at| role * 32 + at).collect();
            base64::encode(&bytes)
        };
        let (cek, iv) = (counted(1, 32), counted(2, 12));
        let ephemerals: Vec<_> = (3..)
            .take(*ephemeral)
            .map(|role| counted(role, 32))
            .collect();
        let mut case = json!({ "cek": cek, "iv": iv, "ephemeral": ephemerals });
        let written = given(&case, *ephemeral).give(writer).expect("an envelope");
        case["envelope"] = String::from_utf8(written).expect("text").into();
        vectors.insert((*name).to_owned(), case);
    }
    let text = serde_json::to_string_pretty(&vectors).expect("JSON") + "\n";
    let path = format!("{}/tests/vectors/{FILE}", env!("CARGO_MANIFEST_DIR"));
    std::fs::write(path, text).expect("a folder");
}
