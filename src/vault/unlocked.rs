//! The state of an unlocked vault, and how it follows what other tabs write.

use core::cell::{Cell, Ref, RefCell, RefMut};
use std::rc::Rc;

use futures_util::lock::{Mutex, MutexGuard};

use super::{
    Vault,
    audit::{LogIndexState, PendingEntries},
    caller::Caller,
    doubt::Doubt,
    keyring::Keyring,
    manifest::Reading,
    open_vault::OpenVault,
    open_versions::OpenVersions,
    transaction::{Change, Logged, Source},
};
use crate::{
    audit::EntryDraft,
    base::{Clock, Error, KeyId, Map, Moment, Result, Thumbprint, Timestamp, VersionId},
    factors::{FactorProofs, Opened},
    keys::{CatalogCache, Session, Usage, sooner},
    records::{LastSeenHead, MacSum},
    store::{Range, RecordType, Row, Sequence},
};

/// Shards of the catalog that are opened in one go: with 100,000 keys about 10 ms.
const SHARDS: u32 = 16;
/// How often the catalog is read from its beginning, the last time at once.
const CATALOG_ATTEMPTS: u32 = 4;

/// The state of a vault whose vault key is in memory.
///
/// No cell is ever borrowed across an await.
pub struct Unlocked {
    /// Nothing once the vault was locked.
    open: RefCell<Option<Box<OpenVault>>>,
    sessions: RefCell<Vec<Session>>,
    /// As of what is in memory: whatever changes that wipes them.
    versions: Rc<OpenVersions>,
    /// What was used since use counts were written, by the keys' ids.
    uses: RefCell<Map<Usage, KeyId>>,
    /// The factors that a person proved since.
    proofs: RefCell<FactorProofs>,
    /// Held by the one operation that may commit.
    queue: Mutex<()>,
    /// How often something was changed: a version's state may be another one since.
    epoch: Cell<u64>,
    pub(crate) doubt: Doubt,
    /// The audit log's entries that are still to be written.
    pending: RefCell<PendingEntries>,
    /// What a commit wrote to the log of which it is not known whether it was done.
    doubtful: RefCell<Logged>,
    /// What is known of the index of the log.
    pub(super) log_index: RefCell<LogIndexState>,
}

impl Unlocked {
    pub(crate) fn new(open: Box<OpenVault>, clock: Rc<dyn Clock>) -> Self {
        Self {
            open: RefCell::new(Some(open)),
            sessions: RefCell::default(),
            versions: Rc::new(OpenVersions::new(clock)),
            uses: RefCell::default(),
            proofs: RefCell::default(),
            queue: Mutex::new(()),
            epoch: Cell::default(),
            doubt: Doubt::default(),
            pending: RefCell::default(),
            doubtful: RefCell::default(),
            log_index: RefCell::default(),
        }
    }

    /// Something was changed, here or elsewhere.
    fn changed(&self) {
        self.versions.wipe();
        self.epoch.set(self.epoch.get() + 1);
    }

    /// What is in memory.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub(crate) fn open(&self) -> Result<Ref<'_, OpenVault>> {
        let open = Ref::filter_map(self.open.borrow(), Option::as_deref);
        open.map_err(|_| Error::Locked)
    }

    pub(crate) fn open_mut(&self) -> Result<RefMut<'_, OpenVault>> {
        let open = RefMut::filter_map(self.open.borrow_mut(), Option::as_deref_mut);
        open.map_err(|_| Error::Locked)
    }

    /// The versions whose material is in memory.
    pub(crate) fn versions(&self) -> &Rc<OpenVersions> {
        &self.versions
    }

    pub(crate) fn sessions(&self) -> Ref<'_, Vec<Session>> {
        self.sessions.borrow()
    }

    pub(crate) fn add_session(&self, session: Session) {
        self.sessions.borrow_mut().push(session);
    }

    pub(crate) fn uses(&self) -> Ref<'_, Map<Usage, KeyId>> {
        self.uses.borrow()
    }

    /// Counts some uses: key and version by their ids.
    pub(crate) fn count<'u>(
        &self,
        used: impl Iterator<Item = &'u (KeyId, VersionId)>,
        at: Timestamp,
    ) {
        let mut uses = self.uses.borrow_mut();
        for (key, version) in used {
            uses.of(key).note(version, at);
        }
    }

    /// The factors that a person proved since the vault was unlocked.
    pub(crate) fn proofs(&self) -> Ref<'_, FactorProofs> {
        self.proofs.borrow()
    }

    /// Remembers the factors that were presented, and opened the vault that is in memory.
    pub(crate) fn proved(&self, opened: &Opened, at: Moment) {
        // Not of one that was locked meanwhile.
        if self.open().is_ok() {
            self.proofs.borrow_mut().note(opened, at);
        }
    }

    /// The audit log's entries that are still to be written.
    pub(crate) fn pending(&self) -> Ref<'_, PendingEntries> {
        self.pending.borrow()
    }

    /// Keeps an entry until it is written, where the vault has an audit log.
    pub(crate) fn log(&self, entry: Option<impl Into<EntryDraft>>) {
        if let Some(entry) = entry.filter(|_| self.writes_log()) {
            self.pending.borrow_mut().push(entry.into());
        }
    }

    /// It is not known whether these entries were written.
    pub(crate) fn doubt_log(&self, logged: &mut Logged) {
        self.doubtful.replace(core::mem::take(logged));
    }

    /// They were, if the log is as it would be then. Where another tab has appended to it since, they may be written twice. Of a
    /// log that another tab has stopped, nothing waits any more.
    fn settle_log(&self) {
        let doubtful = self.doubtful.take();
        let is_there = |open: &OpenVault| open.keyring.head.1.log == doubtful.head;
        if doubtful.head.is_some() && self.open().is_ok_and(|open| is_there(&open)) {
            self.pending.borrow_mut().wrote(doubtful.waited);
        }
        if !self.writes_log() {
            self.pending.borrow_mut().forget();
        }
    }

    /// How many wait, of a log that is written.
    pub(crate) fn waiting_entries(&self) -> usize {
        if self.writes_log() {
            self.pending.borrow().len()
        } else {
            0
        }
    }

    /// Whether it is time to write them.
    pub(crate) fn entries_are_due(&self) -> bool {
        self.pending.borrow_mut().are_due()
    }

    /// Whether what is done is put to an audit log.
    pub(crate) fn writes_log(&self) -> bool {
        let open = self.open();
        open.is_ok_and(|open| open.keyring.writes_log())
    }

    /// Forgets all that is in memory.
    pub(crate) fn forget(&self) {
        self.open.take();
        self.sessions.take();
        self.versions.wipe();
        self.uses.take();
        self.pending.take();
        self.proofs.borrow_mut().forget();
    }

    /// Waits until no other operation of this vault can commit.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.queue.lock().await
    }

    fn is_behind(&self, sequence: Sequence) -> Result<bool> {
        Ok(sequence > self.open()?.keyring.sequence())
    }

    /// Puts down what was read at the keyring's sequence, once it was held against the head.
    ///
    /// # Errors
    /// As [`Reading::check`].
    pub(crate) fn keep_rows(&self, reading: &Reading, rows: Vec<Row>) -> Result<()> {
        self.open_mut()?.take(reading, rows)
    }

    /// Takes in what other tabs have written. A small vault is read and checked whole, as by an unlock.
    pub(crate) async fn catch_up(&self, source: &dyn Source) -> Result<()> {
        let failed = self.doubt.failed();
        self.read_latest(source).await?;
        self.doubt.settle(failed);
        self.settle_log();
        Ok(())
    }

    async fn read_latest(&self, source: &dyn Source) -> Result<()> {
        let (sequence, rows) = source.read_rows(&Keyring::core()).await?;
        let whole = self.is_behind(sequence)? && self.open()?.keyring.manifest().is_none();
        if !whole {
            return self.take_in(sequence, rows);
        }
        if self.open_mut()?.refresh_log(sequence, &rows)? {
            return Ok(());
        }
        let (sequence, rows) = source.read_rows(&[Range::all()]).await?;
        if self.is_behind(sequence)? {
            self.changed();
            self.open_mut()?.refresh_whole(sequence, rows)?;
        }
        Ok(())
    }

    /// Takes in core rows. Two calls may have waited for the store side by side: the later state stays.
    pub(crate) fn take_in(&self, sequence: Sequence, rows: Vec<Row>) -> Result<()> {
        let mut open = self.open_mut()?;
        // None, or another one: a name may be used again, and its sequence then begins elsewhere.
        let statement = open.keyring.singleton(RecordType::Statement);
        if !rows.iter().any(|row| row.record_id == statement) {
            return Err(Error::NoVault);
        }
        if sequence > open.keyring.sequence() && !open.refresh_log(sequence, &rows)? {
            self.changed();
            open.refresh(sequence, rows)?;
        }
        Ok(())
    }

    /// Takes in what was committed at a sequence.
    ///
    /// # Errors
    /// [`Error::Integrity`] where a later state was read meanwhile that it is not in.
    pub(crate) fn committed(&self, at: Sequence, mut change: Change) -> Result<()> {
        if change.is_told() {
            self.changed();
        }
        let mut open = self.open_mut()?;
        let written = core::mem::take(&mut change.uses);
        self.pending.borrow_mut().wrote(change.logged.waited);
        if open.keyring.sequence() == at {
            open.apply(change);
        } else {
            // A later state was read meanwhile, with this change in it unless the store has forgotten it.
            let (revision, head) = change.head();
            let made = LastSeenHead::new(*revision, head);
            open.keyring.check_seen(&made)?;
        }
        let mut uses = self.uses.borrow_mut();
        for (key, written) in written.iter() {
            if let Some(since) = uses.get_mut(key) {
                since.subtract(written);
            }
        }
        uses.retain(|_, since| since.total() > 0);
        Ok(())
    }

    /// Takes in the catalog of a vault that has a manifest, a few shards at a time, and holds it against the head. Shards that
    /// are there already are not opened. Where something is written meanwhile it begins again, and in the end reads all
    /// shards at once; what another tab writes then leaves the catalog in need of them.
    pub(crate) async fn load_catalog(&self, source: &dyn Source) -> Result<()> {
        let mut catalog = self.open()?.catalog();
        for left in (0..CATALOG_ATTEMPTS).rev() {
            let limit = if left > 0 { SHARDS } else { u32::MAX };
            if self.open()?.keyring.manifest().is_none() {
                break;
            }
            if let Some(sum) = self.add_catalog(source, limit, &mut catalog).await? {
                return self.open_mut()?.catalog_whole(catalog, &sum);
            }
        }
        Ok(())
    }

    /// Takes all shards into a copy of the catalog; what they sum up to, unless something was written meanwhile.
    async fn add_catalog(
        &self,
        source: &dyn Source,
        limit: u32,
        catalog: &mut CatalogCache,
    ) -> Result<Option<MacSum>> {
        let (held, mut sum, mut after) = (self.open()?.keyring.sequence(), MacSum::default(), None);
        catalog.begin();
        loop {
            let page = [Range::of(RecordType::Catalog).page(after, limit)];
            let (sequence, rows) = source.read_rows(&page).await?;
            if sequence > self.open()?.keyring.sequence() {
                // What another tab wrote may be under another vault key, which its core tells.
                let (sequence, core) = source.read_rows(&Keyring::core()).await?;
                self.take_in(sequence, core)?;
            }
            let open = self.open()?;
            if sequence != held || open.keyring.sequence() != held {
                return Ok(None);
            }
            let key = open.keyring.mac()?;
            sum.add(&key, &rows);
            catalog.add(&rows, &key, &open.keyring.cipher())?;
            match rows.last() {
                Some(last) if rows.len() as u64 == u64::from(limit) => {
                    after = Some(last.record_id.clone());
                }
                _ => return Ok(Some(sum)),
            }
        }
    }

    /// Ends some sessions' keys, says which, and forgets what was counted of them: there is nowhere to write it.
    fn end_where(&self, ends: &dyn Fn(&Session) -> bool) -> Vec<KeyId> {
        let mut ended = Vec::new();
        self.sessions.borrow_mut().retain(|session| {
            let stays = !ends(session);
            if !stays {
                ended.push(session.key.id.clone());
            }
            stays
        });
        if !ended.is_empty() {
            self.epoch.set(self.epoch.get() + 1);
        }
        let mut uses = self.uses.borrow_mut();
        uses.retain(|key, _| !ended.contains(key));
        ended
    }
}

impl<S, E> Vault<Unlocked, S, E> {
    /// The head as of now: keep it outside the browser, and a replay of the whole database is told.
    ///
    /// # Errors
    /// [`Error::Locked`]; [`Error::OutsideView`] of a view.
    pub fn seen(&self) -> Result<LastSeenHead> {
        self.check_whole()?;
        Ok(self.state.open()?.keyring.seen())
    }

    /// The thumbprint of the identity that signs the vault's statement and its backups: it stays with the vault until a factor
    /// is revoked as compromised.
    ///
    /// # Errors
    /// [`Error::Locked`]; [`Error::OutsideView`] of a view.
    pub fn identity(&self) -> Result<Thumbprint> {
        self.check_whole()?;
        Ok(self.state.open()?.keyring.statement.identity.clone())
    }

    /// Which vault key this is, counted from 1.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn generation(&self) -> Result<u64> {
        Ok(self.state.open()?.keyring.generation())
    }

    /// How often something was changed since the vault was unlocked, here or, as far as this handle has read it, elsewhere:
    /// while it stays, no version is in another state.
    pub fn epoch(&self) -> u64 {
        self.state.epoch.get()
    }

    /// How often what others had committed was taken in since the vault was unlocked.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn elsewhere(&self) -> Result<u64> {
        Ok(self.state.open()?.followed())
    }

    /// How many versions have their material in memory now: those that were used within the last second, and that nothing
    /// was changed since.
    #[must_use]
    pub fn open_versions(&self) -> usize {
        self.state.versions.count()
    }

    /// A handle of the same vault, whose operations are done for that reason, or for none: the keys' policies may ask for one, and what
    /// changes a version's state keeps it.
    #[must_use]
    pub fn because(&self, reason: Option<&str>) -> Self {
        self.said_by(Caller {
            reason: reason.map(Rc::from),
            ..Caller::clone(&self.caller)
        })
    }

    /// A handle of the same vault, whose operations others have approved by these, which are compact JWS. Each holds for what it is of, once.
    #[must_use]
    pub fn approved_by(&self, approvals: &[String]) -> Self {
        self.said_by(Caller {
            approvals: approvals.into(),
            ..Caller::clone(&self.caller)
        })
    }

    pub(super) fn said_by(&self, caller: Caller) -> Self {
        Self {
            platform: self.platform.clone(),
            name: self.name.clone(),
            id: self.id.clone(),
            state: self.state.clone(),
            caller: Rc::new(caller),
        }
    }
}

impl<S: crate::store::Store, E> Vault<Unlocked, S, E> {
    /// Ends a session's key. One that has ended is fine.
    ///
    /// # Errors
    /// [`Error::OutsideView`] of a view.
    pub fn end_session(&self, id: &str) -> Result<()> {
        let whole = self.check_whole();
        if whole.is_ok() {
            self.state
                .end_where(&|session| session.key.id.as_str() == id);
        }
        self.end("endSession", None, whole.clone().err());
        whole
    }

    /// Ends those whose time has come, and says which, by their ids; and when the next ends.
    pub fn end_sessions(&self) -> (Vec<KeyId>, Option<Timestamp>) {
        let now = self.platform.clock.now();
        let ended = self.state.end_where(&|session| !session.lives(now));
        let mut next = None;
        for session in self.state.sessions().iter() {
            next = sooner(next, Some(session.expires));
        }
        (ended, next)
    }
}
