//! New vaults: created, or restored from a backup.

use std::rc::Rc;

use super::{backup::Backup, keyring::Keyring, new_vault::NewVault};
use crate::{
    base::{Error, Result},
    factors::Present,
    keys::{Organisation, OrganisationPolicy},
    records::{FactorKind, FactorPair},
    store::{Row, Sequence, Store, VaultName},
};

use super::{
    ExpectedVault, Locked, Platform, Unlocked, Vault,
    factors::{MOST, TOO_MANY},
    watch::{Watch, unwatched, watched},
};

/// Records that are given to the store at a time.
const PART: usize = 256;

impl<S: Store, E> Vault<Locked, S, E> {
    /// Creates a vault that any one of the factors opens, and leaves it unlocked.
    ///
    /// # Errors
    /// [`Error::VaultExists`] when the name is taken, [`Error::TooLarge`] for more than 32 factors,
    /// [`Error::NoneStandsAlone`], [`Error::Argument`] without one and for a name with
    /// characters that are not seen, what
    /// the store reports.
    pub async fn create(
        platform: Rc<Platform<S, E>>,
        name: VaultName,
        factors: &[&dyn Present],
    ) -> Result<Vault<Unlocked, S, E>> {
        Self::create_requiring(platform, name, factors, None).await
    }

    /// As [`create`](Self::create); where there is a pair, it takes a factor of both kinds to open the vault, or one that
    /// opens it alone.
    ///
    /// # Errors
    /// Those; [`Error::LastOfPair`] with the kind that is missing; [`Error::ThisDevice`].
    pub async fn create_requiring(
        platform: Rc<Platform<S, E>>,
        name: VaultName,
        factors: &[&dyn Present],
        pair: Option<FactorPair>,
    ) -> Result<Vault<Unlocked, S, E>> {
        Self::create_under(platform, name, factors, pair, None).await
    }

    /// As [`create_requiring`](Self::create_requiring), of a vault that an organisation's policy binds from its beginning.
    ///
    /// # Errors
    /// Those; [`Error::OrganisationPolicy`] for a policy that has expired, and for factors that lack one that it requires.
    pub async fn create_under(
        platform: Rc<Platform<S, E>>,
        name: VaultName,
        factors: &[&dyn Present],
        pair: Option<FactorPair>,
        organisation: Option<&OrganisationPolicy>,
    ) -> Result<Vault<Unlocked, S, E>> {
        name.check_new()?;
        if factors.len() > MOST {
            return Err(TOO_MANY);
        }
        check_kinds(factors, pair)?;
        let now = platform.clock.now();
        if let Some(policy) = organisation {
            let ways: Vec<_> = factors.iter().map(|new| new.way()).collect();
            policy.check_fresh(now)?;
            policy.check_factors(&ways)?;
        }
        // Asked first because deriving takes a second; the commit at the end decides.
        let (sequence, _) = platform.read(&name, &Keyring::core()).await?;
        if sequence != Sequence::default() {
            return Err(Error::VaultExists);
        }
        let genesis = NewVault::begin(platform.rng.as_ref())?;
        let bound = organisation.map(|policy| Organisation::new(policy, now));
        let mut genesis = genesis.made(now).requiring(pair).under(bound);
        let (port, rng) = (platform.factor.as_ref(), platform.rng.as_ref());
        let least = organisation.and_then(OrganisationPolicy::minimum_argon2);
        for factor in factors {
            let others = genesis.enrolments();
            let (enrolment, kek) = factor.enrol(port, &others, least, rng).await?;
            organisation.map_or(Ok(()), |policy| policy.check_enrolment(&enrolment))?;
            genesis.add(enrolment, kek, rng)?;
        }
        let (rows, open) = genesis.finish(platform.rng.as_ref())?;
        write_new(&platform, &name, open.keyring.sequence(), rows, &unwatched).await?;
        let id = open.keyring.vault().clone();
        let vault = Self::new(platform, name, id).with(open);
        vault.log_unlock("create", None);
        Ok(vault)
    }

    /// Writes a backup into a free name, by default the name the vault had.
    ///
    /// # Errors
    /// [`Error::VaultExists`] when the name is taken; [`Error::Malformed`], [`Error::Integrity`] and
    /// others when the backup is damaged. Nothing was written then.
    pub async fn restore(
        platform: Rc<Platform<S, E>>,
        backup: &[u8],
        name: Option<VaultName>,
    ) -> Result<Self> {
        Self::restore_watched(platform, backup, name, &unwatched).await
    }

    /// As [`restore`](Self::restore); `watch` counts the records that are written.
    ///
    /// # Errors
    /// Those; what `watch` stops it with: nothing was written then.
    pub async fn restore_watched(
        platform: Rc<Platform<S, E>>,
        backup: &[u8],
        name: Option<VaultName>,
        watch: Watch<'_>,
    ) -> Result<Self> {
        let any = ExpectedVault::default();
        Self::restore_expected(platform, backup, name, &any, watch).await
    }

    /// As [`restore_watched`](Self::restore_watched), of the vault that is expected.
    ///
    /// # Errors
    /// Those; [`Error::Integrity`] for another vault, or an older one; [`Error::Argument`] where no identity is expected and no
    /// factor of the backup remembers one: nothing was written then.
    pub async fn restore_expected(
        platform: Rc<Platform<S, E>>,
        backup: &[u8],
        name: Option<VaultName>,
        expected: &ExpectedVault,
        watch: Watch<'_>,
    ) -> Result<Self> {
        Self::restore_backup(platform, Backup::read(backup)?, name, expected, watch).await
    }

    /// As [`restore_expected`](Self::restore_expected), of a backup that was read.
    ///
    /// # Errors
    /// Those of [`restore_expected`](Self::restore_expected).
    pub async fn restore_backup(
        platform: Rc<Platform<S, E>>,
        backup: Backup,
        name: Option<VaultName>,
        expected: &ExpectedVault,
        watch: Watch<'_>,
    ) -> Result<Self> {
        if let Some(name) = &name {
            name.check_new()?;
        }
        backup.check(expected)?;
        let name = name.unwrap_or_else(|| backup.name().clone());
        let id = backup.vault().clone();
        let first = Sequence::first(platform.rng.as_ref())?;
        write_new(&platform, &name, first, backup.into_rows(), watch).await?;
        Ok(Self::new(platform, name, id))
    }
}

/// Refuses kinds that do not stand alone without another one, and those that are not what it takes, before a person is asked for one.
fn check_kinds(factors: &[&dyn Present], pair: Option<FactorPair>) -> Result<()> {
    if let Some(pair) = pair {
        let kinds: Vec<FactorKind> = factors.iter().map(|new| new.kind()).collect();
        return pair.check_kinds(&kinds);
    }
    if !factors.iter().all(|new| new.kind().opens_by_itself()) {
        return Err(Error::Argument(
            "factors (a KMS opens nothing by itself; say in requires what it is asked beside)",
        ));
    }
    let only = !factors.is_empty() && !factors.iter().any(|new| new.kind().stands_alone());
    if only {
        Err(Error::NoneStandsAlone)
    } else {
        Ok(())
    }
}

/// Writes all rows of a vault that does not exist yet, in one commit.
async fn write_new<S: Store, E>(
    platform: &Platform<S, E>,
    name: &VaultName,
    first: Sequence,
    rows: Vec<Row>,
    watch: Watch<'_>,
) -> Result<()> {
    let none = Sequence::default();
    let mut rows = watched(rows, PART, watch);
    let written = platform.commit(name, [none, first], &[], &mut rows).await;
    match written.map_err(Error::from) {
        Err(Error::Conflict) => Err(Error::VaultExists),
        written => written,
    }
}
