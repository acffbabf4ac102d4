//! Factors by which a person proved themselves while a vault is open.
//!
//! An unlock tells that somebody was there then. A policy may ask for somebody who is there now, and for two things of theirs.

use core::cell::Cell;

use crate::{
    base::{Kid, Moment},
    records::FactorKind,
};

use super::Opened;

/// What was proved since the vault was unlocked: of each factor, the last time. In memory alone, and forgotten with the vault key.
#[derive(Debug, Default)]
pub(crate) struct FactorProofs(Vec<Proof>);

#[derive(Debug)]
struct Proof {
    factor: Kid,
    kind: FactorKind,
    at: Moment,
    /// The most milliseconds that it was seen to be old: what is over stays so, whatever is made of the clock.
    oldest: Cell<u64>,
}

impl Proof {
    /// How many milliseconds ago it was. Where nobody knows, it is over from then on.
    fn ago(&self, now: Moment) -> Option<u64> {
        let ago = now.since(self.at).unwrap_or(u64::MAX);
        self.oldest.update(|oldest| oldest.max(ago));
        let oldest = self.oldest.get();
        (oldest < u64::MAX).then_some(oldest)
    }
}

/// A kind of factor that a person proved, and how many milliseconds ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proven {
    /// The kind.
    pub kind: FactorKind,
    /// How long ago, in milliseconds.
    pub ago: u64,
}

impl FactorProofs {
    /// Remembers the factors that were presented and opened the vault. Those that prove no person are none.
    pub(crate) fn note(&mut self, opened: &Opened, at: Moment) {
        for factor in opened.all() {
            let (kid, kind) = (factor.kid(), factor.kind());
            if kind.proves_person() {
                self.0.retain(|proof| proof.factor != *kid);
                let factor = kid.clone();
                self.0.push(Proof {
                    factor,
                    kind,
                    at,
                    oldest: Cell::new(0),
                });
            }
        }
    }

    /// Forgets all of them.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }

    /// Notes how old they are, so that a clock that is set back afterwards makes none of them younger.
    pub(crate) fn age(&self, now: Moment) {
        for proof in &self.0 {
            proof.ago(now);
        }
    }

    /// What counts now, of the factors that the vault still has. What is of a time that is not known is none.
    pub(crate) fn proven(&self, now: Moment, has: impl Fn(&Kid) -> bool) -> Vec<Proven> {
        let held = self.0.iter().filter(|proof| has(&proof.factor));
        let proven = held.filter_map(|proof| {
            let ago = proof.ago(now)?;
            let kind = proof.kind;
            Some(Proven { kind, ago })
        });
        proven.collect()
    }
}
