//! Futures that can all be ended before their time.

use core::{cell::RefCell, future::Future};
use std::rc::{Rc, Weak};

use futures_util::future::{AbortHandle, Abortable};

use super::{Error, Result};

/// The futures that run, none of which holds it.
#[derive(Default)]
pub(crate) struct AbortableSet(RefCell<Vec<Weak<AbortHandle>>>);

impl AbortableSet {
    /// A future that ends with [`Error::Locked`] once all are ended, and drops what it has by then.
    pub(crate) fn add<T, F: Future<Output = Result<T>>>(
        &self,
        future: F,
    ) -> impl Future<Output = Result<T>> + use<T, F> {
        let (handle, registration) = AbortHandle::new_pair();
        let handle = Rc::new(handle);
        let mut running = self.0.borrow_mut();
        running.retain(|running| running.strong_count() > 0);
        running.push(Rc::downgrade(&handle));
        drop(running);
        let future = Abortable::new(future, registration);
        async move {
            let ended = future.await;
            drop(handle);
            ended.unwrap_or(Err(Error::Locked))
        }
    }

    /// Ends all of them.
    pub(crate) fn end(&self) {
        for handle in self.0.take() {
            if let Some(handle) = handle.upgrade() {
                handle.abort();
            }
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use pollster::block_on;

    use super::*;

    #[test]
    fn those_that_have_ended_are_not_kept() {
        let set = AbortableSet::default();
        for _ in 0..100 {
            assert_eq!(block_on(set.add(async { Ok(1) })), Ok(1));
        }
        drop(set.add(async { Ok(1) }));
        let waits = set.add(core::future::pending::<Result<u8>>());
        assert_eq!(set.0.borrow().len(), 1);
        set.end();
        assert_eq!(block_on(waits), Err(Error::Locked));
        assert_eq!(set.0.borrow().len(), 0);
    }
}
