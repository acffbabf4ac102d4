//! Plain objects: out of JavaScript into the core's strict tree, and back.
//!
//! Objects come by `serde_wasm_bindgen` into the tree and from there into a type, because only the tree refuses
//! members that a type does not have. They go out of the tree by hand: of a fraction it keeps the text.

use js_sys::{Array, Number, Object as JsObject, Reflect};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;

use crate::{
    api::{self, NOT_OPTIONS},
    base::{InputError, InputResult, Json, Object, Result},
};

/// A plain object's members; `malformed` is the error for everything else.
pub(super) fn members_or(value: JsValue, malformed: InputError) -> InputResult<Object> {
    let tree: Json = serde_wasm_bindgen::from_value(value).map_err(|_| malformed.clone())?;
    tree.into_object().ok_or(malformed)
}

/// The members of a call's options.
pub(super) fn members(value: JsValue) -> Result<Object> {
    Ok(members_or(value, NOT_OPTIONS)?)
}

/// A call's options.
pub(super) fn options<T: DeserializeOwned>(value: JsValue) -> Result<T> {
    api::options(members(value)?)
}

/// A type of the API as a plain object. Members without a value are left out.
pub(super) fn plain<T: Serialize>(value: &T) -> JsValue {
    object(&Object::encode(value)).into()
}

fn object(members: &Object) -> JsObject {
    let object = JsObject::new();
    for (name, member) in members.members() {
        Reflect::set(&object, &name.into(), &value(member)).expect("a new object takes any member");
    }
    object
}

fn value(tree: &Json) -> JsValue {
    match tree {
        Json::Null => JsValue::NULL,
        Json::Bool(flag) => (*flag).into(),
        // Whole numbers, which nearly all are, need no text on the other side.
        Json::Number(text) => match text.parse::<i32>() {
            Ok(number) => number.into(),
            Err(_) => Number::parse_float(text).into(),
        },
        Json::String(text) => text.into(),
        Json::Array(items) => items.iter().map(value).collect::<Array>().into(),
        Json::Object(members) => object(members).into(),
    }
}
