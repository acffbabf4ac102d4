//! A full disk, and a browser that keeps nothing.

use js_sys::Function;
use strongroom::{
    Error,
    custody::{Range, Sequence, Store},
    web::StoreError,
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{acme, cause, fresh_name, read, row, store, told, write};

#[wasm_bindgen(module = "/tests/indexeddb/raw.js")]
extern "C" {
    #[wasm_bindgen(js_name = fillUp)]
    fn fill_up();

    fn without(thrown: Option<&str>) -> Function;
}

#[wasm_bindgen_test]
async fn a_full_disk_is_told_as_such_and_changes_nothing() {
    let store = store(&fresh_name());
    write(&store, 0, &[row("a", b"a")]).await.expect("written");
    let many: Vec<_> = (0..2000).map(|at| row(&at.to_string(), b"new")).collect();
    fill_up();
    let refused = write(&store, 1, &many).await.expect_err("it is full");
    assert!(matches!(refused, StoreError::Quota(_)), "{refused:?}");
    assert_eq!(cause(&refused), "QuotaExceededError");
    assert_eq!(Error::from(refused.clone()), Error::Quota);
    let (code, message) = told(refused);
    assert_eq!(code, "ERR_QUOTA");
    assert!(message.contains("free space"), "{message}");
    assert_eq!(
        read(&store).await.expect("readable"),
        (Sequence(1), vec![row("a", b"a")])
    );
    write(&store, 1, &many).await.expect("there is room again");
}

#[wasm_bindgen_test]
async fn a_browser_that_keeps_nothing_is_told_as_such() {
    for thrown in [None, Some("SecurityError"), Some("UnknownError")] {
        let store = store(&fresh_name());
        let restore = without(thrown);
        let refused = read(&store).await.expect_err("nothing is kept");
        let through_the_port = Store::read(&store, &acme(), &[Range::all()]).await;
        restore.call0(&JsValue::UNDEFINED).expect("restored");
        assert!(matches!(refused, StoreError::Denied(_)), "{refused:?}");
        assert_eq!(cause(&refused), thrown.unwrap_or("ReferenceError"));
        assert_eq!(through_the_port, Err(Error::NoStorage));
        let (code, message) = told(refused);
        assert_eq!(code, "ERR_STORAGE");
        assert!(
            message.contains("keeps no data for this site; allow it"),
            "{message}"
        );
        assert!(
            message.contains(thrown.unwrap_or("ReferenceError")),
            "{message}"
        );
        // Allowed again, it works.
        read(&store).await.expect("readable");
    }
}

#[wasm_bindgen_test]
async fn anything_else_that_is_thrown_is_told_with_its_cause() {
    let restore = without(Some("DataError"));
    let refused = read(&store(&fresh_name())).await.expect_err("it threw");
    restore.call0(&JsValue::UNDEFINED).expect("restored");
    assert!(matches!(refused, StoreError::Failed(_)), "{refused:?}");
    let (code, message) = told(refused);
    assert_eq!(code, "ERR_STORAGE");
    assert!(
        message.contains("the store failed: DataError: not here"),
        "{message}"
    );
}
