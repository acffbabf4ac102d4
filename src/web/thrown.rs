//! What JavaScript threw, as the source of an error of the crate's.

use core::fmt;

use js_sys::Reflect;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{base::Cause, store::Error};

/// A value that was thrown, or that a promise was rejected with.
#[derive(Debug, Clone)]
pub struct Thrown(pub JsValue);

#[wasm_bindgen]
extern "C" {
    /// What JavaScript makes of a value in a text.
    #[wasm_bindgen(js_name = String, catch)]
    fn text_of(value: &JsValue) -> Result<String, JsValue>;
}

impl Thrown {
    /// An error's name; nothing where it has none.
    pub(super) fn name(&self) -> String {
        let name = Reflect::get(&self.0, &"name".into()).ok();
        name.and_then(|name| name.as_string()).unwrap_or_default()
    }

    /// Why a store failed, whichever it is.
    pub(super) fn of_a_store(self) -> Error {
        let is_full = self.name() == "QuotaExceededError";
        let cause = Cause::new(self);
        if is_full {
            Error::Quota(cause)
        } else {
            Error::Store(cause)
        }
    }
}

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text_of(&self.0).unwrap_or_default())
    }
}

impl core::error::Error for Thrown {}

/// Why the database failed, by the names of what IndexedDB throws.
impl From<Thrown> for Error {
    fn from(thrown: Thrown) -> Self {
        let name = thrown.name();
        match &name[..] {
            // The database was asked for by a lower version than it has.
            "VersionError" => Self::NewerDatabase(Cause::new(thrown)),
            // A private window, or blocked cookies: Firefox throws the one, Chromium the other.
            "SecurityError" | "UnknownError" => Self::NoStorage(Cause::new(thrown)),
            _ => thrown.of_a_store(),
        }
    }
}

/// The browser has lost its connection to the database.
#[derive(Debug, Clone)]
pub(super) struct Lost(pub(super) Thrown);

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(thrown) = self;
        write!(
            f,
            "the browser has lost its connection to the database; try again, then reload the page ({thrown})"
        )
    }
}

impl core::error::Error for Lost {}

/// What was thrown where a store failed.
pub(super) fn thrown_by(error: &Error) -> Option<&Thrown> {
    match error {
        Error::Store(cause) | Error::NoStorage(cause) => cause.error().downcast_ref(),
        _ => None,
    }
}

/// Whether the connection to the database may be gone: WebKit throws `UnknownError` and `InvalidStateError`, from
/// whatever is asked of it, when its process for storage has ended.
pub(super) fn is_lost(error: &Error) -> bool {
    let name = thrown_by(error).map(Thrown::name);
    matches!(name.as_deref(), Some("UnknownError" | "InvalidStateError"))
}

/// Why something that a store does failed: JavaScript threw, or the core refuses.
pub(super) enum Failure {
    Thrown(Thrown),
    Core(Error),
}

impl From<JsValue> for Failure {
    fn from(thrown: JsValue) -> Self {
        Self::Thrown(Thrown(thrown))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Thrown(thrown) => thrown.into(),
            Failure::Core(error) => error,
        }
    }
}
