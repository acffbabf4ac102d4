//! Version 1: the first. Both object stores have keys of their own making, not taken from the value,
//! so that a row's bytes are stored as they were written.

use indexed_db_futures::{Build, database::Database, error::Error};

use super::{ROWS, VAULTS};

pub(super) fn migrate(database: &Database) -> Result<(), Error> {
    database.create_object_store(VAULTS).build()?;
    database.create_object_store(ROWS).build()?;
    Ok(())
}
