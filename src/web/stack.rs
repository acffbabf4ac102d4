//! The dead part of the stack.

use core::hint::black_box;

use wasm_bindgen::prelude::wasm_bindgen;

/// How far down to wipe: under 12 KiB were ever seen to be used, Argon2id included.
const DEPTH: usize = 64 * 1024;

/// Overwrites what calls that have ended left on wasm's stack in memory: round keys, scalars, states of
/// hashes. The crates that put them there wipe what they own, but not what they copied or moved.
///
/// For JavaScript to call when no other function of this module runs: the stack is empty then.
#[wasm_bindgen(js_name = wipeStack)]
pub fn wipe_stack() {
    black_box(&mut [0_u8; DEPTH]);
}
