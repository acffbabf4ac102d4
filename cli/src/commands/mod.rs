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

/// Opens what strongroom stored, without a browser, and without a network unless a key management service is named.
///
/// No secret stands on the command line: a passphrase or PIN is asked for at the terminal, or comes from a file or a descriptor.
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
        Err(error) => match misused(&error) {
            Some(failure) => end(Err(failure)),
            None => told(&error),
        },
    }
}

/// Help, or an error that repeats nothing but options.
fn told(error: &clap::Error) -> ExitCode {
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

/// What is told of a command line without what was given on it: nothing says that it is no secret, which would stand in a
/// log then.
fn misused(error: &clap::Error) -> Option<Failure> {
    let named = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.as_str(),
        _ => "",
    };
    let given = named(ContextKind::InvalidArg);
    let what = match error.kind() {
        ErrorKind::UnknownArgument if is_option(given) => format!("unexpected argument {given}"),
        ErrorKind::UnknownArgument if given.starts_with('-') => {
            "unexpected argument: an option is given that there is none of".to_owned()
        }
        ErrorKind::UnknownArgument => {
            "an argument is given that no option takes, and no secret is taken from the command line".to_owned()
        }
        ErrorKind::TooManyValues => {
            format!("{given} takes no value, and no secret is taken from the command line")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("{given} is given what it does not take")
        }
        ErrorKind::InvalidSubcommand => "there is no such command".to_owned(),
        _ => return None,
    };
    let next = match named(ContextKind::SuggestedArg) {
        similar if is_option(similar) => format!("there is {similar}: see --help"),
        _ => "see --help".to_owned(),
    };
    Some(Failure::new(Exit::Usage, &what, &next))
}

/// Whether a text can be an option's name, which is no secret.
fn is_option(text: &str) -> bool {
    let name = |name: &str| {
        name.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    };
    text.len() <= 32 && text.strip_prefix("--").is_some_and(name)
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
