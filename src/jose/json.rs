//! JSON as JOSE needs it: an object whose members have different names (RFC 7515 §10.12), read with
//! bounds, and written in the order given.

use core::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::vocabulary::{Error, Result};

/// The members of a JSON object, at any depth without duplicates.
pub(crate) type Members = Map<String, Value>;

/// Parses one JSON object; `place` names it in the error.
pub(crate) fn parse(text: &[u8], place: &'static str) -> Result<Members> {
    match serde_json::from_slice(text) {
        Ok(Strict(Value::Object(members))) => Ok(members),
        _ => Err(Error::Malformed(place)),
    }
}

/// Takes a member that must be a string.
pub(crate) fn take_string(
    members: &mut Members,
    name: &str,
    place: &'static str,
) -> Result<String> {
    match members.remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(Error::Malformed(place)),
    }
}

/// Takes a member that may be missing, and is a string otherwise.
pub(crate) fn take_optional(
    members: &mut Members,
    name: &str,
    place: &'static str,
) -> Result<Option<String>> {
    if members.contains_key(name) {
        take_string(members, name, place).map(Some)
    } else {
        Ok(None)
    }
}

/// Refuses members that nobody took: what is not understood is not ignored.
pub(crate) fn nothing_left(members: &Members, place: &'static str) -> Result<()> {
    if members.is_empty() {
        Ok(())
    } else {
        Err(Error::Malformed(place))
    }
}

/// Any JSON value, with duplicate names refused wherever they stand. (`serde_json` bounds the depth
/// at 128 by itself, and keeps the last of several equal names, which is why this exists.)
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> core::result::Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate names")
    }

    fn visit_bool<E>(self, value: bool) -> core::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> core::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> core::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> core::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> core::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> core::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> core::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> core::result::Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> core::result::Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Strict(value))) = access.next_entry::<String, Strict>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("duplicate name"));
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_names_are_refused_at_any_depth() {
        assert!(parse(br#"{"a":1,"b":{"c":[{"d":null}]}}"#, "x").is_ok());
        for bad in [
            &br#"{"a":1,"a":1}"#[..],
            br#"{"b":{"a":1,"a":2}}"#,
            br#"{"b":[{"a":1,"\u0061":2}]}"#,
        ] {
            assert_eq!(parse(bad, "x"), Err(Error::Malformed("x")));
        }
    }

    #[test]
    fn only_one_object_is_read() {
        for bad in [&b"[]"[..], b"1", b"", b"{} {}", b"{\"a\":\"\xff\"}"] {
            assert_eq!(parse(bad, "x"), Err(Error::Malformed("x")));
        }
        let deep = format!("{}{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        assert_eq!(parse(deep.as_bytes(), "x"), Err(Error::Malformed("x")));
    }
}
