//! Stores of JavaScript's as the core's.

use crate::{
    custody::{Range, Row, Rows, Sequence, Slot, Store, VaultName},
    vocabulary::Result,
};

use super::store_error::StoreError;

/// As [`Store`] says, with what was thrown in its errors.
#[expect(
    async_fn_in_trait,
    reason = "a page is one thread: these futures are never Send"
)]
pub trait PageStore {
    /// [`Store::vaults`].
    ///
    /// # Errors
    /// Any but `Quota`.
    async fn vaults(&self) -> core::result::Result<Vec<VaultName>, StoreError>;

    /// [`Store::read`].
    ///
    /// # Errors
    /// Any but `Quota`.
    async fn read(
        &self,
        vault: &VaultName,
        ranges: &[Range],
    ) -> core::result::Result<(Sequence, Vec<Row>), StoreError>;

    /// [`Store::commit_rows`].
    ///
    /// # Errors
    /// Any; nothing was changed then.
    async fn commit_rows(
        &self,
        vault: &VaultName,
        expect: Sequence,
        next: Sequence,
        deletes: &[Slot],
        rows: &mut Rows<'_>,
    ) -> core::result::Result<(), StoreError>;

    /// [`Store::remove`].
    ///
    /// # Errors
    /// Any.
    async fn remove(&self, vault: &VaultName) -> core::result::Result<(), StoreError>;
}

impl<S: PageStore> Store for S {
    async fn vaults(&self) -> Result<Vec<VaultName>> {
        Ok(PageStore::vaults(self).await?)
    }

    async fn read(&self, vault: &VaultName, ranges: &[Range]) -> Result<(Sequence, Vec<Row>)> {
        Ok(PageStore::read(self, vault, ranges).await?)
    }

    async fn commit_rows(
        &self,
        vault: &VaultName,
        expect: Sequence,
        next: Sequence,
        deletes: &[Slot],
        rows: &mut Rows<'_>,
    ) -> Result<()> {
        Ok(PageStore::commit_rows(self, vault, expect, next, deletes, rows).await?)
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        Ok(PageStore::remove(self, vault).await?)
    }
}
