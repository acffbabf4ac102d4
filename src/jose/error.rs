//! What the JOSE ring refuses.

use crate::{
    base::{InputError, converts, told_as},
    hazmat::TagMismatch,
};

/// What the functions of this ring return.
pub type Result<T> = core::result::Result<T, Error>;

/// Why a key, an envelope or a signature was refused.
///
/// Each variant is the one of that name in [`crate::Error`], which has its code and its sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not of the form that its RFC gives it; says where.
    Malformed(&'static str),
    /// Well-formed, but of an algorithm or a kind that is not handled; says which.
    Unsupported(&'static str),
    /// An argument out of its range; says which.
    Argument(&'static str),
    /// More than may be processed at once; says what.
    TooLarge(&'static str),
    /// Tampered, truncated, or not for this key: deliberately one case.
    Decrypt,
    /// The encryption context given is not the one the ciphertext is bound to.
    Context,
    /// An envelope that does not prove its writer, where proof is asked for.
    Unsigned,
    /// What was computed is not what it has to be; says what.
    Miscalculated(&'static str),
}

told_as!(Error {
    Malformed(place), Unsupported(what), Argument(what), TooLarge(what), Decrypt, Context, Unsigned,
    Miscalculated(what),
});
converts!(InputError => Error { Malformed(place), Unsupported(what), Argument(what), TooLarge(what), Miscalculated(what) });

impl From<TagMismatch> for Error {
    fn from(TagMismatch: TagMismatch) -> Self {
        Self::Decrypt
    }
}
