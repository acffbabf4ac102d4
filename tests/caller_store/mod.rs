//! A store that the caller brings: what every store must do, and answers that are refused.

mod hostile;

use strongroom::{
    store::{Error, Range, RecordId, RecordType, Row, Sequence, Store, VaultName},
    web::CallerStore,
};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_test::wasm_bindgen_test;

use super::conformance;

#[wasm_bindgen(module = "/tests/web.js")]
extern "C" {
    #[wasm_bindgen(js_name = callerStore)]
    fn caller_store(instead: &str) -> JsValue;
}

macro_rules! run {
    ($case:ident) => {
        #[wasm_bindgen_test]
        async fn $case() {
            conformance::$case(&store("{}")).await;
        }
    };
}

crate::store_conformance!(run);
crate::commit_conformance!(run);

fn store(instead: &str) -> CallerStore {
    CallerStore::new(caller_store(instead))
}

fn acme() -> VaultName {
    "acme".parse().expect("a vault name")
}

/// What comes of a read of which the store gives rows: JavaScript, where `key(id)` is a row.
async fn answered(ranges: &[Range], rows: &str) -> Result<(Sequence, Vec<Row>), Error> {
    let answer = format!("{{ sequence: 3, rows: {rows} }}");
    read(ranges, &answer).await
}

async fn read(ranges: &[Range], answer: &str) -> Result<(Sequence, Vec<Row>), Error> {
    let key = r#"(id, type = "key", version = "") =>
        ({ type, id, version, revision: 1, bytes: Uint8Array.of(1) })"#;
    let store = store(&format!(
        "{{ read: () => {{ const key = {key}; return {answer}; }} }}"
    ));
    Store::read(&store, &acme(), ranges).await
}

fn ids(read: Result<(Sequence, Vec<Row>), Error>) -> Vec<String> {
    let (sequence, rows) = read.expect("an answer as it should be");
    assert_eq!(sequence, Sequence(3));
    rows.into_iter().map(|row| row.record_id.id).collect()
}

fn refused(read: Result<(Sequence, Vec<Row>), Error>) {
    assert!(matches!(read, Err(Error::Integrity(_))), "{read:?}");
}

#[wasm_bindgen_test]
async fn rows_are_taken_range_by_range() {
    let key = || Range::of(RecordType::Key);
    let page = key().page(Some(RecordId::new(RecordType::Key, "a")), 1);
    let one = Range::record_id(&RecordId::new(RecordType::Key, "b"));
    let all = [key(), page.clone(), one, key()];
    let rows =
        r#"[key("a"), key("b"), key("c"), key("b"), key("b"), key("a"), key("b"), key("c")]"#;
    assert_eq!(
        ids(answered(&all, rows).await),
        ["a", "b", "c", "b", "b", "a", "b", "c"]
    );
    assert_eq!(ids(answered(&all, "[]").await), [""; 0]);
    assert_eq!(ids(answered(&[], "[]").await), [""; 0]);
    assert_eq!(
        ids(answered(&[page], r#"[key("\u{1f600}")]"#).await),
        ["\u{1f600}"]
    );
}

#[wasm_bindgen_test]
async fn rows_outside_of_a_range_or_out_of_order_are_refused() {
    let key = || Range::of(RecordType::Key);
    let record_id = Range::record_id(&RecordId::new(RecordType::Key, "b"));
    let page = key().page(Some(RecordId::new(RecordType::Key, "b")), 2);
    for (range, rows) in [
        (key(), r#"[key("b"), key("a")]"#),
        (key(), r#"[key("a"), key("a")]"#),
        (key(), r#"[key("a", "version", "1")]"#),
        (key(), r#"[key("a"), key("a", "head")]"#),
        (record_id.clone(), r#"[key("c")]"#),
        (record_id.clone(), r#"[key("b", "key", "1")]"#),
        (record_id, r#"[key("b"), key("c")]"#),
        (page.clone(), r#"[key("b")]"#),
        (page.clone(), r#"[key("a"), key("c")]"#),
        (page, r#"[key("c"), key("d"), key("e")]"#),
    ] {
        refused(answered(&[range], rows).await);
    }
    refused(answered(&[], r#"[key("a")]"#).await);
}

#[wasm_bindgen_test]
async fn answers_of_another_shape_are_refused() {
    for answer in [
        "undefined",
        "null",
        "7",
        "{}",
        "{ sequence: 3 }",
        "{ rows: [] }",
        "{ sequence: -1, rows: [] }",
        "{ sequence: 0.5, rows: [] }",
        "{ sequence: 2 ** 53, rows: [] }",
        r#"{ sequence: "3", rows: [] }"#,
        "{ sequence: 3, rows: {} }",
        "{ sequence: 3, rows: 'abc' }",
        "{ sequence: 3, rows: [null] }",
        "{ sequence: 3, rows: [, key('a')] }",
        "{ sequence: 3, rows: [{ ...key('a'), bytes: [1] }] }",
        "{ sequence: 3, rows: [{ ...key('a'), bytes: 'abc' }] }",
        "{ sequence: 3, rows: [{ ...key('a'), revision: 1.5 }] }",
        "{ sequence: 3, rows: [{ ...key('a'), id: 5 }] }",
        "{ sequence: 3, rows: [{ type: 'key', id: 'a', revision: 1, bytes: new Uint8Array(1) }] }",
        "{ sequence: 3, get rows() { throw 'no'; } }",
    ] {
        let read = read(&[Range::all()], answer).await;
        assert!(matches!(read, Err(Error::Storage(_))), "{answer}: {read:?}");
    }
    for names in ["5", "[5]", "['']", "{}", "undefined"] {
        let vaults = Store::vaults(&store(&format!("{{ vaults: () => {names} }}"))).await;
        assert!(
            matches!(vaults, Err(Error::Storage(_))),
            "{names}: {vaults:?}"
        );
    }
    for answer in ["undefined", "1", "'true'", "null"] {
        let store = store(&format!("{{ commit: async () => {answer} }}"));
        let written =
            Store::commit(&store, &acme(), Sequence(0), Sequence(1), &<_>::default()).await;
        assert!(
            matches!(written, Err(Error::Storage(_))),
            "{answer}: {written:?}"
        );
    }
}

#[wasm_bindgen_test]
async fn the_error_that_the_store_throws_is_the_cause() {
    for how in ["() => { throw error; }", "async () => { throw error; }"] {
        let methods = ["vaults", "read", "commit", "remove"].map(|name| format!("{name}: {how}"));
        let instead = format!(
            "(() => {{ const error = new TypeError('offline'); return {{ error, {} }}; }})()",
            methods.join(", ")
        );
        let js = caller_store(&instead);
        let thrown = js_sys::Reflect::get(&js, &"error".into()).expect("an object");
        let store = CallerStore::new(js);
        let failures = [
            store.vaults().await.expect_err("it throws"),
            store.read(&acme(), &[]).await.expect_err("it throws"),
            store
                .commit_rows(
                    &acme(),
                    Sequence(0),
                    Sequence(1),
                    &[],
                    &mut std::iter::empty(),
                )
                .await
                .expect_err("it throws"),
            store.remove(&acme()).await.expect_err("it throws"),
        ];
        for failure in failures {
            assert!(matches!(failure, Error::Store(_)), "{failure:?}");
            let told: js_sys::Error = JsValue::from(failure).unchecked_into();
            assert_eq!(told.cause(), thrown);
            assert_eq!(told.message(), "the store failed: TypeError: offline");
        }
    }
}

#[wasm_bindgen_test]
async fn a_full_store_is_a_quota_error() {
    let full = "{ commit: async () => { throw new DOMException('x', 'QuotaExceededError'); } }";
    let written = Store::commit(
        &store(full),
        &acme(),
        Sequence(0),
        Sequence(1),
        &<_>::default(),
    )
    .await;
    assert!(matches!(written, Err(Error::Quota(_))), "{written:?}");
}

#[wasm_bindgen_test]
async fn an_object_without_the_methods_is_a_storage_error() {
    for instead in ["{ read: undefined }", "{ read: 5 }"] {
        let read = Store::read(&store(instead), &acme(), &[]).await;
        assert!(matches!(read, Err(Error::Store(_))), "{read:?}");
    }
}
