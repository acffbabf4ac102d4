//! Argon2id (RFC 9106), version 0x13.

use argon2::{Algorithm, Argon2, Params, Version};

use crate::base::{InputError, InputResult, Secret};

/// Derives 32 bytes. `memory` in KiB; the caller has bounded the parameters.
pub(crate) fn argon2id(
    passphrase: &[u8],
    salt: &[u8],
    memory: u32,
    passes: u32,
    lanes: u32,
) -> InputResult<Secret<32>> {
    let params = Params::new(memory, passes, lanes, Some(32))
        .map_err(|_| InputError::Unsupported("Argon2id parameters"))?;
    Secret::try_fill(|out| {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase, salt, out)
            .map_err(|_| InputError::Unsupported("Argon2id parameters"))
    })
}
