//! Where the outside comes in: time, randomness, and futures that stay on one thread.

use core::{future::Future, pin::Pin};

use super::{Error, Result};

/// A boxed future that is never `Send`: a page is one thread.
pub type Local<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Timestamp = u64;

/// Tells the time.
pub trait Clock {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// A cryptographically secure source of random bytes.
pub trait Entropy {
    /// Fills `bytes` with uniformly random bytes.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the platform has no secure source.
    fn fill(&self, bytes: &mut [u8]) -> Result<()>;
}

/// The platform's own generator: the operating system's, or `crypto.getRandomValues`.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        getrandom::fill(bytes).map_err(|_| &Error::Unsupported("no secure random source"))
    }
}
