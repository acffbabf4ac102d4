//! The wasm ring: what `js/src/engine/wasm/bindings.ts` declares, one file per thing bound.
//!
//! Nothing here decides anything about keys or formats: it turns JavaScript's values into the core's and back,
//! and the core's futures into promises. Calls may run side by side, and an object may be freed meanwhile.

mod approvals;
mod audit;
mod bodies;
mod caller_store;
mod clock;
mod contents;
mod convert;
mod crossing;
mod engine;
mod error;
mod factor;
mod factors;
mod host;
mod indexeddb;
mod inventory;
mod keys;
mod layout;
mod objects;
mod policy;
mod promise;
mod ranges;
pub mod rows;
mod self_test;
mod stack;
mod standalone_keys;
mod stores;
mod stretch;
mod thrown;
mod uploads;
mod values;
mod vault;
mod waiting;
mod watch;

pub use bodies::{WasmBody, attached_header, attached_signature_length};
pub use caller_store::CallerStore;
pub use contents::{WasmContent, WasmContentCheck};
pub use engine::{PageBuffers, PageKey};
pub use host::{
    create_vault, list_vaults, open_vault, remove_vault, restore_vault, unlisted_device_keys,
};
pub use indexeddb::{IndexedDbStore, Schema, watch_database};
pub use layout::{is_attached, layout, plain_pieces, plaintext_size};
pub use ranges::WasmRanges;
pub use self_test::self_test;
pub use stack::wipe_stack;
pub use standalone_keys::StandaloneKeys;
pub use stores::{WebStore, end_stores};
pub use stretch::argon2id;
pub use thrown::Thrown;
pub use vault::WasmVault;

/// Wipes whatever is freed: also what wasm-bindgen copies on the way in and out.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);
