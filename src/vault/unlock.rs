//! A locked vault: open and unlock.

use std::rc::Rc;

use super::{keyring::Keyring, locked_records::LockedRecords, open_vault::OpenVault};
use crate::{
    base::{Error, Result, Thumbprint, VaultId},
    factors::{Answered, Factor, GateAnswer, Opened, Present},
    records::{FactorKind, LastSeenHead},
    store::{Range, RecordType, Store, VaultName},
};

use super::{
    ExpectedVault, FactorInfo, Platform, Unlocked, Vault,
    offline_grace::Asking,
    watch::{Watch, unwatched},
};

/// What an unlock tells of: the factor that opened, and the vault that did.
const STEPS: u64 = 2;

/// What an unlock tells of the factor that opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlockReport {
    /// The factor, as the vault knows it from then on.
    pub factor: FactorInfo,
    /// The one that it took together with it.
    pub second: Option<FactorInfo>,
    /// How many new vault keys there had been since the factor remembered one: an older copy of the vault that is not older than
    /// that would have opened as well.
    pub behind: u64,
    /// The identity that it had remembered until then, where another one signs.
    pub superseded: Option<Thumbprint>,
    /// Whether a kept answer of a gate's service opened the vault, since the service was not reached.
    pub graced: bool,
    /// Whether its record was sealed again, so that a guess at its passphrase costs what the default is now.
    pub strengthened: bool,
}

/// The state of a vault whose vault key is not in memory.
pub struct Locked(());

impl<S: Store, E> Vault<Locked, S, E> {
    /// Finds a vault.
    ///
    /// # Errors
    /// [`Error::NoVault`], what the store reports.
    pub async fn open(platform: Rc<Platform<S, E>>, name: VaultName) -> Result<Self> {
        let statement = [Range::of(RecordType::Statement)];
        let (sequence, rows) = platform.read(&name, &statement).await?;
        let id = LockedRecords::new(sequence, rows)?.vault().clone();
        Ok(Self::new(platform, name, id))
    }

    /// Opens the vault with one of its factors. `seen` is a head that the caller kept elsewhere.
    ///
    /// # Errors
    /// [`Error::WrongFactor`]; [`Error::NoVault`] when it was deleted meanwhile;
    /// [`Error::Integrity`] when its records were changed from outside, or are older than `seen`.
    pub async fn unlock(
        &self,
        present: &dyn Present,
        seen: Option<&LastSeenHead>,
    ) -> Result<Vault<Unlocked, S, E>> {
        let expected = ExpectedVault {
            identity: None,
            seen: seen.cloned(),
        };
        let (vault, _) = self.unlock_watched(present, &expected, &unwatched).await?;
        Ok(vault)
    }

    /// As [`unlock`](Self::unlock), of a vault of which more may be known; `watch` is told of two steps: a factor opened,
    /// then the vault.
    ///
    /// # Errors
    /// Those; [`Error::IdentityChanged`] when another identity signs than is expected or, with none expected, than the
    /// factor pins; [`Error::IdentityUnproven`] by an escrow's key with none expected; what `watch` stops it with.
    pub async fn unlock_watched(
        &self,
        present: &dyn Present,
        expected: &ExpectedVault,
        watch: Watch<'_>,
    ) -> Result<(Vault<Unlocked, S, E>, UnlockReport)> {
        let identity = expected.identity.as_ref();
        let (keyring, opened) = self.open_with(present, identity, Asking::Unlock).await?;
        watch(1, STEPS)?;
        if let Some(seen) = &expected.seen {
            keyring.check_seen(seen)?;
        }
        let vault = self.opened(keyring).await?;
        vault.log_kms_calls(present, Ok(&opened));
        if opened.unreached().is_none() {
            vault.state.proved(&opened, self.platform.clock.moment());
            vault.keep_answer(&opened).await;
            vault.forget_ended_answer().await?;
        }
        let mut strengthened = vault.settle(present, &opened.first).await?;
        if let (Some(present), Some(factor)) = (present.second(), &opened.second) {
            strengthened |= vault.settle(present, factor).await?;
        }
        let report = vault.unlock_report(&opened, strengthened)?;
        vault.log_unlock("unlock", Some(report.factor.id.as_str()));
        vault.log_grace(&opened);
        watch(STEPS, STEPS)?;
        Ok((vault, report))
    }

    /// The vault of that keyring, brought up to date.
    pub(super) async fn opened(&self, keyring: Keyring) -> Result<Vault<Unlocked, S, E>> {
        let mut open = Box::new(OpenVault::new(keyring));
        if open.keyring.manifest().is_none() {
            self.read_whole(&mut open).await?;
        }
        let vault = Self::new(self.platform.clone(), self.name.clone(), self.id.clone()).with(open);
        vault.upgrade().await?;
        Ok(vault)
    }

    /// Reads all rows and holds them against the head.
    async fn read_whole(&self, open: &mut OpenVault) -> Result<()> {
        let all = [Range::all()];
        let (sequence, rows) = self.platform.read(&self.name, &all).await?;
        if sequence != open.keyring.sequence() {
            return open.refresh_whole(sequence, rows);
        }
        open.keyring.check(&rows)?;
        open.add(&all, rows);
        Ok(())
    }
}

impl<S: Store, E> Vault<Unlocked, S, E> {
    /// Brings a vault of an earlier release up to date. One on a full disk opens all the same where nothing that is read
    /// is missing: it stays in memory whole.
    async fn upgrade(&self) -> Result<()> {
        if !self.state.open()?.keyring.is_old() {
            return Ok(());
        }
        let upgraded = self.change_unasked("upgrade", async |tx| tx.upgrade().await);
        let upgraded = upgraded.await;
        if self.state.open()?.keyring.lacks_catalog() {
            return upgraded;
        }
        unless_untrue(upgraded)
    }

    /// Brings the record of a factor that has opened the vault up to date, and says whether it was made stronger.
    async fn settle(&self, present: &dyn Present, factor: &Factor) -> Result<bool> {
        let strengthened = self.strengthen(present, factor).await?;
        if !strengthened {
            self.repin(factor).await?;
        }
        Ok(strengthened)
    }

    /// Lets the factor remember the current identity and generation, if it can be written: a vault on a full disk
    /// opens all the same.
    pub(super) async fn repin(&self, factor: &Factor) -> Result<()> {
        if *factor.pin() == self.state.open()?.keyring.pin() {
            return Ok(());
        }
        let repinned = self.change_unasked("repin", async |tx| tx.repin(&[factor]).await);
        unless_untrue(repinned.await)
    }

    /// Has a factor enrolled again that is guessed too cheaply, if there are the memory and the space for it. Who has copied
    /// its record before guesses at what that cost then.
    async fn strengthen(&self, present: &dyn Present, factor: &Factor) -> Result<bool> {
        let (port, rng) = (self.platform.factor.as_ref(), self.platform.rng.as_ref());
        let least = self.state.open()?.keyring.least_cost()?;
        let enrolled = factor.enrolment();
        let stronger = present
            .strengthen(port, enrolled, least.as_ref(), rng)
            .await;
        let Ok(Some((enrolment, kek))) = stronger else {
            return Ok(false);
        };
        let stronger = factor.enrolled_as(enrolment, kek);
        let strengthened = self.change_unasked("strengthen", async |tx| {
            tx.enrol_again(factor, &stronger).await
        });
        unless_untrue(strengthened.await)
    }

    /// What the factors that opened the vault had remembered of it.
    pub(super) fn unlock_report(
        &self,
        opened: &Opened,
        strengthened: bool,
    ) -> Result<UnlockReport> {
        let open = self.state.open()?;
        let (all, now) = (opened.all(), open.keyring.pin());
        let info = |factor: &Factor| open.keyring.factor(factor.kid().as_str());
        // An older copy has to satisfy each of them.
        let remembered = all.iter().map(|factor| factor.pin().generation).max();
        let mut pinned = all.iter().map(|factor| &factor.pin().identity);
        Ok(UnlockReport {
            factor: info(&opened.first)?,
            second: opened.second.as_deref().map(info).transpose()?,
            behind: now
                .generation
                .saturating_sub(remembered.unwrap_or_default()),
            graced: opened.unreached().is_some(),
            superseded: pinned.find(|pinned| **pinned != now.identity).cloned(),
            strengthened,
        })
    }
}

/// What could not be written is left for the next unlock; what was read must be true.
pub(super) fn unless_untrue<T: Default>(written: Result<T>) -> Result<T> {
    match written {
        Err(error @ (Error::Integrity(_) | Error::Rotated | Error::NoVault)) => Err(error),
        written => Ok(written.unwrap_or_default()),
    }
}

impl<State, S: Store, E> Vault<State, S, E> {
    /// Opens what is stored now by whichever of its factors those are that are presented. `identity` is the vault's, where
    /// it is known from elsewhere. Whoever presents two expects a vault that takes both.
    pub(crate) async fn open_with(
        &self,
        present: &dyn Present,
        identity: Option<&Thumbprint>,
        asking: Asking,
    ) -> Result<(Keyring, Opened)> {
        let (keyring, opened) = self.open_with_each(present, identity, asking).await?;
        if opened.second.is_some() && keyring.statement.pair().is_none() {
            return Err(Error::Argument(
                "factor (this vault takes one at a time, and any of its factors opens it)",
            ));
        }
        Ok((keyring, opened))
    }

    /// As [`open_with`](Self::open_with); of two factors each may be one that opens the vault alone.
    pub(crate) async fn open_with_each(
        &self,
        present: &dyn Present,
        identity: Option<&Thumbprint>,
        asking: Asking,
    ) -> Result<(Keyring, Opened)> {
        let core = Keyring::core();
        let (sequence, rows) = self.platform.read(&self.name, &core).await?;
        let sealed = LockedRecords::new(sequence, rows)?;
        if *sealed.vault() != self.id {
            return Err(Error::NoVault);
        }
        sealed.check_known(present, identity)?;
        let opened = self.opened_factors(&sealed, present, identity, asking);
        let opened = opened.await;
        let opened = opened.map_err(|error| sealed.refusal(present, identity, error))?;
        Ok((sealed.open(&opened.all(), identity)?, opened))
    }

    /// The factors that are presented, opened. Of two both are asked, whatever the first one answers: which of them was
    /// wrong is not told. What takes a person's touch comes first, while a browser still counts the click, and who is elsewhere
    /// last: nobody is asked there about records that were changed, as far as that is seen without the answer.
    pub(crate) async fn opened_factors(
        &self,
        sealed: &LockedRecords,
        present: &dyn Present,
        known: Option<&Thumbprint>,
        asking: Asking,
    ) -> Result<Opened> {
        sealed.check_presented(present)?;
        let mut both = core::iter::once(present).chain(present.second());
        if both.any(Present::asks_elsewhere) {
            sealed.check_claimed(known)?;
        }
        let Some(second) = present.second() else {
            return Ok(self.opened_factor(sealed, present, asking).await?.into());
        };
        let swaps = second.kind() == FactorKind::Passkey || present.asks_elsewhere();
        let order = if swaps {
            [second, present]
        } else {
            [present, second]
        };
        let mut first = self.opened_factor(sealed, order[0], asking).await;
        if !matches!(first, Ok(_) | Err(Error::WrongFactor)) {
            return Ok(first?.into());
        }
        if let (Ok(person), true) = (&first, order[1].asks_elsewhere()) {
            sealed.check_pinned(person, known)?;
        }
        let mut second = self.opened_factor(sealed, order[1], asking).await;
        if swaps {
            core::mem::swap(&mut first, &mut second);
        }
        match (first, second) {
            // A service that gave no answer, whether the other one was right or not.
            (Err(Error::WrongFactor), Err(other)) => Err(other),
            (first, second) => Ok(Opened {
                first: first?,
                second: Some(second?),
            }),
        }
    }

    async fn opened_factor(
        &self,
        sealed: &LockedRecords,
        present: &dyn Present,
        asking: Asking,
    ) -> Result<Box<Factor>> {
        let records = sealed.factors(present.kind(), present.id())?;
        let enrolments: Vec<_> = records
            .iter()
            .map(|record| record.enrolment().clone())
            .collect();
        let port = self.platform.factor.as_ref();
        let (mut over, mut refusal) = (Vec::new(), Error::WrongFactor);
        for attempt in 0.. {
            let answered = match present.answer(port, &enrolments, attempt).await {
                Err(error) if present.kind() == FactorKind::Kms => {
                    return self.open_gate_in_grace(&records, error, asking).await;
                }
                answered => answered?,
            };
            let Some(Answered { which, kek }) = answered else {
                break;
            };
            let record = records.get(which).ok_or(Error::WrongFactor)?;
            let grace = record.enrolment().offline_grace();
            let fresh = grace.map(|_| GateAnswer::Fresh(kek.clone()));
            let factor = match record.open(kek) {
                Err(Error::WrongFactor) => continue,
                opened => opened?,
            };
            match present.check_opened(factor.enrolment()) {
                Ok(()) => return Ok(factor.opened_by(fresh.unwrap_or_default())),
                Err(why) => {
                    over.push(factor.enrolment().clone());
                    refusal = why;
                }
            }
        }
        present.forget(port, &over).await;
        Err(refusal)
    }
}

impl<State, S, E> Vault<State, S, E> {
    pub(crate) fn new(
        platform: Rc<Platform<S, E>>,
        name: VaultName,
        id: VaultId,
    ) -> Vault<Locked, S, E> {
        Vault {
            platform,
            name,
            id,
            state: Rc::new(Locked(())),
            caller: Rc::default(),
        }
    }
}

impl<S, E> Vault<Locked, S, E> {
    pub(crate) fn with(self, open: Box<OpenVault>) -> Vault<Unlocked, S, E> {
        let state = Unlocked::new(open, self.platform.clock.clone());
        Vault {
            platform: self.platform,
            name: self.name,
            id: self.id,
            state: Rc::new(state),
            caller: Rc::default(),
        }
    }
}
