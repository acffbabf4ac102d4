//! What a store does, each in one transaction.

use std::collections::VecDeque;

use wasm_bindgen::JsValue;
use web_sys::{IdbObjectStore, IdbRequest};

use crate::{
    base::Local,
    store::{Error, Range, RecordId, Row, Rows, Sequence, Store, VaultName},
    web::{
        rows::{row_to_js, vault_names, whole},
        thrown::{Failure, is_lost},
    },
};

use super::{
    connection::{Connection, Opening},
    request::{Pending, result},
    rows::{Reading, key, keys_in},
    schema::Schema,
    transaction::Transaction,
};

/// The name of the origin's database.
const DATABASE: &str = "strongroom";

/// One put in so many is awaited, so that parts of a single row cost no more than large ones.
const EVERY: usize = 256;

/// How many of those are on their way while more rows are computed. 2 and 4 measured the same.
const AHEAD: usize = 2;

/// Vaults in IndexedDB.
pub struct IndexedDbStore {
    connection: Connection,
}

impl Default for IndexedDbStore {
    fn default() -> Self {
        Self::new(DATABASE, Schema::CURRENT)
    }
}

impl IndexedDbStore {
    /// The store in a database of that name. Nothing is opened before it is needed.
    #[must_use]
    pub fn new(database: &str, schema: Schema) -> Self {
        Self {
            connection: Connection::new(database, schema),
        }
    }

    /// What needs no answer before the transaction's end, in one transaction.
    fn transact<'a>(
        &'a self,
        mode: &'a str,
        begin: &'a mut Begin<'_>,
    ) -> Local<'a, Result<(), Error>> {
        Box::pin(async move {
            let (transaction, opening) = self.connection.begin(mode).await?;
            let mut done = self.run(transaction, &opening, begin).await;
            // Nothing that is done here does harm when it is done twice.
            if done.as_ref().is_err_and(is_lost) {
                let (transaction, opening) = self.connection.begin(mode).await?;
                done = self.run(transaction, &opening, begin).await;
            }
            done.map_err(|error| self.connection.explain(error))
        })
    }

    async fn run(
        &self,
        transaction: Transaction,
        opening: &Opening,
        begin: &mut Begin<'_>,
    ) -> Result<(), Error> {
        let begun = begin(&transaction);
        let ended = transaction.end(begun).await;
        self.connection.keep_if_sound(opening, ended)
    }
}

/// Makes requests, and may be asked to make them again.
type Begin<'a> = dyn FnMut(&Transaction) -> Result<(), Failure> + 'a;

impl Store for IndexedDbStore {
    async fn vaults(&self) -> Result<Vec<VaultName>, Error> {
        let mut asked = None;
        let mut begin = |transaction: &Transaction| {
            asked = Some(transaction.vaults()?.get_all_keys()?);
            Ok(())
        };
        self.transact("readonly", &mut begin).await?;
        vault_names(&result(&asked)?)
    }

    async fn read(
        &self,
        vault: &VaultName,
        ranges: &[Range],
    ) -> Result<(Sequence, Vec<Row>), Error> {
        let (mut sequence, mut readings) = (None, Vec::new());
        let mut begin = |transaction: &Transaction| {
            readings.clear();
            sequence = Some(transaction.vaults()?.get(&vault.as_str().into())?);
            begin_reading(&transaction.rows()?, vault, ranges, &mut readings)
        };
        self.transact("readonly", &mut begin).await?;
        let mut rows = Vec::new();
        for reading in readings {
            reading.finish(&mut rows)?;
        }
        Ok((sequence_in(&result(&sequence)?)?, rows))
    }

    async fn commit_rows(
        &self,
        vault: &VaultName,
        expect: Sequence,
        next: Sequence,
        deletes: &[RecordId],
        rows: &mut Rows<'_>,
    ) -> Result<(), Error> {
        let (transaction, opening) = self.connection.begin("readwrite").await?;
        let written = write(&transaction, vault, (expect, next), deletes, rows).await;
        // Whether it was done is not known where the connection was lost: it is not done again.
        let ended = transaction.end(written).await;
        let ended = self.connection.keep_if_sound(&opening, ended);
        ended.map_err(|error| self.connection.explain(error))
    }

    async fn remove(&self, vault: &VaultName) -> Result<(), Error> {
        let mut begin = |transaction: &Transaction| remove(transaction, vault);
        self.transact("readwrite", &mut begin).await
    }
}

fn begin_reading(
    rows: &IdbObjectStore,
    vault: &VaultName,
    ranges: &[Range],
    readings: &mut Vec<Reading>,
) -> Result<(), Failure> {
    for range in ranges {
        // 0 would stand for all.
        if range.limit != Some(0) {
            readings.push(Reading::new(rows, vault, range)?);
        }
    }
    Ok(())
}

/// Waits for nothing but the transaction's own requests: what `rows` gives is computed while some of them are under
/// way. Requests are done in their order, and one that fails ends them all (IndexedDB §2.7), so that few are awaited.
async fn write(
    transaction: &Transaction,
    vault: &VaultName,
    (expect, next): (Sequence, Sequence),
    deletes: &[RecordId],
    rows: &mut Rows<'_>,
) -> Result<(), Failure> {
    let vaults = transaction.vaults()?;
    let name = vault.as_str().into();
    let sequence = Pending::from(vaults.get(&name)?).outcome().await?;
    if sequence_in(&sequence)? != expect {
        return Err(Error::Conflict.into());
    }
    let stored = transaction.rows()?;
    for record_id in deletes {
        stored.delete(&key(vault, record_id))?;
    }
    let mut ahead = VecDeque::new();
    let mut fired = 0;
    for part in rows {
        for row in part.map_err(Error::rows)? {
            let request = put(&stored, vault, &row)?;
            fired += 1;
            if fired % EVERY == 0 {
                ahead.push_back(Pending::from(request));
            }
        }
        while ahead.len() > AHEAD
            && let Some(oldest) = ahead.pop_front()
        {
            oldest.outcome().await?;
        }
    }
    // Sequences stay below 2^53.
    vaults.put_with_key(&(next.0 as f64).into(), &name)?;
    Ok(())
}

fn put(rows: &IdbObjectStore, vault: &VaultName, row: &Row) -> Result<IdbRequest, JsValue> {
    rows.put_with_key(&row_to_js(row), &key(vault, &row.record_id))
}

fn remove(transaction: &Transaction, vault: &VaultName) -> Result<(), Failure> {
    transaction.vaults()?.delete(&vault.as_str().into())?;
    let all = keys_in(vault, &Range::everything())?;
    transaction.rows()?.delete(&all)?;
    Ok(())
}

/// A vault's sequence; 0 where there is none.
fn sequence_in(stored: &JsValue) -> Result<Sequence, Error> {
    if stored.is_undefined() {
        return Ok(Sequence::default());
    }
    Ok(Sequence(whole(stored)?))
}
