//! What others wrote into the database.

use strongroom::store::{Error, Range, Sequence, Store};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{acme, fresh_name, row, store, write};

#[wasm_bindgen(module = "/tests/web.js")]
extern "C" {
    /// Puts the value of a row of "acme" under another key: its parts after the vault's name, as JSON.
    #[wasm_bindgen(js_name = copyRow, catch)]
    async fn copy_row(name: &str, from: &str, to: &str) -> core::result::Result<JsValue, JsValue>;

    /// Puts any value, given as JavaScript.
    #[wasm_bindgen(js_name = putValue, catch)]
    async fn put_value(
        name: &str,
        store: &str,
        key: &str,
        value: &str,
    ) -> core::result::Result<JsValue, JsValue>;
}

async fn read(database: &str) -> Result<usize, Error> {
    let read = Store::read(&store(database), &acme(), &[Range::everything()]).await;
    read.map(|(_, rows)| rows.len())
}

/// A database with the rows "a" and "b" of "acme".
async fn database() -> String {
    let database = fresh_name();
    write(&store(&database), 0, &[row("a", b"a"), row("b", b"b")])
        .await
        .expect("a free name");
    database
}

#[wasm_bindgen_test]
async fn a_row_under_another_key_than_it_says_is_an_integrity_error() {
    for to in [
        r#"["key","b",""]"#,
        r#"["key","c",""]"#,
        r#"["key","a","1"]"#,
        r#"["version","a",""]"#,
    ] {
        let database = database().await;
        copy_row(&database, r#"["key","a",""]"#, to)
            .await
            .expect("written");
        let refused = read(&database).await;
        assert!(
            matches!(refused, Err(Error::Integrity(_))),
            "{to}: {refused:?}"
        );
    }
    let database = database().await;
    copy_row(&database, r#"["key","a",""]"#, r#"["key","a",""]"#)
        .await
        .expect("written");
    assert_eq!(read(&database).await, Ok(2));
}

#[wasm_bindgen_test]
async fn a_key_that_is_no_address_is_an_integrity_error() {
    for to in [
        "[]",
        r#"["key"]"#,
        r#"["key","a"]"#,
        r#"["key","a",""," "]"#,
        r#"["key","a",5]"#,
        r#"["key",5,""]"#,
        r#"[5,"a",""]"#,
    ] {
        let database = database().await;
        copy_row(&database, r#"["key","a",""]"#, to)
            .await
            .expect("written");
        let refused = read(&database).await;
        assert!(
            matches!(refused, Err(Error::Integrity(_))),
            "{to}: {refused:?}"
        );
        let bare = Store::read(&store(&database), &acme(), &[Range::everything().bare()]).await;
        assert!(matches!(bare, Err(Error::Integrity(_))), "{to}: {bare:?}");
    }
}

#[wasm_bindgen_test]
async fn a_row_of_a_later_type_is_unsupported() {
    let database = database().await;
    let value = r#"{ type: "later", id: "a", version: "", revision: 1, bytes: new Uint8Array(1) }"#;
    put_value(&database, "rows", r#"["acme","later","a",""]"#, value)
        .await
        .expect("written");
    let refused = read(&database).await;
    assert!(matches!(refused, Err(Error::Unsupported(_))), "{refused:?}");
}

#[wasm_bindgen_test]
async fn one_row_that_is_asked_for_is_the_one_under_its_key() {
    let (database, b) = (database().await, row("b", b"b"));
    let store = store(&database);
    let one = |id: &str| [Range::record_id(&row(id, b"").record_id)];
    let asked = [one("b"), one("c"), one("a")].concat();
    let (sequence, rows) = Store::read(&store, &acme(), &asked).await.expect("rows");
    assert_eq!((sequence, &rows), (Sequence(1), &vec![b, row("a", b"a")]));

    copy_row(&database, r#"["key","a",""]"#, r#"["key","b",""]"#)
        .await
        .expect("written");
    let refused = Store::read(&store, &acme(), &one("b")).await;
    assert!(matches!(refused, Err(Error::Integrity(_))), "{refused:?}");
    put_value(&database, "rows", r#"["acme","key","b",""]"#, "({})")
        .await
        .expect("written");
    let refused = Store::read(&store, &acme(), &one("b")).await;
    assert!(matches!(refused, Err(Error::Storage(_))), "{refused:?}");
}

#[wasm_bindgen_test]
async fn a_value_that_is_no_row_is_refused() {
    for value in [
        "5",
        "null",
        "undefined",
        "({})",
        r#"({ type: "key", id: "c", version: "", revision: 1, bytes: [1] })"#,
        r#"({ type: "key", id: "c", version: "", revision: 1.5, bytes: new Uint8Array(1) })"#,
        r#"({ type: "key", id: "c", version: "", revision: -1, bytes: new Uint8Array(1) })"#,
        r#"({ type: "key", id: "c", version: 1, revision: 1, bytes: new Uint8Array(1) })"#,
    ] {
        let database = database().await;
        put_value(&database, "rows", r#"["acme","key","c",""]"#, value)
            .await
            .expect("written");
        let refused = read(&database).await;
        assert!(
            matches!(refused, Err(Error::Storage(_))),
            "{value}: {refused:?}"
        );
    }
}

#[wasm_bindgen_test]
async fn a_sequence_that_is_no_count_is_refused_and_nothing_is_written() {
    for value in ["'1'", "1.5", "-1", "2 ** 53", "NaN", "null"] {
        let database = database().await;
        put_value(&database, "vaults", r#""acme""#, value)
            .await
            .expect("written");
        let refused = read(&database).await;
        assert!(
            matches!(refused, Err(Error::Storage(_))),
            "{value}: {refused:?}"
        );
        let refused = write(&store(&database), 1, &[row("a", b"new")]).await;
        assert_eq!(refused, read(&database).await.map(drop));
    }
}

#[wasm_bindgen_test]
async fn an_invalid_vault_name_is_refused() {
    for key in ["5", r#""""#, r#"["acme"]"#] {
        let database = database().await;
        put_value(&database, "vaults", key, "1")
            .await
            .expect("written");
        let refused = Store::vaults(&store(&database)).await;
        assert!(refused.is_err(), "{key}: {refused:?}");
        assert_eq!(read(&database).await, Ok(2));
        let other = Store::read(&store(&database), &"x".parse().expect("a name"), &[]).await;
        assert_eq!(other, Ok((Sequence(0), Vec::new())));
    }
}
