//! Factors: what opens a vault, and the questions that the core asks of them.
//!
//! The way of a secret is
//!
//! ```text
//! passphrase ─Argon2id→ KEK ─opens→ factor ─opens→ vault key ─opens→ key versions ─open→ DEKs
//! recovery kit ─HKDF→ KEK …
//! recovery shares ─SLIP-39→ secret ─HKDF→ KEK …
//! passkey's PRF ─HKDF→ KEK …
//! device's key ─HKDF→ KEK …
//! organisation's key ─ECDH-ES or RSA-OAEP→ KEK …
//! ```
//!
//! and each arrow to the right of a KEK is an Encrypted JWK in a [`Row`](crate::store::Row). A kind of factor is one file here,
//! which says what its records ask ([`Enrolment`](crate::records::Enrolment)) and answers that ([`Present`]).

mod escrow;
mod kept_answer;
mod note;
mod passkey;
mod passphrase;
mod present;
mod proofs;
mod record;
mod recovery_kit;
mod recovery_shares;
mod reload;
mod this_device;
mod together;

pub use escrow::{Escrow, EscrowAnswer, EscrowHolder, EscrowRequest};
pub(crate) use kept_answer::KeptAnswer;
pub use note::FactorName;
pub(crate) use note::FactorNote;
pub use passkey::{NewCredential, Passkey, PrfAnswer, PrfOutput, PrfRequest};
pub use passphrase::{Answer, Challenge, FactorPort, InlineFactor, Passphrase, Reached, argon2id};
pub use present::{Answered, Present};
pub(crate) use proofs::FactorProofs;
pub use proofs::Proven;
pub(crate) use record::{Factor, FactorRecord, GateAnswer, recipient_id};
pub use recovery_kit::RecoveryKit;
pub use recovery_shares::RecoveryShares;
pub(crate) use reload::Reload;
pub use reload::ReloadPeriod;
pub use this_device::{DeviceOutput, ThisDevice};
pub use together::Together;
pub(crate) use together::{Opened, identities};
