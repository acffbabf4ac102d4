//! Records: envelopes that know where they stand.
//!
//! A record's JWE `aad` holds its address and nothing that describes it. What is read from one slot
//! and says another was moved there; the head (see `head.rs`) catches what was removed or revived.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    jose::{self, Envelope, Jwk, Recipient},
    vocabulary::{Context, Entropy, Error, Object, Result, VaultId},
};

use super::{Kdf, Row, Slot, store::Kind, vault_key::VaultKey};

/// What a fresh row is called that does not open to what was sealed.
const FRESH: Error = Error::Integrity("a fresh record does not open");

/// The most JSON values of a record: it is the vault's own, and a key of many versions has many.
const MAX_VALUES: usize = 64 * 1024;

/// A record's address, the JWE `aad` of its envelope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Address {
    r#type: String,
    vault: String,
    id: String,
    /// Empty where the type has no versions; absent in the text then.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    version: String,
    revision: u64,
    /// The generation of the vault key when the record was written.
    generation: u64,
    /// Only for a passphrase factor: what to run before the record can be opened.
    #[serde(skip_deserializing)]
    kdf: Option<Kdf>,
}

impl Address {
    pub(crate) fn new(vault: &VaultId, slot: &Slot, revision: u64, generation: u64) -> Self {
        Self {
            r#type: slot.kind.as_str().to_owned(),
            vault: vault.as_str().to_owned(),
            id: slot.id.clone(),
            version: slot.version.clone(),
            revision,
            generation,
            kdf: None,
        }
    }

    pub(crate) fn with_kdf(self, kdf: Kdf) -> Self {
        Self {
            kdf: Some(kdf),
            ..self
        }
    }

    /// The `aad` of an envelope, if it has the form of an address.
    pub(crate) fn of(envelope: &Envelope) -> Result<Self> {
        const MALFORMED: Error = Error::Malformed("a record's address");
        let aad = envelope
            .aad()
            .ok_or(Error::Integrity("a record without an address"))?;
        let mut members = Object::parse(aad, MALFORMED)?;
        let kdf = members.optional_object("kdf", MALFORMED)?;
        let kdf = kdf.map(Kdf::parse).transpose()?;
        let address: Self = members.decode(MALFORMED)?;
        Ok(Self { kdf, ..address })
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn kdf(&self) -> Option<&Kdf> {
        self.kdf.as_ref()
    }

    /// Whether it says where `row` was found.
    pub(crate) fn check(&self, vault: &VaultId, row: &Row) -> Result<()> {
        let found = Self {
            kdf: self.kdf.clone(),
            ..Self::new(vault, &row.slot, row.revision, self.generation)
        };
        if *self == found {
            Ok(())
        } else {
            Err(Error::Integrity("a record in another one's place"))
        }
    }

    fn text(&self) -> String {
        Object::encode(self).text()
    }
}

/// Writes records of one vault under its vault key, and opens them where they stand.
#[derive(Clone, Copy)]
pub(crate) struct Scribe<'a> {
    pub(crate) vault: &'a VaultId,
    pub(crate) generation: u64,
    pub(crate) key: &'a VaultKey,
}

impl Scribe<'_> {
    /// An Encrypted JWK under the vault key.
    pub(crate) fn seal_key(
        &self,
        slot: Slot,
        revision: u64,
        jwk: &Jwk,
        entropy: &dyn Entropy,
    ) -> Result<Row> {
        let address = Address::new(self.vault, &slot, revision, self.generation);
        let envelope = seal_to(
            &address,
            jwk,
            &[Recipient::Kek(self.key.kek().clone())],
            entropy,
        )?;
        Ok(Row::of(slot, revision, &envelope))
    }

    /// An encrypted JSON record under the vault key.
    pub(crate) fn seal_json(
        &self,
        slot: Slot,
        revision: u64,
        record: &Object,
        entropy: &dyn Entropy,
    ) -> Result<Row> {
        let address = Address::new(self.vault, &slot, revision, self.generation).text();
        let json = Zeroizing::new(record.text());
        let envelope =
            jose::seal_record(json.as_bytes(), self.key.kek(), address.as_bytes(), entropy)?;
        Ok(Row::of(slot, revision, &envelope))
    }

    /// As [`seal_key`](Self::seal_key); the row is opened once and compared before it is relied on.
    pub(crate) fn put_key(
        &self,
        slot: Slot,
        revision: u64,
        jwk: &Jwk,
        entropy: &dyn Entropy,
    ) -> Result<Row> {
        let row = self.seal_key(slot, revision, jwk, entropy)?;
        if self.open_key(&row)?.thumbprint() == jwk.thumbprint() {
            Ok(row)
        } else {
            Err(FRESH)
        }
    }

    /// As [`seal_json`](Self::seal_json); the row is opened once and compared before it is relied on.
    pub(crate) fn put_json(
        &self,
        slot: Slot,
        revision: u64,
        record: &Object,
        entropy: &dyn Entropy,
    ) -> Result<Row> {
        let row = self.seal_json(slot, revision, record, entropy)?;
        if self.open_json(&row)? == *record {
            Ok(row)
        } else {
            Err(FRESH)
        }
    }

    /// Rows of ours under the next vault key, opened and compared there.
    pub(crate) fn reseal(
        &self,
        rows: &[Row],
        next: &Scribe,
        entropy: &dyn Entropy,
    ) -> Result<Vec<Row>> {
        let mut records = Vec::new();
        for row in rows {
            let address = Address::new(next.vault, &row.slot, row.revision + 1, next.generation);
            records.push((self.envelope(row)?, address.text().into_bytes()));
        }
        let sealed = jose::reseal(&records, self.key.kek(), next.key.kek(), entropy);
        let sealed = sealed.map_err(changed)?;
        let row =
            |(row, envelope): (&Row, _)| Row::of(row.slot.clone(), row.revision + 1, envelope);
        Ok(rows.iter().zip(&sealed).map(row).collect())
    }

    /// The JWK in a row of ours.
    pub(crate) fn open_key(&self, row: &Row) -> Result<Jwk> {
        let envelope = self.envelope(row)?;
        self.key.open(&envelope).map_err(changed)
    }

    /// The JSON record in a row of ours.
    pub(crate) fn open_json(&self, row: &Row) -> Result<Object> {
        let envelope = self.envelope(row)?;
        let json = jose::open_record(&envelope, self.key.kek()).map_err(changed)?;
        Object::parse_up_to(MAX_VALUES, &json, Error::Malformed("a record"))
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
    pub(crate) fn of(slot: Slot, revision: u64, envelope: &Envelope) -> Self {
        Self {
            slot,
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
) -> Result<Envelope> {
    jose::wrap(
        jwk,
        recipients,
        &Context::none(),
        Some(address.text().as_bytes()),
        entropy,
    )
}

/// The only row of a kind that stands once in every vault.
pub(crate) fn single(rows: &[Row], kind: Kind) -> Result<&Row> {
    let mut of_kind = rows.iter().filter(|row| row.slot.kind == kind);
    match (of_kind.next(), of_kind.next()) {
        (Some(row), None) => Ok(row),
        (None, _) => Err(Error::Integrity("a record is missing")),
        (Some(_), Some(_)) => Err(Error::Integrity("a record stands twice")),
    }
}

/// Sorts rows by slot, of which none stands twice.
pub(crate) fn sort(rows: &mut [Row]) -> Result<()> {
    rows.sort_unstable_by(|a, b| a.slot.cmp(&b.slot));
    if rows.windows(2).any(|pair| pair[0].slot == pair[1].slot) {
        Err(Error::Integrity("a record stands twice"))
    } else {
        Ok(())
    }
}

/// A record that does not open, or is none, was changed by somebody without the vault key.
pub(crate) fn changed(error: Error) -> Error {
    match error {
        Error::Decrypt | Error::Malformed(_) => Error::Integrity("a record does not open"),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        let text = r#"{"type":"key","vault":"v","id":"k","revision":1,"generation":1}"#;
        is_strict::<Address>(text, &[]);
        let text =
            r#"{"type":"version","vault":"v","id":"k","version":"a","revision":1,"generation":1}"#;
        is_strict::<Address>(text, &[]);
    }
}
