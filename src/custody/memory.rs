//! A store that ends with the process: for tests, and for Node.

use core::cell::RefCell;
use std::collections::BTreeSet;

use crate::vocabulary::{Error, Result};

use super::{Batch, Range, Row, Sequence, Store, VaultName};

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

    async fn read(&self, vault: &VaultName, ranges: &[Range]) -> Result<(Sequence, Vec<Row>)> {
        let vaults = self.0.borrow();
        let Some(stored) = vaults.iter().find(|stored| stored.name == *vault) else {
            return Ok(<_>::default());
        };
        let mut rows = Vec::new();
        for range in ranges {
            let found = stored.rows.iter().filter(|row| range.has(&row.slot));
            let limit = range.limit.map_or(usize::MAX, |limit| limit as usize);
            rows.extend(found.take(limit).map(
                |row| {
                    if range.bare { row.bare() } else { row.clone() }
                },
            ));
        }
        Ok((stored.sequence, rows))
    }

    async fn commit(
        &self,
        vault: &VaultName,
        expect: Sequence,
        next: Sequence,
        batch: &Batch,
    ) -> Result<()> {
        let mut vaults = self.0.borrow_mut();
        let at = vaults.iter().position(|stored| stored.name == *vault);
        if at.map_or(Sequence::default(), |at| vaults[at].sequence) != expect {
            return Err(Error::Conflict);
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
        let (puts, deletes) = (batch.puts.iter().map(|row| &row.slot), &batch.deletes);
        let gone: BTreeSet<_> = puts.chain(deletes).collect();
        rows.retain(|row| !gone.contains(&row.slot));
        rows.extend(batch.puts.iter().cloned());
        rows.sort_unstable_by(|a, b| a.slot.parts().cmp(&b.slot.parts()));
        *sequence = next;
        Ok(())
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        self.0.borrow_mut().retain(|stored| stored.name != *vault);
        Ok(())
    }
}
