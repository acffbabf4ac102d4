//! Keys and a vault that are the same in every run, so that a corpus keeps its worth.

use std::{cell::Cell, fs, path::Path, rc::Rc};

use pollster::block_on;
use serde_json::Value;
use strongroom::{
    Context, Error, Result,
    base::{Clock, Entropy, InputResult, Kid, Local, Secret, Timestamp},
    factors::{Answer, Challenge, FactorPort, Passphrase},
    jose::{AgreementKey, Kek},
    object::body::RustEngine,
    records::{Enrolment, Kdf},
    store::{Batch, MemoryStore, Range, Row, Sequence, Store},
    vault::{NewVault, Platform, Vault},
};

/// Bytes that look random (SplitMix64) and are the same every time.
pub struct Fixed(Cell<u64>);

impl Fixed {
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }
}

impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) -> InputResult<()> {
        for chunk in bytes.chunks_mut(8) {
            let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
            self.0.set(state);
            let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(mixed ^ mixed >> 31).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

pub fn secret() -> Secret<32> {
    Secret::generate(&Fixed::new(1)).expect("fixed entropy")
}

pub fn kek() -> Kek {
    Kek::new(Kid::new("photos.1").expect("a kid"), secret())
}

pub fn pair() -> AgreementKey {
    AgreementKey::generate(&Fixed::new(2)).expect("fixed entropy")
}

pub fn context() -> Context {
    Context::try_from([("album", "42")]).expect("a small context")
}

/// The records of a vault that has one of each kind, and a backup of them.
pub fn vault() -> (Vec<Row>, Vec<u8>) {
    let entropy = Fixed::new(3);
    let mut genesis = NewVault::begin(&entropy).expect("fixed entropy");
    let kdf = Kdf::generate(&entropy).expect("the default cost");
    genesis
        .add(Enrolment::Passphrase(kdf), secret(), &entropy)
        .expect("fixed entropy");
    let (rows, _) = genesis.finish(&entropy).expect("a factor");
    let name = "acme".parse().expect("a name");
    let platform = Rc::new(platform(entropy));
    let made = block_on(async {
        let (store, batch) = (&platform.store, batch(rows));
        store
            .commit(&name, Sequence::default(), Sequence(1), &batch)
            .await?;
        let vault = Vault::open(platform.clone(), name.clone()).await?;
        let passphrase = Passphrase::new(b"correct horse".to_vec())?;
        let vault = vault.unlock(&passphrase, None).await?;
        vault.create_key(&"photos".parse()?).await?;
        vault.encrypt_kept("photos", &context(), None).await?;
        vault.tick().await?;
        let backup = vault.backup().await?;
        let (_, rows) = store.read(&name, &[Range::all()]).await?;
        Ok::<_, Error>((rows, backup))
    });
    let (mut rows, backup) = made.expect("a store in memory");
    rows.sort_by(|a, b| a.record_id.cmp(&b.record_id));
    (rows, backup)
}

pub fn batch(puts: Vec<Row>) -> Batch {
    Batch {
        puts,
        deletes: Vec::new(),
    }
}

fn platform(entropy: Fixed) -> Platform<MemoryStore, RustEngine> {
    Platform {
        store: MemoryStore::default(),
        factor: Box::new(Known),
        engine: Rc::new(RustEngine),
        clock: Rc::new(Then),
        rng: Box::new(entropy),
        listener: Box::new(|_| {}),
    }
}

/// Always the same time.
struct Then;

impl Clock for Then {
    fn now(&self) -> Timestamp {
        NOW
    }
}

pub const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// Gives the vault's factor its secret, whatever is asked: Argon2id has tests of its own.
pub struct Known;

impl FactorPort for Known {
    fn answer<'a>(&'a self, _: Challenge<'a>) -> Local<'a, Result<Answer>> {
        Box::pin(async { Ok(Answer::Derived(secret())) })
    }
}

/// A file of the test vectors.
pub fn vector_file(path: &str) -> Vec<u8> {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    fs::read(vectors.join(path)).expect("a vector file")
}

/// A file of the test vectors that is JSON.
pub fn vectors(path: &str) -> Value {
    serde_json::from_slice(&vector_file(path)).expect("JSON")
}

/// The text of a JSON value, of a string without its quotes.
pub fn text(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => text.clone().into_bytes(),
        other => other.to_string().into_bytes(),
    }
}
