//! The page's side of an operation that is watched.

use js_sys::Function;
use wasm_bindgen::JsValue;

use crate::base::{Error, Result};

/// A `Watch`, as `js/src/engine/wasm/bindings.ts` says.
pub(super) struct PageWatch(Option<Function>);

impl PageWatch {
    pub(super) fn new(watch: Option<Function>) -> Self {
        Self(watch)
    }

    /// Tells how much is done. One that throws is only not told.
    pub(super) fn tell(&self, done: u64, total: u64) -> Result<()> {
        let Some(watch) = &self.0 else { return Ok(()) };
        let (done, total) = ((done as f64).into(), (total as f64).into());
        let stop = watch.call2(&JsValue::UNDEFINED, &done, &total);
        if stop.is_ok_and(|stop| stop.is_truthy()) {
            return Err(Error::Aborted);
        }
        Ok(())
    }
}
