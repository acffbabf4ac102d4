//! A record's address: where its row must stand.

use serde::{Deserialize, Serialize};

use crate::{
    base::{Error, InputError, Object, Result, VaultId},
    jose::Envelope,
    store::{RecordId, Row},
};

use super::Enrolment;

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
    /// Only of a factor's record, in a member that is called as its kind is.
    #[serde(skip)]
    enrolment: Option<Enrolment>,
}

impl Address {
    pub(crate) fn new(
        vault: &VaultId,
        record_id: &RecordId,
        revision: u64,
        generation: u64,
    ) -> Self {
        Self {
            r#type: record_id.kind.as_str().to_owned(),
            vault: vault.as_str().to_owned(),
            id: record_id.id.clone(),
            version: record_id.version.clone(),
            revision,
            generation,
            enrolment: None,
        }
    }

    pub(crate) fn with_enrolment(self, enrolment: Enrolment) -> Self {
        Self {
            enrolment: Some(enrolment),
            ..self
        }
    }

    /// The `aad` of an envelope, if it has the form of an address.
    pub(crate) fn of(envelope: &Envelope) -> Result<Self> {
        const MALFORMED: InputError = InputError::Malformed("a record's address");
        let aad = envelope
            .aad()
            .ok_or(Error::Integrity("a record without an address"))?;
        let mut members = Object::parse(aad, MALFORMED)?;
        let enrolment = Enrolment::take(&mut members)?;
        let address: Self = members.decode(MALFORMED)?;
        Ok(Self {
            enrolment,
            ..address
        })
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn enrolment(&self) -> Option<&Enrolment> {
        self.enrolment.as_ref()
    }

    /// Whether it says where `row` was found.
    pub(crate) fn check(&self, vault: &VaultId, row: &Row) -> Result<()> {
        let found = Self {
            enrolment: self.enrolment.clone(),
            ..Self::new(vault, &row.record_id, row.revision, self.generation)
        };
        // Revisions and generations are counted from 1.
        let counted = self.revision > 0 && self.generation > 0;
        if counted && *self == found {
            Ok(())
        } else {
            Err(Error::Integrity("a record in another one's place"))
        }
    }

    pub(crate) fn text(&self) -> String {
        let address = Object::encode(self);
        let address = match &self.enrolment {
            Some(enrolment) => enrolment.put(address),
            None => address,
        };
        address.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    #[test]
    fn what_serde_would_accept_is_refused() {
        let text = r#"{"type":"key","vault":"v","id":"k","revision":1,"generation":1}"#;
        is_strict::<Address>(text, &[]);
        let text =
            r#"{"type":"version","vault":"v","id":"k","version":"a","revision":1,"generation":1}"#;
        is_strict::<Address>(text, &[]);
    }
}
