//! The inventory: which objects depend on which key version, their sidecars, pending uploads, and moving them to
//! another version.

mod objects;
mod rewrap;
mod uploads;

pub(crate) use objects::object_id;
pub use objects::{ObjectPage, TrackedObject};
pub use rewrap::{Copies, Rewrapped};
pub use uploads::Upload;
