//! The library as the wasm that a page downloads.
//!
//! A crate of its own, because Cargo optimises across crates only where nothing but what is linked comes
//! out: beside an `rlib` it would not, and the wasm was 6 KiB of brotli larger.

pub use strongroom::*;
