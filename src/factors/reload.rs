//! What a reload opens a vault by, for minutes: the vault key, wrapped under two halves. One stays in the tab; the other is a key
//! of the device, which the browser applies to the first and gives to nobody. It is no factor: the vault has no record of it, and it
//! proves no person.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Context, DeviceFault, Entropy, Error, InputError, Kid, Object, Result, Timestamp},
    jose::{self, Envelope, Identity, Kek, Recipient},
    records::{DeviceKey, DeviceKeyId, Pin, PrfInput, VaultKey},
};

use super::{DeviceOutput, FactorPort};

/// The most milliseconds for which a reload opens a vault after a factor did: 15 minutes.
const LONGEST: u64 = 15 * 60 * 1000;
/// Characters of the tab's half.
const HALF: usize = 43;
const MALFORMED: InputError = InputError::Malformed("what a reload opens the vault by");

/// For how long reloads open a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReloadPeriod {
    /// When a factor opened the vault. Reloads move it not.
    pub since: Timestamp,
    /// From when on a reload opens nothing.
    pub until: Timestamp,
}

/// What stands beside the wrapped vault key, authenticated: the vault as it was then, and the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct About {
    vault: Pin,
    /// The head, as `LastSeenHead` has it: no older vault is opened.
    seen: String,
    /// The name of the device's key.
    key: DeviceKeyId,
    written: Timestamp,
    period: ReloadPeriod,
}

/// The wrapped vault key, and the half that the tab has.
pub(crate) struct Reload {
    half: PrfInput,
    about: About,
    envelope: Envelope,
}

impl ReloadPeriod {
    fn check(&self, now: Timestamp) -> Result<()> {
        let short = self.until <= self.since + LONGEST;
        if short && self.since <= now && now < self.until {
            Ok(())
        } else {
            Err(Error::ThisDevice(DeviceFault::Expired))
        }
    }
}

impl Reload {
    /// Wraps a vault key, under a half of its own and a new key of the device.
    ///
    /// # Errors
    /// [`DeviceFault::Expired`] for a period that is over, or too long; what the port reports.
    pub(crate) async fn seal(
        port: &dyn FactorPort,
        (vault_key, vault, seen): (&VaultKey, Pin, String),
        period: ReloadPeriod,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Self> {
        period.check(now)?;
        let half = PrfInput::generate(entropy)?;
        let about = About {
            vault,
            seen,
            key: DeviceKeyId::generate(entropy)?,
            written: now,
            period,
        };
        port.new_device_key(&about.device_key(&half)).await?;
        let kek = about.kek(port, &half).await?;
        let aad = Object::encode(&about).text();
        let envelope = jose::wrap(
            vault_key.jwk(),
            &[Recipient::Kek(kek)],
            &Context::none(),
            Some(aad.as_bytes()),
            entropy,
        )?;
        Ok(Self {
            half,
            about,
            envelope,
        })
    }

    /// Reads what the tab kept: nothing of it is proven.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let (half, envelope) = text.split_at_checked(HALF).ok_or(MALFORMED)?;
        let envelope = Envelope::parse(envelope.as_bytes())?;
        let about = Object::parse(envelope.aad().ok_or(MALFORMED)?, MALFORMED)?;
        Ok(Self {
            half: PrfInput::try_from(half.to_owned())?,
            about: about.decode(MALFORMED)?,
            envelope,
        })
    }

    /// The text that the tab keeps.
    pub(crate) fn text(&self) -> Result<String> {
        Ok(String::from(self.half.clone()) + self.envelope.as_str()?)
    }

    /// The vault key, with what was known of its vault, for so many milliseconds since a factor opened it at most. All of it is
    /// authenticated by then.
    ///
    /// # Errors
    /// [`DeviceFault`]s for a deadline that has passed, a clock that stands before the time of writing, and a device that has not the
    /// key; [`Error::Decrypt`].
    pub(crate) async fn open(
        &self,
        port: &dyn FactorPort,
        now: Timestamp,
        lasts: u64,
    ) -> Result<(VaultKey, Pin, String, ReloadPeriod)> {
        let About { vault, seen, .. } = self.about.clone();
        let ReloadPeriod { since, until } = self.about.period;
        self.about
            .device_key(&self.half)
            .check_time(now)
            .map_err(Error::ThisDevice)?;
        let until = until.min(since + lasts);
        let period = ReloadPeriod { since, until };
        period.check(now)?;
        let kek = self.about.kek(port, &self.half).await?;
        let jwk = jose::unwrap(&self.envelope, &[Identity::Kek(kek)], &Context::none())?.jwk;
        Ok((VaultKey::from_jwk(&jwk)?, vault, seen, period))
    }
}

impl About {
    /// The device's key, whose input is the tab's half.
    fn device_key(&self, half: &PrfInput) -> DeviceKey {
        DeviceKey {
            id: self.key.clone(),
            input: half.clone(),
            enrolled: self.written,
            expires: self.period.until,
        }
    }

    async fn kek(&self, port: &dyn FactorPort, half: &PrfInput) -> Result<Kek> {
        let output = port.device_output(&self.device_key(half)).await?;
        let output: DeviceOutput = output.ok_or(Error::ThisDevice(DeviceFault::Missing))?;
        Ok(Kek::new(
            Kid::new(self.key.to_text())?,
            output.reload_kek(half)?,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        let (id, vault) = ("A".repeat(22), "A".repeat(43));
        let text = format!(
            r#"{{"vault":{{"vault":"{id}","identity":"{vault}","generation":1}},"seen":"1.{vault}","key":"{id}","written":5,"period":{{"since":4,"until":9}}}}"#
        );
        is_strict::<About>(&text, &[]);
    }

    #[test]
    fn a_period_is_of_minutes() {
        let at = Timestamp::from_millis;
        let check = |since, until, now| {
            let (since, until) = (at(since), at(until));
            ReloadPeriod { since, until }.check(at(now)).is_ok()
        };
        assert!(check(5, 5 + LONGEST, 5));
        assert!(!check(5, 6 + LONGEST, 5));
        assert!(!check(5, 9, 4));
        assert!(!check(5, 9, 9));
    }
}
