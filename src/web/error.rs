//! Errors as JavaScript sees them: an `Error` with `code`, and what there is of `where`, `what`, `from` and `to`.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::vocabulary::Error;

impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        let js = js_sys::Error::new(&error.to_string()).into();
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
