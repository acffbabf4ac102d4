//! 256 bits on paper: HKDF-SHA-256 (RFC 5869) makes the kit's id and its KEK of them, each under a label of its own.

use core::fmt;

use crate::{
    base::{Entropy, Local, Result, Secret},
    hazmat::hash::hkdf_sha256,
    records::{Enrolment, FactorKind, KitId},
};

use super::{Answered, FactorPort, Present};

const ID: &[u8] = b"strongroom recovery kit id";
const KEK: &[u8] = b"strongroom recovery kit kek";

/// A recovery kit's secret. Wiped when dropped, never printed.
pub struct RecoveryKit(Secret<32>);

impl RecoveryKit {
    /// A new one.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self> {
        Ok(Self(Secret::generate(entropy)?))
    }

    /// Its id: a record says by it which kit opens it.
    ///
    /// # Errors
    /// None that is seen: HKDF gives as many bytes.
    pub fn id(&self) -> Result<KitId> {
        let derived = hkdf_sha256(&self.0, b"", ID)?;
        // EXPOSE: half of what a label of its own derives names the kit, and tells nothing of its secret.
        let (id, _) = derived.expose().split_at(16);
        Ok(KitId::new(id.try_into().expect("half of 32 bytes")))
    }

    fn kek(&self) -> Result<Secret<32>> {
        Ok(hkdf_sha256(&self.0, b"", KEK)?)
    }
}

impl Present for RecoveryKit {
    fn kind(&self) -> FactorKind {
        FactorKind::RecoveryKit
    }

    fn answer<'a>(
        &'a self,
        _: &'a dyn FactorPort,
        enrolments: &'a [Enrolment],
        attempt: usize,
    ) -> Local<'a, Result<Option<Answered>>> {
        Box::pin(async move {
            let own = Enrolment::RecoveryKit(self.id()?);
            let which = enrolments.iter().position(|enrolment| *enrolment == own);
            let Some(which) = which.filter(|_| attempt == 0) else {
                return Ok(None);
            };
            let kek = self.kek()?;
            Ok(Some(Answered { which, kek }))
        })
    }

    fn enrol<'a>(
        &'a self,
        _: &'a dyn FactorPort,
        _: &'a dyn Entropy,
    ) -> Local<'a, Result<(Enrolment, Secret<32>)>> {
        Box::pin(async move { Ok((Enrolment::RecoveryKit(self.id()?), self.kek()?)) })
    }
}

impl fmt::Debug for RecoveryKit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKit(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SystemEntropy;

    #[test]
    fn debug_shows_no_byte() {
        let kit = RecoveryKit::generate(&SystemEntropy).expect("entropy");
        assert_eq!(format!("{kit:?}"), "RecoveryKit(redacted)");
    }
}
