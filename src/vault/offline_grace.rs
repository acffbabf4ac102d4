//! An unlock while a gate's key management service cannot be reached: for the hours that were agreed when the gate was enrolled, on a device that has
//! asked it before. It proves no person, and nothing that asks for a factor once more takes it.

use crate::{
    base::{DeviceFault, Error, Result},
    factors::{Factor, FactorRecord, GateAnswer, KeptAnswer, Opened, Reached},
    store::Store,
};

use super::{Unlocked, Vault};

/// For what factors are presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    /// An unlock: a gate's kept answer suffices where its service is not reached.
    Unlock,
    /// Anything else: no kept answer suffices.
    Anew,
}

impl<State, S: Store, E> Vault<State, S, E> {
    /// The gate's record, opened by what this device has kept, where `error` says that its service was not reached, and it is an unlock. A
    /// refusal ends the grace, whatever it was asked for.
    ///
    /// # Errors
    /// That one.
    pub(super) async fn open_gate_in_grace(
        &self,
        records: &[FactorRecord],
        error: Error,
        asking: Asking,
    ) -> Result<Box<Factor>> {
        let port = self.platform.factor.as_ref();
        match port.reached(&error) {
            Reached::No if asking == Asking::Unlock => {}
            Reached::Refuses => {
                port.forget_answer(&self.id).await;
                return Err(error);
            }
            Reached::No | Reached::Unknown => return Err(error),
        }
        let Some(kept) = port.kept_answer(&self.id).await else {
            return Err(error);
        };
        for record in records {
            match self.open_kept(&kept, record).await {
                Ok(factor) => return Ok(factor.opened_by(GateAnswer::Kept(error))),
                // A clock that is put back later finds nothing.
                Err(Error::ThisDevice(DeviceFault::Expired)) => {
                    port.forget_answer(&self.id).await;
                }
                Err(_) => {}
            }
        }
        Err(error)
    }

    async fn open_kept(&self, kept: &str, record: &FactorRecord) -> Result<Box<Factor>> {
        let port = self.platform.factor.as_ref();
        let grace = record.enrolment().offline_grace().ok_or(Error::NoFactor)?;
        let of = (&self.id, record.kid());
        let kept = KeptAnswer::parse(kept)?;
        let kek = kept
            .open(port, of, grace, self.platform.clock.now())
            .await?;
        record.open(kek)
    }
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Deletes what this device has kept of a gate that the vault has no more, as when another device gave it a new vault key, and what has had
    /// its time: it would open older copies of the vault.
    pub(super) async fn forget_ended_answer(&self) -> Result<()> {
        let port = self.platform.factor.as_ref();
        let Some(text) = port.kept_answer(&self.id).await else {
            return Ok(());
        };
        let enrolled = self.state.open()?.keyring.enrolled()?;
        let now = self.platform.clock.now();
        let lasts = KeptAnswer::parse(&text).is_ok_and(|kept| {
            let over = kept.key().check_time(now) == Err(DeviceFault::Expired);
            !over && enrolled.iter().any(|(kid, _)| kid == kept.gate())
        });
        if !lasts {
            port.forget_answer(&self.id).await;
        }
        Ok(())
    }

    /// Keeps what a gate's service answered, where its grace says so and this device can; otherwise each unlock asks it.
    pub(super) async fn keep_answer(&self, opened: &Opened) {
        let port = self.platform.factor.as_ref();
        for gate in opened.all() {
            let (GateAnswer::Fresh(answer), Some(grace)) =
                (gate.answer(), gate.enrolment().offline_grace())
            else {
                continue;
            };
            let of = (&self.id, gate.kid(), answer.clone());
            let (now, rng) = (self.platform.clock.now(), self.platform.rng.as_ref());
            let Ok(kept) = KeptAnswer::seal(port, of, grace, now, rng).await else {
                continue;
            };
            let Ok(text) = kept.text() else { continue };
            if port.keep_answer(&self.id, kept.key(), &text).await.is_err() {
                port.forget_device_key(kept.key()).await;
            }
        }
    }
}
