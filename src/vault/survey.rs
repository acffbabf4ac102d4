//! What an unlock leaves undone of a large vault: the survey opens the catalog, so that lists are quick, and
//! holds every row against the head, a page at a time, so that other calls proceed meanwhile.

use super::{Unlocked, Vault, keyring::Keyring, transaction::Source};
use crate::{
    base::{Error, Result},
    records::MacSum,
    store::{Range, Sequence, Store},
};

/// Rows that are summed up in one go: about 5 ms.
const ROWS: u32 = 512;
/// How often it begins again because the vault was changed meanwhile.
const ATTEMPTS: u32 = 8;
/// The last so many times it reads all rows at once.
const WHOLE: u32 = 4;

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Surveys the vault, if that was not done since it was unlocked. At its end the platform is told of one
    /// [`Event`](super::Event), as an audit wants to know of records that were changed from outside.
    ///
    /// # Errors
    /// [`Error::Integrity`] when the rows are not those that the head accounts for; [`Error::Rotated`];
    /// [`Error::Conflict`] when the vault was changed again and again meanwhile.
    pub async fn survey(&self) -> Result<()> {
        let mut surveyed = self.survey_rows().await;
        if surveyed == Err(Error::Rotated) {
            self.own_change().await;
            surveyed = self.survey_rows().await;
        }
        match &surveyed {
            Ok(()) => self.note("survey", &[], None),
            Err(error) => self.end("survey", None, Some(error.clone())),
        }
        surveyed
    }

    async fn survey_rows(&self) -> Result<()> {
        self.state.load_catalog(self).await?;
        for left in (0..=ATTEMPTS).rev() {
            let (sequence, rows) = self.read_rows(&Keyring::core()).await?;
            self.state.take_in(sequence, rows)?;
            if self.surveyed()? || self.sum_rows(left < WHOLE).await? {
                return Ok(());
            }
        }
        Err(Error::Conflict)
    }

    /// Sums up all rows and holds them against the head; whether nothing was changed meanwhile.
    async fn sum_rows(&self, whole: bool) -> Result<bool> {
        let limit = if whole { u32::MAX } else { ROWS };
        let sequence = self.state.open()?.keyring.sequence();
        let (mut sum, mut after) = (MacSum::default(), None);
        loop {
            let page = [Range::all().page(after, limit)];
            let (read_at, rows) = self.read_rows(&page).await?;
            if whole && read_at > sequence {
                // All rows are here, and among them what they are held against.
                self.state.take_in(read_at, Keyring::core_of(&rows))?;
            } else if read_at != sequence {
                return Ok(false);
            }
            sum.add(&self.state.open()?.keyring.mac()?, &rows);
            match rows.last() {
                Some(last) if rows.len() as u32 == limit => after = Some(last.record_id.clone()),
                _ => return self.summed(&sum, read_at),
            }
        }
    }

    /// Whether the sum is of what is held now; a change may have been committed in the last moment.
    fn summed(&self, sum: &MacSum, sequence: Sequence) -> Result<bool> {
        let keyring = &self.state.open()?.keyring;
        if keyring.sequence() != sequence {
            return Ok(false);
        }
        keyring.check_sum(sum).map(|()| true)
    }

    /// Whether all rows were held against the head since the vault was unlocked.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn surveyed(&self) -> Result<bool> {
        Ok(self.state.open()?.keyring.surveyed())
    }
}
