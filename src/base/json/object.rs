//! The members of an object.

use super::{Json, MAX_VALUES, deserialize, read::Reader, write::write_object};
use crate::base::{InputError, InputResult, sort_by};

/// An object's members, in order, each name once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object(Vec<(String, Json)>);

impl Object {
    /// An object without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads one object and nothing else; `place` names it in the error.
    ///
    /// # Errors
    /// [`InputError::Malformed`] for everything RFC 8259 does not allow, for two members of one name, for
    /// escapes of half a surrogate pair, and beyond 16 levels or 256 members of one object;
    /// [`InputError::TooLarge`] beyond 16,384 values.
    pub fn parse(text: &[u8], malformed: InputError) -> InputResult<Self> {
        Self::parse_up_to(MAX_VALUES, text, malformed)
    }

    /// As [`Self::parse`], with another bound on how many values there are.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_up_to(values: usize, text: &[u8], malformed: InputError) -> InputResult<Self> {
        let text = core::str::from_utf8(text).map_err(|_| malformed.clone())?;
        let mut reader = Reader {
            text,
            at: 0,
            room: Some(values),
        };
        match reader.whole() {
            Some(object) => Ok(object),
            None if reader.room.is_none() => Err(InputError::TooLarge(
                "JSON (more values than are ever needed)",
            )),
            None => Err(malformed),
        }
    }

    /// Overwrites all texts, however deep they lie: they may be private. Names, numbers and what has the texts stay.
    pub fn wipe(&mut self) {
        self.0.iter_mut().for_each(|(_, value)| value.wipe());
    }

    /// Adds a member, or replaces the one of that name.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.remove(name);
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a member if there is a value for it.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Into<Json>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a member that is an array of objects.
    #[must_use]
    pub fn with_list<T>(self, name: &str, items: &[T], write: impl Fn(&T) -> Self) -> Self {
        let mut list = Vec::new();
        for item in items {
            list.push(Json::Object(write(item)));
        }
        self.with(name, list)
    }

    /// Adds a member of a name that is not there yet.
    pub(super) fn push(&mut self, name: String, value: Json) {
        self.0.push((name, value));
    }

    /// Takes the first member out.
    pub(super) fn pop_first(&mut self) -> Option<(String, Json)> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    /// A member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// Takes a member out.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// Takes a member that must be a string.
    ///
    /// # Errors
    /// [`InputError::Malformed`] with `place`, as for the others below.
    pub fn string(&mut self, name: &str, malformed: InputError) -> InputResult<String> {
        self.optional_string(name, malformed.clone())?
            .ok_or(malformed)
    }

    /// Takes a member that may be missing, and is a string otherwise.
    ///
    /// # Errors
    /// [`InputError::Malformed`].
    pub fn optional_string(
        &mut self,
        name: &str,
        malformed: InputError,
    ) -> InputResult<Option<String>> {
        match self.remove(name) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(malformed),
        }
    }

    /// Takes a member that must be a whole number from 0 to 2^53 − 1.
    ///
    /// # Errors
    /// [`InputError::Malformed`].
    pub fn number(&mut self, name: &str, malformed: InputError) -> InputResult<u64> {
        self.optional_number(name, malformed.clone())?
            .ok_or(malformed)
    }

    /// Takes a member that may be missing, and is such a number otherwise.
    ///
    /// # Errors
    /// [`InputError::Malformed`].
    pub fn optional_number(
        &mut self,
        name: &str,
        malformed: InputError,
    ) -> InputResult<Option<u64>> {
        let Some(value) = self.remove(name) else {
            return Ok(None);
        };
        let Json::Number(text) = value else {
            return Err(malformed);
        };
        deserialize::whole(&text).map(Some).ok_or(malformed)
    }

    /// Takes a member that must be an object.
    ///
    /// # Errors
    /// [`InputError::Malformed`].
    pub fn object(&mut self, name: &str, malformed: InputError) -> InputResult<Self> {
        self.remove(name)
            .and_then(Json::into_object)
            .ok_or(malformed)
    }

    /// Takes a member that may be missing, and is an object otherwise.
    ///
    /// # Errors
    /// [`InputError::Malformed`].
    pub fn optional_object(
        &mut self,
        name: &str,
        malformed: InputError,
    ) -> InputResult<Option<Self>> {
        match self.remove(name) {
            None => Ok(None),
            Some(Json::Object(members)) => Ok(Some(members)),
            Some(_) => Err(malformed),
        }
    }

    /// Takes a member that may be missing, and is `true` or `false` otherwise: `false` when missing.
    ///
    /// # Errors
    /// [`InputError::Malformed`].
    pub fn flag(&mut self, name: &str, malformed: InputError) -> InputResult<bool> {
        match self.remove(name) {
            None => Ok(false),
            Some(Json::Bool(flag)) => Ok(flag),
            Some(_) => Err(malformed),
        }
    }

    /// The members of these names; the others are dropped.
    #[must_use]
    pub fn only(mut self, names: &[&str]) -> Self {
        self.0.retain(|(name, _)| names.contains(&name.as_str()));
        self
    }

    /// Refuses members that nobody took: what is not understood is not ignored.
    ///
    /// # Errors
    /// [`InputError::Malformed`].
    pub fn end(&self, malformed: InputError) -> InputResult<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(malformed)
        }
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members, in order.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The values, for tests to change.
    #[cfg(test)]
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Json> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// The same members, sorted by the UTF-16 code units of their names (RFC 8785 §3.2.3).
    #[must_use]
    pub fn sorted(mut self) -> Self {
        sort_by(&mut self.0, |(a, _), (b, _)| {
            a.encode_utf16().cmp(b.encode_utf16())
        });
        self
    }

    /// The object's text without white space, strings escaped as ECMAScript does
    /// (RFC 8785 §3.2.2.2).
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        write_object(&mut out, self);
        out
    }
}
