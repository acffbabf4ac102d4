//! Keys and nonces of segments.

use core::fmt;

use crate::{
    base::{Context, Secret},
    hazmat::{aes_gcm::NONCE, hash::hkdf_sha256},
    object::Dek,
    object::{Error, Result},
};

use super::{
    header::{Header, PREFIX},
    layout::{MAX_SEGMENTS, TOO_LONG},
};

/// The AES-256-GCM key of one body.
///
/// A nonce must never repeat under it. It is derived from a DEK that belongs to one object and a
/// random salt that is drawn for one pass over it, and its nonces count up.
pub struct SegmentKey(Secret<32>);

impl SegmentKey {
    /// HKDF-SHA-256 with the DEK as input key material and the context as info.
    pub(crate) fn derive(dek: &Dek, header: &Header, context: &Context) -> Result<Self> {
        let key = hkdf_sha256(dek.secret(), &header.salt, context.canonical())?;
        Ok(Self(key))
    }

    /// The bytes, for an engine to import.
    #[must_use]
    pub fn expose(&self) -> &Secret<32> {
        &self.0
    }
}

impl fmt::Debug for SegmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SegmentKey(redacted)")
    }
}

/// One segment's turn: its nonce, to be spent on one sealing or opening.
///
/// ```compile_fail,E0599
/// fn twice(segment: strongroom::object::body::Segment) {
///     let again = segment.clone();
/// }
/// ```
#[derive(Debug)]
pub struct Segment {
    nonce: [u8; NONCE],
}

impl Segment {
    fn new(prefix: &[u8; PREFIX], index: u32, last: bool) -> Self {
        let mut nonce = [0; NONCE];
        nonce[..PREFIX].copy_from_slice(prefix);
        nonce[PREFIX..NONCE - 1].copy_from_slice(&index.to_be_bytes());
        nonce[NONCE - 1] = last.into();
        Self { nonce }
    }

    /// The nonce: prefix ‖ index, big-endian ‖ whether it is the last.
    #[must_use]
    pub fn nonce(&self) -> &[u8; NONCE] {
        &self.nonce
    }
}

/// Deals out the segments of one body, each once, the last of them last.
pub(crate) struct Segments {
    prefix: [u8; PREFIX],
    next: Option<u32>,
}

impl Segments {
    /// From that index on: 0, or where a further pass over the same plaintext begins.
    pub(crate) fn from(header: &Header, index: u32) -> Self {
        Self {
            prefix: header.prefix,
            next: Some(index),
        }
    }

    /// # Errors
    /// [`Error::TooLarge`] after [`MAX_SEGMENTS`], [`Error::Consumed`] after the last.
    pub(crate) fn deal(&mut self, last: bool) -> Result<Segment> {
        let index = self.next.ok_or(Error::Consumed)?;
        if index == MAX_SEGMENTS {
            return Err(TOO_LONG);
        }
        self.next = (!last).then(|| index + 1);
        Ok(Segment::new(&self.prefix, index, last))
    }

    /// Any segment, any number of times: for opening alone.
    pub(crate) fn at(header: &Header, index: u32, last: bool) -> Segment {
        Segment::new(&header.prefix, index, last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(next: u32) -> Segments {
        Segments {
            prefix: [9; PREFIX],
            next: Some(next),
        }
    }

    #[test]
    fn nonces_count_up_and_mark_the_last() {
        let mut segments = segments(0x0102);
        assert_eq!(
            segments.deal(false).expect("a middle one").nonce(),
            &[9, 9, 9, 9, 9, 9, 9, 0, 0, 1, 2, 0]
        );
        assert_eq!(
            segments.deal(true).expect("the last").nonce(),
            &[9, 9, 9, 9, 9, 9, 9, 0, 0, 1, 3, 1]
        );
        assert_eq!(segments.deal(true).err(), Some(Error::Consumed));
    }

    #[test]
    fn the_counter_never_runs_over() {
        let mut last_of_all = segments(u32::MAX - 1);
        assert!(last_of_all.deal(false).is_ok());
        for last in [false, true] {
            assert_eq!(last_of_all.deal(last).err(), Some(TOO_LONG));
        }
        assert!(segments(u32::MAX - 1).deal(true).is_ok());
    }
}
