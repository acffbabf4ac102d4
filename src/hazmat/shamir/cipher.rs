//! The cipher between a master secret and what is shared of it (SLIP-39, "Encryption of the master secret"): a Feistel network
//! of four rounds, whose round function is PBKDF2-HMAC-SHA-256 (RFC 8018 §5.2).

use pbkdf2::pbkdf2_hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::share::SetId;

/// Of one round, at exponent 0: 10,000 in all.
const ITERATIONS: u32 = 2500;

pub(super) fn encrypt(secret: &[u8], passphrase: &[u8], set: &SetId) -> Zeroizing<Vec<u8>> {
    run(secret, passphrase, set, [0, 1, 2, 3])
}

pub(super) fn decrypt(shared: &[u8], passphrase: &[u8], set: &SetId) -> Zeroizing<Vec<u8>> {
    run(shared, passphrase, set, [3, 2, 1, 0])
}

/// Both halves trade places at the end, so that the rounds in reverse order undo it.
fn run(bytes: &[u8], passphrase: &[u8], set: &SetId, rounds: [u8; 4]) -> Zeroizing<Vec<u8>> {
    let (left, right) = bytes.split_at(bytes.len() / 2);
    let (mut left, mut right) = (copy(left), copy(right));
    for round in rounds {
        let mut mixed = stretched(round, passphrase, set, &right);
        for (byte, other) in mixed.iter_mut().zip(left.iter()) {
            *byte ^= other;
        }
        left = core::mem::replace(&mut right, mixed);
    }
    let mut out = Zeroizing::new(Vec::with_capacity(bytes.len()));
    out.extend_from_slice(&right);
    out.extend_from_slice(&left);
    out
}

fn stretched(round: u8, passphrase: &[u8], set: &SetId, half: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut password = Zeroizing::new(Vec::with_capacity(1 + passphrase.len()));
    password.push(round);
    password.extend_from_slice(passphrase);
    let mut salt = Zeroizing::new(Vec::with_capacity(8 + half.len()));
    // An extendable set's identifier does not enter: the same secret and passphrase may be shared again under another.
    if !set.extendable {
        salt.extend_from_slice(b"shamir");
        salt.extend_from_slice(&set.identifier.to_be_bytes());
    }
    salt.extend_from_slice(half);
    let mut out = Zeroizing::new(vec![0; half.len()]);
    pbkdf2_hmac::<Sha256>(&password, &salt, ITERATIONS << set.exponent, &mut out);
    out
}

fn copy(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(bytes.to_vec())
}
