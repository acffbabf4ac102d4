//! Consent to what is dangerous: typed at a terminal, or a flag.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
};

use unicode_normalization::UnicodeNormalization as _;

use crate::{
    failure::{Exit, Failure, Outcome},
    text::quoted,
};

/// The terminal, whatever standard input and output are.
#[cfg(unix)]
const TERMINAL: [&str; 2] = ["/dev/tty", "/dev/tty"];
#[cfg(windows)]
const TERMINAL: [&str; 2] = ["CONIN$", "CONOUT$"];

/// The most bytes of a line that are read: an alias has 256.
const MAX_BYTES: u64 = 1024;

/// Has the person at the terminal type the alias, or the id, of the key that leaves the vault.
pub fn to_export(alias: &str, id: &str) -> Outcome<()> {
    let told = format!(
        "This writes the secret key {} to a file. Whoever reads the file can open everything that was encrypted with it, and no policy \
         binds them.\nType the key's alias to go on: ",
        quoted(alias)
    );
    let typed = asked(&told).map_err(|error| {
        let what = format!("there is no terminal to ask for consent at: {error}");
        let next = "pass --dangerously-without-asking if that is what you want";
        Failure::new(Exit::Refused, &what, next)
    })?;
    // Keyboards write a letter with its accent as one character or as two.
    if typed == id || typed.nfc().eq(alias.nfc()) {
        return Ok(());
    }
    let next = "type exactly the alias or the id, or pass --dangerously-without-asking";
    Err(Failure::new(
        Exit::Refused,
        "this is not the key's alias, and nothing was exported",
        next,
    ))
}

fn asked(told: &str) -> io::Result<String> {
    let [from, to] = TERMINAL;
    let mut screen = OpenOptions::new().write(true).open(to)?;
    screen.write_all(told.as_bytes())?;
    screen.flush()?;
    let mut line = String::new();
    BufReader::new(File::open(from)?.take(MAX_BYTES)).read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
