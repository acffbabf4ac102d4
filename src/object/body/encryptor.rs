//! Encrypting a body.

use core::cell::Cell;
use std::rc::Rc;

use crate::{
    base::{Context, Entropy},
    object::{Dek, Error, Result},
};

use super::{
    Buffers, Bytes, Engine, Layout, SegmentKey, Turn, Work,
    gather::Gather,
    header::{HEADER, Header},
    segment::Segments,
};

/// Takes a plaintext in chunks of any sizes and gives the body in whole segments.
///
/// The last segment is only known at the end, so [`finish`](Self::finish) is called exactly once.
/// Calls follow one another: one made while another waits, like one made after the end or after a
/// failure, is [`Error::Consumed`]. An encryptor cannot decrypt:
///
/// ```compile_fail,E0599
/// use strongroom::object::body::{RustEngine, BodyEncryptor};
/// async fn open(encryptor: BodyEncryptor<RustEngine>) {
///     let _ = encryptor.open(Vec::new()).await;
/// }
/// ```
pub struct BodyEncryptor<E: Buffers> {
    promised: Option<u64>,
    body_size: Option<u64>,
    /// Taken out while a call works on it, and put back only when the call went well.
    state: Cell<Option<Box<EncryptorState<E>>>>,
}

/// A body on its way.
pub struct EncryptorState<E: Buffers> {
    engine: Rc<E>,
    key: E::Key,
    layout: Layout,
    /// The body's header, until it goes out before the first segment.
    header: Option<[u8; HEADER]>,
    segments: Segments,
    gather: Gather<E::Bytes>,
    /// The plaintext's size as promised, and as taken so far.
    promised: Option<u64>,
    taken: u64,
}

impl<E: Buffers> BodyEncryptor<E> {
    /// Starts a body with a fresh salt and nonce prefix. `size` is the plaintext's, if it is known;
    /// the input is then held to it.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when no body holds that much; what the engine reports.
    pub fn new(
        engine: Rc<E>,
        dek: &Dek,
        context: &Context,
        size: Option<u64>,
        entropy: &dyn Entropy,
    ) -> Result<Self> {
        Self::with_layout(Layout::STANDARD, engine, dek, context, size, entropy)
    }

    /// As [`new`](Self::new), with segments of another size.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_layout(
        layout: Layout,
        engine: Rc<E>,
        dek: &Dek,
        context: &Context,
        size: Option<u64>,
        entropy: &dyn Entropy,
    ) -> Result<Self> {
        let header = Header::generate(entropy)?;
        let bytes = Some(header.encode());
        Self::begun(layout, engine, dek, context, &header, (bytes, 0), (size, 0))
    }

    /// A further pass over a plaintext that is pinned: from that segment on, before which so many bytes are.
    pub(crate) fn again(
        engine: Rc<E>,
        dek: &Dek,
        context: &Context,
        header: &Header,
        segment: u32,
        (size, before): (Option<u64>, u64),
    ) -> Result<Self> {
        let bytes = (segment == 0).then(|| header.encode());
        let layout = Layout::STANDARD;
        Self::begun(
            layout,
            engine,
            dek,
            context,
            header,
            (bytes, segment),
            (size, before),
        )
    }

    fn begun(
        layout: Layout,
        engine: Rc<E>,
        dek: &Dek,
        context: &Context,
        header: &Header,
        (bytes, segment): (Option<[u8; HEADER]>, u32),
        (promised, taken): (Option<u64>, u64),
    ) -> Result<Self> {
        let body_size = promised
            .map(|size| layout.ciphertext_len(size))
            .transpose()?;
        let key = engine.import(SegmentKey::derive(dek, header, context)?)?;
        let state = EncryptorState {
            engine,
            key,
            layout,
            header: bytes,
            segments: Segments::from(header, segment),
            gather: Gather::new(),
            promised,
            taken,
        };
        Ok(Self {
            promised,
            body_size,
            state: Cell::new(Some(Box::new(state))),
        })
    }

    /// Ends it, and gives what it would have begun with: the body's header, and the plaintext's size as promised.
    ///
    /// # Errors
    /// [`Error::Consumed`] for one that has begun, or ended.
    pub(crate) fn spend(&self) -> Result<(Header, Option<u64>)> {
        let state = self.state.take().ok_or(Error::Consumed)?;
        let header = state.header.filter(|_| state.taken == 0);
        let header = Header::decode(&header.ok_or(Error::Consumed)?)?;
        Ok((header, state.promised))
    }

    /// The plaintext's size in bytes, if it is known.
    #[must_use]
    pub fn promised(&self) -> Option<u64> {
        self.promised
    }

    /// The size of the whole body in bytes, if the plaintext's is known.
    #[must_use]
    pub fn body_size(&self) -> Option<u64> {
        self.body_size
    }

    /// Takes a chunk, or the end, and cuts what became whole: the one call before [`done`](Self::done).
    ///
    /// # Errors
    /// As for [`push`](Self::push) and [`finish`](Self::finish).
    pub fn cut(&self, chunk: Option<E::Bytes>) -> Result<Turn<Box<EncryptorState<E>>, E::Bytes>> {
        let mut state = self.state.take().ok_or(Error::Consumed)?;
        let last = chunk.is_none();
        let (ready, work) = match chunk {
            Some(chunk) => state.push(chunk)?,
            None => state.finish()?,
        };
        Ok(Turn {
            ready,
            work,
            state,
            last,
        })
    }

    /// Takes a turn back whose work went well; whether nothing of any chunk is held back.
    pub fn done(&self, turn: Turn<Box<EncryptorState<E>>, E::Bytes>) -> bool {
        let none_held = turn.state.gather.is_empty();
        if !turn.last {
            self.state.set(Some(turn.state));
        }
        none_held
    }
}

impl<E: Engine> BodyEncryptor<E> {
    /// Takes a chunk; gives the pieces of the body that became whole, in order. Segments of one chunk
    /// are encrypted side by side.
    ///
    /// # Errors
    /// [`Error::Changed`] when there is more than was promised, [`Error::Consumed`] after the end.
    pub async fn push(&self, chunk: E::Bytes) -> Result<Vec<E::Bytes>> {
        self.step(Some(chunk)).await
    }

    /// Encrypts what is left as the last segment.
    ///
    /// # Errors
    /// [`Error::Changed`] when there was less than was promised, [`Error::Consumed`] after the end.
    pub async fn finish(&self) -> Result<Vec<E::Bytes>> {
        self.step(None).await
    }

    async fn step(&self, chunk: Option<E::Bytes>) -> Result<Vec<E::Bytes>> {
        let mut turn = self.cut(chunk)?;
        let (state, work) = (&turn.state, core::mem::take(&mut turn.work));
        let sealed = state.engine.seal(&state.key, work).await?;
        let mut pieces: Vec<_> = turn.ready.take().into_iter().collect();
        pieces.extend(sealed);
        self.done(turn);
        Ok(pieces)
    }
}

/// What is ready to go out, and what has to be sealed to follow it.
type Cut<B> = (Option<B>, Work<B>);

impl<E: Buffers> Turn<Box<EncryptorState<E>>, E::Bytes> {
    /// The body's key.
    pub fn key(&self) -> &E::Key {
        &self.state.key
    }
}

impl<E: Buffers> EncryptorState<E> {
    fn push(&mut self, chunk: E::Bytes) -> Result<Cut<E::Bytes>> {
        self.taken += chunk.len() as u64;
        if self.promised.is_some_and(|promised| self.taken > promised) {
            return Err(Error::Changed);
        }
        self.gather.push(chunk);
        let more = self.promised.is_some_and(|promised| self.taken < promised);
        let (mut ready, mut work) = (None, Vec::new());
        while let Some(plain) = self.gather.take(self.next_segment(), more) {
            ready = ready.or(self.take_header());
            work.push((self.segments.deal(false)?, plain));
        }
        Ok((ready, work))
    }

    fn finish(&mut self) -> Result<Cut<E::Bytes>> {
        if self.promised.is_some_and(|promised| self.taken != promised) {
            return Err(Error::Changed);
        }
        let last = (self.segments.deal(true)?, self.gather.rest());
        Ok((self.take_header(), vec![last]))
    }

    /// Plaintext bytes of the next segment: the first is shorter by the header.
    fn next_segment(&self) -> usize {
        self.layout.plain_segment() - self.header.map_or(0, |header| header.len())
    }

    fn take_header(&mut self) -> Option<E::Bytes> {
        self.header
            .take()
            .map(|header| E::Bytes::from_slice(&header))
    }
}
