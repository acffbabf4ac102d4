//! Chunks of any sizes in, pieces of exact sizes out.

use core::mem;
use std::collections::VecDeque;

use super::Bytes;

/// Holds what was pushed until it makes a whole piece. The last piece is always held back, until
/// more bytes or the end show what it is.
pub(super) struct Gather<B> {
    chunks: VecDeque<B>,
    held: usize,
}

impl<B: Bytes> Gather<B> {
    pub(super) fn new() -> Self {
        Self {
            chunks: VecDeque::new(),
            held: 0,
        }
    }

    pub(super) fn push(&mut self, chunk: B) {
        if !chunk.is_empty() {
            self.held += chunk.len();
            self.chunks.push_back(chunk);
        }
    }

    /// A piece of `size` bytes, if at least one byte stays behind it.
    pub(super) fn take(&mut self, size: usize) -> Option<B> {
        (self.held > size).then(|| self.cut(size))
    }

    /// All that is left.
    pub(super) fn rest(&mut self) -> B {
        self.held = 0;
        join(mem::take(&mut self.chunks).into())
    }

    fn cut(&mut self, size: usize) -> B {
        let (mut pieces, mut missing) = (Vec::new(), size);
        while missing > 0 {
            let chunk = self.chunks.pop_front().expect("more than this was held");
            let (piece, rest) = if chunk.len() <= missing {
                (chunk, None)
            } else {
                split(chunk, missing)
            };
            missing -= piece.len();
            pieces.push(piece);
            rest.into_iter()
                .for_each(|rest| self.chunks.push_front(rest));
        }
        self.held -= size;
        join(pieces)
    }
}

fn split<B: Bytes>(chunk: B, at: usize) -> (B, Option<B>) {
    let (piece, rest) = chunk.split_at(at);
    (piece, Some(rest))
}

/// One piece is taken as it is: a chunk that fits is never copied.
fn join<B: Bytes>(mut pieces: Vec<B>) -> B {
    match pieces.len() {
        1 => pieces.remove(0),
        _ => B::concat(pieces),
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
        assert_eq!(gather.take(3).as_deref(), Some(&b"abc"[..]));
        assert_eq!(gather.take(4).as_deref(), Some(&b"defg"[..]));
        assert_eq!(gather.take(1), None, "one byte must stay");
        assert_eq!(gather.rest(), b"h");
        assert_eq!(gather.rest(), b"");
    }
}
