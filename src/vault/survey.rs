//! The survey: what an unlock leaves undone of a large vault. It opens the catalog, so that lists are
//! quick, and holds every row against the head, a page at a time, so that other calls go on meanwhile.

use core::ops::Deref;

use crate::{
    custody::{Holdings, Kind, MacSum, Range, Row, Sequence, Slot, Step},
    vocabulary::Result,
};

use super::{Unlocked, Vault};

/// Shards of the catalog that are opened in one go: with 100,000 keys about 10 ms.
const SHARDS: u32 = 16;
/// Rows that are summed up in one go: about 5 ms.
const ROWS: u32 = 512;
/// How often it begins anew because the vault was changed meanwhile; then it reads all rows at once.
const ATTEMPTS: u32 = 4;

impl<O, E> Vault<Unlocked, O, E> {
    /// Surveys the vault, if that was not done since it was unlocked.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity) when the rows are not those that the head accounts for.
    pub fn survey<'a>(vault: impl Deref<Target = Self> + 'a) -> Step<'a, ()>
    where
        Self: 'a,
    {
        Self::index_from(vault, None)
    }

    fn index_from<'a>(vault: impl Deref<Target = Self> + 'a, after: Option<Slot>) -> Step<'a, ()>
    where
        Self: 'a,
    {
        let name = vault.name.clone();
        let page = Range::of(Kind::Catalog).page(after, SHARDS);
        let read = move |(_, rows): (_, Vec<Row>)| {
            vault.state.holdings.borrow().index_shards(&rows)?;
            match rows.last() {
                Some(last) if rows.len() as u32 == SHARDS => {
                    Ok(Self::index_from(vault, Some(last.slot.clone())))
                }
                _ => Ok(Self::check_from_start(vault, ATTEMPTS)),
            }
        };
        Step::Read(name, vec![page], Box::new(read))
    }

    fn check_from_start<'a>(vault: impl Deref<Target = Self> + 'a, attempts: u32) -> Step<'a, ()>
    where
        Self: 'a,
    {
        let name = vault.name.clone();
        let read = move |(sequence, rows)| {
            vault.take_in(sequence, rows)?;
            if vault.state.holdings.borrow().surveyed() {
                return Ok(Step::Done(()));
            }
            let sum = vault.state.holdings.borrow().sum()?;
            let sequence = vault.state.holdings.borrow().sequence();
            Ok(Self::sum_from(vault, sum, sequence, None, attempts))
        };
        Step::Read(name, Holdings::core(), Box::new(read))
    }

    fn sum_from<'a>(
        vault: impl Deref<Target = Self> + 'a,
        mut sum: MacSum,
        sequence: Sequence,
        after: Option<Slot>,
        attempts: u32,
    ) -> Step<'a, ()>
    where
        Self: 'a,
    {
        let name = vault.name.clone();
        let limit = if attempts == 0 { u32::MAX } else { ROWS };
        let page = Range::all().page(after, limit);
        let read = move |(read_at, rows): (Sequence, Vec<Row>)| {
            if read_at != sequence {
                return Ok(Self::check_from_start(vault, attempts.saturating_sub(1)));
            }
            sum.add(&rows);
            match rows.last() {
                Some(last) if rows.len() as u32 == limit => {
                    let after = Some(last.slot.clone());
                    Ok(Self::sum_from(vault, sum, sequence, after, attempts))
                }
                _ if vault.summed(&sum, sequence)? => Ok(Step::Done(())),
                _ => Ok(Self::check_from_start(vault, attempts.saturating_sub(1))),
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
