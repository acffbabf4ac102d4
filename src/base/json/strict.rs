//! For tests of derived types: what serde's usual formats would accept, and a record must not.

use serde::{Serialize, de::DeserializeOwned};

use super::{InputError, Json, Object};

const MALFORMED: InputError = InputError::Malformed("a record that is tested");

/// Holds a record's type to a text that is one: it is read, written back byte for byte, and refused with
/// anything changed that makes it another form. Members of the objects named in `free` are anybody's.
///
/// # Panics
/// When it is not.
pub(crate) fn is_strict<T: DeserializeOwned + Serialize>(text: &str, free: &[&str]) {
    let read = |text: &str| Object::parse(text.as_bytes(), MALFORMED)?.decode::<T>(MALFORMED);
    let record = read(text).unwrap_or_else(|error| unreachable!("{error}: {text}"));
    assert_eq!(Object::encode(&record).text(), text);
    let tree = Object::parse(text.as_bytes(), MALFORMED).expect("it was read just now");
    for changed in spoiled(&Json::Object(tree), free) {
        if let Json::Object(changed) = changed {
            let text = changed.text();
            assert!(read(&text).is_err(), "accepted: {text}");
        }
    }
    let inside = &text[1..];
    for changed in [
        format!("[{text}]"),
        format!("\u{feff}{text}"),
        format!("{text}{text}"),
        format!("{{\"a\":\"\\ud800\",{inside}"),
        twice(text),
    ] {
        assert!(read(&changed).is_err(), "accepted: {changed}");
    }
}

/// The first member once more.
fn twice(text: &str) -> String {
    let tree = Object::parse(text.as_bytes(), MALFORMED).expect("an object");
    let (name, value) = tree.members().next().expect("a member");
    let member = Object::new().with(name, value.clone()).text();
    let member = &member[..member.len() - 1];
    format!("{member},{}", &text[1..])
}

/// A value with one thing changed, in every way and at every place.
fn spoiled(value: &Json, free: &[&str]) -> Vec<Json> {
    let number = |text: &str| Json::Number(text.into());
    let mut all = vec![Json::Null];
    match value {
        Json::Null => {}
        Json::Bool(flag) => all.extend([number("1"), Json::String(flag.to_string())]),
        Json::Number(text) => {
            let others = ["9007199254740992", "1.0", "1e0", "-1", "-0"];
            all.extend(others.map(number));
            all.push(Json::String(text.clone()));
        }
        Json::String(text) => {
            all.extend([number("1"), Json::Array(vec![Json::String(text.clone())])]);
        }
        Json::Array(items) => {
            all.push(Json::Object(Object::new().with("0", items.clone())));
            for (at, item) in items.iter().enumerate() {
                for item in spoiled(item, free) {
                    let mut items = items.clone();
                    items[at] = item;
                    all.push(Json::Array(items));
                }
            }
        }
        Json::Object(members) => {
            let values = members.members().map(|(_, value)| value.clone());
            all.push(Json::Array(values.collect()));
            for unknown in [Json::Null, number("1"), Json::Object(Object::new())] {
                all.push(members.clone().with("of a later version", unknown).into());
            }
            for (at, (name, value)) in members.members().enumerate() {
                if free.contains(&name) {
                    continue;
                }
                for value in spoiled(value, free) {
                    let mut members = members.clone();
                    if let Some(old) = members.values_mut().nth(at) {
                        *old = value;
                    }
                    all.push(members.into());
                }
            }
        }
    }
    all
}
