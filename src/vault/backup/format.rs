//! A backup: a vault's records as they are stored, and a seal over them.
//!
//! Every record is an Encrypted JWK already, and the vault key's is open to every factor, so a
//! backup needs no secret to be written into a free name, and a factor to be unlocked there. The seal
//! tells damage before anything is written; forgery is told by the unlock, as for any stored vault.

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        Entropy, Error, InputError, InputResult, Object, Result, Thumbprint, Timestamp, VaultId,
    },
    jose::{self, Signed},
    records::{self, FactorEntry, FactorPair, LastSeenHead, Statement, single, sort},
    store::{RecordId, RecordType, Row, VaultName},
    vault::{
        keyring::Keyring,
        watch::{Watch, watched},
    },
};

/// The seal's JWS `typ`.
const TYP: &str = "sr-backup+jws";
/// The `strongroom` member, by which a backup is told from other JSON.
const FORMAT: &str = "backup-1";
/// The largest backup that is read: about 100,000 keys.
const MAX_BYTES: usize = 256 * 1024 * 1024;
/// The most JSON values it may have: two records for each of those keys, of fewer than ten values.
const MAX_VALUES: usize = 2_000_000;

/// Records between two looks at what watches.
const PART: usize = 256;

/// What a malformed backup is called.
const MALFORMED: InputError = InputError::Malformed("backup");

/// A row as the file holds it.
#[derive(Serialize, Deserialize)]
struct BackupRow {
    r#type: RecordType,
    id: String,
    /// Absent where the type has no versions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    version: String,
    revision: u64,
    /// The envelope's JSON text, or the statement's JWS, as it is stored.
    record: String,
}

/// The records of a backup.
#[derive(Serialize, Deserialize)]
struct Records {
    records: Vec<BackupRow>,
}

/// What is remembered of a backup that was given out.
#[derive(Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) created: Timestamp,
    /// The head's revision that it came with.
    pub(crate) head: u64,
    /// Whether another copy of the vault gave it out, whose revisions count other changes.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(crate) elsewhere: bool,
    /// How many of the changes that the revision counts changed nothing that a backup lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) quiet: Option<u64>,
}

/// What the seal signs.
#[derive(PartialEq, Serialize, Deserialize)]
struct Seal {
    vault: String,
    name: String,
    generation: u64,
    /// The head's revision: which of the vault's states it is. Earlier releases left it to the head's record.
    head: Option<u64>,
    /// When the backup was made, in milliseconds since 1970.
    created: Timestamp,
    /// SHA-256 of `{"records":[…]}` as this writer makes it, base64url.
    records: String,
}

/// What a backup is held to before it is restored, and a vault when it is unlocked: kept elsewhere than with those.
#[derive(Debug, Clone, Default)]
pub struct ExpectedVault {
    /// The thumbprint of the vault's signing identity.
    pub identity: Option<Thumbprint>,
    /// It must not be older.
    pub seen: Option<LastSeenHead>,
}

/// A backup that was read and found whole.
pub struct Backup {
    vault: VaultId,
    identity: Thumbprint,
    name: VaultName,
    generation: u64,
    head: u64,
    created: Timestamp,
    /// Whether one of its factors remembers the identity, where only its secret opens that. A bare public key does not.
    pinned: bool,
    /// The kinds of its factors, in the order of the statement.
    factors: Vec<String>,
    /// The kinds of which it takes both, where it takes two factors at once.
    pair: Option<FactorPair>,
    rows: Vec<Row>,
}

impl Backup {
    /// The records of a backup, of which `watch` is told.
    pub(crate) fn records(rows: Vec<&Row>, watch: Watch<'_>) -> Result<Object> {
        let mut records = Vec::new();
        for part in watched(rows, PART, watch) {
            for row in part? {
                records.push(BackupRow::of(row)?);
            }
        }
        Ok(Object::encode(&Records { records }))
    }

    /// The file that holds some records of a vault, sealed.
    pub(crate) fn file(
        records: Object,
        keyring: &Keyring,
        name: &VaultName,
        created: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>> {
        let seal = Seal {
            vault: keyring.vault().as_str().to_owned(),
            name: name.as_str().to_owned(),
            generation: keyring.generation(),
            head: Some(keyring.next_head()),
            created,
            records: digest(&records),
        };
        let seal = jose::sign(
            TYP,
            Object::encode(&seal).text().as_bytes(),
            &keyring.identity()?,
            entropy,
        )?;
        Ok(records
            .with("strongroom", FORMAT)
            .with("name", name.as_str())
            .with("seal", seal)
            .text()
            .into_bytes())
    }

    /// Reads a backup and checks that it is whole.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Malformed`], [`Error::Unsupported`]; [`Error::Integrity`] when
    /// its records are not the ones that were sealed.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MAX_BYTES {
            return Err(Error::TooLarge("backup (256 MiB)"));
        }
        let mut file = Object::parse_up_to(MAX_VALUES, bytes, MALFORMED)?;
        if file.string("strongroom", MALFORMED)? != FORMAT {
            return Err(Error::Unsupported("a backup of a later version"));
        }
        let (name, token) = (
            file.string("name", MALFORMED)?,
            file.string("seal", MALFORMED)?,
        );
        let sealed = digest(&file);
        let file: Records = file.decode(MALFORMED)?;
        let rows = file.records.into_iter().map(BackupRow::into_row);
        let mut rows = rows.collect::<InputResult<Vec<_>>>()?;
        // A store would keep one of the two, and nobody would know which.
        sort(&mut rows)?;

        let (statement, signer) = Statement::claimed(single(&rows, RecordType::Statement)?)?;
        statement.check_rows(&rows)?;

        let damaged = Error::Integrity("a backup's seal");
        let signed = Signed::parse(&token, TYP)?;
        let payload = signed.verify(&signer).map_err(|_| damaged.clone())?;
        let seal: Seal = Object::parse(payload, MALFORMED)?.decode(MALFORMED)?;
        let pinned = statement.factors.iter().any(FactorEntry::is_known);
        let pair = statement.pair();
        let (vault, generation) = (statement.vault, statement.generation);
        let factors = statement.factors.into_iter().map(|entry| entry.kind);
        let head = single(&rows, RecordType::Head)?.revision;
        let whole = Seal {
            vault: vault.as_str().to_owned(),
            name,
            generation,
            head: seal.head.map(|_| head),
            records: sealed,
            created: seal.created,
        };
        if seal != whole {
            return Err(damaged);
        }
        Ok(Self {
            vault,
            identity: signer,
            name: whole.name.parse()?,
            generation,
            head,
            created: whole.created,
            pinned,
            factors: factors.collect(),
            pair,
            rows,
        })
    }

    /// Holds it to what the caller knows of the vault. The head is encrypted: its revision is in the clear, and
    /// signed, and the unlock checks the rest.
    ///
    /// # Errors
    /// [`Error::Integrity`]; [`Error::Argument`] for what is no head.
    pub(crate) fn check(&self, expected: &ExpectedVault) -> Result<()> {
        let known = expected.identity.as_ref();
        if known.is_none() && !self.pinned {
            return Err(Error::Argument(
                "expect.identity (no factor of this backup remembers whose it is: pass what vault.identity() gave)",
            ));
        }
        if known.is_some_and(|identity| *identity != self.identity) {
            return Err(Error::Integrity("a backup of another vault"));
        }
        match &expected.seen {
            Some(seen) => seen.check_age(self.head),
            None => Ok(()),
        }
    }

    /// The vault's id.
    #[must_use]
    pub fn vault(&self) -> &VaultId {
        &self.vault
    }

    /// The name the vault had.
    #[must_use]
    pub fn name(&self) -> &VaultName {
        &self.name
    }

    /// The thumbprint of the identity that sealed it, and signed the statement in it.
    #[must_use]
    pub fn identity(&self) -> &Thumbprint {
        &self.identity
    }

    /// Which vault key its records are under, counted from 1.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// When it says that it was made, in milliseconds since 1970.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// The kinds of the factors that open it, in the order of its statement: as [`FactorKind::as_str`](records::FactorKind::as_str)
    /// says them, or as a later release calls them.
    #[must_use]
    pub fn factors(&self) -> &[String] {
        &self.factors
    }

    /// The kinds of which it takes both, where it takes two factors at once.
    #[must_use]
    pub fn pair(&self) -> Option<FactorPair> {
        self.pair
    }

    /// The revision of its head: which of the vault's states it is.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.head
    }

    /// The records.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The records.
    #[must_use]
    pub fn into_rows(self) -> Vec<Row> {
        self.rows
    }
}

impl Note {
    pub(crate) fn read(members: Object) -> InputResult<Self> {
        members.decode(InputError::Malformed("a backup's record"))
    }
}

impl BackupRow {
    fn of(row: &Row) -> Result<Self> {
        let record = core::str::from_utf8(&row.bytes)
            .map_err(|_| Error::Integrity("a record that is no text"))?;
        Ok(Self {
            r#type: row.record_id.kind,
            id: row.record_id.id.clone(),
            version: row.record_id.version.clone(),
            revision: row.revision,
            record: record.to_owned(),
        })
    }

    fn into_row(self) -> InputResult<Row> {
        // The first revision is 1, and an audit log stays where it was written.
        let of_log = matches!(self.r#type, RecordType::Audit | RecordType::AuditIndex);
        if self.revision == 0 || of_log {
            return Err(MALFORMED);
        }
        Ok(Row {
            record_id: RecordId {
                kind: self.r#type,
                id: self.id,
                version: self.version,
            },
            revision: self.revision,
            bytes: self.record.into_bytes(),
        })
    }
}

/// Of an object that holds nothing but the records.
fn digest(file: &Object) -> String {
    records::digest_of(file.text().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        let seal = r#"{"vault":"v","name":"n","generation":1,"created":2,"records":"r"}"#;
        is_strict::<Seal>(seal, &[]);
        let seal = r#"{"vault":"v","name":"n","generation":1,"head":3,"created":2,"records":"r"}"#;
        is_strict::<Seal>(seal, &[]);
        is_strict::<Note>(r#"{"created":1,"head":2}"#, &[]);
        let records = r#"{"records":[{"type":"vault-key","id":"a","revision":1,"record":"r"},{"type":"version","id":"k","version":"v","revision":2,"record":"s"}]}"#;
        is_strict::<Records>(records, &[]);
    }

    #[test]
    fn a_record_of_a_later_type_is_unsupported() {
        let text = br#"{"records":[{"type":"sundial","id":"a","revision":1,"record":"r"}]}"#;
        let records = Object::parse(text, MALFORMED).and_then(|file| file.decode(MALFORMED));
        let refused = records.map(|records: Records| records.records.len());
        let later = InputError::Unsupported("a record of an unknown type");
        assert_eq!(refused, Err(later));
    }
}
