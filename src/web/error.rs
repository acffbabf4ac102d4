//! Errors as JavaScript sees them: an `Error` with `code`, and `where` or `what` when there is one.

use core::cell::Cell;

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::vocabulary::Error;

impl From<&'static Error> for JsValue {
    fn from(error: &'static Error) -> Self {
        // Only an error that stands for it takes it: others may be told while it waits.
        if let Some(thrown) = (error == KEPT).then(|| THROWN.take()).flatten() {
            return thrown;
        }
        let js = js_sys::Error::new(&[error.summary(), error.detail()].concat()).into();
        set(&js, "code", error.code());
        match error {
            Error::Malformed(place) => set(&js, "where", place),
            &Error::Unsupported(what) | &Error::TooLarge(what) => set(&js, "what", what),
            _ => {}
        }
        js
    }
}

fn set(error: &JsValue, name: &str, value: &str) {
    Reflect::set(error, &name.into(), &value.into()).expect("a fresh Error takes properties");
}

thread_local! {
    static THROWN: Cell<Option<JsValue>> = const { Cell::new(None) };
}

/// What stands for an error that a store threw.
const KEPT: &Error = &Error::Storage("it threw");

/// Keeps what a store threw, so that the page is given that very error. Of two that stores throw side
/// by side, one may stand for both.
pub(super) fn keep(thrown: JsValue) -> &'static Error {
    THROWN.set(Some(thrown));
    KEPT
}
