//! JSON as JOSE needs it: an object whose members have different names (RFC 7515 §10.12), read with
//! bounds, and written in the order given.

use core::{cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::vocabulary::{Error, Result};

/// The members of a JSON object, at any depth without duplicates.
pub(crate) type Members = Map<String, Value>;

/// The largest text, in bytes.
pub(crate) const MAX_BYTES: usize = 1024 * 1024;
/// The longest list: an envelope's recipients.
pub(crate) const MAX_ITEMS: usize = 1000;
/// The most values altogether. A recipient's entry has 10 (itself, its header with `alg`, `kid` and
/// an `epk` of four members, its encrypted key); 16 leave room for algorithms that we skip.
const MAX_VALUES: usize = 16 * MAX_ITEMS;

/// Parses one JSON object; `place` names it in the error.
///
/// The bounds hold while it is read: a value takes a hundred times the memory of its text, so a
/// hostile text must be refused before what it describes is there, not after.
pub(crate) fn parse(text: &[u8], place: &'static str) -> Result<Members> {
    if text.len() > MAX_BYTES {
        return Err(Error::TooLarge(place));
    }
    let room = Room(Cell::new(Some(MAX_VALUES)));
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Strict(&room).deserialize(&mut reader);
    match value.and_then(|value| reader.end().map(|()| value)) {
        Ok(Value::Object(members)) => Ok(members),
        _ if room.0.get().is_none() => Err(Error::TooLarge(place)),
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
#[derive(Clone, Copy)]
struct Strict<'a>(&'a Room);

/// How many values may still be read; `None` once there were too many.
struct Room(Cell<Option<usize>>);

impl Room {
    fn take(&self, count: usize) -> core::result::Result<(), &'static str> {
        let left = self.0.get().and_then(|left| left.checked_sub(count));
        self.0.set(left);
        left.map(drop).ok_or("too many values")
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> core::result::Result<Value, D::Error> {
        self.0.take(1).map_err(D::Error::custom)?;
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
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
        while let Some(item) = access.next_element_seed(self)? {
            if items.len() == MAX_ITEMS {
                self.0.take(usize::MAX).map_err(A::Error::custom)?;
            }
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> core::result::Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            if members
                .insert(name, access.next_value_seed(self)?)
                .is_some()
            {
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
    fn bounds_hold_while_it_is_read() {
        let list = |count| format!("{{\"a\":[{}]}}", vec!["0"; count].join(","));
        assert!(parse(list(MAX_ITEMS).as_bytes(), "x").is_ok());
        let lists = |count| format!("{{\"a\":[{}]}}", vec!["{\"b\":[0,0,0]}"; count].join(","));
        assert!(parse(lists(MAX_ITEMS).as_bytes(), "x").is_ok());
        let names = |count: usize| {
            let members: Vec<_> = (0..count).map(|n| format!("\"{n}\":{{}}")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(parse(names(MAX_VALUES - 1).as_bytes(), "x").is_ok());
        for large in [
            list(MAX_ITEMS + 1),
            names(MAX_VALUES),
            " ".repeat(MAX_BYTES + 1),
        ] {
            assert_eq!(parse(large.as_bytes(), "x"), Err(Error::TooLarge("x")));
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
