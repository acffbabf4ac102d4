//! Where plaintext and ciphertext stand: pure arithmetic.

use core::ops::Range;

use crate::{
    hazmat::aes_gcm::TAG,
    object::{Error, Result},
};

use super::header::HEADER;

/// The most segments of a body. The counter in the nonce has room for one more, but Tink for Go does
/// not use it, and so the number of segments is itself a `u32`.
pub(crate) const MAX_SEGMENTS: u32 = u32::MAX;
pub(crate) const TOO_LONG: Error = Error::TooLarge("body (2^32 - 1 segments)");

/// The sizes of a body with segments of a given size.
///
/// Every segment has `segment` ciphertext bytes, tag included; the first is shorter by the header,
/// which counts towards it; the last may be shorter. An empty plaintext has one segment, of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    segment: u64,
}

/// Where a range of plaintext stands in a body.
///
/// Decrypt `segments`, which are the bytes `cipher`; leave out the first `skip` bytes of what comes
/// out, and as many as the range is long follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The indices of the segments that hold it.
    pub segments: Range<u32>,
    /// Their bytes in the body.
    pub cipher: Range<u64>,
    /// Plaintext bytes of the first segment before the range.
    pub skip: usize,
}

impl Layout {
    /// 256 KiB segments: what every body of ours has.
    pub const STANDARD: Self = Self { segment: 262_144 };

    /// Segments of another size: for bodies that others wrote.
    ///
    /// # Errors
    /// [`Error::Argument`] when a segment would not hold the header, a tag and a byte, or exceeds
    /// 1 GiB.
    pub fn with_segment(segment: u32) -> Result<Self> {
        let fits = u64::from(segment) > HEADER as u64 + TAG as u64 && segment <= 1 << 30;
        if fits {
            Ok(Self {
                segment: u64::from(segment),
            })
        } else {
            Err(Error::Argument("segment size"))
        }
    }

    /// Ciphertext bytes of a whole segment, the header counted to the first.
    #[must_use]
    pub fn cipher_segment(&self) -> usize {
        // At most 1 GiB, which every platform can address.
        self.segment as usize
    }

    /// Plaintext bytes of a whole segment.
    #[must_use]
    pub fn plain_segment(&self) -> usize {
        self.cipher_segment() - TAG
    }

    /// How many segments that much plaintext takes.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond 2^32 − 1 segments.
    pub fn segments(&self, plain: u64) -> Result<u32> {
        let with_header = plain.checked_add(HEADER as u64).ok_or(TOO_LONG)?;
        let count = with_header.div_ceil(self.plain_segment() as u64);
        u32::try_from(count).map_err(|_| TOO_LONG)
    }

    /// How many bytes a body of that much plaintext has.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond 2^32 − 1 segments.
    pub fn ciphertext_len(&self, plain: u64) -> Result<u64> {
        let tags = u64::from(self.segments(plain)?) * TAG as u64;
        Ok(HEADER as u64 + plain + tags)
    }

    /// How much plaintext a body of that many bytes holds.
    ///
    /// # Errors
    /// [`Error::Malformed`] when no body has that size.
    pub fn plaintext_len(&self, cipher: u64) -> Result<u64> {
        let tags = cipher.div_ceil(self.segment).max(1) * TAG as u64;
        let plain = cipher
            .checked_sub(HEADER as u64 + tags)
            .ok_or(Error::Malformed("size of a body"))?;
        if self.ciphertext_len(plain) == Ok(cipher) {
            Ok(plain)
        } else {
            Err(Error::Malformed("size of a body"))
        }
    }

    /// The segments that hold `range` of a plaintext of `plain` bytes.
    ///
    /// # Errors
    /// [`Error::Argument`] when the range is not within the plaintext, [`Error::TooLarge`].
    pub fn span(&self, plain: u64, range: Range<u64>) -> Result<Span> {
        if range.start > range.end || range.end > plain {
            return Err(Error::Argument("a range outside the object"));
        }
        self.segments(plain)?;
        // Counting the header as plaintext of the first segment makes all segments alike.
        let (step, header) = (self.plain_segment() as u64, HEADER as u64);
        let first = (range.start + header) / step;
        let end = if range.is_empty() {
            first
        } else {
            (range.end + header).div_ceil(step)
        };
        let index = |index| u32::try_from(index).expect("the segments were counted");
        let segments = index(first)..index(end);
        Ok(Span {
            cipher: self.place(plain, segments.clone())?,
            segments,
            // Less than a segment.
            skip: (range.start + header - (first * step).max(header)) as usize,
        })
    }

    /// Where segments of a body of `plain` bytes of plaintext stand in it.
    pub(crate) fn place(&self, plain: u64, segments: Range<u32>) -> Result<Range<u64>> {
        let total = self.ciphertext_len(plain)?;
        let start = |index| (u64::from(index) * self.segment).clamp(HEADER as u64, total);
        Ok(start(segments.start)..start(segments.end))
    }
}
