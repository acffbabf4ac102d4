//! A full disk, and a browser that keeps nothing.

use js_sys::Function;
use strongroom::store::{Error, Sequence};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{code_and_message, fresh_name, name_of, read, row, store, write};

#[wasm_bindgen(module = "/tests/web.js")]
extern "C" {
    #[wasm_bindgen(js_name = fillUp)]
    fn fill_up();

    fn without(thrown: Option<&str>) -> Function;
}

#[wasm_bindgen_test]
async fn a_full_disk_is_a_quota_error_and_changes_nothing() {
    let store = store(&fresh_name());
    write(&store, 0, &[row("a", b"a")]).await.expect("written");
    let many: Vec<_> = (0..2000).map(|at| row(&at.to_string(), b"new")).collect();
    fill_up();
    let refused = write(&store, 1, &many).await.expect_err("it is full");
    let Error::Quota(cause) = &refused else {
        panic!("{refused:?}");
    };
    assert_eq!(name_of(cause), "QuotaExceededError");
    let (code, message) = code_and_message(refused);
    assert_eq!(code, "ERR_QUOTA");
    assert!(message.contains("free space"), "{message}");
    assert_eq!(
        read(&store).await.expect("readable"),
        (Sequence(1), vec![row("a", b"a")])
    );
    write(&store, 1, &many).await.expect("there is room again");
}

#[wasm_bindgen_test]
async fn a_browser_that_keeps_no_data_is_a_storage_error_that_says_so() {
    for thrown in [None, Some("SecurityError"), Some("UnknownError")] {
        let store = store(&fresh_name());
        let restore = without(thrown);
        let refused = read(&store).await.expect_err("nothing is kept");
        restore.call0(&JsValue::UNDEFINED).expect("restored");
        let Error::NoStorage(cause) = &refused else {
            panic!("{refused:?}");
        };
        assert_eq!(name_of(cause), thrown.unwrap_or("ReferenceError"));
        let (code, message) = code_and_message(refused);
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
async fn any_other_error_is_the_cause_of_a_storage_error() {
    let restore = without(Some("DataError"));
    let refused = read(&store(&fresh_name())).await.expect_err("it threw");
    restore.call0(&JsValue::UNDEFINED).expect("restored");
    assert!(matches!(refused, Error::Store(_)), "{refused:?}");
    let (code, message) = code_and_message(refused);
    assert_eq!(code, "ERR_STORAGE");
    assert!(
        message.contains("the store failed: DataError: not here"),
        "{message}"
    );
}
