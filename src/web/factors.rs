//! A vault's factors.

use js_sys::{Function, JsString, Promise};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    api::{
        CompromisedFactor, FactorInfo, FactorListing, IdentifiedFactor, RequiredFactors,
        RotatedVaultKey,
    },
    base::Result,
    factors::FactorName,
    vault::Others,
};

use super::{
    WasmVault,
    convert::text,
    crossing::plain,
    factor::{WireFactor, pair_of},
    watch::PageWatch,
};

#[wasm_bindgen]
impl WasmVault {
    /// All factors.
    #[wasm_bindgen(js_name = listFactors, unchecked_return_type = "Promise<object>")]
    pub fn list_factors(&self) -> Promise {
        self.run(async |vault| Ok(plain(&FactorListing::from(vault.factors().await?))))
    }

    /// The kinds that it takes to open the vault, where it takes two.
    #[wasm_bindgen(js_name = requiredFactors, unchecked_return_type = "Promise<object>")]
    pub fn required_factors(&self) -> Promise {
        self.run(async |vault| Ok(plain(&RequiredFactors::from(vault.required().await?))))
    }

    /// Has it take two kinds at once, or any one again. The factors are wiped.
    #[wasm_bindgen(js_name = requireFactors, unchecked_return_type = "Promise<object>")]
    pub fn require_factors(
        &self,
        requires: Option<Vec<JsString>>,
        present: WireFactor,
        watch: Option<Function>,
        reason: Option<JsString>,
    ) -> Promise {
        let watch = PageWatch::new(watch);
        let held = self.factor().hold(&[present]);
        self.run_because(reason, async move |vault| {
            let watch = |done, total| watch.tell(done, total);
            let pair = requires.as_deref().map(pair_of).transpose()?;
            let rotated = vault.require_factors(pair, held.one()?, &watch).await?;
            Ok(plain(&RotatedVaultKey::from(rotated)))
        })
    }

    /// One more factor. Both are wiped.
    #[wasm_bindgen(js_name = addFactor, unchecked_return_type = "Promise<object>")]
    pub fn add_factor(
        &self,
        present: WireFactor,
        added: WireFactor,
        name: Option<JsString>,
        watch: Option<Function>,
        reason: Option<JsString>,
    ) -> Promise {
        let watch = PageWatch::new(watch);
        let held = self.factor().hold(&[present, added]);
        self.run_because(reason, async move |vault| {
            let watch = |done, total| watch.tell(done, total);
            let [present, added] = held.two()?;
            let info = vault
                .add_factor(present, added, named(name)?, &watch)
                .await?;
            Ok(plain(&FactorInfo::from(info)))
        })
    }

    /// Another name, or none.
    #[wasm_bindgen(js_name = renameFactor, unchecked_return_type = "Promise<object>")]
    pub fn rename_factor(
        &self,
        id: JsString,
        name: Option<JsString>,
        reason: Option<JsString>,
    ) -> Promise {
        self.run_because(reason, async move |vault| {
            let info = vault.rename_factor(&text(&id), named(name)?).await?;
            Ok(plain(&FactorInfo::from(info)))
        })
    }

    /// A factor in the place of another. Both are wiped.
    #[wasm_bindgen(js_name = replaceFactor, unchecked_return_type = "Promise<object>")]
    pub fn replace_factor(
        &self,
        id: JsString,
        present: WireFactor,
        added: WireFactor,
        name: Option<JsString>,
        watch: Option<Function>,
        reason: Option<JsString>,
    ) -> Promise {
        let watch = PageWatch::new(watch);
        let held = self.factor().hold(&[present, added]);
        self.run_because(reason, async move |vault| {
            let watch = |done, total| watch.tell(done, total);
            let [present, added] = held.two()?;
            let info = vault
                .replace_factor(&text(&id), present, added, named(name)?, &watch)
                .await?;
            Ok(plain(&FactorInfo::from(info)))
        })
    }

    /// Whether a factor opens the vault. It is wiped.
    #[wasm_bindgen(js_name = rehearseFactor, unchecked_return_type = "Promise<object>")]
    pub fn rehearse_factor(&self, present: WireFactor, watch: Option<Function>) -> Promise {
        let watch = PageWatch::new(watch);
        let held = self.factor().hold(&[present]);
        self.run(async move |vault| {
            let watch = |done, total| watch.tell(done, total);
            let info = vault.rehearse(held.one()?, &watch).await?;
            Ok(plain(&FactorInfo::from(info)))
        })
    }

    /// A person, once more. The factor is wiped.
    #[wasm_bindgen(unchecked_return_type = "Promise<object>")]
    pub fn authenticate(&self, present: WireFactor, watch: Option<Function>) -> Promise {
        let watch = PageWatch::new(watch);
        let held = self.factor().hold(&[present]);
        self.run(async move |vault| {
            let watch = |done, total| watch.tell(done, total);
            let info = vault.authenticate(held.one()?, &watch).await?;
            Ok(plain(&FactorInfo::from(info)))
        })
    }

    /// Which of the factors it is. It is wiped.
    #[wasm_bindgen(js_name = identifyFactor, unchecked_return_type = "Promise<object>")]
    pub fn identify_factor(&self, present: WireFactor) -> Promise {
        let held = self.factor().hold(&[present]);
        self.run(async move |vault| {
            let (info, generation) = vault.identify_factor(held.one()?).await?;
            Ok(plain(&IdentifiedFactor::new(info, generation)))
        })
    }

    /// A factor less. The one that is asked for is wiped.
    #[wasm_bindgen(js_name = revokeFactor, unchecked_return_type = "Promise<object>")]
    pub fn revoke_factor(
        &self,
        id: JsString,
        present: WireFactor,
        watch: Option<Function>,
        reason: Option<JsString>,
    ) -> Promise {
        let watch = PageWatch::new(watch);
        let held = self.factor().hold(&[present]);
        self.run_because(reason, async move |vault| {
            let watch = |done, total| watch.tell(done, total);
            let rotated = vault.revoke_factor(&text(&id), held.one()?, &watch).await?;
            Ok(plain(&RotatedVaultKey::from(rotated)))
        })
    }

    /// A factor less, which somebody else has. The passphrase is wiped.
    #[wasm_bindgen(js_name = revokeCompromisedFactor, unchecked_return_type = "Promise<object>")]
    pub fn revoke_compromised_factor(
        &self,
        id: JsString,
        present: WireFactor,
        kit: Option<WireFactor>,
        keep: Option<Vec<JsString>>,
        watch: Option<Function>,
        reason: Option<JsString>,
    ) -> Promise {
        let watch = PageWatch::new(watch);
        let given: Vec<_> = core::iter::once(present).chain(kit).collect();
        let held = self.factor().hold(&given);
        let keep = keep.map(|ids| ids.iter().map(text).collect::<Vec<_>>());
        self.run_because(reason, async move |vault| {
            let watch = |done, total| watch.tell(done, total);
            let others = Others {
                keep: keep.as_deref(),
                kit: held.list()?.get(1).copied(),
            };
            let done = vault
                .revoke_compromised_factor(&text(&id), held.one()?, others, &watch)
                .await?;
            Ok(plain(&CompromisedFactor::from(done)))
        })
    }
}

fn named(name: Option<JsString>) -> Result<Option<FactorName>> {
    name.map(|name| text(&name).try_into()).transpose()
}
