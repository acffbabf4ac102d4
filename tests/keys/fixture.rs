//! What the tests stand on.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    task::Poll,
};

use pollster::block_on;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use strongroom::{
    Context, Error, Result,
    base::{
        Clock, Entropy, InputError, KeyId, Local, Secret, SystemEntropy, Thumbprint, Timestamp,
        VersionId, base64,
    },
    factors::{Answer, Challenge, FactorPort, Passphrase, Present},
    keys::{Impact, KeyAction, KeyOptions, KeyRecord, Period, Purpose, VersionRecord},
    object::{FileMetadata, body::RustEngine},
    records::{Enrolment, Kdf},
    store::{
        self, Batch, MemoryStore, Range, RecordId, RecordType, Row, Rows, Sequence, Store,
        VaultName,
    },
    vault::{DecryptOptions, ExpectedVault, KeyInfo, Locked, NewVault, Platform, Unlocked, Vault},
};

pub type Open = Vault<Unlocked, Watched, RustEngine>;
pub type TestHost = Platform<Watched, RustEngine>;

/// Any time will do.
pub const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// So many milliseconds before now.
pub const fn ago(millis: u64) -> Timestamp {
    Timestamp::from_millis(NOW.millis() - millis)
}
pub const DAY: u64 = 24 * 60 * 60 * 1000;
pub const PHRASE: &str = "correct horse";
pub const OTHER_PHRASE: &str = "battery staple";

/// A place that vaults are kept at, with everything that a test may want to set or see.
pub struct Place {
    pub host: Rc<TestHost>,
    pub clock: Rc<Cell<Timestamp>>,
    /// Milliseconds that have passed, whatever the clock says.
    passed: Rc<Cell<u64>>,
    timers: Timers,
    /// What the host was told, oldest first.
    pub events: Rc<RefCell<Vec<Told>>>,
}

/// An event, kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub operation: &'static str,
    pub used: Vec<(KeyId, VersionId)>,
    pub at: Timestamp,
    pub error: Option<Error>,
}

impl Place {
    pub fn new() -> Self {
        Self::with(Box::new(Quick))
    }

    /// A place where keys are derived like that.
    pub fn with(factor: Box<dyn FactorPort>) -> Self {
        Self::made(factor, true)
    }

    fn made(factor: Box<dyn FactorPort>, timed: bool) -> Self {
        let (clock, events) = (Rc::new(Cell::new(NOW)), Rc::new(RefCell::new(Vec::new())));
        let (told, timers) = (Rc::clone(&events), Timers::default());
        let passed = Rc::default();
        let hands = Hands {
            now: Rc::clone(&clock),
            passed: Rc::clone(&passed),
            timers: timed.then(|| Rc::clone(&timers)),
        };
        let host = Platform {
            store: Watched::default(),
            factor,
            engine: Rc::new(RustEngine),
            clock: Rc::new(hands),
            rng: Box::new(SystemEntropy),
            listener: Box::new(move |event| {
                told.borrow_mut().push(Told {
                    operation: event.operation,
                    used: event.used.to_vec(),
                    at: event.at,
                    error: event.error.clone(),
                });
            }),
        };
        Self {
            host: Rc::new(host),
            clock,
            passed,
            timers,
            events,
        }
    }

    /// A place with a vault of these rows.
    pub fn of(rows: &[Row]) -> Self {
        let place = Self::new();
        place.write(rows, &[]);
        place
    }

    /// A vault that two passphrases open.
    pub fn create(&self) -> Open {
        let rows = genesis(&SystemEntropy, &[PHRASE, OTHER_PHRASE]);
        self.write(&rows, &[]);
        self.unlock().unwrap()
    }

    /// Unlocks it by a factor as whoever noted its identity.
    pub fn unlock_noted(&self, present: &dyn Present) -> Result<Open> {
        let vault = block_on(Vault::open(Rc::clone(&self.host), name()))?;
        self.unlock_as(&vault, present)
    }

    /// As [`unlock_noted`](Self::unlock_noted), of a handle.
    pub fn unlock_as(
        &self,
        vault: &Vault<Locked, Watched, RustEngine>,
        present: &dyn Present,
    ) -> Result<Open> {
        let expected = ExpectedVault {
            identity: Some(self.claimed_identity()),
            seen: None,
        };
        let (vault, _) = block_on(vault.unlock_watched(present, &expected, &|_, _| Ok(())))?;
        Ok(vault)
    }

    /// The identity that its statement says.
    pub fn claimed_identity(&self) -> Thumbprint {
        let statement = self.rows_of(RecordType::Statement).remove(0);
        let statement = String::from_utf8(statement.bytes).unwrap();
        let payload = statement.split('.').nth(1).unwrap();
        let payload = base64::decode(payload, InputError::Malformed("base64url")).unwrap();
        let payload: Json = serde_json::from_slice(&payload).unwrap();
        payload["identity"].as_str().unwrap().parse().unwrap()
    }

    pub fn unlock(&self) -> Result<Open> {
        self.unlock_with(PHRASE)
    }

    pub fn unlock_with(&self, phrase: &str) -> Result<Open> {
        let vault = block_on(Vault::open(Rc::clone(&self.host), name()))?;
        block_on(vault.unlock(&passphrase(phrase), None))
    }

    /// The unlocking that an integrity check refused.
    pub fn is_refused(&self) -> bool {
        matches!(self.unlock(), Err(Error::Integrity(_)))
    }

    pub fn rows(&self) -> Vec<Row> {
        let read = block_on(self.host.store.read(&name(), &[Range::all()]));
        read.unwrap().1
    }

    pub fn rows_of(&self, kind: RecordType) -> Vec<Row> {
        let read = block_on(self.host.store.read(&name(), &[Range::of(kind)]));
        read.unwrap().1
    }

    /// What somebody with write access to the store does: past the vault, straight into the rows.
    pub fn write(&self, puts: &[Row], deletes: &[RecordId]) {
        let store = &self.host.store.inner;
        let (sequence, _) = block_on(store.read(&name(), &[])).unwrap();
        let next = match sequence {
            Sequence(0) => Sequence::first(&SystemEntropy).unwrap(),
            sequence => sequence.next(),
        };
        let batch = Batch {
            puts: puts.to_vec(),
            deletes: deletes.to_vec(),
        };
        block_on(store.commit(&name(), sequence, next, &batch)).unwrap();
    }

    /// As [`write`](Self::write), and the sequence stays: no handle notices that something was written.
    pub fn write_unnoticed(&self, puts: &[Row], deletes: &[RecordId]) {
        let store = &self.host.store.inner;
        let (sequence, _) = block_on(store.read(&name(), &[])).unwrap();
        let batch = Batch {
            puts: puts.to_vec(),
            deletes: deletes.to_vec(),
        };
        block_on(store.commit(&name(), sequence, sequence, &batch)).unwrap();
    }

    /// Puts the whole vault back to what it was.
    pub fn replay(&self, rows: &[Row]) {
        let stale: Vec<_> = self.rows().into_iter().map(|row| row.record_id).collect();
        self.write(rows, &stale);
    }

    /// Lets time pass, and calls whatever is due by then, each at its time.
    pub fn pass(&self, millis: u64) {
        self.pass_slowly(millis, 1);
    }

    /// As [`pass`](Self::pass), of which the clock notices one millisecond in so many; none of 0.
    pub fn pass_slowly(&self, millis: u64, slow: u64) {
        let until = self.passed.get() + millis;
        while let Some((at, call)) = self.next_timer(until) {
            self.go_to(at, slow);
            call();
        }
        self.go_to(until, slow);
    }

    fn go_to(&self, at: u64, slow: u64) {
        let millis = at - self.passed.replace(at);
        let noticed = millis.checked_div(slow).unwrap_or(0);
        self.clock.set(self.clock.get() + noticed);
    }

    fn next_timer(&self, until: u64) -> Option<(u64, Box<dyn FnOnce()>)> {
        let mut timers = self.timers.borrow_mut();
        timers.sort_by_key(|(at, _)| *at);
        let due = timers.first().is_some_and(|(at, _)| *at <= until);
        due.then(|| timers.remove(0))
    }

    pub fn take_events(&self) -> Vec<Told> {
        self.events.take()
    }
}

/// A place whose clock has no timers.
pub fn place_without_timers() -> Place {
    Place::made(Box::new(Quick), false)
}

/// The rows of a new vault; its id is the first that is drawn.
pub fn genesis(entropy: &dyn Entropy, phrases: &[&str]) -> Vec<Row> {
    let mut genesis = NewVault::begin(entropy).unwrap();
    for phrase in phrases {
        let kdf = Kdf::generate(entropy).unwrap();
        let stretched = quick(phrase.as_bytes(), &kdf);
        genesis
            .add(Enrolment::Passphrase(kdf), stretched, entropy)
            .unwrap();
    }
    genesis.finish(entropy).unwrap().0
}

/// What becomes of an answer's rows.
pub type Lie = fn(&mut Vec<Row>);

/// A store in memory that counts, fails when told to, and lets others write in between.
#[derive(Default)]
pub struct Watched {
    pub inner: MemoryStore,
    /// The sizes of the batches that were committed, and of what was read.
    pub commits: RefCell<Vec<usize>>,
    pub reads: RefCell<Vec<usize>>,
    pub fails: Cell<bool>,
    /// What the next commit fails with although it is done.
    pub fails_after: RefCell<Option<store::Error>>,
    /// How many turns of the loop the next commit takes to say that it is done.
    pub late: Cell<u32>,
    /// Whether the next commit is answered as one that was done, and is not.
    pub forgets: Cell<bool>,
    /// Whether the next commit takes one part of the rows and ends well.
    pub takes_one_part: Cell<bool>,
    /// Whether another tab is faster at each commit.
    pub conflicts: Cell<bool>,
    /// What somebody else does before the next commit.
    pub meanwhile: RefCell<Option<Box<dyn FnOnce()>>>,
    /// What becomes of each answer that has rows.
    pub lie: Cell<Option<Lie>>,
    /// What somebody else does before each read.
    pub before_reads: RefCell<Option<Box<dyn Fn()>>>,
    /// What somebody else does after each read, before its answer arrives.
    pub after_reads: RefCell<Option<Box<dyn Fn()>>>,
}

impl Store for Watched {
    async fn vaults(&self) -> store::Result<Vec<VaultName>> {
        self.inner.vaults().await
    }

    async fn read(
        &self,
        vault: &VaultName,
        ranges: &[Range],
    ) -> store::Result<(Sequence, Vec<Row>)> {
        // Out of its place meanwhile, since it may read itself.
        if let Some(before) = self.before_reads.take() {
            before();
            self.before_reads.replace(Some(before));
        }
        let (sequence, mut rows) = self.inner.read(vault, ranges).await?;
        if let Some(after) = self.after_reads.take() {
            after();
            self.after_reads.replace(Some(after));
        }
        if let Some(lie) = self.lie.get().filter(|_| rows.len() > 1) {
            lie(&mut rows);
        }
        self.reads.borrow_mut().push(rows.len());
        Ok((sequence, rows))
    }

    async fn commit_rows(
        &self,
        vault: &VaultName,
        expect: Sequence,
        next: Sequence,
        deletes: &[RecordId],
        rows: &mut Rows<'_>,
    ) -> store::Result<()> {
        if let Some(meanwhile) = self.meanwhile.take() {
            meanwhile();
        }
        if self.conflicts.get() {
            return Err(store::Error::Conflict);
        }
        if self.fails.get() {
            return Err(store::Error::Storage("it is full"));
        }
        if self.forgets.take() {
            rows.for_each(drop);
            return Ok(());
        }
        if self.takes_one_part.take() {
            let taken = rows.next();
            return self
                .inner
                .commit_rows(vault, expect, next, deletes, &mut taken.into_iter())
                .await;
        }
        let mut count = 0;
        let mut counted = rows.inspect(|part| count += part.as_ref().map_or(0, Vec::len));
        self.inner
            .commit_rows(vault, expect, next, deletes, &mut counted)
            .await?;
        drop(counted);
        self.commits.borrow_mut().push(count);
        for _ in 0..self.late.take() {
            turn().await;
        }
        self.fails_after.take().map_or(Ok(()), Err)
    }

    async fn remove(&self, vault: &VaultName) -> store::Result<()> {
        self.inner.remove(vault).await
    }
}

/// Lets everything else run once.
async fn turn() {
    let mut waited = false;
    core::future::poll_fn(|context| {
        if core::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What is to be called, and after how many milliseconds in all.
type Timers = Rc<RefCell<Vec<(u64, Box<dyn FnOnce()>)>>>;

struct Hands {
    now: Rc<Cell<Timestamp>>,
    passed: Rc<Cell<u64>>,
    /// None of a clock without timers.
    timers: Option<Timers>,
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        self.now.get()
    }

    fn steady(&self) -> Option<u64> {
        self.timers.as_ref().map(|_| self.passed.get())
    }

    fn call_after(&self, millis: u64, call: Box<dyn FnOnce()>) -> bool {
        let at = self.passed.get() + millis;
        let timers = self.timers.as_ref();
        timers.is_some_and(|timers| {
            timers.borrow_mut().push((at, call));
            true
        })
    }
}

/// Stands in for Argon2id, which has tests of its own.
pub struct Quick;

impl FactorPort for Quick {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        let Challenge::Argon2id {
            passphrase, kdf, ..
        } = challenge;
        Box::pin(async move { Ok(Answer::Derived(quick(passphrase.expose()?, kdf))) })
    }
}

fn quick(passphrase: &[u8], kdf: &Kdf) -> Secret<32> {
    let hash = Sha256::new()
        .chain_update(passphrase)
        .chain_update(kdf.salt().unwrap());
    Secret::from_slice(&hash.finalize()).unwrap()
}

pub fn name() -> VaultName {
    "acme".parse().unwrap()
}

pub fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.as_bytes().to_vec()).unwrap()
}

pub fn options(alias: &str) -> KeyOptions {
    KeyOptions::named(alias.parse().unwrap())
}

pub fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

pub fn create(vault: &Open, alias: &str) -> Box<KeyRecord> {
    record(block_on(vault.create_key(&alias.parse().unwrap())).unwrap())
}

pub fn create_for(vault: &Open, alias: &str, purpose: Purpose) -> Box<KeyRecord> {
    let options = KeyOptions {
        purpose,
        ..options(alias)
    };
    record(block_on(vault.add_key(&options, None)).unwrap())
}

/// A session's key, for so many milliseconds: its id.
pub fn create_session(vault: &Open, options: &KeyOptions, ttl: u64) -> Result<KeyId> {
    let made = block_on(vault.create_session(options, ttl))?;
    Ok(made.key.id.clone())
}

/// What was done with a key.
#[derive(Debug)]
pub struct Managed {
    pub key: Box<KeyRecord>,
    pub consequences: Option<Impact>,
}

pub fn manage(vault: &Open, key: impl AsRef<str>, request: &KeyAction) -> Result<Managed> {
    let managed = block_on(vault.manage(key.as_ref(), request))?;
    Ok(Managed {
        key: record(managed.info),
        consequences: managed.consequences,
    })
}

/// A key's own copy of its record.
pub fn record(info: KeyInfo) -> Box<KeyRecord> {
    Box::new(info.key.as_ref().clone())
}

pub fn rotate(vault: &Open, key: impl AsRef<str>) -> Box<KeyRecord> {
    manage(vault, key, &KeyAction::Rotate { waits: false })
        .unwrap()
        .key
}

pub fn key(vault: &Open, key: impl AsRef<str>) -> Box<KeyRecord> {
    Box::new(block_on(vault.key(key.as_ref())).unwrap().as_ref().clone())
}

/// A version by its number.
pub fn version(key: &KeyRecord, number: usize) -> &VersionRecord {
    &key.versions[number - 1]
}

pub fn seal(vault: &Open, key: impl AsRef<str>, json: &str) -> Result<String> {
    block_on(vault.encrypt_value(key.as_ref(), json.as_bytes(), &Context::none()))
}

pub fn open(vault: &Open, token: &str) -> Result<String> {
    let value = block_on(vault.decrypt_value(token, &Context::none()))?;
    Ok(String::from_utf8(value.to_vec()).unwrap())
}

/// The version that a compact token names.
pub fn kid_of(token: &str) -> String {
    let header = token.split('.').next().unwrap();
    let header = base64::decode(header, InputError::Malformed("a token")).unwrap();
    let header: Json = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

/// An object's header and body.
pub struct Sealed {
    pub id: String,
    pub header: Vec<u8>,
    pub body: Vec<u8>,
}

pub fn encrypt(vault: &Open, key: &str, plain: &str) -> Sealed {
    let file = FileMetadata::default();
    let object = block_on(vault.encrypt(key, &Context::none(), Some(&file))).unwrap();
    let mut body = block_on(object.encryptor.push(plain.as_bytes().to_vec())).unwrap();
    body.extend(block_on(object.encryptor.finish()).unwrap());
    Sealed {
        id: object.id.as_str().to_owned(),
        header: object.header.bytes().to_vec(),
        body: body.concat(),
    }
}

pub fn decrypt(vault: &Open, header: &[u8], body: &[u8]) -> Result<String> {
    let options = DecryptOptions::default();
    let object = block_on(vault.decrypt(header, &Context::none(), &options))?;
    let mut plain = block_on(object.decryptor.push(body.to_vec()))?;
    plain.extend(block_on(object.decryptor.finish())?);
    Ok(String::from_utf8(plain.concat()).unwrap())
}
