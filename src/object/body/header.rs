//! A body's own 40 bytes: its length, the salt and the nonce prefix.

use crate::{
    base::Entropy,
    object::{Error, Result},
};

/// Bytes of the header, the first of which says so.
pub const HEADER: usize = 40;
const SALT: usize = 32;
pub(crate) const PREFIX: usize = 7;

/// What every segment of a body is derived with. Not secret; authenticated, because another salt
/// derives another key and another prefix gives other nonces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(super) salt: [u8; SALT],
    pub(super) prefix: [u8; PREFIX],
}

impl Header {
    pub(crate) const ZERO: Self = Self {
        salt: [0; SALT],
        prefix: [0; PREFIX],
    };

    pub(crate) fn generate(entropy: &dyn Entropy) -> Result<Self> {
        let mut header = Self::ZERO;
        entropy.fill(&mut header.salt)?;
        entropy.fill(&mut header.prefix)?;
        Ok(header)
    }

    pub(crate) fn encode(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[0] = HEADER as u8;
        bytes[1..=SALT].copy_from_slice(&self.salt);
        bytes[1 + SALT..].copy_from_slice(&self.prefix);
        bytes
    }

    /// A length that is not 40 is a changed byte like any other, so it is told as one.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        let header = bytes
            .split_first()
            .filter(|(length, rest)| **length as usize == HEADER && rest.len() + 1 == HEADER);
        let (_, rest) = header.ok_or(Error::Decrypt)?;
        let mut header = Self::ZERO;
        header.salt.copy_from_slice(&rest[..SALT]);
        header.prefix.copy_from_slice(&rest[SALT..]);
        Ok(header)
    }
}
