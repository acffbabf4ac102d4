//! Trees as members of derived types: what is anybody's, such as a public JWK, is carried as it is, `null`
//! and the text of its numbers included.

use serde::{
    de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor},
    ser::{Serialize, SerializeMap, Serializer},
};

use super::{Json, Object, serialize::NUMBER};

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> core::result::Result<S::Ok, S::Error> {
        match self {
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Number(text) => serializer.serialize_newtype_struct(NUMBER, text),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => items.serialize(serializer),
            Self::Object(members) => members.serialize(serializer),
            Self::Null => serializer.serialize_unit(),
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> core::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.members() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> core::result::Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> core::result::Result<Self, D::Error> {
        match deserializer.deserialize_map(TreeVisitor)? {
            Json::Object(members) => Ok(members),
            _ => Err(de::Error::custom("an object is needed")),
        }
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, flag: bool) -> core::result::Result<Json, E> {
        Ok(Json::Bool(flag))
    }

    /// JavaScript's whole numbers come so.
    fn visit_i64<E: de::Error>(self, number: i64) -> core::result::Result<Json, E> {
        match u64::try_from(number) {
            Ok(number) => Ok(number.into()),
            Err(_) => Err(E::custom("a negative number")),
        }
    }

    fn visit_u64<E>(self, number: u64) -> core::result::Result<Json, E> {
        Ok(number.into())
    }

    fn visit_unit<E>(self) -> core::result::Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        number: D,
    ) -> core::result::Result<Json, D::Error> {
        String::deserialize(number).map(Json::Number)
    }

    fn visit_str<E>(self, text: &str) -> core::result::Result<Json, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> core::result::Result<Json, E> {
        Ok(Json::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> core::result::Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> core::result::Result<Json, A::Error> {
        let mut members = Object::new();
        while let Some((name, value)) = access.next_entry()? {
            members.push(name, value);
        }
        Ok(Json::Object(members))
    }
}
