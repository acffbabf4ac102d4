//! serde's [`Deserializer`] over the strict tree, so that every derived type refuses what we refuse.
//!
//! Derived types read from text by `serde_json` accept an array in place of a struct, `null` in place of a
//! missing member, numbers from 2^53 and, without an attribute, unknown members. Nothing here does, and no
//! type can forget to ask for it.

use std::vec::IntoIter;

use serde::{
    de::{
        self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess,
        SeqAccess, Unexpected, Visitor,
        value::{StrDeserializer, StringDeserializer},
    },
    forward_to_deserialize_any,
};

use super::{InputError, InputResult, Json, Object};

/// Why a tree does not become a value. `None` is a wrong form, which the caller's `malformed` names.
#[derive(Debug)]
struct Refusal(Option<InputError>);

const WRONG_FORM: Refusal = Refusal(None);

type Read<T> = core::result::Result<T, Refusal>;

impl Object {
    /// Reads a record out of all members; `malformed` is the error for a wrong form.
    ///
    /// Members are read in the order of the struct's fields, whatever their order in the text: which error
    /// is reported does not depend on who wrote it.
    ///
    /// # Errors
    /// `malformed` for a member that is missing, unknown or of another type; [`InputError::Unsupported`] for an
    /// unknown variant of an enum, with the enum's serde name as its sentence.
    pub fn decode<T: DeserializeOwned>(self, malformed: InputError) -> InputResult<T> {
        T::deserialize(Tree(Json::Object(self))).map_err(|refusal| refusal.0.unwrap_or(malformed))
    }
}

/// A value on its way into a type.
struct Tree(Json);

impl<'de> Deserializer<'de> for Tree {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.0 {
            Json::Bool(flag) => visitor.visit_bool(flag),
            Json::Number(text) => match whole(&text) {
                Some(number) => visitor.visit_u64(number),
                // Only a tree takes its text.
                None => visitor.visit_newtype_struct(Tree(Json::String(text))),
            },
            Json::String(text) => visitor.visit_string(text),
            Json::Array(items) => {
                let mut items = Items(items.into_iter());
                let value = visitor.visit_seq(&mut items)?;
                items.0.next().is_none().then_some(value).ok_or(WRONG_FORM)
            }
            Json::Object(members) => visitor.visit_map(Members::of(members, None)),
            Json::Null => visitor.visit_unit(),
        }
    }

    /// A member that is there has a value: `null` is none.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Read<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        let members = self.0.into_object().ok_or(WRONG_FORM)?;
        visitor.visit_map(Members::of(members, Some(fields)))
    }

    /// An enum of names. One that is not among them may be a later version's.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        let text = self.0.as_str().ok_or(WRONG_FORM)?;
        if variants.contains(&text) {
            visitor.visit_enum::<StrDeserializer<Refusal>>(text.into_deserializer())
        } else {
            Err(Refusal(Some(InputError::Unsupported(name))))
        }
    }

    /// Nothing is ignored.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, _visitor: V) -> Read<V::Value> {
        Err(WRONG_FORM)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier
    }
}

/// A whole number from 0 to 2^53 − 1, without sign, fraction or exponent.
pub(super) fn whole(text: &str) -> Option<u64> {
    // Without a leading zero, as the reader has checked.
    text.parse().ok().filter(|number| *number < 1_u64 << 53)
}

/// An object's members, on their way into a struct or a map.
struct Members {
    rest: Object,
    /// A struct's fields that are still to come; `None` for a map, which takes members of any name.
    fields: Option<core::slice::Iter<'static, &'static str>>,
    value: Option<Json>,
}

impl Members {
    fn of(members: Object, fields: Option<&'static [&'static str]>) -> Self {
        Self {
            rest: members,
            fields: fields.map(|fields| fields.iter()),
            value: None,
        }
    }

    /// The next member; `None` at the end, at which no member may be left.
    fn take(&mut self) -> Read<Option<(String, Json)>> {
        if let Some(fields) = &mut self.fields {
            let rest = &mut self.rest;
            let next = fields.find_map(|name| Some(((*name).to_owned(), rest.remove(name)?)));
            return match next {
                None if !self.rest.is_empty() => Err(WRONG_FORM),
                next => Ok(next),
            };
        }
        Ok(self.rest.pop_first())
    }
}

impl<'de> MapAccess<'de> for Members {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        let Some((name, value)) = self.take()? else {
            return Ok(None);
        };
        self.value = Some(value);
        let name: StringDeserializer<Refusal> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Read<S::Value> {
        seed.deserialize(Tree(self.value.take().ok_or(WRONG_FORM)?))
    }
}

/// An array's items.
struct Items(IntoIter<Json>);

impl<'de> SeqAccess<'de> for &mut Items {
    type Error = Refusal;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Read<Option<S::Value>> {
        let item = self.0.next();
        item.map(|item| seed.deserialize(Tree(item))).transpose()
    }
}

impl de::Error for Refusal {
    /// Sentences are not kept: whoever reads a record says what a malformed one is called.
    fn custom<T: core::fmt::Display>(_sentence: T) -> Self {
        WRONG_FORM
    }

    fn invalid_type(_unexpected: Unexpected, _expected: &dyn de::Expected) -> Self {
        WRONG_FORM
    }

    fn invalid_value(_unexpected: Unexpected, _expected: &dyn de::Expected) -> Self {
        WRONG_FORM
    }

    fn invalid_length(_length: usize, _expected: &dyn de::Expected) -> Self {
        WRONG_FORM
    }

    fn unknown_variant(_variant: &str, _expected: &'static [&'static str]) -> Self {
        WRONG_FORM
    }

    fn unknown_field(_field: &str, _expected: &'static [&'static str]) -> Self {
        WRONG_FORM
    }

    fn missing_field(_field: &'static str) -> Self {
        WRONG_FORM
    }

    fn duplicate_field(_field: &'static str) -> Self {
        WRONG_FORM
    }
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("not of the form that is asked for")
    }
}

impl core::error::Error for Refusal {}
