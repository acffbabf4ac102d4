//! Keys and a vault that are the same in every run, so that a corpus keeps its worth.

use std::{cell::Cell, fs, path::Path};

use serde_json::Value;
use strongroom::{
    Context, Result,
    base::{Entropy, Kid, Local, Map, Secret, Timestamp},
    factors::{Answer, Challenge, FactorPort},
    jose::{AgreementKey, Jwk, Kek, wrap},
    keys::{KeyOptions, Usage},
    records::Kdf,
    store::Row,
    vault::{Backup, Change, Holdings, NewVault},
};

/// Bytes that look random (SplitMix64) and are the same every time.
pub struct Fixed(Cell<u64>);

impl Fixed {
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }
}

impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
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
        .add_passphrase(kdf, secret(), &entropy)
        .expect("fixed entropy");
    let (mut rows, mut holdings) = genesis.finish(&entropy).expect("a factor");
    let mut commit = |holdings: &mut Holdings, change: Change| {
        holdings.apply(&change);
        for put in &change.batch.puts {
            rows.retain(|row| row.record_id != put.record_id);
            rows.push(put.clone());
        }
    };

    let options = KeyOptions::named("photos".parse().expect("an alias"));
    let (key, change) = holdings
        .create_key(&options, None, NOW, &entropy)
        .expect("a free alias");
    commit(&mut holdings, change);
    let kid = Kid::new([&key.id[..], &key.primary].join(".")).expect("a kid");
    let header = wrap(
        &Jwk::oct(secret()),
        &[Kek::new(kid.clone(), secret()).into()],
        &context(),
        None,
        &entropy,
    );
    let kept = holdings.keep(&header.expect("a header"), &kid, None, None, NOW, &entropy);
    commit(&mut holdings, kept.expect("one of its keys"));
    let mut uses = Map::<Usage>::default();
    uses.of(&key.id).note(&key.primary, NOW);
    let (_, change) = holdings.tick(uses, NOW, &entropy).expect("whole");
    commit(&mut holdings, change.expect("use counts"));
    let noted = holdings.note_backup(NOW, &entropy).expect("whole");
    let name = "acme".parse().expect("a name");
    let backup = Backup::write(&holdings, &noted, &name, NOW).expect("whole");
    commit(&mut holdings, noted);

    rows.sort_by(|a, b| a.record_id.cmp(&b.record_id));
    (rows, backup)
}

pub const NOW: Timestamp = 1_790_000_000_000;

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
