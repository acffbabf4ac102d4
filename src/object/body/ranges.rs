//! Decrypting parts of a body, in any order.

use core::{cell::Cell, ops::Range};

use crate::{
    base::Context,
    object::{Dek, Error, Result},
};

use super::{
    Buffers, Bytes, Engine, Layout, Segment, SegmentKey, Span, Work,
    hashes::{BodyHashes, block_hashes},
    header::{HEADER, Header},
    segment::Segments,
};

/// Opens any segments of a body, as often as they are asked for.
///
/// A segment in the middle does not show that the body's end is there. So the last one is opened
/// first: its nonce says that it is the last, and that many segments come before it is what the body's
/// size says. Until then no other is dealt. Opening under one nonce twice is harmless; sealing would
/// not be, and nothing here seals:
///
/// ```compile_fail,E0599
/// use strongroom::object::body::{RangeDecryptor, RustEngine};
/// fn seal(decryptor: &RangeDecryptor<RustEngine>) {
///     let _ = decryptor.seal(0, Vec::new());
/// }
/// ```
pub struct RangeDecryptor<E: Buffers> {
    layout: Layout,
    key: E::Key,
    header: Header,
    /// Bytes of plaintext.
    plain: u64,
    segments: u32,
    /// Whether the last segment was opened.
    whole: Cell<bool>,
    /// Bytes of the body.
    size: u64,
    /// What each block is held to.
    hashes: Option<BodyHashes>,
}

impl<E: Buffers> RangeDecryptor<E> {
    /// A body of `size` bytes, the first of which are `front`. `stated` is the plaintext's size as its
    /// writer stated it.
    ///
    /// # Errors
    /// [`Error::Decrypt`] when no body has that size or that front, or its writer stated another.
    pub fn new(
        layout: Layout,
        engine: &E,
        dek: &Dek,
        context: &Context,
        stated: Option<u64>,
        size: u64,
        front: &[u8],
    ) -> Result<Self> {
        // A size that no body has is a cut like any other, so it is told as one.
        let plain = layout.plaintext_len(size).map_err(|_| Error::Decrypt)?;
        if stated.is_some_and(|stated| stated != plain) {
            return Err(Error::Decrypt);
        }
        let header = Header::decode(front.get(..HEADER).ok_or(Error::Decrypt)?)?;
        let key = engine.import(SegmentKey::derive(dek, &header, context)?)?;
        Ok(Self {
            layout,
            key,
            header,
            plain,
            segments: layout.segments(plain)?,
            whole: Cell::new(false),
            size,
            hashes: None,
        })
    }

    /// Holds the body to these hashes, block by block.
    ///
    /// # Errors
    /// [`Error::Decrypt`] when it has another size.
    pub(crate) fn held_to(self, hashes: BodyHashes) -> Result<Self> {
        if hashes.size() != self.size {
            return Err(Error::Decrypt);
        }
        Ok(Self {
            hashes: Some(hashes),
            ..self
        })
    }

    /// What stands before a segment in its block; nothing where the body is held to no hashes.
    #[must_use]
    pub fn front(&self, segment: u32) -> Option<Vec<u8>> {
        self.hashes.as_ref()?;
        Some(match segment {
            0 => self.header.encode().to_vec(),
            _ => Vec::new(),
        })
    }

    /// Holds the hashes (SHA-256) of the blocks of segments, from `first` on, against what they are to be: before any plaintext of
    /// theirs goes out, of a body that is held to hashes.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub fn check(&self, first: u32, hashes: &[u8]) -> Result<()> {
        let held = self.hashes.as_ref();
        held.map_or(Ok(()), |held| held.check(first, hashes))
    }

    /// Bytes of plaintext.
    #[must_use]
    pub fn plain_size(&self) -> u64 {
        self.plain
    }

    /// How many segments there are: at least one.
    #[must_use]
    pub fn segments(&self) -> u32 {
        self.segments
    }

    /// The body's key.
    pub fn key(&self) -> &E::Key {
        &self.key
    }

    /// The segments that hold a range of the plaintext.
    ///
    /// # Errors
    /// [`Error::Argument`] when it is not within the plaintext.
    pub fn span(&self, range: Range<u64>) -> Result<Span> {
        self.layout.span(self.plain, range)
    }

    /// Where segments stand in the body.
    ///
    /// # Errors
    /// [`Error::Argument`] when there are no such segments.
    pub fn place(&self, segments: Range<u32>) -> Result<Range<u64>> {
        if segments.start > segments.end || segments.end > self.segments {
            return Err(Error::Argument("segments outside the object"));
        }
        self.layout.place(self.plain, segments)
    }

    /// Cuts the bytes of segments that follow one another, from `first` on.
    ///
    /// # Errors
    /// [`Error::Decrypt`] when they do not end where a segment does, or go on after the last; also when
    /// another than the last is asked for before [`whole`](Self::whole).
    pub fn cut(&self, first: u32, cipher: &E::Bytes) -> Result<Work<E::Bytes>> {
        let mut work = Work::new();
        let (mut at, mut index) = (0, first);
        while at < cipher.len() {
            let beyond = |_| Error::Decrypt;
            let place = self.place(index..index.saturating_add(1)).map_err(beyond)?;
            // A segment is at most 1 GiB.
            let end = at + (place.end - place.start) as usize;
            if end > cipher.len() {
                return Err(Error::Decrypt);
            }
            work.push((self.segment(index)?, cipher.slice(at..end)));
            (at, index) = (end, index + 1);
        }
        Ok(work)
    }

    /// One segment's nonce.
    ///
    /// # Errors
    /// [`Error::Argument`] outside the body; [`Error::Decrypt`] as for [`cut`](Self::cut).
    pub fn segment(&self, index: u32) -> Result<Segment> {
        let last = self.segments - 1;
        if index > last {
            return Err(Error::Argument("segments outside the object"));
        }
        if index < last && !self.whole.get() {
            return Err(Error::Decrypt);
        }
        Ok(Segments::at(&self.header, index, index == last))
    }

    /// The last segment was opened: nothing is missing, and all others may follow.
    pub fn whole(&self) {
        self.whole.set(true);
    }
}

impl<E: Engine> RangeDecryptor<E> {
    /// Opens the last segment: the call before any other.
    ///
    /// # Errors
    /// [`Error::Decrypt`] when it is not this body's last.
    pub async fn prove(&self, engine: &E, cipher: &E::Bytes) -> Result<Vec<E::Bytes>> {
        let opened = self.open(engine, self.segments - 1, cipher).await?;
        if opened.len() != 1 {
            return Err(Error::Decrypt);
        }
        self.whole();
        Ok(opened)
    }

    /// Opens segments that follow one another: all of them, in order, or none.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub async fn open(&self, engine: &E, first: u32, cipher: &E::Bytes) -> Result<Vec<E::Bytes>> {
        let work = self.cut(first, cipher)?;
        if let Some(front) = self.front(first) {
            let hashes = block_hashes(&front, &work);
            self.check(first, &hashes)?;
        }
        engine.open(&self.key, work).await
    }
}
