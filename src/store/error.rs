//! What a store answers when it does not do what it was asked.

use crate::base::{Cause, Error as Told, tells};

/// What a store returns.
pub type Result<T> = core::result::Result<T, Error>;

/// Why a store did not read or write.
///
/// A variant is the one of that name in [`crate::Error`], which has its code and its sentence, where there is one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It returned something that was never given to it; says what.
    Storage(&'static str),
    /// It could not read or write; its own error is the source.
    Store(#[source] Cause),
    /// It gave no answer: whether it has done what it was asked to do is not known.
    NoAnswer,
    /// The browser's storage is full, and nothing was changed; its own error is the source.
    Quota(#[source] Cause),
    /// The browser keeps no data for this site; its own error is the source.
    NoStorage(#[source] Cause),
    /// A newer release has upgraded the database; the browser's own error is the source.
    NewerDatabase(#[source] Cause),
    /// Another tab has an older version of the database open, or is about to delete or upgrade it.
    Blocked,
    /// Its sequence is not the one that was expected.
    Conflict,
    /// A row stands elsewhere than it says; says how.
    Integrity(&'static str),
    /// A row of a later version; says which.
    Unsupported(&'static str),
    /// It is about to end, with all vaults in it, and is asked nothing more.
    Ended,
    /// The rows that it was to write could not be computed; why is the source.
    Rows(#[source] Box<Told>),
}

impl Error {
    /// It failed for a reason of its own, which is kept as the [source](core::error::Error::source).
    pub fn store(cause: impl core::error::Error + 'static) -> Self {
        Self::Store(Cause::new(cause))
    }

    /// Whether a commit that ended so may have been done nevertheless: an error says why a store failed, not when. A
    /// caller's own store may fail with anything after it has written.
    pub(crate) fn may_have_committed(&self) -> bool {
        match self {
            Self::Storage(_)
            | Self::Store(_)
            | Self::NoAnswer
            | Self::Quota(_)
            | Self::NoStorage(_)
            | Self::Integrity(_)
            | Self::Unsupported(_) => true,
            // It says itself that it has written nothing, was not asked, or did not get all rows.
            Self::Conflict
            | Self::NewerDatabase(_)
            | Self::Blocked
            | Self::Ended
            | Self::Rows(_) => false,
        }
    }

    /// The rows that it was to write could not be computed.
    #[must_use]
    pub fn rows(error: Told) -> Self {
        Self::Rows(Box::new(error))
    }
}

impl From<Error> for Told {
    fn from(error: Error) -> Self {
        match error {
            Error::Storage(what) => Self::Storage(what),
            Error::Store(cause) => Self::Store(cause),
            Error::NoAnswer => Self::NoAnswer,
            Error::Quota(cause) => Self::Quota(cause),
            Error::NoStorage(cause) => Self::NoStorage(cause),
            Error::NewerDatabase(cause) => Self::NewerDatabase(cause),
            Error::Blocked => Self::Blocked,
            Error::Conflict => Self::Conflict,
            Error::Integrity(what) => Self::Integrity(what),
            Error::Unsupported(what) => Self::Unsupported(what),
            Error::Ended => Self::Locked,
            Error::Rows(error) => *error,
        }
    }
}

tells!(Error);
