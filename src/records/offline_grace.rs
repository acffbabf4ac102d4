//! For how long a device may do without a key management service that it cannot reach.

use serde::{Deserialize, Serialize};

use crate::base::{Duration, Error, Result};

const MINUTE: u64 = 60 * 1000;
/// The least that it may be, in milliseconds: clocks are set right by seconds.
const SHORTEST: u64 = MINUTE;
/// The most: whoever disables the service's key waits for as long.
const LONGEST: u64 = 7 * 24 * 60 * MINUTE;

/// An ISO 8601 duration of one minute to seven days, as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfflineGrace {
    text: String,
    lasts: Duration,
}

impl OfflineGrace {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How long it is.
    #[must_use]
    pub const fn lasts(&self) -> Duration {
        self.lasts
    }
}

impl TryFrom<String> for OfflineGrace {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        const NONE: Error = Error::Argument(
            "offlineGrace (an ISO 8601 duration of one minute to seven days, such as PT8H)",
        );
        let lasts = Duration::parse(&text).map_err(|_| NONE)?;
        let bounded = (SHORTEST..=LONGEST).contains(&lasts.millis());
        bounded.then_some(Self { text, lasts }).ok_or(NONE)
    }
}

impl From<OfflineGrace> for String {
    fn from(grace: OfflineGrace) -> Self {
        grace.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_of_one_minute_to_seven_days() {
        let read = |text: &str| OfflineGrace::try_from(text.to_owned());
        for good in ["PT1M", "PT60S", "PT8H", "P7D", "P1W"] {
            assert_eq!(read(good).expect(good).as_str(), good);
        }
        for bad in ["", "8H", "PT0S", "PT59S", "P7DT1S", "P8D", "P1Y", "-PT8H"] {
            assert!(matches!(read(bad), Err(Error::Argument(_))), "{bad}");
        }
    }
}
