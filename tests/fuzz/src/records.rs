//! A vault with one record replaced opens only if it was replaced by itself.

use std::{cell::OnceCell, thread_local};

use pollster::block_on;
use strongroom::custody::{MemoryStore, Passphrase, Row, Sealed, Sequence, take, unlock};

use crate::fixture::{Known, vault};

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
    let passphrase = Passphrase::new(b"correct horse".to_vec()).expect("not empty");
    let step = Sealed::new(Sequence(1), rows).and_then(|sealed| unlock(sealed, Ok));
    let (store, passphrases) = (MemoryStore::default(), [passphrase]);
    let opened = step.and_then(|step| block_on(take(&store, &Known, &passphrases, step)));
    assert_eq!(opened.is_ok(), genuine == bytes);
}

fn rows() -> Vec<Row> {
    ROWS.with(|rows| rows.get_or_init(|| vault().0).clone())
}

pub fn seeds() -> Vec<Vec<u8>> {
    let rows = rows().into_iter().enumerate();
    rows.map(|(index, row)| [&[index as u8][..], &row.bytes].concat())
        .collect()
}
