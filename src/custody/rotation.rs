//! A new vault key: every record under it, no factor touched.

use crate::{
    jose::{AgreementPublicKey, Recipient},
    vocabulary::{Entropy, Error, Result},
};

use super::{
    Batch, Change, Holdings, Kind, Range, Row, Slot,
    factor::Factor,
    head::{Head, SetDigest},
    record::{Address, Scribe, seal_to},
    statement::{Statement, digest},
    vault_key::VaultKey,
};

impl Holdings {
    /// Draws a new vault key, wraps it to the factors' public halves and seals every record under it:
    /// one batch, so that a vault is wholly under one key or the other. The next statement carries the
    /// next generation, so that the old vault key's envelope is refused from then on.
    ///
    /// Each record is opened under the new key and compared before the batch is given out. The vault
    /// key's own envelope opens by a factor's secret alone, which is not here: of it is checked that it
    /// commits to the new key and names every factor.
    ///
    /// # Errors
    /// [`Error::Integrity`] when a record does not open.
    pub fn rotate_vault_key(&self, entropy: &dyn Entropy) -> Result<Change> {
        let rows = self.range(Range::all())?;
        self.check(rows)?;
        let (vault_key, jwk) = VaultKey::generate(entropy)?;
        let generation = self.generation() + 1;
        let next = Scribe {
            vault: self.vault(),
            generation,
            key: &vault_key,
        };

        let mut puts = Vec::new();
        for row in rows {
            match row.slot.kind {
                Kind::VaultKey | Kind::Statement | Kind::Factor | Kind::Head => {}
                _ => puts.push(self.scribe().reseal(row, &next, entropy)?),
            }
        }
        let old = self.core_row(Kind::VaultKey)?;
        let (slot, revision) = (old.slot.clone(), old.revision + 1);
        let address = Address::new(self.vault(), &slot, revision, generation);
        let envelope = seal_to(&address, &jwk, &self.recipients()?, entropy)?;
        let committed = envelope.jkt() == Some(&jwk.thumbprint());
        if !committed || envelope.entries().count() != self.statement.factors.len() {
            return Err(&Error::Integrity("a fresh record does not open"));
        }
        puts.push(Row {
            slot,
            revision,
            bytes: envelope.bytes().to_vec(),
        });
        let statement = Statement {
            generation,
            envelope: digest(&puts[puts.len() - 1]),
            ..self.statement.clone()
        };
        puts.push(self.signed(&statement)?);

        let head = self.head_over(&puts, rows, generation)?;
        puts.push(next.put_json(
            self.singleton(Kind::Head),
            head.0,
            &head.1.to_json(),
            entropy,
        )?);
        let batch = Batch {
            puts,
            deletes: Vec::new(),
        };
        Ok(Change {
            rotated: Some((vault_key, statement)),
            ..Change::new(batch, head)
        })
    }

    /// The factors' public halves.
    fn recipients(&self) -> Result<Vec<Recipient>> {
        let mut recipients = Vec::new();
        for factor in &self.statement.factors {
            let slot = Slot::new(Kind::Recipient, factor.kid.as_str());
            let row = self.row(&slot)?;
            let jwk = self
                .scribe()
                .open_key(row.ok_or(&Error::Integrity("a record is missing"))?)?;
            recipients.push(Recipient::from(AgreementPublicKey::from_jwk(&jwk)?));
        }
        Ok(recipients)
    }

    /// A statement's row, signed by the vault's identity.
    fn signed(&self, statement: &Statement) -> Result<Row> {
        let revision = self.core_row(Kind::Statement)?.revision + 1;
        Ok(statement.sign(self.vault(), revision, &self.identity()?))
    }

    /// The head over new rows and those of the old ones that stay.
    fn head_over(&self, puts: &[Row], rows: &[Row], generation: u64) -> Result<(u64, Head)> {
        let kept = rows.iter().filter(|row| row.slot.kind == Kind::Factor);
        let digest = SetDigest::of(&self.mac()?, puts.iter().chain(kept)).encode();
        let (revision, head) = &self.head;
        let head = Head {
            generation,
            digest,
            records: head.records,
        };
        Ok((revision + 1, head))
    }

    /// Seals a factor's record anew, so that it remembers the current generation: the statement of an
    /// older one is refused from then on. Nothing to do where it does already.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub(crate) fn repin(&self, factor: &Factor, entropy: &dyn Entropy) -> Result<Option<Change>> {
        if factor.pin().generation == self.generation() {
            return Ok(None);
        }
        let slot = factor.slot();
        let old = self.row(&slot)?;
        let revision = old.map_or(1, |row| row.revision + 1);
        let row = factor.seal_again(self.vault(), self.generation(), revision, entropy)?;
        let mut statement = self.statement.clone();
        for entry in &mut statement.factors {
            if entry.kid == slot.id {
                entry.record = digest(&row);
            }
        }
        let mut edit = super::edit::Edit::new(self, entropy)?;
        edit.put(row);
        edit.put(self.signed(&statement)?);
        let mut change = edit.finish()?;
        change.restated = Some(statement);
        Ok(Some(change))
    }
}
