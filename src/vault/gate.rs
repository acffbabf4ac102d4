//! The gate that every operation on an unlocked vault passes.

use core::cell::{Cell, Ref, RefCell, RefMut};

use futures_util::lock::{Mutex, MutexGuard};

use super::holdings::{Change, Holdings};
use crate::{
    base::{Error, Map, Result, Timestamp},
    keys::{Session, Usage, sooner},
    records::LastSeenHead,
    store::{Range, RecordType, Row, Sequence, Store},
};

use super::{Event, Locked, Snapshot, Vault};

/// How often a change is prepared because another tab was faster. A tab that lost has to read before
/// it tries again, so it continues to lose for as long as another writes one thing after the other: 5
/// were seen to be too few for a tab that makes five keys.
const ATTEMPTS: u32 = 32;
/// How often more rows are read for one operation: each asks for all it knows of at once.
const READS: u32 = 64;

/// The state of a vault whose vault key is in memory.
///
/// No cell is ever borrowed across an await.
pub struct Unlocked {
    /// Nothing once the vault was locked.
    holdings: RefCell<Option<Box<Holdings>>>,
    sessions: RefCell<Vec<Session>>,
    /// What was used since use counts were written, by the keys' ids.
    uses: RefCell<Map<Usage>>,
    /// Held by the one operation that may commit.
    queue: Mutex<()>,
    /// A commit was not answered: what is held may be older than what the store has by now.
    in_doubt: Cell<bool>,
}

impl Unlocked {
    pub(crate) fn new(holdings: Box<Holdings>) -> Self {
        Self {
            holdings: RefCell::new(Some(holdings)),
            sessions: RefCell::default(),
            uses: RefCell::default(),
            queue: Mutex::new(()),
            in_doubt: Cell::default(),
        }
    }
}

/// How an operation is run.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Run {
    /// It changes nothing.
    Reading,
    /// As `Reading`, with what other tabs have written taken in first.
    ReadingLatest,
    /// It may commit: it waits for its turn.
    Changing,
    /// As `Changing`, with what other tabs have written taken in first.
    ChangingLatest,
}

impl Run {
    fn changes(self) -> bool {
        matches!(self, Self::Changing | Self::ChangingLatest)
    }

    fn on_latest(self) -> bool {
        matches!(self, Self::ReadingLatest | Self::ChangingLatest)
    }
}

/// What is done with a snapshot, and what it asks to be committed.
type Operation<'a, S, E> = dyn FnMut(&Snapshot<'_, S, E>) -> Result<Option<Change>> + 'a;

/// The outcome of one run, the versions that were used (key and version by their ids), and the rows that
/// are still to be read.
struct Attempt {
    outcome: Result<Option<Change>>,
    used: Vec<(String, String)>,
    wanted: Vec<Range>,
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Runs an operation that changes nothing.
    pub(crate) async fn read<T>(
        &self,
        name: &'static str,
        mut operation: impl FnMut(&Snapshot<'_, S, E>) -> Result<T>,
    ) -> Result<T> {
        self.operate(name, Run::Reading, |now| Ok((operation(now)?, None)))
            .await
    }

    /// As [`read`](Self::read), with what other tabs have written taken in first.
    pub(crate) async fn read_latest<T>(
        &self,
        name: &'static str,
        mut operation: impl FnMut(&Snapshot<'_, S, E>) -> Result<T>,
    ) -> Result<T> {
        let operation = |now: &Snapshot<'_, S, E>| Ok((operation(now)?, None));
        self.operate(name, Run::ReadingLatest, operation).await
    }

    /// Runs an operation and commits what it asks for.
    pub(crate) async fn change<T>(
        &self,
        name: &'static str,
        mut operation: impl FnMut(&Snapshot<'_, S, E>) -> Result<(T, Change)>,
    ) -> Result<T> {
        let operation = |now: &Snapshot<'_, S, E>| {
            let (done, change) = operation(now)?;
            Ok((done, Some(change)))
        };
        self.operate(name, Run::Changing, operation).await
    }

    /// The one gate that every operation passes: it works on a snapshot, without waiting, and what it asks
    /// to change is committed. Rows that it asks for and that are not here are read, and it is run again; so
    /// it is when another tab was faster, or may have made the key that is missing. At its end the platform
    /// is told of one [`Event`].
    ///
    /// # Errors
    /// The operation's; [`Error::Conflict`] when other tabs were faster many times in a row;
    /// [`Error::Locked`]. Nothing was changed then, unless the vault was locked while its store committed: what
    /// the store did then is seen at the next unlock.
    pub(crate) async fn operate<T>(
        &self,
        name: &'static str,
        run: Run,
        mut operation: impl FnMut(&Snapshot<'_, S, E>) -> Result<(T, Option<Change>)>,
    ) -> Result<T> {
        let mut done = None;
        let mut keep = |now: &Snapshot<'_, S, E>| {
            let (given, change) = operation(now)?;
            done = Some(given);
            Ok(change)
        };
        Box::pin(self.pass(name, run, &mut keep)).await?;
        Ok(done.expect("an operation that ended well has given something"))
    }

    async fn pass(
        &self,
        name: &'static str,
        run: Run,
        operation: &mut Operation<'_, S, E>,
    ) -> Result<()> {
        let mut used = Vec::new();
        let ended = self.repeat(run, operation, &mut used).await;
        self.note(name, &used, ended.as_ref().err().cloned());
        ended
    }

    async fn repeat(
        &self,
        run: Run,
        operation: &mut Operation<'_, S, E>,
        used: &mut Vec<(String, String)>,
    ) -> Result<()> {
        let _turn = self.turn(run).await;
        let mut behind = run.on_latest() || self.state.in_doubt.get();
        if !behind {
            self.holdings_mut()?.tidy();
        }
        let (mut attempts, mut reads) = (ATTEMPTS, READS);
        loop {
            if behind {
                attempts = one_less(attempts)?;
                self.catch_up().await?;
                self.state.in_doubt.set(false);
            }
            let attempt = self.run_once(operation)?;
            *used = attempt.used;
            if !attempt.wanted.is_empty() {
                reads = one_less(reads)?;
                behind = !self.fetch(attempt.wanted).await?;
                continue;
            }
            match attempt.outcome {
                Ok(None) => return Ok(()),
                Ok(Some(change)) if self.commit_change(&change).await? => return Ok(()),
                Ok(Some(_)) => {}
                // Only what was not read yet can hold it.
                Err(Error::NoKey) if attempts == ATTEMPTS => {}
                Err(error) => return Err(error),
            }
            behind = true;
        }
    }

    /// Waits until no other operation of this vault can commit.
    async fn turn(&self, run: Run) -> Option<MutexGuard<'_, ()>> {
        if run.changes() {
            Some(self.state.queue.lock().await)
        } else {
            None
        }
    }

    /// Runs an operation on what is here: its outcome counts only if nothing more is wanted.
    fn run_once(&self, operation: &mut Operation<'_, S, E>) -> Result<Attempt> {
        let (holdings, sessions) = (self.holdings()?, self.state.sessions.borrow());
        let snapshot = Snapshot {
            platform: &self.platform,
            name: &self.name,
            holdings: &holdings,
            sessions: &sessions,
            uses: &self.state.uses.borrow(),
            now: self.platform.clock.now(),
            used: RefCell::default(),
            made: RefCell::default(),
        };
        let (outcome, wanted) = (operation(&snapshot), holdings.wanted());
        let (used, made) = (snapshot.used.into_inner(), snapshot.made.into_inner());
        if let (Some(session), Ok(_), true) = (made, &outcome, wanted.is_empty()) {
            drop(sessions);
            self.state.sessions.borrow_mut().push(session);
        }
        Ok(Attempt {
            outcome,
            used,
            wanted,
        })
    }

    /// Reads what an operation asked for; whether it is as of what is held.
    async fn fetch(&self, wanted: Vec<Range>) -> Result<bool> {
        if Holdings::wants_index(&wanted) {
            self.load_catalog().await?;
            return Ok(true);
        }
        let (sequence, rows) = self.platform.read(&self.name, &wanted).await?;
        let mut holdings = self.holdings_mut()?;
        let current = sequence == holdings.sequence();
        if current {
            holdings.add(wanted, rows);
        }
        Ok(current)
    }

    /// Takes in what other tabs have written. A small vault is read and checked whole, as by an unlock.
    async fn catch_up(&self) -> Result<()> {
        let core = Holdings::core();
        let (sequence, rows) = self.platform.read(&self.name, &core).await?;
        let whole = self.is_behind(sequence)? && self.holdings()?.is_small();
        if !whole {
            return self.take_in(sequence, rows);
        }
        let all = [Range::all()];
        let (sequence, rows) = self.platform.read(&self.name, &all).await?;
        if self.is_behind(sequence)? {
            self.holdings_mut()?.refresh_whole(sequence, rows)?;
        }
        Ok(())
    }

    async fn commit_change(&self, change: &Change) -> Result<bool> {
        let sequence = self.holdings()?.sequence();
        let live = || self.holdings().map(drop);
        let committed = self.commit(sequence, change, &live).await;
        if matches!(committed, Err(Error::NoAnswer)) {
            self.state.in_doubt.set(true);
        }
        let committed = committed?;
        if committed {
            self.committed(sequence, change)?;
        }
        Ok(committed)
    }
}

impl<State, S: Store, E> Vault<State, S, E> {
    /// Commits a change at a sequence; whether the vault still was there. Ends where `live` fails.
    pub(crate) async fn commit(
        &self,
        expect: Sequence,
        change: &Change,
        live: &dyn Fn() -> Result<()>,
    ) -> Result<bool> {
        let (store, rng) = (&self.platform.store, self.platform.rng.as_ref());
        let (next, deletes) = (expect.next(), &change.batch.deletes);
        let mut rows = change.rows(rng).map(|part| live().and(part));
        let committed = store.commit_rows(&self.name, expect, next, deletes, &mut rows);
        match committed.await {
            Ok(()) => Ok(true),
            Err(Error::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl<S, E> Vault<Unlocked, S, E> {
    /// The head as of now: keep it outside the browser, and a replay of the whole database is told.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn seen(&self) -> Result<LastSeenHead> {
        Ok(self.holdings()?.seen())
    }

    /// Which vault key this is, counted from 1.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn generation(&self) -> Result<u64> {
        Ok(self.holdings()?.generation())
    }

    /// Forgets the vault key.
    #[must_use]
    pub fn lock(self) -> Vault<Locked, S, E> {
        self.locked()
    }

    /// Forgets the vault key at once, for a handle that is shared: operations that wait end with
    /// [`Error::Locked`].
    pub fn forget(&self) {
        self.state.holdings.take();
        self.state.sessions.take();
        self.state.uses.take();
    }

    /// The same vault without its vault key.
    #[must_use]
    pub fn locked(&self) -> Vault<Locked, S, E> {
        Self::new(self.platform.clone(), self.name.clone(), self.id.clone())
    }

    pub(crate) fn holdings(&self) -> Result<Ref<'_, Holdings>> {
        let held = Ref::filter_map(self.state.holdings.borrow(), Option::as_deref);
        held.map_err(|_| Error::Locked)
    }

    fn holdings_mut(&self) -> Result<RefMut<'_, Holdings>> {
        let held = RefMut::filter_map(self.state.holdings.borrow_mut(), Option::as_deref_mut);
        held.map_err(|_| Error::Locked)
    }

    fn is_behind(&self, sequence: Sequence) -> Result<bool> {
        Ok(sequence > self.holdings()?.sequence())
    }

    /// Takes in core rows. Two calls may have waited for the store side by side: the later state stays.
    pub(crate) fn take_in(&self, sequence: Sequence, rows: Vec<Row>) -> Result<()> {
        let mut holdings = self.holdings_mut()?;
        // None, or another one: a name may be used again, and its sequence then begins at 1.
        let stands = |row: &Row| {
            row.record_id.kind == RecordType::Statement && row.record_id.id == self.id.as_str()
        };
        if !rows.iter().any(stands) {
            return Err(Error::NoVault);
        }
        if sequence > holdings.sequence() {
            holdings.refresh(sequence, rows)?;
        }
        Ok(())
    }

    fn committed(&self, sequence: Sequence, change: &Change) -> Result<()> {
        let mut holdings = self.holdings_mut()?;
        // Otherwise a later state was read meanwhile, with this change in it.
        if holdings.sequence() == sequence {
            holdings.apply(change);
        }
        let mut uses = self.state.uses.borrow_mut();
        for (key, written) in change.uses() {
            if let Some(since) = uses.get_mut(key) {
                since.subtract(written);
            }
        }
        uses.retain(|_, since| since.total() > 0);
        Ok(())
    }

    /// Counts the uses, and tells the platform of the end of an operation.
    pub(crate) fn note(
        &self,
        operation: &'static str,
        used: &[(String, String)],
        error: Option<Error>,
    ) {
        let at = self.platform.clock.now();
        if error.is_none() {
            let mut uses = self.state.uses.borrow_mut();
            for (key, version) in used {
                uses.of(key).note(version, at);
            }
        }
        (self.platform.listener)(&Event {
            operation,
            used,
            at,
            error,
        });
    }

    /// Ends a session's key. One that has ended is fine.
    pub fn end_session(&self, id: &str) {
        self.end_where(&|session| session.key.id == id);
        self.note("endSession", &[], None);
    }

    /// Ends those whose time has come, and says which, by their ids; and when the next ends.
    pub fn end_sessions(&self) -> (Vec<String>, Option<Timestamp>) {
        let now = self.platform.clock.now();
        let ended = self.end_where(&|session| !session.lives(now));
        let mut next = None;
        for session in self.state.sessions.borrow().iter() {
            next = sooner(next, Some(session.expires));
        }
        (ended, next)
    }

    /// Ends some, says which, and forgets what was counted of them: there is nowhere to write it.
    fn end_where(&self, ends: &dyn Fn(&Session) -> bool) -> Vec<String> {
        let mut ended = Vec::new();
        self.state.sessions.borrow_mut().retain(|session| {
            let stays = !ends(session);
            if !stays {
                ended.push(session.key.id.clone());
            }
            stays
        });
        let mut uses = self.state.uses.borrow_mut();
        uses.retain(|key, _| !ended.iter().any(|ended| ended == key));
        ended
    }
}

fn one_less(left: u32) -> Result<u32> {
    left.checked_sub(1).ok_or(Error::Conflict)
}
