//! The page's clock.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};

use crate::base::{Clock, Timestamp};

use super::{convert::count, waiting::set_timeout};

#[wasm_bindgen]
extern "C" {
    // Of a page and of a Worker alike: web-sys has one for each.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// `Date.now()`, `performance.now()` and `setTimeout`.
pub(super) struct DateClock;

impl Clock for DateClock {
    fn now(&self) -> Timestamp {
        // Positive since 1970 and far below 2^53. A clock that gives no such number is one that was never set.
        let millis = count(js_sys::Date::now().trunc());
        millis.map_or(Timestamp::EPOCH, Timestamp::from_millis)
    }

    fn steady(&self) -> Option<u64> {
        count(performance_now().trunc())
    }

    fn call_after(&self, millis: u64, call: Box<dyn FnOnce()>) -> bool {
        let Ok(millis) = i32::try_from(millis) else {
            return false;
        };
        let call = Closure::once_into_js(call);
        let timer = set_timeout(call.unchecked_ref(), millis, &JsValue::UNDEFINED);
        // Node would not end before. In browsers a timer is a number, which has no members.
        if let Ok(unref) = Reflect::get(&timer, &"unref".into())
            && let Some(unref) = unref.dyn_ref::<Function>()
        {
            let _ = unref.call0(&timer);
        }
        true
    }
}
