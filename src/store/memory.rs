//! A store that ends with the process: for tests, and for Node.

use core::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Error, Result};

use super::{Range, RecordId, Row, Rows, Sequence, Store, VaultName};

/// Vaults in memory.
#[derive(Debug, Default)]
pub struct MemoryStore(RefCell<Vec<Stored>>);

#[derive(Debug)]
struct Stored {
    name: VaultName,
    sequence: Sequence,
    rows: Vec<Row>,
}

impl MemoryStore {
    fn sequence(&self, vault: &VaultName) -> Sequence {
        let vaults = self.0.borrow();
        let stored = vaults.iter().find(|stored| stored.name == *vault);
        stored.map_or(Sequence::default(), |stored| stored.sequence)
    }
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
            let found = stored.rows.iter().filter(|row| range.has(&row.record_id));
            let limit = range.limit.map_or(usize::MAX, |limit| limit as usize);
            rows.extend(found.take(limit).map(
                |row| {
                    if range.bare { row.bare() } else { row.clone() }
                },
            ));
        }
        Ok((stored.sequence, rows))
    }

    async fn commit_rows(
        &self,
        vault: &VaultName,
        expect: Sequence,
        next: Sequence,
        deletes: &[RecordId],
        rows: &mut Rows<'_>,
    ) -> Result<()> {
        let mut puts = BTreeMap::new();
        if self.sequence(vault) == expect {
            for part in rows {
                puts.extend(part?.into_iter().map(|row| (row.record_id.clone(), row)));
            }
        }
        // The computation of the rows may have used the store as well.
        if self.sequence(vault) != expect {
            return Err(Error::Conflict);
        }
        let mut vaults = self.0.borrow_mut();
        let at = vaults.iter().position(|stored| stored.name == *vault);
        let at = at.unwrap_or_else(|| {
            vaults.push(Stored {
                name: vault.clone(),
                sequence: expect,
                rows: Vec::new(),
            });
            vaults.len() - 1
        });
        let stored = &mut vaults[at];
        let gone: BTreeSet<_> = puts.keys().chain(deletes).collect();
        stored.rows.retain(|row| !gone.contains(&row.record_id));
        stored.rows.extend(puts.into_values());
        stored
            .rows
            .sort_unstable_by(|a, b| a.record_id.parts().cmp(&b.record_id.parts()));
        stored.sequence = next;
        Ok(())
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        self.0.borrow_mut().retain(|stored| stored.name != *vault);
        Ok(())
    }
}
