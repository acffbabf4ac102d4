//! Whether an operation may be done at all. No vault has a policy yet.

use super::gate::Request;
use crate::base::Result;

/// Asked by the gate before every attempt of an operation.
pub(crate) trait Policy {
    /// Whether that may be done.
    ///
    /// # Errors
    /// Why not.
    fn decide(&self, request: &Request<'_>) -> Result<()>;
}

/// The policy of a vault that has none.
pub(crate) struct AllowAll;

impl Policy for AllowAll {
    fn decide(&self, _: &Request<'_>) -> Result<()> {
        Ok(())
    }
}
