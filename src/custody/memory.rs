//! A store that ends with the process: for tests, and for Node.

use core::cell::RefCell;
use std::collections::BTreeMap;

use crate::vocabulary::{Error, Result};

use super::{Batch, Row, Sequence, Slot, Store, VaultName};

/// Vaults in memory.
#[derive(Debug, Default)]
pub struct MemoryStore(RefCell<BTreeMap<VaultName, Rows>>);

/// A vault's sequence and rows.
type Rows = (Sequence, BTreeMap<Slot, Row>);

impl Store for MemoryStore {
    async fn vaults(&self) -> Result<Vec<VaultName>> {
        Ok(self.0.borrow().keys().cloned().collect())
    }

    async fn read(&self, vault: &VaultName) -> Result<(Sequence, Vec<Row>)> {
        let vaults = self.0.borrow();
        let found = vaults.get(vault);
        Ok(found
            .map(|(sequence, rows)| (*sequence, rows.values().cloned().collect()))
            .unwrap_or_default())
    }

    async fn commit(&self, vault: &VaultName, expect: Sequence, batch: Batch) -> Result<Sequence> {
        let mut vaults = self.0.borrow_mut();
        if vaults
            .get(vault)
            .map_or(Sequence(0), |(sequence, _)| *sequence)
            != expect
        {
            return Err(Error::Conflict);
        }
        let (sequence, rows) = vaults.entry(vault.clone()).or_default();
        for slot in batch.deletes {
            rows.remove(&slot);
        }
        rows.extend(batch.puts.into_iter().map(|row| (row.slot.clone(), row)));
        *sequence = expect.next();
        Ok(*sequence)
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        self.0.borrow_mut().remove(vault);
        Ok(())
    }
}
