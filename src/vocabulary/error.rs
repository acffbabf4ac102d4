//! The one error type of the core.

use core::fmt;

/// What every fallible function of the core returns.
pub type Result<T> = core::result::Result<T, &'static Error>;

/// Why an operation did not happen. Each variant has a stable [`code`](Error::code).
///
/// A failed decryption is one undetailed error, so that it cannot serve as an oracle; malformed
/// input may say where. No variant ever carries key material, plaintext or a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

impl Error {
    /// The stable name by which callers tell errors apart.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongFactor => "ERR_WRONG_FACTOR",
            Self::Closed => "ERR_CLOSED",
            Self::NoVault => "ERR_NO_VAULT",
            Self::NoKey => "ERR_NO_KEY",
            Self::NoVersion => "ERR_NO_VERSION",
            Self::VaultExists => "ERR_VAULT_EXISTS",
            Self::KeyExists => "ERR_KEY_EXISTS",
            Self::Decrypt => "ERR_DECRYPT",
            Self::Context => "ERR_CONTEXT",
            Self::Unsigned => "ERR_UNSIGNED",
            Self::Malformed(_) => "ERR_MALFORMED",
            Self::Unsupported(_) => "ERR_UNSUPPORTED",
            Self::Integrity(_) => "ERR_INTEGRITY",
            Self::Storage(_) => "ERR_STORAGE",
            Self::Conflict => "ERR_CONFLICT",
            Self::Argument(_) => "ERR_ARGUMENT",
            Self::TooLarge(_) => "ERR_TOO_LARGE",
            Self::Changed => "ERR_CHANGED",
            Self::Consumed => "ERR_CONSUMED",
        }
    }

    /// What happened and what to do, in a sentence that [`detail`](Self::detail) ends.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        match self {
            Self::WrongFactor => "this passphrase does not open the vault",
            Self::Closed => "this key was closed",
            Self::NoVault => "there is no vault of that name; create or restore it",
            Self::NoKey => "the vault has no such key; create it, or check the alias",
            Self::NoVersion => "the key has no such version that can still be used",
            Self::VaultExists => "a vault of that name exists; open it, or choose another name",
            Self::KeyExists => "a key of that alias exists; use it, or choose another alias",
            Self::Decrypt => "tampered with, incomplete, or not for this key",
            Self::Context => "encrypted under another context; give the one used to encrypt",
            Self::Unsigned => "the writer is not proven; pass allowUnsigned to accept that",
            Self::Malformed(_) => "malformed: ",
            Self::Unsupported(_) => "not supported: ",
            Self::Integrity(_) => "the vault's records were changed from outside: ",
            Self::Storage(_) => "the store failed: ",
            Self::Conflict => "another tab changed the vault at the same time; try again",
            Self::Argument(_) => "bad argument: ",
            Self::TooLarge(_) => "too large: ",
            Self::Changed => "the input changed while it was read; start again",
            Self::Consumed => "this body was read already; encrypt or decrypt again",
        }
    }

    /// Where, what or which, if the variant says so; otherwise nothing.
    #[must_use]
    pub fn detail(&self) -> &'static str {
        match self {
            Self::Malformed(detail)
            | Self::Unsupported(detail)
            | Self::Integrity(detail)
            | Self::Storage(detail)
            | Self::Argument(detail)
            | Self::TooLarge(detail) => detail,
            _ => "",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.summary())?;
        f.write_str(self.detail())
    }
}

impl core::error::Error for Error {}
