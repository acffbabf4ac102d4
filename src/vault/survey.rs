//! The survey: what an unlock leaves undone of a large vault. It opens the catalog, so that lists are
//! quick (see `indexing.rs`), and holds every row against the head, a page at a time, so that other calls go on meanwhile.

use core::ops::Deref;

use crate::{
    custody::{Holdings, MacSum, Range, Row, Sequence, Slot, Step},
    vocabulary::{Error, Result},
};

use super::{Unlocked, Vault};

/// Rows that are summed up in one go: about 5 ms.
const ROWS: u32 = 512;
/// How often it begins anew because the vault was changed meanwhile.
const ATTEMPTS: u32 = 8;
/// The last so many times it reads all rows at once.
const WHOLE: u32 = 4;

impl<O, E> Vault<Unlocked, O, E> {
    /// Surveys the vault, if that was not done since it was unlocked. `done` is what comes out at the end.
    ///
    /// # Errors
    /// [`Error::Integrity`] when the rows are not those that the head accounts for; [`Error::Rotated`];
    /// [`Error::Conflict`] when the vault was changed again and again meanwhile.
    pub fn survey<'a, T: 'a>(vault: impl Deref<Target = Self> + 'a, done: T) -> Step<'a, T>
    where
        Self: 'a,
    {
        let surveyed = |vault| Ok(Self::check_from_start(vault, ATTEMPTS, done));
        Self::index(vault, Box::new(surveyed))
    }

    fn check_from_start<'a, T: 'a>(
        vault: impl Deref<Target = Self> + 'a,
        attempts: u32,
        done: T,
    ) -> Step<'a, T>
    where
        Self: 'a,
    {
        let name = vault.name.clone();
        let read = move |(sequence, rows)| {
            vault.take_in(sequence, rows)?;
            if vault.state.holdings.borrow().surveyed() {
                return Ok(Step::Done(done));
            }
            let sum = vault.state.holdings.borrow().sum()?;
            let sequence = vault.state.holdings.borrow().sequence();
            Ok(Self::sum_from(vault, sum, sequence, None, attempts, done))
        };
        Step::Read(name, Holdings::core(), Box::new(read))
    }

    fn sum_from<'a, T: 'a>(
        vault: impl Deref<Target = Self> + 'a,
        mut sum: MacSum,
        sequence: Sequence,
        after: Option<Slot>,
        attempts: u32,
        done: T,
    ) -> Step<'a, T>
    where
        Self: 'a,
    {
        let name = vault.name.clone();
        let whole = attempts < WHOLE;
        let limit = if whole { u32::MAX } else { ROWS };
        let page = Range::all().page(after, limit);
        let read = move |(read_at, rows): (Sequence, Vec<Row>)| {
            let again = |vault, done| {
                let left = attempts.checked_sub(1).ok_or(Error::Conflict)?;
                Ok(Self::check_from_start(vault, left, done))
            };
            if whole && read_at > sequence {
                // All rows are here, and among them what they are held against.
                vault.take_in(read_at, Holdings::core_of(&rows))?;
            } else if read_at != sequence {
                return again(vault, done);
            }
            sum.add(&rows);
            match rows.last() {
                Some(last) if rows.len() as u32 == limit => {
                    let after = Some(last.slot.clone());
                    Ok(Self::sum_from(vault, sum, sequence, after, attempts, done))
                }
                _ if vault.summed(&sum, read_at)? => Ok(Step::Done(done)),
                _ => again(vault, done),
            }
        };
        Step::Read(name, vec![page], Box::new(read))
    }

    /// Whether the sum is of what is held now; a change may have been committed in the last moment.
    fn summed(&self, sum: &MacSum, sequence: Sequence) -> Result<bool> {
        let holdings = self.state.holdings.borrow();
        if holdings.sequence() != sequence {
            return Ok(false);
        }
        holdings.check_sum(sum).map(|()| true)
    }

    /// Whether all rows were held against the head since the vault was unlocked.
    #[must_use]
    pub fn surveyed(&self) -> bool {
        self.state.holdings.borrow().surveyed()
    }
}
