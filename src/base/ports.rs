//! Where the outside comes in: time, randomness, and futures that stay on one thread.

use core::{cell::RefCell, future::Future, pin::Pin};

use zeroize::{Zeroize, Zeroizing};

use super::{InputResult, Moment, Timestamp};

/// A boxed future that is never `Send`: a page is one thread.
pub type Local<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Tells the time.
pub trait Clock {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Milliseconds since some moment, which go on whatever the clock is set to. Nothing of a clock without such.
    fn steady(&self) -> Option<u64> {
        None
    }

    /// Now, by both.
    fn moment(&self) -> Moment {
        Moment {
            wall: self.now(),
            steady: self.steady(),
        }
    }

    /// Calls a function once, after so many milliseconds. False of a clock without timers, which never calls it.
    fn call_after(&self, millis: u64, call: Box<dyn FnOnce()>) -> bool {
        let _ = (millis, call);
        false
    }
}

/// A cryptographically secure source of random bytes.
pub trait Entropy {
    /// Fills `bytes` with uniformly random bytes.
    ///
    /// # Errors
    /// [`InputError::Unsupported`](super::InputError::Unsupported) when the platform has no secure source.
    fn fill(&self, bytes: &mut [u8]) -> InputResult<()>;
}

/// The operating system's own generator, or the browser's.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> InputResult<()> {
        getrandom::fill(bytes)
            .map_err(|_| super::InputError::Unsupported("no secure random source"))
    }
}

/// Random bytes that are drawn many at a time, for work that needs several secrets: asking the browser takes longer
/// than what it gives. Each byte is given once, and wiped here.
pub(crate) struct Pool<'a> {
    source: &'a dyn Entropy,
    at_a_time: usize,
    left: RefCell<Zeroizing<Vec<u8>>>,
}

impl<'a> Pool<'a> {
    /// Bytes that are drawn at a time, at most.
    const MOST: usize = 4096;

    /// For work that needs about so many bytes.
    pub(crate) fn of(source: &'a dyn Entropy, bytes: usize) -> Self {
        Self {
            source,
            at_a_time: bytes.min(Self::MOST),
            left: RefCell::default(),
        }
    }
}

impl Entropy for Pool<'_> {
    fn fill(&self, bytes: &mut [u8]) -> InputResult<()> {
        let mut left = self.left.borrow_mut();
        if left.len() < bytes.len() {
            let mut drawn = Zeroizing::new(vec![0; bytes.len().max(self.at_a_time)]);
            self.source.fill(&mut drawn)?;
            *left = drawn;
        }
        let rest = left.len() - bytes.len();
        bytes.copy_from_slice(&left[rest..]);
        left[rest..].zeroize();
        left.truncate(rest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::*;
    use crate::base::InputError;

    /// Counts up from 1, and how often it is asked.
    #[derive(Default)]
    struct Counter(Cell<u64>, Cell<u32>);

    impl Entropy for Counter {
        fn fill(&self, bytes: &mut [u8]) -> InputResult<()> {
            self.1.set(self.1.get() + 1);
            for chunk in bytes.chunks_mut(8) {
                self.0.set(self.0.get() + 1);
                chunk.copy_from_slice(&self.0.get().to_le_bytes()[..chunk.len()]);
            }
            Ok(())
        }
    }

    /// Fails the first time.
    #[derive(Default)]
    struct LateSource(Cell<bool>);

    impl Entropy for LateSource {
        fn fill(&self, bytes: &mut [u8]) -> InputResult<()> {
            if !self.0.replace(true) {
                return Err(InputError::Unsupported("no secure random source"));
            }
            bytes.fill(7);
            Ok(())
        }
    }

    #[test]
    fn a_pool_whose_source_failed_has_nothing_to_give() {
        let source = LateSource::default();
        let pool = Pool::of(&source, usize::MAX);
        let mut secret = [0; 32];
        assert!(pool.fill(&mut secret).is_err());
        pool.fill(&mut secret).expect("a source");
        assert_eq!(secret, [7; 32]);
    }

    #[test]
    fn a_pool_gives_each_byte_once_and_asks_seldom() {
        let source = Counter::default();
        let pool = Pool::of(&source, usize::MAX);
        let mut seen = Vec::new();
        for _ in 0..1000 {
            let mut number = [0; 8];
            pool.fill(&mut number).expect("a source");
            seen.push(u64::from_le_bytes(number));
        }
        let mut large = vec![0; 3 * Pool::MOST];
        pool.fill(&mut large).expect("a source");
        assert_eq!(source.1.get(), 3);
        seen.extend(
            large
                .as_chunks()
                .0
                .iter()
                .map(|chunk| u64::from_le_bytes(*chunk)),
        );
        let drawn = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert!(seen.len() == drawn && seen[0] > 0);
    }
}
