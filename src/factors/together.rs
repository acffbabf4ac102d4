//! Two factors of a vault that takes both.

use crate::{
    base::{Entropy, Error, Local, Result, Secret},
    jose::Identity,
    records::{Enrolment, FactorKind, KdfCost, KitId},
};

use super::{Answered, Factor, FactorPort, GateAnswer, Present};

/// Two factors, presented together. In everything but a way in, they are the first.
pub struct Together {
    first: Box<dyn Present>,
    second: Box<dyn Present>,
}

impl Together {
    /// Both of them, in any order.
    #[must_use]
    pub const fn new(first: Box<dyn Present>, second: Box<dyn Present>) -> Self {
        Self { first, second }
    }
}

impl Present for Together {
    fn kind(&self) -> FactorKind {
        self.first.kind()
    }

    fn id(&self) -> Option<&str> {
        self.first.id()
    }

    fn asks_elsewhere(&self) -> bool {
        self.first.asks_elsewhere()
    }

    fn take_kms_calls(&self) -> u64 {
        self.first.take_kms_calls() + self.second.take_kms_calls()
    }

    fn second(&self) -> Option<&dyn Present> {
        Some(self.second.as_ref())
    }

    fn paper_id(&self) -> Result<Option<KitId>> {
        self.first.paper_id()
    }

    fn answer<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        enrolments: &'a [Enrolment],
        attempt: usize,
    ) -> Local<'a, Result<Option<Answered>>> {
        self.first.answer(port, enrolments, attempt)
    }

    fn enrol<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        others: &'a [Enrolment],
        least: Option<&'a KdfCost>,
        entropy: &'a dyn Entropy,
    ) -> Local<'a, Result<(Enrolment, Secret<32>)>> {
        self.first.enrol(port, others, least, entropy)
    }

    fn check_opened(&self, enrolment: &Enrolment) -> Result<()> {
        self.first.check_opened(enrolment)
    }

    fn forget<'a>(&'a self, port: &'a dyn FactorPort, over: &'a [Enrolment]) -> Local<'a, ()> {
        self.first.forget(port, over)
    }

    fn strengthen<'a>(
        &'a self,
        port: &'a dyn FactorPort,
        enrolled: &'a Enrolment,
        least: Option<&'a KdfCost>,
        entropy: &'a dyn Entropy,
    ) -> Local<'a, Result<Option<(Enrolment, Secret<32>)>>> {
        self.first.strengthen(port, enrolled, least, entropy)
    }
}

/// The factors that were presented together, opened: one, or two, in the order in which they were given.
pub(crate) struct Opened {
    pub(crate) first: Box<Factor>,
    pub(crate) second: Option<Box<Factor>>,
}

impl Opened {
    /// All of them.
    pub(crate) fn all(&self) -> Vec<&Factor> {
        let factors = core::iter::once(&self.first).chain(&self.second);
        factors.map(AsRef::as_ref).collect()
    }

    /// Why a gate's service gave no answer, where a kept one opened its record.
    pub(crate) fn unreached(&self) -> Option<&Error> {
        self.all()
            .into_iter()
            .find_map(|factor| match factor.answer() {
                GateAnswer::Kept(error) => Some(error),
                _ => None,
            })
    }

    /// Whether one of them is called that.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.all().iter().any(|factor| factor.kid().as_str() == id)
    }
}

impl From<Box<Factor>> for Opened {
    fn from(first: Box<Factor>) -> Self {
        Self {
            first,
            second: None,
        }
    }
}

/// What opens envelopes to some factors.
pub(crate) fn identities(factors: &[&Factor]) -> Vec<Identity> {
    factors.iter().map(|factor| factor.identity()).collect()
}
