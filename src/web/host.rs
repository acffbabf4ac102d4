//! Vaults by their names: create, open, restore, list and remove. `store` is `indexeddb`, `memory` or a caller's store.

use std::rc::Rc;

use js_sys::{Array, Function, JsString, Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    api::RestoreReport,
    base::{Error, Result, SystemEntropy, Thumbprint},
    records::{DeviceKeyId, Enrolment, LastSeenHead},
    store::{Range, RecordType, Store, VaultName},
    vault::{Backup, ExpectedVault, Platform, Vault},
};

use super::{
    PageBuffers, WasmVault, WebStore,
    clock::DateClock,
    convert::{js, text},
    crossing::plain,
    factor::{FactorAnswers, PageFactor, WireFactor, pair_of},
    policy::pinned,
    promise::promise,
    watch::PageWatch,
};

/// A vault on the web.
pub(super) type WebVault<State> = Vault<State, WebStore, PageBuffers>;

type WebPlatform = Platform<WebStore, PageBuffers>;

fn platform(store: JsValue, factor: &Rc<PageFactor>) -> Rc<WebPlatform> {
    Rc::new(Platform {
        store: WebStore::new(store),
        factor: Box::new(factor.clone()),
        engine: Rc::new(PageBuffers),
        clock: Rc::new(DateClock),
        rng: Box::new(SystemEntropy),
        listener: Box::new(|_| {}),
    })
}

/// A new vault, unlocked, which any one of the factors opens: a `WasmVault`. The factors are wiped. `pin`: the thumbprint of a key of the
/// organisation whose policy is to bind it.
#[wasm_bindgen(js_name = createVault, unchecked_return_type = "Promise<WasmVault>")]
pub fn create_vault(
    store: JsValue,
    answers: FactorAnswers,
    name: JsString,
    factors: Vec<WireFactor>,
    requires: Option<Vec<JsString>>,
    organisation: Option<JsString>,
    pin: Option<JsString>,
) -> Promise {
    let factor = PageFactor::new(answers);
    let presented = factor.hold(&factors);
    promise(async move {
        let platform = platform(store, &factor);
        let pair = requires.as_deref().map(pair_of).transpose()?;
        let factors = presented.list()?;
        let organisation = organisation
            .as_ref()
            .map(|policy| pinned(policy, pin.as_ref()));
        let organisation = organisation.transpose()?;
        let name = named(&name)?;
        let vault =
            Vault::create_under(platform, name, &factors, pair, organisation.as_ref()).await?;
        Ok(WasmVault::made(vault, factor).into())
    })
}

/// An existing vault, locked: a `WasmVault`.
#[wasm_bindgen(js_name = openVault, unchecked_return_type = "Promise<WasmVault>")]
pub fn open_vault(store: JsValue, answers: FactorAnswers, name: JsString) -> Promise {
    promise(async move {
        let factor = PageFactor::new(answers);
        let vault = Vault::open(platform(store, &factor), named(&name)?).await?;
        Ok(WasmVault::found(vault, factor).into())
    })
}

/// Writes a backup into a free name, by default the name the vault had: that name, and what the backup is. `identity` and `seen`: what the
/// backup has to be of, if the caller knows.
#[wasm_bindgen(js_name = restoreVault, unchecked_return_type = "Promise<object>")]
pub fn restore_vault(
    store: JsValue,
    answers: FactorAnswers,
    backup: Uint8Array,
    name: Option<JsString>,
    identity: Option<JsString>,
    seen: Option<JsString>,
    watch: Option<Function>,
) -> Promise {
    let watch = PageWatch::new(watch);
    promise(async move {
        let name = name.as_ref().map(named).transpose()?;
        let expected = expected(identity.as_ref(), seen.as_ref())?;
        let platform = platform(store, &PageFactor::new(answers));
        let watch = |done, total| watch.tell(done, total);
        let backup = Backup::read(&backup.to_vec())?;
        let report = RestoreReport::of(&backup, &expected);
        let vault = Vault::restore_backup(platform, backup, name, &expected, &watch).await?;
        Ok(plain(&report.under(vault.name().as_str())))
    })
}

/// The names of all vaults in a store.
#[wasm_bindgen(js_name = listVaults, unchecked_return_type = "Promise<string[]>")]
pub fn list_vaults(store: JsValue) -> Promise {
    promise(async move {
        let vaults = WebStore::new(store).vaults().await?;
        let names: Array = vaults.iter().map(|name| js(name.as_str())).collect();
        Ok(names.into())
    })
}

/// Removes a vault with everything in it: the names of the devices' keys that it had records of. Removing what is not there
/// is fine.
#[wasm_bindgen(js_name = removeVault, unchecked_return_type = "Promise<string[]>")]
pub fn remove_vault(store: JsValue, name: JsString) -> Promise {
    promise(async move {
        let (store, name) = (WebStore::new(store), named(&name)?);
        // What cannot be read is removed all the same.
        let keys = device_keys(&store, &name).await.unwrap_or_default();
        store.remove(&name).await?;
        Ok(texts(&keys))
    })
}

/// Those of the devices' keys of which no vault in a store has a record: a copy of a vault opens by the key of the original.
#[wasm_bindgen(js_name = unlistedDeviceKeys, unchecked_return_type = "Promise<string[]>")]
pub fn unlisted_device_keys(store: JsValue, keys: Vec<JsString>) -> Promise {
    promise(async move {
        let store = WebStore::new(store);
        let keys = keys.iter().map(text).map(DeviceKeyId::try_from);
        let mut keys = keys.collect::<Result<Vec<_>>>()?;
        for name in store.vaults().await? {
            let listed = device_keys(&store, &name).await?;
            keys.retain(|key| !listed.contains(key));
        }
        Ok(texts(&keys))
    })
}

/// The keys of the devices that a vault's records name, which nothing proves.
async fn device_keys(store: &WebStore, name: &VaultName) -> Result<Vec<DeviceKeyId>> {
    let (_, rows) = store.read(name, &[Range::of(RecordType::Factor)]).await?;
    let enrolled = rows.iter().filter_map(|row| Enrolment::claimed(&row.bytes));
    let keys = enrolled.filter_map(|enrolment| match enrolment {
        Enrolment::ThisDevice(key) => Some(key.id),
        _ => None,
    });
    Ok(keys.collect())
}

fn texts(keys: &[DeviceKeyId]) -> JsValue {
    let texts: Array = keys.iter().map(|id| js(&id.to_text())).collect();
    texts.into()
}

/// What a caller knows of a vault.
pub(super) fn expected(
    identity: Option<&JsString>,
    seen: Option<&JsString>,
) -> Result<ExpectedVault> {
    Ok(ExpectedVault {
        identity: identity.map(thumbprint).transpose()?,
        seen: seen.map(|seen| LastSeenHead(text(seen))),
    })
}

fn thumbprint(identity: &JsString) -> Result<Thumbprint> {
    let thumbprint = text(identity).parse();
    thumbprint.map_err(|_| Error::Argument("identity (what vault.identity() gave)"))
}

fn named(name: &JsString) -> Result<VaultName> {
    Ok(text(name).parse()?)
}
