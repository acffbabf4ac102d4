//! Where a secret comes from: a file, a descriptor, or the terminal. What is wrong with it is said without what was given,
//! which may be the secret itself.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use zeroize::Zeroizing;

use crate::failure::{Exit, Failure, Outcome};

/// The most bytes that a file of a secret may have: 256 shares on lines of their own are less.
const MAX_BYTES: usize = 128 * 1024;

/// A file's bytes, in one buffer that is wiped. The file is told by the option that names it: a secret may stand there by
/// mistake.
pub fn read_file(path: &Path, option: &str) -> Outcome<Zeroizing<Vec<u8>>> {
    let bytes = bytes_of(path).map_err(|error| {
        let what = format!("the file that {option} names cannot be read: {error}");
        Failure::new(
            Exit::System,
            &what,
            "check the path and your permissions; the secret itself is never given there",
        )
    })?;
    let bytes = bounded(bytes)?;
    warn_of_readers(path);
    Ok(bytes)
}

/// What an open descriptor gives. Nothing may have been opened before, which would have taken its number.
#[cfg(unix)]
pub fn read_descriptor(number: u32, option: &str) -> Outcome<Zeroizing<Vec<u8>>> {
    let path = std::path::PathBuf::from(format!("/dev/fd/{number}"));
    let bytes = bytes_of(&path).map_err(|error| {
        let what = format!("the descriptor that {option} names cannot be read: {error}");
        let next = "open it for the program, as 3<FILE does in a shell";
        Failure::new(Exit::Usage, &what, next)
    })?;
    bounded(bytes)
}

fn bounded(bytes: Zeroizing<Vec<u8>>) -> Outcome<Zeroizing<Vec<u8>>> {
    if bytes.len() > MAX_BYTES {
        return Err(strongroom::Error::TooLarge("a file of a secret (128 KiB)").into());
    }
    Ok(bytes)
}

fn bytes_of(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; MAX_BYTES + 1]);
    let (mut file, mut filled) = (File::open(path)?, 0);
    loop {
        let more = file.read(&mut bytes[filled..])?;
        filled += more;
        if more == 0 {
            bytes.truncate(filled);
            return Ok(bytes);
        }
    }
}

/// Says so where others may read a secret's file.
#[cfg(unix)]
fn warn_of_readers(path: &Path) {
    use crate::text::{note, shown_path};
    use std::os::unix::fs::PermissionsExt as _;
    let open = |file: std::fs::Metadata| file.is_file() && file.permissions().mode() & 0o077 != 0;
    if std::fs::metadata(path).is_ok_and(open) {
        let path = shown_path(path);
        note(&format!(
            "strongroom: other users of this machine may read {path}"
        ));
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_: &Path) {}

/// Asks for a secret at the terminal; `next` is what gives it elsewhere.
pub fn asked(secret: &str, next: &str) -> Outcome<Zeroizing<String>> {
    let mut prompt = format!("{secret}: ");
    if let Some(first) = prompt.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let typed = interruptible(|| rpassword::prompt_password(&prompt).map(Zeroizing::new))?;
    typed.map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => Failure::new(
            Exit::Usage,
            &format!("no {secret} was typed"),
            "type it and press Enter, or use another factor",
        ),
        _ => {
            let what = format!("there is no terminal to ask for the {secret} at: {error}");
            Failure::new(Exit::Usage, &what, next)
        }
    })
}

/// The prompt turns the terminal's echo off and sends this program the signal of Ctrl-C before it turns it on again: the
/// signal is noted, and ends the program once the terminal is as it was.
#[cfg(unix)]
fn interruptible<T>(prompt: impl FnOnce() -> T) -> Outcome<T> {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use signal_hook::{consts::SIGINT, flag};

    let (interrupted, over) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
    let noted = flag::register_conditional_default(SIGINT, over.clone())
        .and_then(|_| flag::register(SIGINT, interrupted.clone()));
    noted.map_err(|error| {
        let what = format!("the prompt cannot be made ready for Ctrl-C: {error}");
        Failure::new(
            Exit::System,
            &what,
            "use --passphrase-file or --passphrase-fd",
        )
    })?;
    let typed = prompt();
    // From here on the signal ends the program as it does elsewhere.
    over.store(true, Ordering::SeqCst);
    if interrupted.load(Ordering::SeqCst) {
        return Err(Failure::new(
            Exit::Interrupted,
            "interrupted at the prompt",
            "nothing was opened",
        ));
    }
    Ok(typed)
}

#[cfg(not(unix))]
fn interruptible<T>(prompt: impl FnOnce() -> T) -> Outcome<T> {
    Ok(prompt())
}
