//! The caller's factors: passphrases, which stay in JavaScript's arrays on their way to Argon2id's Worker.

use core::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::{
    base::{Cause, Error, Local, Result, Secret},
    factors::{Answer, Challenge, FactorPort, Passphrase},
};

use super::Thrown;

/// Answers challenges by what runs Argon2id on the page's side.
pub(super) struct PageFactor {
    derive: Function,
    /// The arrays of the calls that are in flight.
    held: RefCell<Vec<Option<Uint8Array>>>,
}

/// The passphrases of one call. Their arrays are wiped at its end.
pub(super) struct Passphrases {
    factor: Rc<PageFactor>,
    list: Vec<Passphrase>,
}

impl PageFactor {
    /// By a `Stretch`, as `js/src/engine/wasm/bindings.ts` says.
    pub(super) fn new(derive: Function) -> Rc<Self> {
        let held = RefCell::default();
        Rc::new(Self { derive, held })
    }

    /// Holds the arrays for one call.
    pub(super) fn hold(self: &Rc<Self>, arrays: &Array) -> Passphrases {
        let mut list = Vec::new();
        for array in arrays.iter() {
            list.push(Passphrase::held(self.put(array.unchecked_into())));
        }
        let factor = self.clone();
        Passphrases { factor, list }
    }

    fn put(&self, array: Uint8Array) -> usize {
        let mut held = self.held.borrow_mut();
        let free = held.iter().position(Option::is_none);
        let index = free.unwrap_or_else(|| {
            held.push(None);
            held.len() - 1
        });
        held[index] = Some(array);
        index
    }

    fn array(&self, passphrase: &Passphrase) -> Result<Uint8Array> {
        const NONE: Error = Error::Argument("a passphrase is needed");
        let index = passphrase.index().ok_or(NONE)?;
        let array = self.held.borrow().get(index).cloned().flatten();
        // One of no bytes would be a factor that opens to everybody.
        array.filter(|array| array.length() > 0).ok_or(NONE)
    }
}

impl FactorPort for Rc<PageFactor> {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        let Challenge::Argon2id { passphrase, kdf } = challenge;
        Box::pin(async move {
            // A copy, which the page's side wipes: the same passphrase may be tried on another factor.
            let array = self.array(passphrase)?;
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

impl Passphrases {
    /// The one that is there, and the one that comes.
    pub(super) fn two(&self) -> Result<[&Passphrase; 2]> {
        match &self.list[..] {
            [present, added] => Ok([present, added]),
            _ => Err(Error::Argument("two passphrases are needed")),
        }
    }

    pub(super) fn list(&self) -> &[Passphrase] {
        &self.list
    }

    /// The only one.
    pub(super) fn one(&self) -> Result<&Passphrase> {
        let first = self.list.first();
        first.ok_or(Error::Argument("a passphrase is needed"))
    }
}

impl Drop for Passphrases {
    fn drop(&mut self) {
        let mut held = self.factor.held.borrow_mut();
        for index in self.list.iter().filter_map(Passphrase::index) {
            if let Some(array) = held[index].take() {
                array.fill(0, 0, array.length());
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
