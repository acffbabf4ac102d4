//! Errors as JavaScript sees them: an `Error` with `code`, and `where` or `what` when there is one.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::vocabulary::Error;

impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        let js = js_sys::Error::new(&error.to_string()).into();
        set(&js, "code", error.code());
        // Exhaustive, so that a new variant decides here what it tells.
        match error {
            Error::Malformed(place) => set(&js, "where", place),
            Error::Unsupported(what) | Error::TooLarge(what) => set(&js, "what", what),
            Error::WrongFactor
            | Error::NoVault
            | Error::NoKey
            | Error::NoVersion
            | Error::VaultExists
            | Error::KeyExists
            | Error::Decrypt
            | Error::Context
            | Error::Unsigned
            | Error::Integrity(_)
            | Error::Storage(_)
            | Error::Quota
            | Error::Blocked
            | Error::Conflict
            | Error::Argument(_)
            | Error::Changed
            | Error::Consumed => {}
        }
        js
    }
}

fn set(error: &JsValue, name: &str, value: &str) {
    Reflect::set(error, &name.into(), &value.into()).expect("a fresh Error takes properties");
}

/// What JavaScript threw, in its own words.
pub(super) fn words(thrown: &JsValue) -> String {
    let property = |name: &str| {
        Reflect::get(thrown, &name.into())
            .ok()
            .and_then(|value| value.as_string())
    };
    match (property("name"), property("message")) {
        (Some(name), Some(message)) => format!("{name}: {message}"),
        _ => String::from(js_sys::JsString::from(thrown.clone())),
    }
}
