//! JSON texts that cross from the page.

use std::collections::BTreeMap;

use crate::{
    vault::FileMetadata,
    vocabulary::{Context, Error, ObjectId, Result},
};

/// The page's encryption context: an object of strings, or nothing.
pub(super) fn context(text: Option<String>) -> Result<Context> {
    let Some(text) = text else { return Ok(Context::none()) };
    let members: BTreeMap<String, String> =
        serde_json::from_str(&text).map_err(|_| Error::Argument("context must be an object of strings"))?;
    Context::new(&members)
}

/// What is known of the input.
pub(super) fn file(text: Option<String>) -> Result<Option<FileMetadata>> {
    let parse = |text: String| serde_json::from_str(&text).map_err(|_| Error::Argument("metadata"));
    text.map(parse).transpose()
}

/// The object that is expected.
pub(super) fn expected(id: Option<String>) -> Result<Option<ObjectId>> {
    let parse = |id: String| id.parse().map_err(|_| Error::Argument("expect must be an object's id"));
    id.map(parse).transpose()
}

/// A value of ours as JSON text.
pub(super) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("our own types are strings, numbers and lists")
}
