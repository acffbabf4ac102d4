//! A store that ends with the process: for tests, and for Node.

use core::cell::RefCell;

use super::{Error, Range, RecordId, Result, Row, Rows, Sequence, Store, VaultName};

/// Vaults in memory.
#[derive(Debug, Default)]
pub struct MemoryStore(RefCell<Vec<Stored>>);

#[derive(Debug)]
struct Stored {
    name: VaultName,
    sequence: Sequence,
    /// In their order, so that a range is found by halving.
    rows: Vec<Row>,
}

impl MemoryStore {
    fn sequence(&self, vault: &VaultName) -> Sequence {
        let vaults = self.0.borrow();
        let stored = vaults.iter().find(|stored| stored.name == *vault);
        stored.map_or(Sequence::default(), |stored| stored.sequence)
    }
}

impl Stored {
    /// Adds the rows of a range.
    fn read(&self, range: &Range, to: &mut Vec<Row>) {
        let prefix: Vec<_> = range.prefix.iter().map(String::as_str).collect();
        let from = self.rows.partition_point(|row| match &range.after {
            Some(after) => row.record_id.order(&after.parts()).is_le(),
            None => row.record_id.order(&prefix).is_lt(),
        });
        let limit = range.limit.map_or(usize::MAX, |limit| limit as usize);
        for row in self.rows[from..].iter().take(limit) {
            if !range.has(&row.record_id) {
                return;
            }
            to.push(if range.bare { row.bare() } else { row.clone() });
        }
    }

    /// Puts a row where it stands, or takes out what stands there.
    fn replace(&mut self, record_id: &RecordId, by: Option<Row>) {
        let parts = record_id.parts();
        let place = self
            .rows
            .binary_search_by(|row| row.record_id.order(&parts));
        match (place, by) {
            (Ok(at), Some(row)) => self.rows[at] = row,
            (Ok(at), None) => drop(self.rows.remove(at)),
            (Err(at), Some(row)) => self.rows.insert(at, row),
            (Err(_), None) => {}
        }
    }
}

impl Store for MemoryStore {
    async fn vaults(&self) -> Result<Vec<VaultName>> {
        let vaults = self.0.borrow();
        Ok(vaults.iter().map(|vault| vault.name.clone()).collect())
    }

    async fn read(&self, vault: &VaultName, ranges: &[Range]) -> Result<(Sequence, Vec<Row>)> {
        let vaults = self.0.borrow();
        let Some(stored) = vaults.iter().find(|stored| stored.name == *vault) else {
            return Ok(<_>::default());
        };
        let mut rows = Vec::new();
        for range in ranges {
            stored.read(range, &mut rows);
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
        let mut puts = Vec::new();
        if self.sequence(vault) == expect {
            for part in rows {
                puts.extend(part.map_err(Error::rows)?);
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
        for record_id in deletes {
            stored.replace(record_id, None);
        }
        for row in puts {
            stored.replace(&row.record_id.clone(), Some(row));
        }
        stored.sequence = next;
        Ok(())
    }

    async fn remove(&self, vault: &VaultName) -> Result<()> {
        self.0.borrow_mut().retain(|stored| stored.name != *vault);
        Ok(())
    }
}
