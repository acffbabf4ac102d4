//! What an operation works on: an unlocked vault as it stood at one sequence, and what is to be written.
//!
//! Reads are awaited: what is not in memory is read from the store. Everything that is written is committed together
//! at the end, with the head that accounts for it. A transaction is run once per attempt; when the vault was changed
//! meanwhile, its next read fails, whatever the operation makes of that, and the operation is attempted again.

mod account;
mod approvals;
mod audit;
mod inventory;
mod keys;
mod objects;
mod seal;
mod write;

use core::cell::{Cell, OnceCell, Ref, RefCell};
use std::rc::Rc;

use crate::{
    audit::ContextDigest,
    base::{
        Entropy, Error, KeyId, Kid, Local, Map, Moment, Object, ObjectId, Result, Timestamp,
        VersionId, sort_by,
    },
    factors::Proven,
    jose::Jwk,
    keys::{KeyListing, KeyRecord, PolicyPart, PolicyRequest, Provenance, Session, Usage},
    records::Device,
    store::{Range, RecordId, RecordType, Row, Sequence},
};

use approvals::Approved;
use audit::OwnEntry;
use write::Writes;
pub(crate) use write::{Change, LogChange, Logged, Record};

use super::{
    Unlocked,
    caller::Caller,
    gate::Request,
    keyring::Keyring,
    manifest::Reading,
    open_vault::OpenVault,
    open_versions::OpenVersions,
    row_cache::RowSlice,
    usable_version::{Asked, UsableVersion},
    view::View,
};

/// Where rows come from.
pub(crate) trait Source {
    /// The vault's sequence and some of its rows.
    fn read_rows<'a>(&'a self, ranges: &'a [Range]) -> Local<'a, Result<(Sequence, Vec<Row>)>>;
}

/// One attempt of an operation.
pub(crate) struct Transaction<'a> {
    state: &'a Unlocked,
    source: &'a dyn Source,
    rng: &'a dyn Entropy,
    now: Moment,
    /// What was asked for.
    request: &'a Request<'a>,
    /// What was said with it.
    caller: &'a Caller,
    /// The approvals that it has used.
    approved: RefCell<Vec<Approved>>,
    /// What is read is as of then.
    sequence: Sequence,
    /// Whether the vault was changed since.
    moved: Cell<bool>,
    /// The versions that were used: key and version by their ids.
    used: RefCell<Vec<(KeyId, VersionId)>>,
    /// Those of the keys whose policy says how often they are used.
    bounded: RefCell<Vec<Rc<KeyRecord>>>,
    /// The keys that were looked for, by their ids.
    asked: RefCell<Vec<KeyId>>,
    /// Those that the handle is not for: they are told of where the operation fails.
    hidden: RefCell<Vec<KeyId>>,
    /// The object that it is about.
    object: RefCell<Option<ObjectId>>,
    /// The encryption contexts of what is used, each once.
    contexts: RefCell<Vec<ContextDigest>>,
    writes: Writes,
    /// The session's key that was made, to be kept if the attempt counts.
    made: Option<Session>,
    /// The device that writes, once something is to be written.
    device: OnceCell<Device>,
}

/// What is left of an attempt that counts.
pub(crate) struct Ended {
    pub(crate) used: Vec<(KeyId, VersionId)>,
    /// The keys whose uses are among what is written.
    pub(crate) counted: Vec<KeyId>,
    pub(crate) change: Option<Change>,
    pub(crate) made: Option<Session>,
    /// The entry of what was done.
    pub(crate) entry: Option<OwnEntry>,
}

impl<'a> Transaction<'a> {
    pub(crate) fn begin(
        state: &'a Unlocked,
        source: &'a dyn Source,
        rng: &'a dyn Entropy,
        now: Moment,
        (request, caller): (&'a Request<'a>, &'a Caller),
    ) -> Result<Self> {
        Ok(Self {
            sequence: state.open()?.keyring.sequence(),
            state,
            source,
            rng,
            now,
            request,
            caller,
            asked: RefCell::default(),
            hidden: RefCell::default(),
            object: RefCell::default(),
            contexts: RefCell::default(),
            approved: RefCell::default(),
            moved: Cell::default(),
            used: RefCell::default(),
            bounded: RefCell::default(),
            writes: Writes::default(),
            made: None,
            device: OnceCell::new(),
        })
    }

    /// The device that writes.
    pub(crate) fn device(&self) -> Result<&Device> {
        if let Some(device) = self.device.get() {
            return Ok(device);
        }
        let keyring = self.keyring()?;
        let (revision, head) = &keyring.head;
        let device = Device::of_head(head.device.as_ref(), self.sequence, *revision, self.rng)?;
        Ok(self.device.get_or_init(|| device))
    }

    /// What is in memory, if it still is as it was.
    pub(crate) fn open(&self) -> Result<Ref<'a, OpenVault>> {
        let open = self.state.open()?;
        if open.keyring.sequence() == self.sequence {
            Ok(open)
        } else {
            Err(self.moved())
        }
    }

    /// The keyring.
    pub(crate) fn keyring(&self) -> Result<Ref<'a, Keyring>> {
        Ok(Ref::map(self.open()?, |open| &open.keyring))
    }

    /// The vault was changed meanwhile.
    fn moved(&self) -> Error {
        self.moved.set(true);
        Error::Conflict
    }

    /// Where another operation made room meanwhile, the next attempt loads the pages again.
    fn unless_moved(&self, outcome: Result<()>) -> Result<()> {
        match outcome {
            Err(Error::Conflict) => Err(self.moved()),
            outcome => outcome,
        }
    }

    /// Whether the vault was changed meanwhile: then the outcome does not count.
    pub(crate) fn has_moved(&self) -> bool {
        self.moved.get()
    }

    /// What is read is as of then.
    pub(crate) fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// What was asked for.
    pub(crate) fn request(&self) -> &'a Request<'a> {
        self.request
    }

    /// What the handle is for, where that is not everything.
    pub(crate) fn view(&self) -> Option<&'a View> {
        self.caller.view.as_deref()
    }

    /// Why, where somebody said so.
    pub(crate) fn reason(&self) -> Option<&'a str> {
        self.caller.reason.as_deref()
    }

    /// When the attempt began.
    pub(crate) fn now(&self) -> Timestamp {
        self.now.wall
    }

    /// The factors that a person proved since the vault was unlocked, and how long ago.
    pub(crate) fn proven(&self) -> Result<Vec<Proven>> {
        let keyring = self.keyring()?;
        let has = |kid: &Kid| keyring.statement.names(kid);
        Ok(self.state.proofs().proven(self.now, has))
    }

    /// Where random bytes come from.
    pub(crate) fn rng(&self) -> &'a dyn Entropy {
        self.rng
    }

    /// When, by which operation and why something is changed.
    pub(crate) fn cause(&self, by: &'static str) -> Result<Provenance<'a>> {
        Ok(Provenance {
            at: self.now(),
            head: self.keyring()?.next_head(),
            by,
            reason: self.reason(),
        })
    }

    /// Whether the policies of the key and of the vault allow something.
    ///
    /// # Errors
    /// [`Error::OutsideView`]; [`Error::Policy`]; [`Error::VaultPolicy`]; [`Error::Unsupported`] where the policy is of a later version.
    pub(crate) fn allow(
        &self,
        key: &KeyRecord,
        asked: Asked<'_>,
        version: &VersionId,
    ) -> Result<()> {
        self.allow_parts(key, asked, version, &PolicyPart::ALL)
    }

    /// As [`allow`](Self::allow), of parts of the rules.
    pub(crate) fn allow_parts(
        &self,
        key: &KeyRecord,
        asked: Asked<'_>,
        version: &VersionId,
        parts: &[PolicyPart],
    ) -> Result<()> {
        let request = PolicyRequest {
            operation: asked.operation,
            purpose: Some(key.purpose),
            context: None,
            reason: self.reason(),
            version: Some(key.version(version)?.number),
            uses: asked.uses,
            proven: &[],
            approved: asked.approved,
        };
        if asked.contexts.is_empty() {
            return self.allow_by_all(Some(key), &[request], parts);
        }
        let mut requests = Vec::new();
        for context in asked.contexts {
            requests.push(PolicyRequest {
                context: Some(context),
                ..request
            });
        }
        self.allow_by_all(Some(key), &requests, parts)
    }

    /// Remembers that a version is used, for its count and the operation's event.
    pub(crate) fn note_use(&self, found: &UsableVersion) {
        let used = (found.key.id.clone(), found.version.clone());
        self.used.borrow_mut().push(used);
        let mut bounded = self.bounded.borrow_mut();
        if found.key.maximum_uses().is_some() && bounded.iter().all(|key| key.id != found.key.id) {
            bounded.push(found.key.clone());
        }
    }

    /// The keys that were used whose policy says how often they are used, and all uses.
    pub(crate) fn bounded_uses(&self) -> (Vec<Rc<KeyRecord>>, Vec<(KeyId, VersionId)>) {
        (self.bounded.borrow().clone(), self.used.borrow().clone())
    }

    /// Whether a key was used whose policy says how often: that is written before anything comes of it.
    pub(crate) fn has_bounded_uses(&self) -> bool {
        !self.bounded.borrow().is_empty()
    }

    /// Remembers the uses of an attempt that does not count, for its event.
    pub(crate) fn take_used(&self) -> Vec<(KeyId, VersionId)> {
        self.used.take()
    }

    /// Keeps a session's key, if the attempt counts.
    pub(crate) fn keep_session(&mut self, session: Session) {
        self.made = Some(session);
    }

    /// A session's key, while it lives.
    pub(crate) fn session(&self, found: impl Fn(&KeyRecord) -> bool) -> Option<Ref<'a, Session>> {
        let lives = |session: &&Session| found(&session.key) && session.lives(self.now());
        Ref::filter_map(self.state.sessions(), |sessions| {
            sessions.iter().find(lives)
        })
        .ok()
    }

    /// When a session's key ends, though its time may have come.
    pub(crate) fn session_expires(&self, id: &KeyId) -> Option<Timestamp> {
        let sessions = self.state.sessions();
        let session = sessions.iter().find(|session| session.key.id == *id);
        session.map(|session| session.expires)
    }

    /// Whether a key is of the session, though its time may have come.
    pub(crate) fn is_of_session(&self, id: &KeyId) -> bool {
        self.session_expires(id).is_some()
    }

    /// Keeps a key that was found for the operations after this one.
    pub(crate) fn remember(&self, alias_or_id: &str, key: &Rc<KeyRecord>) -> Result<()> {
        self.state.open_mut()?.remember(alias_or_id, key);
        Ok(())
    }

    /// The versions whose material is in memory.
    pub(crate) fn open_versions(&self) -> &'a Rc<OpenVersions> {
        self.state.versions()
    }

    /// What was used and is not written yet, by the keys' ids.
    pub(crate) fn unwritten_uses(&self) -> Ref<'a, Map<Usage, KeyId>> {
        self.state.uses()
    }

    /// A row, if there is one.
    pub(crate) async fn row(&self, record_id: &RecordId) -> Result<Option<Row>> {
        self.load(&[Range::record_id(record_id)]).await?;
        self.known_row(record_id)
    }

    /// Rows that are read together.
    pub(crate) async fn range(&self, range: Range) -> Result<RowSlice> {
        self.load(core::slice::from_ref(&range)).await?;
        self.known_range(&range)
    }

    /// A row that was loaded, if there is one.
    pub(crate) fn known_row(&self, record_id: &RecordId) -> Result<Option<Row>> {
        let open = self.open()?;
        // Where another operation made room meanwhile, the next attempt loads it again.
        let known = open.known_row(record_id).ok_or_else(|| self.moved());
        Ok(known?.cloned())
    }

    /// Whether there is a row that was loaded.
    pub(crate) fn knows_row(&self, record_id: &RecordId) -> Result<bool> {
        let open = self.open()?;
        let known = open.known_row(record_id).ok_or_else(|| self.moved());
        Ok(known?.is_some())
    }

    /// Rows that were loaded together.
    pub(crate) fn known_range(&self, range: &Range) -> Result<RowSlice> {
        let known = self.open()?.known_range(range);
        known.ok_or_else(|| self.moved())
    }

    /// Reads some rows, all at once.
    pub(crate) async fn load_rows(&self, record_ids: &[RecordId]) -> Result<()> {
        let ranges: Vec<_> = record_ids.iter().map(Range::record_id).collect();
        self.load(&ranges).await
    }

    /// Reads what is not in memory, all at once. What gives places or pages is read alone, so that it is told from
    /// whole rows.
    pub(crate) fn load<'r>(&'r self, ranges: &[Range]) -> Local<'r, Result<()>> {
        self.load_with_pages(ranges, &[], &[])
    }

    /// As [`load`](Self::load), and the pages of the manifest of what is to be written, and those of some numbers.
    pub(crate) fn load_with_pages<'r>(
        &'r self,
        ranges: &[Range],
        written: &[RecordId],
        splits: &[u64],
    ) -> Local<'r, Result<()>> {
        let reading = self.reading(ranges, written, splits);
        Box::pin(async move {
            let Some(reading) = reading? else {
                return Ok(());
            };
            let (sequence, rows) = self.source.read_rows(&reading.ranges).await?;
            // What proves rows of another sequence may have been let go of since they were asked for.
            self.open()?;
            if sequence != self.sequence {
                return Err(self.moved());
            }
            self.unless_moved(self.state.keep_rows(&reading, rows))
        })
    }

    /// What is to be read; nothing where everything is in memory.
    fn reading(
        &self,
        ranges: &[Range],
        written: &[RecordId],
        splits: &[u64],
    ) -> Result<Option<Reading>> {
        let (missing, open) = (self.missing(ranges)?, self.open()?);
        // Of a vault without a manifest all rows are in memory or none.
        let pages = open.keyring.manifest().is_some() && !written.is_empty();
        if missing.is_empty() && !pages {
            return Ok(None);
        }
        let reading = open.reading(missing, written, splits)?;
        Ok((!reading.is_empty()).then_some(reading))
    }

    fn missing(&self, ranges: &[Range]) -> Result<Vec<Range>> {
        let (open, mut missing) = (self.open()?, Vec::new());
        for range in ranges {
            if !open.knows(range) {
                missing.push(range.clone());
            }
        }
        // Each once: neighbours are compared, of however many there are.
        sort_by(&mut missing, |a: &Range, b| a.prefix.cmp(&b.prefix));
        missing.dedup();
        Ok(missing)
    }

    /// Everything that is listed of the keys, by alias.
    pub(crate) async fn listed(&self) -> Result<Rc<Vec<Rc<KeyListing>>>> {
        if let Some(listed) = self.open()?.listed() {
            return Ok(listed);
        }
        if self.keyring()?.manifest().is_none() {
            self.load(&[Range::of(RecordType::Catalog)]).await?;
            self.state.open_mut()?.list_known()?;
        } else {
            self.state.load_catalog(self.source).await?;
        }
        // Where something of it is missing, another tab has changed something.
        let listed = self.open()?.listed();
        listed.ok_or_else(|| self.moved())
    }

    /// The JSON record in a row.
    pub(crate) fn open_json(&self, row: &Row) -> Result<Object> {
        self.keyring()?.cipher().decrypt_json(row)
    }

    /// The JWK in a row.
    pub(crate) fn open_key(&self, row: &Row) -> Result<Jwk> {
        self.keyring()?.cipher().decrypt_key(row)
    }

    /// What is to be done now that the operation ended well and what it writes is accounted for.
    pub(crate) fn end(self) -> Ended {
        let entry = self.own_entry();
        let bounded = self.bounded.into_inner();
        Ended {
            entry,
            used: self.used.into_inner(),
            counted: bounded.iter().map(|key| key.id.clone()).collect(),
            change: self.writes.change(),
            made: self.made,
        }
    }
}
