//! What the audit ring refuses.

use crate::{
    base::{InputError, WitnessFault, converts, told_as},
    jose::Error as JoseError,
};

/// What the functions of this ring return.
pub type Result<T> = core::result::Result<T, Error>;

/// Why a tree, a proof or a note was refused.
///
/// Each variant is the one of that name in [`crate::Error`], which has its code and its sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not of the form that its specification gives it; says where.
    Malformed(&'static str),
    /// Well-formed, but nothing that this release handles; says what.
    Unsupported(&'static str),
    /// An argument out of its range; says which.
    Argument(&'static str),
    /// More than may be processed at once; says what.
    TooLarge(&'static str),
    /// A note that the expected key did not sign, or whose text was changed: deliberately one case.
    Decrypt,
    /// A proof that does not lead to the root it is held against; says which.
    Integrity(&'static str),
    /// A checkpoint that a witness does not cosign; says why.
    Witness(WitnessFault),
    /// What was computed is not what it has to be; says what.
    Miscalculated(&'static str),
}

told_as!(Error {
    Malformed(place), Unsupported(what), Argument(what), TooLarge(what), Decrypt, Integrity(what), Witness(fault), Miscalculated(what),
});
converts!(InputError => Error { Malformed(place), Unsupported(what), Argument(what), TooLarge(what), Miscalculated(what) });

impl From<JoseError> for Error {
    fn from(error: JoseError) -> Self {
        match error {
            JoseError::Malformed(place) => Self::Malformed(place),
            JoseError::Unsupported(what) => Self::Unsupported(what),
            JoseError::Argument(what) => Self::Argument(what),
            JoseError::TooLarge(what) => Self::TooLarge(what),
            JoseError::Miscalculated(what) => Self::Miscalculated(what),
            // A signature has no context, and is no envelope.
            JoseError::Decrypt | JoseError::Context | JoseError::Unsigned => Self::Decrypt,
        }
    }
}
