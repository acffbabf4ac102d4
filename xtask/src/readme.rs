//! What is packed beside the npm package's own files: the README, what it links to, and the licences.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use walkdir::WalkDir;

use crate::project;

/// Files and folders of the repository that the package has too. npm packs only what is beside package.json.
const PACKED: [&str; 8] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "SECURITY.md",
    "docs",
    "examples",
];
/// What makes the site out of `docs`, and what npm puts into folders.
const LEFT_OUT: [&str; 4] = [
    ".vitepress",
    "node_modules",
    "package-lock.json",
    "docs/package.json",
];
/// How the line begins that names a picture's dark variant. The package has the light ones alone: each is 150 KB.
const DARK: &str = "<source media=\"(prefers-color-scheme: dark)\"";

/// Copies them into `js`.
pub fn copy_beside(js: &Path) -> Result<()> {
    let root = project::root();
    for name in PACKED {
        copy(&root.join(name), &js.join(name))?;
    }
    let readme = fs::read_to_string(root.join("README.md")).context("README.md")?;
    let lines = readme
        .lines()
        .filter(|line| !line.trim_start().starts_with(DARK));
    let readme: String = lines.flat_map(|line| [line, "\n"]).collect();
    let pictures = js.join("www/screenshots");
    fs::remove_dir_all(&pictures).ok();
    for picture in readme
        .split("src=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        copy(&root.join(picture), &js.join(picture))?;
    }
    write(&js.join("README.md"), readme.as_bytes())
}

/// A file, or a folder with what is in it, but for [`LEFT_OUT`], and nothing that was in it before.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        fs::remove_dir_all(to).ok();
    }
    let walk = WalkDir::new(from).into_iter();
    for entry in
        walk.filter_entry(|entry| !LEFT_OUT.iter().any(|name| entry.path().ends_with(name)))
    {
        let entry = entry.with_context(|| format!("reading {}", from.display()))?;
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(from).expect("it is in there");
            let target = if name.as_os_str().is_empty() {
                to.to_owned()
            } else {
                to.join(name)
            };
            write(&target, &fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::create_dir_all(path.parent().expect("a file is in a folder"))?;
    fs::write(path, bytes).with_context(|| path.display().to_string())
}
