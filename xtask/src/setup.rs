//! Installing what a machine lacks.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result, bail};

use crate::{
    project::{self, on_path},
    run::{command, npm, read, run, run_quietly, step},
    stamp,
};

/// A tool from crates.io, kept in the tools folder.
struct Tool {
    /// The crate, and the program of the same crate that is run.
    package: &'static str,
    program: &'static str,
    version: &'static str,
    /// Whether it is built with the versions in its own lock file.
    locked: bool,
    /// Whether it is built without optimizations, in half the time.
    quick: bool,
}

/// The bindings' generator and the test runner beside it must be of the crate's own version. Its lock file names
/// releases of other crates that a mirror of the registry may lack: its own version is what matters here.
const WASM_BINDGEN: Tool = Tool {
    package: "wasm-bindgen-cli",
    program: "wasm-bindgen",
    version: "0.2.130",
    locked: false,
    quick: false,
};
const WASM_PACK: Tool = Tool {
    package: "wasm-pack",
    program: "wasm-pack",
    version: "0.15.1",
    locked: true,
    quick: false,
};
const GECKODRIVER: Tool = Tool {
    package: "geckodriver",
    program: "geckodriver",
    version: "0.37.1",
    locked: true,
    quick: false,
};
const CARGO_DENY: Tool = Tool {
    package: "cargo-deny",
    program: "cargo-deny",
    version: "0.20.2",
    locked: true,
    quick: true,
};

/// What the package's build needs.
pub fn for_build() -> Result<()> {
    node()?;
    toolchain()?;
    install(&WASM_BINDGEN)
}

/// What tells where the dependencies come from, and under which licences.
pub fn for_dependencies() -> Result<()> {
    install(&CARGO_DENY)
}

/// What the browser tests need beyond that.
pub fn for_browsers() -> Result<()> {
    browsers()?;
    install(&WASM_PACK)?;
    install(&GECKODRIVER)
}

/// What the fuzz targets are linked with: libFuzzer is C++, and ring, which they compare with, is C.
pub fn for_fuzzing() -> Result<()> {
    if on_path(&["c++"]).is_some() && on_path(&["cc"]).is_some() {
        return Ok(());
    }
    system_packages(&["g++"], "install a C++ compiler (Debian's g++)")
}

/// What the tests of PKCS#11 load, and what a token of theirs is linked with: OpenSSL and SQLite, by bindings that
/// libclang makes.
pub fn for_hsm() -> Result<()> {
    const LIBRARIES: [(&str, &str); 2] = [("openssl", "libssl-dev"), ("sqlite3", "libsqlite3-dev")];
    let is_library = |name: &str| {
        let mut asked = command("pkg-config", project::root());
        read(asked.args(["--exists", name])).is_ok()
    };
    let mut missing: Vec<&str> = LIBRARIES
        .into_iter()
        .filter(|(name, _)| !is_library(name))
        .map(|(_, package)| package)
        .collect();
    if on_path(&["softhsm2-util"]).is_none() {
        missing.push("softhsm2");
    }
    if on_path(&["pkg-config"]).is_none() {
        missing.push("pkg-config");
    }
    if !has_libclang() {
        missing.push("libclang-dev");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(", ");
    let hint = format!("what the tests of PKCS#11 need is missing: install {names}");
    system_packages(&missing, &hint)
}

/// Whether libclang stands where Debian puts it, or where its user says.
fn has_libclang() -> bool {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let llvm = folders.filter(|entry| entry.file_name().to_string_lossy().starts_with("llvm-"));
    env::var_os("LIBCLANG_PATH").is_some()
        || llvm
            .filter_map(|entry| fs::read_dir(entry.path().join("lib")).ok())
            .flatten()
            .flatten()
            .any(|file| file.file_name().to_string_lossy() == "libclang.so")
}

/// `npm ci` in a folder of ours, unless its lock file was installed already.
pub fn npm_packages(folder: &str) -> Result<()> {
    let at = project::root().join(folder);
    let lock = vec![at.join("package-lock.json")];
    stamp::unless_unchanged(
        &format!("npm-{}", folder.replace('/', "-")),
        &lock,
        &[at.join("node_modules")],
        || {
            step(&format!("installing {folder}'s npm packages"), || {
                run_quietly(
                    npm(folder, &["ci", "--no-audit", "--no-fund"])
                        .env("npm_config_update_notifier", "false"),
                )
            })
        },
    )
}

/// The toolchain that `rust-toolchain.toml` names, with its components and the wasm target.
fn toolchain() -> Result<()> {
    // Set by rustup for what it runs. It would take the file's place, and leave out what the file lists.
    run_quietly(
        command("rustup", project::root())
            .args(["toolchain", "install"])
            .env_remove("RUSTUP_TOOLCHAIN"),
    )
    .context("rustup 1.28 or newer is needed: see https://rustup.rs")
}

fn node() -> Result<()> {
    const HINT: &str = "install Node.js 20.19 or newer, with npm";
    for program in ["node", "npm"] {
        on_path(&[program]).with_context(|| format!("{program} is missing: {HINT}"))?;
    }
    let version = read(command("node", project::root()).arg("--version"))?;
    let mut numbers = version.trim_start_matches('v').split('.').map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) if (major, minor) >= (20, 19) => Ok(()),
        _ => bail!("Node.js is {version}: {HINT}"),
    }
}

fn install(tool: &Tool) -> Result<()> {
    let fits = |program: &PathBuf| {
        let version = read(command(program, project::root()).arg("--version"));
        version.is_ok_and(|version| version.contains(tool.version))
    };
    // Ours comes first on the PATH of what is run here, so one of another version is replaced.
    let ours = Some(project::tools().join("bin").join(tool.program)).filter(|ours| ours.is_file());
    if ours
        .or_else(|| on_path(&[tool.program]))
        .is_some_and(|found| fits(&found))
    {
        return Ok(());
    }
    step(
        &format!("installing {} (some minutes, once)", tool.package),
        || {
            let mut install = command("cargo", project::root());
            // Apart from this workspace's target folder, whose profiles and flags are not the tool's.
            install.env_remove("CARGO_TARGET_DIR");
            install
                .args(["install", "--quiet", tool.package])
                .args(["--version", tool.version, "--root"])
                .arg(project::tools());
            if tool.locked {
                install.arg("--locked");
            }
            if tool.quick {
                install.arg("--debug");
            }
            run(&mut install)
        },
    )
}

fn browsers() -> Result<()> {
    const PACKAGES: [(&[&str], &str); 6] = [
        (&["chromium", "google-chrome", "chrome"], "chromium"),
        (&["chromedriver"], "chromium-driver"),
        (&["firefox", "firefox-esr"], "firefox-esr"),
        (&["WebKitWebDriver"], "webkit2gtk-driver"),
        // It has no headless mode.
        (&["Xvfb"], "xvfb"),
        // It makes the film that they play.
        (&["ffmpeg"], "ffmpeg"),
    ];
    let missing = || {
        PACKAGES
            .into_iter()
            .filter(|(names, _)| on_path(names).is_none())
            .map(|(_, package)| package)
    };
    let packages: Vec<&str> = missing().collect();
    if packages.is_empty() {
        return Ok(());
    }
    let hint = format!(
        "browsers, or what they need, are missing: install {}",
        packages.join(", ")
    );
    system_packages(&packages, &hint)
}

/// Installs Debian's packages of these names; where that is not possible, says `hint`.
pub fn system_packages(packages: &[&str], hint: &str) -> Result<()> {
    let hint = format!("{hint}, and run this again");
    let apt = apt_get().with_context(|| hint.clone())?;
    step(&format!("installing {}", packages.join(", ")), || {
        run_quietly(
            command(&apt[0], project::root())
                .args(&apt[1..])
                .args(["update", "-qq"]),
        )?;
        let mut install = command(&apt[0], project::root());
        install
            .args(&apt[1..])
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(packages);
        run_quietly(install.env("DEBIAN_FRONTEND", "noninteractive"))
    })
    .context(hint)
}

/// `apt-get`, with the rights it needs, if this machine has it and gives them without asking.
fn apt_get() -> Option<Vec<String>> {
    on_path(&["apt-get"])?;
    let user = read(command("id", project::root()).arg("-u")).ok()?;
    if user == "0" {
        return Some(vec!["apt-get".to_owned()]);
    }
    let allowed = read(command("sudo", project::root()).args(["-n", "true"])).is_ok();
    allowed.then(|| vec!["sudo".to_owned(), "-n".to_owned(), "apt-get".to_owned()])
}
