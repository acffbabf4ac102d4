//! Why a command failed: one sentence, what to do next, and an exit code.

use std::{fmt, io, path::Path, process::ExitCode};

use strongroom::{Error, base::PolicyRule};

use crate::text::{shown, shown_path};

/// What a command's functions return.
pub type Outcome<T> = Result<T, Failure>;

/// The exit codes. docs/cli.md lists them: a code keeps its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The system could not read, write or compute something.
    System = 1,
    /// The command line is not one.
    Usage = 2,
    /// The secret does not open the vault.
    Factor = 3,
    /// What was read is damaged, forged, or not for this key or context.
    Content = 4,
    /// A policy forbids it, or a consent is missing.
    Refused = 5,
    /// The file that would be written is there.
    Exists = 6,
    /// A later release wrote it.
    Unsupported = 7,
    /// Ctrl-C at the prompt, as shells number it.
    Interrupted = 130,
}

/// Why a command failed.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    /// Free of control characters.
    text: String,
}

impl Failure {
    /// What is wrong, and what to do next. What is anybody's in it may have any characters.
    pub fn new(exit: Exit, what: &str, next: &str) -> Self {
        let text = format!("{}; {}", shown(what), shown(next));
        Self { exit, text }
    }

    /// A file that cannot be read.
    pub fn reading(path: &Path, error: &io::Error) -> Self {
        let what = format!("{} cannot be read: {error}", shown_path(path));
        Self::new(Exit::System, &what, "check the path and your permissions")
    }

    /// An option whose text is not what it takes. The text is not repeated: it may be a secret that was mistyped.
    pub fn option(option: &str, not: &str, next: &str) -> Self {
        Self::new(Exit::Usage, &format!("{option} is no {not}"), next)
    }

    /// Something that cannot be written.
    pub fn output(what: &str, error: &io::Error) -> Self {
        let what = format!("{what} cannot be written: {error}");
        let next = "free space or choose another place; nothing usable was written";
        Self::new(Exit::System, &what, next)
    }

    /// A file that would be replaced.
    pub fn exists(path: &Path) -> Self {
        let what = format!(
            "{} is there already, and nothing is overwritten",
            shown_path(path)
        );
        Self::new(Exit::Exists, &what, "choose another name with -o")
    }

    /// Its exit code.
    pub fn exit(&self) -> ExitCode {
        ExitCode::from(self.exit as u8)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The crate says what happened and what to do, in the words of its API where there is a call to name: those are said in
/// the words of the command line.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = exit_of(&error);
        let text = match said(&error) {
            Some((what, next)) => format!("{what}; {next}"),
            None => error.to_string(),
        };
        Self {
            exit,
            text: shown(&text),
        }
    }
}

impl From<strongroom::object::Error> for Failure {
    fn from(error: strongroom::object::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<strongroom::jose::Error> for Failure {
    fn from(error: strongroom::jose::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<strongroom::base::InputError> for Failure {
    fn from(error: strongroom::base::InputError) -> Self {
        Error::from(error).into()
    }
}

fn exit_of(error: &Error) -> Exit {
    match error.code() {
        "ERR_WRONG_FACTOR"
        | "ERR_RECOVERY_WORDS"
        | "ERR_RECOVERY_SHARES"
        | "ERR_KIT_REPLACED"
        | "ERR_SECOND_FACTOR"
        | "ERR_NO_FACTOR"
        | "ERR_PASSKEY"
        | "ERR_THIS_DEVICE" => Exit::Factor,
        "ERR_POLICY"
        | "ERR_APPROVAL"
        | "ERR_UNSIGNED"
        | "ERR_IDENTITY_CHANGED"
        | "ERR_PERSON_NEEDED"
        | "ERR_STATE"
        | "ERR_PURPOSE" => Exit::Refused,
        "ERR_UNSUPPORTED" => Exit::Unsupported,
        "ERR_ARGUMENT" if is_identity(error) => Exit::Refused,
        "ERR_ARGUMENT" => Exit::Usage,
        "ERR_DECRYPT" | "ERR_CONTEXT" | "ERR_MALFORMED" | "ERR_INTEGRITY" | "ERR_TOO_LARGE"
        | "ERR_NO_KEY" | "ERR_NO_VERSION" | "ERR_NO_OBJECT" => Exit::Content,
        _ => Exit::System,
    }
}

/// Whether a backup's identity has to be said: none of its factors remembers it.
fn is_identity(error: &Error) -> bool {
    matches!(error, Error::Argument(what) if what.starts_with("expect.identity"))
}

fn said(error: &Error) -> Option<(String, &'static str)> {
    let said = match error {
        Error::WrongFactor => (
            "this does not open the vault",
            "look for typing errors, or use another of its factors: `strongroom inspect` lists their kinds",
        ),
        Error::NoFactor => (
            "the vault has no such factor",
            "`strongroom inspect` lists the kinds of its factors",
        ),
        Error::SecondFactor("kms") => (
            "the vault takes a passphrase and the key of its gate at once",
            "give that key beside the passphrase, with --aws-kms, --azure-key-vault, --google-kms, --pkcs11 or --jwk; or use what opens it alone: its recovery kit (--kit), recovery shares (--shares) or its organisation's key",
        ),
        Error::SecondFactor("passphrase") => (
            "the vault takes a passphrase and the key of its gate at once",
            "give the passphrase beside that key, with --passphrase, --passphrase-file or --passphrase-fd",
        ),
        Error::SecondFactor(_) => (
            "the vault takes two factors at once",
            "use what opens it alone: its recovery kit (--kit), recovery shares (--shares) or its organisation's key (--jwk)",
        ),
        Error::IdentityChanged { pinned, identity } => {
            let what = format!(
                "the vault has a new identity, {}, where the factor remembers {}",
                identity.as_str(),
                pinned.as_str()
            );
            let next = "compare it with what another device shows, and pass it as --identity";
            return Some((what, next));
        }
        Error::Unsigned => (
            "nothing proves who wrote this: others could have made it for you to open",
            "pass --allow-unsigned to open it all the same",
        ),
        Error::Decrypt => (
            "this was tampered with, is incomplete, or is not for this key",
            "get another copy of it, or the key that it is for",
        ),
        Error::Context => (
            "this was encrypted under another context",
            "give the one that was used to encrypt, with --context NAME=VALUE (and --sidecar-of and --sidecar for a sidecar)",
        ),
        Error::NoKey => (
            "the vault has no key for this",
            "use a later backup, or one of the vault that it was encrypted in: `strongroom inspect` shows the key that it is for",
        ),
        Error::NoVersion => (
            "the key's version that this needs was destroyed, or is not in this backup",
            "use another backup",
        ),
        Error::NoObject => (
            "the vault does not keep a header of this id",
            "give the header with --header FILE, or use another backup",
        ),
        Error::Argument(what) if what.starts_with("expect.identity") => (
            "no factor of this backup remembers whose it is",
            "pass the thumbprint that vault.identity() gave as --identity",
        ),
        Error::Policy(rule) | Error::VaultPolicy(rule) | Error::OrganisationPolicy(rule) => {
            let whose = match error {
                Error::Policy(_) => "key",
                Error::VaultPolicy(_) => "vault",
                _ => "organisation",
            };
            return refusal(*rule)
                .map(|(what, next)| (format!("the {whose}'s policy {what}"), next));
        }
        Error::Malformed(what) => {
            let what = format!("this is malformed: {what}");
            return Some((what, "check that it is the right file, or get another copy"));
        }
        Error::Integrity(what) => {
            let what = format!("the vault's records were changed, or are another vault's: {what}");
            return Some((what, "use another backup"));
        }
        Error::Unsupported(what) => {
            let what = format!("not supported: {what}");
            return Some((what, "use a later release of this program"));
        }
        Error::TooLarge(what) => {
            let what = format!("too large: {what}");
            return Some((what, "check that it is the right file"));
        }
        _ => return None,
    };
    Some((said.0.to_owned(), said.1))
}

/// Rules whose remedy is a call of the API.
fn refusal(rule: PolicyRule) -> Option<(&'static str, &'static str)> {
    match rule {
        PolicyRule::RequireReason => Some((
            "requires a reason for this operation",
            "give one with --reason",
        )),
        PolicyRule::FreshFactor | PolicyRule::SecondFactor => Some((
            "requires factors that this program does not ask for together",
            "open the vault in a page, or change the policy there",
        )),
        PolicyRule::Approval => Some((
            "requires the approval of somebody else, which is asked for in a page",
            "export the key there, or change the policy",
        )),
        _ => None,
    }
}
