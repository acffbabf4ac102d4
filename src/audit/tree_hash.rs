//! Hashes of a tree's leaves and nodes.

use core::fmt;

use crate::{
    base::{InputError, base64},
    hazmat::hash::sha256,
};

use super::Result;

/// The SHA-256 hash of a leaf, of a node, or of a whole tree. Public: it is compared in ordinary time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TreeHash(pub [u8; 32]);

/// Told apart by their first byte, so that no node can be shown as a leaf (RFC 6962 §2.1).
const LEAF: u8 = 0;
const NODE: u8 = 1;

impl TreeHash {
    /// RFC 6962 §2.1: the hash of the tree that has no leaves is that of the empty string.
    #[must_use]
    pub fn of_empty_tree() -> Self {
        Self(sha256(&[]))
    }

    /// RFC 6962 §2.1: `SHA-256(0x00 || entry)`.
    #[must_use]
    pub fn of_leaf(entry: &[u8]) -> Self {
        Self(sha256(&[&[LEAF], entry]))
    }

    /// RFC 6962 §2.1: `SHA-256(0x01 || left || right)`.
    #[must_use]
    pub fn of_node(left: &Self, right: &Self) -> Self {
        Self(sha256(&[&[NODE], &left.0, &right.0]))
    }

    /// Its base64 with padding (RFC 4648 §4), as checkpoints have it.
    #[must_use]
    pub fn to_base64(&self) -> String {
        base64::encode_padded(&self.0)
    }

    /// The hash of that base64.
    ///
    /// # Errors
    /// [`Error::Malformed`](super::Error::Malformed) for what is not canonical, or not of 32 bytes.
    pub fn from_base64(text: &str) -> Result<Self> {
        const MALFORMED: InputError = InputError::Malformed("a hash of a tree");
        let bytes = base64::decode_padded(text, MALFORMED)?;
        Ok(Self(bytes.try_into().map_err(|_| MALFORMED)?))
    }
}

impl fmt::Debug for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_base64())
    }
}
