//! The factors that a page presents. What is secret in them stays in JavaScript's arrays: a passphrase's on their way to
//! Argon2id's Worker.

use core::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, JsString, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use crate::{
    base::{Cause, Error, Local, Result, Secret},
    factors::{Answer, Challenge, FactorPort, Passphrase, Present},
    records::FactorKind,
};

use super::{Thrown, convert::text};

#[wasm_bindgen]
extern "C" {
    /// A factor as the page's side gives it: `WireFactor` in `js/src/shared/protocol/vault-calls.ts`.
    pub type WireFactor;

    #[wasm_bindgen(method, getter)]
    fn kind(this: &WireFactor) -> JsString;

    #[wasm_bindgen(method, getter)]
    fn id(this: &WireFactor) -> Option<JsString>;

    /// Of a passphrase: its forms.
    #[wasm_bindgen(method, getter)]
    fn secrets(this: &WireFactor) -> Array;
}

/// Answers challenges by what runs Argon2id on the page's side.
pub(super) struct PageFactor {
    derive: Function,
    /// The arrays of the calls that are in flight.
    held: RefCell<Vec<Option<Array>>>,
}

/// The factors of one call. Their arrays are wiped at its end.
pub(super) struct Presented {
    port: Rc<PageFactor>,
    held: Vec<usize>,
    list: Result<Vec<Box<dyn Present>>>,
}

impl PageFactor {
    /// By a `Stretch`, as `js/src/engine/wasm/bindings.ts` says.
    pub(super) fn new(derive: Function) -> Rc<Self> {
        let held = RefCell::default();
        Rc::new(Self { derive, held })
    }

    /// Holds the factors of one call.
    pub(super) fn hold(self: &Rc<Self>, factors: &[WireFactor]) -> Presented {
        let mut held = Vec::new();
        for factor in factors {
            held.push(self.put(factor.secrets()));
        }
        let presented = factors.iter().zip(&held);
        let list = presented.map(|(factor, index)| of_kind(factor, *index));
        let list = list.collect();
        let port = self.clone();
        Presented { port, held, list }
    }

    fn put(&self, secrets: Array) -> usize {
        let mut held = self.held.borrow_mut();
        let free = held.iter().position(Option::is_none);
        let index = free.unwrap_or_else(|| {
            held.push(None);
            held.len() - 1
        });
        held[index] = Some(secrets);
        index
    }

    fn array(&self, passphrase: &Passphrase, form: usize) -> Result<Uint8Array> {
        const NONE: Error = Error::Argument("a passphrase is needed");
        let index = passphrase.index().ok_or(NONE)?;
        let secrets = self.held.borrow().get(index).cloned().flatten();
        let array = secrets.map(|secrets| secrets.get(form as u32));
        let array = array.and_then(|array| array.dyn_into::<Uint8Array>().ok());
        // One of no bytes would be a factor that opens to everybody.
        array.filter(|array| array.length() > 0).ok_or(NONE)
    }
}

fn of_kind(factor: &WireFactor, index: usize) -> Result<Box<dyn Present>> {
    match FactorKind::parse(&text(&factor.kind())) {
        Some(FactorKind::Passphrase) => {
            let forms = factor.secrets().length() as usize;
            let id = factor.id().map(|id| text(&id));
            Ok(Box::new(Passphrase::held(index, forms.max(1)).of(id)))
        }
        _ => Err(Error::Argument("a factor is needed")),
    }
}

impl FactorPort for Rc<PageFactor> {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        let Challenge::Argon2id {
            passphrase,
            form,
            kdf,
        } = challenge;
        Box::pin(async move {
            // A copy, which the page's side wipes: the same passphrase may be tried on another factor.
            let array = self.array(passphrase, form)?;
            let copy = Uint8Array::new(&array);
            let (memory, passes, lanes) = kdf.cost();
            let salt = Uint8Array::from(&kdf.salt()?[..]);
            let given = Array::of5(&copy, &salt, &memory.into(), &passes.into(), &lanes.into());
            let derived = self.derive.apply(&JsValue::UNDEFINED, &given);
            let derived = Promise::resolve(&derived.map_err(thrown)?);
            let derived = JsFuture::from(derived).await.map_err(thrown)?;
            take(derived.unchecked_ref()).map(Answer::Derived)
        })
    }
}

impl Presented {
    /// The one that is there, and the one that comes.
    pub(super) fn two(&self) -> Result<[&dyn Present; 2]> {
        match &self.list()?[..] {
            [present, added] => Ok([*present, *added]),
            _ => Err(Error::Argument("two factors are needed")),
        }
    }

    pub(super) fn list(&self) -> Result<Vec<&dyn Present>> {
        let list = self.list.as_ref().map_err(Clone::clone)?;
        Ok(list.iter().map(AsRef::as_ref).collect())
    }

    /// The only one.
    pub(super) fn one(&self) -> Result<&dyn Present> {
        let first = self.list()?.first().copied();
        first.ok_or(Error::Argument("a factor is needed"))
    }
}

impl Drop for Presented {
    fn drop(&mut self) {
        let mut held = self.port.held.borrow_mut();
        for index in &self.held {
            for secret in held[*index].take().iter().flat_map(Array::iter) {
                if let Ok(secret) = secret.dyn_into::<Uint8Array>() {
                    secret.fill(0, 0, secret.length());
                }
            }
        }
    }
}

/// Takes 32 bytes over from JavaScript's memory, and wipes them there.
fn take(bytes: &Uint8Array) -> Result<Secret<32>> {
    let taken = Secret::try_fill(|to| {
        if bytes.length() as usize != to.len() {
            return Err(Error::Unsupported("Argon2id of another length"));
        }
        bytes.copy_to(to);
        Ok(())
    });
    bytes.fill(0, 0, bytes.length());
    taken
}

fn thrown(thrown: JsValue) -> Error {
    Error::Factor(Cause::new(Thrown(thrown)))
}
