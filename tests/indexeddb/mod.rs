//! The store in IndexedDB: what every store must do, and what goes wrong beneath it.

mod closing;
mod exchange;
mod failures;
mod speed;
mod tampering;

use strongroom::{
    base::Cause,
    store::{Error, Range, RecordId, RecordType, Result, Row, Sequence, Store, VaultName},
    web::{IndexedDbStore, Schema, Thrown},
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{conformance, fresh_name};

#[wasm_bindgen(module = "/tests/web.js")]
extern "C" {
    /// Opens a database as it is, or at a version.
    #[wasm_bindgen(js_name = openDatabase, catch)]
    async fn open_database(
        name: &str,
        version: Option<u32>,
    ) -> core::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = closeDatabase)]
    fn close_database(database: &JsValue);

    #[wasm_bindgen(js_name = deleteDatabase, catch)]
    async fn delete_database(name: &str) -> core::result::Result<JsValue, JsValue>;
}

macro_rules! run {
    ($case:ident) => {
        #[wasm_bindgen_test]
        async fn $case() {
            conformance::$case(&store(&fresh_name())).await;
        }
    };
}

crate::store_conformance!(run);
crate::commit_conformance!(run);

fn store(database: &str) -> IndexedDbStore {
    IndexedDbStore::new(database, Schema::CURRENT)
}

fn acme() -> VaultName {
    "acme".parse().expect("a vault name")
}

fn row(id: &str, bytes: &[u8]) -> Row {
    Row {
        record_id: RecordId::new(RecordType::Key, id),
        revision: 1,
        bytes: bytes.to_vec(),
    }
}

/// Writes rows into the vault "acme".
async fn write(store: &IndexedDbStore, expect: u64, rows: &[Row]) -> Result<()> {
    let (expect, mut parts) = (Sequence(expect), std::iter::once(Ok(rows.to_vec())));
    let next = expect.next();
    store
        .commit_rows(&acme(), expect, next, &[], &mut parts)
        .await
}

/// The vault "acme".
async fn read(store: &IndexedDbStore) -> Result<(Sequence, Vec<Row>)> {
    store.read(&acme(), &[Range::all()]).await
}

/// The code and the message as JavaScript sees them.
fn code_and_message(error: Error) -> (String, String) {
    let js = JsValue::from(error);
    let text = |name: &str| {
        let value = js_sys::Reflect::get(&js, &name.into()).expect("an error");
        value.as_string().expect("a text")
    };
    (text("code"), text("message"))
}

/// The name of what was thrown.
fn name_of(cause: &Cause) -> String {
    let Some(Thrown(thrown)) = cause.error().downcast_ref() else {
        panic!("nothing was thrown: {cause}");
    };
    let name = js_sys::Reflect::get(thrown, &"name".into()).expect("an error");
    name.as_string().expect("a name")
}
