//! Every test there is, and one line at the end.

mod commands;
mod engines;
mod long;
mod outcome;
mod repeat;
mod suite;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::{fuzz, hsm, setup};
use commands::{Built, Extent, inline, native, wasm_by_wasm_pack, wasm_in_webkit};
pub use engines::{EngineOptions, engines};
pub use long::{
    CrashOptions, CreateOptions, PageOptions, TransferOptions, crash, creates, page, refusals,
    screenshots, transfers,
};
use repeat::Count;
use suite::Suite;

const FUZZ: &str = "fuzz targets";
const HSM: &str = "vaults with a key on a PKCS#11 token";

/// What one suite came to.
struct Row {
    name: &'static str,
    count: Count,
    time: Duration,
}

#[derive(clap::Args)]
pub struct Options {
    /// Only suites whose names contain this, in upper or lower case
    #[arg(long, value_name = "WORDS")]
    only: Option<String>,
    /// How many test files of the packed package run at once, but for WebKit's and the adopters'
    #[arg(long, default_value_t = 2)]
    jobs: u32,
}

impl Options {
    fn include(&self, suite: &str) -> bool {
        let only = self.only.as_deref().unwrap_or_default().to_lowercase();
        suite.to_lowercase().contains(&only)
    }
}

/// Sets everything up, runs every suite whatever became of the others, and sums them up.
pub fn test(options: &Options) -> Result<()> {
    let start = Instant::now();
    setup::for_browsers()?;
    setup::npm_packages("pkg-tests/suites/adopters")?;
    setup::npm_packages("pkg-tests/suites/kms")?;
    let built = Built::everything()?;
    let mut tokens = built.suite(HSM, &["suites/hsm"], 1, Extent::Usual);
    if options.include(HSM) {
        tokens.command.env("STRONGROOM_KRYOPTIC", hsm::module()?);
    }
    let preparation = start.elapsed();
    let suites = [
        Suite::of_sums("native tests", native()),
        Suite::of_sums(
            "wasm in Chromium",
            wasm_by_wasm_pack("chrome", "chromedriver"),
        ),
        Suite::of_sums(
            "wasm in Firefox",
            wasm_by_wasm_pack("firefox", "geckodriver"),
        ),
        wasm_in_webkit(),
        Suite::of_sums("the package's inline engine in Node", inline()),
        built.suite(
            "the packed package in Node, Chromium and Firefox",
            &["suites/package", "suites/demo", "suites/long"],
            options.jobs,
            Extent::Usual,
        ),
        built.suite(
            "the packed package in adopters' projects",
            &["suites/adopters"],
            1,
            Extent::Usual,
        ),
        built.suite(
            "the cloud providers' clients against the fakes of their KMS",
            &["suites/kms"],
            1,
            Extent::Usual,
        ),
        tokens,
        built.suite_in_webkit(
            "the packed package in WebKit",
            "suites/package",
            Extent::Usual,
        ),
    ];
    let included = suites.into_iter();
    let mut rows = all_of(included.filter(|suite| options.include(suite.name)))?;
    if options.include(FUZZ) {
        rows.push(measured(FUZZ, fuzz_shortly)?);
    }
    if rows.is_empty() {
        bail!("no suite has that in its name");
    }
    summary(&rows, preparation)
}

/// Runs suites one after the other.
fn all_of(suites: impl Iterator<Item = Suite>) -> Result<Vec<Row>> {
    suites
        .map(|mut suite| measured(suite.name, || Ok(repeat::settled(&mut suite))))
        .collect()
}

/// Runs a suite, and says how it ended and how long it took.
fn measured(name: &'static str, work: impl FnOnce() -> Result<Count>) -> Result<Row> {
    println!("— {name}");
    let start = Instant::now();
    let count = work()?;
    let time = start.elapsed();
    let (passed, all) = (count.passed, count.passed + count.failed);
    println!("  {name}: {passed} of {all} passed ({})", clock(time));
    Ok(Row { name, count, time })
}

/// Each suite's time, and the numbers of all of them in the last line.
fn summary(rows: &[Row], preparation: Duration) -> Result<()> {
    println!("\n{:>7}  building and installing", clock(preparation));
    for Row { name, count, time } in rows {
        let Count { passed, failed, .. } = count;
        println!(
            "{:>7}  {name}: {passed} passed, {failed} failed",
            clock(*time)
        );
    }
    let whole = preparation + rows.iter().map(|row| row.time).sum::<Duration>();
    println!("{:>7}  in all", clock(whole));
    let total = rows
        .iter()
        .fold(Count::default(), |total, row| total.and(&row.count));
    println!("\nstrongroom: {total}");
    if total.failed > 0 {
        bail!("some tests failed")
    }
    Ok(())
}

/// Minutes and seconds.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Each fuzz target for a moment; one that does not build fails them all.
fn fuzz_shortly() -> Result<Count> {
    let told = |outcome: Result<()>| {
        let outcome = outcome.inspect_err(|error| eprintln!("{error:#}"));
        outcome.is_ok()
    };
    let built = told(fuzz::build());
    let passed = fuzz::TARGETS
        .into_iter()
        .filter(|target| built && told(fuzz::run(target, fuzz::SHORT)))
        .count();
    Ok(Count {
        passed: u32::try_from(passed)?,
        failed: u32::try_from(fuzz::TARGETS.len() - passed)?,
        flaky: Vec::new(),
    })
}
