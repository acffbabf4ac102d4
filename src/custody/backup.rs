//! A backup: a vault's records as they are stored, and a seal over them.
//!
//! Every record is an Encrypted JWK already, and the vault key's is open to every factor, so a
//! backup needs no secret to be written into a free name, and a factor to be unlocked there. The seal
//! tells damage before anything is written; forgery is told by the unlock, as for any stored vault.

use crate::{
    hazmat::hash::sha256,
    jose::{self, Signed},
    vocabulary::{
        Error, Result, Timestamp, base64,
        json::{self, Json, Value, json_record},
    },
};

use super::{Holdings, Kind, Row, Slot, VaultName, record::single, statement::Statement};

/// The seal's JWS `typ`.
const TYP: &str = "sr-backup+jws";
/// The `strongroom` member, by which a backup is told from other JSON.
const FORMAT: &str = "backup-1";
/// The largest backup that is read: about 100,000 keys.
const MAX_BYTES: usize = 256 * 1024 * 1024;

/// The file: JSON, UTF-8.
struct File {
    strongroom: String,
    name: String,
    records: Vec<Record>,
    seal: String,
}

struct Record {
    r#type: String,
    id: String,
    /// Absent where the kind has no versions.
    version: Option<String>,
    revision: u64,
    /// The envelope's JSON text, or the statement's JWS, as it is stored.
    record: String,
}

/// What the seal signs.
struct Seal {
    vault: String,
    name: String,
    generation: u64,
    /// When the backup was made, in milliseconds since 1970.
    created: Timestamp,
    /// SHA-256 of the `records` member's JSON text as this writer makes it, base64url.
    records: String,
}

json_record!(File {
    strongroom: "strongroom",
    name: "name",
    records: "records",
    seal: "seal",
});
json_record!(Record {
    r#type: "type",
    id: "id",
    version: "version",
    revision: "revision",
    record: "record",
});
json_record!(Seal {
    vault: "vault",
    name: "name",
    generation: "generation",
    created: "created",
    records: "records",
});

/// A backup that was read and found whole.
pub struct Backup {
    name: VaultName,
    rows: Vec<Row>,
}

impl Backup {
    /// A backup of everything a vault holds, sealed by its identity.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn write(holdings: &Holdings, name: &VaultName, now: Timestamp) -> Result<Vec<u8>> {
        let records: Vec<Record> = holdings.rows().map(Record::of).collect::<Result<_>>()?;
        let seal = Seal {
            vault: holdings.vault().to_string(),
            name: name.to_string(),
            generation: holdings.generation(),
            created: now,
            records: digest(&records),
        };
        let seal = jose::sign(TYP, seal.to_json().text().as_bytes(), &holdings.identity()?);
        let file = File {
            strongroom: FORMAT.to_owned(),
            name: name.to_string(),
            records,
            seal,
        };
        Ok(file.to_json().text().into_bytes())
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
        let file: File = json::read(bytes).ok_or(Error::Malformed("backup"))?;
        if file.strongroom != FORMAT {
            return Err(Error::Unsupported("a backup of a later version"));
        }
        let rows: Vec<Row> = file
            .records
            .iter()
            .map(Record::row)
            .collect::<Result<_>>()?;
        let (statement, signer) = Statement::claimed(single(&rows, Kind::Statement)?)?;
        let factors: Vec<&Row> = rows
            .iter()
            .filter(|row| row.slot.kind == Kind::Factor)
            .collect();
        statement.check_rows(single(&rows, Kind::VaultKey)?, &factors)?;

        let damaged = |_| Error::Integrity("a backup's seal");
        let signed = Signed::parse(&file.seal, TYP)?;
        let payload = signed.verify(&signer).map_err(damaged)?;
        let seal: Seal = json::read(payload).ok_or(Error::Malformed("a backup's seal"))?;
        let whole = seal.records == digest(&file.records)
            && seal.vault == statement.vault
            && seal.name == file.name
            && seal.generation == statement.generation;
        if !whole {
            return Err(Error::Integrity("a backup's seal"));
        }
        Ok(Self {
            name: file.name.parse()?,
            rows,
        })
    }

    /// The name the vault had.
    #[must_use]
    pub fn name(&self) -> &VaultName {
        &self.name
    }

    /// The records.
    #[must_use]
    pub fn into_rows(self) -> Vec<Row> {
        self.rows
    }
}

impl Record {
    fn of(row: &Row) -> Result<Self> {
        let text = core::str::from_utf8(&row.bytes)
            .map_err(|_| Error::Integrity("a record that is no text"))?;
        Ok(Self {
            r#type: row.slot.kind.as_str().to_owned(),
            id: row.slot.id.clone(),
            version: Some(row.slot.version.clone()).filter(|version| !version.is_empty()),
            revision: row.revision,
            record: text.to_owned(),
        })
    }

    fn row(&self) -> Result<Row> {
        let slot = Slot {
            kind: Kind::parse(&self.r#type)?,
            id: self.id.clone(),
            version: self.version.clone().unwrap_or_default(),
        };
        Ok(Row {
            slot,
            revision: self.revision,
            bytes: self.record.as_bytes().to_vec(),
        })
    }
}

fn digest(records: &[Record]) -> String {
    let json = Value::Array(records.iter().map(Record::to_json).collect()).text();
    base64::encode(&sha256(&[json.as_bytes()]))
}
