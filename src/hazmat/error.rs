//! What the primitives refuse beside what is no input for them.

use crate::base::Error;

/// A tag does not fit: tampered, truncated, or not for this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", Error::Decrypt)]
pub(crate) struct TagMismatch;

impl From<TagMismatch> for Error {
    fn from(TagMismatch: TagMismatch) -> Self {
        Self::Decrypt
    }
}
