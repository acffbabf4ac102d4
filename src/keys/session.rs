//! Keys of the session.

use std::rc::Rc;

use crate::{
    base::{Entropy, Result, Timestamp},
    jose::Jwk,
};

use super::{KeyOptions, KeyRecord, Provenance};

/// A key that lives in memory alone. It is never written, and ends with the vault's unlocked state.
pub struct Session {
    /// What is known of it.
    pub key: Rc<KeyRecord>,
    pub(crate) jwk: Jwk,
    /// When it ends, in milliseconds since 1970.
    pub expires: Timestamp,
}

impl Session {
    /// A new key that lives for so many milliseconds.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn generate(
        options: &KeyOptions,
        ttl: u64,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Self> {
        let cause = Provenance {
            at: now,
            head: 0,
            by: "createSession",
            reason: None,
        };
        let (key, jwk) = KeyRecord::generate(options, None, cause, entropy)?;
        let expires = now + ttl;
        let key = Rc::from(key);
        Ok(Self { key, jwk, expires })
    }

    /// Whether it may be used. A clock that was set back to before its beginning ends it too.
    #[must_use]
    pub fn lives(&self, now: Timestamp) -> bool {
        (self.key.created..self.expires).contains(&now)
    }
}
