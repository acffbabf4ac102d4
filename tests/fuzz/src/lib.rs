//! What each fuzz target does with its input, and the inputs it starts from.
//!
//! A target asserts what must hold of any bytes. No bytes that a fuzzer finds are a forgery, so what
//! opens must be what was sealed.

pub mod aes_gcm;
pub mod aes_kw;
pub mod attached;
pub mod backup;
pub mod bodies;
pub mod canonical;
mod fixture;
pub mod jwe;
pub mod jwk;
pub mod jws;
pub mod note;
pub mod records;
pub mod store_port;

use std::{env, fs, path::PathBuf};

/// Writes a target's first inputs into the folder that `STRONGROOM_SEEDS` names, if it does.
pub fn write_seeds(seeds: fn() -> Vec<Vec<u8>>) {
    let Some(folder) = env::var_os("STRONGROOM_SEEDS").map(PathBuf::from) else {
        return;
    };
    fs::create_dir_all(&folder).expect("a folder for the seeds");
    for (index, seed) in seeds().iter().enumerate() {
        fs::write(folder.join(format!("seed-{index}")), seed).expect("a seed");
    }
}
