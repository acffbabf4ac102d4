//! What is left to do with a vault that a factor has opened, before it can be used.

use crate::{
    custody::{Change, Factor, Holdings, Range, Step},
    vocabulary::{Error, Result},
};

use super::{Locked, Unlocked, Vault};

/// How often a change is prepared because another tab was faster.
const ATTEMPTS: u32 = 32;

pub(super) struct Unlocking<O, E> {
    vault: Vault<Locked, O, E>,
    holdings: Box<Holdings>,
    factor: Box<Factor>,
    /// How often a change may still be prepared.
    attempts: u32,
}

impl<O: 'static, E: 'static> Unlocking<O, E> {
    pub(super) fn new(
        vault: Vault<Locked, O, E>,
        holdings: Box<Holdings>,
        factor: Box<Factor>,
    ) -> Self {
        Self {
            vault,
            holdings,
            factor,
            attempts: ATTEMPTS,
        }
    }

    /// Reads and checks a small vault whole; brings one of the first release up to date; lets the factor
    /// remember the current generation, if it can be written: a vault on a full disk opens all the same.
    pub(super) fn settle<T: 'static>(
        self,
        done: impl FnOnce(Vault<Unlocked, O, E>) -> T + 'static,
    ) -> Result<Step<'static, T>> {
        if self.holdings.is_small() && !self.holdings.surveyed() {
            return Ok(self.read_whole(done));
        }
        let entropy = self.vault.host.entropy.as_ref();
        if self.holdings.is_old() {
            let change = self.holdings.upgrade(entropy)?;
            return Ok(self.commit(change, done));
        }
        let repinned = match self.attempts {
            0 => None,
            _ => self.holdings.repin(&self.factor, entropy)?,
        };
        match repinned {
            Some(change) => Ok(self.commit(change, done)),
            None => Ok(Step::Done(done(self.vault.with(self.holdings)))),
        }
    }

    fn read_whole<T: 'static>(
        mut self,
        done: impl FnOnce(Vault<Unlocked, O, E>) -> T + 'static,
    ) -> Step<'static, T> {
        let name = self.vault.name.clone();
        let read = move |(sequence, rows): (_, Vec<_>)| {
            if sequence != self.holdings.sequence() {
                self.holdings.refresh(sequence, rows.clone())?;
            }
            self.holdings.check(&rows)?;
            self.holdings.add(vec![Range::all()], rows);
            self.settle(done)
        };
        Step::Read(name, vec![Range::all()], Box::new(read))
    }

    fn commit<T: 'static>(
        mut self,
        change: Change,
        done: impl FnOnce(Vault<Unlocked, O, E>) -> T + 'static,
    ) -> Step<'static, T> {
        let (name, sequence) = (self.vault.name.clone(), self.holdings.sequence());
        let batch = change.batch.clone();
        let committed = move |committed: Result<bool>| {
            let upgrades = self.holdings.is_old();
            match committed {
                Ok(true) => {
                    self.holdings.apply(&change);
                    if !upgrades {
                        // The other change there is: the factor remembers now.
                        self.factor.repinned(self.holdings.generation());
                    }
                    self.settle(done)
                }
                Ok(false) => {
                    // Another tab was faster: what it wrote is read first.
                    self.attempts = self.attempts.saturating_sub(1);
                    if upgrades && self.attempts == 0 {
                        return Err(Error::Conflict);
                    }
                    Ok(self.read_whole(done))
                }
                Err(error) if upgrades => Err(error),
                Err(_) => {
                    self.attempts = 0;
                    self.settle(done)
                }
            }
        };
        let sequences = [sequence, sequence.next()];
        Step::Commit(name, sequences, batch, None, Box::new(committed))
    }
}
