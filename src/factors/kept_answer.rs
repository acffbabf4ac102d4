//! What a gate's key management service answered, kept on this device for the hours in which the service may not be reached: what opens
//! the gate's record, wrapped under a key of the device. That key is applied to an input of its own each time, and given to nobody. It is
//! no factor, and proves no person: the person's own factor is asked for all the same.

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        Context, DeviceFault, Entropy, Error, InputError, Kid, Object, Result, Secret, Timestamp,
        VaultId,
    },
    jose::{self, Envelope, Identity, Jwk, Kek, Recipient},
    records::{DeviceKey, DeviceKeyId, OfflineGrace, PrfInput},
};

use super::{DeviceOutput, FactorPort};

const MALFORMED: InputError = InputError::Malformed("what was kept of a gate");

/// What stands beside it, authenticated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct About {
    vault: VaultId,
    /// The gate's id. With each new vault key it is another one.
    gate: Kid,
    /// The device's key, from when and until when.
    key: DeviceKey,
}

/// An answer that was kept.
pub(crate) struct KeptAnswer {
    about: About,
    envelope: Envelope,
}

impl KeptAnswer {
    /// Wraps what opens a gate's record, under a new key of the device: for as long as its grace says, from now on.
    ///
    /// # Errors
    /// What the port reports.
    pub(crate) async fn seal(
        port: &dyn FactorPort,
        (vault, gate, answer): (&VaultId, &Kid, Secret<32>),
        grace: &OfflineGrace,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Self> {
        let about = About {
            vault: vault.clone(),
            gate: gate.clone(),
            key: DeviceKey {
                id: DeviceKeyId::generate(entropy)?,
                input: PrfInput::generate(entropy)?,
                enrolled: now,
                expires: now + grace.lasts().millis(),
            },
        };
        port.new_device_key(&about.key).await?;
        let kek = about.kek(port).await?;
        let aad = Object::encode(&about).text();
        let envelope = jose::wrap(
            &Jwk::oct(answer),
            &[Recipient::Kek(kek)],
            &Context::none(),
            Some(aad.as_bytes()),
            entropy,
        )?;
        Ok(Self { about, envelope })
    }

    /// Reads what a device kept: nothing of it is proven.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let envelope = Envelope::parse(text.as_bytes())?;
        let about = Object::parse(envelope.aad().ok_or(MALFORMED)?, MALFORMED)?;
        Ok(Self {
            about: about.decode(MALFORMED)?,
            envelope,
        })
    }

    /// What the device keeps.
    pub(crate) fn text(&self) -> Result<String> {
        Ok(self.envelope.as_str()?.to_owned())
    }

    /// The gate's id that it says.
    pub(crate) const fn gate(&self) -> &Kid {
        &self.about.gate
    }

    /// The device's key that opens it.
    pub(crate) const fn key(&self) -> &DeviceKey {
        &self.about.key
    }

    /// What opens the record of that gate of that vault, of as long a grace as the record says.
    ///
    /// # Errors
    /// [`DeviceFault`]s for a deadline that has passed, a clock that stands before the time of writing or before the latest time at which
    /// the device's key was there, and a device that has not the key; [`Error::NoFactor`] for another gate's, or a longer grace than the record says; [`Error::Decrypt`].
    pub(crate) async fn open(
        &self,
        port: &dyn FactorPort,
        (vault, gate): (&VaultId, &Kid),
        grace: &OfflineGrace,
        now: Timestamp,
    ) -> Result<Secret<32>> {
        let About { key, .. } = &self.about;
        if self.about.vault != *vault || self.about.gate != *gate {
            return Err(Error::NoFactor);
        }
        // A record that says less is another gate's, or spoiled: what was kept is not at its end by that.
        if key.expires > key.enrolled + grace.lasts().millis() {
            return Err(Error::NoFactor);
        }
        key.check_time(now).map_err(Error::ThisDevice)?;
        let kek = self.about.kek(port).await?;
        let opened = jose::unwrap(&self.envelope, &[Identity::Kek(kek)], &Context::none())?;
        Ok(opened.jwk.secret().cloned().ok_or(MALFORMED)?)
    }
}

impl About {
    async fn kek(&self, port: &dyn FactorPort) -> Result<Kek> {
        let output = port.device_output(&self.key).await?;
        let output: DeviceOutput = output.ok_or(Error::ThisDevice(DeviceFault::Missing))?;
        let kid = Kid::new(self.key.id.to_text())?;
        Ok(Kek::new(kid, output.grace_kek()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        let (id, input) = ("A".repeat(22), "A".repeat(43));
        let text = format!(
            r#"{{"vault":"{id}","gate":"g","key":{{"id":"{id}","input":"{input}","enrolled":5,"expires":7}}}}"#
        );
        is_strict::<About>(&text, &[]);
    }
}
