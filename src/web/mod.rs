//! The wasm ring.
