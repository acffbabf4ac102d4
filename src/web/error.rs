//! Errors as JavaScript sees them: an `Error` with `code`, and `where` or `what` when there is one.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::vocabulary::Error;

impl From<&'static Error> for JsValue {
    fn from(error: &'static Error) -> Self {
        let mut message = error.summary().to_owned();
        message.push_str(error.detail());
        let js = js_sys::Error::new(&message).into();
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
