//! What reads the rows of a log and of its index: compiled once, for all stores.

use crate::{
    audit::CompactRange,
    base::{LogId, Result},
    store::{Range, Row, Store},
    vault::{Unlocked, Vault, transaction::Source},
};

use super::{LogKeyUse, LogRows, reading::LogTree};

/// A log that is read.
pub(super) struct LogReader<'a> {
    source: &'a dyn Source,
    pub(super) state: &'a Unlocked,
    pub(super) rows: LogRows<'a>,
    /// The tree of the first entries, where they were cut: empty otherwise.
    pub(super) cut: CompactRange,
}

impl LogReader<'_> {
    /// Some rows, as long as the vault is not locked.
    pub(super) async fn read(&self, ranges: &[Range]) -> Result<Vec<Row>> {
        let (_, rows) = self.source.read_rows(ranges).await?;
        self.state.open()?;
        Ok(rows)
    }
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// What reads that log.
    pub(super) async fn log_reader<'a>(&'a self, tree: &'a LogTree) -> Result<LogReader<'a>> {
        let reader = self.log_beginner(&tree.log).await?;
        let cut = tree.cut.as_ref().map(|cut| cut.tree.clone());
        Ok(LogReader {
            cut: cut.unwrap_or(reader.cut),
            ..reader
        })
    }

    /// What reads the first entry of a log, of which it is not known yet whether any was cut.
    pub(super) async fn log_beginner<'a>(&'a self, log: &'a LogId) -> Result<LogReader<'a>> {
        let key = self.log_key(LogKeyUse::Entries, log).await?;
        Ok(LogReader {
            source: self,
            state: &self.state,
            rows: LogRows::new(&self.id, log, &key)?,
            cut: CompactRange::empty(),
        })
    }
}
