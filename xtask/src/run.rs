//! Running other programs.

use std::{
    env,
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail};

use crate::project;

/// A command in `folder`, with the tools of ours on its `PATH` and this run's target folder.
pub fn command(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    let ours = project::tools().join("bin");
    let others = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([ours].into_iter().chain(env::split_paths(&others)));
    command
        .current_dir(folder)
        .env(
            "PATH",
            path.expect("folders on the PATH have no separator in them"),
        )
        .env("CARGO_TARGET_DIR", project::target());
    command
}

/// Cargo, at the top of the repository.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = command(
        env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        project::root(),
    );
    command.args(arguments);
    command
}

/// npm in one of the repository's folders.
pub fn npm(folder: &str, arguments: &[&str]) -> Command {
    let mut command = command("npm", &project::root().join(folder));
    command.args(arguments);
    command
}

/// Says what is done, does it, and says how long it took when that was long.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("— {what}");
    let start = Instant::now();
    let done = work().with_context(|| format!("failed: {what}"))?;
    let seconds = start.elapsed().as_secs();
    if seconds >= 5 {
        println!("  ({seconds} s)");
    }
    Ok(done)
}

/// Runs to the end.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| name(command))?;
    if status.success() {
        Ok(())
    } else {
        bail!("{} ended with {status}", name(command))
    }
}

/// Runs to the end, showing what it prints only when it fails.
pub fn run_quietly(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| name(command))?;
    if output.status.success() {
        return Ok(());
    }
    print!("{}", String::from_utf8_lossy(&output.stdout));
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    bail!("{} ended with {}", name(command), output.status)
}

/// What it prints, without the last line's end.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::null())
        .output()
        .with_context(|| name(command))?;
    if !output.status.success() {
        bail!("{} ended with {}", name(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned())
}

/// Becomes this program, so that what ends this one ends it. Comes back only when it fails.
#[cfg(unix)]
pub fn become_program(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).with_context(|| name(command))
}

#[cfg(not(unix))]
pub use run as become_program;

/// Runs to the end, showing each line and handing it to `see`, without colours. Whether it succeeded.
pub fn watch(command: &mut Command, mut see: impl FnMut(&str)) -> Result<bool> {
    let mut child = command
        .env("NO_COLOR", "1")
        .env_remove("FORCE_COLOR")
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| name(command))?;
    let output = child.stdout.take().context("a pipe was asked for")?;
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        see(&line);
    }
    Ok(child.wait()?.success())
}

fn name(command: &Command) -> String {
    format!("{:?}", command.get_program())
}
