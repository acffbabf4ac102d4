//! JSON (RFC 8259), as strictly as JOSE and our own records need it.
//!
//! A library of its own size would do: but the one that everybody uses keeps the last of several
//! equal names, knows floating point, and its generated code was half of what a page had to
//! download. Here names never repeat (RFC 7515 §10.12), numbers stay the text they were, and nesting
//! and members are bounded before anything is built.

mod parse;
mod record;
mod write;

pub use record::Json;
pub(crate) use record::{json_names, json_record};

use super::{Error, Result};

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as the text it was written in.
    Number(String),
    /// A string.
    String(String),
    /// A list.
    Array(Vec<Value>),
    /// An object.
    Object(Members),
}

/// The members of an object, in the order they were written, no two of one name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members(Vec<(String, Value)>);

/// Parses one JSON object; `place` names it in the error.
///
/// # Errors
/// [`Error::Malformed`].
pub fn parse(text: &[u8], place: &'static str) -> Result<Members> {
    match parse::value(text) {
        Some(Value::Object(members)) => Ok(members),
        _ => Err(Error::Malformed(place)),
    }
}

/// Reads a type of ours from its JSON text: exactly its members, nothing else.
pub(crate) fn read<T: Json>(text: &[u8]) -> Option<T> {
    T::from_json(parse::value(text)?)
}

impl Value {
    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The JSON text.
    #[must_use]
    pub fn text(&self) -> String {
        write::text(self)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl Members {
    /// No members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more, or another value for that name.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.insert(name, value.into());
        self
    }

    /// Sets a member; a name that was there keeps its place.
    pub fn insert(&mut self, name: &str, value: Value) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Takes a member out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// A member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    }

    /// Whether there is such a member.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The values, to be wiped.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// The JSON text.
    #[must_use]
    pub fn text(&self) -> String {
        write::members_text(self)
    }

    /// Takes a member that must be a string.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn take_string(&mut self, name: &str, place: &'static str) -> Result<String> {
        match self.remove(name) {
            Some(Value::String(text)) => Ok(text),
            _ => Err(Error::Malformed(place)),
        }
    }

    /// Takes a member that may be missing, and is a string otherwise.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn take_optional(&mut self, name: &str, place: &'static str) -> Result<Option<String>> {
        match self.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Error::Malformed(place)),
        }
    }

    /// Refuses members that nobody took: what is not understood is not ignored.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn nothing_left(&self, place: &'static str) -> Result<()> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Error::Malformed(place))
        }
    }
}
