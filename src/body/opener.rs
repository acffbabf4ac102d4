//! Decrypting a body.

use core::cell::Cell;
use std::rc::Rc;

use crate::vocabulary::{Context, Error, Result};

use super::{
    Bytes, Dek, Engine, Layout, Segment, SegmentKey, Work,
    gather::Gather,
    header::{HEADER, Header},
    segment::Segments,
};

/// Takes a body in chunks of any sizes and gives its plaintext, segment by segment.
///
/// Nothing comes out that was not authenticated, and only [`finish`](Self::finish) says that nothing
/// is missing: one segment is always held back, and opens as the last one or not at all. Calls
/// follow one another, as a [`Sealer`](super::Sealer)'s do.
pub struct Opener<E: Engine> {
    /// Taken out while a call works on it, and put back only when the call went well.
    state: Cell<Option<State<E>>>,
}

struct State<E: Engine> {
    engine: Rc<E>,
    dek: Dek,
    context: Context,
    layout: Layout,
    gather: Gather<E::Bytes>,
    /// The plaintext's size as its writer stated it, and as given out so far.
    stated: Option<u64>,
    given: u64,
    /// Known once the body's own header was read.
    body: Option<Body<E::Key>>,
}

struct Body<K> {
    key: K,
    segments: Segments,
    first: bool,
}

impl<E: Engine> Opener<E> {
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
        let state = State {
            engine,
            dek,
            context,
            layout,
            gather,
            stated: size,
            given: 0,
            body: None,
        };
        Self {
            state: Cell::new(Some(state)),
        }
    }

    /// Takes a chunk; gives the plaintext of the segments that became whole, in order. Segments of
    /// one chunk are decrypted side by side.
    ///
    /// # Errors
    /// [`Error::Decrypt`], after which nothing more comes out; [`Error::Consumed`] after the end.
    pub async fn push(&self, chunk: E::Bytes) -> Result<Vec<E::Bytes>> {
        let mut state = self.state.take().ok_or(&Error::Consumed)?;
        let pieces = state.push(chunk).await?;
        self.state.set(Some(state));
        Ok(pieces)
    }

    /// Opens what is left as the last segment.
    ///
    /// # Errors
    /// [`Error::Decrypt`] when the body is cut, or goes on; [`Error::Consumed`] after the end.
    pub async fn finish(&self) -> Result<Vec<E::Bytes>> {
        self.state.take().ok_or(&Error::Consumed)?.finish().await
    }
}

impl<E: Engine> State<E> {
    async fn push(&mut self, chunk: E::Bytes) -> Result<Vec<E::Bytes>> {
        self.gather.push(chunk);
        if self.body.is_none() {
            // A body goes on after its header, so waiting for one byte more costs nothing.
            let Some(header) = self.gather.take(HEADER) else {
                return Ok(Vec::new());
            };
            self.body = Some(self.begin(&header).await?);
        }
        let mut work = Vec::new();
        while let Some(cipher) = self.gather.take(self.next_segment()) {
            work.push((self.deal(false)?, cipher));
        }
        self.open(work).await
    }

    async fn finish(mut self) -> Result<Vec<E::Bytes>> {
        let last = (self.deal(true)?, self.gather.rest());
        let pieces = self.open(vec![last]).await?;
        if self.stated.is_some_and(|stated| stated != self.given) {
            Err(&Error::Decrypt)
        } else {
            Ok(pieces)
        }
    }

    async fn begin(&self, header: &E::Bytes) -> Result<Body<E::Key>> {
        let mut bytes = [0; HEADER];
        header.copy_prefix(&mut bytes);
        let header = Header::decode(&bytes)?;
        let key = self
            .engine
            .import(SegmentKey::derive(&self.dek, &header, &self.context)?)
            .await?;
        Ok(Body {
            key,
            segments: Segments::new(&header),
            first: true,
        })
    }

    /// Ciphertext bytes of the next segment: the first is shorter by the header.
    fn next_segment(&self) -> usize {
        let first = self.body.as_ref().is_some_and(|body| body.first);
        self.layout.cipher_segment() - if first { HEADER } else { 0 }
    }

    fn deal(&mut self, last: bool) -> Result<Segment> {
        let body = self.body.as_mut().ok_or(&Error::Decrypt)?;
        body.first = false;
        body.segments.deal(last)
    }

    async fn open(&mut self, work: Work<E::Bytes>) -> Result<Vec<E::Bytes>> {
        let key = &self.body.as_ref().ok_or(&Error::Decrypt)?.key;
        let pieces = self.engine.open(key, work).await?;
        self.given += pieces.iter().map(|piece| piece.len() as u64).sum::<u64>();
        if self.stated.is_some_and(|stated| self.given > stated) {
            Err(&Error::Decrypt)
        } else {
            Ok(pieces)
        }
    }
}
