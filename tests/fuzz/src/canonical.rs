//! JSON that is read is JSON to others too, and is written in one form.

use serde::de::IgnoredAny;
use strongroom::{
    Context,
    base::{InputError, Json, Object},
};

use crate::fixture::{text, vectors};

const MALFORMED: InputError = InputError::Malformed("input");

pub fn target(data: &[u8]) {
    let Ok(object) = Object::parse(data, MALFORMED) else {
        return;
    };
    serde_json::from_slice::<IgnoredAny>(data).expect("JSON to others");
    let written = object.text();
    // What must be escaped was escaped in the input too, in as many characters or more.
    assert!(written.len() <= data.len());
    let again = Object::parse(written.as_bytes(), MALFORMED).expect("what was written is read");
    assert_eq!(again, object);
    assert_eq!(again.text(), written);
    context(&object);
}

fn context(object: &Object) {
    let member = |(name, value): (&str, &Json)| Some((name.to_owned(), value.as_str()?.to_owned()));
    let members: Vec<(String, String)> = object.members().filter_map(member).collect();
    let Ok(context) = Context::new(members.clone()) else {
        return;
    };
    let backwards = Context::new(members.iter().rev().cloned());
    assert_eq!(backwards.as_ref(), Ok(&context), "in any order");
    if members.is_empty() {
        assert!(context.canonical().is_empty());
        return;
    }
    let read = Object::parse(context.canonical(), MALFORMED).expect("canonical JSON is JSON");
    assert_eq!(read.len(), members.len());
    let units: Vec<Vec<u16>> = read
        .members()
        .map(|(name, _)| name.encode_utf16().collect())
        .collect();
    assert!(units.is_sorted());
    assert_eq!(read.text().as_bytes(), context.canonical());
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![
        "{\"\u{fb33}\":\"1\",\"\u{1f600}\":\"2\",\"a\":\"\\ud83d\\ude00\\n\"}".into(),
        br#" {"a": [1, -0.5e+3, true, false, null, {"b": {}}], "c": "\u0001\/"} "#.to_vec(),
    ];
    let ours = vectors("jwe/vectors.json");
    let ours = ours["vectors"].as_array().expect("vectors");
    seeds.extend(ours.iter().map(|vector| text(&vector["context"])));
    seeds
}
