//! Formatters, linters and type checkers.

use std::process::Stdio;

use anyhow::Result;

use crate::{
    build, dependencies, rings,
    run::{cargo, npm, run, step},
    setup,
};

/// The TypeScript projects, in the order in which they depend on each other.
pub const NPM: [&str; 3] = ["js", "www", "pkg-tests"];

/// The crates apart from the workspace: fuzz targets, which are built with coverage counters, a token, which is linked with
/// C libraries, and a reproducer.
pub const APART: [&str; 3] = [
    "tests/fuzz/Cargo.toml",
    "tests/hsm/Cargo.toml",
    "tests/webkit/Cargo.toml",
];

/// Everything that can be told without running the code.
pub fn check() -> Result<()> {
    setup::for_build()?;
    step("rustfmt", || {
        run(&mut cargo(&["fmt", "--all", "--check"]))?;
        for manifest in APART {
            run(&mut cargo(&["fmt", "--check", "--manifest-path", manifest]))?;
        }
        Ok(())
    })?;
    step("the crate's rings", rings::check)?;
    dependencies::check()?;
    // The TypeScript is checked against the generated bindings.
    build::built()?;
    let denied = ["--", "--deny", "warnings"];
    step("clippy", || {
        let workspace = [
            "clippy",
            "--locked",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--features",
            "strongroom/bench",
        ];
        run(cargo(&workspace).args(denied))?;
        let wasm = [
            "clippy",
            "--locked",
            "--quiet",
            "-p",
            "strongroom",
            // With the crate's own tests, which are built for wasm too.
            "--profile",
            "test",
            "--lib",
            "--test",
            "web",
            "--target",
        ];
        run(cargo(&wasm).arg("wasm32-unknown-unknown").args(denied))
    })?;
    step("the lock files of what is apart from the workspace", || {
        for manifest in APART {
            let mut metadata = cargo(&["metadata", "--locked", "--format-version", "1"]);
            metadata.args(["--manifest-path", manifest]);
            run(metadata.stdout(Stdio::null()))?;
        }
        Ok(())
    })?;
    step("rustdoc", || {
        // The library, and the program of that name.
        for target in [["strongroom", "--lib"], ["strongroom-cli", "--bins"]] {
            let [package, of] = target;
            let mut doc = cargo(&["doc", "--locked", "--quiet", "--no-deps", "-p", package, of]);
            doc.arg("--document-private-items");
            run(doc.env("RUSTDOCFLAGS", "--deny warnings"))?;
        }
        Ok(())
    })?;
    // Types of pkg-tests that its own packages do not have.
    setup::npm_packages("pkg-tests/suites/kms")?;
    for folder in NPM {
        setup::npm_packages(folder)?;
        step(&format!("types and lints of {folder}"), || {
            run(&mut npm(folder, &["run", "--silent", "check"]))?;
            run(&mut npm(folder, &["run", "--silent", "lint"]))
        })?;
    }
    println!("everything is in order");
    Ok(())
}
