//! What crosses between the page's side and the core. Texts and bytes cross by reference and are copied
//! here: the glue that copies each argument by itself is several times as long.

use js_sys::JsString;

use crate::{
    base::{Context, Error, Object, ObjectId, Result, Sidecar},
    object::FileMetadata,
};

/// A text for the page's side.
pub(super) fn js(text: &str) -> JsString {
    text.into()
}

/// A text of the page's side, which has checked that it is well-formed.
pub(super) fn text(js: &JsString) -> String {
    js.into()
}

/// The page's encryption context: an object of strings, or nothing.
pub(super) fn context(json: Option<&JsString>) -> Result<Context> {
    const NOT_ONE: Error = Error::Argument("context must be an object of strings");
    let Some(json) = json else {
        return Ok(Context::none());
    };
    let object = Object::parse(text(json).as_bytes(), NOT_ONE)?;
    let mut members = Vec::new();
    for (name, value) in object.members() {
        let value = value.as_str().ok_or(NOT_ONE)?;
        members.push((name.to_owned(), value.to_owned()));
    }
    Context::new(members)
}

/// The context of an object, which may be a sidecar.
pub(super) fn object_context(
    bound: Option<&JsString>,
    sidecar: Option<&JsString>,
) -> Result<Context> {
    const NOT_ONE: Error = Error::Argument("sidecar: a parent's id, and a name of a-z, 0-9 and -");
    let context = context(bound)?;
    let Some(json) = sidecar else {
        return Ok(context);
    };
    let members = Object::parse(text(json).as_bytes(), NOT_ONE)?;
    context.of_sidecar(Sidecar::parse(members, NOT_ONE)?)
}

/// What is known of the input.
pub(super) fn file(json: Option<&JsString>) -> Result<Option<FileMetadata>> {
    const NOT_ONE: Error = Error::Argument("metadata");
    let parse = |json| FileMetadata::parse(Object::parse(text(json).as_bytes(), NOT_ONE)?);
    json.map(parse).transpose().map_err(|_| NOT_ONE)
}

/// The object that is expected.
pub(super) fn expected(id: Option<&JsString>) -> Result<Option<ObjectId>> {
    const NOT_ONE: Error = Error::Argument("expect must be an object's id");
    let parse = |id| text(id).parse().map_err(|_| NOT_ONE);
    id.map(parse).transpose()
}
