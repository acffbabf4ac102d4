//! A key of this device: one that the browser keeps and gives to nobody, applied to an input of the factor's own. HKDF-SHA-256
//! (RFC 5869) makes the KEK of what it gives, under a label of its own. It tells that the browser is the same, and nothing of
//! who sits before it.

use core::fmt;
use std::rc::Rc;

use crate::{
    base::{Clock, DeviceFault, Duration, Entropy, Error, Local, Result, Secret},
    hazmat::hash::hkdf_sha256,
    records::{DeviceKey, DeviceKeyId, Enrolment, FactorKind, KdfCost, PrfInput},
};

use super::{Answered, FactorPort, Present};

const KEK: &[u8] = b"strongroom this device kek";
const RELOAD_KEK: &[u8] = b"strongroom reload kek";
const GRACE_KEK: &[u8] = b"strongroom offline grace kek";

/// The most keys that are asked for: as many as a vault has factors.
const MOST: usize = 32;

/// This device, as a caller presents it. The key stays with the browser.
#[derive(Clone)]
pub struct ThisDevice {
    clock: Rc<dyn Clock>,
    lasts: Option<Duration>,
    id: Option<String>,
}

/// What a device's key gave. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceOutput(Secret<32>);

impl ThisDevice {
    /// The device whose clock that is.
    #[must_use]
    pub fn new(clock: Rc<dyn Clock>) -> Self {
        let (lasts, id) = (None, None);
        Self { clock, lasts, id }
    }

    /// How long it opens the vault, for one that is enrolled.
    #[must_use]
    pub fn lasting(self, lasts: Option<Duration>) -> Self {
        Self { lasts, ..self }
    }

    /// The device of that factor, and of no other.
    #[must_use]
    pub fn of(self, id: Option<String>) -> Self {
        Self { id, ..self }
    }

    fn enrolled_now(&self, entropy: &dyn Entropy) -> Result<DeviceKey> {
        let lasts = self.lasts.filter(|lasts| lasts.millis() > 0);
        let lasts = lasts.ok_or(Error::Argument(
            "expires (how long this device opens the vault, such as P30D)",
        ))?;
        let enrolled = self.clock.now();
        Ok(DeviceKey {
            id: DeviceKeyId::generate(entropy)?,
            input: PrfInput::generate(entropy)?,
            enrolled,
            expires: enrolled + lasts.millis(),
        })
    }
}

impl fmt::Debug for ThisDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ThisDevice")
    }
}

impl DeviceOutput {
    /// Takes what a device's key gave.
    #[must_use]
    pub const fn new(output: Secret<32>) -> Self {
        Self(output)
    }

    fn kek(&self) -> Result<Secret<32>> {
        Ok(hkdf_sha256(&self.0, b"", KEK)?)
    }

    /// What opens an answer of a key management service that was kept.
    pub(super) fn grace_kek(&self) -> Result<Secret<32>> {
        Ok(hkdf_sha256(&self.0, b"", GRACE_KEK)?)
    }

    /// What opens the vault key after a reload, with the half that the tab has.
    pub(super) fn reload_kek(&self, half: &PrfInput) -> Result<Secret<32>> {
        Ok(hkdf_sha256(&self.0, half.as_bytes(), RELOAD_KEK)?)
    }
}

impl fmt::Debug for DeviceOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceOutput(redacted)")
    }
}

impl Present for ThisDevice {
    fn kind(&self) -> FactorKind {
        FactorKind::ThisDevice
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The records whose keys this browser has, one each time, those whose time is over at last. A record's times are
    /// authenticated once it has opened: one that was changed opens nothing, and has no key forgotten.
    fn answer<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        enrolments: &'a [Enrolment],
        attempt: usize,
    ) -> Local<'a, Result<Option<Answered>>> {
        Box::pin(async move {
            if enrolments.len() > MOST {
                return Err(Error::Integrity("more devices than a vault has factors"));
            }
            let now = self.clock.now();
            let (mut fault, mut here) = (DeviceFault::Missing, 0);
            let (mut keys, mut over) = (Vec::new(), Vec::new());
            for (which, enrolment) in enrolments.iter().enumerate() {
                let Enrolment::ThisDevice(key) = enrolment else {
                    continue;
                };
                match key.check_time(now) {
                    Ok(()) => keys.push((which, key)),
                    Err(why) => {
                        fault = why;
                        if why == DeviceFault::Expired {
                            over.push((which, key));
                        }
                    }
                }
            }
            for (which, key) in keys.into_iter().chain(over) {
                let output = match port.device_output(key).await {
                    Err(Error::ThisDevice(why)) => {
                        fault = why;
                        continue;
                    }
                    output => output?,
                };
                let Some(output) = output else { continue };
                if here == attempt {
                    let kek = output.kek()?;
                    return Ok(Some(Answered { which, kek }));
                }
                here += 1;
            }
            if attempt == 0 {
                return Err(Error::ThisDevice(fault));
            }
            Ok(None)
        })
    }

    fn check_opened(&self, enrolment: &Enrolment) -> Result<()> {
        let Enrolment::ThisDevice(key) = enrolment else {
            return Ok(());
        };
        key.check_time(self.clock.now()).map_err(Error::ThisDevice)
    }

    /// A clock that is put back later finds no key.
    fn forget<'a>(&'a self, port: &'a dyn FactorPort, over: &'a [Enrolment]) -> Local<'a, ()> {
        Box::pin(async move {
            for enrolment in over {
                if let Enrolment::ThisDevice(key) = enrolment {
                    port.forget_device_key(key).await;
                }
            }
        })
    }

    fn enrol<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        _: &'a [Enrolment],
        _: Option<&'a KdfCost>,
        entropy: &'a dyn Entropy,
    ) -> Local<'a, Result<(Enrolment, Secret<32>)>> {
        Box::pin(async move {
            let key = self.enrolled_now(entropy)?;
            port.new_device_key(&key).await?;
            // As every unlock will ask: what the browser says it kept may not be there.
            let output = port.device_output(&key).await?;
            let output = output.ok_or(Error::ThisDevice(DeviceFault::Missing))?;
            Ok((Enrolment::ThisDevice(key), output.kek()?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_byte() {
        let output = DeviceOutput::new(Secret::from_slice(&[7; 32]).expect("32 bytes"));
        assert_eq!(format!("{output:?}"), "DeviceOutput(redacted)");
    }

    /// A label of its own: HKDF of the same bytes under a passkey's label is another key.
    #[test]
    fn the_kek_is_hkdf_of_the_output() {
        let secret = Secret::from_slice(&[7; 32]).expect("32 bytes");
        let kek = DeviceOutput::new(secret.clone()).kek().expect("a key");
        // What Python's hmac gives by RFC 5869.
        let expected = "1d4914f8f0952d3d7c6efd23555246bb40c2c6330511f9770e88d6d4b0e466a1";
        let hex: String = kek
            .expose()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, expected);
        assert!(hkdf_sha256(&secret, b"", b"strongroom passkey kek") != Ok(kek));
    }
}
