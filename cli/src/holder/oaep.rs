//! EME-OAEP decoding with SHA-256, MGF1 of the same hash and no label (RFC 8017 §7.1.2 step 3), of a message of 32 bytes: for tokens that
//! have RSA alone.
//!
//! The message's length is known, so each byte has one place: nothing branches on what was decrypted, and one bit comes out.

use sha2::{Digest as _, Sha256};
use strongroom::base::Secret;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

const HASH: usize = 32;
/// Bytes of the message.
const MESSAGE: usize = 32;

/// The message in a block that RSA gave, of as many bytes as the modulus has.
pub fn unpad(block: &[u8]) -> Option<Secret<MESSAGE>> {
    if block.len() < 2 * HASH + 2 + MESSAGE {
        return None;
    }
    let mut block = Zeroizing::new(block.to_vec());
    let (first, masked) = block.split_at_mut(1);
    let (seed, data) = masked.split_at_mut(HASH);
    mask(seed, data);
    mask(data, seed);
    // lHash ‖ zeros ‖ 1 ‖ the message.
    let (front, message) = data.split_at(data.len() - MESSAGE);
    let mut expected = vec![0; front.len()];
    expected[..HASH].copy_from_slice(&Sha256::digest(b""));
    expected[front.len() - 1] = 1;
    let right = first[0].ct_eq(&0) & front.ct_eq(&expected);
    let message = Secret::from_slice(message).ok();
    message.filter(|_| bool::from(right))
}

/// Masks bytes by MGF1 (RFC 8017 appendix B.2.1).
fn mask(bytes: &mut [u8], seed: &[u8]) {
    for (counter, part) in (0_u32..).zip(bytes.chunks_mut(HASH)) {
        let mut block = Sha256::new();
        block.update(seed);
        block.update(counter.to_be_bytes());
        let block = Zeroizing::new(<[u8; HASH]>::from(block.finalize()));
        for (byte, masking) in part.iter_mut().zip(block.iter()) {
            *byte ^= masking;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULUS: usize = 256;

    /// RFC 8017 §7.1.1 step 2, of what need not be right.
    fn padded(first: u8, data: &[u8]) -> Vec<u8> {
        let (mut seed, mut data) = (vec![9; HASH], data.to_vec());
        mask(&mut data, &seed);
        mask(&mut seed, &data);
        [vec![first], seed, data].concat()
    }

    fn data() -> Vec<u8> {
        let mut data = Sha256::digest(b"").to_vec();
        data.resize(MODULUS - 1 - HASH - MESSAGE - 1, 0);
        data.push(1);
        data.extend([7; MESSAGE]);
        data
    }

    fn opened(first: u8, data: &[u8]) -> Option<[u8; MESSAGE]> {
        unpad(&padded(first, data)).map(|message| *message.expose())
    }

    #[test]
    fn each_byte_of_the_padding_counts() {
        assert_eq!(opened(0, &data()), Some([7; MESSAGE]));
        assert_eq!(opened(1, &data()), None);
        for at in 0..data().len() - MESSAGE {
            let mut data = data();
            data[at] ^= 2;
            assert_eq!(opened(0, &data), None, "{at}");
        }
    }

    #[test]
    fn a_message_of_another_length_is_none() {
        for length in [0, 16, 31, 33, 64] {
            let mut data = Sha256::digest(b"").to_vec();
            data.resize(MODULUS - 1 - HASH - length - 1, 0);
            data.push(1);
            data.resize(MODULUS - 1 - HASH, 7);
            assert_eq!(opened(0, &data), None, "{length}");
        }
        for length in [0, 1, 33, 97] {
            assert!(unpad(&vec![0; length]).is_none());
        }
    }
}
