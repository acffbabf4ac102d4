//! Futures as promises. All of one type: each further type would be another copy of the executor's code.

use core::future::Future;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

use crate::base::{Local, Result};

/// A promise of what a task comes to. It does not borrow what it was begun on, which may be freed meanwhile.
pub(super) fn promise(task: impl Future<Output = Result<JsValue>> + 'static) -> Promise {
    settle(Box::pin(task))
}

fn settle(task: Local<'static, Result<JsValue>>) -> Promise {
    future_to_promise(async move { task.await.map_err(JsValue::from) })
}
