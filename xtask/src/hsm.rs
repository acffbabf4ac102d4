//! The token in software that the tests of PKCS#11 load, beside Debian's SoftHSM.

use std::{env::consts, path::PathBuf};

use anyhow::Result;

use crate::{
    project,
    run::{cargo, run, step},
    setup,
};

/// The shared library, built. It has a target folder of its own, as it is no part of the workspace.
pub fn module() -> Result<PathBuf> {
    setup::for_hsm()?;
    let folder = project::target().join("hsm");
    step("building the token of tests/hsm", || {
        let mut build = cargo(&["build", "--locked", "--quiet"]);
        build.args(["--manifest-path", "tests/hsm/Cargo.toml"]);
        run(build.env("CARGO_TARGET_DIR", &folder))
    })?;
    let (prefix, suffix) = (consts::DLL_PREFIX, consts::DLL_SUFFIX);
    Ok(folder.join(format!("debug/{prefix}strongroom_hsm{suffix}")))
}
