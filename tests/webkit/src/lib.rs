//! Calculations without randomness, clock or imports: the same arguments give the same number, or the engine computes
//! wrongly.

use aes_gcm::{Aes256Gcm, KeyInit, aead::AeadInOut};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use p256::ecdsa::{
    Signature, SigningKey, VerifyingKey,
    signature::{Signer, Verifier},
};
use sha2::{Digest, Sha256};

/// One calculation: AES-GCM (0), ECDSA (1) or Argon2id (2), on inputs that follow from `seed`. 0 where a result does not
/// open or verify.
#[unsafe(no_mangle)]
pub extern "C" fn calculate(kind: u32, seed: u32) -> u32 {
    match kind {
        0 => gcm(seed),
        1 => ecdsa(seed),
        _ => argon2id(seed),
    }
}

fn gcm(seed: u32) -> u32 {
    let aes = Aes256Gcm::new(&input(seed, 0).into());
    let nonce = &input(seed, 1)[..12].try_into().expect("12 bytes");
    let plain = input(seed, 2).repeat(1 + seed as usize % 100);
    let mut buffer = plain.clone();
    let tag = aes.encrypt_inout_detached(nonce, b"", buffer.as_mut_slice().into());
    let tag = tag.expect("a short text");
    let told = digest(&[&buffer, &tag]);
    let opened = aes.decrypt_inout_detached(nonce, b"", buffer.as_mut_slice().into(), &tag);
    if opened.is_ok() && buffer == plain {
        told
    } else {
        0
    }
}

fn ecdsa(seed: u32) -> u32 {
    let mut scalar = input(seed, 0);
    scalar[0] &= 0x7f;
    let key = SigningKey::from_slice(&scalar).expect("less than the order");
    let signature: Signature = key.sign(&input(seed, 1));
    let verified = VerifyingKey::from(&key).verify(&input(seed, 1), &signature);
    if verified.is_ok() {
        digest(&[&signature.to_bytes()])
    } else {
        0
    }
}

fn argon2id(seed: u32) -> u32 {
    let params = Params::new(64 + seed % 512, 1, 1, Some(32)).expect("within bounds");
    let mut memory = vec![Block::default(); params.block_count()];
    let mut hash = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(&input(seed, 0), &input(seed, 1), &mut hash, &mut memory)
        .expect("within bounds");
    digest(&[&hash])
}

fn input(seed: u32, which: u8) -> [u8; 32] {
    Sha256::new()
        .chain_update(seed.to_le_bytes())
        .chain_update([which])
        .finalize()
        .into()
}

/// Never 0.
fn digest(parts: &[&[u8]]) -> u32 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    let hash = hash.finalize();
    u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]]) | 1
}
