//! Where things are.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The repository's top folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask stands in the repository")
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Where tools that cargo installs are kept: `STRONGROOM_TOOLS`, otherwise `.tools`.
pub fn tools() -> PathBuf {
    env::var_os("STRONGROOM_TOOLS").map_or_else(|| root().join(".tools"), PathBuf::from)
}

/// The folder of the npm package's tarball.
pub fn npm() -> PathBuf {
    target().join("npm")
}

/// The first of `names` that is on the `PATH`.
pub fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let mut found = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    found.find(|file| file.is_file())
}
