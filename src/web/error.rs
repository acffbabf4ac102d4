//! Errors as JavaScript sees them: an `Error` with `code`, and what there is of `where`, `what`, `from` and `to`.

use core::fmt;

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::vocabulary::{Cause, Error};

use super::store_error::StoreError;

impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        if let Error::Outside(cause) = &error
            && let Some(thrown) = cause.downcast::<StoreError>()
        {
            return thrown.clone().into();
        }
        if let Error::Outside(cause) = &error
            && let Some(Thrown(thrown)) = cause.downcast()
        {
            return thrown.clone();
        }
        let js = js_sys::Error::new(&error.parts().concat()).into();
        set(&js, "code", error.code());
        match error {
            Error::Malformed(place) => set(&js, "where", place),
            Error::Unsupported(what) | Error::TooLarge(what) => set(&js, "what", what),
            Error::Transition(from, to) => {
                set(&js, "from", from.as_str());
                set(&js, "to", to.as_str());
            }
            Error::State(state) => set(&js, "from", state.as_str()),
            _ => {}
        }
        js
    }
}

fn set(error: &JsValue, name: &str, value: &str) {
    Reflect::set(error, &name.into(), &value.into()).expect("a fresh Error takes properties");
}

/// What the page's side has thrown: it gets the same back.
#[derive(Debug)]
struct Thrown(JsValue);

/// Keeps what was thrown.
pub(super) fn thrown(thrown: JsValue) -> Error {
    Error::Outside(Cause::new(Thrown(thrown)))
}

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the page's side failed")
    }
}

impl core::error::Error for Thrown {}
