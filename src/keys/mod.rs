//! Named keys: their records and versions, and what is done to them from generation to destruction.

mod alias;
pub(crate) mod catalog;
mod key;
mod labels;
mod lifecycle;
mod listing;
mod merge;
mod operation;
mod period;
mod policies;
mod policy;
mod purpose;
mod schedule;
mod session;
mod usage;
mod version;
mod version_action;

pub use alias::Alias;
pub(crate) use catalog::{AliasHashKey, CatalogCache, KeyListing};
pub use key::{KeyOptions, KeyRecord};
pub use labels::Labels;
pub use lifecycle::{Impact, KeyAction};
pub use listing::KeyQuery;
pub(crate) use merge::{KeyCopy, NAME as MERGE};
pub use operation::Operation;
pub use period::Period;
pub use policies::{AppliedPolicy, Policies};
pub use policy::{Policy, PolicyPart, PolicyRequest, decide};
pub use purpose::Purpose;
pub use schedule::MaintenanceReport;
pub(crate) use schedule::{due, sooner};
pub use session::Session;
pub use usage::Usage;
pub(crate) use usage::UsageRecord;
pub use version::{Provenance, Transition, VersionRecord};
pub use version_action::VersionAction;
