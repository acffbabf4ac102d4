//! Records: envelopes that know where they stand.
//!
//! A record's JWE `aad` holds its address and nothing that describes it. What is read from one slot
//! and says another was moved there; the head (see `head.rs`) catches what was removed or revived.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    jose::{self, Envelope, Jwk, Recipient},
    vocabulary::{Context, Entropy, Error, Result, VaultId},
};

use super::{Kdf, Row, Slot, store::Kind, vault_key::VaultKey};

/// A record's address, the JWE `aad` of its envelope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Address {
    r#type: String,
    vault: String,
    id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    version: String,
    revision: u64,
    /// The generation of the vault key when the record was written.
    generation: u64,
    /// Only for a passphrase factor: what to run before the record can be opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kdf: Option<Kdf>,
}

impl Address {
    pub(crate) fn new(vault: &VaultId, slot: &Slot, revision: u64, generation: u64) -> Self {
        Self {
            r#type: slot.kind.as_str().to_owned(),
            vault: vault.to_string(),
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
        let aad = envelope
            .aad()
            .ok_or(Error::Integrity("a record without an address"))?;
        let address: Self =
            serde_json::from_slice(aad).map_err(|_| Error::Malformed("a record's address"))?;
        address.kdf.as_ref().map_or(Ok(()), Kdf::check)?;
        Ok(address)
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

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("an address is strings and numbers")
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
        Ok(Row {
            slot,
            revision,
            bytes: envelope.bytes().to_vec(),
        })
    }

    /// An encrypted JSON record under the vault key.
    pub(crate) fn seal_json(
        &self,
        slot: Slot,
        revision: u64,
        record: &impl Serialize,
        entropy: &dyn Entropy,
    ) -> Result<Row> {
        let address = Address::new(self.vault, &slot, revision, self.generation).to_json();
        let json =
            Zeroizing::new(serde_json::to_vec(record).expect("a record is strings and numbers"));
        let envelope = jose::seal_record(&json, self.key.kek(), address.as_bytes(), entropy)?;
        Ok(Row {
            slot,
            revision,
            bytes: envelope.bytes().to_vec(),
        })
    }

    /// The JWK in a row of ours.
    pub(crate) fn open_key(&self, row: &Row) -> Result<Jwk> {
        let envelope = self.envelope(row)?;
        self.key.open(&envelope).map_err(changed)
    }

    /// The JSON record in a row of ours, into its type.
    pub(crate) fn open_json<T: for<'de> Deserialize<'de>>(&self, row: &Row) -> Result<T> {
        let envelope = self.envelope(row)?;
        let json = jose::open_record(&envelope, self.key.kek()).map_err(changed)?;
        serde_json::from_slice(&json).map_err(|_| Error::Unsupported("a record of a later version"))
    }

    fn envelope(&self, row: &Row) -> Result<Envelope> {
        let envelope = Envelope::parse(&row.bytes)?;
        let address = Address::of(&envelope)?;
        address.check(self.vault, row)?;
        if address.generation() != self.generation {
            return Err(Error::Integrity("a record of another generation"));
        }
        Ok(envelope)
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
        Some(address.to_json().as_bytes()),
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

/// A record under the vault key that does not open was changed by somebody without that key.
pub(crate) fn changed(error: Error) -> Error {
    if error == Error::Decrypt {
        Error::Integrity("a record does not open")
    } else {
        error
    }
}
