//! Factors as a caller presents them: each answers what a record's enrolment asks.

use crate::{
    base::{Entropy, Local, Result, Secret},
    records::{Enrolment, FactorKind, KdfCost, KitId, Way},
};

use super::FactorPort;

/// A factor that a caller presents. The core sees its answers alone.
pub trait Present {
    /// Its kind: no record of another one is asked for.
    fn kind(&self) -> FactorKind;

    /// What it is to whoever requires factors.
    fn way(&self) -> Way {
        self.kind().into()
    }

    /// Which of the vault's factors it is, where the caller says so.
    fn id(&self) -> Option<&str> {
        None
    }

    /// Whether somebody elsewhere is asked, whom each question may cost something, and who sees it.
    fn asks_elsewhere(&self) -> bool {
        false
    }

    /// How often a key management service was asked for its answers, since this was asked last.
    fn take_kms_calls(&self) -> u64 {
        0
    }

    /// The factor that is presented together with it, to a vault that takes both.
    fn second(&self) -> Option<&dyn Present> {
        None
    }

    /// The id that its secret has, of what lies on paper: a statement lists by it what was replaced.
    ///
    /// # Errors
    /// None that is seen.
    fn paper_id(&self) -> Result<Option<KitId>> {
        Ok(None)
    }

    /// Answers for one of the records of its kind, whose enrolments these are: the next one each time it is asked, counted
    /// from 0. Nothing when it has no answer any more.
    ///
    /// # Errors
    /// What the port reports.
    fn answer<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        enrolments: &'a [Enrolment],
        attempt: usize,
    ) -> Local<'a, Result<Option<Answered>>>;

    /// What it is asked from now on, and what it answers then. `others` are the vault's other factors; a passphrase costs as much as `least` says, or more.
    ///
    /// # Errors
    /// What the port or the entropy source reports.
    fn enrol<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        others: &'a [Enrolment],
        least: Option<&'a KdfCost>,
        entropy: &'a dyn Entropy,
    ) -> Local<'a, Result<(Enrolment, Secret<32>)>>;

    /// Whether a record that its answer opened still counts. The enrolment is authentic by then.
    ///
    /// # Errors
    /// Why it does not.
    fn check_opened(&self, _: &Enrolment) -> Result<()> {
        Ok(())
    }

    /// Forgets what would open records that do not count any more, as far as that can be done.
    fn forget<'a>(&'a self, _port: &'a dyn FactorPort, _over: &'a [Enrolment]) -> Local<'a, ()> {
        Box::pin(async {})
    }

    /// As [`enrol`](Self::enrol), of one that opened a record, where a guess at it has become too cheap since, or costs less than `least` says.
    ///
    /// # Errors
    /// As [`enrol`](Self::enrol).
    fn strengthen<'a>(
        &'a self,
        _port: &'a dyn FactorPort,
        _enrolled: &'a Enrolment,
        _least: Option<&'a KdfCost>,
        _entropy: &'a dyn Entropy,
    ) -> Local<'a, Result<Option<(Enrolment, Secret<32>)>>> {
        Box::pin(async { Ok(None) })
    }
}

/// An answer.
pub struct Answered {
    /// Which of the enrolments it is for.
    pub which: usize,
    /// What opens that record.
    pub kek: Secret<32>,
}
