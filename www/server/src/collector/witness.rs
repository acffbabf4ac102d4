//! The collector as a witness of the logs that it knows (C2SP `tlog-witness`), with a key of its own.
//!
//! A log is known once a batch of it was taken: its key is the one that the vault's identity has certified. What was cosigned is
//! written before it is answered, in one transaction with the look at what was cosigned before.

use std::sync::Mutex;

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use strongroom::audit::{
    AddCheckpoint, Checkpoint, CompactRange, Cosigner, Error, NoteVerifier, TreeHash,
};
use strongroom::base::{Secret, WitnessFault};

use super::alerts;
use super::book::{Book, now};
use super::locked;

/// `seed`: of the Ed25519 key, made with the database.
pub const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS witness (id INTEGER PRIMARY KEY CHECK (id = 1), seed BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS witnessed (
        vault TEXT NOT NULL, log TEXT NOT NULL, size INTEGER NOT NULL, root TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (vault, log)) STRICT;";

const NAME: &str = "strongroom-collector/witness";
/// The most bytes of a request.
pub const MAX_REQUEST: usize = 264 * 1024;

/// A log that batches were taken of.
struct KnownLog {
    vault: String,
    log: String,
    verifier: String,
}

/// Why nothing is cosigned.
#[derive(Debug, PartialEq, Eq)]
pub enum Declined {
    /// It is no request.
    Malformed,
    /// It is too large.
    TooLarge,
    /// No batch of that log was taken.
    UnknownOrigin,
    /// It does not go together with what is known of the log.
    Fault(WitnessFault),
}

impl From<Error> for Declined {
    fn from(error: Error) -> Self {
        match error {
            Error::Witness(fault) => Self::Fault(fault),
            Error::TooLarge(_) => Self::TooLarge,
            _ => Self::Malformed,
        }
    }
}

/// Draws the key, where there is none yet.
pub fn prepare(book: &Connection) -> Result<()> {
    book.execute_batch(SCHEMA)?;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    book.execute(
        "INSERT INTO witness (id, seed) VALUES (1, ?1) ON CONFLICT DO NOTHING",
        params![seed],
    )?;
    Ok(())
}

fn cosigner(book: &Connection) -> Result<Cosigner> {
    let seed: Vec<u8> = book.query_row("SELECT seed FROM witness", [], |row| row.get(0))?;
    Ok(Cosigner::new(NAME, &Secret::from_slice(&seed)?)?)
}

impl Book {
    /// The key by which it cosigns.
    pub fn witness_key(&mut self) -> Result<String> {
        Ok(cosigner(&self.0)?.verifier().to_text())
    }

    /// The log of an origin, if a batch of it was taken.
    fn log_of(&self, origin: &str) -> Result<Option<KnownLog>> {
        known_log(&self.0, origin)
    }

    /// The cosignature of a checkpoint that the log signed, if it continues what is known of the log.
    fn cosign(
        &mut self,
        asked: &AddCheckpoint,
        of: &KnownLog,
        head: &Checkpoint,
    ) -> Result<Result<String, Declined>> {
        let (vault, log) = (&*of.vault, &*of.log);
        let tx = self
            .0
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let known = known_head(&tx, (vault, log))?;
        let other = is_other(&tx, (vault, log), head)?;
        let mut checked = asked.continues(head, known.as_ref());
        if checked.is_ok() && other {
            checked = Err(Error::Witness(WitnessFault::Forked(head.size)));
        }
        if let Some(what) = found(head, known.as_ref(), other, &checked) {
            alerts::find_of(&tx, (vault, log), what, now())?;
        }
        if let Err(error) = checked {
            tx.commit()?;
            return Ok(Err(error.into()));
        }
        let (size, root) = (i64::try_from(head.size)?, head.root.to_base64());
        tx.execute(
            "INSERT INTO witnessed (vault, log, size, root, at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET size = ?3, root = ?4, at = ?5",
            params![vault, log, size, root, now()],
        )?;
        // Batches are held to it as well, once they come to it.
        tx.execute(
            "INSERT INTO heads (vault, log, size, root) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            params![vault, log, size, root],
        )?;
        let seconds = u64::try_from(now())? / 1000;
        let line = cosigner(&tx)?.cosign(head, asked.origin(), seconds);
        tx.commit()?;
        Ok(Ok(line))
    }
}

/// The answer to a request: the cosignature of a checkpoint that continues what was cosigned of its log before. Signatures are verified while
/// the book is free: who sends what is not signed keeps nobody from it.
pub fn answer(book: &Mutex<Book>, request: &[u8]) -> Result<Result<String, Declined>> {
    let asked = match AddCheckpoint::parse(request) {
        Ok(asked) => asked,
        Err(error) => return Ok(Err(error.into())),
    };
    let known = locked(book).log_of(asked.origin())?;
    let Some(of) = known else {
        return Ok(Err(Declined::UnknownOrigin));
    };
    // The key of a log that is known never changes.
    match asked.open(&NoteVerifier::parse(&of.verifier)?) {
        Ok(head) => locked(book).cosign(&asked, &of, &head),
        Err(error) => Ok(Err(error.into())),
    }
}

/// The last checkpoint that was cosigned; of a log that none was of, the tree that was taken of it.
fn known_head(book: &Connection, (vault, log): (&str, &str)) -> Result<Option<Checkpoint>> {
    let witnessed = book
        .query_row(
            "SELECT size, root FROM witnessed WHERE vault = ?1 AND log = ?2",
            params![vault, log],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
        )
        .optional()?;
    if let Some((size, root)) = witnessed {
        return Ok(Some(Checkpoint {
            size: u64::try_from(size)?,
            root: TreeHash::from_base64(&root)?,
        }));
    }
    let taken = book
        .query_row(
            "SELECT size, roots FROM logs WHERE vault = ?1 AND id = ?2",
            params![vault, log],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
        )
        .optional()?;
    let Some((size, roots)) = taken else {
        return Ok(None);
    };
    let roots = roots.split_whitespace().map(TreeHash::from_base64);
    let tree = CompactRange::new(u64::try_from(size)?, roots.collect::<Result<_, _>>()?)?;
    Ok(Some(Checkpoint {
        size: tree.size(),
        root: tree.root(),
    }))
}

/// Whether another checkpoint of as many entries is known: the same key signed it.
fn is_other(book: &Connection, (vault, log): (&str, &str), head: &Checkpoint) -> Result<bool> {
    let others: i64 = book.query_row(
        "SELECT count(*) FROM (SELECT vault, log, size, root FROM heads
                               UNION SELECT vault, id, signed, root FROM logs)
         WHERE vault = ?1 AND log = ?2 AND size = ?3 AND root <> ?4",
        params![vault, log, i64::try_from(head.size)?, head.root.to_base64()],
        |row| row.get(0),
    )?;
    Ok(others > 0)
}

/// The vault, the log and the key of an origin, `strongroom/<vault>/<log>`.
fn known_log(book: &Connection, origin: &str) -> Result<Option<KnownLog>> {
    let names = origin.strip_prefix("strongroom/");
    let Some((vault, log)) = names.and_then(|names| names.split_once('/')) else {
        return Ok(None);
    };
    let verifier = book
        .query_row(
            "SELECT verifier FROM logs WHERE vault = ?1 AND id = ?2",
            params![vault, log],
            |row| row.get(0),
        )
        .optional()?;
    Ok(verifier.map(|verifier| KnownLog {
        vault: vault.to_owned(),
        log: log.to_owned(),
        verifier,
    }))
}

/// What somebody should look at, of a checkpoint that the log's key signed. What the request says beside it anyone can have written: it
/// makes nothing look better.
fn found(
    head: &Checkpoint,
    known: Option<&Checkpoint>,
    other: bool,
    checked: &Result<(), Error>,
) -> Option<&'static str> {
    let forked = |known: &Checkpoint| head.size == known.size && head.root != known.root;
    if other || known.is_some_and(forked) {
        return Some("another checkpoint of as many entries was to be cosigned");
    }
    if known.is_some_and(|known| head.size < known.size) {
        return Some("a checkpoint of fewer entries was to be cosigned: set back, or sent again");
    }
    matches!(checked, Err(Error::Witness(WitnessFault::Proof(_)))).then_some(
        "a checkpoint was to be cosigned that nothing shows to continue the one before: a fork, or sent again with another proof",
    )
}
