//! What is written: a new file that appears whole or not at all, or standard output.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, IsTerminal as _, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::{
    failure::{Exit, Failure, Outcome},
    stdout,
    text::shown_path,
};

/// Where content goes.
pub enum Output {
    /// A file that is not there yet.
    File(NewFile),
    /// Standard output, which shows what comes before it is known to be whole.
    Standard(Box<dyn Write>),
}

impl Output {
    /// Whether a path means standard output.
    pub fn is_standard(path: &Path) -> bool {
        path.as_os_str() == OsStr::new("-")
    }

    /// Refuses a path that is taken, or that no new file can have, before a secret is asked for.
    pub fn check(path: &Path) -> Outcome<()> {
        if Self::is_standard(path) {
            return Self::check_standard();
        }
        if !names_a_file(path) {
            let next = "give the path of a file that is not there yet";
            return Err(Failure::new(Exit::Usage, "-o names no file", next));
        }
        match path.symlink_metadata() {
            Ok(_) => return Err(Failure::exists(path)),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed(path, &error));
            }
            Err(_) => {}
        }
        match folder(path).metadata() {
            Ok(parent) if parent.is_dir() => Ok(()),
            Ok(_) => Err(failed(path, &io::ErrorKind::NotADirectory.into())),
            Err(error) => Err(failed(path, &error)),
        }
    }

    fn check_standard() -> Outcome<()> {
        if io::stdout().is_terminal() {
            let next = "give a file with -o, or send the output to a program";
            let what = "the content would go to the terminal, which obeys what it contains";
            return Err(Failure::new(Exit::Usage, what, next));
        }
        stdout::open().map(drop)
    }

    /// Begins to write.
    pub fn begin(path: &Path) -> Outcome<Self> {
        Self::check(path)?;
        if Self::is_standard(path) {
            return Ok(Self::Standard(Box::new(stdout::open()?)));
        }
        Ok(Self::File(NewFile::begin(path)?))
    }

    /// Takes a part of the content.
    pub fn write(&mut self, part: &[u8]) -> Outcome<()> {
        match self {
            Self::File(file) => file.write(part),
            Self::Standard(out) => out.write_all(part).map_err(|error| standard(&error)),
        }
    }

    /// Ends it: the content is whole.
    pub fn finish(self) -> Outcome<()> {
        match self {
            Self::File(file) => file.finish(),
            Self::Standard(mut out) => out.flush().map_err(|error| standard(&error)),
        }
    }
}

/// Whether its end is a name: a path that ends in a separator or in dots is a folder's.
fn names_a_file(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let end = text.rsplit(std::path::is_separator).next();
    end.is_some_and(|name| !["", ".", ".."].contains(&name))
}

fn standard(error: &io::Error) -> Failure {
    Failure::output("standard output", error)
}

/// A file that has no name, or another one, until it is whole. Only its owner may read it.
pub struct NewFile {
    path: PathBuf,
    staged: Staged,
}

enum Staged {
    /// A file without a name: whatever ends the program, nothing of it stays.
    #[cfg(target_os = "linux")]
    Unnamed(File),
    /// One beside it, which is deleted when the program ends in any way but by being killed.
    Beside(NamedTempFile),
}

impl NewFile {
    fn begin(path: &Path) -> Outcome<Self> {
        let staged = Staged::begin(folder(path)).map_err(|error| failed(path, &error))?;
        let path = path.to_owned();
        Ok(Self { path, staged })
    }

    fn write(&mut self, part: &[u8]) -> Outcome<()> {
        let file = match &mut self.staged {
            #[cfg(target_os = "linux")]
            Staged::Unnamed(file) => file,
            Staged::Beside(file) => file.as_file_mut(),
        };
        file.write_all(part)
            .map_err(|error| failed(&self.path, &error))
    }

    fn finish(self) -> Outcome<()> {
        let path = self.path;
        match self.staged.name(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Failure::exists(&path))
            }
            named => named.map_err(|error| failed(&path, &error)),
        }
    }
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::output(&shown_path(path), error)
}

fn folder(path: &Path) -> &Path {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

impl Staged {
    fn begin(folder: &Path) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Some(file) = unnamed::begin(folder)? {
            return Ok(Self::Unnamed(file));
        }
        Self::beside(folder)
    }

    fn beside(folder: &Path) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        let file = builder
            .prefix(".strongroom-")
            .suffix(".part")
            .tempfile_in(folder)?;
        Ok(Self::Beside(file))
    }

    /// Gives it its name, once its content is on the disk. A file of that name stays what it is.
    fn name(self, path: &Path) -> io::Result<()> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Unnamed(file) => {
                file.sync_all()?;
                unnamed::name(&file, path)?;
            }
            Self::Beside(file) => {
                file.as_file().sync_all()?;
                file.persist_noclobber(path).map_err(|error| error.error)?;
            }
        }
        // Not every system syncs folders: the content is there then, and the name comes with the system's own time.
        if let Ok(folder) = File::open(folder(path)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

/// Linux's files without a name.
#[cfg(target_os = "linux")]
mod unnamed {
    use std::{fs::File, io, os::fd::AsRawFd as _, path::Path};

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open};

    /// Where the kernel shows what is open: by it a file without a name gets one.
    const OPEN: &str = "/proc/self/fd";

    /// Nothing where the file system, or the kernel, has none.
    pub fn begin(folder: &Path) -> io::Result<Option<File>> {
        if !Path::new(OPEN).is_dir() {
            return Ok(None);
        }
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        match open(folder, flags, Mode::RUSR | Mode::WUSR) {
            Ok(file) => Ok(Some(file.into())),
            Err(error) if lacks(error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn lacks(error: rustix::io::Errno) -> bool {
        use rustix::io::Errno;
        [Errno::OPNOTSUPP, Errno::ISDIR, Errno::INVAL, Errno::NOSYS].contains(&error)
    }

    pub fn name(file: &File, path: &Path) -> io::Result<()> {
        let open = format!("{OPEN}/{}", file.as_raw_fd());
        Ok(linkat(CWD, open, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn stagings(folder: &Path) -> Vec<Staged> {
        let beside = Staged::beside(folder).expect("a writable folder");
        vec![Staged::begin(folder).expect("a writable folder"), beside]
    }

    #[test]
    fn a_file_has_its_name_once_it_is_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        for (at, staged) in stagings(folder.path()).into_iter().enumerate() {
            let path = folder.path().join(at.to_string());
            let mut file = NewFile {
                path: path.clone(),
                staged,
            };
            file.write(b"con").expect("a write");
            file.write(b"tent").expect("a write");
            assert!(!path.exists());
            file.finish().expect("a name");
            assert_eq!(fs::read(&path).expect("the file"), b"content");
        }
        assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 2);
    }

    #[test]
    fn a_file_that_came_meanwhile_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("taken");
        for staged in stagings(folder.path()) {
            let file = NewFile {
                path: path.clone(),
                staged,
            };
            fs::write(&path, "theirs").expect("a file");
            assert!(file.finish().is_err());
            assert_eq!(fs::read(&path).expect("the file"), b"theirs");
        }
        assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 1);
    }

    #[test]
    fn what_is_not_finished_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        for staged in stagings(folder.path()) {
            let path = folder.path().join("never");
            let mut file = NewFile { path, staged };
            file.write(b"half").expect("a write");
            drop(file);
        }
        assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        for (at, staged) in stagings(folder.path()).into_iter().enumerate() {
            let path = folder.path().join(at.to_string());
            let file = NewFile {
                path: path.clone(),
                staged,
            };
            file.finish().expect("a name");
            let mode = fs::metadata(&path).expect("the file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
