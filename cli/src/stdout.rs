//! Standard output. The standard library takes one that cannot be written for one that nobody wants: here it is an error.

use std::{
    fs::File,
    io::{self, Write},
};

use crate::failure::{Failure, Outcome};

/// What writes to it.
///
/// # Errors
/// Where it was closed.
pub fn open() -> Outcome<impl Write> {
    opened().map_err(|error| Failure::output("standard output", &error))
}

#[cfg(unix)]
fn opened() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    if was_closed() {
        let told = "it is closed (to discard it, open /dev/null for writing alone)";
        return Err(io::Error::other(told));
    }
    // As a file: `Stdout` takes EBADF, of one that is open for reading alone, for success.
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

#[cfg(not(unix))]
fn opened() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

/// Whether the program began without it. Before `main` the standard library opens /dev/null in its place, for reading
/// and writing; a shell that discards an output opens it for writing alone.
#[cfg(target_os = "linux")]
fn was_closed() -> bool {
    use rustix::{
        fs::{FileType, OFlags, fcntl_getfl, fstat, stat},
        stdio::stdout,
    };
    let (out, null) = (fstat(stdout()), stat("/dev/null"));
    let same = out.is_ok_and(|out| {
        null.is_ok_and(|null| {
            FileType::from_raw_mode(out.st_mode) == FileType::CharacterDevice
                && out.st_rdev == null.st_rdev
        })
    });
    same && fcntl_getfl(stdout()).is_ok_and(|flags| flags & OFlags::RWMODE == OFlags::RDWR)
}

#[cfg(all(unix, not(target_os = "linux")))]
fn was_closed() -> bool {
    false
}
