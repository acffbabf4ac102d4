//! Chunks of any sizes in, pieces of exact sizes out.

use core::mem;
use std::collections::VecDeque;

use super::Bytes;

/// Holds what was pushed until it makes a whole piece. What may be the last piece is held back, until
/// more bytes or the end show what it is.
pub(crate) struct Gather<B> {
    chunks: VecDeque<B>,
    /// How many bytes of the first chunk are gone.
    gone: usize,
    held: usize,
}

impl<B: Bytes> Gather<B> {
    pub(crate) fn new() -> Self {
        Self {
            chunks: VecDeque::new(),
            gone: 0,
            held: 0,
        }
    }

    pub(crate) fn push(&mut self, chunk: B) {
        if !chunk.is_empty() {
            self.held += chunk.len();
            self.chunks.push_back(chunk);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.held == 0
    }

    /// A piece of `size` bytes, if it is not the last: one byte stays behind it, or `more` are to come.
    pub(crate) fn take(&mut self, size: usize, more: bool) -> Option<B> {
        let least = if more { size } else { size + 1 };
        (self.held >= least).then(|| self.cut(size))
    }

    /// All that is left.
    pub(crate) fn rest(&mut self) -> B {
        self.cut(self.held)
    }

    fn cut(&mut self, size: usize) -> B {
        self.held -= size;
        let (mut pieces, mut missing) = (Vec::new(), size);
        while missing > 0 {
            let piece = self.front(missing);
            missing -= piece.len();
            pieces.push(piece);
        }
        match pieces.len() {
            1 => pieces.remove(0),
            _ => B::concat(pieces),
        }
    }

    /// What is left of the first chunk, but no more than `most` bytes. A whole chunk is given as it
    /// is; of a larger one, only what is given is ever copied.
    fn front(&mut self, most: usize) -> B {
        let chunk = self.chunks.pop_front().expect("what is cut was held");
        let start = mem::take(&mut self.gone);
        let end = chunk.len().min(start + most);
        if start == 0 && end == chunk.len() {
            return chunk;
        }
        let piece = chunk.slice(start..end);
        if end < chunk.len() {
            self.gone = end;
            self.chunks.push_front(chunk);
        }
        piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_exact_and_the_last_is_held_back() {
        let mut gather = Gather::new();
        for chunk in [&b"ab"[..], b"", b"cdefg", b"h"] {
            gather.push(chunk.to_vec());
        }
        assert_eq!(gather.take(3, false).as_deref(), Some(&b"abc"[..]));
        assert_eq!(gather.take(4, false).as_deref(), Some(&b"defg"[..]));
        assert_eq!(gather.take(1, false), None, "one byte must stay");
        assert_eq!(gather.take(1, true).as_deref(), Some(&b"h"[..]));
        assert_eq!(gather.rest(), b"");
    }

    #[test]
    fn a_chunk_that_fits_is_never_copied() {
        let chunk = b"abcd".to_vec();
        let place = chunk.as_ptr();
        let mut gather = Gather::new();
        gather.push(chunk);
        gather.push(b"e".to_vec());
        assert_eq!(
            gather.take(4, false).map(|piece| piece.as_ptr()),
            Some(place)
        );
    }

    #[test]
    fn a_large_chunk_stays_where_it_is_until_it_is_used_up() {
        let chunk = vec![7; 1 << 20];
        let place = chunk.as_ptr();
        let mut gather = Gather::new();
        gather.push(chunk);
        while let Some(piece) = gather.take(1000, false) {
            assert!(piece.capacity() < 2000, "a piece must not keep the chunk");
            assert_eq!(gather.chunks[0].as_ptr(), place);
        }
        assert_eq!(gather.rest().len(), (1 << 20) % 1000);
        assert!(gather.chunks.is_empty());
    }
}
