//! What the readers of this ring refuse.

use super::told_as;

/// What a function that only reads or checks what it was given returns.
pub type InputResult<T> = core::result::Result<T, InputError>;

/// Why an input was refused, or could not be drawn.
///
/// Each variant is the one of that name in [`Error`](super::Error), which has its code and its sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// It does not have the form it should; says where.
    Malformed(&'static str),
    /// Well-formed, but nothing that this release or this platform handles; says what.
    Unsupported(&'static str),
    /// An argument out of its range; says which.
    Argument(&'static str),
    /// More than may be processed at once; says what.
    TooLarge(&'static str),
    /// What was computed is not what it has to be; says what.
    Miscalculated(&'static str),
}

told_as!(InputError { Malformed(place), Unsupported(what), Argument(what), TooLarge(what), Miscalculated(what) });
