//! What a vault notes of a factor, beside its public half and as encrypted as that.

use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    base::{Error, InputError, Json, Object, Result, Timestamp, is_name, shows_itself},
    jose::Jwk,
};

/// The member of a factor's public JWK that holds the note.
const MEMBER: &str = "factor";

/// What people call a factor: 1 to 256 bytes of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct FactorName(String);

impl FactorName {
    /// The name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Refuses a name that a factor is not to get any more; one that has it keeps it.
    ///
    /// # Errors
    /// [`Error::Argument`] with characters that are not seen.
    pub(crate) fn check_new(&self) -> Result<()> {
        shows_itself(&self.0).then_some(()).ok_or(Error::Argument(
            "a factor's name (without characters that are not seen)",
        ))
    }
}

impl TryFrom<String> for FactorName {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        is_name(&text)
            .then_some(Self(text))
            .ok_or(Error::Argument("a factor's name (1 to 256 bytes of text)"))
    }
}

impl FromStr for FactorName {
    type Err = Error;

    /// # Errors
    /// [`Error::Argument`] when empty, over 256 bytes, or with control characters.
    fn from_str(text: &str) -> Result<Self> {
        text.to_owned().try_into()
    }
}

/// What is noted of a factor. Those that a vault of an earlier release was made with have none until
/// they are rehearsed or named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FactorNote {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<FactorName>,
    /// When it was added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) added: Option<Timestamp>,
    /// Whether its own record still names an identity that was superseded: it was not asked for since.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(crate) superseded: bool,
    /// When it last proved that it opens the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rehearsed: Option<Timestamp>,
}

impl FactorNote {
    /// With that name, unless it has one.
    pub(crate) fn named(mut self, name: Option<FactorName>) -> Self {
        self.name = self.name.or(name);
        self
    }

    /// The note beside a factor's public half.
    pub(crate) fn of(jwk: &Jwk) -> Result<Self> {
        match jwk.member(MEMBER).cloned() {
            None => Ok(Self::default()),
            Some(note) => {
                let malformed = InputError::Malformed("what is noted of a factor");
                let note = note.into_object().ok_or(malformed.clone())?;
                Ok(note.decode(malformed)?)
            }
        }
    }

    /// The public half, and this beside it.
    pub(crate) fn beside(&self, jwk: Jwk) -> Jwk {
        jwk.with(MEMBER, Json::from(Object::encode(self)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        let text = r#"{"name":"n","added":1,"superseded":true,"rehearsed":2}"#;
        is_strict::<FactorNote>(text, &["name", "added", "superseded", "rehearsed"]);
    }

    #[test]
    fn a_name_is_text_that_is_seen() {
        assert!("my laptop".parse::<FactorName>().is_ok());
        for bad in ["", "a\nb", &"x".repeat(257)] {
            assert!(matches!(bad.parse::<FactorName>(), Err(Error::Argument(_))));
        }
        // One that another writer gave is read.
        let unseen: FactorName = "a\u{202e}b".parse().expect("a name");
        assert!(matches!(unseen.check_new(), Err(Error::Argument(_))));
    }
}
