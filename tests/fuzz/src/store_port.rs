//! A store that changes what it gives: a vault's keys are listed as they are, or not at all.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
    thread_local,
};

use pollster::block_on;
use strongroom::{
    Result,
    base::SystemEntropy,
    factors::Passphrase,
    object::body::RustEngine,
    store::{self, MemoryStore, Range, RecordId, Row, Rows, Sequence, Store, VaultName},
    vault::{Platform, Vault},
};

use crate::{
    fixture::{Known, batch, vault},
    records::FixedClock,
};

thread_local! {
    static GENUINE: OnceCell<(Vec<Row>, Vec<String>)> = const { OnceCell::new() };
}

/// The input: edits of three bytes each, which are made to one answer after the other.
pub fn target(data: &[u8]) {
    let (rows, known) = genuine();
    let edits = data.chunks_exact(3).map(|edit| [edit[0], edit[1], edit[2]]);
    if let Ok(keys) = block_on(keys(rows, edits.collect())) {
        assert_eq!(keys, known);
    }
}

/// What each edit begins with: how many answers pass before it is made.
const WAITS: u8 = 8;

struct Hostile {
    store: MemoryStore,
    edits: RefCell<Vec<[u8; 3]>>,
}

impl Hostile {
    fn edit(&self, sequence: &mut Sequence, rows: &mut Vec<Row>) {
        let mut later = Vec::new();
        for [what, which, how] in self.edits.take() {
            let (waits, what) = (what % WAITS, what / WAITS);
            if waits > 0 {
                later.push([waits - 1 + what * WAITS, which, how]);
                continue;
            }
            let at = usize::from(which) % rows.len().max(1);
            let other = usize::from(how) % rows.len().max(1);
            match what % 9 {
                0 => sequence.0 = sequence.0.wrapping_add(u64::from(how)),
                _ if rows.is_empty() => {}
                1 => drop(rows.remove(at)),
                2 => rows.insert(other, rows[at].clone()),
                3 => rows.swap(at, other),
                4 => rows[at].record_id = rows[other].record_id.clone(),
                5 => rows[at].bytes = rows[other].bytes.clone(),
                6 => rows[at].revision = rows[at].revision.wrapping_sub(1) ^ u64::from(how),
                7 => rows[at].bytes.truncate(usize::from(how) * 4),
                _ => rows.truncate(at),
            }
        }
        self.edits.replace(later);
    }
}

impl Store for Hostile {
    async fn vaults(&self) -> store::Result<Vec<VaultName>> {
        self.store.vaults().await
    }

    async fn read(
        &self,
        vault: &VaultName,
        ranges: &[Range],
    ) -> store::Result<(Sequence, Vec<Row>)> {
        let (mut sequence, mut rows) = self.store.read(vault, ranges).await?;
        self.edit(&mut sequence, &mut rows);
        Ok((sequence, rows))
    }

    async fn commit_rows(
        &self,
        vault: &VaultName,
        expect: Sequence,
        next: Sequence,
        deletes: &[RecordId],
        rows: &mut Rows<'_>,
    ) -> store::Result<()> {
        let store = &self.store;
        store.commit_rows(vault, expect, next, deletes, rows).await
    }

    async fn remove(&self, vault: &VaultName) -> store::Result<()> {
        self.store.remove(vault).await
    }
}

/// The keys of a vault of these rows.
async fn keys(rows: Vec<Row>, edits: Vec<[u8; 3]>) -> Result<Vec<String>> {
    let name: VaultName = "acme".parse()?;
    let store = MemoryStore::default();
    let batch = batch(rows);
    store
        .commit(&name, Sequence(0), Sequence(1), &batch)
        .await?;
    let host = Rc::new(Platform {
        store: Hostile {
            store,
            edits: RefCell::new(edits),
        },
        factor: Box::new(Known),
        engine: Rc::new(RustEngine),
        clock: Rc::new(FixedClock),
        rng: Box::new(SystemEntropy),
        listener: Box::new(|_| {}),
    });
    let vault = Vault::open(host, name).await?;
    let passphrase = Passphrase::new(b"correct horse".to_vec())?;
    let vault = vault.unlock(&passphrase, None).await?;
    vault.head().await?;
    let listed = vault.keys().await?;
    vault.head().await?;
    Ok(listed.iter().map(|key| key.to_json().text()).collect())
}

fn genuine() -> (Vec<Row>, Vec<String>) {
    GENUINE.with(|genuine| {
        let made = || {
            let rows = vault().0;
            let known = block_on(keys(rows.clone(), Vec::new())).expect("nothing is changed");
            (rows, known)
        };
        genuine.get_or_init(made).clone()
    })
}

/// Each edit, at each of the first answers.
pub fn seeds() -> Vec<Vec<u8>> {
    (0..9 * WAITS).map(|edit| vec![edit, 3, 1]).collect()
}
