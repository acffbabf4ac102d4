//! What the object ring refuses.

use crate::{
    base::{InputError, converts, told_as},
    hazmat::TagMismatch,
    jose::Error as JoseError,
};

/// What the functions of this ring return.
pub type Result<T> = core::result::Result<T, Error>;

/// Why an object, or a part of its body, was refused.
///
/// Each variant is the one of that name in [`crate::Error`], which has its code and its sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not of the form of an object, a header or a body; says where.
    Malformed(&'static str),
    /// Well-formed, but of a kind that is not handled; says which.
    Unsupported(&'static str),
    /// An argument out of its range; says which.
    Argument(&'static str),
    /// More than may be processed at once; says what.
    TooLarge(&'static str),
    /// Tampered, truncated, or not for this key: deliberately one case.
    Decrypt,
    /// The encryption context given is not the one the ciphertext is bound to.
    Context,
    /// A header that does not prove its writer, where proof is asked for.
    Unsigned,
    /// A body was asked for again after its end or after a failure.
    Consumed,
    /// The input changed its size or its content while it was read.
    Changed,
    /// What is remembered of an upload was changed; says what.
    Integrity(&'static str),
    /// What was computed is not what it has to be; says what.
    Miscalculated(&'static str),
}

told_as!(Error {
    Malformed(place), Unsupported(what), Argument(what), TooLarge(what), Decrypt, Context, Unsigned, Consumed,
    Changed, Integrity(what), Miscalculated(what),
});
converts!(InputError => Error { Malformed(place), Unsupported(what), Argument(what), TooLarge(what), Miscalculated(what) });

converts!(JoseError => Error {
    Malformed(place), Unsupported(what), Argument(what), TooLarge(what), Decrypt, Context, Unsigned,
    Miscalculated(what),
});

impl From<TagMismatch> for Error {
    fn from(TagMismatch: TagMismatch) -> Self {
        Self::Decrypt
    }
}
