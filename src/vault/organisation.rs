//! The policy of the organisation that a vault belongs to: signed by the organisation, kept as a record of the core, and in force
//! besides the vault's own policy until the organisation signs another.

use std::rc::Rc;

use serde::Serialize;

use crate::{
    base::{Error, KeyId, Kid, Object, PolicyRule, Result, Thumbprint, Timestamp, VersionState},
    keys::{
        KeyAction, KeyListing, KeyRecord, Operation, Organisation, OrganisationPolicy, Period,
        PolicyPart, Purpose, RequiredFactor, Standing,
    },
    object::body::Buffers,
    records::{Enrolment, KdfCost, Way},
    store::{RecordId, RecordType, Store},
};

use super::{Unlocked, Vault, gate::Request, keyring::Keyring, transaction::Transaction};

/// Records that are read at once.
const PART: usize = 256;

/// What became of an organisation's policy that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationChange {
    /// Whether it is in force now and was not before.
    pub changed: bool,
    /// What is in force.
    pub in_force: OrganisationStatus,
}

/// The organisation's policy that is in force, and what the vault lacks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationStatus {
    /// The policy.
    pub organisation: Rc<Organisation>,
    /// What is required to open the vault and is not there.
    pub missing: Vec<RequiredFactor>,
    /// Whether the organisation's own key is to open the vault, and does not.
    pub lacks_escrow: bool,
    /// The passphrases that cost too little to try.
    pub weak: Vec<Kid>,
}

impl<S: Store, E: Buffers> Vault<Unlocked, S, E> {
    /// The policy of the vault's organisation, as it is stored now.
    ///
    /// # Errors
    /// [`Error::Integrity`].
    pub async fn organisation(&self) -> Result<Option<OrganisationStatus>> {
        let request = Request::of("readPolicy").on_latest();
        self.read(request, async |tx| tx.keyring()?.organisation_status())
            .await
    }

    /// Has an organisation's policy bind the vault, for good; `pin` is a key of the organisation. Where one binds it already, as
    /// [`refresh_organisation`](Self::refresh_organisation).
    ///
    /// # Errors
    /// [`Error::Decrypt`] for a document of another organisation than the pin's;
    /// [`Error::OrganisationPolicy`] for one that has expired, where none binds the vault yet, and
    /// those of `refresh_organisation`; [`Error::VaultPolicy`].
    pub async fn set_organisation(
        &self,
        policy: &OrganisationPolicy,
        pin: &Thumbprint,
    ) -> Result<OrganisationChange> {
        let request = Request::of("setOrganisation").on_latest();
        self.change(request, async |tx| {
            policy.check_pin(pin)?;
            tx.set_organisation(policy)
        })
        .await
    }

    /// Has a policy of the organisation whose key is pinned bind the vault, as who opens it asks: as
    /// [`set_organisation`](Self::set_organisation) where none does, as [`refresh_organisation`](Self::refresh_organisation) where one
    /// does. One of a later version stays as it is.
    ///
    /// # Errors
    /// Those.
    pub async fn join_organisation(
        &self,
        policy: &OrganisationPolicy,
        pin: &Thumbprint,
    ) -> Result<OrganisationChange> {
        policy.check_pin(pin)?;
        let Some(in_force) = self.organisation().await? else {
            return self.set_organisation(policy, pin).await;
        };
        let ours = in_force.organisation.known();
        match ours.map(|ours| policy.standing(ours)) {
            // What changes nothing is no entry of the log.
            None | Some(Ok(Standing::Same | Standing::Older)) => Ok(OrganisationChange {
                changed: false,
                in_force,
            }),
            Some(_) => self.refresh_organisation(policy).await,
        }
    }

    /// As [`join_organisation`](Self::join_organisation), for who enters the vault: what has no room for a later policy of the organisation
    /// that binds it already leaves the one that is in force, and the vault opens on a full disk too.
    ///
    /// # Errors
    /// Those, but for a store that takes nothing, where the organisation binds the vault.
    pub async fn enter_organisation(
        &self,
        policy: &OrganisationPolicy,
        pin: &Thumbprint,
    ) -> Result<OrganisationChange> {
        match self.join_organisation(policy, pin).await {
            Err(error @ (Error::Quota(_) | Error::Storage(_) | Error::Store(_))) => {
                let in_force = self.organisation().await?;
                let in_force = in_force.filter(|status| {
                    let known = status.organisation.known();
                    known.is_some_and(|ours| policy.standing(ours).is_ok())
                });
                let changed = false;
                in_force
                    .map(|in_force| OrganisationChange { changed, in_force })
                    .ok_or(error)
            }
            outcome => outcome,
        }
    }

    /// Takes a later policy of the vault's organisation. The vault's own policy cannot refuse it.
    ///
    /// # Errors
    /// [`Error::OrganisationPolicy`] for another organisation's, and for one of the same sequence
    /// that says something else; [`Error::Argument`] where no organisation's binds the vault;
    /// [`Error::Unsupported`] where one of a later version does.
    pub async fn refresh_organisation(
        &self,
        policy: &OrganisationPolicy,
    ) -> Result<OrganisationChange> {
        let request = Request::of("refreshOrganisation").on_latest();
        self.change(request, async |tx| {
            if tx.keyring()?.organisation()?.is_none() {
                return Err(Error::Argument(
                    "refreshOrganisation (no organisation's policy binds the vault; see setOrganisation)",
                ));
            }
            tx.set_organisation(policy)
        })
        .await
    }
}

impl Transaction<'_> {
    fn set_organisation(&mut self, policy: &OrganisationPolicy) -> Result<OrganisationChange> {
        let ours = self.keyring()?.organisation()?;
        let standing = match &ours {
            Some(ours) => policy.standing(ours.policy()?)?,
            None => {
                policy.check_fresh(self.now())?;
                Standing::Newer
            }
        };
        let in_force = match ours {
            Some(ours) if standing != Standing::Newer => ours,
            _ => self.take_organisation(policy)?,
        };
        let in_force = self.keyring()?.status_under(in_force)?;
        Ok(OrganisationChange {
            changed: standing == Standing::Newer,
            in_force,
        })
    }

    fn take_organisation(&mut self, policy: &OrganisationPolicy) -> Result<Rc<Organisation>> {
        let taken = Organisation::new(policy, self.now());
        let record_id = self.keyring()?.singleton(RecordType::Organisation);
        self.put(record_id, taken.to_json());
        Ok(Rc::new(taken))
    }

    /// Takes the organisation's policy of a backup under the same vault key, where it is a later one of the same organisation, or where
    /// none binds this vault, it has not expired, and the vault's own policy allows that; whether it did, or nothing where both do not go together: that which is here stays.
    pub(super) fn merge_organisation(
        &mut self,
        theirs: Option<&Organisation>,
    ) -> Result<Option<bool>> {
        let Some(theirs) = theirs else {
            return Ok(Some(false));
        };
        let ours = self.keyring()?.organisation()?;
        if ours
            .as_deref()
            .is_some_and(|ours| ours.to_json() == theirs.to_json())
        {
            return Ok(Some(false));
        }
        let standing = match (ours.as_deref().map(Organisation::known), theirs.known()) {
            (None, Some(theirs)) if self.may_be_bound_by(theirs) => Ok(Standing::Newer),
            (Some(Some(ours)), Some(theirs)) => theirs.standing(ours),
            // One of them is of a later version, which alone can tell.
            _ => return Ok(None),
        };
        match standing {
            Ok(Standing::Newer) => {
                let record_id = self.keyring()?.singleton(RecordType::Organisation);
                self.put(record_id, theirs.to_json());
                Ok(Some(true))
            }
            Ok(Standing::Same | Standing::Older) => Ok(Some(false)),
            Err(_) => Ok(None),
        }
    }
}

impl Transaction<'_> {
    /// Whether a policy may bind the vault for the first time without a person's own call.
    fn may_be_bound_by(&self, policy: &OrganisationPolicy) -> bool {
        let allowed = self.allow_on_vault(Operation::SetOrganisation, &[], &PolicyPart::ALL);
        policy.check_fresh(self.now()).is_ok() && allowed.is_ok()
    }

    /// How often a new key is rotated that was to be rotated so.
    ///
    /// # Errors
    /// [`Error::OrganisationPolicy`].
    pub(super) fn cryptoperiod(
        &self,
        purpose: Purpose,
        every: Option<&Period>,
    ) -> Result<Option<Period>> {
        match self
            .keyring()?
            .organisation()?
            .as_deref()
            .and_then(Organisation::known)
        {
            Some(policy) => policy.cryptoperiod(purpose, every),
            None => Ok(every.cloned()),
        }
    }

    /// Refuses a change of a key that leaves it without a rotation, or with one that comes too late.
    ///
    /// # Errors
    /// [`Error::OrganisationPolicy`].
    pub(super) fn check_cryptoperiod(&self, key: &KeyRecord, action: &KeyAction) -> Result<()> {
        let KeyAction::Update {
            rotate_every: Some(every),
            ..
        } = action
        else {
            return Ok(());
        };
        if self.cryptoperiod(key.purpose, every.as_ref())? == *every {
            Ok(())
        } else {
            Err(Error::OrganisationPolicy(PolicyRule::MaximumCryptoperiod))
        }
    }

    /// Refuses a session's key that lives for too long.
    ///
    /// # Errors
    /// [`Error::OrganisationPolicy`].
    pub(super) fn check_session(&self, ttl: u64) -> Result<()> {
        match self
            .keyring()?
            .organisation()?
            .as_deref()
            .and_then(Organisation::known)
        {
            Some(policy) => policy.check_lasts(ttl),
            None => Ok(()),
        }
    }

    /// How many keys are not rotated within the time that the organisation says. When a key is rotated, the catalog says; how often, its
    /// record alone.
    pub(super) async fn late_rotations(&self, listed: &[Rc<KeyListing>]) -> Result<u64> {
        let organisation = self.keyring()?.organisation()?;
        let Some(policy) = organisation.as_deref().and_then(Organisation::known) else {
            return Ok(0);
        };
        let Some(most) = policy.maximum_cryptoperiod() else {
            return Ok(0);
        };
        let last = self.now() + most.millis();
        let (mut late, mut soon) = (0, Vec::new());
        for key in listed {
            if key.state != VersionState::Active || !key.purpose.is_generated() {
                continue;
            }
            if key.due.is_none_or(|due| due > last) {
                late += 1;
            } else {
                soon.push(&key.id);
            }
        }
        for part in soon.chunks(PART) {
            let record_id = |id: &&KeyId| RecordId::new(RecordType::Key, id.as_str());
            let record_ids: Vec<_> = part.iter().map(record_id).collect();
            self.load_rows(&record_ids).await?;
            for id in part {
                let key = self.key_record(id)?;
                let longer = policy.shortened(key.purpose, key.rotate_every.as_ref());
                late += u64::from(longer.is_some());
            }
        }
        Ok(late)
    }
}

impl Keyring {
    pub(super) fn organisation_status(&self) -> Result<Option<OrganisationStatus>> {
        let organisation = self.organisation()?;
        organisation
            .map(|organisation| self.status_under(organisation))
            .transpose()
    }

    fn status_under(&self, organisation: Rc<Organisation>) -> Result<OrganisationStatus> {
        let policy = organisation.known();
        let ways = self.ways(|_| true)?;
        let missing = policy.map(|policy| policy.missing(&ways));
        let lacks_escrow = policy.is_some_and(|policy| policy.lacks_escrow(&ways));
        let mut weak = Vec::new();
        for (kid, enrolment) in self.enrolled()? {
            if policy.is_some_and(|policy| !policy.is_met_by(&enrolment)) {
                weak.push(kid);
            }
        }
        Ok(OrganisationStatus {
            weak,
            missing: missing.unwrap_or_default(),
            lacks_escrow,
            organisation,
        })
    }

    /// What a passphrase costs to try at the least, where the organisation says that.
    pub(super) fn least_cost(&self) -> Result<Option<KdfCost>> {
        let organisation = self.organisation()?;
        let policy = organisation.as_deref().and_then(Organisation::known);
        Ok(policy.and_then(OrganisationPolicy::minimum_argon2).cloned())
    }

    /// Refuses a factor that costs too little to try.
    ///
    /// # Errors
    /// [`Error::OrganisationPolicy`].
    pub(super) fn check_cost(&self, enrolment: &Enrolment) -> Result<()> {
        match self
            .organisation()?
            .as_deref()
            .and_then(Organisation::known)
        {
            Some(policy) => policy.check_enrolment(enrolment),
            None => Ok(()),
        }
    }

    /// Refuses to go on with some factors alone, where the organisation requires one that is there now and would not be.
    ///
    /// # Errors
    /// [`Error::OrganisationPolicy`].
    pub(super) fn check_required_left(&self, left: &[Way]) -> Result<()> {
        let organisation = self.organisation()?;
        let Some(policy) = organisation.as_deref().and_then(Organisation::known) else {
            return Ok(());
        };
        // What was missing before is no reason to keep a factor that is to go.
        let ways = self.ways(|_| true)?;
        let missing = policy.missing(&ways);
        let mut lost = policy.missing(left).into_iter();
        let loses_escrow = policy.lacks_escrow(left) && !policy.lacks_escrow(&ways);
        if lost.any(|factor| !missing.contains(&factor)) {
            return Err(Error::OrganisationPolicy(PolicyRule::RequiredFactors));
        }
        if loses_escrow {
            return Err(Error::OrganisationPolicy(PolicyRule::Escrow));
        }
        Ok(())
    }
}

/// The organisation's policy as a page is told of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganisationDescription {
    /// Whether this release knows all of it. Otherwise the rest is not told.
    supported: bool,
    /// When it was taken.
    set: Timestamp,
    organisation: Option<Thumbprint>,
    /// The thumbprint of the key that signed it.
    signer: Option<Thumbprint>,
    name: Option<String>,
    sequence: Option<u64>,
    not_after: Option<Timestamp>,
    rules: Option<Object>,
    required_factors: Option<Vec<RequiredFactor>>,
    missing_factors: Option<Vec<RequiredFactor>>,
    /// The public JWK that is to open every vault.
    escrow: Option<Object>,
    /// Only where it does not open this one.
    missing_escrow: Option<bool>,
    maximum_cryptoperiod: Option<String>,
    minimum_argon2: Option<KdfCost>,
    collector: Option<String>,
    weak_passphrases: Option<Vec<Kid>>,
}

impl From<&OrganisationStatus> for OrganisationDescription {
    fn from(status: &OrganisationStatus) -> Self {
        let policy = status.organisation.known();
        let some = |list: &[RequiredFactor]| (!list.is_empty()).then(|| list.to_vec());
        Self {
            supported: policy.is_some(),
            set: status.organisation.set,
            organisation: policy.map(|policy| policy.organisation().clone()),
            signer: policy.map(|policy| policy.signer().clone()),
            name: policy.and_then(OrganisationPolicy::name).map(str::to_owned),
            sequence: policy.map(OrganisationPolicy::sequence),
            not_after: policy.map(OrganisationPolicy::not_after),
            rules: policy
                .and_then(OrganisationPolicy::rules)
                .map(Object::encode),
            required_factors: policy.and_then(|policy| some(policy.required_factors())),
            missing_factors: some(&status.missing),
            escrow: policy.and_then(OrganisationPolicy::escrow).cloned(),
            missing_escrow: status.lacks_escrow.then_some(true),
            maximum_cryptoperiod: policy
                .and_then(OrganisationPolicy::maximum_cryptoperiod)
                .map(|most| most.as_str().to_owned()),
            minimum_argon2: policy.and_then(OrganisationPolicy::minimum_argon2).cloned(),
            collector: policy
                .and_then(OrganisationPolicy::collector)
                .map(str::to_owned),
            weak_passphrases: (!status.weak.is_empty()).then(|| status.weak.clone()),
        }
    }
}

/// What became of a policy that was given, as a page is told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganisationChangeDescription {
    changed: bool,
    organisation: OrganisationDescription,
}

impl From<&OrganisationChange> for OrganisationChangeDescription {
    fn from(change: &OrganisationChange) -> Self {
        Self {
            changed: change.changed,
            organisation: OrganisationDescription::from(&change.in_force),
        }
    }
}
