//! The wasm that a page downloads, and whether anyone who builds it gets the same bytes.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use walkdir::WalkDir;

use crate::{
    project,
    run::{command, run, step},
    setup,
};

const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles the crate in `root`. Asked for as a cdylib alone: where Cargo makes an rlib beside it, it omits LTO.
pub fn compile(root: &Path, target: &Path) -> Result<PathBuf> {
    let mut build = command("cargo", root);
    build.args(["rustc", "--locked", "--quiet", "--lib"]);
    build.args(["--crate-type", "cdylib", "--profile", "wasm"]);
    build.args(["--target", TARGET]);
    build.env("CARGO_TARGET_DIR", target);
    // These would replace the flags in `.cargo/config.toml`.
    build
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    // Panics name source files of the dependencies, and those are in Cargo's home.
    let home = cargo_home()?;
    build.arg("--config").arg(format!(
        "target.{TARGET}.rustflags = ['--remap-path-prefix={}=cargo']",
        home.display()
    ));
    run(&mut build)?;
    Ok(target.join(TARGET).join("wasm/strongroom.wasm"))
}

/// Writes the bindings of `wasm`, and the wasm that they belong to, into the folder `generated`.
pub fn bind(wasm: &Path, generated: &Path) -> Result<()> {
    let mut bindgen = command("wasm-bindgen", project::root());
    // Bindings without a way of their own to load the module: `js/src/engine/wasm/load.ts` has one.
    bindgen.args(["--target", "bundler", "--out-name", "strongroom"]);
    run(bindgen.arg("--out-dir").arg(generated).arg(wasm))?;
    // The types are written for a module that loads the wasm itself.
    let types = fs::read_to_string(generated.join("strongroom.d.ts"))?;
    let types = types + "export function __wbg_set_wasm(exports: object): void;\n";
    Ok(fs::write(generated.join("strongroom_bg.d.ts"), types)?)
}

pub fn optimise(wasm: &Path) -> Result<()> {
    let opt = project::root().join("js/node_modules/.bin/wasm-opt");
    let mut optimise = command(opt, project::root());
    run(optimise.arg("-Oz").arg(wasm).arg("-o").arg(wasm))
}

/// Builds copies of the sources in two folders, and compares the bytes.
pub fn reproducible() -> Result<()> {
    setup::for_build()?;
    setup::npm_packages("js")?;
    let folder = project::target().join("reproducible");
    let names = ["one", "another-folder"];
    let mut built = Vec::new();
    for name in names {
        let wasm = step(&format!("building in {name}"), || {
            build_copy(&folder.join(name))
        })?;
        built.push(wasm);
    }
    if built[0] != built[1] {
        bail!("the wasm differs: see {}", folder.display());
    }
    println!("both folders give the same {} bytes", built[0].len());
    Ok(())
}

/// What Cargo reads to build the crate, the other members of the workspace included.
const SOURCES: [&str; 8] = [
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "cli",
    "rust-toolchain.toml",
    "src",
    "www/server",
    "xtask",
];

fn build_copy(folder: &Path) -> Result<Vec<u8>> {
    fs::remove_dir_all(folder).ok();
    for source in SOURCES {
        copy(&project::root().join(source), &folder.join(source))?;
    }
    let wasm = compile(folder, &folder.join("target"))?;
    let generated = folder.join("generated");
    bind(&wasm, &generated)?;
    let wasm = generated.join("strongroom_bg.wasm");
    optimise(&wasm)?;
    Ok(fs::read(wasm)?)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in WalkDir::new(from) {
        let entry = entry?;
        let inner = entry.path().strip_prefix(from)?;
        let to = if inner.as_os_str().is_empty() {
            to.to_owned()
        } else {
            to.join(inner)
        };
        if entry.file_type().is_file() {
            fs::create_dir_all(to.parent().context("a file is in a folder")?)?;
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

fn cargo_home() -> Result<PathBuf> {
    let given = env::var_os("CARGO_HOME").map(project::from_here);
    let home = given.or_else(|| Some(env::home_dir()?.join(".cargo")));
    home.context("neither CARGO_HOME nor a home folder is set")
}
