//! Where a key's version is in its life (NIST SP 800-57 part 1 revision 5, §7).

use serde::{Deserialize, Serialize};

use super::{Error, Result};

/// The states of a version. Which follows which is [`to`](Self::to)'s to say, what a version in one of
/// them does [`check_protects`](Self::check_protects)'s and [`check_opens`](Self::check_opens)'s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename = "a state of a later version", rename_all = "kebab-case")]
pub enum VersionState {
    /// Generated, and not yet in use.
    PreActive,
    /// Protects and opens.
    Active,
    /// Does nothing for now.
    Suspended,
    /// Opens what it protected.
    Deactivated,
    /// Opens what it protected, although others may know it.
    Compromised,
    /// Does nothing, and is erased at a date, unless somebody cancels that.
    DestroyScheduled,
    /// Erased wherever the vault can reach.
    Destroyed,
}

use VersionState::{
    Active, Compromised, Deactivated, DestroyScheduled, Destroyed, PreActive, Suspended,
};

impl VersionState {
    /// Every state, in the order of a life.
    pub const ALL: [Self; 7] = [
        PreActive,
        Active,
        Suspended,
        Deactivated,
        Compromised,
        DestroyScheduled,
        Destroyed,
    ];

    /// The state's name, as records and pages have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            PreActive => "pre-active",
            Active => "active",
            Suspended => "suspended",
            Deactivated => "deactivated",
            Compromised => "compromised",
            DestroyScheduled => "destroy-scheduled",
            Destroyed => "destroyed",
        }
    }

    /// The state of that name.
    ///
    /// # Errors
    /// [`Error::Unsupported`].
    pub fn parse(text: &str) -> Result<Self> {
        for state in Self::ALL {
            if state.as_str() == text {
                return Ok(state);
            }
        }
        Err(Error::Unsupported("a state of a later version"))
    }

    /// What may come next.
    ///
    /// SP 800-57 §7 as it is, but for two things: a version that was never used is destroyed without
    /// detour, and a destruction that is scheduled may be cancelled, back to where the version was.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            PreActive => &[Active, Compromised, DestroyScheduled, Destroyed],
            Active => &[Suspended, Deactivated, Compromised],
            Suspended => &[Active, Deactivated, Compromised],
            Deactivated => &[Compromised, DestroyScheduled, Destroyed],
            Compromised => &[DestroyScheduled, Destroyed],
            DestroyScheduled => &[PreActive, Deactivated, Compromised, Destroyed],
            Destroyed => &[],
        }
    }

    /// The step to another state.
    ///
    /// # Errors
    /// [`Error::Transition`] when it is not among [`next`](Self::next): to the same state either.
    pub fn to(self, next: Self) -> Result<Self> {
        if self.next().contains(&next) {
            Ok(next)
        } else {
            Err(Error::Transition(self, next))
        }
    }

    /// Why an operation does not lead from here to another state: there is no such step, or only another
    /// operation takes it.
    #[must_use]
    pub fn refuses(self, next: Self) -> Error {
        self.to(next).err().unwrap_or(self.forbids())
    }

    /// Whether it encrypts, wraps and signs what is new.
    #[must_use]
    pub const fn protects(self) -> bool {
        matches!(self, Active)
    }

    /// Whether it decrypts, unwraps and verifies what it protected.
    #[must_use]
    pub const fn opens(self) -> bool {
        matches!(self, Active | Deactivated | Compromised)
    }

    /// Refuses what [does not protect](Self::protects).
    ///
    /// # Errors
    /// [`Error::State`].
    pub fn check_protects(self) -> Result<()> {
        if self.protects() {
            Ok(())
        } else {
            Err(self.forbids())
        }
    }

    /// Refuses what [does not open](Self::opens).
    ///
    /// # Errors
    /// [`Error::State`].
    pub fn check_opens(self) -> Result<()> {
        if self.opens() {
            Ok(())
        } else {
            Err(self.forbids())
        }
    }

    /// The error of a use that this state forbids.
    #[must_use]
    pub fn forbids(self) -> Error {
        Error::State(self)
    }

    /// What to do instead of a use that this state forbids.
    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            PreActive => "activate it first",
            Active => "revoke it first",
            Suspended => "resume it first",
            Deactivated => "it only opens; rotate the key for one that protects",
            Compromised => {
                "it only opens, and others may know it; rotate the key for one that protects"
            }
            DestroyScheduled => "cancel the destruction first",
            Destroyed => "it is gone for good",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{InputError, Object};

    /// From the row's state to the column's, both in the order of `ALL`.
    const ALLOWED: [[u8; 7]; 7] = [
        // pre-active
        [0, 1, 0, 0, 1, 1, 1],
        // active
        [0, 0, 1, 1, 1, 0, 0],
        // suspended
        [0, 1, 0, 1, 1, 0, 0],
        // deactivated
        [0, 0, 0, 0, 1, 1, 1],
        // compromised
        [0, 0, 0, 0, 0, 1, 1],
        // destroy-scheduled
        [1, 0, 0, 1, 1, 0, 1],
        // destroyed
        [0, 0, 0, 0, 0, 0, 0],
    ];

    #[test]
    fn every_pair_is_allowed_or_an_error_that_names_both() {
        for (from, row) in VersionState::ALL.into_iter().zip(ALLOWED) {
            for (to, allowed) in VersionState::ALL.into_iter().zip(row) {
                let expected = if allowed == 1 {
                    Ok(to)
                } else {
                    Err(Error::Transition(from, to))
                };
                assert_eq!(from.to(to), expected);
            }
        }
    }

    #[derive(Serialize, Deserialize)]
    struct Record {
        state: VersionState,
    }

    #[test]
    fn a_state_has_the_name_it_is_read_by() {
        for state in VersionState::ALL {
            assert_eq!(VersionState::parse(state.as_str()), Ok(state));
            let stored = Object::encode(&Record { state });
            assert_eq!(stored.get("state"), Some(&state.as_str().into()));
            let read = stored.decode::<Record>(InputError::Malformed("x"));
            assert_eq!(read.map(|record| record.state), Ok(state));
        }
        for other in ["", "Active", "preactive", "destroy_scheduled", "active "] {
            assert!(matches!(
                VersionState::parse(other),
                Err(Error::Unsupported(_))
            ));
        }
    }

    #[test]
    fn only_an_active_version_protects_and_three_open() {
        for state in VersionState::ALL {
            let forbidden = Err(Error::State(state));
            let protects = if state == Active {
                Ok(())
            } else {
                forbidden.clone()
            };
            assert_eq!(state.check_protects(), protects, "{state:?}");
            let opens = matches!(state, Active | Deactivated | Compromised);
            let opens = if opens { Ok(()) } else { forbidden.clone() };
            assert_eq!(state.check_opens(), opens, "{state:?}");
        }
    }

    #[test]
    fn what_another_operation_does_is_refused_with_that_operations_name() {
        for (state, expected) in [
            (PreActive, "the version is pre-active; activate it first"),
            (Suspended, "the version is suspended; resume it first"),
            (
                DestroyScheduled,
                "a version cannot go from destroy-scheduled to active",
            ),
        ] {
            assert_eq!(state.refuses(Active).to_string(), expected);
        }
    }

    #[test]
    fn errors_say_what_to_do() {
        let text = |error: Error| error.to_string();
        assert_eq!(
            text(Deactivated.to(Active).expect_err("no way back")),
            "a version cannot go from deactivated to active"
        );
        for (state, expected) in [
            (PreActive, "the version is pre-active; activate it first"),
            (Active, "the version is active; revoke it first"),
            (Suspended, "the version is suspended; resume it first"),
            (
                Deactivated,
                "the version is deactivated; it only opens; rotate the key for one that protects",
            ),
            (
                Compromised,
                "the version is compromised; it only opens, and others may know it; rotate the key for one that protects",
            ),
            (
                DestroyScheduled,
                "the version is destroy-scheduled; cancel the destruction first",
            ),
            (Destroyed, "the version is destroyed; it is gone for good"),
        ] {
            assert_eq!(text(state.forbids()), expected);
        }
    }
}
