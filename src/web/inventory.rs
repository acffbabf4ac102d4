//! A vault's inventory of objects.

use js_sys::{JsString, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::vault::{Header, ObjectQuery};

use super::{
    WasmVault,
    convert::text,
    options::Options,
    told,
    vault::{header, json},
};

#[wasm_bindgen]
impl WasmVault {
    /// A header under the primary version; as JSON.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn rewrap(&self, given: JsValue, request: JsString) -> Promise {
        self.run(async move |vault| {
            let mut options = Options::parse(&text(&request));
            let (to, dry) = (options.text("to"), options.flag("dryRun"));
            let stored = options.flag("stored");
            options.end()?;
            let header = header(&given)?;
            if stored {
                vault.rewrapped(&header).await?;
                return Ok(JsValue::UNDEFINED);
            }
            let rewrapped = vault.rewrap(&header, to.as_deref(), dry).await?;
            // The vault's own copy is the sole one, and stays so.
            let kept = matches!(header, Header::Kept(_));
            Ok(json(&told::rewrapped(&rewrapped, dry || kept)?))
        })
    }

    /// Takes an object into the inventory; as JSON.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn track(&self, object: JsString, given: JsValue) -> Promise {
        self.run(async move |vault| {
            let mut options = Options::parse(&text(&object));
            let (id, location) = (options.text("id"), options.text("location"));
            let size = options.number("size");
            options.end()?;
            let (id, location) = (id.as_deref(), location.as_deref());
            let tracked = vault.track(&header(&given)?, id, location, size).await?;
            Ok(json(&tracked.told()))
        })
    }

    /// Takes an object out of the inventory, its sidecars with it.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn untrack(&self, id: JsString, force: bool) -> Promise {
        self.run(async move |vault| {
            vault.untrack(&text(&id), force).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// A page of objects; as JSON.
    #[wasm_bindgen(js_name = listObjects, unchecked_return_type = "Promise<string>")]
    pub fn list_objects(&self, query: JsString) -> Promise {
        self.run(async move |vault| {
            let mut options = Options::parse(&text(&query));
            let (key, version) = (options.text("key"), options.text("version"));
            let (parent, after) = (options.text("parent"), options.text("after"));
            let limit = options.limit();
            options.end()?;
            let versions = version.as_deref().map(|version| [version]);
            let query = ObjectQuery {
                parent: parent.as_deref(),
                key: key.as_deref(),
                versions: versions.as_ref().map(<[_; 1]>::as_slice),
                after: after.as_deref(),
                limit,
            };
            Ok(json(&told::objects(&vault.list_objects(&query).await?)))
        })
    }

    /// Destroys an object and its sidecars by the only copies of their headers; as JSON.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn shred(&self, id: JsString) -> Promise {
        self.run(async move |vault| Ok(json(&told::copies(&vault.shred(&text(&id)).await?))))
    }
}
