//! A backup: a vault's records as they are stored, and a seal over them.
//!
//! Every record is an Encrypted JWK already, and the vault key's is open to every factor, so a
//! backup needs no secret to be written into a free name, and a factor to be unlocked there. The seal
//! tells damage before anything is written; forgery is told by the unlock, as for any stored vault.

use crate::{
    hazmat::hash::sha256,
    jose::{self, Signed},
    vocabulary::{
        BackupId, Entropy, Error, Fields, Json, Object, Result, Timestamp, VaultId, base64,
    },
};

use super::{
    Change, Holdings, Kind, Range, Row, Slot, VaultName,
    edit::Edit,
    record::{single, sort},
    statement::Statement,
};

/// The seal's JWS `typ`.
const TYP: &str = "sr-backup+jws";
/// The `strongroom` member, by which a backup is told from other JSON.
const FORMAT: &str = "backup-1";
/// The largest backup that is read: about 100,000 keys.
const MAX_BYTES: usize = 256 * 1024 * 1024;
/// The most JSON values it may have: two records for each of those keys, of fewer than ten values.
const MAX_VALUES: usize = 2_000_000;

/// What a malformed backup is called.
const MALFORMED: Error = Error::Malformed("backup");

/// What the seal signs.
#[derive(PartialEq)]
struct Seal {
    vault: String,
    name: String,
    generation: u64,
    /// When the backup was made, in milliseconds since 1970.
    created: Timestamp,
    /// SHA-256 of `{"records":[…]}` as this writer makes it, base64url.
    records: String,
}

/// A backup that was read and found whole.
pub struct Backup {
    vault: VaultId,
    name: VaultName,
    rows: Vec<Row>,
}

impl Backup {
    /// A backup of everything a vault holds once the change is committed that
    /// [notes it](Holdings::note_backup), sealed by its identity: JSON, UTF-8.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn write(
        holdings: &Holdings,
        noted: &Change,
        name: &VaultName,
        now: Timestamp,
    ) -> Result<Vec<u8>> {
        let puts = &noted.batch.puts;
        let stays = |row: &&Row| puts.iter().all(|put| put.slot != row.slot);
        let rows = holdings.range(Range::all())?.iter().filter(stays);
        Self::file(rows.chain(puts), holdings, name, now)
    }

    /// The file that holds some rows of a vault, sealed.
    pub(super) fn file<'a>(
        rows: impl Iterator<Item = &'a Row>,
        holdings: &Holdings,
        name: &VaultName,
        created: Timestamp,
    ) -> Result<Vec<u8>> {
        let mut records = Vec::new();
        for row in rows {
            records.push(Json::Object(record(row)?));
        }
        let records = Object::new().with("records", records);
        let seal = Seal {
            vault: holdings.vault().as_str().to_owned(),
            name: name.as_str().to_owned(),
            generation: holdings.generation(),
            created,
            records: digest(&records),
        };
        let seal = jose::sign(TYP, seal.to_json().text().as_bytes(), &holdings.identity()?);
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
        let records = digest(&file);
        let mut rows = Fields::read(file, MALFORMED, |file| file.list("records", row))?;
        // A store would keep one of the two, and nobody would know which.
        sort(&mut rows)?;

        let (statement, signer) = Statement::claimed(single(&rows, Kind::Statement)?)?;
        statement.check_rows(&rows)?;

        let damaged = Error::Integrity("a backup's seal");
        let signed = Signed::parse(&token, TYP)?;
        let seal = Seal::parse(signed.verify(&signer).map_err(|_| damaged.clone())?)?;
        let (vault, generation) = (statement.vault, statement.generation);
        let whole = Seal {
            vault,
            name,
            generation,
            records,
            created: seal.created,
        };
        if seal != whole {
            return Err(damaged);
        }
        Ok(Self {
            vault: whole.vault.parse()?,
            name: whole.name.parse()?,
            rows,
        })
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

    /// The records.
    #[must_use]
    pub fn into_rows(self) -> Vec<Row> {
        self.rows
    }
}

impl Holdings {
    /// Remembers that a backup is given out: what a destruction does not reach. The note is in the backup
    /// too, so that a vault that is restored from it knows of it.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub fn note_backup(&self, now: Timestamp, entropy: &dyn Entropy) -> Result<Change> {
        let slot = Slot::new(Kind::Backup, BackupId::generate(entropy)?.as_str());
        let mut edit = Edit::new(self, entropy)?;
        edit.fresh(&slot);
        let note = Note {
            created: now,
            head: self.next_head(),
        };
        edit.put_json(slot, &note.to_json())?;
        edit.finish()
    }

    /// The head's revision that the next change comes with. Unlike the clock it never goes back.
    pub(crate) fn next_head(&self) -> u64 {
        self.head.0 + 1
    }

    /// The backups that hold what came with that revision of the head: when each was made, and its id.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(crate) fn backups_since(&self, since: u64) -> Result<Vec<(Timestamp, String)>> {
        let mut backups = Vec::new();
        for row in self.range(Range::of(Kind::Backup))? {
            let note = Note::read(self.scribe().open_json(row)?)?;
            if note.head >= since {
                backups.push((note.created, row.slot.id.clone()));
            }
        }
        backups.sort_unstable();
        Ok(backups)
    }
}

/// What is remembered of a backup that was given out.
pub(super) struct Note {
    /// When it was made.
    created: Timestamp,
    /// The head's revision that it has.
    head: u64,
}

impl Note {
    pub(super) fn read(members: Object) -> Result<Self> {
        Fields::read(members, Error::Malformed("a backup's record"), |fields| {
            Self {
                created: fields.number("created"),
                head: fields.number("head"),
            }
        })
    }

    pub(super) fn to_json(&self) -> Object {
        Object::new()
            .with("created", self.created)
            .with("head", self.head)
    }
}

impl Seal {
    fn parse(payload: &[u8]) -> Result<Self> {
        let members = Object::parse(payload, MALFORMED)?;
        Fields::read(members, MALFORMED, |fields| Self {
            vault: fields.string("vault"),
            name: fields.string("name"),
            generation: fields.number("generation"),
            created: fields.number("created"),
            records: fields.string("records"),
        })
    }

    fn to_json(&self) -> Object {
        Object::new()
            .with("vault", self.vault.as_str())
            .with("name", self.name.as_str())
            .with("generation", self.generation)
            .with("created", self.created)
            .with("records", self.records.as_str())
    }
}

/// A row as the file holds it: `record` is the envelope's JSON text, or the statement's JWS, as it is
/// stored.
fn record(row: &Row) -> Result<Object> {
    let text = core::str::from_utf8(&row.bytes)
        .map_err(|_| Error::Integrity("a record that is no text"))?;
    let version = row.slot.version.as_str();
    Ok(Object::new()
        .with("type", row.slot.kind.as_str())
        .with("id", row.slot.id.as_str())
        .with_some("version", (!version.is_empty()).then_some(version))
        .with("revision", row.revision)
        .with("record", text))
}

fn row(fields: &mut Fields) -> Row {
    let kind = Kind::parse(&fields.string("type"));
    Row {
        slot: Slot {
            kind: fields.checked(kind, Kind::Backup),
            id: fields.string("id"),
            version: fields.optional_string("version").unwrap_or_default(),
        },
        revision: fields.number("revision"),
        bytes: fields.string("record").into_bytes(),
    }
}

/// Of an object that holds nothing but the records.
fn digest(records: &Object) -> String {
    base64::encode(&sha256(&[records.text().as_bytes()]))
}
