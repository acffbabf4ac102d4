//! One vault: unlocking and locking, backup, and what the others of its files call through.

use core::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, JsString, Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    api::{Maintained, MergeReport, RotatedVaultKey, UnlockReport, VaultAbout, VitalSigns},
    base::{Error, Result, Timestamp, abortable::AbortableSet},
    factors::ReloadPeriod,
    jose::Envelope,
    keys::Operation,
    object::ObjectSignature,
    vault::{Header, Locked, Unlocked},
};

use super::{
    convert::{js, text},
    crossing::plain,
    factor::{FactorAnswers, PageFactor, Presented, WireFactor},
    host::{WebVault, expected},
    promise::promise,
    watch::PageWatch,
};

/// A vault, with its vault key in memory while it is unlocked.
#[wasm_bindgen]
pub struct WasmVault {
    locked: Rc<WebVault<Locked>>,
    factor: Rc<PageFactor>,
    state: Rc<RefCell<State>>,
    /// What its operations run on instead, of a handle with fewer rights.
    view: Option<Rc<WebVault<Unlocked>>>,
    /// The unlocks that still wait, each with the keys that it has by then.
    unlocking: AbortableSet,
}

/// Whether a vault's keys can be used.
enum State {
    Locked,
    Unlocked(Rc<WebVault<Unlocked>>),
    /// It was locked for good: what is still unlocking must not leave keys behind.
    Ended,
}

#[wasm_bindgen]
impl WasmVault {
    /// Its `name` and `id`.
    #[wasm_bindgen(unchecked_return_type = "object")]
    pub fn about(&self) -> JsValue {
        plain(&VaultAbout {
            name: self.locked.name().as_str(),
            id: self.locked.id(),
        })
    }

    /// Whether its keys can be used now.
    #[wasm_bindgen(getter)]
    pub fn unlocked(&self) -> bool {
        matches!(*self.state.borrow(), State::Unlocked(_))
    }

    /// How often something was changed: see `checkUnderWay`.
    ///
    /// # Errors
    /// `ERR_LOCKED`.
    #[wasm_bindgen(getter)]
    pub fn epoch(&self) -> core::result::Result<f64, JsValue> {
        match &*self.state.borrow() {
            // A page makes less than 2^53 changes.
            State::Unlocked(vault) => Ok(vault.epoch() as f64),
            State::Locked | State::Ended => Err(Error::Locked.into()),
        }
    }

    /// How many entries of the audit log wait to be written.
    #[wasm_bindgen(getter, js_name = waitingEntries)]
    pub fn waiting_entries(&self) -> u32 {
        match &*self.state.borrow() {
            State::Unlocked(vault) => vault.waiting_entries() as u32,
            State::Locked | State::Ended => 0,
        }
    }

    /// How often what others had committed was taken in, of an unlocked vault.
    ///
    /// # Errors
    /// `ERR_LOCKED`.
    #[wasm_bindgen(getter)]
    pub fn elsewhere(&self) -> core::result::Result<f64, JsValue> {
        match &*self.state.borrow() {
            State::Unlocked(vault) => Ok(vault.elsewhere()? as f64),
            State::Locked | State::Ended => Err(Error::Locked.into()),
        }
    }

    /// Opens the vault with a factor, which is wiped; refuses another vault than expected, and one that is older than what
    /// was seen. Of a vault that is open already it confirms the factor.
    #[wasm_bindgen(unchecked_return_type = "Promise<object>")]
    pub fn unlock(
        &self,
        present: WireFactor,
        identity: Option<JsString>,
        seen: Option<JsString>,
        watch: Option<Function>,
    ) -> Promise {
        let watch = PageWatch::new(watch);
        let (locked, state) = (self.locked.clone(), self.state.clone());
        let present = self.factor.hold(&[present]);
        let open = match &*state.borrow() {
            State::Unlocked(vault) => Some(vault.clone()),
            State::Locked | State::Ended => None,
        };
        promise(self.unlocking.add(async move {
            let expected = expected(identity.as_ref(), seen.as_ref())?;
            let watch = |done, total| watch.tell(done, total);
            if let Some(vault) = open {
                let report = vault.confirm(present.one()?, &expected).await?;
                watch(1, 1)?;
                return Ok(plain(&UnlockReport::from(report)));
            }
            let (vault, report) = locked
                .unlock_watched(present.one()?, &expected, &watch)
                .await?;
            state.borrow_mut().enter(vault)?;
            Ok(plain(&UnlockReport::from(report)))
        }))
    }

    /// Opens the vault by what `prepareReload` gave, and says since when it is open and until when reloads open it. `answers`
    /// have the device's key.
    #[wasm_bindgen(unchecked_return_type = "Promise<object>")]
    pub fn reopen(
        &self,
        answers: FactorAnswers,
        kept: JsString,
        lasts: f64,
        identity: Option<JsString>,
        seen: Option<JsString>,
    ) -> Promise {
        let (locked, state) = (self.locked.clone(), self.state.clone());
        promise(self.unlocking.add(async move {
            let expected = expected(identity.as_ref(), seen.as_ref())?;
            let port = PageFactor::new(answers);
            let (vault, period) = locked
                .reopen(&port, &text(&kept), &expected, lasts as u64)
                .await?;
            state.borrow_mut().enter(vault)?;
            Ok(plain(&period))
        }))
    }

    /// What opens the vault after a reload: text for the tab to keep. The times are in milliseconds since 1970.
    #[wasm_bindgen(js_name = prepareReload, unchecked_return_type = "Promise<string>")]
    pub fn prepare_reload(&self, answers: FactorAnswers, since: f64, until: f64) -> Promise {
        self.run(async move |vault| {
            let port = PageFactor::new(answers);
            let [since, until] = [since, until].map(|at| Timestamp::from_millis(at as u64));
            let period = ReloadPeriod { since, until };
            Ok(js(&vault.prepare_reload(&port, period).await?).into())
        })
    }

    /// Forgets the vault key, for good, before it returns: calls that wait end with `ERR_LOCKED`. Resolves once what the audit log
    /// lacked is written, where it is to be.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn lock(&self, logs: bool) -> Promise {
        let writing = match self.state.replace(State::Ended) {
            State::Unlocked(vault) if logs => Some(vault.lock_and_log()),
            State::Unlocked(vault) => {
                vault.forget();
                None
            }
            State::Locked | State::Ended => None,
        };
        self.unlocking.end();
        promise(async move {
            if let Some(writing) = writing {
                writing.await?;
            }
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Surveys a large vault after it was unlocked.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn survey(&self) -> Promise {
        self.run(async |vault| vault.survey().await.map(|()| JsValue::UNDEFINED))
    }

    /// Does what is due, and writes use counts.
    #[wasm_bindgen(unchecked_return_type = "Promise<object>")]
    pub fn tick(&self) -> Promise {
        self.run(async |vault| {
            let (ended, next) = vault.end_sessions();
            Ok(plain(&Maintained::of(vault.tick().await?, ended, next)))
        })
    }

    /// A handle of the same vault for these operations on these keys, or on all.
    #[wasm_bindgen(unchecked_return_type = "Promise<WasmVault>")]
    pub fn view(&self, operations: Vec<JsString>, keys: Option<Vec<JsString>>) -> Promise {
        let (locked, factor) = (self.locked.clone(), self.factor.clone());
        let state = self.state.clone();
        self.run(async move |vault| {
            let operations = operations.iter().map(|name| Operation::parse(&text(name)));
            let operations = operations.collect::<Result<Vec<_>>>()?;
            let keys = keys.map(|keys| keys.iter().map(text).collect::<Vec<_>>());
            let view = vault.view(&operations, keys.as_deref()).await?;
            Ok(Self {
                locked,
                factor,
                state,
                view: Some(Rc::new(view)),
                unlocking: AbortableSet::default(),
            }
            .into())
        })
    }

    /// Looks whether the store still has the vault.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn probe(&self) -> Promise {
        self.run(async |vault| vault.probe().await.map(|()| JsValue::UNDEFINED))
    }

    /// A new vault key.
    #[wasm_bindgen(js_name = rotateVaultKey, unchecked_return_type = "Promise<object>")]
    pub fn rotate_vault_key(&self, watch: Option<Function>, reason: Option<JsString>) -> Promise {
        let watch = PageWatch::new(watch);
        self.run_because(reason, async move |vault| {
            let watch = |done, total| watch.tell(done, total);
            let rotated = vault.rotate_vault_key_watched(&watch).await?;
            Ok(plain(&RotatedVaultKey::from(rotated)))
        })
    }

    /// The thumbprint of the identity that signs for the vault.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn identity(&self) -> Promise {
        self.run(async |vault| Ok(js(vault.identity()?.as_str()).into()))
    }

    /// What is known of how well the vault is kept.
    #[wasm_bindgen(js_name = vitalSigns, unchecked_return_type = "Promise<object>")]
    pub fn vital_signs(&self) -> Promise {
        self.run(async |vault| Ok(plain(&VitalSigns::from(vault.vital_signs().await?))))
    }

    /// The head, for an unlock to hold the vault against.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn head(&self) -> Promise {
        self.run(async |vault| Ok(js(&vault.head().await?.0).into()))
    }

    /// A backup of this vault, united with it. The factor is wiped.
    #[wasm_bindgen(unchecked_return_type = "Promise<object>")]
    pub fn merge(
        &self,
        backup: Uint8Array,
        present: Option<WireFactor>,
        watch: Option<Function>,
        reason: Option<JsString>,
    ) -> Promise {
        let watch = PageWatch::new(watch);
        let held = present.map(|present| self.factor.hold(&[present]));
        self.run_because(reason, async move |vault| {
            let watch = |done, total| watch.tell(done, total);
            let present = held.as_ref().map(Presented::one).transpose()?;
            let report = vault.merge(&backup.to_vec(), present, &watch).await?;
            Ok(plain(&MergeReport::from(report)))
        })
    }

    /// Everything the vault holds, encrypted.
    #[wasm_bindgen(unchecked_return_type = "Promise<Uint8Array<ArrayBuffer>>")]
    pub fn backup(&self, watch: Option<Function>, reason: Option<JsString>) -> Promise {
        let watch = PageWatch::new(watch);
        self.run_because(reason, async move |vault| {
            let watch = |done, total| watch.tell(done, total);
            Ok(Uint8Array::from(&vault.backup_watched(&watch).await?[..]).into())
        })
    }
}

impl State {
    /// Whoever was first stays.
    fn enter(&mut self, vault: WebVault<Unlocked>) -> Result<()> {
        match self {
            Self::Locked => *self = Self::Unlocked(Rc::new(vault)),
            Self::Unlocked(_) => {}
            Self::Ended => return Err(Error::Locked),
        }
        Ok(())
    }
}

impl WasmVault {
    pub(super) fn found(vault: WebVault<Locked>, factor: Rc<PageFactor>) -> Self {
        Self {
            locked: Rc::new(vault),
            factor,
            state: Rc::new(RefCell::new(State::Locked)),
            view: None,
            unlocking: AbortableSet::default(),
        }
    }

    pub(super) fn made(vault: WebVault<Unlocked>, factor: Rc<PageFactor>) -> Self {
        let made = Self::found(vault.locked(), factor);
        made.state.replace(State::Unlocked(Rc::new(vault)));
        made
    }

    pub(super) fn factor(&self) -> &Rc<PageFactor> {
        &self.factor
    }

    /// Runs an operation on the unlocked vault. The arguments live as long as it does.
    pub(super) fn run<F>(&self, operation: F) -> Promise
    where
        F: AsyncFnOnce(&WebVault<Unlocked>) -> Result<JsValue> + 'static,
    {
        self.run_because(None, operation)
    }

    /// As [`run`](Self::run), for a reason.
    pub(super) fn run_because<F>(&self, reason: Option<JsString>, operation: F) -> Promise
    where
        F: AsyncFnOnce(&WebVault<Unlocked>) -> Result<JsValue> + 'static,
    {
        let vault = match &*self.state.borrow() {
            State::Unlocked(vault) => Ok(self.view.as_ref().unwrap_or(vault).clone()),
            State::Locked | State::Ended => Err(Error::Locked),
        };
        promise(async move {
            let reason = reason.as_ref().map(text);
            operation(&vault?.because(reason.as_deref())).await
        })
    }
}

/// A header that the page has, with its signature where it has one, or the id of an object whose header the vault keeps.
pub(super) fn header(header: &JsValue, signature: Option<&Uint8Array>) -> Result<Header> {
    if let Some(id) = header.as_string() {
        return match signature {
            None => Ok(Header::Kept(id)),
            Some(_) => Err(Error::Argument(
                "signature (the vault keeps that header, which has none)",
            )),
        };
    }
    let envelope = Envelope::parse(&Uint8Array::new(header).to_vec())?;
    Ok(match signature {
        None => Header::Given(envelope),
        Some(signature) => {
            let signature = ObjectSignature::parse(&signature.to_vec())?;
            Header::Signed(envelope, Rc::new(signature))
        }
    })
}
