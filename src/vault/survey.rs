//! What an unlock leaves undone of a large vault: the survey opens the catalog, so that lists are quick, and
//! holds every row against the head, a page at a time, so that other calls proceed meanwhile.

use super::holdings::Holdings;
use crate::{
    base::{Error, Result},
    records::MacSum,
    store::{Range, RecordType, Sequence, Store},
};

use super::{Unlocked, Vault};

/// Shards of the catalog that are opened in one go: with 100,000 keys about 10 ms.
const SHARDS: u32 = 16;
/// Rows that are summed up in one go: about 5 ms.
const ROWS: u32 = 512;
/// How often it begins again because the vault was changed meanwhile.
const ATTEMPTS: u32 = 8;
/// The last so many times it reads all rows at once.
const WHOLE: u32 = 4;

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Surveys the vault, if that was not done since it was unlocked.
    ///
    /// # Errors
    /// [`Error::Integrity`] when the rows are not those that the head accounts for; [`Error::Rotated`];
    /// [`Error::Conflict`] when the vault was changed again and again meanwhile.
    pub async fn survey(&self) -> Result<()> {
        self.load_catalog().await?;
        for left in (0..=ATTEMPTS).rev() {
            let core = Holdings::core();
            let (sequence, rows) = self.platform.read(&self.name, &core).await?;
            self.take_in(sequence, rows)?;
            if self.surveyed()? || self.sum_rows(left < WHOLE).await? {
                return Ok(());
            }
        }
        Err(Error::Conflict)
    }

    /// Sums up all rows and holds them against the head; whether nothing was changed meanwhile.
    async fn sum_rows(&self, whole: bool) -> Result<bool> {
        let limit = if whole { u32::MAX } else { ROWS };
        let sequence = self.holdings()?.sequence();
        let (mut sum, mut after) = (self.holdings()?.sum()?, None);
        loop {
            let page = [Range::all().page(after, limit)];
            let (read_at, rows) = self.platform.read(&self.name, &page).await?;
            if whole && read_at > sequence {
                // All rows are here, and among them what they are held against.
                self.take_in(read_at, Holdings::core_of(&rows))?;
            } else if read_at != sequence {
                return Ok(false);
            }
            sum.add(&rows);
            match rows.last() {
                Some(last) if rows.len() as u32 == limit => after = Some(last.record_id.clone()),
                _ => return self.summed(&sum, read_at),
            }
        }
    }

    /// Whether the sum is of what is held now; a change may have been committed in the last moment.
    fn summed(&self, sum: &MacSum, sequence: Sequence) -> Result<bool> {
        let holdings = self.holdings()?;
        if holdings.sequence() != sequence {
            return Ok(false);
        }
        holdings.check_sum(sum).map(|()| true)
    }

    /// Whether all rows were held against the head since the vault was unlocked.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn surveyed(&self) -> Result<bool> {
        Ok(self.holdings()?.surveyed())
    }

    /// Takes the catalog into the index, a few shards at a time. Shards that are there already are not
    /// opened; what another tab writes meanwhile leaves the index in need of them again.
    pub(crate) async fn load_catalog(&self) -> Result<()> {
        let mut epoch = self.holdings()?.index_epoch();
        let mut after = None;
        loop {
            let page = [Range::of(RecordType::Catalog).page(after, SHARDS)];
            let (sequence, rows) = self.platform.read(&self.name, &page).await?;
            let held = self.holdings()?.sequence();
            if sequence > held {
                // What another tab wrote may be under another vault key, which its core tells.
                let core = Holdings::core();
                let (sequence, core) = self.platform.read(&self.name, &core).await?;
                self.take_in(sequence, core)?;
            }
            if sequence >= held {
                self.holdings()?.index_shards(&rows)?;
            } else {
                // A page is missing now: it is not the whole.
                epoch = u64::MAX;
            }
            match rows.last() {
                Some(last) if rows.len() as u32 == SHARDS => after = Some(last.record_id.clone()),
                _ => {
                    self.holdings()?.index_whole(epoch);
                    return Ok(());
                }
            }
        }
    }
}
