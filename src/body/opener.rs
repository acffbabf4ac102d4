//! Decrypting a body.

use core::cell::Cell;
use std::rc::Rc;

use crate::vocabulary::{Context, Error, Local, Result};

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
        self.step(Some(chunk)).await
    }

    /// Opens what is left as the last segment.
    ///
    /// # Errors
    /// [`Error::Decrypt`] when the body is cut, or goes on; [`Error::Consumed`] after the end.
    pub async fn finish(&self) -> Result<Vec<E::Bytes>> {
        self.step(None).await
    }

    /// [`push`](Self::push) of a chunk, or [`finish`](Self::finish) without one.
    ///
    /// # Errors
    /// As theirs.
    pub fn step(&self, chunk: Option<E::Bytes>) -> Local<'_, Result<Vec<E::Bytes>>> {
        Box::pin(async move {
            let mut state = self.state.take().ok_or(&Error::Consumed)?;
            let last = chunk.is_none();
            let work = match chunk {
                Some(chunk) => state.push(chunk)?,
                None => state.finish()?,
            };
            // Before the body's own header there is no key, and nothing to open.
            let pieces = match &state.body {
                Some(body) => state.engine.open(&body.key, work).await?,
                None => Vec::new(),
            };
            state.release(&pieces, last)?;
            if !last {
                self.state.set(Some(state));
            }
            Ok(pieces)
        })
    }
}

impl<E: Engine> State<E> {
    fn push(&mut self, chunk: E::Bytes) -> Result<Work<E::Bytes>> {
        self.gather.push(chunk);
        if self.body.is_none() {
            // A body goes on after its header, so waiting for one byte more costs nothing.
            let Some(header) = self.gather.take(HEADER) else {
                return Ok(Work::new());
            };
            self.body = Some(self.begin(&header)?);
        }
        let mut work = Vec::new();
        while let Some(cipher) = self.gather.take(self.next_segment()) {
            work.push((self.deal(false)?, cipher));
        }
        Ok(work)
    }

    fn finish(&mut self) -> Result<Work<E::Bytes>> {
        Ok(vec![(self.deal(true)?, self.gather.rest())])
    }

    fn begin(&self, header: &E::Bytes) -> Result<Body<E::Key>> {
        let mut bytes = [0; HEADER];
        header.copy_prefix(&mut bytes);
        let header = Header::decode(&bytes)?;
        let key = SegmentKey::derive(&self.dek, &header, &self.context)?;
        let key = self.engine.import(key)?;
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

    /// Holds what goes out to the size that was stated.
    fn release(&mut self, pieces: &[E::Bytes], last: bool) -> Result<()> {
        for piece in pieces {
            self.given += piece.len() as u64;
        }
        match self.stated {
            Some(stated) if self.given > stated || (last && self.given != stated) => {
                Err(&Error::Decrypt)
            }
            _ => Ok(()),
        }
    }
}
