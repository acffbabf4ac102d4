//! What somebody should look at: events of some severity, forks, and logs that do not continue the one before.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension as _, params};
use strongroom::audit::{CompactRange, TreeHash};

use super::batch::{Batch, Preceding};

pub const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS alerts (
        id INTEGER PRIMARY KEY, vault TEXT NOT NULL, log TEXT NOT NULL, what TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS alerts_of_vaults ON alerts (vault, id);";

/// Alerts of a vault that are kept.
const KEPT: i64 = 1000;

/// An alert of an event: each one is another.
pub fn tell(book: &Connection, batch: &Batch, what: &str, at: i64) -> Result<()> {
    tell_of(book, (&batch.vault, &batch.log), what, at)
}

fn tell_of(book: &Connection, (vault, log): (&str, &str), what: &str, at: i64) -> Result<()> {
    book.execute(
        "INSERT INTO alerts (vault, log, what, at) VALUES (?1, ?2, ?3, ?4)",
        params![vault, log, what, at],
    )?;
    book.execute(
        "DELETE FROM alerts WHERE vault = ?1
         AND id <= (SELECT id FROM alerts WHERE vault = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        params![vault, KEPT],
    )?;
    Ok(())
}

/// An alert of a log: once, whenever it was found last.
pub fn find(book: &Connection, batch: &Batch, what: &str, at: i64) -> Result<()> {
    find_of(book, (&batch.vault, &batch.log), what, at)
}

/// The same, of what came without a batch.
pub fn find_of(book: &Connection, (vault, log): (&str, &str), what: &str, at: i64) -> Result<()> {
    book.execute(
        "DELETE FROM alerts WHERE vault = ?1 AND log = ?2 AND what = ?3",
        params![vault, log, what],
    )?;
    tell_of(book, (vault, log), what, at)
}

/// What is wrong with a log that begins, as far as the log before it is known.
pub fn fault_of_beginning(book: &Connection, batch: &Batch) -> Result<Option<&'static str>> {
    if batch.beginning().is_some() {
        return Ok(Some(
            "a log whose first entries were cut before it was known here",
        ));
    }
    let Some(Preceding { log, size, root }) = &batch.after else {
        let others: i64 = book.query_row(
            "SELECT count(*) FROM logs WHERE vault = ?1 AND id <> ?2",
            params![batch.vault, batch.log],
            |row| row.get(0),
        )?;
        return Ok(
            (others > 0).then_some("a log that names none before it, of a vault with another")
        );
    };
    let before = book.query_row(
        "SELECT size, roots FROM logs WHERE vault = ?1 AND id = ?2",
        params![batch.vault, log],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
    );
    let Some((known, roots)) = before.optional()? else {
        return Ok(Some("the log before this one is unknown"));
    };
    let known = u64::try_from(known)?;
    let roots = roots.split_whitespace().map(TreeHash::from_base64);
    let tree = CompactRange::new(known, roots.collect::<Result<_, _>>()?)?;
    Ok(match known.cmp(size) {
        std::cmp::Ordering::Less => Some("the log before this one has fewer entries here"),
        std::cmp::Ordering::Greater => Some(MORE),
        std::cmp::Ordering::Equal if tree.root().to_base64() != *root => {
            Some("the log before this one has another root here")
        }
        std::cmp::Ordering::Equal => None,
    })
}

const MORE: &str = "a log has more entries than the one after it says";

/// What is wrong with a log that has so many entries now, as far as the one after it is known.
pub fn fault_of_growth(
    book: &Connection,
    batch: &Batch,
    size: i64,
) -> Result<Option<&'static str>> {
    let later: i64 = book.query_row(
        "SELECT count(*) FROM logs WHERE vault = ?1 AND after ->> '$.log' = ?2 AND after ->> '$.size' < ?3",
        params![batch.vault, batch.log, size],
        |row| row.get(0),
    )?;
    Ok((later > 0).then_some(MORE))
}
