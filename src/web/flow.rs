//! Flows: what takes several steps because a store or Argon2id has to be waited for.
//! `js/src/engine/wasm/run-flow.ts` takes them.

use core::cell::Cell;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use crate::{
    custody::{Row, Sequence, Step, check_answer},
    vocabulary::{Error, Result, Secret},
};

use super::rows::{broken, property, range_to_js, row_from_js, row_to_js, slot_to_js, whole};

/// One flow, from its beginning to its end.
#[wasm_bindgen]
pub struct WasmFlow(Cell<Option<Begun>>);

/// A step that nobody took yet, or why there is none.
type Begun = Result<Step<'static, JsValue>>;

#[wasm_bindgen]
impl WasmFlow {
    /// What the flow needs, and what for: an array, as `Need` in `js/src/engine/wasm/bindings.ts` says.
    ///
    /// # Errors
    /// Whatever the flow fails with.
    #[wasm_bindgen(unchecked_return_type = "import('../src/engine/wasm/bindings.js').Need")]
    pub fn need(&self) -> core::result::Result<Array, JsValue> {
        let step = self.take()?;
        let need = match &step {
            Step::Done(done) => Array::of2(&"done".into(), done),
            Step::Read(name, ranges, _) => {
                let wanted = Array::new();
                for range in ranges {
                    wanted.push(&range_to_js(range));
                }
                Array::of3(&"read".into(), &name.as_str().into(), &wanted)
            }
            Step::Commit(name, sequences, batch, rest, _) => {
                let deletes = Array::new();
                for slot in &batch.deletes {
                    deletes.push(&slot_to_js(slot));
                }
                // They begin below 2^52 and count commits: they never come near 2^53.
                let [expect, next] = sequences.map(|sequence| (sequence.0 as f64).into());
                let need = Array::of5(
                    &"commit".into(),
                    &name.as_str().into(),
                    &expect,
                    &next,
                    &rows_to_js(&batch.puts),
                );
                need.push(&deletes);
                need.push(&rest.is_some().into());
                need
            }
            Step::Stretch(at, kdf, _) => {
                let need = Array::of3(
                    &"stretch".into(),
                    &(*at as u32).into(),
                    &Uint8Array::from(&kdf.salt()?[..]),
                );
                let (memory, passes, lanes) = kdf.cost();
                for parameter in [memory, passes, lanes] {
                    need.push(&parameter.into());
                }
                need
            }
        };
        self.0.set(Some(Ok(step)));
        Ok(need)
    }

    /// More rows of a commit, computed now; `undefined` when there are no more.
    ///
    /// # Errors
    /// `ERR_STORAGE` where no commit is needed; whatever the flow fails with: nothing must be committed then.
    #[wasm_bindgen(
        unchecked_return_type = "import('../src/shared/model/vault-store.js').StoredRow[] | undefined"
    )]
    pub fn rest(&self) -> core::result::Result<JsValue, JsValue> {
        let mut step = self.take()?;
        let Step::Commit(_, _, _, Some(rest), _) = &mut step else {
            return Err(broken().into());
        };
        let rows = rest()?;
        self.0.set(Some(Ok(step)));
        Ok(rows.map_or(JsValue::UNDEFINED, |rows| rows_to_js(&rows).into()))
    }

    /// Goes on with what was needed: what a store read, whether it committed (nothing where it could not),
    /// or 32 derived bytes, which are wiped.
    ///
    /// # Errors
    /// `ERR_STORAGE` for something else, and where the flow needed the commit that could not be; whatever
    /// the flow fails with.
    pub fn meet(&self, given: JsValue) -> core::result::Result<(), JsValue> {
        let next = match self.take()? {
            Step::Done(_) => Err(broken()),
            Step::Read(_, ranges, then) => {
                let (sequence, rows) = rows(&given)?;
                check_answer(&ranges, &rows)?;
                then((sequence, rows))
            }
            Step::Commit(_, _, _, _, then) => then(given.as_bool().ok_or_else(broken)),
            Step::Stretch(_, _, then) => then(derived(given.unchecked_ref())?),
        };
        self.0.set(Some(Ok(next?)));
        Ok(())
    }
}

impl WasmFlow {
    pub(super) fn new(begun: Begun) -> Self {
        Self(Cell::new(Some(begun)))
    }

    fn take(&self) -> Begun {
        self.0.take().unwrap_or(Err(Error::Consumed))
    }
}

fn rows_to_js(rows: &[Row]) -> Array {
    let list = Array::new();
    for row in rows {
        list.push(&row_to_js(row));
    }
    list
}

fn rows(read: &JsValue) -> Result<(Sequence, Vec<Row>)> {
    let sequence = whole(&property(read, "sequence")?)?;
    let list: Array = property(read, "rows")?.dyn_into().map_err(|_| broken())?;
    let mut rows = Vec::new();
    for row in list.iter() {
        rows.push(row_from_js(&row)?);
    }
    Ok((Sequence(sequence), rows))
}

/// Takes 32 bytes over from JavaScript's memory, and wipes them there.
fn derived(bytes: &Uint8Array) -> Result<Secret<32>> {
    let taken = Secret::try_fill(|to| {
        if bytes.length() as usize != to.len() {
            return Err(Error::Unsupported("Argon2id of another length"));
        }
        bytes.copy_to(to);
        Ok(())
    });
    bytes.fill(0, 0, bytes.length());
    taken
}
