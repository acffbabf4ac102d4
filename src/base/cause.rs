//! Why something under the core failed.

use core::fmt;
use std::rc::Rc;

/// An error of what the core stands on, as it was reported.
///
/// Two errors are equal whatever their causes are: the cause is for people who look for the reason, not for
/// code that decides.
#[derive(Clone)]
pub struct Cause(Rc<dyn core::error::Error>);

impl Cause {
    /// An error of something else.
    pub fn new(error: impl core::error::Error + 'static) -> Self {
        Self(Rc::new(error))
    }

    /// The error itself.
    #[must_use]
    pub fn error(&self) -> &(dyn core::error::Error + 'static) {
        self.0.as_ref()
    }
}

impl PartialEq for Cause {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Cause {}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl core::error::Error for Cause {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(self.error())
    }
}
