//! Errors as JavaScript sees them: an `Error` with `code`, and what there is of `where`, `what`, `from`, `to`,
//! `position`, `rule`, `reason`, `size`, `share`, `missing`, `kinds`, `pinned`, `identity` and `cause`.

use js_sys::{Array, Reflect, Symbol};
use wasm_bindgen::JsValue;

use crate::{
    base::{Cause, Error, InputError, PolicyRule, RecoveryWords, ShareFault},
    jose, object, store,
};

use super::thrown::{Lost, Thrown};

impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        if let Some(thrown) = thrown_by_ours(&error) {
            return thrown;
        }
        let js = js_sys::Error::new(&error.to_string());
        set(&js, "code", error.code());
        match error {
            Error::Malformed(place) => set(&js, "where", place),
            Error::Unsupported(what) | Error::TooLarge(what) => set(&js, "what", what),
            Error::LostRecipient(kid) => {
                set(&js, "what", format!("a header for {kid}"));
            }
            Error::Transition(from, to) => {
                set(&js, "from", from.as_str());
                set(&js, "to", to.as_str());
            }
            Error::NewerDatabase(cause) => {
                set(&js, "what", Error::NEWER_DATABASE);
                set_cause(&js, &cause);
            }
            Error::Store(cause) | Error::Quota(cause) | Error::NoStorage(cause) => {
                set_cause(&js, &cause);
            }
            Error::State(state) => set(&js, "from", state.as_str()),
            Error::Policy(rule) => {
                set(&js, "rule", rule.as_str());
                set(&js, "policy", "key");
            }
            Error::OutsideView => {
                set(&js, "rule", PolicyRule::Operations.as_str());
                set(&js, "policy", "view");
            }
            Error::VaultPolicy(rule) => {
                set(&js, "rule", rule.as_str());
                set(&js, "policy", "vault");
            }
            Error::OrganisationPolicy(rule) => {
                set(&js, "rule", rule.as_str());
                set(&js, "policy", "organisation");
            }
            Error::RecoveryWords(RecoveryWords::Unknown(place)) => {
                set(&js, "position", place);
            }
            Error::RecoveryShares(fault) => {
                set(&js, "reason", fault.reason());
                if let Some(share) = fault.share() {
                    set(&js, "share", share);
                }
                match fault {
                    ShareFault::Unknown { word, .. } => set(&js, "position", word),
                    ShareFault::Missing(missing) => set(&js, "missing", missing),
                    _ => {}
                }
            }
            Error::KitReplaced(at) => set(&js, "replacedAt", at.millis() as f64),
            Error::Passkey(fault) => set(&js, "reason", fault.reason()),
            Error::ThisDevice(fault) => set(&js, "reason", fault.reason()),
            Error::Approval(fault) => set(&js, "reason", fault.reason()),
            Error::Witness(fault) => {
                set(&js, "reason", fault.reason());
                if let Some(size) = fault.size() {
                    set(&js, "size", size as f64);
                }
            }
            Error::PersonNeeded(kinds) => {
                let kinds: Array = kinds.iter().map(|kind| JsValue::from(*kind)).collect();
                set(&js, "kinds", kinds);
            }
            Error::SecondFactor(kind) => set(&js, "kinds", Array::of1(&JsValue::from(kind))),
            Error::IdentityChanged { pinned, identity } => {
                set(&js, "pinned", pinned.as_str());
                set(&js, "identity", identity.as_str());
            }
            Error::IdentityUnproven(identity) => set(&js, "identity", identity.as_str()),
            _ => {}
        }
        js.into()
    }
}

/// The errors of inner rings, by what the outermost says of them.
macro_rules! crosses {
    ($($error:ty),+) => {
        $(impl From<$error> for JsValue {
            fn from(error: $error) -> Self {
                Error::from(error).into()
            }
        })+
    };
}

crosses!(InputError, jose::Error, object::Error, store::Error);

/// What the package's own code on the page's side has thrown, which is told already what it is.
fn thrown_by_ours(error: &Error) -> Option<JsValue> {
    let (Error::Store(cause) | Error::Factor(cause)) = error else {
        return None;
    };
    let Thrown(thrown) = cause.error().downcast_ref()?;
    (matches!(error, Error::Factor(_)) || is_branded(thrown)).then(|| thrown.clone())
}

/// As every copy of the package marks its errors, by `js/src/shared/errors/base.ts`.
fn is_branded(thrown: &JsValue) -> bool {
    let brand = Symbol::for_("strongroom.error");
    Reflect::get(thrown, &brand).is_ok_and(|brand| brand.is_truthy())
}

/// What was thrown, if it was.
fn set_cause(error: &js_sys::Error, cause: &Cause) {
    let cause = cause.error();
    let lost = cause.downcast_ref::<Lost>().map(|Lost(thrown)| thrown);
    if let Some(thrown) = lost.or_else(|| cause.downcast_ref()) {
        error.set_cause(&thrown.0);
    }
}

fn set(error: &JsValue, name: &str, value: impl Into<JsValue>) {
    Reflect::set(error, &name.into(), &value.into()).expect("a fresh Error takes properties");
}
