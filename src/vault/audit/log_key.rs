//! The keys of one log, and the rows that its entries stand in.

use crate::{
    audit::{ContextKey, EntryDraft, IndexNode, IndexPlace, NoteSigner},
    base::{Entropy, Error, InputError, LogId, Object, Result, Secret, VaultId, json},
    jose::{Jwk, SigningKey},
    records::{RecordCipher, VaultKey},
    store::{RecordId, RecordType, Row},
};

use serde::{Deserialize, Serialize};

/// The entries of one row: so many are written at once at the most.
pub(crate) const ENTRIES: usize = 64;
/// A row of entries is written once.
const REVISION: u64 = 1;
/// The key of entries stays the same for all of them: a log that gets another one is another log.
const GENERATION: u64 = 1;
/// The digits of an entry's number in a row's place, so that a store sorts them.
const DIGITS: usize = 16;

/// Which of a log's keys.
#[derive(Clone, Copy)]
pub(crate) enum LogKeyUse {
    /// Encrypts its entries.
    Entries,
    /// Signs its checkpoints.
    Checkpoints,
}

impl LogKeyUse {
    /// Where the key stands.
    pub(crate) fn record_id(self, log: &LogId) -> RecordId {
        let version = match self {
            Self::Entries => "entries",
            Self::Checkpoints => "checkpoints",
        };
        RecordId {
            kind: RecordType::AuditKey,
            id: log.as_str().to_owned(),
            version: version.to_owned(),
        }
    }

    /// A new one.
    pub(crate) fn generate(self, entropy: &dyn Entropy) -> Result<Jwk> {
        Ok(match self {
            Self::Entries => Jwk::oct(Secret::generate(entropy)?),
            Self::Checkpoints => SigningKey::generate(entropy)?.to_jwk(),
        })
    }
}

/// What the names of a vault's logs begin with.
pub(crate) fn origin_of(vault: &VaultId) -> String {
    ["strongroom/", vault.as_str(), "/"].concat()
}

/// Which log of the vault that name is of.
pub(crate) fn log_of(origin: &str, vault: &VaultId) -> Option<LogId> {
    origin.strip_prefix(&*origin_of(vault))?.parse().ok()
}

/// The name that a log signs its checkpoints in.
pub(crate) fn signer(vault: &VaultId, log: &LogId, key: &Jwk) -> Result<NoteSigner> {
    let origin = [&*origin_of(vault), log.as_str()].concat();
    Ok(NoteSigner::new(&origin, SigningKey::from_jwk(key)?)?)
}

/// The rows of a log.
pub(crate) struct LogRows<'a> {
    pub(crate) vault: &'a VaultId,
    pub(crate) log: &'a LogId,
    /// What hashes the contexts of its entries.
    pub(crate) contexts: ContextKey,
    key: VaultKey,
}

/// What a row holds: the leaves, byte for byte.
#[derive(Serialize, Deserialize)]
struct Leaves {
    entries: Vec<String>,
}

impl<'a> LogRows<'a> {
    /// By the key that encrypts its entries.
    pub(crate) fn new(vault: &'a VaultId, log: &'a LogId, key: &Jwk) -> Result<Self> {
        const NOT_SECRET: Error = Error::Integrity("the audit log's key is another one");
        Ok(Self {
            contexts: ContextKey::derive(key.secret().ok_or(NOT_SECRET)?)?,
            key: VaultKey::from_jwk(key)?,
            vault,
            log,
        })
    }

    /// Where the row stands whose first entry has that number.
    pub(crate) fn record_id(log: &LogId, first: u64) -> RecordId {
        let digits = json::decimal(first);
        let zeros = DIGITS.saturating_sub(digits.len());
        RecordId {
            kind: RecordType::Audit,
            id: log.as_str().to_owned(),
            version: ["0".repeat(zeros), digits].concat(),
        }
    }

    /// Where a node of its index stands: the level, and the node's number.
    pub(crate) fn index_id(log: &LogId, place: IndexPlace) -> RecordId {
        let entries = Self::record_id(log, place.number);
        RecordId {
            kind: RecordType::AuditIndex,
            version: [&*json::decimal(place.level.into()), ".", &entries.version].concat(),
            ..entries
        }
    }

    /// The node of the index that stands there.
    pub(crate) fn index_place(&self, record_id: &RecordId) -> Option<IndexPlace> {
        let (level, number) = record_id.version.split_once('.')?;
        let place = IndexPlace {
            level: level.parse().ok()?,
            number: number.parse().ok()?,
        };
        (Self::index_id(self.log, place) == *record_id).then_some(place)
    }

    /// The row of a node of the index, opened once and compared.
    pub(crate) fn seal_index(
        &self,
        place: IndexPlace,
        node: &IndexNode,
        entropy: &dyn Entropy,
    ) -> Result<Row> {
        let (record_id, record) = (Self::index_id(self.log, place), Object::encode(node));
        self.cipher()
            .put_json(record_id, REVISION, &record, entropy)
    }

    /// The node in a row of the index.
    ///
    /// # Errors
    /// [`Error::Integrity`] for what the log's key did not write there.
    pub(crate) fn open_index(&self, row: &Row) -> Result<IndexNode> {
        const MALFORMED: InputError = InputError::Malformed("the index of the audit log");
        Ok(self.cipher().decrypt_json(row)?.decode(MALFORMED)?)
    }

    /// The number of a row's first entry.
    pub(crate) fn first_of(&self, row: &Row) -> Result<u64> {
        self.first_at(&row.record_id)
    }

    /// The number of the first entry of the row that stands there.
    pub(crate) fn first_at(&self, record_id: &RecordId) -> Result<u64> {
        const PLACE: Error = Error::Integrity("entries of the audit log in another place");
        let first = record_id.version.parse().map_err(|_| PLACE)?;
        let own = Self::record_id(self.log, first) == *record_id;
        own.then_some(first).ok_or(PLACE)
    }

    fn cipher(&self) -> RecordCipher<'_> {
        RecordCipher {
            vault: self.vault,
            generation: GENERATION,
            key: &self.key,
        }
    }

    /// The row of some leaves, opened once and compared.
    pub(crate) fn seal(
        &self,
        first: u64,
        entries: &[EntryDraft],
        entropy: &dyn Entropy,
    ) -> Result<(Row, Vec<String>)> {
        let texts = entries.iter().map(|entry| entry.hashed(&self.contexts));
        let leaves = Leaves {
            entries: texts.map(|entry| entry.text()).collect(),
        };
        let record_id = Self::record_id(self.log, first);
        let record = Object::encode(&leaves);
        let row = self
            .cipher()
            .put_json(record_id, REVISION, &record, entropy)?;
        Ok((row, leaves.entries))
    }

    /// The leaves of a row.
    ///
    /// # Errors
    /// [`Error::Integrity`] for what the log's key did not write there.
    pub(crate) fn open(&self, row: &Row) -> Result<Vec<String>> {
        const MALFORMED: InputError = InputError::Malformed("entries of the audit log");
        let leaves: Leaves = self.cipher().decrypt_json(row)?.decode(MALFORMED)?;
        if (1..=ENTRIES).contains(&leaves.entries.len()) {
            Ok(leaves.entries)
        } else {
            Err(MALFORMED.into())
        }
    }
}
