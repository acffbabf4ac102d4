//! Writing and opening records: envelopes that know where they stand.
//!
//! A record's JWE `aad` holds its address and nothing that describes it. What is read from one record_id
//! and says another was moved there; the head (see `head.rs`) catches what was removed or revived.

use zeroize::Zeroizing;

use crate::{
    base::{Context, Entropy, Error, InputError, Object, Result, VaultId, sort_by},
    jose::{self, Envelope, Jwk, Recipient},
    store::{RecordId, RecordType, Row},
};

use super::{Address, VaultKey};

/// What a fresh row is called that does not open to what was sealed.
const FRESH: Error = Error::Integrity("a fresh record does not open");

/// The most JSON values of a record: it is the vault's own, and a key of many versions has many.
const MAX_VALUES: usize = 64 * 1024;

/// Writes records of one vault under its vault key, and opens them where they stand.
#[derive(Clone, Copy)]
pub(crate) struct RecordCipher<'a> {
    pub(crate) vault: &'a VaultId,
    pub(crate) generation: u64,
    pub(crate) key: &'a VaultKey,
}

impl RecordCipher<'_> {
    /// An Encrypted JWK under the vault key.
    pub(crate) fn encrypt_key(
        &self,
        record_id: RecordId,
        revision: u64,
        jwk: &Jwk,
        entropy: &dyn Entropy,
    ) -> Result<Row> {
        let address = Address::new(self.vault, &record_id, revision, self.generation);
        let envelope = seal_to(
            &address,
            jwk,
            &[Recipient::Kek(self.key.kek().clone())],
            entropy,
        )?;
        Ok(Row::of(record_id, revision, &envelope))
    }

    /// An encrypted JSON record under the vault key.
    pub(crate) fn encrypt_json(
        &self,
        record_id: RecordId,
        revision: u64,
        record: &Object,
        entropy: &dyn Entropy,
    ) -> Result<Row> {
        let address = Address::new(self.vault, &record_id, revision, self.generation).text();
        let json = Zeroizing::new(record.text());
        let envelope =
            jose::encrypt_record(json.as_bytes(), self.key.kek(), address.as_bytes(), entropy)?;
        Ok(Row::of(record_id, revision, &envelope))
    }

    /// As [`encrypt_key`](Self::encrypt_key); the row is opened once and compared before it is relied on.
    pub(crate) fn put_key(
        &self,
        record_id: RecordId,
        revision: u64,
        jwk: &Jwk,
        entropy: &dyn Entropy,
    ) -> Result<Row> {
        let row = self.encrypt_key(record_id, revision, jwk, entropy)?;
        if self.decrypt_key(&row)?.thumbprint() == jwk.thumbprint() {
            Ok(row)
        } else {
            Err(FRESH)
        }
    }

    /// As [`encrypt_json`](Self::encrypt_json); the row is opened once and compared before it is relied on.
    pub(crate) fn put_json(
        &self,
        record_id: RecordId,
        revision: u64,
        record: &Object,
        entropy: &dyn Entropy,
    ) -> Result<Row> {
        let row = self.encrypt_json(record_id, revision, record, entropy)?;
        if self.decrypt_json(&row)? == *record {
            Ok(row)
        } else {
            Err(FRESH)
        }
    }

    /// Rows of ours under the next vault key, opened and compared there.
    pub(crate) fn reseal(
        &self,
        rows: &[Row],
        next: &RecordCipher,
        entropy: &dyn Entropy,
    ) -> Result<Vec<Row>> {
        let mut records = Vec::new();
        for row in rows {
            let address = Address::new(
                next.vault,
                &row.record_id,
                row.revision + 1,
                next.generation,
            );
            records.push((self.envelope(row)?, address.text().into_bytes()));
        }
        let sealed = jose::reseal(&records, self.key.kek(), next.key.kek(), entropy);
        let sealed = sealed.map_err(changed)?;
        let row =
            |(row, envelope): (&Row, _)| Row::of(row.record_id.clone(), row.revision + 1, envelope);
        Ok(rows.iter().zip(&sealed).map(row).collect())
    }

    /// The JWK in a row of ours.
    pub(crate) fn decrypt_key(&self, row: &Row) -> Result<Jwk> {
        let envelope = self.envelope(row)?;
        self.key.open(&envelope).map_err(changed)
    }

    /// The JSON record in a row of ours.
    pub(crate) fn decrypt_json(&self, row: &Row) -> Result<Object> {
        let envelope = self.envelope(row)?;
        let json = jose::decrypt_record(&envelope, self.key.kek()).map_err(changed)?;
        Ok(Object::parse_up_to(
            MAX_VALUES,
            &json,
            InputError::Malformed("a record"),
        )?)
    }

    fn envelope(&self, row: &Row) -> Result<Envelope> {
        let envelope = Envelope::parse(&row.bytes).map_err(changed)?;
        let address = Address::of(&envelope).map_err(changed)?;
        address.check(self.vault, row)?;
        if address.generation() != self.generation {
            return Err(Error::Integrity("a record of another generation"));
        }
        Ok(envelope)
    }
}

impl Row {
    /// An envelope's row.
    pub(crate) fn of(record_id: RecordId, revision: u64, envelope: &Envelope) -> Self {
        Self {
            record_id,
            revision,
            bytes: envelope.bytes().to_vec(),
        }
    }
}

/// An Encrypted JWK with an address, to any recipients.
pub(crate) fn seal_to(
    address: &Address,
    jwk: &Jwk,
    recipients: &[Recipient],
    entropy: &dyn Entropy,
) -> jose::Result<Envelope> {
    jose::wrap(
        jwk,
        recipients,
        &Context::none(),
        Some(address.text().as_bytes()),
        entropy,
    )
}

/// The only row of a kind that stands once in every vault.
pub(crate) fn single(rows: &[Row], kind: RecordType) -> Result<&Row> {
    let mut of_kind = rows.iter().filter(|row| row.record_id.kind == kind);
    match (of_kind.next(), of_kind.next()) {
        (Some(row), None) => Ok(row),
        (None, _) => Err(Error::Integrity("a record is missing")),
        (Some(_), Some(_)) => Err(Error::Integrity("a record stands twice")),
    }
}

/// Sorts rows by record_id, of which none stands twice.
pub(crate) fn sort(rows: &mut [Row]) -> Result<()> {
    sort_by(rows, |a, b| a.record_id.cmp(&b.record_id));
    if rows
        .windows(2)
        .any(|pair| pair[0].record_id == pair[1].record_id)
    {
        Err(Error::Integrity("a record stands twice"))
    } else {
        Ok(())
    }
}

/// A record that does not open, or is none, was changed by somebody without the vault key.
pub(crate) fn changed(error: impl Into<Error>) -> Error {
    match error.into() {
        Error::Decrypt | Error::Malformed(_) => Error::Integrity("a record does not open"),
        error => error,
    }
}
