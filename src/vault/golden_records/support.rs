//! What golden tests stand on: the fixture, opened. All that these tests know of how records are read and written
//! is in this file.

use std::{fs, sync::OnceLock};

use serde_json::Value as Json;

use super::drawn::Drawn;
use crate::{
    base::{Entropy, InputError, Object, Result, Secret, SystemEntropy, Timestamp, base64},
    factors::{Factor, FactorRecord, argon2id},
    inventory::{Tombstones, TrackedObject, Upload},
    jose::{self, AgreementPublicKey, Envelope, Jwk, SigningKey},
    keys::{
        AliasHashKey, KeyRecord, UsageRecord,
        catalog::{self},
    },
    records::{Address, Enrolment, Head, MacKey, RecordCipher, seal_to},
    store::{RecordId, RecordType, Row, Sequence},
    vault::{
        backup::{Backup, Note},
        keyring::Keyring,
        locked_records::LockedRecords,
        watch::unwatched,
    },
};

/// What was signed before, where what is signed now says the same: a signature is another one each time, and was verified
/// when it was made.
pub(crate) fn resigned(before: &[u8], now: Vec<u8>) -> Vec<u8> {
    let said = |token: &[u8]| {
        let dot = token.iter().rposition(|byte| *byte == b'.');
        token[..dot.expect("a compact JWS")].to_vec()
    };
    if said(before) == said(&now) {
        before.to_vec()
    } else {
        now
    }
}

/// A file of `tests/vectors`.
pub(crate) fn vector(path: &str) -> Vec<u8> {
    let path = format!("{}/tests/vectors/{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read(path).expect("a file of the repository")
}

pub(crate) fn base64_of(text: &str) -> Vec<u8> {
    base64::decode(text, InputError::Malformed("base64url")).expect("base64url")
}

/// The vault of release 0.1, unlocked.
pub(crate) struct Fixture {
    pub(crate) manifest: Json,
    pub(crate) rows: Vec<Row>,
    factors: Vec<Factor>,
    keyring: Keyring,
}

impl Fixture {
    pub(crate) fn read() -> Self {
        let manifest = serde_json::from_slice(&Self::file("manifest.json")).expect("JSON");
        let rows = Backup::read(&Self::file("backup.json"));
        let rows = rows.expect("a backup").into_rows();
        let factors = factors(&manifest, &rows);
        let sealed = LockedRecords::new(Sequence(1), rows.clone()).expect("a vault");
        let keyring = sealed.open(&[&factors[0]], None).expect("its own factor");
        Self {
            manifest,
            rows,
            factors,
            keyring,
        }
    }

    pub(crate) fn file(name: &str) -> Vec<u8> {
        vector(&format!("release-0.1/{name}"))
    }

    fn cipher(&self) -> RecordCipher<'_> {
        self.keyring.cipher()
    }

    /// The JWK of one of its key versions.
    pub(crate) fn version(&self, kid: &str) -> Jwk {
        let (id, version) = kid.split_once('.').expect("a version's kid");
        let record_id = RecordId {
            version: version.to_owned(),
            ..RecordId::new(RecordType::Version, id)
        };
        let row = self.rows.iter().find(|row| row.record_id == record_id);
        let jwk = self.cipher().decrypt_key(row.expect("a version"));
        jwk.expect("its material")
    }

    /// The bytes of a record that is read into its type and written by its writer, with what was drawn for it.
    pub(crate) fn rewritten(&self, row: &Row) -> Result<Vec<u8>> {
        let (record_id, revision) = (row.record_id.clone(), row.revision);
        let cipher = self.cipher();
        match row.record_id.kind {
            RecordType::Statement => {
                let statement = &self.keyring.statement;
                let identity = self.keyring.identity()?;
                let signed = statement.sign(cipher.vault, revision, &identity, &SystemEntropy)?;
                Ok(resigned(&row.bytes, signed.bytes))
            }
            RecordType::Factor => {
                let mut by = self
                    .factors
                    .iter()
                    .filter(|factor| factor.record_id() == record_id);
                let factor = by.next().expect("a passphrase for every factor");
                let drawn = Drawn::of(&row.bytes, factor.kek());
                let sealed = |entropy: &dyn Entropy| factor.seal(factor.pin(), revision, entropy);
                drawn.give(|entropy| sealed(entropy).map(|row| row.bytes))
            }
            RecordType::Recipient
            | RecordType::Identity
            | RecordType::Mac
            | RecordType::Index
            | RecordType::Version => {
                let jwk = self.rewritten_key(row)?;
                let drawn = Drawn::of(&row.bytes, cipher.key.kek());
                let sealed = |entropy: &dyn Entropy| {
                    cipher.encrypt_key(record_id.clone(), revision, &jwk, entropy)
                };
                drawn.give(|entropy| sealed(entropy).map(|row| row.bytes))
            }
            // Wrapped to public keys: see `agreed.rs`.
            RecordType::VaultKey => Ok(row.bytes.clone()),
            _ => {
                let record = self.rewritten_json(row)?;
                let drawn = Drawn::of(&row.bytes, cipher.key.kek());
                let sealed = |entropy: &dyn Entropy| {
                    cipher.encrypt_json(record_id.clone(), revision, &record, entropy)
                };
                drawn.give(|entropy| sealed(entropy).map(|row| row.bytes))
            }
        }
    }

    fn rewritten_key(&self, row: &Row) -> Result<Jwk> {
        let jwk = self.cipher().decrypt_key(row)?;
        let secret = || jwk.secret().cloned().expect("a symmetric key");
        match row.record_id.kind {
            RecordType::Identity => Ok(SigningKey::from_jwk(&jwk)?.to_jwk()),
            RecordType::Mac => MacKey::from_jwk(&jwk).map(|_| MacKey::jwk(secret())),
            RecordType::Index => AliasHashKey::from_jwk(&jwk).map(|_| AliasHashKey::jwk(secret())),
            RecordType::Version => {
                let record_id = RecordId::new(RecordType::Key, &*row.record_id.id);
                let key = self.rows.iter().find(|row| row.record_id == record_id);
                let key = KeyRecord::read(self.cipher().decrypt_json(key.expect("a key"))?)?;
                key.purpose.describe(&jwk, &jwk.kid())
            }
            _ => {
                AgreementPublicKey::from_jwk(&jwk)?;
                Ok(jwk)
            }
        }
    }

    /// A JSON record's members, read into its type and written.
    fn rewritten_json(&self, row: &Row) -> Result<Object> {
        let cipher = self.cipher();
        let members = cipher.decrypt_json(row)?;
        match row.record_id.kind {
            RecordType::Head => Ok(Head::read(members)?.to_json()),
            RecordType::Key => Ok(KeyRecord::read(members)?.to_json()),
            RecordType::Catalog => Ok(catalog::shard(&catalog::read(Some(row), &cipher)?)),
            RecordType::Usage => Ok(Object::encode(&UsageRecord::read(members)?)),
            RecordType::Object => Ok(Object::encode(&TrackedObject::read(members)?)),
            RecordType::Backup => Ok(Object::encode(&Note::read(members)?)),
            RecordType::Upload => Ok(Upload::read(members)?.to_json()),
            RecordType::Tombstone => Ok(Tombstones::read(Some(row), &cipher)?.to_json()),
            // It holds nothing.
            _ => {
                members.end(InputError::Malformed("a sidecar"))?;
                Ok(Object::new())
            }
        }
    }

    /// The file that its backup is, written again.
    pub(crate) fn rewritten_backup(&self) -> Result<Vec<u8>> {
        let file: Json = serde_json::from_slice(&Self::file("backup.json")).expect("JSON");
        let seal = file["seal"]
            .as_str()
            .and_then(|seal| seal.split('.').nth(1));
        let seal = base64::decode(seal.expect("a payload"), InputError::Malformed("a seal"))?;
        let seal: Json = serde_json::from_slice(&seal).expect("JSON");
        let records = file["records"].as_array().expect("records").iter();
        let rows: Vec<_> = records.map(|record| self.row_of(record)).collect();
        let name = file["name"].as_str().expect("a name").parse()?;
        let created = Timestamp::from_millis(seal["created"].as_u64().expect("a time"));
        let records = Backup::records(rows, &unwatched)?;
        let written = Backup::file(records, &self.keyring, &name, created, &SystemEntropy)?;
        let again: Json = serde_json::from_slice(&written).expect("JSON");
        let [before, now] = [&file, &again].map(|file| file["seal"].as_str().expect("a seal"));
        let payload = |seal: &str| {
            let payload = seal.split('.').nth(1).expect("a payload");
            let payload = base64::decode(payload, InputError::Malformed("a seal")).expect("text");
            String::from_utf8(payload).expect("text")
        };
        // What the seal says since, and did not say then.
        let head = format!(",\"head\":{}", self.keyring.next_head());
        assert_eq!(payload(now).replacen(&head, "", 1), payload(before));
        let written = String::from_utf8(written).expect("text");
        Ok(written.replace(now, before).into_bytes())
    }

    /// The header of an object that the vault keeps.
    pub(crate) fn kept_header(&self, id: &str) -> Vec<u8> {
        let of_object =
            |row: &&Row| row.record_id.kind == RecordType::Object && row.record_id.id == id;
        let row = self.rows.iter().find(of_object).expect("a tracked object");
        let record = self.cipher().decrypt_json(row);
        let object = TrackedObject::read(record.expect("its record")).expect("an object");
        object.kept_header().expect("a header").bytes().to_vec()
    }

    /// The vault key's record, wrapped to its factors again.
    pub(crate) fn vault_key_to_its_factors(&self, entropy: &dyn Entropy) -> Result<Vec<u8>> {
        let mut of_kind = self
            .rows
            .iter()
            .filter(|row| row.record_id.kind == RecordType::VaultKey);
        let row = of_kind.next().expect("a vault key");
        let generation = self.keyring.generation();
        let address = Address::new(
            self.cipher().vault,
            &row.record_id,
            row.revision,
            generation,
        );
        let jwk = jose::unwrap_own(&Envelope::parse(&row.bytes)?, &[self.factors[0].identity()])?;
        let to: Vec<_> = self
            .factors
            .iter()
            .map(|factor| factor.public().into())
            .collect();
        let envelope = seal_to(&address, &jwk, &to, entropy)?;
        Ok(envelope.bytes().to_vec())
    }

    fn row_of(&self, record: &Json) -> &Row {
        let of = |name: &str| record[name].as_str().unwrap_or_default();
        let parts = [of("type"), of("id"), of("version")];
        let mut found = self
            .rows
            .iter()
            .filter(|row| row.record_id.parts() == parts);
        found.next().expect("a row of every record")
    }
}

/// Each factor, opened by the passphrase that it is for.
fn factors(manifest: &Json, rows: &[Row]) -> Vec<Factor> {
    let vault = manifest["vault"].as_str().expect("an id");
    let vault = vault.parse().expect("a vault's id");
    let rows = rows
        .iter()
        .filter(|row| row.record_id.kind == RecordType::Factor);
    let sealed: Vec<_> = rows
        .map(|row| FactorRecord::parse(&vault, row).expect("a factor"))
        .collect();
    // Derived once for all tests: that takes a second.
    static STRETCHED: OnceLock<Vec<[u8; 32]>> = OnceLock::new();
    let stretched = STRETCHED.get_or_init(|| {
        let keks = sealed.iter().map(|factor| stretched(manifest, factor));
        keks.collect()
    });
    let secret = |kek: &[u8; 32]| Secret::from_slice(kek).expect("32 bytes");
    let opened = sealed.iter().zip(stretched);
    opened
        .map(|(factor, kek)| *factor.open(secret(kek)).expect("its own passphrase"))
        .collect()
}

/// What opens a factor, by whichever of the passphrases it is for.
fn stretched(manifest: &Json, factor: &FactorRecord) -> [u8; 32] {
    let Enrolment::Passphrase(kdf) = factor.enrolment() else {
        unreachable!("a passphrase")
    };
    let (memory, passes, lanes) = kdf.cost();
    let salt = kdf.salt().expect("a salt");
    for phrase in manifest["passphrases"].as_array().expect("passphrases") {
        // The package brings them to NFC.
        let phrase = phrase.as_str().expect("text").replace("e\u{308}", "\u{eb}");
        let stretched = argon2id(phrase.as_bytes(), &salt, memory, passes, lanes);
        let stretched = stretched.expect("memory");
        if factor.open(stretched.clone()).is_ok() {
            // EXPOSE: a test key, kept for the other tests.
            return *stretched.expose();
        }
    }
    unreachable!("a passphrase for every factor")
}
