//! A store that ends with the process: for tests, and for Node.

use core::cell::RefCell;

use crate::vocabulary::{Error, Result};

use super::{Batch, Row, Sequence, Store, VaultName};

/// Vaults in memory.
#[derive(Debug, Default)]
pub struct MemoryStore(RefCell<Vec<Stored>>);

#[derive(Debug)]
struct Stored {
    name: VaultName,
    sequence: Sequence,
    rows: Vec<Row>,
}

impl Store for MemoryStore {
    async fn vaults(&self) -> Result<Vec<VaultName>> {
        Ok(self
            .0
            .borrow()
            .iter()
            .map(|vault| vault.name.clone())
            .collect())
    }

    async fn read(&self, vault: &VaultName) -> Result<(Sequence, Vec<Row>)> {
        let vaults = self.0.borrow();
        let found = vaults.iter().find(|stored| stored.name == *vault);
        Ok(found
            .map(|stored| (stored.sequence, stored.rows.clone()))
            .unwrap_or_default())
    }

    async fn commit(&self, vault: &VaultName, expect: Sequence, batch: Batch) -> Result<Sequence> {
        let mut vaults = self.0.borrow_mut();
        let at = vaults.iter().position(|stored| stored.name == *vault);
        if at.map_or(Sequence::default(), |at| vaults[at].sequence) != expect {
            return Err(&Error::Conflict);
        }
        let at = at.unwrap_or_else(|| {
            vaults.push(Stored {
                name: vault.clone(),
                sequence: expect,
                rows: Vec::new(),
            });
            vaults.len() - 1
        });
        let Stored { sequence, rows, .. } = &mut vaults[at];
        rows.retain(|row| !batch.deletes.contains(&row.slot));
        for row in batch.puts {
            rows.retain(|old| old.slot != row.slot);
            rows.push(row);
        }
        *sequence = expect.next();
        Ok(*sequence)
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        self.0.borrow_mut().retain(|stored| stored.name != *vault);
        Ok(())
    }
}
