//! `cargo xtask`: sequences cargo, wasm-bindgen, wasm-opt, npm and the browsers, and nothing else.

mod bench;
mod build;
mod check;
mod demo;
mod dependencies;
mod docs;
mod fuzz;
mod hsm;
mod project;
mod python;
mod readme;
mod rings;
mod run;
mod setup;
mod stamp;
mod test;
mod wasm;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

/// Builds, checks, tests and shows strongroom.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
enum Command {
    /// Build everything and start the demo page on this machine alone
    Demo(demo::Options),
    /// Run every test: native, wasm in browsers, the npm package in Node and in browsers
    Test(test::Options),
    /// Run formatters, linters and type checkers, with warnings denied
    Check,
    /// Ask the advisory databases about all dependencies: needs a network
    Advisories,
    /// Write the publishable npm package to target/npm
    Build,
    /// Build the wasm in two folders, and compare the bytes
    Reproducible,
    /// Fuzz every target for a while
    Fuzz(fuzz::Options),
    /// Kill tabs and browsers in the middle of changes, and look at what is left
    Crash(test::CrashOptions),
    /// Flip every bit of a backup, and of the records that an unlock opens
    Refusals,
    /// Create and unlock vaults in Firefox, one after the other
    Creates(test::CreateOptions),
    /// Upload and download over a network that drops, cuts, doubles and delays; and encrypt a file of 5 GiB
    Transfers(test::TransferOptions),
    /// Send a large file through the demo page and back, and measure the browser's memory
    Page(test::PageOptions),
    /// Test the package, the demo page and the adopters' projects in every engine that they can run in
    Engines(test::EngineOptions),
    /// Measure vaults of many keys in real browsers, against IndexedDB
    Bench(bench::Options),
    /// Build the documentation site into target/docs
    Docs,
    /// Measure whether the time of a refusal tells its reason
    Timing(bench::TimingOptions),
    /// Take the README's pictures of the demo page
    Screenshots,
}

fn main() -> ExitCode {
    let outcome = match Command::parse() {
        Command::Demo(options) => demo::demo(&options),
        Command::Test(options) => test::test(&options),
        Command::Check => check::check(),
        Command::Advisories => dependencies::advisories(),
        Command::Build => build(),
        Command::Reproducible => wasm::reproducible(),
        Command::Fuzz(options) => fuzz::fuzz(&options),
        Command::Crash(options) => test::crash(&options),
        Command::Refusals => test::refusals(),
        Command::Creates(options) => test::creates(&options),
        Command::Transfers(options) => test::transfers(&options),
        Command::Page(options) => test::page(&options),
        Command::Engines(options) => test::engines(&options),
        Command::Bench(options) => bench::bench(&options),
        Command::Docs => docs::docs(),
        Command::Timing(options) => bench::timing(&options),
        Command::Screenshots => test::screenshots(),
    };
    outcome.map_or_else(
        |error| {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

fn build() -> Result<()> {
    let tarball = build::package()?;
    println!("wrote {}", tarball.display());
    Ok(())
}
