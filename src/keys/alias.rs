//! Aliases of keys.

use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::base::{Error, KeyId, Result, is_name, shows_itself};

/// A key's alias: unique in its vault, encrypted at rest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Alias(String);

impl Alias {
    /// The alias's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a key is called whose own alias is not taken over.
    pub(crate) fn of_id(id: &KeyId) -> Self {
        Self(["key (", id.as_str(), ")"].concat())
    }

    /// Refuses an alias that a key is not to get any more; keys that have one keep it.
    ///
    /// # Errors
    /// [`Error::Argument`] with characters that are not seen.
    pub(crate) fn check_new(&self) -> Result<()> {
        shows_itself(&self.0).then_some(()).ok_or(Error::Argument(
            "alias (without characters that are not seen)",
        ))
    }
}

impl FromStr for Alias {
    type Err = Error;

    /// # Errors
    /// [`Error::Argument`] when empty, over 256 bytes, with control characters, or of the form of a
    /// key id, for which it could be mistaken.
    fn from_str(text: &str) -> Result<Self> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for Alias {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        let mistakable = text.parse::<KeyId>().is_ok();
        (is_name(&text) && !mistakable)
            .then_some(Self(text))
            .ok_or(Error::Argument(
                "alias (1 to 256 bytes of text, not of the form of a key id)",
            ))
    }
}

impl AsRef<str> for Alias {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text_of_a_bounded_length() {
        assert!("acme".parse::<Alias>().is_ok());
        for bad in ["", "a\nb", &"x".repeat(257)] {
            assert!(matches!(bad.parse::<Alias>(), Err(Error::Argument(_))));
        }
    }

    #[test]
    fn an_alias_cannot_be_mistaken_for_an_id() {
        assert!(matches!(
            "AAAAAAAAAAAAAAAAAAAAAA".parse::<Alias>(),
            Err(Error::Argument(_))
        ));
    }
}
