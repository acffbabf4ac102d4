//! What every release writes is the same database: one release may be followed by another, and by an earlier one.

use strongroom::store::{Batch, Range, RecordId, RecordType, Row, Sequence, Store};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{acme, fresh_name, store};
#[wasm_bindgen(module = "/tests/web.js")]
extern "C" {
    /// Everything in a database, as a text: its version, object stores, keys and values.
    #[wasm_bindgen(js_name = dump, catch)]
    async fn dump(name: &str) -> core::result::Result<JsValue, JsValue>;

    /// Writes what release 0.1 has after the first of the batches below.
    #[wasm_bindgen(js_name = writeAsEarlier, catch)]
    async fn write_as_earlier(name: &str) -> core::result::Result<JsValue, JsValue>;
}

/// What release 0.1 has after both.
fn earlier() -> String {
    let nines = vec!["9"; 4000].join(" ");
    let about = r#""keyPath":null,"autoIncrement":false,"indexes":[]"#;
    [
        r#"{"version":1,"stores":[{"store":"rows","#,
        about,
        r#","keys":[["acme","head","h",""],["acme","key","<id>",""],["acme","version","a","10"]],"values":["#,
        r#"{"type":"head","id":"h","version":"","revision":2,"bytes":{"bytes":"7b 7d"}},"#,
        r#"{"type":"key","id":"<id>","version":"","revision":1,"bytes":{"bytes":"ef ac b3"}},"#,
        r#"{"type":"version","id":"a","version":"10","revision":4294967304,"bytes":{"bytes":""#,
        &nines,
        r#""}}]},{"store":"vaults","#,
        about,
        r#","keys":["acme"],"values":[2]}]}"#,
    ]
    .concat()
    .replace("<id>", "\u{1f600} \u{fb33}")
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

async fn dumped(database: &str) -> String {
    let dump = dump(database).await.expect("readable");
    dump.as_string().expect("a text")
}

#[wasm_bindgen_test]
async fn the_database_is_the_one_that_earlier_releases_write() {
    let database = fresh_name();
    for at in [0, 1] {
        write(&store(&database), at).await;
    }
    assert_eq!(dumped(&database).await, earlier());
}

#[wasm_bindgen_test]
async fn what_an_earlier_release_wrote_is_read_and_continued() {
    let database = fresh_name();
    write_as_earlier(&database).await.expect("a fresh name");
    let store = store(&database);
    let (sequence, mut rows) = whole(&store).await;
    assert_eq!(sequence, Sequence(1));
    let order = |row: &Row| row.record_id.clone();
    let mut written = batches()[0].puts.clone();
    rows.sort_by_key(order);
    written.sort_by_key(order);
    assert_eq!(rows, written);
    let versions = Range::of(RecordType::Version);
    let bare = Store::read(&store, &acme(), &[versions.bare()]).await;
    assert_eq!(bare.expect("readable").1.len(), 2);
    write(&store, 1).await;
    assert_eq!(dumped(&database).await, earlier());
    let names = Store::vaults(&store).await;
    assert_eq!(names, Ok(vec![acme()]));
    Store::remove(&store, &acme()).await.expect("removed");
    assert_eq!(whole(&store).await, (Sequence(0), Vec::new()));
}
