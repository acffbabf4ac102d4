//! Why a store outside of the core failed, with what it threw.

use js_sys::Reflect;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::vocabulary::Error;

/// Why a store did not do what it was asked. Where something was thrown, that is the cause.
#[derive(Debug, Clone)]
pub enum StoreError {
    /// The browser's storage is full.
    Quota(JsValue),
    /// Another tab keeps the database from being opened.
    Blocked,
    /// A newer release has upgraded the database.
    Newer(JsValue),
    /// The browser keeps no data for this site: a private window, or blocked cookies.
    Denied(JsValue),
    /// Anything else that was thrown.
    Failed(JsValue),
    /// What was asked cannot be done, or the store gave what it was never given.
    Core(Error),
}

#[wasm_bindgen]
extern "C" {
    /// What JavaScript makes of a value in a text.
    #[wasm_bindgen(js_name = String, catch)]
    fn text_of(value: &JsValue) -> Result<String, JsValue>;
}

impl StoreError {
    /// What was thrown.
    #[must_use]
    pub fn cause(&self) -> Option<&JsValue> {
        match self {
            Self::Quota(cause) | Self::Newer(cause) | Self::Denied(cause) | Self::Failed(cause) => {
                Some(cause)
            }
            Self::Blocked | Self::Core(_) => None,
        }
    }

    fn message(&self) -> String {
        let sentence = Error::from(self.clone()).parts().concat();
        match self {
            Self::Newer(_) => sentence + "; reload to get that version",
            Self::Denied(cause) => format!("{sentence} ({})", told(cause)),
            Self::Failed(cause) => format!("{sentence}{}", told(cause)),
            _ => sentence,
        }
    }
}

/// As IndexedDB names what it throws.
impl From<JsValue> for StoreError {
    fn from(thrown: JsValue) -> Self {
        match &name_of(&thrown)[..] {
            "QuotaExceededError" => Self::Quota(thrown),
            // The database was asked for by a lower version than it has.
            "VersionError" => Self::Newer(thrown),
            // Firefox throws the one, Chromium the other.
            "SecurityError" | "UnknownError" => Self::Denied(thrown),
            _ => Self::Failed(thrown),
        }
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

/// Without what was thrown.
impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Quota(_) => Self::Quota,
            StoreError::Blocked => Self::Blocked,
            StoreError::Newer(_) => {
                Self::Unsupported("a database that a newer version of strongroom wrote")
            }
            StoreError::Denied(_) => Self::NoStorage,
            StoreError::Failed(_) => Self::Storage(""),
            StoreError::Core(error) => error,
        }
    }
}

/// With what was thrown as its `cause`.
impl From<StoreError> for JsValue {
    fn from(error: StoreError) -> Self {
        let js = Self::from(Error::from(error.clone()));
        set(&js, "message", &error.message().into());
        if let Some(cause) = error.cause() {
            set(&js, "cause", cause);
        }
        js
    }
}

fn set(error: &JsValue, name: &str, value: &JsValue) {
    Reflect::set(error, &name.into(), value).expect("a fresh Error takes properties");
}

/// An error's name; nothing where it has none.
pub(super) fn name_of(thrown: &JsValue) -> String {
    let name = Reflect::get(thrown, &"name".into());
    name.ok()
        .and_then(|name| name.as_string())
        .unwrap_or_default()
}

fn told(cause: &JsValue) -> String {
    text_of(cause).unwrap_or_default()
}
