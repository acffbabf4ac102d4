//! The wasm ring: what `js/src/engine/wasm/bindings.ts` declares, one file per thing bound.
//!
//! Nothing here decides anything about keys or formats, and nothing waits: it turns JavaScript's values into
//! the core's and back. What takes a store, Argon2id or `crypto.subtle` is cut into steps, which the page's
//! side takes (`js/src/engine/wasm/run-flow.ts`, `js/src/engine/bodies/aes.ts`), so that calls may run side by
//! side and an object may be freed meanwhile.

mod bodies;
mod clock;
mod convert;
mod engine;
mod entropy;
mod error;
mod flow;
mod host;
mod inventory;
mod keyring;
mod keys;
mod options;
mod ranges;
pub mod rows;
mod stack;
mod stretch;
mod told;
mod uploads;
mod values;
mod vault;

pub use bodies::{WasmBody, attached_header_length};
pub use engine::{PageBuffers, PageKey};
pub use entropy::PageEntropy;
pub use flow::WasmFlow;
pub use host::{create_vault, open_vault, restore_vault};
pub use keyring::Keyring;
pub use ranges::WasmRanges;
pub use stack::wipe_stack;
pub use stretch::argon2id;
pub use vault::WasmVault;

/// Wipes whatever is freed: also what wasm-bindgen copies on the way in and out.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);
