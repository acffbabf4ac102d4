//! What the collector remembers: vaults and their identities, logs and their trees, events.

use std::mem::take;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use strongroom::audit::{Checkpoint, CompactRange, TreeHash};

use super::alerts;
use super::batch::{Batch, Continued, KnownLog, Refusal, Signatures};
use super::told::{ALERT, Told};
use super::witness;

/// `roots`: the hashes of a tree's perfect subtrees, base64, with spaces between. `heads`: checkpoints that the tree has not passed.
const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS vaults (id TEXT PRIMARY KEY, identity TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS logs (
        vault TEXT NOT NULL, id TEXT NOT NULL, device TEXT NOT NULL, verifier TEXT NOT NULL, after TEXT,
        size INTEGER NOT NULL, roots TEXT NOT NULL, signed INTEGER NOT NULL, root TEXT NOT NULL, note TEXT NOT NULL,
        seen INTEGER NOT NULL, PRIMARY KEY (vault, id)) STRICT;
    CREATE TABLE IF NOT EXISTS heads (
        vault TEXT NOT NULL, log TEXT NOT NULL, size INTEGER NOT NULL, root TEXT NOT NULL, PRIMARY KEY (vault, log, size)) STRICT;
    CREATE TABLE IF NOT EXISTS events (
        vault TEXT NOT NULL, log TEXT NOT NULL, sequence INTEGER NOT NULL, leaf TEXT NOT NULL, severity INTEGER NOT NULL,
        event TEXT NOT NULL, PRIMARY KEY (vault, log, sequence)) STRICT;
    CREATE TABLE IF NOT EXISTS refusals (
        id INTEGER PRIMARY KEY, at INTEGER NOT NULL, vault TEXT NOT NULL, log TEXT NOT NULL, why TEXT NOT NULL) STRICT;";

/// Refusals that are kept: whoever reaches the server can cause some.
const REFUSALS: i64 = 1000;
/// Refusals that are shown.
const SHOWN: i64 = 100;
/// Alerts that are shown, and those of one vault: it can tell of as many as it likes.
const ALERTS: i64 = 500;
const ALERTS_OF_VAULT: i64 = 20;

pub struct Book(pub(super) Connection);

/// A log, for people to read.
pub struct LogLine {
    pub vault: String,
    pub identity: String,
    pub log: String,
    pub device: String,
    pub size: i64,
    pub signed: i64,
    pub root: String,
    pub seen: i64,
}

/// An event or a refusal, for people to read.
pub struct AlertLine {
    pub vault: String,
    pub log: String,
    pub what: String,
    pub at: i64,
}

/// What the page shows.
pub struct Overview {
    pub logs: Vec<LogLine>,
    pub alerts: Vec<AlertLine>,
    pub refusals: Vec<AlertLine>,
    /// The key by which it is a witness.
    pub witness: String,
}

impl Book {
    pub fn open(file: Option<&Path>) -> Result<Self> {
        let book = match file {
            Some(file) => Connection::open(file).with_context(|| file.display().to_string())?,
            None => Connection::open_in_memory()?,
        };
        book.execute_batch(SCHEMA)?;
        book.execute_batch(alerts::SCHEMA)?;
        witness::prepare(&book)?;
        Ok(Self(book))
    }

    /// Takes a batch, whose signatures were verified, as a whole or not at all; gives how many entries of its log are known then.
    pub fn take(
        &mut self,
        batch: &Batch,
        opened: Result<Signatures, Refusal>,
    ) -> Result<Result<u64, Refusal>> {
        let signatures = match opened {
            Ok(signatures) => signatures,
            Err(refusal) => {
                self.note(batch, &refusal)?;
                return Ok(Err(refusal));
            }
        };
        let tx = self
            .0
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let taken = taken(&tx, batch, signatures)?;
        if taken.is_ok() {
            tx.commit()?;
            return Ok(taken);
        }
        tx.rollback()?;
        if let Err(refusal) = &taken {
            self.note(batch, refusal)?;
        }
        Ok(taken)
    }

    /// A gap is no fault of anybody's: the sender is told what is known, and goes on there.
    fn note(&self, batch: &Batch, refusal: &Refusal) -> Result<()> {
        match refusal {
            Refusal::Elsewhere { why: GAP, .. } => return Ok(()),
            Refusal::Elsewhere { why, .. } => alerts::find(&self.0, batch, why, now())?,
            _ => {}
        }
        note(&self.0, batch, &refusal.to_string())
    }

    pub fn overview(&mut self) -> Result<Overview> {
        let witness = self.witness_key()?;
        let mut logs = self.0.prepare(
            "SELECT vault, identity, logs.id, device, size, signed, root, seen
             FROM logs JOIN vaults ON vaults.id = vault ORDER BY seen DESC",
        )?;
        let logs = logs.query_map([], |row| {
            Ok(LogLine {
                vault: row.get(0)?,
                identity: row.get(1)?,
                log: row.get(2)?,
                device: row.get(3)?,
                size: row.get(4)?,
                signed: row.get(5)?,
                root: row.get(6)?,
                seen: row.get(7)?,
            })
        })?;
        let logs = logs.collect::<Result<_, _>>()?;
        let alerts = "SELECT vault, log, what, at FROM
                          (SELECT *, row_number() OVER (PARTITION BY vault ORDER BY id DESC) AS nth FROM alerts)
                      WHERE nth <= ?2 ORDER BY id DESC LIMIT ?1";
        let refusals =
            "SELECT vault, log, why, at FROM refusals WHERE ?2 > 0 ORDER BY id DESC LIMIT ?1";
        Ok(Overview {
            witness,
            logs,
            alerts: self.lines(alerts, ALERTS)?,
            refusals: self.lines(refusals, SHOWN)?,
        })
    }

    fn lines(&self, sql: &str, most: i64) -> Result<Vec<AlertLine>> {
        let mut lines = self.0.prepare(sql)?;
        let lines = lines.query_map(params![most, ALERTS_OF_VAULT], |row| {
            Ok(AlertLine {
                vault: row.get(0)?,
                log: row.get(1)?,
                what: row.get(2)?,
                at: row.get(3)?,
            })
        })?;
        Ok(lines.collect::<Result<_, _>>()?)
    }
}

/// What a person may look for who asks why something is not there.
fn note(book: &Connection, batch: &Batch, why: &str) -> Result<()> {
    book.execute(
        "INSERT INTO refusals (at, vault, log, why) VALUES (?1, ?2, ?3, ?4)",
        params![now(), brief(&batch.vault), brief(&batch.log), why],
    )?;
    book.execute(
        "DELETE FROM refusals WHERE id <= (SELECT max(id) FROM refusals) - ?1",
        params![REFUSALS],
    )?;
    Ok(())
}

const GAP: &str = "entries before these are missing";

fn taken(
    tx: &Transaction<'_>,
    batch: &Batch,
    mut signatures: Signatures,
) -> Result<Result<u64, Refusal>> {
    let pinned = tx
        .query_row(
            "SELECT identity FROM vaults WHERE id = ?1",
            params![batch.vault],
            |row| row.get::<_, String>(0),
        )
        .optional()?;
    if pinned.is_some_and(|pinned| pinned != signatures.identity) {
        return Ok(Err(Refusal::Identity));
    }
    let known = match known_log(tx, batch)? {
        Ok(known) => known,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let is_new = known.is_none();
    // What was cut was seen by none, or by another receiver. That these entries continue it the note says.
    let known = known.or_else(|| {
        let tree = batch.beginning()?;
        Some(KnownLog {
            tree,
            heads: Vec::new(),
            signed: 0,
        })
    });
    let size = known.as_ref().map_or(0, |known| known.tree.size());
    if batch.first > size {
        return Ok(Err(Refusal::Elsewhere { size, why: GAP }));
    }
    // What was sent before is compared with what it was.
    let skip = usize::try_from(size - batch.first)?.min(batch.leaves.len());
    for (at, leaf) in batch.leaves.iter().take(skip).enumerate() {
        let before = tx.query_row(
            "SELECT leaf FROM events WHERE vault = ?1 AND log = ?2 AND sequence = ?3",
            params![
                batch.vault,
                batch.log,
                i64::try_from(batch.first)? + i64::try_from(at)?
            ],
            |row| row.get::<_, String>(0),
        );
        let Some(before) = before.optional()? else {
            let why = "entries that were cut before this log was known";
            return Ok(Err(Refusal::Elsewhere { size, why }));
        };
        if before != *leaf {
            let why = "other entries than were taken before: a fork";
            return Ok(Err(Refusal::Elsewhere { size, why }));
        }
    }
    let found = if is_new {
        alerts::fault_of_beginning(tx, batch)?
    } else {
        None
    };
    let (identity, told) = (take(&mut signatures.identity), take(&mut signatures.told));
    let head = signatures.checkpoint;
    let Continued { log, older } = match signatures.continued(known, skip) {
        Ok(continued) => continued,
        Err(refusal) => return Ok(Err(refusal)),
    };
    write_log(tx, batch, &identity, (&log, head))?;
    write_events(tx, batch, &told, skip)?;
    if older {
        note(
            tx,
            batch,
            "an older checkpoint than before: set back, or sent again",
        )?;
    }
    let grown = i64::try_from(log.tree.size())?;
    let found = if skip < batch.leaves.len() {
        found.or(alerts::fault_of_growth(tx, batch, grown)?)
    } else {
        found
    };
    if let Some(what) = found {
        alerts::find(tx, batch, what, now())?;
    }
    Ok(Ok(log.tree.size()))
}

fn known_log(tx: &Transaction<'_>, batch: &Batch) -> Result<Result<Option<KnownLog>, Refusal>> {
    let row = tx
        .query_row(
            "SELECT device, verifier, roots, size, signed FROM logs WHERE vault = ?1 AND id = ?2",
            params![batch.vault, batch.log],
            |row| {
                let texts: [String; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
                Ok((texts, [row.get::<_, i64>(3)?, row.get(4)?]))
            },
        )
        .optional()?;
    let Some(([device, verifier, roots], [size, signed])) = row else {
        return Ok(Ok(None));
    };
    if device != batch.device || verifier != batch.verifier {
        return Ok(Err(Refusal::Unsigned(
            "another device or another key than the log had",
        )));
    }
    let roots = roots.split_whitespace().map(TreeHash::from_base64);
    let tree = CompactRange::new(u64::try_from(size)?, roots.collect::<Result<_, _>>()?)?;
    let mut all = tx.prepare(
        "SELECT size, root FROM heads WHERE vault = ?1 AND log = ?2
         UNION SELECT signed, root FROM logs WHERE vault = ?1 AND id = ?2 ORDER BY 1",
    )?;
    let all = all.query_map(params![batch.vault, batch.log], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut heads = Vec::new();
    for head in all {
        let (size, root) = head?;
        heads.push(Checkpoint {
            size: u64::try_from(size)?,
            root: TreeHash::from_base64(&root)?,
        });
    }
    Ok(Ok(Some(KnownLog {
        tree,
        heads,
        signed: u64::try_from(signed)?,
    })))
}

/// The log as it is now, with the checkpoint that came last.
fn write_log(
    tx: &Transaction<'_>,
    batch: &Batch,
    identity: &str,
    (log, head): (&KnownLog, Checkpoint),
) -> Result<()> {
    tx.execute(
        "INSERT INTO vaults (id, identity) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params![batch.vault, identity],
    )?;
    let roots: Vec<_> = log.tree.roots().iter().map(TreeHash::to_base64).collect();
    let after = batch.after.as_ref().map(serde_json::to_string);
    let size = i64::try_from(log.tree.size())?;
    let (signed, root) = (i64::try_from(head.size)?, head.root.to_base64());
    tx.execute(
        "INSERT INTO logs (vault, id, device, verifier, after, size, roots, signed, root, note, seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT DO UPDATE SET size = ?6, roots = ?7, seen = ?11",
        params![
            batch.vault,
            batch.log,
            batch.device,
            batch.verifier,
            after.transpose()?,
            size,
            roots.join(" "),
            signed,
            root,
            batch.note,
            now(),
        ],
    )?;
    tx.execute(
        "UPDATE logs SET signed = ?3, root = ?4, note = ?5 WHERE vault = ?1 AND id = ?2 AND signed < ?3",
        params![batch.vault, batch.log, signed, root, batch.note],
    )?;
    tx.execute(
        "INSERT INTO heads (vault, log, size, root) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        params![batch.vault, batch.log, signed, root],
    )?;
    tx.execute(
        "DELETE FROM heads WHERE vault = ?1 AND log = ?2 AND size < ?3",
        params![batch.vault, batch.log, size],
    )?;
    Ok(())
}

fn write_events(tx: &Transaction<'_>, batch: &Batch, told: &[Told], skip: usize) -> Result<()> {
    let mut insert = tx.prepare(
        "INSERT INTO events (vault, log, sequence, leaf, severity, event) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let events = batch.entries.iter().zip(&batch.leaves).zip(told);
    for ((entry, leaf), told) in events.skip(skip) {
        insert.execute(params![
            batch.vault,
            batch.log,
            i64::try_from(told.sequence)?,
            leaf,
            told.severity,
            entry.to_string(),
        ])?;
        if told.severity >= ALERT {
            alerts::tell(tx, batch, &told.what, told.at)?;
        }
    }
    Ok(())
}

/// Ids have 22 characters; what is refused may be anything.
fn brief(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Milliseconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
