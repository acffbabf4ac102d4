//! The commands, and how the program ends.

mod export;
mod inspect;
mod list;
mod open;
mod vault;

use std::process::ExitCode;

use clap::{
    Parser, Subcommand,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::{
    failure::{Exit, Failure, Outcome},
    text::{note, shown},
};

/// Opens what strongroom stored, without a browser and without a network.
///
/// No secret stands on the command line: the passphrase is asked for at the terminal, or comes from a file or a descriptor.
/// Nothing is overwritten, and a file appears whole or not at all.
///
/// Exit codes: 0 done; 1 the system could not read or write; 2 wrong command line; 3 the secret does not open the vault;
/// 4 damaged, forged, or not for this key or context; 5 refused by a policy, or a consent is missing; 6 the file that would be
/// written is there; 7 written by a later release.
#[derive(Parser)]
#[command(name = "strongroom", version, max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Inspect(inspect::Inspect),
    Open(Box<open::Open>),
    Vault(vault::Vault),
}

/// Does what the command line says.
pub fn run() -> ExitCode {
    match CommandLine::try_parse() {
        Ok(line) => end(line.command.run()),
        // Nothing says that it is none of a secret, which would stand in a log then.
        Err(error) if is_stray(&error) => end(Err(Failure::new(
            Exit::Usage,
            "an argument is given that no option takes, and no secret is taken from the command line",
            "see --help",
        ))),
        Err(error) => {
            // It repeats what was given, which may be a file's name.
            let text = error.render().to_string();
            let lines: Vec<_> = text.lines().map(shown).collect();
            let text = lines.join("\n");
            if error.use_stderr() {
                note(&text);
                ExitCode::from(Exit::Usage as u8)
            } else {
                end(crate::text::line(&text))
            }
        }
    }
}

/// Whether something was given beside options and what they take.
fn is_stray(error: &clap::Error) -> bool {
    let given = error.get(ContextKind::InvalidArg);
    let stray = |given: &ContextValue| matches!(given, ContextValue::String(text) if !text.starts_with('-'));
    error.kind() == ErrorKind::UnknownArgument && given.is_some_and(stray)
}

fn end(outcome: Outcome<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            note(&format!("strongroom: {failure}"));
            Failure::exit(&failure)
        }
    }
}

impl Command {
    fn run(&self) -> Outcome<()> {
        match self {
            Self::Inspect(inspect) => inspect.run(),
            Self::Open(open) => open.run(),
            Self::Vault(vault) => vault.run(),
        }
    }
}
