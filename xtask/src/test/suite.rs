//! A suite: a command, and what tells how its tests ended.

use std::{fs, path::PathBuf, process::Command};

use super::outcome::{Outcome, Test};
use crate::run::watch;

/// What a suite's results are read from.
enum Results {
    /// Sums in its output, as cargo and node print them.
    Sums,
    /// Lines of the wasm runner's output.
    Wasm,
    /// A file that `pkg-tests/harness/results.mjs` writes.
    File(PathBuf),
}

/// The suite that runs one test alone, after those that come before it in its group.
type Alone = Box<dyn Fn(&Test, &[Test]) -> Suite>;

pub struct Suite {
    pub name: &'static str,
    pub command: Command,
    results: Results,
    /// WebKit's suites have it: the suite of one test of theirs.
    pub alone: Option<Alone>,
}

impl Suite {
    pub fn of_sums(name: &'static str, command: Command) -> Self {
        Self {
            name,
            command,
            results: Results::Sums,
            alone: None,
        }
    }

    pub fn of_wasm(name: &'static str, command: Command) -> Self {
        Self {
            results: Results::Wasm,
            ..Self::of_sums(name, command)
        }
    }

    /// `command` writes its results to `file`.
    pub fn of_file(name: &'static str, command: Command, file: PathBuf) -> Self {
        Self {
            results: Results::File(file),
            ..Self::of_sums(name, command)
        }
    }

    pub fn with_alone(self, alone: impl Fn(&Test, &[Test]) -> Self + 'static) -> Self {
        Self {
            alone: Some(Box::new(alone)),
            ..self
        }
    }

    /// Runs to the end, showing what it prints.
    pub fn run(&mut self) -> Outcome {
        if let Results::File(file) = &self.results {
            fs::remove_file(file).ok();
            fs::create_dir_all(file.parent().expect("a file is in a folder")).ok();
        }
        let mut outcome = Outcome::default();
        let ended = watch(&mut self.command, |line| match self.results {
            Results::Sums => outcome.read_sums(line),
            Results::Wasm => outcome.read_wasm(line),
            Results::File(_) => {}
        });
        let succeeded = ended.unwrap_or_else(|error| {
            eprintln!("{error:#}");
            false
        });
        if let Results::File(file) = &self.results {
            for line in fs::read_to_string(file).unwrap_or_default().lines() {
                outcome.read_result(line);
            }
        }
        outcome.end(succeeded);
        outcome
    }
}
