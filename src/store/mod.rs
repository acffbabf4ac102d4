//! The store port: named vaults, each a set of rows under one compare-and-swap; and the store in memory.

mod error;
mod memory;
mod name;
mod port;
mod range;
mod record_id;
mod row;
mod sequence;

pub use error::{Error, Result};
pub use memory::MemoryStore;
pub use name::VaultName;
pub use port::{Batch, Rows, Store};
pub use range::Range;
pub(crate) use range::check_answer;
pub use record_id::{RecordId, RecordType};
pub use row::Row;
pub use sequence::Sequence;
