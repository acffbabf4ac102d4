//! From the rows of a locked vault to what it holds.

use crate::{
    jose::Envelope,
    vocabulary::{Error, Result, VaultId},
};

use super::{
    Holdings, Kind, Passphrase, Row, Sequence, Stretch,
    factor::{Factor, SealedFactor},
    record::{Address, single},
    statement::Statement,
    vault_key::VaultKey,
};

/// A locked vault's rows, as they were read.
pub struct Sealed {
    vault: VaultId,
    sequence: Sequence,
    rows: Vec<Row>,
}

impl Sealed {
    /// The rows of a vault.
    ///
    /// # Errors
    /// [`Error::NoVault`] when there are none; [`Error::Integrity`] when the statement is missing.
    pub fn new(sequence: Sequence, rows: Vec<Row>) -> Result<Self> {
        if rows.is_empty() {
            return Err(&Error::NoVault);
        }
        let vault = single(&rows, Kind::Statement)?.slot.id.parse()?;
        Ok(Self {
            vault,
            sequence,
            rows,
        })
    }

    /// The vault's id, as the statement's slot says it; checked when the vault is unlocked.
    #[must_use]
    pub fn vault(&self) -> &VaultId {
        &self.vault
    }

    /// Opens the vault key with a factor, and everything that can be checked with it.
    ///
    /// Who wrote the envelope is not proven by its being openable: factors are public keys. The
    /// statement proves it, signed by the identity that the factor pinned.
    pub(crate) fn open(self, factor: &Factor) -> Result<Holdings> {
        let statement = Statement::verify(single(&self.rows, Kind::Statement)?, factor.pin())?;
        statement.check_rows(&self.rows)?;
        let row = single(&self.rows, Kind::VaultKey)?;

        let envelope = Envelope::parse(&row.bytes)?;
        let address = Address::of(&envelope)?;
        address.check(&self.vault, row)?;
        if address.generation() != statement.generation {
            return Err(&Error::Integrity("a vault key of another generation"));
        }
        let vault_key = VaultKey::from_jwk(&factor.open_vault_key(&envelope)?)?;
        Holdings::open(self.vault, self.sequence, self.rows, vault_key, statement)
    }
}

/// Opens the vault by whichever of its factors the passphrase is for.
///
/// # Errors
/// [`Error::WrongFactor`] when it is for none; [`Error::Integrity`] when the vault was changed from
/// outside.
pub async fn unlock(
    sealed: Sealed,
    passphrase: &Passphrase,
    stretch: &dyn Stretch,
) -> Result<Holdings> {
    let mut opened = Err(&Error::WrongFactor);
    for row in &sealed.rows {
        if row.slot.kind == Kind::Factor && matches!(opened, Err(Error::WrongFactor)) {
            let factor = SealedFactor::parse(&sealed.vault, row)?;
            let stretched = stretch.stretch(passphrase, factor.kdf()).await?;
            opened = factor.open(stretched);
        }
    }
    sealed.open(&opened?)
}
