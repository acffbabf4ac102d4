//! A vault with one record replaced opens only if it was replaced by itself.

use std::{cell::OnceCell, rc::Rc, thread_local};

use pollster::block_on;
use strongroom::{
    Result,
    base::{Clock, SystemEntropy, Timestamp},
    factors::Passphrase,
    object::body::RustEngine,
    store::{Batch, MemoryStore, Row, Sequence, Store},
    vault::{KeyInfo, Platform, Vault},
};

use crate::fixture::{Known, NOW, vault};

thread_local! {
    static ROWS: OnceCell<Vec<Row>> = const { OnceCell::new() };
}

/// The input: which record, and the bytes that it should be.
pub fn target(data: &[u8]) {
    let Some((&which, bytes)) = data.split_first() else {
        return;
    };
    let mut rows = rows();
    let index = usize::from(which) % rows.len();
    let genuine = core::mem::replace(&mut rows[index].bytes, bytes.to_vec());
    assert_eq!(block_on(keys(rows)).is_ok(), genuine == bytes);
}

/// The keys of a vault of these rows.
async fn keys(puts: Vec<Row>) -> Result<Vec<KeyInfo>> {
    let host = Rc::new(Platform {
        store: MemoryStore::default(),
        factor: Box::new(Known),
        engine: Rc::new(RustEngine),
        clock: Rc::new(FixedClock),
        rng: Box::new(SystemEntropy),
        listener: Box::new(|_| {}),
    });
    let (name, deletes) = ("acme".parse()?, Vec::new());
    let batch = Batch { puts, deletes };
    host.store
        .commit(&name, Sequence(0), Sequence(1), &batch)
        .await?;
    let vault = Vault::open(host, name).await?;
    let passphrase = Passphrase::new(b"correct horse".to_vec())?;
    vault.unlock(&passphrase, None).await?.keys().await
}

pub struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        NOW
    }
}

fn rows() -> Vec<Row> {
    ROWS.with(|rows| rows.get_or_init(|| vault().0).clone())
}

pub fn seeds() -> Vec<Vec<u8>> {
    let rows = rows().into_iter().enumerate();
    rows.map(|(index, row)| [&[index as u8][..], &row.bytes].concat())
        .collect()
}
