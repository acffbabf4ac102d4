//! Points in time.

use core::ops::Add;

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The start of 1970.
    pub const EPOCH: Self = Self(0);

    /// So many milliseconds after the start of 1970.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// The milliseconds since the start of 1970.
    #[must_use]
    pub const fn millis(self) -> u64 {
        self.0
    }
}

/// A moment of this process, by the clock and by what no clock changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The clock's time.
    pub wall: Timestamp,
    /// Milliseconds since some moment, where there is what counts them.
    pub steady: Option<u64>,
}

impl Moment {
    /// Milliseconds by which a clock that is set by the network is put back, at most. As of an automatic lock.
    const LARGEST_CORRECTION: u64 = 120_000;

    /// How many milliseconds have passed since an earlier moment, by whichever says more: a clock that was set back makes no
    /// time shorter, and the steady count may stand still while a machine sleeps. Nothing where the clock stands before that
    /// moment, by more than clocks are corrected or with nothing else to go by: then nobody knows.
    #[must_use]
    pub fn since(self, earlier: Self) -> Option<u64> {
        let steady = self.steady.zip(earlier.steady);
        let corrected = steady.map_or(0, |_| Self::LARGEST_CORRECTION);
        let (now, then) = (self.wall.millis(), earlier.wall.millis());
        if then.saturating_sub(now) > corrected {
            return None;
        }
        let counted = steady.map_or(0, |(now, then)| now.saturating_sub(then));
        Some(counted.max(now.saturating_sub(then)))
    }
}

impl Add<u64> for Timestamp {
    type Output = Self;

    /// So many milliseconds later.
    fn add(self, millis: u64) -> Self {
        Self(self.0 + millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall: u64, steady: Option<u64>) -> Moment {
        let wall = Timestamp::from_millis(wall);
        Moment { wall, steady }
    }

    #[test]
    fn time_that_has_passed_is_the_longer_of_both() {
        let then = at(1_000_000, Some(5));
        assert_eq!(at(1_000_000, Some(5)).since(then), Some(0));
        assert_eq!(at(1_000_070, Some(65)).since(then), Some(70));
        assert_eq!(at(1_000_010, Some(65)).since(then), Some(60));
        // A machine that slept.
        assert_eq!(at(4_600_000, Some(6)).since(then), Some(3_600_000));
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_time_shorter() {
        let then = at(1_000_000, Some(5));
        assert_eq!(at(880_000, Some(65)).since(then), Some(60));
        assert_eq!(at(879_999, Some(65)).since(then), None);
        for (now, then) in [(None, None), (Some(9), None), (None, Some(9))] {
            let then = at(1_000_000, then);
            assert_eq!(at(999_999, now).since(then), None);
            assert_eq!(at(1_000_001, now).since(then), Some(1));
        }
    }
}
