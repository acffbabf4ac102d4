//! From the crate to the npm package, and to the demo's page.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::{
    project, readme,
    run::{cargo, command, npm, read, run, run_quietly, step},
    setup, stamp, wasm,
};

/// The npm package's tarball, in `target/npm`.
pub fn package() -> Result<PathBuf> {
    built()?;
    step("what a page downloads", || {
        run(&mut npm("js", &["run", "--silent", "sizes"]))
    })?;
    step("packing the npm package", || {
        let folder = project::npm();
        fs::remove_dir_all(&folder).ok();
        fs::create_dir_all(&folder)?;
        let name = read(npm("js", &["pack", "--silent", "--pack-destination"]).arg(&folder))?;
        Ok(folder.join(name.lines().last().context("npm pack names its tarball")?))
    })
}

/// The module that `wasm-pack build --target web` writes at the root: for those who take the crate alone.
pub fn wasm_pack() -> Result<PathBuf> {
    let folder = project::target().join("wasm-pack");
    step("building the crate by wasm-pack", || {
        let mut build = command("wasm-pack", project::root());
        build.args(["build", "--target", "web", "--mode", "no-install"]);
        build.arg("--out-dir").arg(&folder);
        run_quietly(build.args(["--", "--locked"]))
    })?;
    Ok(folder)
}

/// The demo's page, in `www/dist`.
pub fn page() -> Result<()> {
    built()?;
    setup::npm_packages("www")?;
    let root = project::root();
    let inputs = [
        "www/src",
        "www/public",
        "www/index.html",
        "www/vite.config.ts",
        "www/package-lock.json",
        "js/dist",
    ];
    let inputs: Vec<PathBuf> = inputs.iter().map(|path| root.join(path)).collect();
    stamp::unless_unchanged("page", &inputs, &[root.join("www/dist/index.html")], || {
        step("building the page", || {
            run_quietly(&mut npm("www", &["run", "build"]))
        })
    })
}

/// The demo's server.
pub fn server() -> Result<PathBuf> {
    program("building the demo's server", "strongroom-demo-server")?;
    Ok(project::target().join("debug/strongroom-demo-server"))
}

/// The command line program.
pub fn command_line() -> Result<PathBuf> {
    program("building the command line program", "strongroom-cli")?;
    Ok(project::target().join("debug/strongroom"))
}

fn program(what: &str, package: &str) -> Result<()> {
    step(what, || {
        run(&mut cargo(&["build", "--locked", "--quiet", "-p", package]))
    })
}

/// wasm, bindings, TypeScript: `js/dist`.
pub fn built() -> Result<()> {
    setup::for_build()?;
    setup::npm_packages("js")?;
    let wasm = step("building the wasm", || {
        wasm::compile(project::root(), &project::target())
    })?;
    let js = project::root().join("js");
    let generated = js.join("generated");
    stamp::unless_unchanged(
        "bindings",
        // The options of both programs are in xtask's source, wasm-opt's version in the lock file.
        &[
            wasm.clone(),
            project::root().join("xtask/src"),
            js.join("package-lock.json"),
        ],
        &[generated.join("strongroom_bg.wasm")],
        || {
            step("generating the bindings", || wasm::bind(&wasm, &generated))?;
            step("shrinking the wasm", || {
                wasm::optimise(&generated.join("strongroom_bg.wasm"))
            })
        },
    )?;
    readme::copy_beside(&js)?;
    stamp::unless_unchanged(
        "js",
        std::slice::from_ref(&js),
        &[js.join("dist/index.js")],
        || {
            step("building the TypeScript", || {
                run(&mut npm("js", &["run", "--silent", "build"]))
            })
        },
    )
}
