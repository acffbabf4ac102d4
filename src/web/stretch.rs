//! Argon2id: asked of the page's side, and run where it decided.

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use crate::{
    custody::{self, Kdf, Passphrase, Stretch},
    vocabulary::{Error, Local, Result, Secret},
};

/// Calls the function that `js/` gave, which runs [`argon2id`] in a Worker of its own.
pub struct JsStretch(Function);

impl JsStretch {
    /// Over a `Stretch` of `js/bindings.ts`.
    #[must_use]
    pub fn new(function: Function) -> Self {
        Self(function)
    }

    async fn run(&self, passphrase: &Passphrase, kdf: &Kdf) -> Result<Secret<32>> {
        let failed = |_| &Error::Unsupported("Argon2id with this much memory");
        let (memory, passes, lanes) = kdf.cost();
        let arguments: [JsValue; 5] = [
            // EXPOSE: the copy goes to the Worker that derives; whoever receives it wipes it.
            Uint8Array::from(passphrase.expose()).into(),
            Uint8Array::from(&kdf.salt()?[..]).into(),
            memory.into(),
            passes.into(),
            lanes.into(),
        ];
        let promise = self
            .0
            .apply(&JsValue::UNDEFINED, &arguments.iter().collect());
        let promise = Promise::resolve(&promise.map_err(failed)?);
        let derived: Uint8Array = JsFuture::from(promise)
            .await
            .map_err(failed)?
            .unchecked_into();
        take(&derived)
    }
}

impl Stretch for JsStretch {
    fn stretch<'a>(
        &'a self,
        passphrase: &'a Passphrase,
        kdf: &'a Kdf,
    ) -> Local<'a, Result<Secret<32>>> {
        Box::pin(self.run(passphrase, kdf))
    }
}

/// Takes 32 bytes over from JavaScript's memory, and wipes them there.
fn take(bytes: &Uint8Array) -> Result<Secret<32>> {
    let taken = Secret::try_fill(|to| {
        if bytes.length() as usize != to.len() {
            return Err(&Error::Unsupported("Argon2id of another length"));
        }
        bytes.copy_to(to);
        Ok(())
    });
    bytes.fill(0, 0, bytes.length());
    taken
}

/// The derivation itself, synchronous: for the short-lived Worker. `memory` in KiB.
///
/// # Errors
/// `ERR_UNSUPPORTED` for parameters that the algorithm does not have.
#[wasm_bindgen]
pub fn argon2id(
    passphrase: Uint8Array,
    salt: Uint8Array,
    memory: u32,
    passes: u32,
    lanes: u32,
) -> core::result::Result<Uint8Array, JsValue> {
    let derived = custody::argon2id(&passphrase.to_vec(), &salt.to_vec(), memory, passes, lanes)?;
    // EXPOSE: the derived bytes go back to the vault's Worker.
    Ok(Uint8Array::from(derived.expose().as_slice()))
}
