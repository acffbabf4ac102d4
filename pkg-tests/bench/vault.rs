//! Writes a vault of many keys, as rows for the page that measures it: key by key, by the crate's own
//! code.
//!
//! `cargo run --release --features bench --example bench-vault -- <keys> <versions of each> <file>`: the file has one JSON
//! object per row and line, its `bytes` as text. The passphrase is `correct horse battery staple`. A
//! fourth argument, `backup`, says whether the vault's backup can be read.
#![expect(clippy::print_stdout, reason = "a program")]
#![expect(
    clippy::unwrap_used,
    reason = "a program that nobody's data goes through"
)]

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs::File,
    io::{BufWriter, Write},
    rc::Rc,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use pollster::block_on;
use strongroom::{
    base::{Clock, Object, SystemEntropy, Timestamp},
    factors::{InlineFactor, Passphrase},
    keys::{KeyAction, KeyOptions, Labels, Period},
    object::body::RustEngine,
    store::{self, Range, RecordId, RecordType, Row, Rows, Sequence, Store, VaultName},
    vault::{Backup, Platform, Unlocked, Vault},
};

type Address = (&'static str, String, String);

/// One vault, its rows in their order: what a store's search costs must not hide what making keys costs.
#[derive(Default)]
struct Sorted {
    sequence: RefCell<Sequence>,
    rows: RefCell<BTreeMap<Address, Row>>,
}

fn address(record_id: &RecordId) -> Address {
    (
        record_id.kind.as_str(),
        record_id.id.clone(),
        record_id.version.clone(),
    )
}

impl Store for Sorted {
    async fn vaults(&self) -> store::Result<Vec<VaultName>> {
        Ok(Vec::new())
    }

    async fn read(&self, _: &VaultName, ranges: &[Range]) -> store::Result<(Sequence, Vec<Row>)> {
        let (stored, mut rows) = (self.rows.borrow(), Vec::new());
        for range in ranges {
            if let [kind, id, version] = &range.prefix[..] {
                let kind = RecordType::parse(kind)?.as_str();
                rows.extend(stored.get(&(kind, id.clone(), version.clone())).cloned());
                continue;
            }
            let limit = range.limit.map_or(usize::MAX, |limit| limit as usize);
            let found = stored.values().filter(|row| range.has(&row.record_id));
            rows.extend(found.take(limit).cloned());
        }
        Ok((*self.sequence.borrow(), rows))
    }

    async fn commit_rows(
        &self,
        _: &VaultName,
        expect: Sequence,
        next: Sequence,
        deletes: &[RecordId],
        rows: &mut Rows<'_>,
    ) -> store::Result<()> {
        if *self.sequence.borrow() != expect {
            return Err(store::Error::Conflict);
        }
        let mut stored = self.rows.borrow_mut();
        for record_id in deletes {
            stored.remove(&address(record_id));
        }
        for part in rows {
            for row in part.map_err(store::Error::rows)? {
                stored.insert(address(&row.record_id), row);
            }
        }
        self.sequence.replace(next);
        Ok(())
    }

    async fn remove(&self, _: &VaultName) -> store::Result<()> {
        Ok(())
    }
}

struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let millis = u64::try_from(since.as_millis()).unwrap();
        Timestamp::from_millis(millis)
    }
}

type Bench = Vault<Unlocked, Sorted, RustEngine>;

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let (keys, versions): (u32, u32) = (given[0].parse().unwrap(), given[1].parse().unwrap());
    let began = Instant::now();
    let host = Rc::new(Platform {
        store: Sorted::default(),
        factor: Box::new(InlineFactor),
        engine: Rc::new(RustEngine),
        clock: Rc::new(Now),
        rng: Box::new(SystemEntropy),
        listener: Box::new(|_| {}),
    });
    let passphrase = Passphrase::new(b"correct horse battery staple".to_vec()).unwrap();
    let name: VaultName = "bench".parse().unwrap();
    let vault = block_on(Vault::create(host.clone(), name, &[&passphrase])).unwrap();
    for at in 0..keys {
        make(&vault, at, versions);
    }
    let rows = write(&host.store, &given[2]);
    println!(
        "{keys} keys of {versions} versions: {rows} rows in {} s",
        began.elapsed().as_secs()
    );
    if given.get(3).is_some_and(|more| more == "backup") {
        let backup = block_on(vault.backup()).unwrap();
        let read = Backup::read(&backup).map(|_| "can be read");
        println!("its backup has {} bytes: {read:?}", backup.len());
    }
}

/// A tenth of the keys is for testing; a hundredth is rotated every week, the others every quarter.
fn make(vault: &Bench, at: u32, versions: u32) {
    let env = if at.is_multiple_of(10) {
        "test"
    } else {
        "production"
    };
    let every = if at.is_multiple_of(100) {
        "P7D"
    } else {
        "P90D"
    };
    let options = KeyOptions {
        labels: Labels::new(Object::new().with("env", env)).unwrap(),
        rotate_every: Some(Period::parse(every).unwrap()),
        ..KeyOptions::named(format!("team-{:02}/key-{at:06}", at % 50).parse().unwrap())
    };
    let key = block_on(vault.add_key(&options, None)).unwrap();
    for _ in 1..versions {
        let again = KeyAction::Rotate { waits: false };
        drop(block_on(vault.manage(key.key.id.as_str(), &again)).unwrap());
    }
}

fn write(store: &Sorted, path: &str) -> usize {
    let mut file = BufWriter::new(File::create(path).unwrap());
    let rows = store.rows.borrow();
    for row in rows.values() {
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
