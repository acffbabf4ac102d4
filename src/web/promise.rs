//! Futures as promises.

use core::future::Future;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

use crate::vocabulary::{Local, Result};

/// Runs a future of the core. Boxed, so that the machinery around it is compiled once.
pub(super) fn promise<T: Into<JsValue>>(
    future: impl Future<Output = Result<T>> + 'static,
) -> Promise {
    let future: Local<'static, core::result::Result<JsValue, JsValue>> =
        Box::pin(async move { Ok(future.await?.into()) });
    future_to_promise(future)
}
