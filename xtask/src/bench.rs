//! The benchmarks: vaults of many keys in real browsers, against what IndexedDB takes for the same.

use std::{fs, path::Path};

use anyhow::Result;

use crate::{
    build, project,
    run::{cargo, npm, run, step},
    setup,
};

#[derive(clap::Args)]
pub struct Options {
    /// How often each thing that alternates with its floor is measured
    #[arg(long, default_value_t = 7)]
    rounds: u32,
    /// What is measured: `rotate`, `many`, `backup`
    #[arg(long, default_value = "rotate,many")]
    only: String,
}

/// The vaults that are measured: so many keys of so many versions.
const VAULTS: [(u32, u32); 4] = [(10, 1), (1000, 10), (10_000, 1), (100_000, 1)];

pub fn bench(options: &Options) -> Result<()> {
    setup::for_browsers()?;
    let tarball = build::package()?;
    setup::npm_packages("pkg-tests")?;
    let vaults = project::target().join("bench");
    step("making vaults of many keys", || make(&vaults))?;
    let mut bench = npm("pkg-tests", &["run", "--silent", "bench"]);
    bench
        .env("STRONGROOM_TARBALL", &tarball)
        .env("STRONGROOM_VAULTS", &vaults)
        .env("STRONGROOM_ROUNDS", options.rounds.to_string())
        .env("STRONGROOM_BENCH", &options.only);
    run(&mut bench)
}

/// Anew each time: they are of the crate as it is, and as old as their keys.
fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let example = ["--quiet", "--release", "--example", "bench-vault"];
    for (keys, versions) in VAULTS {
        let file = folder.join(format!("{keys}x{versions}.ndjson"));
        let mut make = cargo(&["run"]);
        make.args(example).arg("--");
        make.args([keys, versions].map(|number| number.to_string()));
        run(make.arg(file))?;
    }
    Ok(())
}
