//! The page's clock.

use crate::base::{Clock, Timestamp};

/// `Date.now()`.
pub(super) struct DateClock;

impl Clock for DateClock {
    fn now(&self) -> Timestamp {
        // Whole milliseconds, positive since 1970 and far below 2^53.
        js_sys::Date::now() as Timestamp
    }
}
