//! JSON texts that cross from the page.

use crate::{
    vault::FileMetadata,
    vocabulary::{Context, Error, Object, ObjectId, Result},
};

/// The page's encryption context: an object of strings, or nothing.
pub(super) fn context(text: Option<&str>) -> Result<Context> {
    const NOT_ONE: &Error = &Error::Argument("context must be an object of strings");
    let Some(text) = text else {
        return Ok(Context::none());
    };
    let object = Object::parse(text.as_bytes(), NOT_ONE)?;
    let mut members = Vec::new();
    for (name, value) in object.members() {
        members.push((name.to_owned(), value.as_str().ok_or(NOT_ONE)?.to_owned()));
    }
    Context::new(members)
}

/// What is known of the input.
pub(super) fn file(text: Option<&str>) -> Result<Option<FileMetadata>> {
    const NOT_ONE: &Error = &Error::Argument("metadata");
    let parse = |text: &str| FileMetadata::parse(Object::parse(text.as_bytes(), NOT_ONE)?);
    text.map(parse).transpose().map_err(|_| NOT_ONE)
}

/// The object that is expected.
pub(super) fn expected(id: Option<&str>) -> Result<Option<ObjectId>> {
    let parse = |id: &str| {
        id.parse()
            .map_err(|_| &Error::Argument("expect must be an object's id"))
    };
    id.map(parse).transpose()
}
