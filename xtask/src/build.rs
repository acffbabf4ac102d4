//! From the crate to the npm package, and to the demo's page.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    project,
    run::{cargo, command, npm, read, run, run_quietly, step},
    setup, stamp,
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
    step("building the demo's server", || {
        run(&mut cargo(&[
            "build",
            "--quiet",
            "-p",
            "strongroom-demo-server",
        ]))
    })?;
    Ok(project::target().join("debug/strongroom-demo-server"))
}

/// wasm, bindings, TypeScript: `js/dist`.
pub fn built() -> Result<()> {
    setup::for_build()?;
    setup::npm_packages("js")?;
    setup::component("rust-src")?;
    step("building the wasm", || run(&mut wasm_build()))?;
    let js = project::root().join("js");
    let wasm = project::target().join("wasm32-unknown-unknown/wasm/strongroom_wasm.wasm");
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
            step("generating the bindings", || {
                let mut bindgen = command("wasm-bindgen", project::root());
                // Glue without a way of its own to load the module: `js/src/engine/wasm/load.ts` has one.
                bindgen
                    .args([
                        "--target",
                        "bundler",
                        "--out-name",
                        "strongroom",
                        "--out-dir",
                    ])
                    .arg(&generated)
                    .arg(&wasm);
                run(&mut bindgen)?;
                // The types are written for a module that loads the wasm itself.
                let types = fs::read_to_string(generated.join("strongroom.d.ts"))?;
                let types = types + "export function __wbg_set_wasm(exports: object): void;\n";
                fs::write(generated.join("strongroom_bg.d.ts"), types)?;
                number_imports(&generated)
            })?;
            step("shrinking the wasm", || {
                optimise(&generated.join("strongroom_bg.wasm"))
            })
        },
    )?;
    // npm packs only what is beside package.json.
    for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(project::root().join(file), js.join(file)).with_context(|| file)?;
    }
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

/// Puts numbers where the names of imports end in hashes, which tell versions of `js-sys` apart and do not
/// compress: half a KiB in the wasm and the script together.
fn number_imports(generated: &Path) -> Result<()> {
    let paths = ["strongroom_bg.js", "strongroom_bg.wasm"].map(|name| generated.join(name));
    let [mut script, mut wasm] = [fs::read(&paths[0])?, fs::read(&paths[1])?];
    let text = String::from_utf8(script.clone())?;
    let mut names: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| hashed(word))
        .collect();
    names.sort_unstable();
    names.dedup();
    for (number, name) in names.iter().enumerate() {
        // As long as it was: the wasm says how long each name is.
        let numbered = format!("{}{number:0HASH$}", &name[..name.len() - HASH]);
        for file in [&mut script, &mut wasm] {
            replace(file, name.as_bytes(), numbered.as_bytes());
        }
    }
    fs::write(&paths[0], script)?;
    Ok(fs::write(&paths[1], wasm)?)
}

/// The digits of a hash.
const HASH: usize = 16;

fn hashed(name: &str) -> bool {
    let hash = name.rsplit('_').next().unwrap_or_default();
    name.starts_with("__wb") && hash.len() == HASH && hash.bytes().all(|c| c.is_ascii_hexdigit())
}

/// Puts `to` in the places of `from`, which is as long.
fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let mut at = 0;
    while at + from.len() <= bytes.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + from.len()].copy_from_slice(to);
        }
        at += 1;
    }
}

/// What makes the standard library small: no messages of panics that cannot happen, nothing that
/// formats them.
const LEAN: [&str; 4] = [
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
];

/// The crate for a page, with a standard library that is built along with it: that is 30 KiB of brotli
/// out of 161.
///
/// The flags are unstable in cargo and rustc; `RUSTC_BOOTSTRAP` opens them in the stable toolchain. A
/// toolchain that has dropped one of them builds the same code, larger.
fn wasm_build() -> Command {
    let mut build = cargo(&[
        "build",
        "--quiet",
        "-p",
        "strongroom-wasm",
        "--lib",
        "--profile",
        "wasm",
    ]);
    build.args(["--target", "wasm32-unknown-unknown"]);
    // These would take the place of every flag that is set for wasm.
    build
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    if !knows_lean_flags() {
        println!("  this Rust compiler lacks some flags: the wasm will be larger than it could be");
        return build;
    }
    let flags = LEAN.map(|flag| format!("'{flag}'")).join(", ");
    build.arg("--config").arg(format!(
        "target.wasm32-unknown-unknown.rustflags = [{flags}]"
    ));
    build.args([
        "-Z",
        "build-std=std,panic_abort",
        "-Z",
        "build-std-features=optimize_for_size",
    ]);
    build.env("RUSTC_BOOTSTRAP", "1");
    build
}

fn knows_lean_flags() -> bool {
    let mut rustc = command("rustc", project::root());
    rustc.env("RUSTC_BOOTSTRAP", "1").args(LEAN);
    read(rustc.args(["--print", "cfg", "--target", "wasm32-unknown-unknown"])).is_ok()
}

/// Without inlining large functions into their only caller: 4 KiB of brotli less, and Argon2id took 150 ms
/// where it took 200, since engines compile smaller functions better. In the order of their names functions
/// stand beside those like them: 1 KiB less. Nothing is ever at an address below 1,024, the far end of the
/// stack: half a KiB less. What is computed twice is kept: it compresses better than what remembers it.
fn optimise(wasm: &PathBuf) -> Result<()> {
    let opt = project::root().join("js/node_modules/.bin/wasm-opt");
    let features = [
        "--enable-bulk-memory",
        "--enable-nontrapping-float-to-int",
        "--enable-sign-ext",
        "--enable-mutable-globals",
        "--enable-reference-types",
        "--enable-multivalue",
        "--enable-simd",
    ];
    run(command(opt, project::root())
        .args(["-Oz", "--one-caller-inline-max-function-size=20"])
        .args(["--low-memory-unused", "--reorder-functions-by-name"])
        .arg("--skip-pass=local-cse")
        .args(["--strip-producers", "--strip-target-features"])
        .args(features)
        .arg(wasm)
        .arg("-o")
        .arg(wasm))
}
