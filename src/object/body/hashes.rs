//! Hashes of a body, by which a reader knows it again block by block.

use crate::{
    hazmat::hash::{StreamingSha256, sha256},
    object::{Error, Result},
};

use super::{Bytes, Layout, Work};

/// Bytes of a SHA-256 hash.
const HASH: usize = 32;
/// Bytes of a block: where a segment of the body ends, so does its block. The first begins with the body's own 40 bytes.
const BLOCK: usize = 262_144;

/// The size of a body, and the SHA-256 of each block of 262,144 bytes of it; the last may be shorter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyHashes {
    size: u64,
    blocks: Vec<[u8; HASH]>,
}

impl BodyHashes {
    /// Of a body of so many bytes, from its hashes, one after the other.
    ///
    /// # Errors
    /// [`Error::Malformed`] when no body has that size, or that many blocks.
    pub fn new(size: u64, hashes: &[u8]) -> Result<Self> {
        const MALFORMED: Error = Error::Malformed("hashes of a body");
        Layout::STANDARD
            .plaintext_len(size)
            .map_err(|_| MALFORMED)?;
        let (blocks, rest) = hashes.as_chunks::<HASH>();
        let expected = size.div_ceil(BLOCK as u64);
        if rest.is_empty() && blocks.len() as u64 == expected {
            Ok(Self {
                size,
                blocks: blocks.to_vec(),
            })
        } else {
            Err(MALFORMED)
        }
    }

    /// Bytes of the body.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes, one after the other.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.blocks.as_flattened()
    }

    /// Holds hashes of blocks that follow one another against these.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub(crate) fn check(&self, first: u32, hashes: &[u8]) -> Result<()> {
        let (hashes, rest) = hashes.as_chunks::<HASH>();
        let expected = self.blocks.get(first as usize..);
        let expected = expected.and_then(|blocks| blocks.get(..hashes.len()));
        if rest.is_empty() && expected == Some(hashes) {
            Ok(())
        } else {
            Err(Error::Decrypt)
        }
    }
}

/// Hashes a body that comes piece by piece.
#[derive(Default)]
pub struct BodyHasher {
    size: u64,
    block: StreamingSha256,
    blocks: Vec<u8>,
}

impl BodyHasher {
    /// Takes the next bytes.
    pub fn update(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            let room = BLOCK - (self.size % BLOCK as u64) as usize;
            let (now, rest) = piece.split_at(room.min(piece.len()));
            self.block.update(now);
            self.size += now.len() as u64;
            if self.size.is_multiple_of(BLOCK as u64) {
                self.end_block();
            }
            piece = rest;
        }
    }

    /// The hashes of the whole.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is no body.
    pub fn finish(mut self) -> Result<BodyHashes> {
        if !self.size.is_multiple_of(BLOCK as u64) {
            self.end_block();
        }
        BodyHashes::new(self.size, &self.blocks)
    }

    fn end_block(&mut self) {
        let block = core::mem::take(&mut self.block);
        self.blocks.extend(block.finish());
    }
}

/// The hashes of the blocks that segments are, one after the other; `front` stands before the first one.
pub(super) fn block_hashes<B: Bytes>(front: &[u8], work: &Work<B>) -> Vec<u8> {
    let mut hashes = Vec::new();
    for (at, (_, cipher)) in work.iter().enumerate() {
        let mut bytes = vec![0; cipher.len()];
        cipher.copy_prefix(&mut bytes);
        let front = if at == 0 { front } else { &[] };
        hashes.extend(sha256(&[front, &bytes]));
    }
    hashes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_hashed_whatever_the_pieces() {
        let body: Vec<_> = (0..2 * BLOCK + 77).map(|at| at as u8).collect();
        let expected: Vec<_> = body.chunks(BLOCK).map(|block| sha256(&[block])).collect();
        for piece in [1000, BLOCK - 1, BLOCK, BLOCK + 1, body.len()] {
            let mut hasher = BodyHasher::default();
            body.chunks(piece).for_each(|piece| hasher.update(piece));
            let hashes = hasher.finish().expect("a body");
            assert_eq!(hashes.bytes(), expected.as_flattened());
            assert_eq!(hashes.size(), body.len() as u64);
        }
    }

    #[test]
    fn hashes_of_no_body_are_refused() {
        for (size, blocks) in [(55, 1), (0, 0), (100, 0), (100, 2), (BLOCK as u64 + 5, 2)] {
            let refused = BodyHashes::new(size, &vec![0; blocks * HASH]);
            assert!(refused.is_err(), "{size} {blocks}");
        }
        assert!(BodyHashes::new(100, &[0; 31]).is_err());
        assert!(BodyHashes::new(56, &[0; 32]).is_ok());
        assert!(BodyHashes::new(BLOCK as u64, &[0; 32]).is_ok());
    }

    #[test]
    fn another_hash_or_place_is_refused() {
        let hashes = BodyHashes::new(BLOCK as u64 + 20, &[[1; 32], [2; 32]].concat());
        let hashes = hashes.expect("two blocks");
        assert_eq!(hashes.check(1, &[2; 32]), Ok(()));
        assert_eq!(hashes.check(0, hashes.bytes()), Ok(()));
        for (first, given) in [
            (0, &[2; 32][..]),
            (1, &[1; 32]),
            (2, &[2; 32]),
            (0, &[1; 31]),
        ] {
            assert_eq!(hashes.check(first, given), Err(Error::Decrypt));
        }
        assert_eq!(hashes.check(1, &[2; 64]), Err(Error::Decrypt));
    }
}
