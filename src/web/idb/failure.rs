//! What IndexedDB reports, as errors of ours.

use indexed_db_futures::error::{Error as IdbError, OpenDbError};
use wasm_bindgen::JsValue;

use crate::{vocabulary::Error, web::error::words};

/// A failed request or transaction.
pub(super) fn storage(error: impl Into<IdbError>) -> Error {
    match error.into() {
        IdbError::DomException(exception) => {
            let exception: web_sys::DomException = exception.into();
            match exception.name().as_str() {
                "QuotaExceededError" => Error::Quota,
                // The request was for a lower version than the database has.
                "VersionError" => {
                    Error::Unsupported("a database that a newer version of strongroom wrote")
                }
                _ => Error::Storage(words(&JsValue::from(exception))),
            }
        }
        IdbError::Serialisation(_) => Error::Storage("a value of an unexpected type".into()),
        IdbError::MissingData(_) => Error::Storage("the browser ended the transaction".into()),
        IdbError::Unknown(_) => Error::Storage("the browser gave no reason".into()),
    }
}

/// A database that did not open.
pub(super) fn opening(error: OpenDbError) -> Error {
    match error {
        OpenDbError::Base(error) => storage(error),
        OpenDbError::VersionZero
        | OpenDbError::UnsupportedEnvironment
        | OpenDbError::NullFactory => {
            Error::Storage("this browser, or its private mode, has no IndexedDB".into())
        }
    }
}
