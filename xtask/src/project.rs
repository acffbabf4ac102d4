//! Where things are.

use std::{
    env,
    path::{Path, PathBuf, absolute},
    sync::OnceLock,
};

/// The repository's top folder: the one that cargo runs this from, which need not be the one that it
/// was compiled in when clones share a target folder.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let xtask = env::var_os("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&xtask).parent();
        root.expect("xtask stands in the repository").to_owned()
    })
}

/// Cargo's target folder: this program is in its `debug`.
pub fn target() -> PathBuf {
    let program = env::current_exe().expect("a running program has a file");
    let target = program.ancestors().nth(2);
    target
        .expect("cargo puts programs into target/debug")
        .to_owned()
}

/// Where tools that cargo installs are kept: `STRONGROOM_TOOLS`, otherwise `.tools`.
pub fn tools() -> PathBuf {
    env::var_os("STRONGROOM_TOOLS").map_or_else(|| root().join(".tools"), from_here)
}

/// A path that somebody gave, told from the folder in which they gave it.
pub fn from_here(given: impl Into<PathBuf>) -> PathBuf {
    let given = given.into();
    absolute(&given).unwrap_or(given)
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
