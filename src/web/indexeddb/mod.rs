//! The store in IndexedDB: one database for all vaults of the origin.
//!
//! Two object stores: `vaults` (name → sequence) and `rows` (`[name, type, id, version]` → row). A commit is one
//! transaction over both, and every transaction asks for strict durability: Chrome's default may lose what was
//! acknowledged when the machine stops. A transaction that waits for anything but its own requests commits by
//! itself: cryptography is done before it opens, or while it writes.

mod connection;
mod request;
mod rows;
mod schema;
mod store;
mod transaction;

pub use connection::watch_database;
pub use schema::Schema;
pub use store::IndexedDbStore;
