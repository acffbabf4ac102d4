//! What the record of a device's factor says of it: which key of the browser's is asked, for what input, and how long it opens
//! the vault.

use serde::{Deserialize, Serialize};

use crate::base::{DeviceFault, Entropy, Error, InputError, Result, Timestamp, base64};

use super::PrfInput;

/// A key of one browser, as it stands in its factor's record. Nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceKey {
    /// The name by which the browser has the key.
    pub id: DeviceKeyId,
    /// What the key is applied to.
    pub input: PrfInput,
    /// When it was added, by that device's clock.
    pub enrolled: Timestamp,
    /// From when on it opens nothing.
    pub expires: Timestamp,
}

/// The name of a key in a browser: 16 random bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeviceKeyId([u8; Self::LENGTH]);

impl DeviceKey {
    /// Refuses it before it was added and from its deadline on.
    ///
    /// # Errors
    /// [`DeviceFault::Expired`] and [`DeviceFault::Clock`].
    pub(crate) fn check_time(&self, now: Timestamp) -> core::result::Result<(), DeviceFault> {
        if now < self.enrolled {
            Err(DeviceFault::Clock)
        } else if now >= self.expires {
            Err(DeviceFault::Expired)
        } else {
            Ok(())
        }
    }
}

impl DeviceKeyId {
    const LENGTH: usize = 16;

    /// A random one.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub(crate) fn generate(entropy: &dyn Entropy) -> Result<Self> {
        let mut id = [0; Self::LENGTH];
        entropy.fill(&mut id)?;
        Ok(Self(id))
    }

    /// Its text, 22 characters.
    #[must_use]
    pub fn to_text(&self) -> String {
        base64::encode(&self.0)
    }
}

impl TryFrom<String> for DeviceKeyId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        let malformed = InputError::Malformed("the name of a device's key");
        Ok(Self(base64::decode_array(&text, malformed)?))
    }
}

impl From<DeviceKeyId> for String {
    fn from(id: DeviceKeyId) -> Self {
        id.to_text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        let id = "A".repeat(22);
        let input = "A".repeat(43);
        let text = format!(r#"{{"id":"{id}","input":"{input}","enrolled":5,"expires":7}}"#);
        is_strict::<DeviceKey>(&text, &[]);
    }

    #[test]
    fn it_opens_from_when_it_was_added_to_its_deadline() {
        let key = DeviceKey {
            id: DeviceKeyId([1; 16]),
            input: PrfInput::generate(&crate::base::SystemEntropy).expect("entropy"),
            enrolled: Timestamp::from_millis(5),
            expires: Timestamp::from_millis(7),
        };
        let at = |millis| key.check_time(Timestamp::from_millis(millis));
        assert_eq!(at(4), Err(DeviceFault::Clock));
        assert_eq!([at(5), at(6)], [Ok(()), Ok(())]);
        assert_eq!(at(7), Err(DeviceFault::Expired));
    }
}
