//! A store that ends with the process: for tests, and for Node.

use core::cell::RefCell;

use crate::vocabulary::{Error, Result, Sorted};

use super::{Batch, Row, Sequence, Slot, Store, VaultName};

/// Vaults in memory.
#[derive(Debug, Default)]
pub struct MemoryStore(RefCell<Sorted<VaultName, Rows>>);

/// A vault's sequence and rows.
type Rows = (Sequence, Sorted<Slot, Row>);

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
        let (_, mut rows) = vaults.remove(vault).unwrap_or_default();
        for slot in &batch.deletes {
            rows.remove(slot);
        }
        for row in batch.puts {
            rows.insert(row.slot.clone(), row);
        }
        vaults.insert(vault.clone(), (expect.next(), rows));
        Ok(expect.next())
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        self.0.borrow_mut().remove(vault);
        Ok(())
    }
}
