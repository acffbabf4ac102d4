//! Standard output. The standard library takes one that cannot be written for one that nobody wants: here it is an error.

use std::{
    fs::File,
    io::{self, Write},
};

use crate::failure::{Failure, Outcome};

/// What writes to it.
///
/// # Errors
/// Where it cannot be had.
pub fn open() -> Outcome<impl Write> {
    opened().map_err(|error| Failure::output("standard output", &error))
}

#[cfg(unix)]
fn opened() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    // As a file: `Stdout` takes EBADF, of one that is open for reading alone, for success.
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

#[cfg(not(unix))]
fn opened() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}
