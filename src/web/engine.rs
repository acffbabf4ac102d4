//! The page's own buffers, which bodies are cut into and out of; and the crates' engine over them, for
//! what is too small for `crypto.subtle`, or where there is none.

use core::ops::Range;

use js_sys::Uint8Array;

use crate::{
    base::Secret,
    object::{
        Result,
        body::{Buffers, Bytes, RustKey, Segment, SegmentKey},
    },
};

/// Buffers of the page's. What `crypto.subtle` does with them, `js/src/engine/bodies/aes.ts` asks it.
#[derive(Debug, Clone, Copy, Default)]
pub struct PageBuffers;

/// One body's key, for both engines.
pub struct PageKey {
    secret: Secret<32>,
    crates: RustKey,
}

#[derive(Clone, Copy)]
pub(super) enum Way {
    Seal,
    Open,
}

impl PageKey {
    /// The bytes, for `crypto.subtle` to import.
    pub(super) fn raw(&self) -> Uint8Array {
        // EXPOSE: the page's side imports them as a key that cannot be extracted, and wipes them.
        Uint8Array::from(self.secret.expose().as_slice())
    }

    /// Whether what `crypto.subtle` made of a segment opens to its plaintext.
    pub(super) fn confirms(
        &self,
        segment: &Segment,
        cipher: &Uint8Array,
        plain: &Uint8Array,
    ) -> bool {
        self.crates
            .confirms(segment, cipher.to_vec(), &plain.to_vec())
    }

    /// One segment, by the crates.
    pub(super) fn run(&self, way: Way, segment: Segment, input: &Uint8Array) -> Result<Uint8Array> {
        let output = match way {
            Way::Seal => self.crates.seal(segment, input.to_vec())?,
            Way::Open => self.crates.open(segment, input.to_vec())?,
        };
        Ok(Uint8Array::from(&output[..]))
    }
}

impl Buffers for PageBuffers {
    type Key = PageKey;
    type Bytes = Uint8Array;

    fn import(&self, key: SegmentKey) -> Result<PageKey> {
        // EXPOSE: kept until the first segment shows which engine is worth it; wiped with the body.
        let secret = key.expose().clone();
        let crates = RustKey::new(&key);
        Ok(PageKey { secret, crates })
    }
}

impl Bytes for Uint8Array {
    fn from_slice(bytes: &[u8]) -> Self {
        Self::from(bytes)
    }

    fn len(&self) -> usize {
        self.length() as usize
    }

    fn slice(&self, range: Range<usize>) -> Self {
        // Places in this very buffer, whose length is a `u32`.
        self.subarray(range.start as u32, range.end as u32)
    }

    fn concat(pieces: Vec<Self>) -> Self {
        let mut length = 0;
        for piece in &pieces {
            length += piece.length();
        }
        let joined = Self::new_with_length(length);
        let mut at = 0;
        for piece in pieces {
            joined.set(&piece, at);
            at += piece.length();
        }
        joined
    }

    fn copy_prefix(&self, to: &mut [u8]) {
        self.subarray(0, to.len() as u32).copy_to(to);
    }
}
