//! The schema's version, and the way there from every older one. A migration is a file of its own.

use indexed_db_futures::database::Database;

use super::v1;

/// What this release reads and writes.
pub(super) const VERSION: u32 = 1;

/// Brings a database of version `from` (0: empty) to [`VERSION`], inside the upgrade's transaction.
pub(super) fn migrate(
    from: u32,
    database: &Database,
) -> Result<(), indexed_db_futures::error::Error> {
    if from < 1 {
        v1::migrate(database)?;
    }
    Ok(())
}
