//! Writes a vault with a long audit log, as rows for the page that measures it: use by use, by the crate's own code.
//!
//! `cargo run --release --features bench --example bench-log -- <entries> <entries of a row> <file>`: the file is as
//! `vault.rs` writes it, behind a line with the store's sequence, and the passphrase the same. Of 100 keys, those of numbers up to 97 are used one after the other, one
//! second after each other. `rare` is used five times within the first tenth of the log, when `once` is rotated too, and each
//! hundredth part of the log has one that fails.
#![expect(clippy::print_stdout, reason = "a program")]
#![expect(
    clippy::unwrap_used,
    reason = "a program that nobody's data goes through"
)]

use std::{
    cell::Cell,
    fs::File,
    io::{BufWriter, Write},
    rc::Rc,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use pollster::block_on;
use strongroom::{
    Context,
    base::{Clock, Object, SystemEntropy, Timestamp},
    factors::{InlineFactor, Passphrase},
    keys::KeyAction,
    object::body::RustEngine,
    store::{MemoryStore, Range, Store, VaultName},
    vault::{Platform, Unlocked, Vault},
};

/// Milliseconds from one use to the next.
const EVERY: u64 = 1000;

struct Hands(Cell<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        self.0.get()
    }
}

type Bench = Vault<Unlocked, MemoryStore, RustEngine>;

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let (entries, row): (u64, u64) = (given[0].parse().unwrap(), given[1].parse().unwrap());
    let began = Instant::now();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let first = u64::try_from(now.as_millis()).unwrap() - entries * EVERY;
    let clock = Rc::new(Hands(Cell::new(Timestamp::from_millis(first))));
    let host = Rc::new(Platform {
        store: MemoryStore::default(),
        factor: Box::new(InlineFactor),
        engine: Rc::new(RustEngine),
        clock: clock.clone(),
        rng: Box::new(SystemEntropy),
        listener: Box::new(|_| {}),
    });
    let passphrase = Passphrase::new(b"correct horse battery staple".to_vec()).unwrap();
    let name: VaultName = "bench".parse().unwrap();
    let vault = block_on(Vault::create(host.clone(), name.clone(), &[&passphrase])).unwrap();
    for at in 0..98 {
        let alias = format!("key-{at}").parse().unwrap();
        block_on(vault.create_key(&alias)).unwrap();
    }
    for alias in ["rare", "once"] {
        block_on(vault.create_key(&alias.parse().unwrap())).unwrap();
    }
    block_on(vault.write_log()).unwrap();
    let size = || block_on(vault.audit_state()).unwrap().unwrap().size;
    let mut at = size();
    while at < entries {
        clock.0.set(Timestamp::from_millis(first + at * EVERY));
        entry(&vault, at, entries);
        at += 1;
        if at.is_multiple_of(row) {
            block_on(vault.write_log()).unwrap();
        }
    }
    block_on(vault.write_log()).unwrap();
    assert_eq!(size(), entries);
    let appended = began.elapsed().as_secs();
    while block_on(vault.tick()).unwrap().next == Some(clock.now()) {}
    let rows = write(&host.store, &name, &given[2]);
    let indexed = began.elapsed().as_secs() - appended;
    println!("{entries} entries in {appended} s, their index in {indexed} s: {rows} rows");
}

/// One use.
fn entry(vault: &Bench, at: u64, entries: u64) {
    let rare = entries / 60;
    if at == rare * 3 {
        let rotate = KeyAction::Rotate { waits: false };
        drop(block_on(vault.manage("once", &rotate)).unwrap());
        return;
    }
    let key = match at {
        at if at.is_multiple_of(rare) && at <= rare * 6 => "rare".to_owned(),
        at if at % (entries / 100) == 7 => "nobody's".to_owned(),
        at => format!("key-{}", at % 98),
    };
    let sealed = block_on(vault.encrypt_value(&key, b"1", &Context::none()));
    assert_eq!(sealed.is_err(), key == "nobody's");
}

fn write(store: &MemoryStore, name: &VaultName, path: &str) -> usize {
    let mut file = BufWriter::new(File::create(path).unwrap());
    let (sequence, rows) = block_on(store.read(name, &[Range::everything()])).unwrap();
    // Of another sequence it would be a copy, which begins a log of its own.
    let line = Object::new().with("sequence", sequence.0);
    writeln!(file, "{}", line.text()).unwrap();
    for row in &rows {
        let line = Object::new()
            .with("type", row.record_id.kind.as_str())
            .with("id", row.record_id.id.as_str())
            .with("version", row.record_id.version.as_str())
            .with("revision", row.revision)
            .with("bytes", core::str::from_utf8(&row.bytes).unwrap());
        writeln!(file, "{}", line.text()).unwrap();
    }
    file.flush().unwrap();
    rows.len()
}
