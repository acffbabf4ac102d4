//! Rows as JavaScript objects: `{ type, id, version, revision, bytes }`.

use js_sys::{ArrayBuffer, Object, Reflect, Symbol, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use crate::store::{Error, Range, RecordId, RecordType, Result, Row, VaultName};

use super::convert::count;

/// A record_id without a row: what a delete names.
pub fn slot_to_js(record_id: &RecordId) -> Object {
    let object = Object::new();
    set(&object, "type", record_id.kind.as_str().into());
    set(&object, "id", record_id.id.as_str().into());
    set(&object, "version", record_id.version.as_str().into());
    object
}

/// A row, to be stored.
pub fn row_to_js(row: &Row) -> Object {
    let object = slot_to_js(&row.record_id);
    // Revisions count writes of one record: they never come near 2^53.
    set(&object, "revision", (row.revision as f64).into());
    set(&object, "bytes", Uint8Array::from(&row.bytes[..]).into());
    object
}

/// Which rows are wanted: `{ prefix, after?, limit?, bare? }`.
pub fn range_to_js(range: &Range) -> Object {
    let object = Object::new();
    set(
        &object,
        "prefix",
        texts(range.prefix.iter().map(String::as_str)),
    );
    if let Some(after) = &range.after {
        set(&object, "after", texts(after.parts()));
    }
    if let Some(limit) = range.limit {
        set(&object, "limit", limit.into());
    }
    set(&object, "bare", range.bare.into());
    object
}

fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> JsValue {
    let array = js_sys::Array::new();
    for text in texts {
        array.push(&text.into());
    }
    array.into()
}

/// A row as a store gave it back.
pub fn row_from_js(row: &JsValue) -> Result<Row> {
    let kind = RecordType::parse(&text(row, "type")?)?;
    let record_id = RecordId {
        kind,
        id: text(row, "id")?,
        version: text(row, "version")?,
    };
    Ok(Row {
        record_id,
        revision: whole(&property(row, "revision")?)?,
        bytes: bytes(&property(row, "bytes")?)?,
    })
}

#[wasm_bindgen]
extern "C" {
    /// A copy that the page has no reference to.
    type Copied;

    #[wasm_bindgen(constructor, js_class = "Uint8Array", catch)]
    fn new(bytes: &JsValue) -> core::result::Result<Copied, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn length(this: &Copied) -> f64;

    /// It throws for a proxy that was revoked.
    #[wasm_bindgen(js_namespace = Array, js_name = isArray, catch)]
    fn is_array(value: &JsValue) -> core::result::Result<bool, JsValue>;
}

/// The bytes of a `Uint8Array`. What only looks like one (a proxy, an array whose buffer was moved away, more bytes than
/// there is memory) is refused, where asking it for its bytes would stop the module.
fn bytes(value: &JsValue) -> Result<Vec<u8>> {
    if !is_uint8_array(value) {
        return Err(broken());
    }
    let copied = Copied::new(value).map_err(|_| broken())?;
    let length = copied.length() as usize;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| broken())?;
    bytes.resize(length, 0);
    copied.unchecked_into::<Uint8Array>().copy_to(&mut bytes);
    Ok(bytes)
}

/// Whatever realm made it: a store's database may be another frame's. A proxy is no view.
fn is_uint8_array(value: &JsValue) -> bool {
    let tag = || Reflect::get(value, &Symbol::to_string_tag().into());
    ArrayBuffer::is_view(value) && tag().is_ok_and(|tag| tag == "Uint8Array")
}

/// What is in an array.
pub(super) fn list(value: &JsValue) -> Result<impl Iterator<Item = Result<JsValue>>> {
    if !is_array(value).unwrap_or_default() {
        return Err(broken());
    }
    // An array has less than 2^32 elements, and a proxy of one may say anything.
    let length = u32::try_from(whole(&property(value, "length")?)?).map_err(|_| broken())?;
    Ok((0..length).map(|at| Reflect::get_u32(value, at).map_err(|_| broken())))
}

/// The names that a store gave.
pub(super) fn vault_names(names: &JsValue) -> Result<Vec<VaultName>> {
    let mut vaults = Vec::new();
    for name in list(names)? {
        let name = name?.as_string().ok_or_else(broken)?;
        vaults.push(name.parse().map_err(|_| broken())?);
    }
    Ok(vaults)
}

/// A count: a whole number that JavaScript holds exactly.
pub fn whole(value: &JsValue) -> Result<u64> {
    value.as_f64().and_then(count).ok_or_else(broken)
}

/// A member of what a store gave.
pub fn property(object: &JsValue, name: &str) -> Result<JsValue> {
    Reflect::get(object, &name.into()).map_err(|_| broken())
}

pub(super) fn set(object: &Object, name: &str, value: JsValue) {
    Reflect::set(object, &name.into(), &value).expect("a fresh object takes properties");
}

pub(super) fn broken() -> Error {
    Error::Storage("it gave something else than what was stored")
}

fn text(object: &JsValue, name: &str) -> Result<String> {
    property(object, name)?.as_string().ok_or_else(broken)
}
