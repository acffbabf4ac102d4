//! A vault's inventory of objects.

use js_sys::{JsString, Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    api::{
        ObjectListing, ObjectOptions, ReplaceOptions, RewrapOptions, RewrapResult, Shredding,
        TrackOptions,
    },
    inventory::object_id,
    jose::Envelope,
    vault::{self, Header},
};

use super::{
    WasmVault,
    convert::{expected_id, js, text},
    crossing::{options, plain},
    vault::header,
};

#[wasm_bindgen]
impl WasmVault {
    /// A header under the primary version.
    #[wasm_bindgen(unchecked_return_type = "Promise<object>")]
    pub fn rewrap(
        &self,
        given: JsValue,
        signature: Option<Uint8Array>,
        request: JsValue,
    ) -> Promise {
        self.run(async move |vault| {
            let RewrapOptions {
                to,
                replace,
                expect,
                dry_run,
                reason,
            } = options(request)?;
            let vault = vault.because(reason.as_deref());
            let dry = dry_run.unwrap_or_default();
            let header = header(&given, signature.as_ref())?;
            let how = vault::RewrapOptions {
                to: to.as_deref(),
                replace: replace.map(ReplaceOptions::read).transpose()?,
                expect: expected_id(expect.as_deref())?,
                dry,
            };
            let rewrapped = vault.rewrap(&header, &how).await?;
            // The vault's own copy is the sole one, and stays so.
            let kept = matches!(header, Header::Kept(_));
            Ok(plain(&RewrapResult::of(&rewrapped, dry || kept)?))
        })
    }

    /// Tells the inventory that a header was stored in place of its object's old one: the object's id, where that changed something.
    #[wasm_bindgen(js_name = noteStored, unchecked_return_type = "Promise<string | undefined>")]
    pub fn note_stored(
        &self,
        given: Uint8Array,
        signature: Option<Uint8Array>,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let envelope = Envelope::parse(&given.to_vec())?;
            let id = object_id(&envelope)?.clone();
            let given: &JsValue = given.as_ref();
            let header = header(given, signature.as_ref())?;
            let changed = vault.rewrapped(&header).await?;
            Ok(changed.then(|| js(id.as_str())).into())
        })
    }

    /// Takes an object into the inventory.
    #[wasm_bindgen(unchecked_return_type = "Promise<object>")]
    pub fn track(
        &self,
        object: JsValue,
        given: JsValue,
        signature: Option<Uint8Array>,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let TrackOptions { id, location, size } = options(object)?;
            let (id, location) = (id.as_deref(), location.as_deref());
            let header = header(&given, signature.as_ref())?;
            let tracked = vault.track(&header, id, location, size).await?;
            Ok(plain(&tracked.told()))
        })
    }

    /// Takes an object out of the inventory, its sidecars with it.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn untrack(&self, id: JsString, force: bool, reason: Option<JsString>) -> Promise {
        self.run_because(reason, async move |vault| {
            vault.untrack(&text(&id), force).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// A page of objects.
    #[wasm_bindgen(js_name = listObjects, unchecked_return_type = "Promise<object>")]
    pub fn list_objects(&self, query: JsValue) -> Promise {
        self.run(async move |vault| {
            let query: ObjectOptions = options(query)?;
            let page = query.run(async |query| vault.list_objects(query).await);
            Ok(plain(&ObjectListing::from(page.await?)))
        })
    }

    /// Destroys an object and its sidecars by the only copies of their headers.
    #[wasm_bindgen(unchecked_return_type = "Promise<object>")]
    pub fn shred(&self, id: JsString, reason: Option<JsString>) -> Promise {
        self.run_because(reason, async move |vault| {
            Ok(plain(&Shredding::of(&vault.shred(&text(&id)).await?)))
        })
    }
}
