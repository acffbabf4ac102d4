//! Rotation periods.

use serde::{Deserialize, Serialize};

use crate::base::{Duration, Error, Result};

/// How often a key is rotated: a duration, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    text: String,
    length: Duration,
}

impl Period {
    /// Reads an ISO 8601 duration of at least one second.
    ///
    /// # Errors
    /// [`Error::Argument`].
    pub fn parse(text: &str) -> Result<Self> {
        text.to_owned().try_into()
    }

    /// The duration in milliseconds.
    #[must_use]
    pub fn millis(&self) -> u64 {
        self.length.millis()
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl TryFrom<String> for Period {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        let length = Duration::parse(&text)?;
        if length.millis() == 0 {
            return Err(Error::Argument("a duration of at least one second"));
        }
        Ok(Self { text, length })
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.text
    }
}
