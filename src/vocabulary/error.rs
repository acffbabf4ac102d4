//! The one error type of the core.

use core::fmt;
use std::rc::Rc;

use super::VersionState;

/// What every fallible function of the core returns.
pub type Result<T> = core::result::Result<T, Error>;

/// Why an operation did not happen. Each variant has a stable [`code`](Error::code).
///
/// A failed decryption is one undetailed error, so that it cannot serve as an oracle; malformed
/// input may say where. No variant ever carries key material, plaintext or a passphrase.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The factor (a passphrase) does not open this vault.
    WrongFactor,
    /// The key was removed.
    Closed,
    /// No vault of that name.
    NoVault,
    /// No key of that alias or id.
    NoKey,
    /// The inventory has no such object, or not its header.
    NoObject,
    /// The vault has no such upload under way.
    NoUpload,
    /// The vault key was rotated by somebody else: the one in memory is an old one.
    Rotated,
    /// The vault was locked, also while the operation waited.
    Locked,
    /// The key has no such version, or it was destroyed.
    NoVersion,
    /// A vault of that name is there already.
    VaultExists,
    /// A key of that alias is there already.
    KeyExists,
    /// Tampered, truncated, or not for this key: deliberately one case.
    Decrypt,
    /// The encryption context given is not the one the ciphertext is bound to.
    Context,
    /// An envelope that does not prove its writer, where proof is asked for.
    Unsigned,
    /// The input does not have the form it should; says where.
    Malformed(&'static str),
    /// Well-formed, but something this version does not handle; says what.
    Unsupported(&'static str),
    /// The vault's records do not match its statement or head; says which check failed.
    Integrity(&'static str),
    /// The store could not read or write, or gave what it was never given; says which.
    Storage(&'static str),
    /// A store or factor outside of the core failed, with what it reported.
    Outside(Cause),
    /// The browser's storage is full; nothing was changed.
    Quota,
    /// The browser keeps no data for this site.
    NoStorage,
    /// Another tab keeps the database from being opened.
    Blocked,
    /// The store was changed by somebody else between reading and writing.
    Conflict,
    /// An argument out of its range; says which.
    Argument(&'static str),
    /// More than may be processed at once; says what.
    TooLarge(&'static str),
    /// The input changed its size while it was read.
    Changed,
    /// A body was asked for again after its end or after a failure.
    Consumed,
    /// A version cannot go from the first state to the second.
    Transition(VersionState, VersionState),
    /// The version's state forbids the use.
    State(VersionState),
    /// The key is for another purpose than the one asked of it.
    Purpose,
    /// Objects of the inventory would be lost.
    InUse,
}

/// What was reported from outside of the core. Two are equal only if they are the same.
#[derive(Debug, Clone)]
pub struct Cause(Rc<dyn core::error::Error>);

impl Cause {
    /// Keeps an error.
    pub fn new(error: impl core::error::Error + 'static) -> Self {
        Self(Rc::new(error))
    }

    /// The error, if it is of that type.
    #[must_use]
    pub fn downcast<T: core::error::Error + 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Cause {}

impl Error {
    /// The stable name by which callers tell errors apart.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongFactor => "ERR_WRONG_FACTOR",
            Self::Closed => "ERR_CLOSED",
            Self::NoVault => "ERR_NO_VAULT",
            Self::NoKey => "ERR_NO_KEY",
            Self::NoObject | Self::NoUpload => "ERR_NO_OBJECT",
            Self::Rotated | Self::Locked => "ERR_LOCKED",
            Self::NoVersion => "ERR_NO_VERSION",
            Self::VaultExists => "ERR_VAULT_EXISTS",
            Self::KeyExists => "ERR_KEY_EXISTS",
            Self::Decrypt => "ERR_DECRYPT",
            Self::Context => "ERR_CONTEXT",
            Self::Unsigned => "ERR_UNSIGNED",
            Self::Malformed(_) => "ERR_MALFORMED",
            Self::Unsupported(_) => "ERR_UNSUPPORTED",
            Self::Integrity(_) => "ERR_INTEGRITY",
            Self::Storage(_) | Self::Outside(_) | Self::NoStorage => "ERR_STORAGE",
            Self::Quota => "ERR_QUOTA",
            Self::Blocked => "ERR_BLOCKED",
            Self::Conflict => "ERR_CONFLICT",
            Self::Argument(_) => "ERR_ARGUMENT",
            Self::TooLarge(_) => "ERR_TOO_LARGE",
            Self::Changed => "ERR_CHANGED",
            Self::Consumed => "ERR_CONSUMED",
            Self::Transition(..) | Self::State(_) => "ERR_STATE",
            Self::Purpose => "ERR_PURPOSE",
            Self::InUse => "ERR_IN_USE",
        }
    }

    /// What happened and what to do: a sentence in parts, to be written one after the other.
    #[must_use]
    pub fn parts(&self) -> [&'static str; 4] {
        match self {
            Self::WrongFactor => one("this passphrase does not open the vault"),
            Self::Closed => one("this key was closed"),
            Self::NoVault => one("there is no vault of that name; create or restore it"),
            Self::NoKey => one("the vault has no such key; create it, or check the alias"),
            Self::NoObject => one("the inventory has no such object, or does not keep its header"),
            Self::NoUpload => one("no such upload can go on; encrypt the file anew"),
            Self::Locked => one("the vault was locked; unlock it again"),
            Self::Rotated => one("the vault key was rotated elsewhere; unlock again"),
            Self::NoVersion => one("the key has no such version that can still be used"),
            Self::VaultExists => {
                one("a vault of that name exists; open it, or choose another name")
            }
            Self::KeyExists => one("a key of that alias exists; use it, or choose another alias"),
            Self::Decrypt => one("tampered with, incomplete, or not for this key"),
            Self::Context => one("encrypted under another context; give the one used to encrypt"),
            Self::Unsigned => one("the writer is not proven; pass allowUnsigned to accept that"),
            Self::Malformed(place) => two("malformed: ", place),
            Self::Unsupported(what) => two("not supported: ", what),
            Self::Integrity(check) => two("the vault's records were changed from outside: ", check),
            Self::Storage(why) => two("the store failed: ", why),
            Self::Outside(_) => one("the store failed"),
            Self::Quota => one("the browser's storage is full; free space and try again"),
            Self::NoStorage => one(
                "the browser keeps no data for this site; allow it to, or leave the private window",
            ),
            Self::Blocked => one("another tab keeps the database; close that tab and try again"),
            Self::Conflict => one("another tab changed the vault at the same time; try again"),
            Self::Argument(which) => two("bad argument: ", which),
            Self::TooLarge(what) => two("too large: ", what),
            Self::Changed => one("the input changed while it was read; start again"),
            Self::Consumed => one("this body was read already; encrypt or decrypt again"),
            Self::Transition(from, to) => [
                "a version cannot go from ",
                from.as_str(),
                " to ",
                to.as_str(),
            ],
            Self::State(state) => ["the version is ", state.as_str(), "; ", state.remedy()],
            Self::Purpose => one("the key is for another purpose"),
            Self::InUse => {
                one("objects of the inventory would be lost; rewrap or move them, or pass force")
            }
        }
    }
}

fn one(sentence: &'static str) -> [&'static str; 4] {
    two(sentence, "")
}

fn two(beginning: &'static str, end: &'static str) -> [&'static str; 4] {
    [beginning, end, "", ""]
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.parts() {
            f.write_str(part)?;
        }
        Ok(())
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Outside(cause) => Some(cause.0.as_ref()),
            _ => None,
        }
    }
}
