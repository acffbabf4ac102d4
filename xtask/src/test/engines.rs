//! Every test file of `pkg-tests` in every engine that it can run in.

use std::time::Instant;

use anyhow::Result;

use super::{
    all_of,
    commands::{Built, Extent},
    summary,
};
use crate::setup;

#[derive(clap::Args)]
pub struct EngineOptions {
    /// In this engine alone, without what needs none
    #[arg(long)]
    engine: Option<Engine>,
    /// How many test files of the packed package and the demo page run at once, but for WebKit's
    #[arg(long, default_value_t = 2)]
    jobs: u32,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Engine {
    Chromium,
    Firefox,
    Webkit,
}

/// The long form of what a test run does in those engines that each test file names as enough.
pub fn engines(options: &EngineOptions) -> Result<()> {
    let start = Instant::now();
    setup::for_browsers()?;
    setup::npm_packages("pkg-tests/suites/adopters")?;
    let built = Built::everything()?;
    let preparation = start.elapsed();
    let every = Extent::Every;
    let alone = |engine, name| built.suite_in(engine, name, "suites", options.jobs, every);
    let in_webkit = || built.suite_in_webkit("everything in WebKit", "suites", every);
    let suites = match options.engine {
        Some(Engine::Chromium) => vec![alone("Chromium", "everything in Chromium")],
        Some(Engine::Firefox) => vec![alone("Firefox", "everything in Firefox")],
        Some(Engine::Webkit) => vec![in_webkit()],
        None => vec![
            built.suite(
                "everything in Node, Chromium and Firefox",
                &["suites/package", "suites/demo", "suites/long"],
                options.jobs,
                every,
            ),
            built.suite("adopters' projects", &["suites/adopters"], 1, every),
            in_webkit(),
        ],
    };
    summary(&all_of(suites.into_iter())?, preparation)
}
