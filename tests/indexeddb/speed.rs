//! 10,000 rows in one strict transaction, beside JavaScript in the same page whose rows are ready before it begins.
//! A measurement, run by its name: `wasm-pack test --release --headless --chrome . --test web -- --ignored speed`.

use strongroom::store::{Range, RecordId, RecordType, Row, Sequence, Store};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

use super::{acme, fresh_name, store};

const ROUNDS: usize = 5;
const MANY: usize = 10_000;

#[wasm_bindgen(module = "/tests/web.js")]
extern "C" {
    /// Writes so many rows of so many bytes, and gives the milliseconds that it took.
    #[wasm_bindgen(js_name = writeMany, catch)]
    async fn write_many(
        name: &str,
        count: usize,
        size: usize,
    ) -> core::result::Result<JsValue, JsValue>;

    /// Reads them all, and gives the milliseconds.
    #[wasm_bindgen(js_name = readMany, catch)]
    async fn read_many(name: &str) -> core::result::Result<JsValue, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

fn row(at: usize) -> Row {
    Row {
        record_id: RecordId::new(RecordType::Object, format!("{at:05}")),
        revision: 1,
        bytes: vec![at as u8; 600],
    }
}

/// Milliseconds of a commit in so many parts, and of reading it all.
async fn ours(parts: usize) -> (f64, f64) {
    let store = store(&fresh_name());
    store.vaults().await.expect("open");
    let size = MANY / parts;
    let mut rows = (0..parts).map(|part| Ok((part * size..(part + 1) * size).map(row).collect()));
    let from = now();
    store
        .commit_rows(&acme(), Sequence(0), Sequence(1), &[], &mut rows)
        .await
        .expect("written");
    let written = now();
    let (_, read) = store.read(&acme(), &[Range::all()]).await.expect("read");
    assert_eq!(read.len(), MANY);
    (written - from, now() - written)
}

async fn theirs() -> (f64, f64) {
    let name = fresh_name();
    let milliseconds = |value: JsValue| value.as_f64().expect("a number");
    let written = write_many(&name, MANY, 600).await.expect("written");
    let read = read_many(&name).await.expect("read");
    (milliseconds(written), milliseconds(read))
}

fn report(name: &str, mut rounds: Vec<(f64, f64)>) {
    let mut median = |of: fn(&(f64, f64)) -> f64| {
        rounds.sort_by(|a, b| of(a).total_cmp(&of(b)));
        let [least, middle, most] = [0, ROUNDS / 2, ROUNDS - 1].map(|at| of(&rounds[at]));
        format!("{middle:.0} ({least:.0} to {most:.0})")
    };
    let (written, read) = (median(|round| round.0), median(|round| round.1));
    console_log!("{name}: written in {written} ms, read in {read} ms");
}

#[wasm_bindgen_test]
#[ignore = "it measures"]
async fn ten_thousand_rows_beside_javascript() {
    let mut rounds = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        rounds[0].push(theirs().await);
        for (at, parts) in [1, 40, MANY].into_iter().enumerate() {
            rounds[at + 1].push(ours(parts).await);
        }
    }
    let names = ["JavaScript", "one part", "40 parts", "parts of one row"];
    for (name, rounds) in names.into_iter().zip(rounds) {
        report(name, rounds);
    }
}
