//! How far an operation has come, and whether it is to stop.

use crate::base::Result;

/// Called with how much is done, and how much there is in all. An error stops the operation before it commits, and is
/// what it ends with: [`Error::Aborted`](crate::Error::Aborted). Where another tab was faster, the operation begins
/// again, and so does what is told.
pub type Watch<'a> = &'a dyn Fn(u64, u64) -> Result<()>;

/// Of an operation that nobody watches.
pub(crate) fn unwatched(_: u64, _: u64) -> Result<()> {
    Ok(())
}

/// Parts of a list, each of them told before it is given out.
pub(crate) fn watched<T>(
    list: Vec<T>,
    part: usize,
    watch: Watch<'_>,
) -> impl Iterator<Item = Result<Vec<T>>> {
    let total = list.len() as u64;
    let (mut left, mut done) = (list.into_iter(), 0);
    core::iter::from_fn(move || {
        let part: Vec<_> = left.by_ref().take(part).collect();
        if part.is_empty() {
            return None;
        }
        done += part.len() as u64;
        Some(watch(done, total).map(|()| part))
    })
}
