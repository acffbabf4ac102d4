//! Names of vaults.

use core::{fmt, str::FromStr};

use crate::base::{InputError, InputResult, is_name, shows_itself};

/// A vault's name on this device: what the store keeps it under. Seen by whoever sees the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VaultName(String);

impl VaultName {
    /// The name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Refuses a name that a vault is not to get any more; vaults that have one keep it.
    ///
    /// # Errors
    /// [`InputError::Argument`] with characters that are not seen.
    pub(crate) fn check_new(&self) -> InputResult<()> {
        const HIDDEN: InputError =
            InputError::Argument("vault name (without characters that are not seen)");
        shows_itself(&self.0).then_some(()).ok_or(HIDDEN)
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
