//! The inventory: which objects depend on which key version, their sidecars, pending uploads, moving them to another
//! version, and what is remembered of those that left it.

mod objects;
mod rewrap;
mod tombstones;
mod uploads;

pub(crate) use objects::object_id;
pub use objects::{ObjectPage, TrackedObject};
pub use rewrap::{Copies, Rewrapped};
pub(crate) use tombstones::{Removal, Tombstone, Tombstones};
pub use uploads::Upload;
