//! Labels: names and values by which people find their keys. Encrypted at rest, as aliases are.

use serde::{Deserialize, Serialize};

use crate::base::{Error, Json, Object, Result};

/// Up to 16 names with values, in the order that they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Object")]
pub struct Labels(Object);

impl Labels {
    /// The most labels of one key: a list of keys holds them all.
    const MAX: usize = 16;
    /// The most bytes of a name or a value.
    const MAX_BYTES: usize = 128;

    /// From an object of strings.
    ///
    /// # Errors
    /// [`Error::Argument`] for more than 16, a value that is no string, an empty name, and names or
    /// values of more than 128 bytes.
    pub fn new(members: Object) -> Result<Self> {
        const NONE: Error =
            Error::Argument("labels (at most 16 strings by name, each up to 128 bytes)");
        let fits = |(name, value): (&str, &Json)| {
            let value = value.as_str().map_or(usize::MAX, str::len);
            !name.is_empty() && name.len().max(value) <= Self::MAX_BYTES
        };
        if members.len() <= Self::MAX && members.members().all(fits) {
            Ok(Self(members))
        } else {
            Err(NONE)
        }
    }

    /// The value of a label.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Json::as_str)
    }

    /// As an object of strings.
    #[must_use]
    pub fn to_json(&self) -> Object {
        self.0.clone()
    }

    /// Whether there are none; a record does not hold them then.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<Object> for Labels {
    type Error = Error;

    fn try_from(members: Object) -> Result<Self> {
        Self::new(members)
    }
}
