//! From a passphrase to a KEK: Argon2id (RFC 9106).

use core::fmt;

use zeroize::Zeroizing;

use crate::{
    base::{Error, InputResult, Local, Result, Secret},
    hazmat::argon2,
    records::Kdf,
};

/// A low-entropy secret that somebody typed. Wiped when dropped, never printed.
///
/// The bytes are used as they are; the npm package encodes a string as UTF-8 of its NFC form.
pub struct Passphrase(Held);

enum Held {
    Here(Zeroizing<Vec<u8>>),
    ByTheFactor(usize),
}

impl Passphrase {
    /// Takes the bytes over.
    ///
    /// # Errors
    /// [`Error::Argument`] when there are none.
    pub fn new(bytes: Vec<u8>) -> Result<Self> {
        if bytes.is_empty() {
            return Err(Error::Argument("an empty passphrase"));
        }
        Ok(Self(Held::Here(Zeroizing::new(bytes))))
    }

    /// One whose bytes never come here: the [`FactorPort`] has them under this index.
    #[must_use]
    pub fn held(index: usize) -> Self {
        Self(Held::ByTheFactor(index))
    }

    /// The bytes, for a [`FactorPort`].
    ///
    /// # Errors
    /// [`Error::Argument`] for one that the port has.
    pub fn expose(&self) -> Result<&[u8]> {
        match &self.0 {
            Held::Here(bytes) => Ok(bytes),
            Held::ByTheFactor(_) => Err(Error::Argument("a passphrase is needed")),
        }
    }

    /// Where the [`FactorPort`] has the bytes, if it does.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        match self.0 {
            Held::Here(_) => None,
            Held::ByTheFactor(index) => Some(index),
        }
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(redacted)")
    }
}

/// What the core asks of a caller's factor. The parameters were checked.
pub enum Challenge<'a> {
    /// What Argon2id derives from a passphrase.
    Argon2id {
        /// The caller's passphrase.
        passphrase: &'a Passphrase,
        /// The salt and the cost.
        kdf: &'a Kdf,
    },
}

/// What a factor gives.
pub enum Answer {
    /// 32 bytes, for use as a KEK.
    Derived(Secret<32>),
}

/// Answers challenges. A port, because a page runs Argon2id in a Worker of its own: linear memory never
/// shrinks, and 64 MiB should not stay.
pub trait FactorPort {
    /// The answer.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the memory cannot be had.
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>>;
}

/// Runs Argon2id at once, where it is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct InlineFactor;

impl FactorPort for InlineFactor {
    fn answer<'a>(&'a self, challenge: Challenge<'a>) -> Local<'a, Result<Answer>> {
        let Challenge::Argon2id { passphrase, kdf } = challenge;
        Box::pin(async move {
            let (memory, passes, lanes) = kdf.cost();
            // EXPOSE: the derivation reads the passphrase.
            let derived = argon2id(passphrase.expose()?, &kdf.salt()?, memory, passes, lanes)?;
            Ok(Answer::Derived(derived))
        })
    }
}

/// Argon2id itself, for the short-lived Worker. `memory` in KiB; 32 bytes come out.
///
/// # Errors
/// [`Error::Unsupported`] for parameters that the algorithm does not have.
pub fn argon2id(
    passphrase: &[u8],
    salt: &[u8],
    memory: u32,
    passes: u32,
    lanes: u32,
) -> InputResult<Secret<32>> {
    argon2::argon2id(passphrase, salt, memory, passes, lanes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_byte() {
        let passphrase = Passphrase::new(b"correct horse".to_vec()).expect("not empty");
        assert_eq!(format!("{passphrase:?}"), "Passphrase(redacted)");
    }

    #[test]
    fn an_empty_passphrase_is_refused() {
        assert!(matches!(
            Passphrase::new(Vec::new()),
            Err(Error::Argument(_))
        ));
    }
}
