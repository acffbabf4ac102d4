//! A body that is encrypted twice, because what stands before it says what is in it: the first pass gives nothing out, and the
//! second one nothing but the bytes of the first.

use core::cell::Cell;

use crate::object::{Error, Result};

use super::{BodyEncryptor, BodyHashes, Buffers, EncryptorState, Turn};

/// The second pass, before the first one was made.
pub struct SecondPass<E: Buffers>(BodyEncryptor<E>);

/// Takes a plaintext again, and gives the same body as the first time.
///
/// A nonce must meet one plaintext only. Of the first pass no byte went out; of this one none goes out that differs from it.
pub struct HeldEncryptor<E: Buffers> {
    encryptor: BodyEncryptor<E>,
    hashes: BodyHashes,
    next: Cell<u32>,
    /// Blocks that were cut, and whose hashes are still to be told.
    cut: Cell<u32>,
}

impl<E: Buffers> SecondPass<E> {
    pub(crate) const fn new(encryptor: BodyEncryptor<E>) -> Self {
        Self(encryptor)
    }

    /// Holds it to the hashes of the first pass.
    #[must_use]
    pub fn held_to(self, hashes: BodyHashes) -> HeldEncryptor<E> {
        HeldEncryptor {
            encryptor: self.0,
            hashes,
            next: Cell::new(0),
            cut: Cell::new(0),
        }
    }
}

impl<E: Buffers> HeldEncryptor<E> {
    /// As [`BodyEncryptor::cut`].
    ///
    /// # Errors
    /// As that one.
    pub fn cut(&self, chunk: Option<E::Bytes>) -> Result<Turn<Box<EncryptorState<E>>, E::Bytes>> {
        let turn = self.encryptor.cut(chunk)?;
        let cut = u32::try_from(turn.work.len()).expect("the segments were counted");
        self.cut.set(cut);
        Ok(turn)
    }

    /// As [`BodyEncryptor::done`]: what was made may go out, if these are the hashes (SHA-256) of its blocks.
    ///
    /// # Errors
    /// [`Error::Changed`] when it is not what the first pass made; this one is over then.
    pub fn done(
        &self,
        turn: Turn<Box<EncryptorState<E>>, E::Bytes>,
        hashes: &[u8],
    ) -> Result<bool> {
        let (next, cut) = (self.next.get(), self.cut.take());
        let same = self.hashes.check(next, hashes);
        if hashes.len() != cut as usize * 32 || same.is_err() {
            return Err(Error::Changed);
        }
        self.next.set(next + cut);
        Ok(self.encryptor.done(turn))
    }
}
