//! Factors: what opens a vault, and the questions that the core asks of them.
//!
//! The way of a secret is
//!
//! ```text
//! passphrase ─Argon2id→ KEK ─opens→ factor ─opens→ vault key ─opens→ key versions ─open→ DEKs
//! ```
//!
//! and each arrow is an Encrypted JWK in a [`Row`](crate::store::Row).

mod note;
mod passphrase;
mod record;

pub use note::FactorName;
pub(crate) use note::FactorNote;
pub use passphrase::{Answer, Challenge, FactorPort, InlineFactor, Passphrase, argon2id};
pub(crate) use record::{Factor, FactorRecord, recipient_id};
