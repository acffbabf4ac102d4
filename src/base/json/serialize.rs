//! serde's [`Serializer`] into a tree.
//!
//! Records hold strings, whole numbers, flags, lists and objects; a member without a value is not written,
//! as no `null` is read. Everything else has no place in a record.

use serde::ser::{
    self, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer,
};

use super::{Json, Object};

/// What a tree's number, which is kept as text, is passed as.
pub(super) const NUMBER: &str = "a number's text";

/// Writes nothing but trees. `None` is what an absent value becomes.
struct ToTree;

/// Something that no record holds.
#[derive(Debug)]
struct Unwritable;

type Written<T = Option<Json>> = Result<T, Unwritable>;

impl Object {
    /// A record's members, in the order of its fields.
    ///
    /// # Panics
    /// For a type that is no struct, or has a field that no record can hold: a fraction, a negative number.
    #[must_use]
    pub fn encode<T: Serialize>(record: &T) -> Self {
        let tree = record.serialize(ToTree).ok().flatten();
        tree.and_then(Json::into_object)
            .expect("a record is a struct of strings, whole numbers, flags, lists and objects")
    }
}

impl Serializer for ToTree {
    type Ok = Option<Json>;
    type Error = Unwritable;
    type SerializeSeq = List;
    type SerializeMap = Members;
    type SerializeStruct = Members;
    type SerializeTuple = Impossible<Self::Ok, Unwritable>;
    type SerializeTupleStruct = Impossible<Self::Ok, Unwritable>;
    type SerializeTupleVariant = Impossible<Self::Ok, Unwritable>;
    type SerializeStructVariant = Impossible<Self::Ok, Unwritable>;

    fn serialize_bool(self, flag: bool) -> Written {
        Ok(Some(flag.into()))
    }

    fn serialize_u8(self, number: u8) -> Written {
        self.serialize_u64(number.into())
    }

    fn serialize_u16(self, number: u16) -> Written {
        self.serialize_u64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Written {
        self.serialize_u64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Written {
        Ok(Some(number.into()))
    }

    fn serialize_str(self, text: &str) -> Written {
        Ok(Some(text.into()))
    }

    fn serialize_none(self) -> Written {
        Ok(None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Written {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Written {
        match value.serialize(self)? {
            Some(Json::String(text)) if name == NUMBER => Ok(Some(Json::Number(text))),
            value => Ok(value),
        }
    }

    fn serialize_seq(self, _length: Option<usize>) -> Written<List> {
        Ok(List(Vec::new()))
    }

    fn serialize_map(self, _length: Option<usize>) -> Written<Members> {
        Ok(Members::default())
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Written<Members> {
        Ok(Members::default())
    }

    fn serialize_i8(self, _: i8) -> Written {
        Err(Unwritable)
    }

    fn serialize_i16(self, _: i16) -> Written {
        Err(Unwritable)
    }

    fn serialize_i32(self, _: i32) -> Written {
        Err(Unwritable)
    }

    fn serialize_i64(self, _: i64) -> Written {
        Err(Unwritable)
    }

    fn serialize_f32(self, _: f32) -> Written {
        Err(Unwritable)
    }

    fn serialize_f64(self, _: f64) -> Written {
        Err(Unwritable)
    }

    fn serialize_char(self, _: char) -> Written {
        Err(Unwritable)
    }

    fn serialize_bytes(self, _: &[u8]) -> Written {
        Err(Unwritable)
    }

    fn serialize_unit(self) -> Written {
        Ok(Some(Json::Null))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Written {
        Err(Unwritable)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Written {
        Err(Unwritable)
    }

    fn serialize_tuple(self, _: usize) -> Written<Self::SerializeTuple> {
        Err(Unwritable)
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Written<Self::SerializeTupleStruct> {
        Err(Unwritable)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Written<Self::SerializeTupleVariant> {
        Err(Unwritable)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Written<Self::SerializeStructVariant> {
        Err(Unwritable)
    }
}

/// A list in the making.
struct List(Vec<Json>);

impl SerializeSeq for List {
    type Ok = Option<Json>;
    type Error = Unwritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Written<()> {
        self.0.push(item.serialize(ToTree)?.ok_or(Unwritable)?);
        Ok(())
    }

    fn end(self) -> Written {
        Ok(Some(Json::Array(self.0)))
    }
}

/// An object in the making.
#[derive(Default)]
struct Members {
    object: Object,
    name: Option<String>,
}

impl Members {
    fn add<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Written<()> {
        if let Some(value) = value.serialize(ToTree)? {
            self.object.push(name.to_owned(), value);
        }
        Ok(())
    }
}

impl SerializeStruct for Members {
    type Ok = Option<Json>;
    type Error = Unwritable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Written<()> {
        self.add(name, value)
    }

    fn end(self) -> Written {
        Ok(Some(Json::Object(self.object)))
    }
}

impl SerializeMap for Members {
    type Ok = Option<Json>;
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Written<()> {
        match name.serialize(ToTree)? {
            Some(Json::String(name)) => {
                self.name = Some(name);
                Ok(())
            }
            _ => Err(Unwritable),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written<()> {
        let name = self.name.take().ok_or(Unwritable)?;
        self.add(&name, value)
    }

    fn end(self) -> Written {
        Ok(Some(Json::Object(self.object)))
    }
}

impl ser::Error for Unwritable {
    fn custom<T: core::fmt::Display>(_sentence: T) -> Self {
        Self
    }
}

impl core::fmt::Display for Unwritable {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("not something that a record holds")
    }
}

impl core::error::Error for Unwritable {}
