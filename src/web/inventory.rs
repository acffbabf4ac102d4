//! A vault's inventory of objects.

use js_sys::JsString;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    custody::ObjectFilter,
    vocabulary::{Error, ObjectId, Result},
};

use super::{
    WasmFlow, WasmVault,
    convert::text,
    options::Options,
    told,
    vault::{Header, Now, Outcome, json},
};

#[wasm_bindgen]
impl WasmVault {
    /// A header under the primary version; as JSON.
    pub fn rewrap(&self, header: JsValue, request: JsString) -> WasmFlow {
        self.run("rewrap", move |now| {
            let mut options = Options::parse(&text(&request));
            let (to, dry) = (options.text("to"), options.flag("dryRun"));
            let stored = options.flag("stored");
            options.end()?;
            let header = Header::of(&header)?;
            if stored {
                let header = header.envelope(now)?;
                let change = now.stored(&header)?;
                return Ok((JsValue::UNDEFINED, change));
            }
            rewrap(now, &header, to.as_deref(), dry)
        })
    }

    /// Takes an object into the inventory; as JSON.
    pub fn track(&self, object: JsString, header: JsValue) -> WasmFlow {
        self.run("track", move |now| {
            let mut options = Options::parse(&text(&object));
            let (id, location) = (options.text("id"), options.text("location"));
            let size = options.number("size");
            options.end()?;
            let header = Header::of(&header)?.envelope(now)?;
            same(id.as_deref(), header.jkt())?;
            let (tracked, change) = now.track(&header, location.as_deref(), size)?;
            Ok((json(&tracked.told()), Some(change)))
        })
    }

    /// Takes an object out of the inventory, its sidecars with it.
    pub fn untrack(&self, id: JsString, force: bool) -> WasmFlow {
        self.run("untrack", move |now| {
            let change = now.holdings().untrack(&text(&id), force, now.entropy())?;
            Ok((JsValue::UNDEFINED, Some(change)))
        })
    }

    /// A page of objects; as JSON.
    #[wasm_bindgen(js_name = listObjects)]
    pub fn list_objects(&self, query: JsString) -> WasmFlow {
        self.latest("listObjects", move |now| {
            let mut options = Options::parse(&text(&query));
            let (key, version) = (options.text("key"), options.text("version"));
            let parent = options.text("parent");
            let (after, limit) = (options.text("after"), options.limit());
            options.end()?;
            let key = key.map(|key| now.key(&key)).transpose()?;
            let versions: Option<Vec<_>> = match (&version, &key) {
                (Some(version), _) => Some(vec![version.as_str()]),
                (None, Some(key)) => Some(key.versions.iter().map(|one| one.id.as_str()).collect()),
                (None, None) => None,
            };
            let filter = ObjectFilter {
                parent: parent.as_deref(),
                versions: versions.as_deref(),
            };
            let page = now.holdings().objects(filter, after.as_deref(), limit)?;
            Ok((json(&told::objects(&page)), None))
        })
    }

    /// Destroys an object and its sidecars by the only copies of their headers; as JSON.
    pub fn shred(&self, id: JsString) -> WasmFlow {
        self.latest("shred", move |now| {
            let (copies, change) = now.holdings().shred(&text(&id), now.entropy())?;
            Ok((json(&told::copies(&copies)), change))
        })
    }
}

fn rewrap(now: &Now, header: &Header, to: Option<&str>, dry: bool) -> Outcome {
    let (rewrapped, change) = match header {
        Header::Kept(id) => now.rewrap_kept(id, to)?,
        Header::Here(header) => (now.rewrap(header, to)?, None),
    };
    // The vault's own copy is the sole one, and stays so.
    let kept = matches!(header, Header::Kept(_));
    let told = told::rewrapped(&rewrapped, dry || kept)?;
    Ok((json(&told), change.filter(|_| !dry)))
}

/// Refuses a header of another object than the one that was named.
fn same(id: Option<&str>, found: Option<&ObjectId>) -> Result<()> {
    let found = found.map(ObjectId::as_str);
    if id.is_none() || id == found {
        Ok(())
    } else {
        Err(Error::Argument("the header is of another object"))
    }
}
