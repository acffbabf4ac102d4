//! Names of vaults.

use core::{fmt, str::FromStr};

use crate::base::{InputError, InputResult, is_name};

/// A vault's name on this device: what the store keeps it under. LastSeenHead by whoever sees the store.
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
    type Err = InputError;

    /// # Errors
    /// [`InputError::Argument`] when empty, over 256 bytes, or with control characters.
    fn from_str(text: &str) -> InputResult<Self> {
        is_name(text)
            .then(|| Self(text.to_owned()))
            .ok_or(InputError::Argument("vault name (1 to 256 bytes of text)"))
    }
}

impl fmt::Display for VaultName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text_of_a_bounded_length() {
        assert!("acme".parse::<VaultName>().is_ok());
        for bad in ["", "a\nb", &"x".repeat(257)] {
            assert!(matches!(
                bad.parse::<VaultName>(),
                Err(InputError::Argument(_))
            ));
        }
    }
}
