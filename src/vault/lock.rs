//! How an unlocked vault is locked: the vault key goes at once, and what the audit log still lacks is written without it.

use core::future::Future;

use futures_util::FutureExt;

use super::{
    Locked, Unlocked, Vault,
    caller::Caller,
    gate::Request,
    transaction::{Change, Source, Transaction},
};
use crate::{
    audit::Entry,
    base::{Error, Local, Result},
    store::{Range, Row, Sequence, Store},
};

/// A store that is not asked: what is not in memory is missing.
struct NoStore;

impl Source for NoStore {
    fn read_rows<'a>(&'a self, _: &'a [Range]) -> Local<'a, Result<(Sequence, Vec<Row>)>> {
        Box::pin(core::future::ready(Err(Error::Locked)))
    }
}

impl<S, E> Vault<Unlocked, S, E> {
    /// Forgets the vault key, and what waits to be put to the audit log. Of a view, its handle alone ends.
    #[must_use]
    pub fn lock(self) -> Vault<Locked, S, E> {
        self.forget();
        self.locked()
    }

    /// Forgets the vault key at once, for a handle that is shared: operations that wait end with [`Error::Locked`]. What waits to be
    /// put to the audit log is lost; [`lock_and_log`](Self::lock_and_log) writes it. A view forgets nothing: only the vault's own handle locks
    /// it.
    pub fn forget(&self) {
        if self.check_whole().is_ok() {
            self.state.forget();
        }
    }

    /// The same vault without its vault key.
    #[must_use]
    pub fn locked(&self) -> Vault<Locked, S, E> {
        Self::new(self.platform.clone(), self.name.clone(), self.id.clone())
    }
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// As [`forget`](Self::forget), before it returns. The future writes what the audit log still lacks, and that the vault was locked:
    /// rows that were sealed while the key was there. Nothing is read for that. They are lost where another tab has written since this
    /// one last looked, where a commit of this one is under way, and where the outcome of its last one is not known.
    ///
    /// # Errors
    /// What the store reports, once it is awaited: the vault is locked all the same. [`Error::OutsideView`] of a view, which locks nothing.
    pub fn lock_and_log(&self) -> impl Future<Output = Result<()>> + use<S, E> {
        let whole = self.check_whole();
        let sealed = whole.is_ok().then(|| self.log_lock()).flatten();
        let (platform, name, state) =
            (self.platform.clone(), self.name.clone(), self.state.clone());
        async move {
            whole?;
            let Some((at, change)) = sealed else {
                return Ok(());
            };
            let _turn = state.turn().await;
            let rows = change.puts.into_iter().chain(change.logged.rows);
            let mut rows = core::iter::once(Ok(rows.collect()));
            let at = [at, at.next()];
            Ok(platform
                .commit(&name, at, &change.deletes, &mut rows)
                .await?)
        }
    }

    /// Forgets the vault key; the commit that says so.
    fn log_lock(&self) -> Option<(Sequence, Change)> {
        let (rng, at) = (self.platform.rng.as_ref(), self.platform.clock.now());
        self.state.log(Entry::new("lock", at, rng).ok());
        let sealed = self.seal_log();
        self.state.forget();
        sealed
    }

    /// The commit that writes the entries that wait, as far as it is known how the vault stands.
    fn seal_log(&self) -> Option<(Sequence, Change)> {
        if self.state.doubt.is_open() || self.state.waiting_entries() == 0 {
            return None;
        }
        let (rng, now) = (self.platform.rng.as_ref(), self.platform.clock.moment());
        let request = Request::of("writeAudit").unasked();
        let caller = Caller::default();
        let asked = (&request, &caller);
        let mut tx = Transaction::begin(&self.state, &NoStore, rng, now, asked).ok()?;
        tx.write_waiting_entries().ok()?;
        tx.account().now_or_never()?.ok()?;
        Some((tx.sequence(), tx.end().change?))
    }
}
