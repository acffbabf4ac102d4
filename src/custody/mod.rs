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
mod catalog;
mod due;
mod edit;
mod factor;
mod genesis;
#[cfg(all(test, not(target_arch = "wasm32")))]
pub(crate) mod golden;
mod head;
mod holdings;
mod inventory;
mod key;
mod labels;
mod list;
mod manage;
mod memory;
mod migration;
mod passphrase;
mod period;
mod purpose;
mod record;
mod rewrap;
mod ring;
mod rotation;
mod shelf;
mod statement;
mod step;
mod store;
#[cfg(test)]
mod tests;
mod unlock;
mod uploads;
mod usage;
mod vault_key;
mod version;

pub use alias::{Alias, VaultName};
pub use backup::Backup;
pub use due::Done;
pub(crate) use due::sooner;
pub(crate) use factor::Factor;
pub use genesis::Genesis;
pub use head::{MacSum, Seen};
pub use holdings::{Change, Holdings};
pub use inventory::{ObjectFilter, ObjectPage, TrackedObject};
pub use key::{KeyOptions, KeyRecord};
pub use labels::Labels;
pub use list::{KeyPage, KeyQuery};
pub use manage::{Consequences, Managed, Request};
pub use memory::MemoryStore;
pub use passphrase::{InlineStretch, Kdf, Passphrase, Stretch, argon2id};
pub use period::Period;
pub use purpose::Purpose;
pub use rewrap::{Copies, Rewrapped};
pub use ring::Session;
pub(crate) use ring::{Found, Ring};
pub use step::{Rest, Step, Then, take};
#[cfg(target_arch = "wasm32")]
pub(crate) use store::check_answer;
pub use store::{Batch, Kind, Range, Row, Sequence, Slot, Store};
pub use unlock::Sealed;
pub(crate) use unlock::unlock;
pub use uploads::Upload;
pub use usage::Usage;
pub use version::{Cause, Transition, VersionRecord};
