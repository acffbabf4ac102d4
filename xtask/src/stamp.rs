//! Skipping a step whose inputs are as they were when it last went well.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::project;

/// Folders that hold what steps make, never what they read.
const MADE: [&str; 4] = ["node_modules", "dist", "target", "data"];

/// Runs `work` unless the inputs' hash is the one recorded and every output is there.
pub fn unless_unchanged(
    name: &str,
    inputs: &[PathBuf],
    outputs: &[PathBuf],
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let record = project::target()
        .join("stamps")
        .join(format!("{}-{name}", fingerprint(project::root())));
    let hash = hash(inputs)?;
    let unchanged = fs::read_to_string(&record).is_ok_and(|recorded| recorded == hash);
    if unchanged && outputs.iter().all(|output| output.exists()) {
        return Ok(());
    }
    // Gone while the work is under way, so that a failure is not taken for a success.
    fs::remove_file(&record).ok();
    work()?;
    fs::create_dir_all(record.parent().expect("a file in a folder"))?;
    fs::write(&record, hash)?;
    Ok(())
}

/// A target folder may serve several clones; each has stamps of its own.
fn fingerprint(path: &Path) -> String {
    hex(&Sha256::digest(path.as_os_str().as_encoded_bytes()))[..8].to_owned()
}

/// Of all names and contents of files, in order.
fn hash(inputs: &[PathBuf]) -> Result<String> {
    let mut hash = Sha256::new();
    for input in inputs {
        let walk = WalkDir::new(input).sort_by_file_name().into_iter();
        let read = walk.filter_entry(|entry| {
            !MADE
                .iter()
                .any(|made| entry.depth() > 0 && entry.file_name() == *made)
        });
        for entry in read {
            let entry = entry.with_context(|| format!("reading {}", input.display()))?;
            if entry.file_type().is_file() {
                hash.update(entry.path().as_os_str().as_encoded_bytes());
                hash.update(Sha256::digest(fs::read(entry.path())?));
            }
        }
    }
    Ok(hex(&hash.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
