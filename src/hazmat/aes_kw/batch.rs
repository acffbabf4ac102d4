//! AES-256 key wrap (RFC 3394) of many 256-bit keys, side by side.
//!
//! Each of a key's 24 blocks needs the one before it, and the `aes-kw` crate wraps one key at a time. But AES in
//! software, which is all that wasm has, takes no longer for four blocks at once than for one. So this module
//! wraps a block of each key, then the next block of each. The tests hold it to the crate.

use aes::{
    Aes256, Block,
    cipher::{
        BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt, BlockCipherEncBackend,
        BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser, ParBlocks, consts::U16,
    },
};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

/// RFC 3394 §2.2.1, of each of the keys.
pub(super) fn wrap(aes: &Aes256, keys: &[&[u8; 32]]) -> Vec<[u8; 40]> {
    let mut wrapped = vec![[0; 40]; keys.len()];
    // Step 1: A is the initial value, R[1] to R[4] are the key.
    for (wrapped, key) in wrapped.iter_mut().zip(keys) {
        wrapped[..8].copy_from_slice(&INITIAL);
        wrapped[8..].copy_from_slice(*key);
    }
    aes.encrypt_with_backend(Wrap(&mut wrapped));
    wrapped
}

/// RFC 3394 §2.2.2, of each of the keys; nothing unless every one was wrapped by this key.
pub(super) fn unwrap(aes: &Aes256, wrapped: &[[u8; 40]]) -> Option<Zeroizing<Vec<[u8; 32]>>> {
    let mut unwrapped = Zeroizing::new(wrapped.to_vec());
    aes.decrypt_with_backend(Unwrap(&mut unwrapped));
    let mut keys = Zeroizing::new(vec![[0; 32]; wrapped.len()]);
    // Step 3: A is the initial value of all of them. Which one failed is not told.
    let mut intact = Choice::from(1);
    for (key, unwrapped) in keys.iter_mut().zip(&*unwrapped) {
        intact &= unwrapped[..8].ct_eq(&INITIAL);
        key.copy_from_slice(&unwrapped[8..]);
    }
    bool::from(intact).then_some(keys)
}

/// RFC 3394 §2.2.1 step 2 in its index form, on A and R\[1\] to R\[4\] of each key, which stand one behind
/// the other: B = AES(A | R\[i\]); A = MSB(B) ^ t; R\[i\] = LSB(B). As many keys go at a time as AES takes
/// blocks; where fewer are left, the other blocks go for nothing.
struct Wrap<'a>(&'a mut [[u8; 40]]);

impl BlockSizeUser for Wrap<'_> {
    type BlockSize = U16;
}

impl BlockCipherEncClosure for Wrap<'_> {
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, aes: &B) {
        let mut blocks = Zeroizing::new(ParBlocks::<B>::default());
        for keys in self.0.chunks_mut(blocks.len()) {
            for t in 1..=STEPS {
                load(&mut blocks, keys, t);
                aes.encrypt_par_blocks((&mut *blocks).into());
                store(&blocks, keys, t);
                count(keys, t);
            }
        }
    }
}

/// RFC 3394 §2.2.2 step 2 in its index form, likewise: B = AES⁻¹((A ^ t) | R\[i\]); A = MSB(B);
/// R\[i\] = LSB(B).
struct Unwrap<'a>(&'a mut [[u8; 40]]);

impl BlockSizeUser for Unwrap<'_> {
    type BlockSize = U16;
}

impl BlockCipherDecClosure for Unwrap<'_> {
    fn call<B: BlockCipherDecBackend<BlockSize = U16>>(self, aes: &B) {
        let mut blocks = Zeroizing::new(ParBlocks::<B>::default());
        for keys in self.0.chunks_mut(blocks.len()) {
            for t in (1..=STEPS).rev() {
                count(keys, t);
                load(&mut blocks, keys, t);
                aes.decrypt_par_blocks((&mut *blocks).into());
                store(&blocks, keys, t);
            }
        }
    }
}

/// A | R\[i\] of each key.
#[inline(never)]
fn load(blocks: &mut [Block], keys: &[[u8; 40]], t: u8) {
    let at = place(t);
    for (block, key) in blocks.iter_mut().zip(keys) {
        block[..8].copy_from_slice(&key[..8]);
        block[8..].copy_from_slice(&key[at..at + 8]);
    }
}

/// A = MSB(B), R\[i\] = LSB(B) of each key.
#[inline(never)]
fn store(blocks: &[Block], keys: &mut [[u8; 40]], t: u8) {
    let at = place(t);
    for (block, key) in blocks.iter().zip(keys) {
        key[..8].copy_from_slice(&block[..8]);
        key[at..at + 8].copy_from_slice(&block[8..]);
    }
}

/// A = A ^ t of each key; t is below 256, and so in the last byte.
#[inline(never)]
fn count(keys: &mut [[u8; 40]], t: u8) {
    for key in keys {
        key[7] ^= t;
    }
}

/// Where R\[i\] begins: t = 4j + i.
fn place(t: u8) -> usize {
    8 + 8 * usize::from((t - 1) % 4)
}

/// RFC 3394 §2.2.3.1: the initial value of A.
const INITIAL: [u8; 8] = [0xa6; 8];

/// j counts six rounds, i the four parts of a key, t both.
const STEPS: u8 = 24;
