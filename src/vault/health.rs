//! What a vault knows of how well it is kept.

use crate::{
    base::{Result, Timestamp},
    object::body::Buffers,
    records::FactorPair,
    store::Store,
};

use super::{
    FactorInfo, OrganisationStatus, Unlocked, Vault, backup::LastBackup, gate::Request,
    transaction::Transaction,
};

/// What the vault has noted of its factors and backups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VitalSigns {
    /// All factors, in the order of the statement.
    pub factors: Vec<FactorInfo>,
    /// The two kinds that it takes to open the vault, where it takes two.
    pub required: Option<FactorPair>,
    /// The last backup that was given out, if one was.
    pub backup: Option<LastBackup>,
    /// How many policies, of keys and of the vault, were to be reviewed by now.
    pub overdue_reviews: u64,
    /// The policy of the vault's organisation, if one binds it.
    pub organisation: Option<OrganisationStatus>,
    /// How many keys are not rotated within the time that it says.
    pub late_rotations: u64,
    /// The latest time that the vault has noted of either, by whichever clock.
    pub latest: Option<Timestamp>,
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// What is known of how well the vault is kept, as it is stored now.
    ///
    /// # Errors
    /// [`Error::Integrity`](crate::Error::Integrity).
    pub async fn vital_signs(&self) -> Result<VitalSigns> {
        let request = Request::of("health").on_latest();
        self.read(request, async |tx| tx.vital_signs().await).await
    }
}

impl Transaction<'_> {
    async fn vital_signs(&self) -> Result<VitalSigns> {
        let factors = self.keyring()?.factors()?;
        let required = self.keyring()?.statement.pair();
        let backup = self.last_backup().await?;
        let times = factors
            .iter()
            .flat_map(|factor| [factor.added, factor.rehearsed]);
        let latest = times.flatten().chain(backup.map(|last| last.made)).max();
        let listed = self.listed().await?;
        let is_overdue = |due: Timestamp| due <= self.now();
        let overdue = listed
            .iter()
            .filter(|key| key.review_due.is_some_and(is_overdue));
        let own = self
            .keyring()?
            .policies()?
            .and_then(|policies| policies.review_due());
        let own = own.is_some_and(is_overdue);
        let late_rotations = self.late_rotations(&listed).await?;
        Ok(VitalSigns {
            overdue_reviews: overdue.count() as u64 + u64::from(own),
            factors,
            required,
            backup,
            organisation: self.keyring()?.organisation_status()?,
            late_rotations,
            latest,
        })
    }
}
