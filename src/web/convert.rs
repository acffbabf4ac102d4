//! JSON texts that cross from the page.

use crate::{
    vault::FileMetadata,
    vocabulary::{Context, Error, ObjectId, Result, json},
};

/// The page's encryption context: an object of strings, or nothing.
pub(super) fn context(text: Option<String>) -> Result<Context> {
    let Some(text) = text else {
        return Ok(Context::none());
    };
    let members = json::parse(text.as_bytes(), "context")?;
    let strings = members
        .iter()
        .map(|(name, value)| Some((name, value.as_str()?)));
    let strings = strings.collect::<Option<Vec<_>>>();
    Context::new(&strings.ok_or(Error::Argument("context must be an object of strings"))?)
}

/// What is known of the input.
pub(super) fn file(text: Option<String>) -> Result<Option<FileMetadata>> {
    let parse = |text: String| json::read(text.as_bytes()).ok_or(Error::Argument("metadata"));
    text.map(parse).transpose()
}

/// The object that is expected.
pub(super) fn expected(id: Option<String>) -> Result<Option<ObjectId>> {
    let parse = |id: String| {
        id.parse()
            .map_err(|_| Error::Argument("expect must be an object's id"))
    };
    id.map(parse).transpose()
}
