//! JSON texts that cross from the page.

use crate::{
    vault::FileMetadata,
    vocabulary::{Context, Error, Json, Object, ObjectId, Result},
};

/// The page's encryption context: an object of strings, or nothing.
pub(super) fn context(text: Option<&str>) -> Result<Context> {
    const NOT_ONE: &Error = &Error::Argument("context must be an object of strings");
    let Some(text) = text else {
        return Ok(Context::none());
    };
    let object = Object::parse(text.as_bytes(), NOT_ONE)?;
    let member = |(name, value): (&str, &Json)| Some((name.to_owned(), value.as_str()?.to_owned()));
    let members: Option<Vec<_>> = object.members().map(member).collect();
    Context::new(members.ok_or(NOT_ONE)?)
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
