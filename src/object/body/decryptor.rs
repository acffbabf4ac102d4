//! Decrypting a body.

use core::cell::Cell;
use std::rc::Rc;

use crate::{
    base::Context,
    hazmat::aes_gcm::TAG,
    object::{Dek, Error, Result},
};

use super::{
    Buffers, Bytes, Engine, Layout, RangeDecryptor, Segment, SegmentKey, Turn, Work,
    gather::Gather,
    hashes::{BodyHashes, block_hashes},
    header::{HEADER, Header},
    segment::Segments,
};

/// Takes a body in chunks of any sizes and gives its plaintext, segment by segment.
///
/// Nothing comes out that was not authenticated, and only [`finish`](Self::finish) says that nothing
/// is missing: what may be the last segment is held back, and opens as the last one or not at all.
/// Calls follow one another, as a [`BodyEncryptor`](super::BodyEncryptor)'s do.
pub struct BodyDecryptor<E: Buffers> {
    /// Taken out while a call works on it, and put back only when the call went well.
    state: Cell<Option<Box<DecryptorState<E>>>>,
}

/// A body on its way.
pub struct DecryptorState<E: Buffers> {
    engine: Rc<E>,
    dek: Dek,
    context: Context,
    layout: Layout,
    gather: Gather<E::Bytes>,
    /// The plaintext's size as its writer stated it, and as given out so far.
    stated: Option<u64>,
    given: u64,
    /// The body's bytes so far.
    taken: u64,
    /// Known once the body's own header was read.
    body: Option<Body<E::Key>>,
    /// What each block is held to, and what its next one is.
    held: Option<Held>,
}

/// The hashes that a signature has of a body.
struct Held {
    hashes: BodyHashes,
    /// The block that is looked at next.
    next: u32,
    /// How many blocks were cut whose hashes are not compared yet.
    cut: u32,
}

struct Body<K> {
    /// Its own 40 bytes.
    header: [u8; HEADER],
    key: K,
    segments: Segments,
    first: bool,
}

impl<E: Buffers> BodyDecryptor<E> {
    /// Opens a body. `size` is the plaintext's as its writer stated it; the body is held to it.
    #[must_use]
    pub fn new(engine: Rc<E>, dek: Dek, context: Context, size: Option<u64>) -> Self {
        Self::with_layout(Layout::STANDARD, engine, dek, context, size)
    }

    /// As [`new`](Self::new), with segments of another size.
    #[must_use]
    pub fn with_layout(
        layout: Layout,
        engine: Rc<E>,
        dek: Dek,
        context: Context,
        size: Option<u64>,
    ) -> Self {
        let gather = Gather::new();
        let state = DecryptorState {
            engine,
            dek,
            context,
            layout,
            gather,
            stated: size,
            given: 0,
            taken: 0,
            body: None,
            held: None,
        };
        Self {
            state: Cell::new(Some(Box::new(state))),
        }
    }

    /// Holds the body to these hashes, block by block: nothing of another one comes out.
    pub(crate) fn held_to(self, hashes: BodyHashes) -> Self {
        let state = self.state.take().map(|state| {
            let (next, cut) = (0, 0);
            let held = Some(Held { hashes, next, cut });
            Box::new(DecryptorState { held, ..*state })
        });
        Self {
            state: Cell::new(state),
        }
    }

    /// Opens parts of the body instead, in any order: it has `size` bytes, and begins with `front`.
    ///
    /// # Errors
    /// As for [`RangeDecryptor::new`]; [`Error::Consumed`] after any other call.
    pub fn ranges(&self, size: u64, front: &[u8]) -> Result<RangeDecryptor<E>> {
        let state = self.state.take().ok_or(Error::Consumed)?;
        if state.body.is_some() || !state.gather.is_empty() {
            return Err(Error::Consumed);
        }
        let ranges: RangeDecryptor<E> = RangeDecryptor::new(
            state.layout,
            &*state.engine,
            &state.dek,
            &state.context,
            state.stated,
            size,
            front,
        )?;
        match state.held {
            None => Ok(ranges),
            Some(held) => ranges.held_to(held.hashes),
        }
    }

    /// Takes a chunk, or the end, and cuts what became whole: the one call before [`done`](Self::done).
    ///
    /// # Errors
    /// As for [`push`](Self::push) and [`finish`](Self::finish).
    pub fn cut(&self, chunk: Option<E::Bytes>) -> Result<Turn<Box<DecryptorState<E>>, E::Bytes>> {
        let mut state = self.state.take().ok_or(Error::Consumed)?;
        let last = chunk.is_none();
        let work = match chunk {
            Some(chunk) => state.push(chunk)?,
            None => state.finish()?,
        };
        if let Some(held) = &mut state.held {
            held.cut = u32::try_from(work.len()).expect("the segments were counted");
        }
        Ok(Turn {
            ready: None,
            work,
            state,
            last,
        })
    }

    /// Takes a turn back whose work went well, and gave so many bytes of plaintext: they may go out. Whether
    /// nothing of any chunk is held back.
    ///
    /// # Errors
    /// [`Error::Decrypt`] when that is not what the writer stated.
    pub fn done(
        &self,
        mut turn: Turn<Box<DecryptorState<E>>, E::Bytes>,
        plain: u64,
    ) -> Result<bool> {
        let state = &mut turn.state;
        if state.held.as_ref().is_some_and(|held| held.cut > 0) {
            return Err(Error::Decrypt);
        }
        state.given += plain;
        let refused = |stated| state.given > stated || (turn.last && state.given != stated);
        if state.stated.is_some_and(refused) {
            return Err(Error::Decrypt);
        }
        let none_held = state.gather.is_empty();
        if !turn.last {
            self.state.set(Some(turn.state));
        }
        Ok(none_held)
    }
}

impl<E: Engine> BodyDecryptor<E> {
    /// Takes a chunk; gives the plaintext of the segments that became whole, in order. Segments of
    /// one chunk are decrypted side by side.
    ///
    /// # Errors
    /// [`Error::Decrypt`], after which nothing more comes out; [`Error::Consumed`] after the end.
    pub async fn push(&self, chunk: E::Bytes) -> Result<Vec<E::Bytes>> {
        self.step(Some(chunk)).await
    }

    /// Opens what is left as the last segment.
    ///
    /// # Errors
    /// [`Error::Decrypt`] when the body is cut, or goes on; [`Error::Consumed`] after the end.
    pub async fn finish(&self) -> Result<Vec<E::Bytes>> {
        self.step(None).await
    }

    async fn step(&self, chunk: Option<E::Bytes>) -> Result<Vec<E::Bytes>> {
        let mut turn = self.cut(chunk)?;
        let work = core::mem::take(&mut turn.work);
        if let Some(front) = turn.front() {
            let hashes = block_hashes(&front, &work);
            turn.check(&hashes)?;
        }
        let pieces = match turn.key() {
            Some(key) => turn.state.engine.open(key, work).await?,
            None => Vec::new(),
        };
        let plain = pieces.iter().map(|piece| piece.len() as u64).sum();
        self.done(turn, plain)?;
        Ok(pieces)
    }
}

impl<E: Buffers> Turn<Box<DecryptorState<E>>, E::Bytes> {
    /// The body's key; none before the body's own header was read, when there is no work either.
    pub fn key(&self) -> Option<&E::Key> {
        self.state.body.as_ref().map(|body| &body.key)
    }

    /// What stands before the first of the segments that were cut, in its block; nothing where the body is held to no hashes.
    pub fn front(&self) -> Option<Vec<u8>> {
        let held = self.state.held.as_ref()?;
        let front = self.state.body.as_ref().filter(|_| held.next == 0);
        Some(front.map_or(Vec::new(), |body| body.header.to_vec()))
    }

    /// Holds the hashes (SHA-256) of the blocks that were cut, one after the other, against what they are to be: the call before
    /// [`done`](BodyDecryptor::done), of a body that is held to hashes.
    ///
    /// # Errors
    /// [`Error::Decrypt`].
    pub fn check(&mut self, hashes: &[u8]) -> Result<()> {
        let state = &mut self.state;
        let Some(held) = &mut state.held else {
            return Ok(());
        };
        if hashes.len() != held.cut as usize * 32 {
            return Err(Error::Decrypt);
        }
        held.hashes.check(held.next, hashes)?;
        held.next += core::mem::take(&mut held.cut);
        if self.last && state.taken != held.hashes.size() {
            return Err(Error::Decrypt);
        }
        Ok(())
    }
}

impl<E: Buffers> DecryptorState<E> {
    fn push(&mut self, chunk: E::Bytes) -> Result<Work<E::Bytes>> {
        self.taken += chunk.len() as u64;
        self.gather.push(chunk);
        if self.body.is_none() {
            // A body goes on after its header.
            let Some(header) = self.gather.take(HEADER, true) else {
                return Ok(Work::new());
            };
            self.body = Some(self.begin(&header)?);
        }
        let (mut work, more) = (Vec::new(), self.more());
        while let Some(cipher) = self.gather.take(self.next_segment(), more) {
            work.push((self.deal(false)?, cipher));
        }
        Ok(work)
    }

    /// Whether the body goes on, by what its writer stated. Where it does not, its end fails to open.
    fn more(&self) -> bool {
        let body = self.stated.map(|plain| self.layout.ciphertext_len(plain));
        matches!(body, Some(Ok(size)) if self.taken < size)
    }

    fn finish(&mut self) -> Result<Work<E::Bytes>> {
        let only = self.body.as_ref().is_some_and(|body| body.first);
        let rest = self.gather.rest();
        // Only an empty plaintext has an empty segment: a size of a body says how much plaintext it holds.
        if !only && rest.len() <= TAG {
            return Err(Error::Decrypt);
        }
        Ok(vec![(self.deal(true)?, rest)])
    }

    fn begin(&self, header: &E::Bytes) -> Result<Body<E::Key>> {
        let mut bytes = [0; HEADER];
        header.copy_prefix(&mut bytes);
        let header = Header::decode(&bytes)?;
        let key = SegmentKey::derive(&self.dek, &header, &self.context)?;
        let key = self.engine.import(key)?;
        Ok(Body {
            header: bytes,
            key,
            segments: Segments::from(&header, 0),
            first: true,
        })
    }

    /// Ciphertext bytes of the next segment: the first is shorter by the header.
    fn next_segment(&self) -> usize {
        let first = self.body.as_ref().is_some_and(|body| body.first);
        self.layout.cipher_segment() - if first { HEADER } else { 0 }
    }

    fn deal(&mut self, last: bool) -> Result<Segment> {
        let body = self.body.as_mut().ok_or(Error::Decrypt)?;
        body.first = false;
        body.segments.deal(last)
    }
}
