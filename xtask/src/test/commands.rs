//! The commands of the suites.

use std::{path::PathBuf, process::Command};

use anyhow::Result;
use serde_json::Value;

use super::{outcome::Test, suite::Suite};
use crate::{
    build, project, python,
    run::{cargo, command, npm},
    setup,
};

pub fn native() -> Command {
    cargo(&["test", "--locked", "--workspace", "--no-fail-fast"])
}

pub fn inline() -> Command {
    npm("js", &["test", "--silent"])
}

/// How long the crate's tests may take in a browser, in seconds.
const WASM_TIMEOUT: &str = "300";

/// The crate's browser tests, over WebDriver. Their capabilities are in `webdriver.json`.
pub fn wasm_by_wasm_pack(browser: &str, driver: &str) -> Command {
    let mut test = command("wasm-pack", project::root());
    test.args(["test", "--headless"])
        .arg(format!("--{browser}"))
        .arg(format!("--{driver}"))
        .arg(driver_program(driver));
    test.args(["--mode", "no-install", ".", "--locked", "--test", "web"]);
    test.env("WASM_BINDGEN_TEST_TIMEOUT", WASM_TIMEOUT);
    test
}

/// The same in WebKit, whose driver speaks WebDriver as Safari's does.
pub fn wasm_in_webkit() -> Suite {
    const NAME: &str = "wasm in WebKit";
    Suite::of_wasm(NAME, wasm_by_cargo())
        .with_alone(|test, _| Suite::of_wasm(NAME, alone(wasm_by_cargo(), test)))
}

/// What wasm-pack runs, which has no way to name one test. WebKitGTK 2.50 miscalculates AES in an unoptimised build, in up to six of
/// ten runs of one test, and in none of an optimised build, which is what the package has.
fn wasm_by_cargo() -> Command {
    let driver = project::root().join("pkg-tests/harness/browsers/webkit-driver.sh");
    let mut test = cargo(&["test", "--release", "--locked", "--test", "web"]);
    test.args(["--target", "wasm32-unknown-unknown"]);
    test.env(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
        "wasm-bindgen-test-runner",
    )
    .env("WASM_BINDGEN_TEST_ONLY_WEB", "1")
    .env("WASM_BINDGEN_TEST_TIMEOUT", WASM_TIMEOUT)
    .env("SAFARIDRIVER", driver);
    test
}

fn alone(mut suite: Command, test: &Test) -> Command {
    suite.args(["--", "--exact"]).args(&test.names);
    suite
}

/// The one that was installed for these tests, otherwise the system's.
fn driver_program(name: &str) -> PathBuf {
    let ours = Some(project::tools().join("bin").join(name)).filter(|ours| ours.is_file());
    let found = ours.or_else(|| project::on_path(&[name]));
    found.unwrap_or_default()
}

/// Which engines a test file runs in, of those that a suite has.
#[derive(Clone, Copy)]
pub enum Extent {
    /// Those that its loop names as enough, with `usually`.
    Usual,
    Every,
}

impl Extent {
    const fn option(self) -> Option<&'static str> {
        match self {
            Self::Usual => Some("--usual"),
            Self::Every => None,
        }
    }
}

/// What the scripts of `pkg-tests` work on, built.
#[derive(Clone)]
pub struct Built {
    tarball: PathBuf,
    server: PathBuf,
    command_line: PathBuf,
    python: PathBuf,
    wasm_pack: PathBuf,
}

impl Built {
    pub fn everything() -> Result<Self> {
        let python = python::interpreter()?;
        let tarball = build::package()?;
        build::page()?;
        let server = build::server()?;
        let command_line = build::command_line()?;
        let wasm_pack = build::wasm_pack()?;
        setup::npm_packages("pkg-tests")?;
        Ok(Self {
            tarball,
            server,
            command_line,
            python,
            wasm_pack,
        })
    }

    /// Tells a script of `pkg-tests` where everything is.
    pub fn given_to(&self, script: &mut Command) {
        script
            .env("STRONGROOM_TARBALL", &self.tarball)
            .env("STRONGROOM_SERVER", &self.server)
            .env("STRONGROOM_COMMAND_LINE", &self.command_line)
            .env("STRONGROOM_WASM_PACK", &self.wasm_pack)
            .env("STRONGROOM_PYTHON", &self.python)
            .env("STRONGROOM_PAGE", project::root().join("www/dist"));
    }

    /// Test files, or folders of them, in Node and every browser but WebKit; `jobs` of them at once.
    pub fn suite(&self, name: &'static str, paths: &[&str], jobs: u32, extent: Extent) -> Suite {
        let mut suite = self.tests(name, paths);
        suite.command.args(["--jobs", &jobs.to_string()]);
        suite.command.args(extent.option());
        suite.command.env("STRONGROOM_ENGINES", "Chromium,Firefox");
        suite
    }

    /// The files of some folders that loop over engines, in Chromium or Firefox alone.
    pub fn suite_in(
        &self,
        engine: &str,
        name: &'static str,
        folder: &str,
        jobs: u32,
        extent: Extent,
    ) -> Suite {
        let mut suite = self.tests(name, &["--engine", engine, folder]);
        suite.command.args(["--jobs", &jobs.to_string()]);
        suite.command.args(extent.option());
        suite
    }

    /// The same in WebKit, where a test that fails runs once more.
    pub fn suite_in_webkit(&self, name: &'static str, folder: &str, extent: Extent) -> Suite {
        let suite = self.suite_in("WebKit", name, folder, 1, extent);
        let built = self.clone();
        suite.with_alone(move |test, before| built.alone(name, test, before))
    }

    fn alone(&self, name: &'static str, test: &Test, before: &[Test]) -> Suite {
        let tests = before.iter().chain([test]);
        let names = Value::from_iter(tests.map(|test| test.names.as_slice())).to_string();
        let file = test.file.as_deref().unwrap_or_default();
        self.tests(name, &["--engine", "WebKit", "--only", &names, file])
    }

    fn tests(&self, name: &'static str, given: &[&str]) -> Suite {
        let results = project::target().join("results").join(file_name(name));
        let mut run = command("node", &project::root().join("pkg-tests"));
        self.given_to(&mut run);
        run.args(["run.mjs", "--results"]).arg(&results).args(given);
        Suite::of_file(name, run, results)
    }
}

fn file_name(suite: &str) -> String {
    let name: String = suite
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    format!("{name}.jsonl")
}
