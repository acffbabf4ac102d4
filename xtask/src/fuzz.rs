//! Fuzzing: libFuzzer, through the targets of `tests/fuzz`, on the toolchain that everything uses.
//!
//! cargo-fuzz would do the same on a nightly toolchain, which it needs for AddressSanitizer. The
//! crate has no `unsafe` code for that to look at, so coverage counters are enough, and those a
//! stable compiler writes.

use std::{fs, process::Command};

use anyhow::{Context, Result, bail};

use crate::{
    project,
    run::{command, read, run_quietly, step},
    setup,
};

#[derive(clap::Args)]
pub struct Options {
    /// How long each target runs
    #[arg(long, default_value_t = 300)]
    seconds: u32,
    /// Only these targets
    targets: Vec<String>,
}

/// Every target there is.
pub const TARGETS: [&str; 12] = [
    "jwk",
    "jwe",
    "jws",
    "note",
    "attached",
    "bodies",
    "records",
    "store_port",
    "backup",
    "canonical",
    "aes_gcm",
    "aes_kw",
];
/// Of each target in `cargo xtask test`: enough to try the seeds and some hundred thousand others.
pub const SHORT: u32 = 3;

/// What cargo-fuzz passes too, less AddressSanitizer.
const FLAGS: &str = "--cfg=fuzzing -Ccodegen-units=1 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// The largest input, in bytes: larger ones are slow and reach nothing new.
const LARGEST: u32 = 64 * 1024;
/// The most memory an input may take, in MiB: all of them are small.
const MEMORY: u32 = 512;

/// The long form: all targets, or those that are named.
pub fn fuzz(options: &Options) -> Result<()> {
    let named = |target: &&str| options.targets.iter().any(|name| name == target);
    if let Some(unknown) = options
        .targets
        .iter()
        .find(|name| !TARGETS.contains(&name.as_str()))
    {
        bail!(
            "there is no target {unknown}; there are {}",
            TARGETS.join(", ")
        );
    }
    build()?;
    for target in TARGETS
        .iter()
        .filter(|target| options.targets.is_empty() || named(target))
    {
        step(&format!("fuzzing {target}"), || {
            run(target, options.seconds)
        })?;
    }
    Ok(())
}

/// Builds all targets. With `--target`, build scripts and macros are spared the counters.
pub fn build() -> Result<()> {
    setup::for_fuzzing()?;
    step("building the fuzz targets", || {
        let mut build = command("cargo", &project::root().join("tests/fuzz"));
        build.args([
            "build",
            "--locked",
            "--quiet",
            "--release",
            "--target",
            &host()?,
        ]);
        build.env("RUSTFLAGS", FLAGS);
        run_quietly(build.env("CARGO_TARGET_DIR", project::target().join("fuzz")))
    })
}

/// Runs one target that was built, from its seeds, what the repository keeps and what earlier runs found.
pub fn run(target: &str, seconds: u32) -> Result<()> {
    let fuzz = project::target().join("fuzz");
    let corpus = fuzz.join("corpus").join(target);
    fs::create_dir_all(&corpus).context("the corpus")?;
    let program = fuzz.join(host()?).join("release").join(target);
    let mut run = Command::new(program);
    run.current_dir(&fuzz).arg(&corpus);
    // New inputs go into the first folder alone.
    let kept = project::root().join("tests/fuzz/corpus").join(target);
    if kept.is_dir() {
        run.arg(kept);
    }
    run.env("STRONGROOM_SEEDS", &corpus);
    run.arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={LARGEST}"))
        .arg(format!("-rss_limit_mb={MEMORY}"))
        .arg("-timeout=10")
        .arg(format!("-artifact_prefix={}/{target}-", fuzz.display()));
    run_quietly(&mut run)
}

fn host() -> Result<String> {
    let version = read(command("rustc", project::root()).arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc says no host")
}
