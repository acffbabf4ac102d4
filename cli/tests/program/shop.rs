//! A folder in which the program runs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// What a run came to.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: Vec<u8>,
    /// What it told beside that.
    pub told: String,
}

impl Run {
    fn of(output: Output) -> Self {
        let run = Self {
            code: output.status.code().unwrap(),
            out: output.stdout,
            told: String::from_utf8(output.stderr).unwrap(),
        };
        // Whatever a file is called and says, nothing of it is obeyed by a terminal.
        let control = |char: char| char.is_control() && char != '\n';
        assert!(!run.told.contains(control), "{:?}", run.told);
        run
    }

    /// What it printed.
    pub fn text(&self) -> &str {
        core::str::from_utf8(&self.out).unwrap()
    }

    /// That it ended so, and told that.
    #[track_caller]
    pub fn ends(&self, code: i32, told: &str) -> &Self {
        assert_eq!(self.code, code, "{}", self.told);
        assert!(self.told.contains(told), "{}", self.told);
        self
    }

    #[track_caller]
    pub fn succeeds(&self) -> &Self {
        self.ends(0, "")
    }
}

pub struct Shop(TempDir);

impl Shop {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// All names in it, hidden ones included.
    pub fn names(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    /// The program in it, with nothing at standard input and without a terminal.
    pub fn command(&self) -> Command {
        let mut command = Command::new(program());
        command.current_dir(&self.0).stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command().args(arguments).output().unwrap())
    }

    /// Runs it from a shell's line, as `"$@"`.
    pub fn shell(&self, line: &str, arguments: &[&str]) -> Run {
        let mut shell = Command::new("sh");
        shell.args(["-c", line, "sh", program()]).args(arguments);
        Run::of(
            shell
                .current_dir(&self.0)
                .stdin(Stdio::null())
                .output()
                .unwrap(),
        )
    }
}

pub fn program() -> &'static str {
    env!("CARGO_BIN_EXE_strongroom")
}

/// A file of the crate's vectors.
pub fn vectors(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/vectors")
        .join(name)
}
