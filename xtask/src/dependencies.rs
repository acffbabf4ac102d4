//! Where the dependencies come from, under which licences, and what is known against them.

use std::iter;

use anyhow::Result;

use crate::{
    check::{APART, NPM},
    run::{cargo, npm, run, run_quietly, step},
    setup,
};

/// What is published, the program that people install, and what stands apart from the workspace.
fn manifests() -> impl Iterator<Item = &'static str> {
    iter::chain(["Cargo.toml", "cli/Cargo.toml"], APART)
}

/// What can be told without a network, once the crates are here.
pub fn check() -> Result<()> {
    setup::for_dependencies()?;
    step("bans, licences and sources of the dependencies", || {
        for manifest in manifests() {
            // Those for other systems too, which no build needs.
            run_quietly(&mut cargo(&[
                "fetch",
                "--locked",
                "--manifest-path",
                manifest,
            ]))?;
            let mut deny = cargo(&["deny", "--offline", "--log-level", "error"]);
            deny.args(["--manifest-path", manifest, "--config", "deny.toml"]);
            run(deny.args([
                "check",
                "--hide-inclusion-graph",
                "bans",
                "licenses",
                "sources",
            ]))?;
        }
        Ok(())
    })
}

/// What is published against a dependency: needs a network, and tells another thing each day.
pub fn advisories() -> Result<()> {
    setup::for_dependencies()?;
    step("advisories on crates", || {
        for manifest in manifests() {
            let mut deny = cargo(&["deny", "--manifest-path", manifest]);
            run(deny.args(["--config", "deny.toml", "check", "advisories"]))?;
        }
        Ok(())
    })?;
    for folder in NPM {
        step(&format!("advisories on {folder}'s npm packages"), || {
            run(&mut npm(folder, &["audit", "--audit-level=high"]))
        })?;
    }
    Ok(())
}
