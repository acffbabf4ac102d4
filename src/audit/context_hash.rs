//! Encryption contexts as a log has them: hashed under a key of its own, so that a log can be searched for one and says none.

use crate::{
    base::{Context, Error, InputResult, KeyId, LogContext, Secret},
    hazmat::hash::{hkdf_sha256, hmac_sha256, sha256},
};

use super::Entry;

/// The label of the derived key.
const LABEL: &[u8] = b"strongroom audit context";
/// So many contexts an entry has: a call may have one for each of its values.
const MOST_CONTEXTS: usize = 1000;
/// The bytes of the HMAC that are kept.
const TAG: usize = 16;

/// The SHA-256 of a context's canonical JSON: what is kept in memory until an entry is written. It has one size, however large the
/// context is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextDigest([u8; 32]);

impl ContextDigest {
    /// Of what the caller bound: an object and its sidecars have the same. Nothing where nothing is bound.
    ///
    /// # Errors
    /// None: what is read was written here.
    pub fn of(context: &Context) -> InputResult<Option<Self>> {
        let given = context.given()?;
        Ok((!given.is_empty()).then(|| Self(sha256(&[&given]))))
    }
}

/// The key that contexts of one log are hashed with.
pub struct ContextKey(Secret<32>);

impl ContextKey {
    /// Derived from the key that the log's entries are encrypted under: HKDF-SHA-256 without a salt, with a label of its own.
    ///
    /// # Errors
    /// None: memory alone is asked for.
    pub fn derive(entries: &Secret<32>) -> InputResult<Self> {
        Ok(Self(hkdf_sha256(entries, b"", LABEL)?))
    }

    /// The first 16 bytes of the HMAC-SHA-256 of the digest.
    #[must_use]
    pub fn hash(&self, digest: &ContextDigest) -> LogContext {
        let mut tag = [0; TAG];
        tag.copy_from_slice(&hmac_sha256(&self.0, &digest.0)[..TAG]);
        LogContext::of_bytes(tag)
    }
}

/// An entry whose contexts are not hashed yet: the log that it is written to, whose key does that, may be one that begins then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryDraft {
    pub(crate) entry: Entry,
    contexts: Vec<ContextDigest>,
}

impl EntryDraft {
    /// An entry with the contexts of what it is about, each once.
    #[must_use]
    pub fn new(mut entry: Entry, contexts: &[ContextDigest]) -> Self {
        let (some, rest) = contexts.split_at(contexts.len().min(MOST_CONTEXTS));
        entry.more_contexts = (!rest.is_empty()).then_some(rest.len() as u64);
        let contexts = some.to_vec();
        Self { entry, contexts }
    }

    /// The same, which names some keys too.
    #[must_use]
    pub fn naming(mut self, keys: &[KeyId]) -> Self {
        for key in keys {
            self.entry.name(key, None);
        }
        self
    }

    /// The same, of what ended with an error.
    #[must_use]
    pub fn failed(self, error: &Error) -> Self {
        Self {
            entry: self.entry.failed(Some(error)),
            ..self
        }
    }

    /// The entry as it is written to the log that has that key.
    #[must_use]
    pub fn hashed(&self, key: &ContextKey) -> Entry {
        Entry {
            contexts: self.contexts.iter().map(|one| key.hash(one)).collect(),
            ..self.entry.clone()
        }
    }
}

impl From<Entry> for EntryDraft {
    fn from(entry: Entry) -> Self {
        Self {
            entry,
            contexts: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{ObjectId, Sidecar, SystemEntropy, Timestamp};

    fn context(tenant: &str) -> Context {
        Context::try_from([("tenant", tenant)]).expect("a small context")
    }

    fn digest(context: &Context) -> ContextDigest {
        let digest = ContextDigest::of(context).expect("a context");
        digest.expect("members")
    }

    fn key(byte: u8) -> ContextKey {
        let entries = Secret::try_fill(|out| {
            *out = [byte; 32];
            InputResult::Ok(())
        });
        ContextKey::derive(&entries.expect("memory")).expect("memory")
    }

    #[test]
    fn a_hash_is_of_one_context_and_of_one_log() {
        let hash = |byte, tenant| key(byte).hash(&digest(&context(tenant)));
        assert_eq!(hash(1, "42"), hash(1, "42"));
        assert_ne!(hash(1, "42"), hash(1, "43"));
        assert_ne!(hash(1, "42"), hash(2, "42"));
        assert!(!hash(1, "42").as_str().contains("42"));
        // Computed by Python's hmac and hashlib, as docs/format.md has it.
        assert_eq!(hash(1, "42").as_str(), "AvqmsE7LB2IKeYWKyMITWQ");
    }

    #[test]
    fn a_sidecar_has_the_context_that_was_given_and_none_has_no_hash() {
        let sidecar = Sidecar::new(ObjectId::from_hash([0; 32]), "thumbnail").expect("a name");
        let of_sidecar = context("42").of_sidecar(sidecar.clone()).expect("small");
        assert_eq!(digest(&of_sidecar), digest(&context("42")));
        for none in [
            Context::none(),
            Context::none().of_sidecar(sidecar).expect("small"),
        ] {
            assert_eq!(ContextDigest::of(&none), Ok(None));
        }
    }

    #[test]
    fn an_entry_has_a_thousand_contexts_and_says_how_many_there_were_besides() {
        let entry = Entry::new("encryptValue", Timestamp::EPOCH, &SystemEntropy).expect("entropy");
        let many: Vec<_> = (0..1003)
            .map(|at: u32| digest(&context(&at.to_string())))
            .collect();
        let hashed = EntryDraft::new(entry, &many).hashed(&key(1));
        assert_eq!(
            (hashed.contexts.len(), hashed.more_contexts),
            (1000, Some(3))
        );
    }
}
