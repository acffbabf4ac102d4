//! JSON (RFC 8259) as JOSE needs it: names are different (RFC 7515 §10.12), input is bounded, numbers
//! keep their text, and what is written keeps its order.
//!
//! One strict tree, and serde over it: a reader of our own, because what it refuses is part of what an
//! envelope refuses; [`Object::decode`] and [`Object::encode`] between the tree and derived types.

mod deserialize;
mod object;
mod read;
#[cfg(test)]
mod serde_tests;
mod serialize;
#[cfg(test)]
pub(crate) mod strict;
#[cfg(test)]
mod tests;
mod tree;
mod write;

pub use object::Object;

use zeroize::Zeroize;

use super::{InputError, InputResult};

/// The deepest nesting that is read. Ours is at most four deep.
const MAX_DEPTH: usize = 16;
/// The most members one object may have, so that comparing names stays cheap.
const MAX_MEMBERS: usize = 256;
/// The most values one text may have: a thousand recipients have 10 each (an entry, its header with
/// `alg`, `kid` and an `epk` of four members, its encrypted key), and some room for algorithms that we
/// skip. Without a bound a hostile text of 1 MiB would take 40 times its size before it is refused.
const MAX_VALUES: usize = 16 * 1024;

/// Any JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(Object),
}

/// A number as JSON has it, without the machinery of `core::fmt`, which a page would download.
pub(crate) fn decimal(number: u64) -> String {
    itoa::Buffer::new().format(number).to_owned()
}

impl Json {
    /// As [`Object::wipe`].
    fn wipe(&mut self) {
        match self {
            Self::String(text) => text.zeroize(),
            Self::Array(items) => items.iter_mut().for_each(Self::wipe),
            Self::Object(members) => members.wipe(),
            Self::Null | Self::Bool(_) | Self::Number(_) => {}
        }
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// The object, if it is one.
    #[must_use]
    pub fn into_object(self) -> Option<Object> {
        if let Self::Object(object) = self {
            Some(object)
        } else {
            None
        }
    }
}

impl From<bool> for Json {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Self {
        Self::Number(decimal(number))
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<Vec<Json>> for Json {
    fn from(items: Vec<Json>) -> Self {
        Self::Array(items)
    }
}
