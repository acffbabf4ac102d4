//! Long forms of what `cargo xtask test` does shortly, and what else the scripts of `pkg-tests` make.

use anyhow::{Result, bail};

use super::{
    commands::{Built, Extent},
    repeat,
};
use crate::{
    run::{cargo, npm, run},
    setup,
};

#[derive(clap::Args)]
pub struct CrashOptions {
    /// How often
    #[arg(long, default_value_t = 200)]
    kills: u32,
}

/// The long form of what a test run does thirteen times.
pub fn crash(options: &CrashOptions) -> Result<()> {
    let more = [("STRONGROOM_KILLS", options.kills)];
    long_form(&["suites/long/crash.test.mjs"], &more)
}

/// The long form of what a test run does with one bit of each byte of a backup, and of the records that an unlock opens.
pub fn refusals() -> Result<()> {
    let mut test = cargo(&["test", "--locked", "--test", "refusal"]);
    run(test.env("STRONGROOM_EVERY_BIT", "1"))
}

#[derive(clap::Args)]
pub struct CreateOptions {
    /// How many vaults are created and unlocked
    #[arg(long, default_value_t = 500)]
    count: u32,
}

/// The long form of what a test run does ten times.
pub fn creates(options: &CreateOptions) -> Result<()> {
    let more = [("STRONGROOM_CREATES", options.count)];
    long_form(&["suites/long/creates.test.mjs"], &more)
}

#[derive(clap::Args)]
pub struct TransferOptions {
    /// How many uploads, each with a download, in each browser
    #[arg(long, default_value_t = 200)]
    count: u32,
    /// The size of a file that no buffer holds, in MiB; it takes no room on the disk
    #[arg(long, default_value_t = 5120)]
    mib: u32,
}

/// The long form of what a test run does twenty times, and with 512 MiB.
pub fn transfers(options: &TransferOptions) -> Result<()> {
    let files = [
        "suites/long/transfers.test.mjs",
        "suites/long/sparse.test.mjs",
    ];
    let more = [
        ("STRONGROOM_TRANSFERS", options.count),
        ("STRONGROOM_SPARSE_MIB", options.mib),
    ];
    long_form(&files, &more)
}

#[derive(clap::Args)]
pub struct PageOptions {
    /// The file's size in MiB; five times as much must be free on the disk
    #[arg(long, default_value_t = 2048)]
    mib: u32,
}

/// The long form of what a test run does with 200 MiB.
pub fn page(options: &PageOptions) -> Result<()> {
    let more = [("STRONGROOM_PAGE_MIB", options.mib)];
    long_form(&["suites/long/page-large.test.mjs"], &more)
}

/// The pictures in `www/screenshots`.
pub fn screenshots() -> Result<()> {
    setup::for_browsers()?;
    let mut script = npm("pkg-tests", &["run", "--silent", "screenshots"]);
    Built::everything()?.given_to(&mut script);
    run(&mut script)
}

/// Test files of `pkg-tests`, with more of what they do.
fn long_form(files: &[&str], more: &[(&str, u32)]) -> Result<()> {
    setup::for_browsers()?;
    let mut suite = Built::everything()?.suite("the long form", files, 1, Extent::Every);
    for (variable, value) in more {
        suite.command.env(variable, value.to_string());
    }
    let count = repeat::settled(&mut suite);
    println!("\nstrongroom: {count}");
    if count.failed > 0 {
        bail!("some tests failed")
    }
    Ok(())
}
