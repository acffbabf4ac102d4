//! Bodies that are encrypted more than once: each pass is held to the plaintext of the first.

use core::cell::RefCell;
use std::{rc::Rc, vec::IntoIter};

use crate::{
    base::Context,
    hazmat::hash::sha256,
    object::Dek,
    object::{Error, Result},
};

use super::{
    BodyEncryptor, Buffers, EncryptorState, Layout, Turn,
    header::{HEADER, Header},
};

/// Bytes of a SHA-256 digest.
const DIGEST: usize = 32;
/// Segments of a piece: those that are read and encrypted together.
const PIECE: u32 = 4;
/// The most pieces of a body; of one that would have more, they are larger.
const MAX_PIECES: u32 = 8192;

/// What a body's segments are derived with, and the digest (SHA-256) of each piece of its plaintext.
///
/// A nonce must meet one plaintext only. Whoever encrypts a body again does so from these, so that no byte of a
/// plaintext that changed is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaintextDigests {
    header: Header,
    size: u64,
    digests: Vec<[u8; DIGEST]>,
}

/// Where a pass begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// The byte of the plaintext that is pushed first.
    pub plain: u64,
    /// Bytes of what comes out that are before the one that was asked for.
    pub skip: u64,
}

/// Takes a plaintext again, piece by piece, and gives the same body as the first time.
pub struct ResumedEncryptor<E: Buffers> {
    encryptor: BodyEncryptor<E>,
    /// Those of the pieces to come.
    digests: RefCell<IntoIter<[u8; DIGEST]>>,
}

impl PlaintextDigests {
    /// The digest (SHA-256) of one piece.
    #[must_use]
    pub fn digest(piece: &[u8]) -> [u8; DIGEST] {
        sha256(&[piece])
    }

    /// Segments of each piece of a plaintext of so many bytes; the last may have fewer.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn piece(size: Option<u64>) -> Result<u32> {
        let segments = Layout::STANDARD.segments(size.unwrap_or(0))?;
        let mut piece = PIECE;
        while segments.div_ceil(piece) > MAX_PIECES {
            piece *= 2;
        }
        Ok(piece)
    }

    pub(crate) fn new(header: Header, size: u64, digests: &[u8]) -> Result<Self> {
        let (digests, rest) = digests.as_chunks::<DIGEST>();
        let segments = Layout::STANDARD.segments(size)?;
        let pieces = match size {
            0 => 0,
            _ => segments.div_ceil(Self::piece(Some(size))?),
        };
        if rest.is_empty() && digests.len() == pieces as usize {
            Ok(Self {
                header,
                size,
                digests: digests.to_vec(),
            })
        } else {
            Err(Error::Changed)
        }
    }

    /// Bytes of plaintext.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The body's first 40 bytes, then the digests.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.header.encode().to_vec();
        bytes.extend(self.digests.as_flattened());
        bytes
    }

    /// # Errors
    /// [`Error::Integrity`].
    pub fn decode(bytes: &[u8], size: u64) -> Result<Self> {
        const DAMAGED: Error = Error::Integrity("an upload's digests");
        let (header, digests) = bytes.split_at_checked(HEADER).ok_or(DAMAGED)?;
        Header::decode(header)
            .and_then(|header| Self::new(header, size, digests))
            .map_err(|_| DAMAGED)
    }
}

impl<E: Buffers> BodyEncryptor<E> {
    /// What every further pass is held to, from the digests of the first: this encryptor encrypts nothing then.
    ///
    /// # Errors
    /// [`Error::Consumed`] for one that has begun; [`Error::Changed`] when these are not digests of as much
    /// plaintext as was promised, or nothing was.
    pub fn pin(&self, digests: &[u8]) -> Result<PlaintextDigests> {
        let (header, size) = self.spend()?;
        PlaintextDigests::new(header, size.ok_or(Error::Changed)?, digests)
    }
}

impl<E: Buffers> ResumedEncryptor<E> {
    /// Begins at a byte of the body, or at the piece that holds it.
    ///
    /// # Errors
    /// [`Error::Argument`] for a place outside the body; what the engine reports.
    pub fn new(
        engine: Rc<E>,
        dek: &Dek,
        context: &Context,
        pins: PlaintextDigests,
        from: u64,
    ) -> Result<(Self, Start)> {
        let layout = Layout::STANDARD;
        if from >= layout.ciphertext_len(pins.size)? {
            return Err(Error::Argument("a place outside the object"));
        }
        let piece = PlaintextDigests::piece(Some(pins.size))?;
        let at = from / (layout.cipher_segment() as u64 * u64::from(piece));
        let segment = u32::try_from(at * u64::from(piece)).expect("the segments were counted");
        let plain =
            (u64::from(segment) * layout.plain_segment() as u64).saturating_sub(HEADER as u64);
        let skip = from - u64::from(segment) * layout.cipher_segment() as u64;
        let encryptor = BodyEncryptor::again(
            engine,
            dek,
            context,
            &pins.header,
            segment,
            (Some(pins.size), plain),
        )?;
        let mut digests = pins.digests.into_iter();
        digests.by_ref().take(at as usize).for_each(drop);
        let digests = digests.into();
        Ok((Self { encryptor, digests }, Start { plain, skip }))
    }

    /// Bytes of the whole body.
    #[must_use]
    pub fn body_size(&self) -> Option<u64> {
        self.encryptor.body_size()
    }

    /// As [`BodyEncryptor::cut`], of one whole piece with its digest, or of the end.
    ///
    /// # Errors
    /// [`Error::Changed`] when it is not the piece that was there the first time; [`Error::Consumed`].
    pub fn cut(
        &self,
        piece: Option<(E::Bytes, &[u8])>,
    ) -> Result<Turn<Box<EncryptorState<E>>, E::Bytes>> {
        let Some((piece, digest)) = piece else {
            return self.encryptor.cut(None);
        };
        let pinned = self.digests.borrow_mut().next();
        if pinned.is_none_or(|pinned| pinned != *digest) {
            let _ended = self.encryptor.spend();
            return Err(Error::Changed);
        }
        self.encryptor.cut(Some(piece))
    }

    /// As [`BodyEncryptor::done`].
    pub fn done(&self, turn: Turn<Box<EncryptorState<E>>, E::Bytes>) -> bool {
        self.encryptor.done(turn)
    }
}
