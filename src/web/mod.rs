//! The wasm ring: what `js/bindings.ts` declares, one file per thing bound.
//!
//! Nothing here decides anything about keys or formats, and nothing waits: it turns JavaScript's values into
//! the core's and back. What takes a store, Argon2id or `crypto.subtle` is cut into steps, which the page's
//! side takes (`js/engine/flow.ts`, `js/engine/cipher.ts`), so that calls may run side by side and an object
//! may be freed meanwhile.

mod bodies;
mod caller_store;
mod clock;
mod convert;
mod engine;
mod entropy;
mod error;
mod flow;
mod host;
mod indexeddb;
mod inventory;
mod keyring;
mod keys;
mod options;
mod page_store;
mod ranges;
pub mod rows;
mod stack;
mod store_error;
mod stretch;
mod told;
mod uploads;
mod values;
mod vault;

pub use bodies::{WasmBody, attached_header_length};
pub use caller_store::CallerStore;
pub use engine::{PageBuffers, PageKey};
pub use entropy::PageEntropy;
pub use flow::WasmFlow;
pub use host::{create_vault, open_vault, restore_vault};
pub use indexeddb::{IndexedDbStore, Schema};
pub use keyring::Keyring;
pub use page_store::PageStore;
pub use ranges::WasmRanges;
pub use stack::wipe_stack;
pub use store_error::StoreError;
pub use stretch::argon2id;
pub use vault::WasmVault;

/// Wipes whatever is freed: also what wasm-bindgen copies on the way in and out.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<rlsf::SmallGlobalTlsf> =
    zeroizing_alloc::ZeroAlloc(rlsf::SmallGlobalTlsf::new());
