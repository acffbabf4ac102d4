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
    /// What is measured: `rotate`, `many`, `evidence`, `backup`, `peers`, `log`, `loops`, `calls`, `file`
    #[arg(long, default_value = "rotate,many,peers")]
    only: String,
    /// A tenth of what is compared with peers, in Chromium alone, and no page of it
    #[arg(long)]
    quick: bool,
}

/// The vaults that are measured: so many keys of so many versions.
const VAULTS: [(u32, u32); 4] = [(10, 1), (1000, 10), (10_000, 1), (100_000, 1)];
/// The audit logs: so many entries, so many of them in a row.
const LOGS: [(u32, u32); 5] = [
    (1000, 64),
    (10_000, 64),
    (100_000, 64),
    (100_000, 1),
    (1_000_000, 64),
];

pub fn bench(options: &Options) -> Result<()> {
    setup::for_browsers()?;
    let tarball = build::package()?;
    setup::npm_packages("pkg-tests")?;
    let results = project::target().join("bench");
    fs::create_dir_all(&results)?;
    if options.only.contains("loops") {
        run(&mut npm("pkg-tests", &["run", "--silent", "loops"]))?;
    }
    for name in ["calls", "file"] {
        if options.only.contains(name) {
            let mut bench = npm("pkg-tests", &["run", "--silent", name]);
            bench.env("STRONGROOM_TARBALL", &tarball);
            run(bench.env("STRONGROOM_ROUNDS", options.rounds.to_string()))?;
        }
    }
    if options.only.contains("peers") {
        peers(options, &tarball, &results)?;
    }
    let vaults = results;
    let asks = |name: &str| options.only.contains(name);
    if ["rotate", "many", "evidence", "backup"]
        .into_iter()
        .any(asks)
    {
        step("making vaults of many keys", || {
            make("bench-vault", &VAULTS, &vaults)
        })?;
    } else if !asks("log") {
        return Ok(());
    }
    if asks("log") {
        step("making long audit logs", || {
            make("bench-log", &LOGS, &vaults)
        })?;
    }
    let mut bench = npm("pkg-tests", &["run", "--silent", "bench"]);
    bench
        .env("STRONGROOM_TARBALL", &tarball)
        .env("STRONGROOM_VAULTS", &vaults)
        .env("STRONGROOM_ROUNDS", options.rounds.to_string())
        .env("STRONGROOM_BENCH", &options.only);
    run(&mut bench)
}

#[derive(clap::Args)]
pub struct TimingOptions {
    /// How many refusals of each class are measured; unlocks are a two-hundredth of that
    #[arg(long, default_value_t = 20_000)]
    pairs: u32,
}

/// Whether the time of a refusal tells why it was refused, on the built wasm.
pub fn timing(options: &TimingOptions) -> Result<()> {
    let tarball = build::package()?;
    setup::npm_packages("pkg-tests")?;
    let mut timing = npm("pkg-tests", &["run", "--silent", "timing"]);
    timing.env("STRONGROOM_TARBALL", &tarball);
    run(timing.env("STRONGROOM_PAIRS", options.pairs.to_string()))
}

/// The package beside other libraries, and the page in the docs that tells of it.
fn peers(options: &Options, tarball: &Path, folder: &Path) -> Result<()> {
    setup::npm_packages("pkg-tests/bench/peers")?;
    let name = if options.quick { "quick" } else { "peers" };
    let results = folder.join(name).with_extension("json");
    let mut measure = npm("pkg-tests/bench/peers", &["run", "--silent", "measure"]);
    measure
        .env("STRONGROOM_TARBALL", tarball)
        .env("STRONGROOM_RESULTS", &results);
    if options.quick {
        measure.env("STRONGROOM_QUICK", "1");
        return run(&mut measure);
    }
    run(&mut measure)?;
    let page = project::root().join("docs/benchmarks");
    let mut report = npm(
        "pkg-tests/bench/peers",
        &["run", "--silent", "report", "--"],
    );
    run(report.arg(results).arg(page))
}

/// Anew each time: they are of the crate as it is, and as old as what is in them.
fn make(example: &str, vaults: &[(u32, u32)], folder: &Path) -> Result<()> {
    let example = [
        "--locked",
        "--quiet",
        "--release",
        "--example",
        example,
        "--features",
        "bench",
    ];
    for (many, of_each) in vaults {
        let kind = if example[4] == "bench-log" {
            "log-"
        } else {
            ""
        };
        let file = folder.join(format!("{kind}{many}x{of_each}.ndjson"));
        let mut make = cargo(&["run"]);
        make.args(example).arg("--");
        make.args([many, of_each].map(ToString::to_string));
        run(make.arg(file))?;
    }
    Ok(())
}
