//! Waiting for several futures at once.

use core::{
    future::{Future, poll_fn},
    task::Poll,
};

use futures_util::future::maybe_done;

use crate::vocabulary::Result;

/// Runs all of them side by side and gives their results in order, or the first failure in that
/// order. There are a handful of them: the segments of one chunk.
pub(super) async fn together<T>(
    work: impl Iterator<Item = impl Future<Output = Result<T>>>,
) -> Result<Vec<T>> {
    let mut work: Vec<_> = work.map(|future| Box::pin(maybe_done(future))).collect();
    poll_fn(|context| {
        let pending = work
            .iter_mut()
            .filter_map(|future| future.as_mut().poll(context).is_pending().then_some(()));
        if pending.count() == 0 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    let outputs = work
        .iter_mut()
        .map(|future| future.as_mut().take_output().expect("all are done"));
    outputs.collect()
}
