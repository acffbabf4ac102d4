//! An unlocked vault: the gate that every operation passes.

use core::{cell::RefCell, ops::Deref};

use crate::{
    custody::{
        Change, Holdings, Kind, Range, Rest, Row, Seen, Sequence, Session, Step, Usage, sooner,
    },
    vocabulary::{Error, Map, Result, Timestamp},
};

use super::{Event, Snapshot, Vault};

/// How often a change is prepared because another tab was faster. A tab that lost has to read before
/// it tries again, so it goes on losing for as long as another writes one thing after the other: 5
/// were seen to be too few for a tab that makes five keys.
const ATTEMPTS: u32 = 32;
/// How often more rows are read for one operation: each asks for all it knows of at once.
const READS: u32 = 64;

/// How often an operation may still be run again.
#[derive(Clone, Copy)]
struct Left {
    attempts: u32,
    reads: u32,
}

impl Left {
    const ALL: Self = Self {
        attempts: ATTEMPTS,
        reads: READS,
    };
}

/// The state of a vault whose vault key is in memory.
///
/// No cell is ever borrowed across a step: operations do not wait.
pub struct Unlocked {
    pub(super) holdings: RefCell<Box<Holdings>>,
    sessions: RefCell<Vec<Session>>,
    /// What was used since use counts were written, by the keys' ids.
    uses: RefCell<Map<Usage>>,
}

impl Unlocked {
    pub(super) fn new(holdings: Box<Holdings>) -> Self {
        Self {
            holdings: RefCell::new(holdings),
            sessions: RefCell::default(),
            uses: RefCell::default(),
        }
    }
}

/// What is done with a snapshot: its result, and what to commit, if anything.
pub type Operation<'a, O, E, T> =
    dyn FnMut(&Snapshot<'_, O, E>) -> Result<(T, Option<Change>)> + 'a;

/// The outcome of an operation that changes nothing.
pub fn read<T>(done: T) -> (T, Option<Change>) {
    (done, None)
}

/// The outcome of one that does.
pub fn changed<T>((done, change): (T, Change)) -> (T, Option<Change>) {
    (done, Some(change))
}

impl<O, E> Vault<Unlocked, O, E> {
    /// The head as of now: keep it outside the browser, and a replay of the whole database is told.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.state.holdings.borrow().seen()
    }

    /// Which vault key this is, counted from 1.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.state.holdings.borrow().generation()
    }

    /// The one gate that every operation on keys passes: it works on a snapshot, without waiting, and
    /// what it asks to change is committed. Rows that it asks for and that are not here are read, and it
    /// is run again; so it is when another tab was faster, or may have made the key that is missing. At
    /// its end the host is told of one [`Event`]. `vault` is a reference of any kind, kept until the end.
    ///
    /// # Errors
    /// The operation's; at the end [`Error::Conflict`] when other tabs were faster many times in a row.
    /// Nothing was changed then.
    pub fn operate<'a, T: 'a>(
        vault: impl Deref<Target = Self> + Clone + 'a,
        name: &'static str,
        operation: Box<Operation<'a, O, E, T>>,
    ) -> Result<Step<'a, T>>
    where
        Self: 'a,
    {
        vault.state.holdings.borrow_mut().tidy();
        Self::attempt(vault, name, operation, Left::ALL)
    }

    /// As [`operate`](Self::operate), with what other tabs have written taken in first.
    pub fn operate_on_latest<'a, T: 'a>(
        vault: impl Deref<Target = Self> + Clone + 'a,
        name: &'static str,
        operation: Box<Operation<'a, O, E, T>>,
    ) -> Step<'a, T>
    where
        Self: 'a,
    {
        Self::again(vault, name, operation, Left::ALL)
    }

    fn attempt<'a, T: 'a>(
        vault: impl Deref<Target = Self> + Clone + 'a,
        operation_name: &'static str,
        mut operation: Box<Operation<'a, O, E, T>>,
        left: Left,
    ) -> Result<Step<'a, T>>
    where
        Self: 'a,
    {
        let (outcome, used, wanted) = vault.run_once(&mut *operation);
        if Holdings::wants_index(&wanted) {
            let reads = left.reads.checked_sub(1).ok_or(Error::Conflict)?;
            let left = Left { reads, ..left };
            let again = move |vault| Self::attempt(vault, operation_name, operation, left);
            return Ok(Self::index(vault, Box::new(again)));
        }
        if !wanted.is_empty() {
            let fetch = Self::fetch(vault, operation_name, operation, wanted, left);
            return Ok(fetch);
        }
        let (done, change) = match outcome {
            Ok((done, Some(change))) => (done, change),
            Ok((done, None)) => {
                vault.note(operation_name, &used, None);
                return Ok(Step::Done(done));
            }
            // Only what was not read yet can hold it.
            Err(Error::NoKey) if left.attempts == ATTEMPTS => {
                return Ok(Self::again(vault, operation_name, operation, left));
            }
            Err(error) => return Err(vault.failed(operation_name, &used, error)),
        };
        let (name, batch) = (vault.name.clone(), change.batch.clone());
        let sequence = vault.state.holdings.borrow().sequence();
        let rest = change.rest().map(|mut rest| {
            let vault = vault.clone();
            let rest = move || {
                let told = |error: &Error| vault.note(operation_name, &[], Some(error.clone()));
                rest(vault.host.entropy.as_ref()).inspect_err(told)
            };
            Box::new(rest) as Rest
        });
        let committed = move |committed: Result<bool>| {
            let failed = |error| vault.failed(operation_name, &used, error);
            if !committed.map_err(failed)? {
                return Ok(Self::again(vault, operation_name, operation, left));
            }
            vault.committed(sequence, &change);
            vault.note(operation_name, &used, None);
            Ok(Step::Done(done))
        };
        Ok(Step::Commit(
            name,
            [sequence, sequence.next()],
            batch,
            rest,
            Box::new(committed),
        ))
    }

    /// Runs an operation on what is here: its outcome counts only if nothing more is wanted.
    fn run_once<T>(&self, operation: &mut Operation<'_, O, E, T>) -> Attempt<T> {
        let (holdings, sessions) = (self.state.holdings.borrow(), self.state.sessions.borrow());
        let snapshot = Snapshot {
            host: &self.host,
            name: &self.name,
            holdings: &holdings,
            sessions: &sessions,
            uses: &self.state.uses.borrow(),
            now: self.host.clock.now(),
            used: RefCell::default(),
            made: RefCell::default(),
        };
        let (outcome, wanted) = (operation(&snapshot), holdings.wanted());
        let (used, made) = (snapshot.used.into_inner(), snapshot.made.into_inner());
        if let (Some(session), Ok(_), true) = (made, &outcome, wanted.is_empty()) {
            drop(sessions);
            self.state.sessions.borrow_mut().push(session);
        }
        (outcome, used, wanted)
    }

    /// Reads what an operation asked for, and runs it again.
    fn fetch<'a, T: 'a>(
        vault: impl Deref<Target = Self> + Clone + 'a,
        operation_name: &'static str,
        operation: Box<Operation<'a, O, E, T>>,
        wanted: Vec<Range>,
        left: Left,
    ) -> Step<'a, T>
    where
        Self: 'a,
    {
        let (name, ranges) = (vault.name.clone(), wanted.clone());
        let read = move |(sequence, rows)| {
            let Some(reads) = left.reads.checked_sub(1) else {
                return Err(vault.failed(operation_name, &[], Error::Conflict));
            };
            let left = Left { reads, ..left };
            let current = vault.state.holdings.borrow().sequence();
            if sequence != current {
                return Ok(Self::again(vault, operation_name, operation, left));
            }
            vault.state.holdings.borrow_mut().add(wanted, rows);
            Self::attempt(vault, operation_name, operation, left)
        };
        Step::Read(name, ranges, Box::new(read))
    }

    /// Takes in what other tabs have written since, and tries.
    fn again<'a, T: 'a>(
        vault: impl Deref<Target = Self> + Clone + 'a,
        operation_name: &'static str,
        operation: Box<Operation<'a, O, E, T>>,
        left: Left,
    ) -> Step<'a, T>
    where
        Self: 'a,
    {
        let name = vault.name.clone();
        let read = move |(sequence, rows)| {
            let Some(attempts) = left.attempts.checked_sub(1) else {
                return Err(vault.failed(operation_name, &[], Error::Conflict));
            };
            let left = Left { attempts, ..left };
            if vault.is_behind(sequence) && vault.state.holdings.borrow().is_small() {
                return Ok(Self::again_whole(vault, operation_name, operation, left));
            }
            let taken = vault.take_in(sequence, rows);
            taken.map_err(|error| vault.failed(operation_name, &[], error))?;
            Self::attempt(vault, operation_name, operation, left)
        };
        Step::Read(name, Holdings::core(), Box::new(read))
    }

    /// As [`again`](Self::again), of a small vault: it is read and checked whole, as by an unlock.
    fn again_whole<'a, T: 'a>(
        vault: impl Deref<Target = Self> + Clone + 'a,
        operation_name: &'static str,
        operation: Box<Operation<'a, O, E, T>>,
        left: Left,
    ) -> Step<'a, T>
    where
        Self: 'a,
    {
        let name = vault.name.clone();
        let read = move |(sequence, rows): (_, Vec<Row>)| {
            if vault.is_behind(sequence) {
                let taken = vault
                    .state
                    .holdings
                    .borrow_mut()
                    .refresh_whole(sequence, rows);
                taken.map_err(|error| vault.failed(operation_name, &[], error))?;
            }
            Self::attempt(vault, operation_name, operation, left)
        };
        Step::Read(name, vec![Range::all()], Box::new(read))
    }

    fn is_behind(&self, sequence: Sequence) -> bool {
        sequence > self.state.holdings.borrow().sequence()
    }

    /// Takes in core rows. Two calls may have waited for the store side by side: the later state stays.
    pub(super) fn take_in(&self, sequence: Sequence, rows: Vec<Row>) -> Result<()> {
        let mut holdings = self.state.holdings.borrow_mut();
        // None, or another one: a name may be used again, and its sequence then begins anew.
        let stands =
            |row: &Row| row.slot.kind == Kind::Statement && row.slot.id == self.id.as_str();
        if !rows.iter().any(stands) {
            return Err(Error::NoVault);
        }
        if sequence > holdings.sequence() {
            holdings.refresh(sequence, rows)?;
        }
        Ok(())
    }

    fn committed(&self, sequence: Sequence, change: &Change) {
        let mut holdings = self.state.holdings.borrow_mut();
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
    }

    /// Tells the host why an operation failed.
    pub(super) fn failed(
        &self,
        operation: &'static str,
        used: &[(String, String)],
        error: Error,
    ) -> Error {
        self.note(operation, used, Some(error.clone()));
        error
    }

    /// Counts the uses, and tells the host.
    fn note(&self, operation: &'static str, used: &[(String, String)], error: Option<Error>) {
        let at = self.host.clock.now();
        if error.is_none() {
            let mut uses = self.state.uses.borrow_mut();
            for (key, version) in used {
                uses.of(key).note(version, at);
            }
        }
        (self.host.listener)(&Event {
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
        let now = self.host.clock.now();
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

/// An outcome, the versions that were used (key and version by their ids), and what more is wanted.
type Attempt<T> = (
    Result<(T, Option<Change>)>,
    Vec<(String, String)>,
    Vec<Range>,
);
