//! Durations as people write them: ISO 8601 (`P90D`, `PT1H`).

use super::{InputError, InputResult};

/// A length of time, in whole milliseconds. A year is 365 days and a month 30, wherever it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(u64);

impl Duration {
    /// The longest one: 100 years, of 365 days.
    pub const MAX: Self = Self(100 * 365 * DAY);

    /// Reads years, months, weeks, days, hours, minutes and seconds: whole numbers, in this order, each
    /// at most once, and at least one of them. Weeks may stand beside the others, as in ECMAScript's
    /// `Temporal`. Nothing is carried: `PT36H` is a day and a half.
    ///
    /// # Errors
    /// [`InputError::Argument`], also beyond [`Self::MAX`].
    pub fn parse(text: &str) -> InputResult<Self> {
        read(text.as_bytes()).ok_or(InputError::Argument(
            "a duration (ISO 8601, such as P90D or PT1H)",
        ))
    }

    /// The duration in milliseconds.
    #[must_use]
    pub fn millis(self) -> u64 {
        self.0
    }
}

fn read(text: &[u8]) -> Option<Duration> {
    let mut units = UNITS.iter();
    let (mut total, mut number) = (0, None);
    // Whether what was read so far could be all of it.
    let mut whole = false;
    for &byte in text.strip_prefix(b"P")? {
        if byte.is_ascii_digit() {
            let digit = u64::from(byte - b'0');
            // No unit is less than a second: what is more than the maximum as milliseconds is so as any.
            number =
                Some(number.unwrap_or(0) * 10 + digit).filter(|number| *number <= Duration::MAX.0);
            number?;
            continue;
        }
        let unit = unit(&mut units, byte)?;
        if byte == TIME {
            // Nothing stands between the days and the T.
            if number.is_some() {
                return None;
            }
            whole = false;
        } else {
            total += number.take()?.checked_mul(unit)?;
            whole = true;
        }
        if total > Duration::MAX.0 {
            return None;
        }
    }
    (whole && number.is_none()).then_some(Duration(total))
}

/// The milliseconds of a unit that may still come. An `M` is a month before the `T` and a minute
/// behind it, so the `T` is never passed over.
fn unit(units: &mut core::slice::Iter<'_, (u8, u64)>, name: u8) -> Option<u64> {
    loop {
        let &(next, millis) = units.next()?;
        if next == name {
            return Some(millis);
        }
        if next == TIME {
            return None;
        }
    }
}

const SECOND: u64 = 1000;
const DAY: u64 = 24 * 60 * 60 * SECOND;
/// What stands before hours, minutes and seconds.
const TIME: u8 = b'T';
const UNITS: [(u8, u64); 8] = [
    (b'Y', 365 * DAY),
    (b'M', 30 * DAY),
    (b'W', 7 * DAY),
    (b'D', DAY),
    (TIME, 0),
    (b'H', 60 * 60 * SECOND),
    (b'M', 60 * SECOND),
    (b'S', SECOND),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(text: &str) -> Option<u64> {
        Duration::parse(text).ok().map(Duration::millis)
    }

    #[test]
    fn every_unit_has_its_length() {
        for (text, expected) in [
            ("P1Y", 365 * DAY),
            ("P1M", 30 * DAY),
            ("P2W", 14 * DAY),
            ("P90D", 90 * DAY),
            ("PT1H", 3_600_000),
            ("PT1M", 60_000),
            ("PT36S", 36_000),
            ("PT0S", 0),
            ("P007D", 7 * DAY),
            ("P1M1DT1M1S", 31 * DAY + 61_000),
            ("P1Y2M3W4DT5H6M7S", (365 + 60 + 21 + 4) * DAY + 18_367_000),
        ] {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for bad in [
            "",
            "P",
            "PT",
            "T1H",
            "90D",
            "P90",
            "PD",
            "P1DT",
            "P1D5",
            "PT1",
            "P1H",
            "PT1D",
            "PT1Y",
            "P1D5M",
            "P1D1D",
            "PT1S1M",
            "P1D1Y",
            "P1DT1HT1M",
            "P1T1H",
            "p1d",
            "P1d",
            "-P1D",
            "P-1D",
            "P+1D",
            "P1.5D",
            "P1,5D",
            "PT0.5S",
            " P1D",
            "P1D ",
            "P 1D",
            "P1D\n",
            "P١D",
        ] {
            let refused = Duration::parse(bad);
            assert!(matches!(refused, Err(InputError::Argument(_))), "{bad:?}");
        }
    }

    #[test]
    fn a_hundred_years_are_the_most() {
        for longest in ["P100Y", "P36500D", "PT3153600000S", "P99Y365D"] {
            assert_eq!(millis(longest), Some(Duration::MAX.millis()), "{longest}");
        }
        for longer in [
            "P101Y",
            "P100YT1S",
            "P36501D",
            "PT3153600001S",
            "P3153600000000Y",
            "P18446744073709551617D",
            "P99999999999999999999999999999999999999999D",
        ] {
            assert_eq!(millis(longer), None, "{longer}");
        }
    }
}
