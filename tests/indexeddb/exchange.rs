//! What either store writes, the other reads: a release may be followed by the other.

use strongroom::store::{Batch, Range, RecordId, RecordType, Row, Sequence, Store};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{acme, fresh_name, store};
use crate::indexed_db_store;

#[wasm_bindgen(module = "/tests/indexeddb/raw.js")]
extern "C" {
    /// Everything in a database, as a text: its version, object stores, keys and values.
    #[wasm_bindgen(js_name = dump, catch)]
    async fn dump(name: &str) -> core::result::Result<JsValue, JsValue>;
}

fn batches() -> [Batch; 2] {
    let row = |kind, id: &str, version: &str, revision, bytes: &[u8]| Row {
        record_id: RecordId {
            kind,
            id: id.into(),
            version: version.into(),
        },
        revision,
        bytes: bytes.to_vec(),
    };
    let first = vec![
        row(RecordType::Head, "h", "", 1, b""),
        row(RecordType::Version, "a", "1", 7, b"\x00\xff"),
        row(
            RecordType::Version,
            "a",
            "10",
            u64::from(u32::MAX) + 9,
            &[9; 4000],
        ),
        row(
            RecordType::Key,
            "\u{1f600} \u{fb33}",
            "",
            1,
            "\u{fb33}".as_bytes(),
        ),
    ];
    let second = Batch {
        puts: vec![row(RecordType::Head, "h", "", 2, b"{}")],
        deletes: vec![first[1].record_id.clone()],
    };
    let first = Batch {
        puts: first,
        deletes: Vec::new(),
    };
    [first, second]
}

async fn write(store: &impl Store, at: usize) {
    let expect = Sequence(at as u64);
    let committed = store
        .commit(&acme(), expect, expect.next(), &batches()[at])
        .await;
    assert_eq!(committed, Ok(()));
}

async fn whole(store: &impl Store) -> (Sequence, Vec<Row>) {
    store
        .read(&acme(), &[Range::all()])
        .await
        .expect("readable")
}

#[wasm_bindgen_test]
async fn both_stores_write_the_same_database() {
    let (ours, theirs) = (fresh_name(), fresh_name());
    for at in [0, 1] {
        write(&store(&ours), at).await;
        write(&indexed_db_store(&theirs), at).await;
    }
    let text = |dump: JsValue| dump.as_string().expect("a text");
    let ours = text(dump(&ours).await.expect("readable"));
    assert_eq!(ours, text(dump(&theirs).await.expect("readable")));
    assert!(ours.contains("4294967304"), "{ours}");
}

#[wasm_bindgen_test]
async fn each_store_reads_and_continues_what_the_other_wrote() {
    for ours_first in [true, false] {
        let database = fresh_name();
        let (ours, theirs) = (store(&database), indexed_db_store(&database));
        if ours_first {
            write(&ours, 0).await;
            assert_eq!(whole(&theirs).await.0, Sequence(1));
            write(&theirs, 1).await;
        } else {
            write(&theirs, 0).await;
            assert_eq!(whole(&ours).await.0, Sequence(1));
            write(&ours, 1).await;
        }
        let (sequence, rows) = whole(&ours).await;
        assert_eq!((sequence, rows.len()), (Sequence(2), 3));
        assert_eq!((sequence, rows), whole(&theirs).await);
        for range in [
            Range::of(RecordType::Version),
            Range::of(RecordType::Version).bare(),
        ] {
            let [a, b] = [
                Store::read(&ours, &acme(), std::slice::from_ref(&range)).await,
                theirs.read(&acme(), &[range]).await,
            ];
            assert_eq!(a, b);
        }
        assert_eq!(Store::vaults(&ours).await, theirs.vaults().await);
        Store::remove(&ours, &acme()).await.expect("removed");
        assert_eq!(whole(&theirs).await, (Sequence(0), Vec::new()));
    }
}
