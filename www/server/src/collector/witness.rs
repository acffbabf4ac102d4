//! The collector as a witness of the logs that it knows (C2SP `tlog-witness`), with a key of its own.
//!
//! A log is known once a batch of it was taken: its key is the one that the vault's identity has certified. What was cosigned is
//! written before it is answered, in one transaction with the look at what was cosigned before.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use strongroom::audit::{AddCheckpoint, Checkpoint, Cosigner, Error, NoteVerifier, TreeHash};
use strongroom::base::{Secret, WitnessFault};

use super::alerts;
use super::book::{Book, now};

/// `seed`: of the Ed25519 key, made with the database.
pub const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS witness (id INTEGER PRIMARY KEY CHECK (id = 1), seed BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS witnessed (
        vault TEXT NOT NULL, log TEXT NOT NULL, size INTEGER NOT NULL, root TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (vault, log)) STRICT;";

const NAME: &str = "strongroom-collector/witness";
/// As many entries as a number of JavaScript can count.
const LARGEST: u64 = 1 << 53;

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

    /// The cosignature of a checkpoint that continues what was cosigned of its log before.
    pub fn witness(&mut self, request: &[u8]) -> Result<Result<String, Declined>> {
        let asked = match AddCheckpoint::parse(request) {
            Ok(asked) => asked,
            Err(error) => return Ok(Err(error.into())),
        };
        let tx = self
            .0
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Some((vault, log, verifier)) = known_log(&tx, asked.origin())? else {
            return Ok(Err(Declined::UnknownOrigin));
        };
        let head = match checked(&tx, &asked, (&vault, &log), &verifier)? {
            Ok(head) => head,
            Err(declined) => {
                if let Declined::Fault(fault) = &declined
                    && let Some(what) = found(*fault)
                {
                    alerts::find_of(&tx, (&vault, &log), what, now())?;
                    tx.commit()?;
                }
                return Ok(Err(declined));
            }
        };
        tx.execute(
            "INSERT INTO witnessed (vault, log, size, root, at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET size = ?3, root = ?4, at = ?5",
            params![
                vault,
                log,
                i64::try_from(head.size)?,
                head.root.to_base64(),
                now()
            ],
        )?;
        let seconds = u64::try_from(now())? / 1000;
        let line = cosigner(&tx)?.cosign(&head, asked.origin(), seconds);
        tx.commit()?;
        Ok(Ok(line))
    }
}

/// What the log's key signed, if it goes together with what was cosigned and with what was shipped.
fn checked(
    book: &Connection,
    asked: &AddCheckpoint,
    (vault, log): (&str, &str),
    verifier: &str,
) -> Result<Result<Checkpoint, Declined>> {
    let known = book
        .query_row(
            "SELECT size, root FROM witnessed WHERE vault = ?1 AND log = ?2",
            params![vault, log],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
        )
        .optional()?;
    let known = match known {
        Some((size, root)) => Some(Checkpoint {
            size: u64::try_from(size)?,
            root: TreeHash::from_base64(&root)?,
        }),
        None => None,
    };
    let head = match asked.check(&NoteVerifier::parse(verifier)?, known.as_ref()) {
        Ok(head) if head.size <= LARGEST => head,
        Ok(_) => return Ok(Err(Declined::Malformed)),
        Err(error) => return Ok(Err(error.into())),
    };
    // Another checkpoint of as many entries, in a batch, was signed by the same key.
    let other: i64 = book.query_row(
        "SELECT count(*) FROM (SELECT vault, log, size, root FROM heads
                               UNION SELECT vault, id, signed, root FROM logs)
         WHERE vault = ?1 AND log = ?2 AND size = ?3 AND root <> ?4",
        params![vault, log, i64::try_from(head.size)?, head.root.to_base64()],
        |row| row.get(0),
    )?;
    if other > 0 {
        return Ok(Err(Declined::Fault(WitnessFault::Forked(head.size))));
    }
    Ok(Ok(head))
}

/// The vault, the log and the key of an origin, `strongroom/<vault>/<log>`.
fn known_log(book: &Connection, origin: &str) -> Result<Option<(String, String, String)>> {
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
    Ok(verifier.map(|verifier| (vault.to_owned(), log.to_owned(), verifier)))
}

/// What somebody should look at: the log's key has signed all of these but those of another key.
fn found(fault: WitnessFault) -> Option<&'static str> {
    match fault {
        WitnessFault::Smaller(_) => Some("a checkpoint of fewer entries was to be cosigned"),
        WitnessFault::Forked(_) => Some("another checkpoint of as many entries was to be cosigned"),
        WitnessFault::Proof(_) => {
            Some("a checkpoint was to be cosigned that nothing shows to continue the one before")
        }
        WitnessFault::UnknownLog | WitnessFault::Size(_) | WitnessFault::Future => None,
    }
}
