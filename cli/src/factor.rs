//! The secrets that a caller presents. None stands on the command line: a terminal, a file or a descriptor gives them.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use clap::Args;
use strongroom::{
    base::Thumbprint,
    factors::{Escrow, FactorPort, InlineFactor, Present, RecoveryKit, RecoveryShares},
    jose::Jwk,
};
use zeroize::Zeroizing;

use crate::{
    failure::{Exit, Failure, Outcome},
    passphrase::Forms,
};

/// The most bytes that a file of a secret may have: 256 shares on lines of their own are less.
const MAX_BYTES: usize = 128 * 1024;
/// Words of a share.
const SHARE: usize = 33;

/// What opens the vault; without any of these the passphrase is asked for at the terminal.
#[derive(Args)]
pub struct FactorOptions {
    /// Ask for the passphrase at the terminal, as is done without any of these
    #[arg(long, group = "factor")]
    passphrase: bool,
    /// Take the passphrase from a file, without the line's end
    #[arg(long, group = "factor", value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Take the passphrase from an open file descriptor, without the line's end
    #[arg(long, group = "factor", value_name = "NUMBER")]
    passphrase_fd: Option<u32>,
    /// Take the 24 words of a recovery kit from a file
    #[arg(long, group = "factor", value_name = "FILE")]
    kit: Option<PathBuf>,
    /// Take recovery shares from a file; give it for each file there is
    #[arg(long, group = "factor", value_name = "FILE")]
    shares: Vec<PathBuf>,
    /// Take a private JWK from a file: an organisation's escrow key
    #[arg(long, group = "factor", value_name = "FILE")]
    jwk: Option<PathBuf>,
    /// The thumbprint of the vault's identity, as vault.identity() gave it
    #[arg(long, value_name = "THUMBPRINT", allow_hyphen_values = true)]
    identity: Option<String>,
}

/// A factor, and what answers for it.
pub struct Factor {
    pub present: Box<dyn Present>,
    pub port: Box<dyn FactorPort>,
}

impl Factor {
    /// One that answers for itself.
    fn alone(present: impl Present + 'static) -> Self {
        Self {
            present: Box::new(present),
            port: Box::new(InlineFactor),
        }
    }

    fn of_passphrase(given: &[u8]) -> Outcome<Self> {
        if given.is_empty() {
            let next = "give the passphrase that opens the vault";
            return Err(Failure::new(Exit::Usage, "the passphrase is empty", next));
        }
        let forms = Forms::of(given);
        Ok(Self {
            present: Box::new(forms.passphrase()),
            port: Box::new(forms),
        })
    }
}

impl FactorOptions {
    /// The identity that is expected.
    pub fn identity(&self) -> Outcome<Option<Thumbprint>> {
        let parse = |text: &String| {
            let thumbprint = text.parse();
            thumbprint.map_err(|_| {
                let next = "give the 43 characters that vault.identity() gave";
                Failure::new(Exit::Usage, "--identity is no thumbprint", next)
            })
        };
        self.identity.as_ref().map(parse).transpose()
    }

    /// The private JWK, where it is what opens.
    pub fn jwk(&self) -> Outcome<Option<Jwk>> {
        self.jwk.as_deref().map(read_jwk).transpose()
    }

    /// Takes the secret from where it is.
    pub fn read(&self) -> Outcome<Factor> {
        if let Some(path) = &self.kit {
            let words = read_words(path)?;
            return Ok(Factor::alone(RecoveryKit::from_words(&words)?));
        }
        if !self.shares.is_empty() {
            return Ok(Factor::alone(read_shares(&self.shares)?));
        }
        if let Some(jwk) = self.jwk()? {
            return Ok(Factor::alone(Escrow::from_jwk(&jwk)?));
        }
        let file = self.passphrase_file.clone();
        let descriptor = self.passphrase_fd;
        let path = file.or_else(|| descriptor.map(|fd| PathBuf::from(format!("/dev/fd/{fd}"))));
        match path {
            Some(path) => Factor::of_passphrase(without_end(&read_secret(&path)?)),
            None => Factor::of_passphrase(asked()?.as_bytes()),
        }
    }
}

fn asked() -> Outcome<Zeroizing<String>> {
    let typed = rpassword::prompt_password("Passphrase: ").map(Zeroizing::new);
    typed.map_err(|error| {
        let what = format!("there is no terminal to ask for the passphrase at: {error}");
        let next = "use --passphrase-file, --passphrase-fd, --kit, --shares or --jwk";
        Failure::new(Exit::Usage, &what, next)
    })
}

/// One line's end is no part of a passphrase.
fn without_end(bytes: &[u8]) -> &[u8] {
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn read_jwk(path: &Path) -> Outcome<Jwk> {
    let jwk = Jwk::parse(&read_secret(path)?);
    let jwk = jwk.map_err(|error| Failure::from(strongroom::Error::from(error)))?;
    if jwk.is_secret() {
        Ok(jwk)
    } else {
        let next = "give the private JWK; a public one opens nothing";
        Err(Failure::new(Exit::Usage, "--jwk is a public key", next))
    }
}

fn read_words(path: &Path) -> Outcome<Zeroizing<String>> {
    let bytes = read_secret(path)?;
    match core::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(strongroom::Error::Malformed("words that are no text").into()),
    }
}

/// Shares as they are typed: each on a line, on several, or in a file of its own.
fn read_shares(paths: &[PathBuf]) -> Outcome<RecoveryShares> {
    let mut shares: Vec<Zeroizing<String>> = Vec::new();
    for path in paths {
        let text = read_words(path)?;
        let words: Vec<&str> = text.split_whitespace().collect();
        for words in words.chunks(SHARE) {
            let mut share = Zeroizing::new(String::with_capacity(text.len() + SHARE));
            for word in words {
                share.push_str(word);
                share.push(' ');
            }
            shares.push(share);
        }
    }
    let shares = shares.iter().map(|share| share.as_str());
    Ok(RecoveryShares::from_mnemonics(shares)?)
}

/// A file's bytes, in one buffer that is wiped.
fn read_secret(path: &Path) -> Outcome<Zeroizing<Vec<u8>>> {
    let read = || -> io::Result<Zeroizing<Vec<u8>>> {
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
    };
    let bytes = read().map_err(|error| Failure::reading(path, &error))?;
    if bytes.len() > MAX_BYTES {
        return Err(strongroom::Error::TooLarge("a file of a secret (128 KiB)").into());
    }
    warn_of_readers(path);
    Ok(bytes)
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
