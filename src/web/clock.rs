//! The page's clock.

use crate::base::{Clock, Timestamp};

use super::convert::count;

/// `Date.now()`.
pub(super) struct DateClock;

impl Clock for DateClock {
    fn now(&self) -> Timestamp {
        // Positive since 1970 and far below 2^53. A clock that gives no such number is one that was never set.
        let millis = count(js_sys::Date::now().trunc());
        millis.map_or(Timestamp::EPOCH, Timestamp::from_millis)
    }
}
