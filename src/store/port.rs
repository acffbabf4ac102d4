//! The store port: named vaults, each a set of rows under one compare-and-swap.

use super::{Range, RecordId, Result, Row, Sequence, VaultName};

/// What one commit does: all of it, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Rows to write, replacing what stands in their record_ids.
    pub puts: Vec<Row>,
    /// Slots to empty.
    pub deletes: Vec<RecordId>,
}

/// The rows of one commit, in parts. Nothing is awaited to compute them, and nothing is committed where one is an
/// error.
pub type Rows<'a> = dyn Iterator<Item = crate::base::Result<Vec<Row>>> + 'a;

/// Where vaults are kept. All cryptography is done before a store is asked.
///
/// Every store passes one conformance suite (`tests/conformance/`).
#[expect(
    async_fn_in_trait,
    reason = "a page is one thread: these futures are never Send"
)]
pub trait Store {
    /// The vaults there are, by name.
    ///
    /// # Errors
    /// [`Error::Storage`](super::Error::Storage).
    async fn vaults(&self) -> Result<Vec<VaultName>>;

    /// A vault's sequence and those rows of it, each range sorted by [`RecordId::parts`], read in one
    /// transaction; no rows and 0 where there is none. Where a row stands is what the store found it under,
    /// whatever else is stored with it.
    ///
    /// # Errors
    /// [`Error::Storage`](super::Error::Storage); [`Error::Integrity`](super::Error::Integrity) for a row that says it stands elsewhere.
    async fn read(&self, vault: &VaultName, ranges: &[Range]) -> Result<(Sequence, Vec<Row>)>;

    /// Applies the batch in one durable transaction if the vault's sequence still is `expect`; it is `next`
    /// then.
    ///
    /// # Errors
    /// [`Error::Conflict`](super::Error::Conflict) when it is not, [`Error::Storage`](super::Error::Storage); nothing was changed then.
    async fn commit(
        &self,
        vault: &VaultName,
        expect: Sequence,
        next: Sequence,
        batch: &Batch,
    ) -> Result<()> {
        let mut rows = core::iter::once(Ok(batch.puts.clone()));
        self.commit_rows(vault, expect, next, &batch.deletes, &mut rows)
            .await
    }

    /// Applies a change in one durable transaction if the vault's sequence still is `expect`, and makes it `next`:
    /// first the deletes, then the rows, each of which replaces what stands in its record_id.
    ///
    /// The store takes the rows part by part while it writes those before them, so that the next part is computed in
    /// the meantime. They are all taken before the sequence changes.
    ///
    /// # Errors
    /// [`Error::Conflict`](super::Error::Conflict) when the sequence is another, [`Error::Storage`](super::Error::Storage), and the error that `rows` ends with;
    /// nothing was changed then.
    async fn commit_rows(
        &self,
        vault: &VaultName,
        expect: Sequence,
        next: Sequence,
        deletes: &[RecordId],
        rows: &mut Rows<'_>,
    ) -> Result<()>;

    /// Removes a vault and all its rows. Removing what is not there is fine.
    ///
    /// # Errors
    /// [`Error::Storage`](super::Error::Storage).
    async fn remove(&self, vault: &VaultName) -> Result<()>;
}
