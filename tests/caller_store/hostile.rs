//! Answers that are not what they look like: each is an error of that call, and nothing else happens.

use js_sys::Date;
use strongroom::store::{Error, Range, RecordType, Sequence, Store};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{acme, read, store};

#[wasm_bindgen_test]
async fn rows_and_bytes_that_only_look_so_are_refused() {
    for answer in [
        "new Proxy({}, { get(_, name) { if (name !== 'then') throw 'no'; } })",
        "{ sequence: 3, rows: new Proxy([], { get() { throw 'no'; } }) }",
        "{ sequence: 3, rows: new Proxy([], { get: () => 2 ** 32 }) }",
        "{ sequence: 3, rows: Object.setPrototypeOf({ length: 0 }, Array.prototype) }",
        "(() => { const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return { sequence: 3, rows: proxy }; })()",
        "{ sequence: 3, rows: [new Proxy(key('a'), { get() { throw 'no'; } })] }",
        "{ sequence: 3, rows: [{ ...key('a'), bytes: new Proxy(new Uint8Array(1), {}) }] }",
        "{ sequence: 3, rows: [{ ...key('a'), bytes: Object.create(Uint8Array.prototype, { length: { value: 2 ** 31 + 1 } }) }] }",
        "{ sequence: 3, rows: [{ ...key('a'), get bytes() { throw 'no'; } }] }",
        "(() => { const bytes = new Uint8Array(9); structuredClone(bytes, { transfer: [bytes.buffer] }); return { sequence: 3, rows: [{ ...key('a'), bytes }] }; })()",
    ] {
        let read = read(&[Range::of(RecordType::Key)], answer).await;
        assert!(matches!(read, Err(Error::Storage(_))), "{answer}: {read:?}");
    }
}

/// An array with traps that do nothing is an array.
#[wasm_bindgen_test]
async fn a_proxy_that_answers_as_an_array_would_is_read() {
    let answer = "{ sequence: 3, rows: new Proxy([key('a')], {}) }";
    let read = read(&[Range::of(RecordType::Key)], answer).await;
    assert_eq!(read.expect("rows").1.len(), 1);
}

#[wasm_bindgen_test]
async fn names_that_only_look_so_are_refused() {
    for names in [
        "new Proxy([], { get(_, name) { if (name !== 'then') throw 'no'; } })",
        "[new Proxy({}, {})]",
        "[new String('acme')]",
        "['acme', 'a\\nb']",
        "['x'.repeat(257)]",
    ] {
        let vaults = store(&format!("{{ vaults: () => {names} }}"))
            .vaults()
            .await;
        assert!(
            matches!(vaults, Err(Error::Storage(_))),
            "{names}: {vaults:?}"
        );
    }
}

#[wasm_bindgen_test]
async fn promises_that_throw_are_the_cause() {
    for promise in [
        "{ then() { throw new TypeError('offline'); } }",
        "{ get then() { throw new TypeError('offline'); } }",
        "Object.assign(Promise.resolve([]), { then() { throw new TypeError('offline'); } })",
        "Object.defineProperty(Promise.resolve([]), 'then', { get() { throw new TypeError('offline'); } })",
        "new Proxy({}, { get() { throw new TypeError('offline'); } })",
        "Promise.reject(new Proxy(new TypeError('offline'), { get() { throw 'no'; } }))",
    ] {
        let vaults = store(&format!("{{ vaults: () => ({promise}) }}"))
            .vaults()
            .await;
        assert!(
            matches!(vaults, Err(Error::Store(_))),
            "{promise}: {vaults:?}"
        );
    }
}

#[wasm_bindgen_test]
async fn what_is_not_answered_is_refused_after_ten_seconds() {
    let never = "() => new Promise(() => {})";
    let methods = ["vaults", "read", "commit", "remove"].map(|name| format!("{name}: {never}"));
    let store = store(&format!("{{ {} }}", methods.join(", ")));
    let from = Date::now();
    let (vault, batch) = (acme(), <_>::default());
    let (names, rows, committed, removed) = futures_util::future::join4(
        store.vaults(),
        store.read(&vault, &[]),
        store.commit(&vault, Sequence(0), Sequence(1), &batch),
        store.remove(&vault),
    )
    .await;
    let waited = Date::now() - from;
    assert!((9_000.0..20_000.0).contains(&waited), "{waited} ms");
    assert_eq!(names, Err(Error::NoAnswer));
    assert_eq!(rows, Err(Error::NoAnswer));
    assert_eq!(committed, Err(Error::NoAnswer));
    assert_eq!(removed, Err(Error::NoAnswer));
}

/// Only of the browser's own storage can it be said that a private window keeps nothing.
#[wasm_bindgen_test]
async fn a_callers_store_is_not_blamed_on_a_private_window() {
    for name in ["SecurityError", "UnknownError", "VersionError"] {
        let throwing = format!("{{ vaults() {{ throw new DOMException('x', '{name}'); }} }}");
        let vaults = store(&throwing).vaults().await;
        assert!(matches!(vaults, Err(Error::Store(_))), "{name}: {vaults:?}");
    }
}
