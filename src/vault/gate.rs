//! The gate that every operation on an unlocked vault passes: locked? → policy → the operation on its transaction →
//! commit → one event.

use super::{
    Event, Unlocked, Vault,
    transaction::{Change, Ended, Source, Transaction},
    watch::{Watch, unwatched},
};
use crate::{
    approvals::ApprovalSubject,
    audit::Entry,
    base::{Error, KeyId, Local, Result, VersionId},
    keys::PolicyPart,
    store::{self, Range, Row, Sequence, Store},
};

/// How often an operation is attempted because another tab was faster. A tab that lost has to read before
/// its next attempt, so it continues to lose for as long as another writes one thing after the other: 5
/// were seen to be too few for a tab that makes five keys.
const ATTEMPTS: u32 = 32;

/// What is asked of a vault.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// The operation's name.
    pub(crate) operation: &'static str,
    /// The factor that it is about, by its id.
    pub(crate) factor: Option<&'a str>,
    /// Whether what other tabs have written is taken in first.
    latest: bool,
    /// Whether somebody asked for it: what is done unasked is no entry of the audit log.
    pub(crate) asked: bool,
    /// Whether its entry is committed before it gives anything.
    pub(crate) recorded: bool,
    /// Which rules of the vault's policy are asked.
    pub(crate) parts: &'a [PolicyPart],
    /// What exactly it is, where a policy may have others approve it.
    pub(crate) subject: Option<&'a ApprovalSubject>,
    /// Told of the rows of a commit that has many parts.
    watch: Watch<'a>,
}

impl<'a> Request<'a> {
    pub(crate) fn of(operation: &'static str) -> Self {
        Self {
            operation,
            factor: None,
            latest: false,
            asked: true,
            recorded: false,
            parts: &PolicyPart::ALL,
            subject: None,
            watch: &unwatched,
        }
    }

    /// Which factor it is about, by its id.
    pub(crate) fn of_factor(self, id: &'a str) -> Self {
        Self {
            factor: Some(id),
            ..self
        }
    }

    /// What other tabs have written is taken in first.
    pub(crate) fn on_latest(self) -> Self {
        Self {
            latest: true,
            ..self
        }
    }

    /// Where the vault has an audit log, its entry is committed before it gives anything.
    pub(crate) fn recorded_first(self) -> Self {
        Self {
            recorded: true,
            latest: true,
            ..self
        }
    }

    /// Whether a person was there is asked later, or was asked before.
    pub(crate) fn without_factors(self) -> Self {
        Self {
            parts: &[PolicyPart::Rules],
            ..self
        }
    }

    /// What exactly it is, for who approves it.
    pub(crate) fn of_subject(self, subject: &'a ApprovalSubject) -> Self {
        Self {
            subject: Some(subject),
            ..self
        }
    }

    /// Nobody asked for it.
    pub(crate) fn unasked(self) -> Self {
        Self {
            asked: false,
            ..self
        }
    }

    /// Tells of the rows of a commit that has many parts.
    pub(crate) fn watched(self, watch: Watch<'a>) -> Self {
        Self { watch, ..self }
    }
}

/// An operation, to be attempted any number of times.
trait Operation {
    fn attempt<'a>(&'a mut self, tx: &'a mut Transaction<'_>) -> Local<'a, Result<()>>;
}

/// One that changes nothing, and what it gave.
struct Reading<F, T>(F, Option<T>);

/// One that may change something, and what it gave.
struct Changing<F, T>(F, Option<T>);

impl<T, F: AsyncFnMut(&Transaction<'_>) -> Result<T>> Operation for Reading<F, T> {
    fn attempt<'a>(&'a mut self, tx: &'a mut Transaction<'_>) -> Local<'a, Result<()>> {
        Box::pin(async move {
            self.1 = Some((self.0)(tx).await?);
            Ok(())
        })
    }
}

impl<T, F: AsyncFnMut(&mut Transaction<'_>) -> Result<T>> Operation for Changing<F, T> {
    fn attempt<'a>(&'a mut self, tx: &'a mut Transaction<'_>) -> Local<'a, Result<()>> {
        Box::pin(async move {
            self.1 = Some((self.0)(tx).await?);
            Ok(())
        })
    }
}

/// What an attempt used.
#[derive(Default)]
struct Used {
    /// Key and version by their ids, once for each use.
    versions: Vec<(KeyId, VersionId)>,
    /// The keys whose uses were written with it.
    counted: Vec<KeyId>,
}

impl Used {
    fn of_failed(versions: Vec<(KeyId, VersionId)>) -> Self {
        Self {
            versions,
            counted: Vec::new(),
        }
    }

    /// The uses that are to be counted in memory.
    fn unwritten(&self) -> impl Iterator<Item = &(KeyId, VersionId)> {
        let counted = |key| self.counted.contains(key);
        self.versions.iter().filter(move |(key, _)| !counted(key))
    }
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Runs an operation that changes nothing. It does not wait for those that do, unless it used a key whose policy says how
    /// often: its uses are committed then, in its turn, before it gives anything.
    ///
    /// # Errors
    /// As [`change`](Self::change).
    pub(crate) async fn read<T>(
        &self,
        request: Request<'_>,
        operation: impl AsyncFnMut(&Transaction<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut reading = Reading(operation, None);
        self.pass(&request, false, &mut reading).await?;
        Ok(reading
            .1
            .expect("an operation that ended well has given something"))
    }

    /// Runs an operation and commits what it writes. It waits for its turn, and has it from its first read to its
    /// commit. At its end the platform is told of one [`Event`].
    ///
    /// # Errors
    /// The operation's; [`Error::Conflict`] when other tabs were faster many times in a row;
    /// [`Error::Locked`]. Nothing was changed then, unless the vault was locked while its store committed: what
    /// the store did then is seen at the next unlock.
    pub(crate) async fn change<T>(
        &self,
        request: Request<'_>,
        operation: impl AsyncFnMut(&mut Transaction<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut changing = Changing(operation, None);
        self.pass(&request, true, &mut changing).await?;
        Ok(changing
            .1
            .expect("an operation that ended well has given something"))
    }

    /// As [`change`](Self::change), of what is part of an unlock: nobody asked for it, and nobody is told.
    pub(crate) async fn change_unasked<T>(
        &self,
        name: &'static str,
        operation: impl AsyncFnMut(&mut Transaction<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut changing = Changing(operation, None);
        let request = Request::of(name).unasked();
        let (_, ended) = Box::pin(self.attempts(&request, true, &mut changing)).await;
        ended?;
        Ok(changing
            .1
            .expect("an operation that ended well has given something"))
    }

    /// As [`read`](Self::read), of what is part of an operation that was told of when it began.
    pub(crate) async fn read_unasked(
        &self,
        name: &'static str,
        operation: impl AsyncFnMut(&Transaction<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut reading = Reading(operation, None);
        let request = Request::of(name).unasked();
        Box::pin(self.attempts(&request, false, &mut reading))
            .await
            .1
    }

    /// Whether an operation that is asked for may be done, before a person is asked for something or anything is made for it. Nothing is
    /// done; what refuses it is told as of the operation itself.
    ///
    /// # Errors
    /// Those of the policies; `look`'s; [`Error::Locked`].
    pub(crate) async fn admit(
        &self,
        request: Request<'_>,
        look: impl AsyncFnMut(&Transaction<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut looking = Reading(look, None);
        let (_, ended) = Box::pin(self.attempts(&request, false, &mut looking)).await;
        if let Err(error) = &ended {
            self.note(request.operation, &[], Some(error.clone()));
        }
        ended
    }

    async fn pass(
        &self,
        request: &Request<'_>,
        changes: bool,
        operation: &mut dyn Operation,
    ) -> Result<()> {
        let (used, ended) = Box::pin(self.attempts(request, changes, operation)).await;
        if ended.is_ok() {
            self.state
                .count(used.unwritten(), self.platform.clock.now());
        }
        self.note(
            request.operation,
            &used.versions,
            ended.as_ref().err().cloned(),
        );
        if self.state.entries_are_due() {
            // What could not be written is tried again with the next entries, and told if it is lost.
            let _unwritten = self.write_log().await;
        }
        ended
    }

    /// Attempts an operation until one attempt counts; the versions that the last one used, and its outcome.
    async fn attempts(
        &self,
        request: &Request<'_>,
        changes: bool,
        operation: &mut dyn Operation,
    ) -> (Used, Result<()>) {
        let mut used = Used::default();
        let mut ended = self.repeat(request, changes, operation, &mut used).await;
        if ended == Err(Error::Rotated) && !changes {
            self.own_change().await;
            ended = self.repeat(request, changes, operation, &mut used).await;
        }
        (used, ended)
    }

    async fn repeat(
        &self,
        request: &Request<'_>,
        changes: bool,
        operation: &mut dyn Operation,
        used: &mut Used,
    ) -> Result<()> {
        let mut turn = if changes {
            Some(self.state.turn().await)
        } else {
            None
        };
        let latest = request.latest || self.state.doubt.is_open();
        self.state.open_mut()?.tidy(latest);
        let (mut left, mut behind, mut caught_up) = (ATTEMPTS, latest, false);
        loop {
            if behind {
                self.state.catch_up(self).await?;
                caught_up = true;
            }
            let (rng, now) = (self.platform.rng.as_ref(), self.platform.clock.moment());
            let asked = (request, &*self.caller);
            let mut tx = Transaction::begin(&self.state, self, rng, now, asked)?;
            let mut outcome = match tx.check_policy() {
                Ok(()) => operation.attempt(&mut tx).await,
                refused => refused,
            };
            let uses_up = tx.has_bounded_uses() || tx.has_approvals();
            if outcome.is_ok() && (uses_up || tx.is_recorded_first()?) {
                if turn.is_none() {
                    // Something is written before it gives anything, which takes its turn.
                    turn = Some(self.state.turn().await);
                    continue;
                }
                tx.record_first()?;
                outcome = tx.count_bounded().await;
                if outcome.is_ok() {
                    outcome = tx.close_requests().await;
                }
            }
            if outcome.is_ok() {
                outcome = tx.account().await;
            }
            let (at, again) = (tx.sequence(), tx.has_moved());
            match outcome {
                _ if again => {}
                Ok(()) => {
                    if self.finish(at, tx.end(), used, request.watch).await? {
                        return Ok(());
                    }
                }
                // Only what was not read yet can hold it, free its alias, or allow it.
                Err(
                    Error::NoKey
                    | Error::KeyExists
                    | Error::Policy(_)
                    | Error::VaultPolicy(_)
                    | Error::OrganisationPolicy(_)
                    | Error::Unsupported(_),
                ) if !caught_up => {}
                Err(error) => {
                    let entry = tx.own_entry();
                    self.state
                        .log(entry.and_then(|entry| entry.ended(Some(&error))));
                    *used = Used::of_failed(tx.take_used());
                    return Err(error);
                }
            }
            left = left.checked_sub(1).ok_or(Error::Conflict)?;
            // Otherwise another call has taken it in.
            behind = self.state.open()?.keyring.sequence() == at;
        }
    }

    /// Waits for the change that is under way here. Who reads has met a vault key that is not the one in memory: it may be
    /// the one that is rotated to at this moment, of a commit that is done and not answered yet.
    pub(crate) async fn own_change(&self) {
        drop(self.state.turn().await);
    }

    /// Commits what an attempt wrote; whether the vault still was as it had read it.
    async fn finish(
        &self,
        at: Sequence,
        ended: Ended,
        used: &mut Used,
        watch: Watch<'_>,
    ) -> Result<bool> {
        *used = Used {
            versions: ended.used,
            counted: ended.counted,
        };
        let log = |error: Option<&Error>| {
            let entry = ended.entry.and_then(|entry| entry.ended(error));
            self.state.log(entry);
        };
        if let Some(mut change) = ended.change {
            match self.commit(at, &mut change, watch).await {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(error) => {
                    log(Some(&error));
                    return Err(error);
                }
            }
            self.state.committed(at, change)?;
        }
        log(None);
        if let Some(session) = ended.made {
            self.state.add_session(session);
        }
        Ok(true)
    }

    /// Commits a change at a sequence; whether the vault still was there. It stops when the vault is locked, and when
    /// what watches it says so.
    async fn commit(
        &self,
        expect: Sequence,
        change: &mut Change,
        watch: Watch<'_>,
    ) -> Result<bool> {
        let rng = self.platform.rng.as_ref();
        let (puts, logged) = (change.puts.clone(), change.logged.rows.clone());
        let rotation = &mut change.rotation;
        let left = rotation.as_ref().map_or(0, |rotation| rotation.left());
        let (mut done, total) = (0, puts.len() as u64 + left);
        let rest = || rotation.as_mut()?.next(rng).transpose();
        let rows = core::iter::once(Ok(puts)).chain(core::iter::from_fn(rest));
        let records = rows.map(|part| {
            let part = self.state.open().and(part)?;
            done += part.len() as u64;
            watch(done, total).map(|()| part)
        });
        let logged = (!logged.is_empty()).then_some(Ok(logged));
        let mut rows = logged.into_iter().chain(records);
        let at = [expect, expect.next()];
        let mut deletes = change.deletes.clone();
        deletes.extend(change.logged.deletes.iter().cloned());
        let committed = self.platform.commit(&self.name, at, &deletes, &mut rows);
        match committed.await {
            Ok(()) => Ok(true),
            Err(store::Error::Conflict) => Ok(false),
            Err(error) => {
                if error.may_have_committed() {
                    self.state.doubt.raise();
                    self.state.doubt_log(&mut change.logged);
                }
                Err(error.into())
            }
        }
    }

    /// The end of an operation that had no transaction, or none yet: an entry of the audit log, and an event.
    pub(crate) fn end(&self, operation: &'static str, factor: Option<&str>, error: Option<Error>) {
        let (rng, at) = (self.platform.rng.as_ref(), self.platform.clock.now());
        let entry = Entry::new(operation, at, rng).map(|entry| Entry {
            factor: factor.map(str::to_owned),
            reason: self.caller.reason.as_deref().map(str::to_owned),
            ..entry.failed(error.as_ref())
        });
        self.state.log(entry.ok());
        self.note(operation, &[], error);
    }

    /// Tells the platform of the end of an operation.
    pub(crate) fn note(
        &self,
        operation: &'static str,
        used: &[(KeyId, VersionId)],
        error: Option<Error>,
    ) {
        let at = self.platform.clock.now();
        (self.platform.listener)(&Event {
            operation,
            used,
            at,
            error,
        });
    }
}

impl<State, S: Store, E> Source for Vault<State, S, E> {
    fn read_rows<'a>(&'a self, ranges: &'a [Range]) -> Local<'a, Result<(Sequence, Vec<Row>)>> {
        Box::pin(self.platform.read(&self.name, ranges))
    }
}
