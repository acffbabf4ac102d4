//! Texts, contexts and ids of the page's side. They cross by reference and are copied here: the glue that copies
//! each argument by itself is several times as long. A context crosses as JSON text: one copy, however many members.

use js_sys::{JsString, Number};
use wasm_bindgen::JsValue;

use crate::{
    api,
    base::{Context, Error, InputError, Json, ObjectId, Result, Sidecar},
    object::FileMetadata,
};

use super::crossing::members_or;

/// A text for the page's side.
pub(super) fn js(text: &str) -> JsString {
    text.into()
}

/// A text of the page's side, which has checked that it is well-formed.
pub(super) fn text(js: &JsString) -> String {
    js.into()
}

/// Several of them.
pub(super) fn texts(given: &[JsString]) -> Vec<String> {
    given.iter().map(text).collect()
}

/// A count of the page's side: a whole number that JavaScript holds exactly. Everything else is none.
pub(super) fn count(number: f64) -> Option<u64> {
    let exact = (0.0..=Number::MAX_SAFE_INTEGER).contains(&number) && number.fract() == 0.0;
    exact.then_some(number as u64)
}

/// The page's encryption context: an object of strings, or nothing.
pub(super) fn context(json: Option<&JsString>) -> Result<Context> {
    json.map_or_else(
        || Ok(Context::none()),
        |json| Ok(api::context(&text(json))?),
    )
}

/// The context of an object, which may be a sidecar.
pub(super) fn object_context(bound: Option<&JsString>, sidecar: JsValue) -> Result<Context> {
    const NOT_ONE: InputError =
        InputError::Argument("sidecar: a parent's id, and a name of a-z, 0-9 and -");
    let context = context(bound)?;
    if sidecar.is_undefined() {
        return Ok(context);
    }
    let sidecar = Sidecar::parse(members_or(sidecar, NOT_ONE)?, NOT_ONE)?;
    Ok(context.of_sidecar(sidecar)?)
}

/// What is known of the input.
pub(super) fn file(given: JsValue) -> Result<Option<FileMetadata>> {
    const NOT_ONE: InputError = InputError::Argument("metadata");
    const NOT_CUSTOM: InputError = InputError::Argument(
        "metadata.custom: an object in at most 4,096 bytes of JSON, 16 levels and 256 members deep and wide, of well-formed text",
    );
    if given.is_undefined() {
        return Ok(None);
    }
    let members = members_or(given, NOT_ONE)?;
    let custom = members.get("custom").and_then(Json::as_str);
    if custom.is_some_and(|text| !FileMetadata::is_custom(text)) {
        return Err(NOT_CUSTOM.into());
    }
    let file = FileMetadata::parse(members).map_err(|_| NOT_ONE)?;
    Ok(Some(file))
}

/// The object that is expected.
pub(super) fn expected(id: Option<&JsString>) -> Result<Option<ObjectId>> {
    expected_id(id.map(text).as_deref())
}

/// As [`expected`], of what came among options.
pub(super) fn expected_id(id: Option<&str>) -> Result<Option<ObjectId>> {
    const NOT_ONE: Error = Error::Argument("expect must be an object's id");
    id.map(|id| id.parse().map_err(|_| NOT_ONE)).transpose()
}
