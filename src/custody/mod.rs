//! Custody of keys: factors, the vault key and its statement, named keys, records, the store port.
//!
//! Everything here is pure: rows of bytes go in, rows of bytes come out, and nothing waits except
//! the two ports, [`Store`] and [`Stretch`]. The way of a secret is
//!
//! ```text
//! passphrase ─Argon2id→ KEK ─opens→ factor ─opens→ vault key ─opens→ key versions ─open→ DEKs
//! ```
//!
//! and each arrow is an Encrypted JWK in a [`Row`].

mod alias;
mod backup;
mod factor;
mod genesis;
mod head;
mod holdings;
mod key;
mod memory;
mod passphrase;
mod record;
mod statement;
mod step;
mod store;
#[cfg(test)]
mod tests;
mod unlock;
mod vault_key;

pub use alias::{Alias, VaultName};
pub use backup::Backup;
pub use genesis::Genesis;
pub use head::Seen;
pub use holdings::{Change, Holdings};
pub use key::{KeyRecord, Purpose, VersionRecord, VersionState};
pub use memory::MemoryStore;
pub use passphrase::{InlineStretch, Kdf, Passphrase, Stretch, argon2id};
pub use step::{Step, Then, take};
pub use store::{Batch, Kind, Row, Sequence, Slot, Store};
pub use unlock::{Sealed, unlock};
