//! The first rows of a vault.

use crate::{
    jose::{Recipient, SigningKey},
    vocabulary::{Entropy, Error, Result, Secret, VaultId},
};

use super::{
    Holdings, Kdf, Kind, Range, Row, Sealed, Sequence, Slot,
    catalog::IndexKey,
    factor::{self, Factor},
    head::{Head, MacKey, SetDigest},
    record::{Address, Scribe, seal_to},
    statement::{Pin, Statement, digest},
    vault_key::VaultKey,
};

/// The first generation of a vault key.
const FIRST: u64 = 1;
/// The first revision of a record.
const NEW: u64 = 1;

/// A vault in the making: begin, add factors, finish.
pub struct Genesis {
    vault: VaultId,
    identity: SigningKey,
    factors: Vec<(Box<Factor>, Row)>,
}

impl Genesis {
    /// Draws the vault's id and signing identity.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn begin(entropy: &dyn Entropy) -> Result<Self> {
        let (vault, identity) = (VaultId::generate(entropy)?, SigningKey::generate(entropy)?);
        Ok(Self {
            vault,
            identity,
            factors: Vec::new(),
        })
    }

    /// Adds a factor whose passphrase was stretched as `kdf` says.
    ///
    /// # Errors
    /// What the entropy source reports.
    pub fn add_passphrase(
        &mut self,
        kdf: Kdf,
        stretched: Secret<32>,
        entropy: &dyn Entropy,
    ) -> Result<()> {
        let pin = Pin {
            vault: self.vault.as_str().to_owned(),
            identity: self.identity.thumbprint().as_str().to_owned(),
            generation: FIRST,
        };
        let factor = Factor::generate(pin, kdf, stretched, entropy)?;
        let row = factor.seal(&self.vault, NEW, entropy)?;
        self.factors.push((factor, row));
        Ok(())
    }

    /// All rows of the new vault, and what it holds: opened from those very rows, as an unlock
    /// would, so that a vault that cannot be opened is never stored.
    ///
    /// # Errors
    /// [`Error::Argument`] without a factor.
    pub fn finish(self, entropy: &dyn Entropy) -> Result<(Vec<Row>, Box<Holdings>)> {
        let (first, _) = self
            .factors
            .first()
            .ok_or(Error::Argument("a vault needs at least one factor"))?;
        let rows = self.rows(entropy)?;
        // The sequence that the commit of these rows gives.
        let sequence = Sequence::first(entropy)?;
        let mut holdings = Sealed::new(sequence, rows.clone())?.open(first)?;
        holdings.check(&rows)?;
        holdings.add(vec![Range::all()], rows.clone());
        Ok((rows, holdings))
    }

    fn rows(&self, entropy: &dyn Entropy) -> Result<Vec<Row>> {
        let (vault_key, vault_key_jwk) = VaultKey::generate(entropy)?;
        let singleton = |kind| Slot::new(kind, self.vault.as_str());

        let slot = singleton(Kind::VaultKey);
        let (mut rows, mut to, mut entries) = (Vec::new(), Vec::new(), Vec::new());
        for (factor, row) in &self.factors {
            rows.push(row.clone());
            to.push(Recipient::from(factor.public()));
            entries.push(factor::entry(row));
        }
        let envelope = seal_to(
            &Address::new(&self.vault, &slot, NEW, FIRST),
            &vault_key_jwk,
            &to,
            entropy,
        )?;
        let vault_key_row = Row::of(slot, NEW, &envelope);
        let statement = Statement {
            vault: self.vault.as_str().to_owned(),
            generation: FIRST,
            identity: self.identity.thumbprint().as_str().to_owned(),
            envelope: digest(&vault_key_row),
            factors: entries,
            requires: 1,
        };

        let scribe = Scribe {
            vault: &self.vault,
            generation: FIRST,
            key: &vault_key,
        };
        let mac = MacKey::jwk(Secret::generate(entropy)?);
        let index = IndexKey::jwk(Secret::generate(entropy)?);
        for (factor, _) in &self.factors {
            rows.push(factor.seal_public(&scribe, entropy)?);
        }
        rows.push(vault_key_row);
        rows.push(statement.sign(&self.vault, NEW, &self.identity));
        rows.push(scribe.seal_key(
            singleton(Kind::Identity),
            NEW,
            &self.identity.to_jwk(),
            entropy,
        )?);
        rows.push(scribe.seal_key(singleton(Kind::Mac), NEW, &mac, entropy)?);
        rows.push(scribe.seal_key(singleton(Kind::Index), NEW, &index, entropy)?);

        let digest = SetDigest::of(&MacKey::from_jwk(&mac)?, &rows).encode();
        let head = Head {
            generation: FIRST,
            digest,
            records: Some(rows.len() as u64),
        };
        rows.push(scribe.seal_json(singleton(Kind::Head), NEW, &head.to_json(), entropy)?);
        Ok(rows)
    }
}
