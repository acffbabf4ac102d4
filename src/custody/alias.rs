//! Names that people choose.

use core::{fmt, str::FromStr};

use crate::vocabulary::{Error, KeyId, Result};

/// The most bytes a chosen name may have.
const MAX_BYTES: usize = 256;

/// A vault's name on this device: what the store keeps it under. Seen by whoever sees the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VaultName(String);

impl VaultName {
    /// The name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for VaultName {
    type Err = Error;

    /// # Errors
    /// [`Error::Argument`] when empty, over 256 bytes, or with control characters.
    fn from_str(text: &str) -> Result<Self> {
        chosen(text)
            .then(|| Self(text.to_owned()))
            .ok_or(Error::Argument("vault name (1 to 256 bytes of text)"))
    }
}

impl fmt::Display for VaultName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key's alias: unique in its vault, encrypted at rest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alias(String);

impl Alias {
    /// The alias's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Alias {
    type Err = Error;

    /// # Errors
    /// [`Error::Argument`] when empty, over 256 bytes, with control characters, or of the form of a
    /// key id, for which it could be mistaken.
    fn from_str(text: &str) -> Result<Self> {
        let mistakable = text.parse::<KeyId>().is_ok();
        (chosen(text) && !mistakable)
            .then(|| Self(text.to_owned()))
            .ok_or(Error::Argument(
                "alias (1 to 256 bytes of text, not of the form of a key id)",
            ))
    }
}

fn chosen(text: &str) -> bool {
    (1..=MAX_BYTES).contains(&text.len()) && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text_of_a_bounded_length() {
        assert!("acme".parse::<VaultName>().is_ok());
        for bad in ["", "a\nb", &"x".repeat(257)] {
            assert!(matches!(bad.parse::<VaultName>(), Err(Error::Argument(_))));
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
