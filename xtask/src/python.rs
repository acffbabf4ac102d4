//! The Python that the interoperability tests run, with packages of its own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    project::{self, on_path},
    run::{command, read, run_quietly, step},
    setup,
};

const REQUIREMENTS: &str = "tests/interop/requirements.txt";
const HINT: &str = "install Python 3.11 or newer with its venv module (python3-venv on Debian)";

/// A Python with everything that the requirements name, at those versions.
///
/// It is kept among the tools, which clones share; so a copy of the requirements, written last, says
/// what is in it.
pub fn interpreter() -> Result<PathBuf> {
    let requirements = project::root().join(REQUIREMENTS);
    let folder = project::tools().join("python");
    let (python, stamp) = (folder.join("bin/python"), folder.join("requirements.txt"));
    let installed = fs::read(&stamp).is_ok_and(|stamped| {
        fs::read(&requirements).is_ok_and(|wanted| wanted == stamped) && runs(&python, "pass")
    });
    if !installed {
        let system = system_python()?;
        step(
            "installing the Python packages of the interoperability tests",
            || {
                install(&system, &folder, &requirements)?;
                fs::copy(&requirements, &stamp)?;
                Ok(())
            },
        )?;
    }
    Ok(python)
}

fn install(system: &Path, folder: &Path, requirements: &Path) -> Result<()> {
    let root = project::root();
    // Cleared first: an environment of an older Python, or half an environment, is of no use.
    run_quietly(
        command(system, root)
            .args(["-m", "venv", "--clear"])
            .arg(folder),
    )
    .context(HINT)?;
    let mut pip = command(folder.join("bin/python"), root);
    pip.args(["-m", "pip", "install", "--quiet", "--no-input"]);
    // Never compiled here: Tink is built by Bazel.
    pip.args([
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
        "--requirement",
    ]);
    run_quietly(pip.arg(requirements))
        .with_context(|| format!("{REQUIREMENTS} needs wheels for this system and Python"))
}

/// The system's Python, with what an environment is made of.
fn system_python() -> Result<PathBuf> {
    let complete = || {
        let python = on_path(&["python3"])?;
        runs(
            &python,
            "import ensurepip, sys, venv; assert sys.version_info >= (3, 11)",
        )
        .then_some(python)
    };
    if let Some(python) = complete() {
        return Ok(python);
    }
    setup::system_packages(&["python3-venv"], HINT)?;
    complete().context(HINT)
}

fn runs(python: &Path, script: &str) -> bool {
    read(command(python, project::root()).args(["-c", script])).is_ok()
}
